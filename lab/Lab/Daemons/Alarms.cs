using System.Text.RegularExpressions;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Lines of a log in which a daemon, its C library, its language's runtime or a sanitizer tells of a fault in itself.</summary>
internal static partial class Alarms
{
    private const int Kept = 20;

    /// <summary>The last ones of a log.</summary>
    /// <param name="daemon">The driver's name.</param>
    /// <param name="log">What the process wrote.</param>
    public static IReadOnlyList<string> In(string daemon, string log)
    {
        var own = OwnOf(daemon);
        return [.. log.Split('\n').Where(line => OfAll().IsMatch(line) || own.IsMatch(line)).Select(line => line.Trim()).TakeLast(Kept)];
    }

    private static Regex OwnOf(string daemon) => daemon switch
    {
        "frr" or "quagga" => OfVty(),
        "bird" => OfBird(),
        "openbgpd" => OfOpenBgpd(),
        _ => OfGo(),
    };

    [GeneratedRegex(
        @"ERROR: (Address|Leak|Memory|Thread)Sanitizer|runtime error: |Assertion `|double free|malloc\(\): |free\(\): |\*\*\* (stack smashing|buffer overflow)|corrupted (size|double-linked)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfAll();

    /// <summary>Assertions in either's words, and the handler of fatal signals.</summary>
    [GeneratedRegex(@"assertion .*failed|\bassert\(|core_handler|Received signal \d+ at|Backtrace for|backtrace_print", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex OfVty();

    /// <summary>bug() and die().</summary>
    [GeneratedRegex(@"<BUG>|\bBUG: |Internal error", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfBird();

    /// <summary>fatal(), and a parent that has lost one of its processes.</summary>
    [GeneratedRegex(@"fatal in |lost (child|descriptor)|terminated; signal \d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfOpenBgpd();

    [GeneratedRegex(@"^(panic|fatal error|SIG[A-Z]+): |\[signal SIG[A-Z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfGo();
}
