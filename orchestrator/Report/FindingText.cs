using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>The sentences about one finding that mail and page share.</summary>
internal static class FindingText
{
    /// <summary>"lib/event.c:7:3: error: too few arguments", as compilers write it.</summary>
    public static string Title(Finding finding)
    {
        if (finding.IsTest)
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
        var place = PlainText.Line(finding.Location?.ToString());
        return (message.Contains(name, StringComparison.Ordinal) ? message : $"{name}: {message}")
            + (place.Length == 0 || message.Contains(place, StringComparison.Ordinal) || name.StartsWith(place, StringComparison.Ordinal) ? "" : $" at {place}");
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
    private static string Patch(RunReport report, ReportedFinding finding)
    {
        var title = report.Series.Patches.FirstOrDefault(p => p.Number == finding.Patch)?.Title;
        var patch = Words.Patch(report.Series, finding.Patch) is { } number
            ? $"patch {number}" + (title is null ? "" : $" \"{PlainText.Line(title, 120)}\"")
            : "";
        var note = PlainText.Line(finding.PatchNote);
        return patch.Length == 0 ? note : note.Length == 0 ? patch : $"{patch} ({note})";
    }

    /// <summary>"patch 2/4 "..."", or that it is not known where that may be asked.</summary>
    public static string Blame(RunReport report, ReportedFinding finding, Verdict verdict)
    {
        var patch = Patch(report, finding);
        return verdict == Verdict.New && finding.Patch is null && report.Series.Total > 1
            ? patch + (patch.Length > 0 ? "; " : "") + (report.IsEarly ? "patch not known yet" : "patch not known")
            : patch;
    }

    /// <summary>What a page says besides of the finding's patch ("does not build alone on debian-12; patch 3/4 repairs it").</summary>
    public static IReadOnlyList<string> PatchProblems(RunReport report, ReportedFinding finding) =>
        [.. report.PatchProblems.Where(p => p.Patch == finding.Patch).Select(p => Notice.Problem(report, p) + ".")];

    /// <summary>The function, which may be the one that lacks a brace; the source file that was being compiled, when the finding sits in another; how many more show it.</summary>
    public static string Unit(Finding finding)
    {
        var parts = new List<string>();
        if (finding is { Function: { } function, Location: not null, TranslationUnit: not null } && !finding.Message.Contains(function, StringComparison.Ordinal))
            parts.Add($"in {PlainText.Line(function, 80)}");
        if (finding is { TranslationUnit: { } unit, Location: { } location } && unit != location.Path)
            parts.Add($"while compiling {PlainText.Line(unit)}{(finding.OtherUnits.Count == 0 ? "" : $" and {Words.Count(finding.OtherUnits.Count, "more file")}")}");
        return string.Join(", ", parts);
    }

    /// <summary>The file that holds a test, when its name tells; null otherwise.</summary>
    public static string? TestFile(Finding finding) =>
        finding.Function?.IndexOf("::", StringComparison.Ordinal) is > 0 and var end ? finding.Function[..end] : null;

    /// <summary>"and 3 more errors in lib/event.c after it"; empty when it stands alone.</summary>
    public static string Followers(FindingGroup group)
    {
        if (group.Followers.Count == 0)
            return "";
        var head = group.Head.Judged.Finding;
        if (head.IsTest)
            return $"and {Words.Count(group.Followers.Count, "more test")}{(TestFile(head) is { } file ? $" in {PlainText.Line(file)}" : "")}";
        if (head.Tool == "ld")
            return $"and {Words.Count(group.Followers.Count, "more place")} with the same";
        var errors = group.Followers.Count(f => f.Judged.Finding.Severity == Severity.Error);
        var warnings = group.Followers.Count - errors;
        string[] counts =
        [
            .. errors > 0 ? [Words.Count(errors, "more error")] : Array.Empty<string>(),
            .. warnings > 0 ? [Words.Count(warnings, "warning")] : Array.Empty<string>(),
        ];
        var units = group.Followers.Append(group.Head).Select(f => f.Judged.Finding.TranslationUnit).Distinct().Count();
        return $"and {Words.List(counts)} {(units == 1 ? $"in {PlainText.Line(head.TranslationUnit)}" : $"in {units} files")}{(warnings == 0 ? " after it" : "")}";
    }

    private static bool IsJudged(StageReport? stage) =>
        stage is { Base.Outcome: Outcome.Completed, Patched.Outcome: Outcome.Completed, State: StageState.Good or StageState.Bad };
}
