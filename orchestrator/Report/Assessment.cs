using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>What a run says of its series, in the order in which the mail would say it.</summary>
public enum AssessmentKind
{
    /// <summary>Patches are missing; nothing was tested.</summary>
    Incomplete,

    /// <summary>It does not apply, or is refused.</summary>
    DoesNotApply,

    /// <summary>The base holds it already.</summary>
    AlreadyApplied,

    /// <summary>It brings errors: the build, a test, a limit.</summary>
    Breaks,

    /// <summary>It brings warnings and nothing worse.</summary>
    Warns,

    /// <summary>Nothing could be judged, for reasons that are not the series'.</summary>
    NotJudged,

    /// <summary>Nothing is wrong with the series as a whole, but with a part of it: a patch that a later one repairs.</summary>
    FineAsAWhole,

    /// <summary>Nothing is wrong with what was judged.</summary>
    Fine,
}

/// <summary>The verdict on a series.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Sentence">For people: one sentence, the first of the mail, not yet wrapped.</param>
public sealed record Assessment(AssessmentKind Kind, string Sentence)
{
    /// <summary>Judges a report by its public findings alone.</summary>
    public static Assessment Of(RunReport report)
    {
        report = report.OnlyPublic();
        var found = OfPublic(report);
        return report.IsEarly ? found with { Sentence = Early(report, found) } : found;
    }

    private static Assessment OfPublic(RunReport report)
    {
        var series = report.Series;
        if (!series.IsComplete && report.Targets.Count == 0)
            return new(AssessmentKind.Incomplete, $"{Words.This(series)} is incomplete: {Missing(series)} not arrived.");
        if (report.ApplyFailure is { } failure)
        {
            var which = Words.Patch(series, failure.Patch.Number) is { } number ? "Patch " + number : "This patch";
            return new(AssessmentKind.DoesNotApply, failure.IsRefusal ? $"{which} is refused; nothing was tested." : $"{which} does not apply to {On(report)}.");
        }

        if (report.IsAlreadyApplied)
            return new(
                AssessmentKind.AlreadyApplied,
                $"{(series.Patches.Count > 1 ? "All patches are" : "This patch is")} already in {PlainText.Line(report.Branch, 60)}.");
        return OfTargets(report);
    }

    /// <summary>Nothing is promised early: a clean build may still find more.</summary>
    private static string Early(RunReport report, Assessment found)
    {
        var rest = found.Kind is AssessmentKind.Fine or AssessmentKind.FineAsAWhole
            ? $"nothing new so far on {Words.Targets([.. Good(report).Select(t => t.Name)], report.Targets.Count)}{Unjudged(report, Good(report))}."
            : char.ToLowerInvariant(found.Sentence[0]) + found.Sentence[1..];
        return "Early verdict: " + rest;
    }

    private static Assessment OfTargets(RunReport report)
    {
        var groups = FindingGroup.New(report);
        var errors = groups.Where(g => g.Head.Judged.Finding.Severity == Severity.Error).ToList();
        var warnings = groups.Where(g => g.Head.Judged.Finding.Severity != Severity.Error).ToList();
        string[] problems = [.. BrokenStages(report, errors), .. Limits(report), .. Warnings(report, warnings)];
        if (problems.Length > 0)
        {
            var worst = problems.Length > (warnings.Count > 0 ? 1 : 0) ? AssessmentKind.Breaks : AssessmentKind.Warns;
            return new(worst, $"{Words.This(report.Series)} {Words.List(problems)}{Consolation(report)}.");
        }

        return Good(report) is { Count: > 0 } good ? Fine(report, good) : new(AssessmentKind.NotJudged, NotJudged(report));
    }

    private static IEnumerable<string> BrokenStages(RunReport report, List<FindingGroup> errors)
    {
        foreach (var stage in report.Targets.SelectMany(t => t.Stages).Select(s => s.Name).Distinct())
        {
            var here = errors.Where(g => g.Head.Stage == stage).ToList();
            var found = here.SelectMany(g => g.Head.TargetsWith(Verdict.New));
            var targets = With(report, stage, StageState.Bad).Union(found).ToHashSet();
            var names = report.Targets.Select(t => t.Name).Where(targets.Contains).ToList();
            if (names.Count == 0)
                continue;
            var count = here.Sum(g => 1 + g.Followers.Count(f => f.Judged.Finding.Severity == Severity.Error));
            var on = Words.Targets(names, report.Targets.Count);
            var patches = Words.Patches(report.Series, here.Select(g => g.Head.Patch));
            var isBroken = With(report, stage, StageState.Bad).Count > 0;
            yield return stage switch
            {
                StageReport.Build when isBroken => $"breaks the build on {on}{Brackets(count == 0 ? null : Words.Count(count, "error"), patches)}",
                StageReport.Unit => count == 0
                    ? $"breaks the unit tests on {on}"
                    : $"breaks {Words.Count(count, "unit test")} on {on}{Brackets(patches)}",
                _ => $"brings {(count == 0 ? "errors" : Words.Count(count, "new error"))} in {Words.Stage(stage)} on {on}{Brackets(patches)}",
            };
        }
    }

    private static IEnumerable<string> Limits(RunReport report) =>
        from target in report.Targets
        from stage in target.Stages
        where stage.State == StageState.OverLimit
        let limit = (Outcome.CodeLimit)stage.Patched.Outcome!
        group PlainText.Line(target.Name, 60) by $"{PlainText.Line(limit.Step, 60)}: {PlainText.Line(limit.Limit, 80)}" into same
        select $"runs into a limit on {Words.List([.. same])} ({same.Key})";

    private static IEnumerable<string> Warnings(RunReport report, List<FindingGroup> warnings)
    {
        if (warnings.Count > 0)
            yield return $"brings {Words.Count(warnings.Count, "new warning")}{Brackets(Words.Patches(report.Series, warnings.Select(g => g.Head.Patch)))}";
    }

    private static string Consolation(RunReport report)
    {
        var builds = With(report, StageReport.Build, StageState.Good);
        return builds.Count == 0 || builds.Count < report.Targets.Count || report.IsEarly
            ? ""
            : "; it builds on " + (builds.Count == 1 ? PlainText.Line(builds[0], 60) : builds.Count == 2 ? "both targets" : $"all {builds.Count} targets");
    }

    private static Assessment Fine(RunReport report, IReadOnlyList<TargetReport> good)
    {
        var stages = good.SelectMany(t => t.Stages).Select(s => s.Name).Distinct()
            .Where(name => good.All(t => t.Stage(name)?.State == StageState.Good)).Select(Words.StagePassed).ToList();
        var on = Words.Targets([.. good.Select(t => t.Name)], report.Targets.Count);
        var running = Running(report);
        var rest = (running.Count > 0 ? $"; still running: {string.Join("; ", running)}" : "") + Unjudged(report, good);
        if (report.PatchProblems.Count == 0)
        {
            var opening = running.Count > 0 ? "So far everything looks fine" : "Thank you, everything looks fine";
            return new(AssessmentKind.Fine, $"{opening}: {Words.List(stages)} on {on}{rest}.");
        }

        var whole = running.Count > 0 ? "So far the series as a whole is fine" : "Thank you, the series as a whole is fine";
        return new(
            AssessmentKind.FineAsAWhole,
            $"{whole} ({Words.List(stages)} on {on}), but {Words.Problems(report.Series, report.PatchProblems)}{rest}.");
    }

    /// <summary>"; debian-12 could not be judged (the base does not build there)", for each reason.</summary>
    private static string Unjudged(RunReport report, IReadOnlyList<TargetReport> good) => string.Concat(
        report.Targets.Except(good).Where(t => t.Stages.All(s => s.State != StageState.Running))
            .GroupBy(ReasonOf, t => t.Name)
            .Select(g => $"; {Words.Targets([.. g], -1)} could not be judged{(g.Key.Length > 0 ? $" ({g.Key})" : "")}"));

    private static string ReasonOf(TargetReport target) => target.Stage(StageReport.Build) switch
    {
        { State: StageState.BadBefore } => "the base does not build there",
        { IsOurFault: true } => "something failed on our side",
        _ => "",
    };

    /// <summary>"unit tests on debian-13", one for each stage that runs.</summary>
    private static List<string> Running(RunReport report) =>
    [
        .. report.Targets.SelectMany(t => t.Stages.Where(s => s.State == StageState.Running).Select(s => (s.Name, Target: t.Name)))
            .GroupBy(x => x.Name, x => x.Target)
            .Select(g => $"{Words.Stage(g.Key)} on {Words.Targets([.. g], report.Targets.Count)}"),
    ];

    private static string NotJudged(RunReport report)
    {
        var broken = report.Targets.Where(t => t.Stage(StageReport.Build)?.State == StageState.BadBefore).Select(t => t.Name).ToList();
        if (report.Targets.Any(t => t.Stages.Any(s => s.State == StageState.Running)))
            return "The tests still run; there is no result yet.";
        if (broken.Count > 0 && broken.Count == report.Targets.Count)
            return $"The base does not build on {Words.Targets(broken, report.Targets.Count)}, so {This(report)} could not be judged.";
        var why = report.Targets.Count > 0 && report.Targets.All(t => t.Stage(StageReport.Build)?.IsOurFault == true)
            ? ": something failed on our side"
            : ", for reasons on our side or in the base";
        return $"{Words.This(report.Series)} could not be judged{why}.";
    }

    private static string This(RunReport report) => report.Series.Total > 1 ? "this series" : "this patch";

    /// <summary>Targets on which the build was judged and is good.</summary>
    private static List<TargetReport> Good(RunReport report) =>
        [.. report.Targets.Where(t => t.Stages.Count > 0 && t.Stages[0].State == StageState.Good)];

    private static List<string> With(RunReport report, string stage, StageState state) =>
        [.. report.Targets.Where(t => t.Stage(stage)?.State == state).Select(t => t.Name)];

    private static string Missing(Series series) =>
        Words.Patches(series, series.Missing.Take(5).Select(n => (int?)n))
        + (series.Missing.Count > 5 ? $" and {series.Missing.Count - 5} more have" : series.Missing.Count == 1 ? " has" : " have");

    private static string On(RunReport report) => report.Base is { } found
        ? $"{PlainText.Line(report.Branch, 60)} ({Words.Commit(found.Commit)})"
        : PlainText.Line(report.Branch, 60);

    private static string Brackets(params string?[] parts) =>
        parts.Any(p => p is not null) ? $" ({string.Join(", ", parts.OfType<string>())})" : "";
}
