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
            .. Named(stages, StageState.NotTested, (stage, on) => $"{Capital(stage)} on {on} could not be judged: something failed on our side."),
            .. Named(stages, StageState.Cancelled, (stage, on) => $"{Capital(stage)} on {on} was stopped by hand; that says nothing about {This(report)}."),
            .. Named(stages, StageState.Running, (stage, on) => $"{Capital(stage)} on {on} still {(stage.EndsWith('s') ? "run" : "runs")}; the full report will have the result."),
        ];
    }

    /// <summary>Counts of what is neither new nor fixed, without a full stop.</summary>
    public static IReadOnlyList<string> Remarks(RunReport report)
    {
        var remarks = new List<string>();
        Add(Verdict.PreExisting, "the base shows too");
        Add(Verdict.Suppressed, "is known and no fault", "are known and no faults");
        Add(Verdict.Removed, "went away with its code", "went away with their code");
        Add(Verdict.NotTested, "only one of the two trees was checked for");
        Add(Verdict.Flaky, "comes and goes without a change of the code", "come and go without a change of the code");
        return remarks;

        void Add(Verdict verdict, string one, string? more = null)
        {
            var many = more ?? one;
            var count = report.Findings.Count(f => !f.Is(Verdict.New) && !f.Is(Verdict.Fixed) && f.Is(verdict) && (verdict != Verdict.NotTested || !f.Is(Verdict.PreExisting)));
            if (count > 0)
                remarks.Add($"{Words.Count(count, "finding")} that {(count == 1 ? one : many)}");
        }
    }

    private static Notice Limit(RunReport report, string stage, Outcome.CodeLimit limit, IReadOnlyList<string> targets) => new(
        $"{Capital(Words.Stage(stage))} on {Words.Targets(targets, report.Targets.Count)}: the step \"{PlainText.Line(limit.Step, 60)}\" was stopped at its limit ({PlainText.Line(limit.Limit, 80)}). The base stays within it.");

    private static Notice Broken(RunReport report, IReadOnlyList<string> targets, StageReport stage) => new(
        $"The base itself does not build on {Words.Targets(targets, report.Targets.Count)}, so nothing can be said about {This(report)} there."
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
