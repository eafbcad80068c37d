using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Where a process was when a signal ended it.</summary>
/// <param name="Source">Who says so: gdb, from its core, or its own log.</param>
/// <param name="Frames">Lines, the innermost first.</param>
/// <param name="Missing">Why there are none; null when there are.</param>
public sealed partial record CrashStack(string? Source, IReadOnlyList<string> Frames, string? Missing)
{
    private const int MostFrames = 50;
    private const string PatternFile = "/proc/sys/kernel/core_pattern";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Looks for it: in the core, if the kernel left one that we can read, else in the log.</summary>
    /// <param name="node">Where the process was.</param>
    /// <param name="process">The process, which has ended.</param>
    /// <param name="installation">Whose program it was.</param>
    /// <param name="cancel">Ends the search.</param>
    internal static async Task<CrashStack> FindAsync(Node node, NodeProcess process, Installation installation, CancellationToken cancel)
    {
        var ofCore = await OfCoreAsync(node, process, installation, cancel);
        if (ofCore.Missing is null)
            return ofCore;
        var ofLog = OfLog(process.Log);
        return ofLog.Count > 0 ? new("log", ofLog, null) : ofCore;
    }

    /// <summary>The first stack that a daemon wrote itself: FRR and Quagga in their handler of fatal signals, Go's runtime.</summary>
    internal static IReadOnlyList<string> OfLog(string log)
    {
        var lines = log.Split('\n');
        var start = Array.FindIndex(lines, l => OwnStack().IsMatch(l));
        return start < 0 ? [] : [.. lines.Skip(start + 1).Select(l => l.Trim()).TakeWhile(l => l.Length > 0).Take(MostFrames)];
    }

    /// <summary>The frames in what gdb prints: the innermost one twice, since it shows where it stands first.</summary>
    internal static IReadOnlyList<string> OfGdb(string output) => [.. output.Split('\n').Where(l => Frame().IsMatch(l)).Select(l => l.Trim()).Distinct().Take(MostFrames)];

    /// <summary>Why no core of ours is left on this machine; null when one is. The setting is the machine's, not the lab's.</summary>
    internal static string? NoCores(string pattern) => pattern switch
    {
        "" => "this machine keeps no cores: kernel.core_pattern is empty",
        ['|', ..] => $"cores of this machine go to a program of its own ({pattern[1..].Split(' ')[0]}); sysctl -w kernel.core_pattern=core brings stacks",
        _ when pattern.Contains('/', StringComparison.Ordinal) => $"cores of this machine go to {pattern}; sysctl -w kernel.core_pattern=core brings stacks",
        _ => null,
    };

    private static async Task<CrashStack> OfCoreAsync(Node node, NodeProcess process, Installation installation, CancellationToken cancel)
    {
        if (NoCores((await File.ReadAllTextAsync(PatternFile, cancel)).Trim()) is { } reason)
            return None(reason);
        var core = node.Run(() => Directory.EnumerateFiles(process.Command.Folder).FirstOrDefault());
        if (core is null)
            return None("it left no core: the largest one allowed is 0 (ulimit -Hc), it changed its account, or it handles the signal itself");
        if (installation.Emulator is not null)
            return None("its core is of another CPU");
        var gdb = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => $"{f}/gdb").FirstOrDefault(File.Exists);
        if (gdb is null)
            return None("gdb is not installed, which reads cores (Debian: apt-get install gdb)");

        // Nothing of what lies beside the program is to be run, and nothing fetched.
        var command = new ProcessCommand(gdb, "--batch", "-nx", "-iex", "set auto-load off", "-iex", $"set sysroot {installation.Root ?? "/"}", "-ex", $"bt {MostFrames}", installation.Root + Binary(installation.Root, process.Command.Program), core)
        {
            Environment = new Dictionary<string, string> { ["DEBUGINFOD_URLS"] = "" },
        };
        try
        {
            var said = await NodeProcess.RunAsync(node, command, Patience, cancel);
            return OfGdb(said.Output) is { Count: > 0 } frames ? new("gdb", frames, null) : None($"gdb finds no stack in its core: {said.Errors.Trim().Split('\n')[^1]}");
        }
        catch (TimeoutException e)
        {
            return None(e.Message);
        }
    }

    private static CrashStack None(string reason) => new(null, [], reason);

    /// <summary>In a build tree the program is a script of libtool's, and what it starts lies in .libs.</summary>
    private static string Binary(string? root, string program)
    {
        var built = Path.Combine(Path.GetDirectoryName(program)!, ".libs", Path.GetFileName(program));
        return File.Exists(root + built) ? built : program;
    }

    [GeneratedRegex(@"^#\d+ ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Frame();

    [GeneratedRegex(@"Backtrace for \d+ stack frames|Received signal \d+ at|^goroutine \d+ ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnStack();
}
