using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>The sentences about one finding that mail and page share.</summary>
internal static class FindingText
{
    /// <summary>"lib/event.c:7:3: error: too few arguments", as compilers write it.</summary>
    public static string Title(Finding finding)
    {
        if (finding.Rule == "test-failed")
            return TestTitle(finding);
        var place = finding.Location?.ToString() ?? finding.Function ?? finding.Tool;
        var rule = finding.Rule.StartsWith("-W", StringComparison.Ordinal) ? $" [{finding.Rule}]" : "";
        return $"{PlainText.Line(place)}: {Words.Of(finding.Severity)}: {PlainText.Line(finding.Message + rule, 500)}";
    }

    /// <summary>A test's message mostly names the test itself.</summary>
    private static string TestTitle(Finding finding)
    {
        var message = PlainText.Line(finding.Message, 500);
        var name = PlainText.Line(finding.Function);
        return message.Contains(name, StringComparison.Ordinal) ? message : $"{name}: {message}";
    }

    /// <summary>The targets that show it with this verdict, set against those that were judged.</summary>
    public static string Where(RunReport report, ReportedFinding finding, Verdict verdict)
    {
        var shown = finding.TargetsWith(verdict);
        var judged = report.Targets.Where(t => IsJudged(t.Stage(finding.Stage))).Select(t => t.Name).ToList();
        var isEverywhere = judged.All(shown.Contains);
        var old = verdict == Verdict.New ? finding.TargetsWith(Verdict.PreExisting) : [];
        return (isEverywhere && report.Targets.Count > 1 && shown.Count == report.Targets.Count
                ? "all targets"
                : Words.Targets(shown, report.Targets.Count) + (isEverywhere ? "" : " only"))
            + (old.Count > 0 ? $" (not new on {Words.Targets(old, report.Targets.Count)})" : "");
    }

    /// <summary>The patch behind it and what there is to say of it; empty when nothing is known.</summary>
    public static string Patch(RunReport report, ReportedFinding finding)
    {
        var title = report.Series.Patches.FirstOrDefault(p => p.Number == finding.Patch)?.Title;
        var patch = Words.Patch(report.Series, finding.Patch) is { } number
            ? $"patch {number}" + (title is null ? "" : $" \"{PlainText.Line(title, 120)}\"")
            : "";
        var note = PlainText.Line(finding.PatchNote);
        return patch.Length == 0 ? note : note.Length == 0 ? patch : $"{patch} ({note})";
    }

    /// <summary>What a page says besides of the finding's patch ("does not build alone on debian-12; patch 3/4 repairs it").</summary>
    public static IReadOnlyList<string> PatchProblems(RunReport report, ReportedFinding finding) =>
        [.. report.PatchProblems.Where(p => p.Patch == finding.Patch).Select(p => Notice.Problem(report, p) + ".")];

    /// <summary>The source file that was being compiled, when the finding sits in another.</summary>
    public static string Unit(Finding finding) =>
        finding.TranslationUnit is { } unit && finding.Location is { } location && unit != location.Path
            ? $"while compiling {PlainText.Line(unit)}"
            : "";

    /// <summary>"and 3 more errors in lib/event.c after it"; empty when it stands alone.</summary>
    public static string Followers(FindingGroup group) => group.Followers.Count == 0
        ? ""
        : $"and {group.Followers.Count} more {(group.Followers.Count == 1 ? "error" : "errors")} in {PlainText.Line(group.Head.Judged.Finding.TranslationUnit)} after it";

    private static bool IsJudged(StageReport? stage) =>
        stage is { Base.Outcome: Outcome.Completed, Patched.Outcome: Outcome.Completed, State: StageState.Good or StageState.Bad };
}
