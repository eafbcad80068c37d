using System.Globalization;
using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>How one process is.</summary>
/// <param name="Program">Its program.</param>
/// <param name="Id">Its process id, in the lab.</param>
/// <param name="IsAlive">It runs.</param>
/// <param name="ExitCode">With what it ended; null while it runs.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
/// <param name="ResidentBytes">Memory that it has, octets.</param>
/// <param name="ProcessorSeconds">Processor time that it has had, in user and system mode.</param>
/// <param name="Sanitizer">What a sanitizer reported, or null.</param>
/// <param name="Alarms">Lines of its log that tell of a fault in itself.</param>
public sealed record ProcessHealth(
    string Program, int Id, bool IsAlive, int? ExitCode, int? Signal, long ResidentBytes, double ProcessorSeconds, string? Sanitizer, IReadOnlyList<string> Alarms);

/// <summary>How a daemon is: what oracles look at.</summary>
/// <param name="Processes">Each process.</param>
/// <param name="Latency">How long its control channel took to answer.</param>
/// <param name="Silent">Why its control channel did not answer, or null.</param>
public sealed partial record Health(IReadOnlyList<ProcessHealth> Processes, TimeSpan Latency, string? Silent)
{
    private const int Kept = 20;

    /// <summary>All processes run, the control channel answers, nothing alarming was said.</summary>
    public bool IsGood => Silent is null && Processes.All(p => p is { IsAlive: true, Sanitizer: null, Alarms.Count: 0 });

    /// <summary>Looks at processes.</summary>
    internal static Health Of(IEnumerable<NodeProcess> processes, TimeSpan latency, string? silent) => new([.. processes.Select(Of)], latency, silent);

    private static ProcessHealth Of(NodeProcess process)
    {
        int? code = process.Ended.IsCompletedSuccessfully ? process.Ended.Result : null;
        var (resident, seconds) = code is null ? Usage(process.Id) : (0, 0);
        var log = process.Log;
        var sanitizer = SanitizerReport().Match(log) is { Success: true } report ? log[report.Index..Math.Min(log.Length, report.Index + 8192)] : null;
        return new(
            Path.GetFileName(process.Command.Program), process.Id, code is null, code, code > 128 ? code - 128 : null, resident, seconds, sanitizer,
            [.. AlarmLine().Matches(log).Select(m => m.Value.Trim()).TakeLast(Kept)]);
    }

    /// <summary>Resident octets and seconds of processor time, from /proc (proc(5)).</summary>
    private static (long Resident, double Seconds) Usage(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");

            // The name may hold anything; the fields behind its last bracket are numbered from 3.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            const int UserTicks = 14 - 3, SystemTicks = 15 - 3, Pages = 24 - 3, TicksASecond = 100;
            return (Number(fields[Pages]) * Environment.SystemPageSize, (Number(fields[UserTicks]) + Number(fields[SystemTicks])) / (double)TicksASecond);
        }
        catch (IOException)
        {
            return default;
        }

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^.*(ERROR: (Address|Leak|Memory|Thread)Sanitizer|runtime error: ).*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SanitizerReport();

    // Assertions (C library, FRR's own, BIRD's bug()), FRR's handler of fatal signals, Go's runtime, glibc's checks of the heap.
    [GeneratedRegex(
        @"^.*(assertion .*failed|Assertion `|assert\(|BUG: |Internal error|core_handler|Received signal \d+ at|Backtrace for|panic: |fatal error: |double free|malloc\(\)|free\(\): |\*\*\* stack smashing|corrupted size|lost descriptor|fatal in ).*$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex AlarmLine();
}
