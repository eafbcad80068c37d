using System.Diagnostics;
using System.Globalization;

namespace OpenConfirm.Bench;

/// <summary>
/// Measures <see cref="TableBench"/> beside another program that does the same work, round by round in turn, so that whatever else
/// the machine does falls on both. The other one gets the folder of the tables as its argument, a measurement's name on each line
/// of standard input, and answers nanoseconds and a check number.
/// </summary>
internal static class BesideProgram
{
    /// <summary>The runtime compiles again what is called often: with fewer rounds it has not ended.</summary>
    private const int WarmUps = 20;

    /// <summary>Runs it and prints the medians and their ratio; the code is 1 when the two did not do the same.</summary>
    public static async Task<int> RunAsync(string program, int rounds)
    {
        var bench = new TableBench();
        bench.SetUp();
        var folder = Directory.CreateTempSubdirectory("openconfirm-bench-");
        try
        {
            bench.EncodeOneSet();
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "one.bin"), bench.Written);
            bench.Encode();
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "many.bin"), bench.Written);
            using var other = Process.Start(new ProcessStartInfo(program, [folder.FullName]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
            if (await other.StandardOutput.ReadLineAsync() != "ready")
                throw new InvalidOperationException($"{program} is not ready");
            var same = true;
            Console.WriteLine($"median of {rounds} rounds, ms   ours   other   other/ours");
            foreach (var (name, ours) in (IEnumerable<(string, Func<long>)>)[("encode", () => bench.Encode()), ("one-set", () => bench.EncodeOneSet()), ("decode", bench.Decode)])
                same &= await MeasureAsync(name, ours, other, rounds);
            other.StandardInput.Close();
            await other.WaitForExitAsync();
            return same ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(string name, Func<long> ours, Process other, int rounds)
    {
        var (mine, theirs, checks) = (new List<double>(), new List<double>(), new HashSet<long>());
        for (var round = -WarmUps; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            checks.Add(ours());
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await other.StandardInput.WriteLineAsync(name);
            await other.StandardInput.FlushAsync();
            var answer = (await other.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the other program has ended")).Split(' ');
            checks.Add(long.Parse(answer[1], CultureInfo.InvariantCulture));
            if (round < 0)
                continue;
            mine.Add(elapsed);
            theirs.Add(long.Parse(answer[0], CultureInfo.InvariantCulture) / 1e6);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-26} {Median(mine),6:0.0} {Median(theirs),7:0.0} {Median(theirs) / Median(mine),12:0.00}"));
        if (checks.Count > 1)
            Console.WriteLine($"{name}: the two did not do the same: {string.Join(", ", checks)}");
        return checks.Count == 1;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[values.Count / 2] + values[(values.Count - 1) / 2]) / 2;
    }
}
