using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>A new finding and those that most likely follow from it.</summary>
/// <param name="Head">The first of them in the output.</param>
/// <param name="Followers">The others, of the same patch and targets; one mistake often makes many.</param>
internal sealed record FindingGroup(ReportedFinding Head, IReadOnlyList<ReportedFinding> Followers)
{
    /// <summary>New findings, errors first, then by stage, patch and place. "make" repeating what a compiler said is left out.</summary>
    public static IReadOnlyList<FindingGroup> New(RunReport report)
    {
        var fresh = report.Findings.Where(f => f.Is(Verdict.New)).ToList();
        return
        [
            .. CommonCause.Group([.. fresh.Where((f, at) => !IsEcho(f, fresh.Take(at)))])
                .Select(g => new FindingGroup(g[0], [.. g.Skip(1)]))
                .OrderByDescending(g => g.Head.Judged.Finding.Severity)
                .ThenBy(g => g.Head.Stage == StageReport.Build ? 0 : 1)
                .ThenBy(g => g.Head.Patch ?? int.MaxValue),
        ];
    }

    /// <summary>Verdicts that are neither new nor fixed, in the order in which they are told.</summary>
    public static IReadOnlyList<Verdict> Besides { get; } =
        [Verdict.PreExisting, Verdict.Removed, Verdict.Suppressed, Verdict.Flaky, Verdict.NotTested];

    /// <summary>The one verdict under which a finding is told, whatever else it is on other targets.</summary>
    public static Verdict KindOf(ReportedFinding finding) =>
        new[] { Verdict.New, Verdict.Fixed }.Concat(Besides).FirstOrDefault(finding.Is, Verdict.NotTested);

    /// <summary>Findings of a stage on a target with a verdict; echoes do not count.</summary>
    public static int Count(RunReport report, string target, string stage, Verdict verdict)
    {
        var all = report.Findings.Where(f => f.Stage == stage && f.Targets.Contains(new TargetVerdict(target, verdict))).ToList();
        return all.Where((f, at) => verdict != Verdict.New || !IsEcho(f, all.Take(at))).Count();
    }

    /// <summary>
    /// Make only repeats what the output has named already. A target that failed before any error is the cause itself (a script
    /// died), as are a missing rule and a broken makefile.
    /// </summary>
    private static bool IsEcho(ReportedFinding finding, IEnumerable<ReportedFinding> before) =>
        finding.Judged.Finding is { Tool: "make", Rule: "target-failed" or "error" }
        && before.Any(other => other.Judged.Finding is { Severity: Severity.Error, Tool: not "make" }
            && other.Stage == finding.Stage
            && finding.TargetsWith(Verdict.New).All(other.TargetsWith(Verdict.New).Contains));
}
