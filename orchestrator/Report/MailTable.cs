using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>Target by stage, as lines of text.</summary>
internal static class MailTable
{
    public static IReadOnlyList<string> Of(RunReport report)
    {
        if (report.Targets.Count == 0)
            return [];
        var stages = report.Targets.SelectMany(t => t.Stages).Select(s => s.Name).Distinct().ToList();
        List<string[]> rows =
        [
            ["target", "system", .. stages.Select(Words.Stage)],
            .. report.Targets.Select(t => (string[])
            [
                PlainText.Line(t.Name, 60),
                System(t),
                .. stages.Select(s => t.Stage(s) is { } stage ? Cell(report, t, stage) : "-"),
            ]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => Columns.Width(r[c]))).ToList();
        return widths.Sum() + 2 * (widths.Count - 1) <= Columns.Mail
            ? [.. rows.Select(row => string.Join("  ", row.Select((cell, c) => Columns.Pad(cell, widths[c]))).TrimEnd())]
            : Sentences(report);
    }

    /// <summary>The system and architecture of a target ("Debian 13, amd64").</summary>
    public static string System(TargetReport target) => $"{PlainText.Line(target.System, 60)}, {PlainText.Line(target.Architecture, 20)}";

    private static string Cell(RunReport report, TargetReport target, StageReport stage)
    {
        var count = stage.State == StageState.Good
            ? FindingGroup.Count(report, target.Name, stage.Name, Verdict.New)
            : 0;
        return Words.Of(stage.State)
            + (count > 0 ? $", {count} new" : "")
            + (stage.Patched.Outcome is Outcome.Completed ? ", " + Words.Duration(stage.Patched.Elapsed) : "");
    }

    private static List<string> Sentences(RunReport report) =>
    [
        .. report.Targets.SelectMany(t => Columns.Wrap(
            $"{PlainText.Line(t.Name, 60)} ({System(t)}): {string.Join("; ", t.Stages.Select(s => $"{Words.Stage(s.Name)} {Cell(report, t, s)}"))}",
            hanging: "  ")),
    ];
}
