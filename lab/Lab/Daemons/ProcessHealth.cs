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
public sealed partial record ProcessHealth(
    string Program, int Id, bool IsAlive, int? ExitCode, int? Signal, long ResidentBytes, double ProcessorSeconds, string? Sanitizer, IReadOnlyList<string> Alarms)
{
    /// <summary>Characters of a sanitizer's report that are kept.</summary>
    private const int KeptCharacters = 8192;

    /// <summary>The signal's name: "SIGSEGV".</summary>
    public string? SignalName => Signal is { } signal ? NameOf(signal) : null;

    /// <summary>Where it was when the signal came; null when none did.</summary>
    public CrashStack? Stack { get; init; }

    /// <summary>How it ended, in words: "ended by SIGSEGV".</summary>
    public string Ending => SignalName is { } name ? $"ended by {name}" : $"ended with code {ExitCode}";

    /// <summary>Looks at a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="daemon">The driver's name.</param>
    internal static ProcessHealth Of(NodeProcess process, string daemon)
    {
        int? code = process.Ended.IsCompletedSuccessfully ? process.Ended.Result : null;
        var (resident, seconds) = code is null ? Usage(process.Id) : (0, 0);
        var log = process.Log;
        var sanitizer = SanitizerReport().Match(log) is { Success: true } report ? log[report.Index..Math.Min(log.Length, report.Index + KeptCharacters)] : null;
        return new(
            Path.GetFileName(process.Command.Program), process.Id, code is null, code, code > 128 ? code - 128 : null, resident, seconds, sanitizer, Daemons.Alarms.In(daemon, log));
    }

    /// <summary>Names of signals, whose numbers are the same on all CPUs that labs run on: signal(7).</summary>
    internal static string NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };

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
}
