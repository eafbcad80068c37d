using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>Something about a target that is not a finding of the series: one sentence or two, and what shows it.</summary>
internal sealed record Notice(string Text, Finding? Finding = null)
{
    /// <summary>Limits, broken bases, our own failures and what still runs; one notice for all targets alike.</summary>
    public static IReadOnlyList<Notice> All(RunReport report)
    {
        var stages = report.Targets.SelectMany(t => t.Stages.Select(s => (Target: t.Name, Stage: s))).ToList();
        return
        [
            .. stages.Where(x => x.Stage.State == StageState.OverLimit).Select(x => (x.Target, x.Stage.Name, Limit: (Outcome.CodeLimit)x.Stage.Patched.Outcome!))
                .GroupBy(x => (x.Name, x.Limit)).Select(g => Limit(report, g.Key.Name, g.Key.Limit, [.. g.Select(x => x.Target)])),
            .. stages.Where(x => x.Stage.State == StageState.BadBefore && x.Stage.Name == StageReport.Build)
                .GroupBy(x => x.Stage.BaseBreaker is { } f ? FindingText.Title(f) : "").Select(g => Broken(report, [.. g.Select(x => x.Target)], g.First().Stage)),
            .. Named([.. stages.Where(x => x.Stage.IsOurFault)], StageState.NotTested, (stage, on) => $"{Capital(stage)} on {on} could not be judged: something failed on our side."),
            .. Named([.. stages.Where(x => !x.Stage.IsOurFault)], StageState.NotTested, (stage, on) => $"{Capital(stage)} on {on} could not be judged: there is no result of the base to compare with."),
            .. Named(stages, StageState.Cancelled, (stage, on) => $"{Capital(stage)} on {on} was stopped by hand; that says nothing about {This(report)}."),
            .. Named(stages, StageState.Running, (stage, on) => $"{Capital(stage)} on {on} still {(stage.EndsWith('s') ? "run" : "runs")}; the full report will have the result."),
        ];
    }

    /// <summary>A patch that a later one repairs, without a full stop: "Patch 2/4 ... does not build alone on debian-12; patch 3/4 repairs it".</summary>
    public static string Problem(RunReport report, PatchProblem problem)
    {
        var series = report.Series;
        var title = series.Patches.FirstOrDefault(p => p.Number == problem.Patch)?.Title;
        var patch = (Words.Patch(series, problem.Patch) is { } number ? $"patch {number}" : "this patch") + (title is null ? "" : $" \"{PlainText.Line(title, 120)}\"");
        return $"{Capital(patch)} {Words.Problem(report, problem)}";
    }

    /// <summary>Counts of what is neither new nor fixed, without a full stop.</summary>
    public static IReadOnlyList<string> Remarks(RunReport report) =>
    [
        .. FindingGroup.Besides.Select(v => (Verdict: v, report.Findings.Count(f => FindingGroup.KindOf(f) == v)))
            .Where(x => x.Item2 > 0)
            .Select(x => $"{Words.Count(x.Item2, "finding")} that {Words.ThatWhich(x.Verdict, x.Item2)}"),
    ];

    private static Notice Limit(RunReport report, string stage, Outcome.CodeLimit limit, IReadOnlyList<string> targets) => new(
        $"{Capital(Words.Stage(stage))} on {Words.Targets(targets, report.Targets.Count)}: the step \"{PlainText.Line(limit.Step, 60)}\" was stopped at its limit ({PlainText.Line(limit.Limit, 80)}). The base stays within it.");

    private static Notice Broken(RunReport report, IReadOnlyList<string> targets, StageReport stage) => new(
        $"The base itself does not build on {Words.Targets(targets, report.Targets.Count)}, so {This(report)} is not blamed for what fails there."
        + (stage.BaseBreaker is null ? "" : " It stops at:"),
        stage.BaseBreaker);

    private static IEnumerable<Notice> Named(
        IReadOnlyList<(string Target, StageReport Stage)> stages, StageState state, Func<string, string, string> say) =>
        stages.Where(x => x.Stage.State == state)
            .GroupBy(x => x.Target)
            .GroupBy(g => Words.List([.. g.Select(x => Words.Stage(x.Stage.Name))]))
            .Select(g => new Notice(say(g.Key, Words.Targets([.. g.Select(x => x.Key)], -1))));

    private static string This(RunReport report) => report.Series.Total > 1 ? "this series" : "this patch";

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
