using System.Globalization;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>The words of mail and page, in one place, so that both say the same.</summary>
public static class Words
{
    /// <summary>A verdict ("new", "fixed").</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.New => "new",
        Verdict.Fixed => "fixed",
        Verdict.PreExisting => "in the base too",
        Verdict.Removed => "gone with its code",
        Verdict.NotTested => "not compared",
        Verdict.Flaky => "comes and goes",
        _ => "suppressed",
    };

    /// <summary>"3 findings that ...", for what is neither new nor fixed.</summary>
    internal static string ThatWhich(Verdict verdict, int count) => verdict switch
    {
        Verdict.PreExisting => "the base shows too",
        Verdict.Removed => count == 1 ? "went away with its code" : "went away with their code",
        Verdict.Suppressed => count == 1 ? "is suppressed" : "are suppressed",
        Verdict.Flaky => count == 1 ? "comes and goes without a change of the code" : "come and go without a change of the code",
        _ => "only one of the two trees was checked for",
    };

    /// <summary>An outcome of one tree's stage; null is one that still runs.</summary>
    public static string Of(Outcome? outcome, bool passed) => outcome switch
    {
        null => "running",
        Outcome.Completed => passed ? "ok" : "fails",
        Outcome.CodeLimit => "over limit",
        Outcome.Infra => "not tested",
        Outcome.ApplyFailed => "does not apply",
        Outcome.Cancelled => "cancelled",
        _ => "not run",
    };

    /// <summary>The state of a stage, for a table.</summary>
    public static string Of(StageState state) => state switch
    {
        StageState.Good => "ok",
        StageState.Bad => "fails",
        StageState.OverLimit => "over limit",
        StageState.BadBefore => "base fails too",
        StageState.NotTested => "not judged",
        StageState.NotRun => "not run",
        StageState.Cancelled => "cancelled",
        _ => "still running",
    };

    /// <summary>What an early answer is worth and what is to come.</summary>
    internal const string Early =
        "This is an early answer: the series was built on top of the base as it stood built, so only what it touches was compiled"
        + " again. What was not compiled again is not compared, and nothing is called fixed yet. A clean build still runs and has the last word.";

    /// <summary>A severity as compilers write it.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    /// <summary>How a base was found; the sentence itself comes with it.</summary>
    public static string Of(BaseSource source) => source switch
    {
        BaseSource.BaseCommit => "named by the series",
        BaseSource.Blobs => "found by the files that the patches name",
        BaseSource.BranchHead => "head of the branch",
        _ => "given",
    };

    /// <summary>A stage as a heading.</summary>
    public static string Stage(string name) => name switch
    {
        StageReport.Build => "build",
        StageReport.Unit => "unit tests",
        _ => PlainText.Line(name, 40),
    };

    /// <summary>What a series does that gets through a stage ("builds").</summary>
    internal static string StagePassed(string name) => name switch
    {
        StageReport.Build => "builds",
        StageReport.Unit => "passes its unit tests",
        _ => "passes " + PlainText.Line(name, 40),
    };

    /// <summary>"1 error", "2 errors".</summary>
    public static string Count(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => string.Join(", ", items.Take(items.Count - 1)) + " and " + items[^1],
    };

    /// <summary>"48 s", "6 min 20 s", "1 h 5 min".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(59.5) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        _ when time < TimeSpan.FromHours(1) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    /// <summary>The first digits of a commit, as git shows them.</summary>
    public static string Commit(string commit) => PlainText.Line(commit.Length > 12 ? commit[..12] : commit);

    /// <summary>"4/4", or null for a single patch: there is nobody else.</summary>
    internal static string? Patch(Series series, int? number) =>
        number is { } n && series.Total > 1 ? string.Create(CultureInfo.InvariantCulture, $"{n}/{series.Total}") : null;

    /// <summary>"patch 4/4", "patches 2/4 and 4/4"; null when that would say nothing.</summary>
    internal static string? Patches(Series series, IEnumerable<int?> numbers)
    {
        var known = numbers.Distinct().Order().Select(n => Patch(series, n)).ToList();
        return known.Count == 0 || known.Contains(null) ? null : known.Count > 4 ? Count(known.Count, "patch", "patches") : (known.Count == 1 ? "patch " : "patches ") + List(known!);
    }

    /// <summary>"does not build alone on debian-12; patch 3/4 repairs it", said beside the patch.</summary>
    internal static string Problem(RunReport report, PatchProblem problem) =>
        $"does not build alone on {Targets(problem.Targets, report.Targets.Count)}; "
        + (Patch(report.Series, problem.RepairedBy) is { } repair ? $"patch {repair} repairs it" : "a later patch repairs it");

    /// <summary>"patch 2/4 does not build alone", "patches 1/4 and 2/4 do not build alone".</summary>
    internal static string Problems(Series series, IReadOnlyList<PatchProblem> problems)
    {
        var numbers = problems.Select(p => p.Patch).Distinct().ToList();
        return $"{Patches(series, numbers.Select(n => (int?)n)) ?? "a patch"} {(numbers.Count > 1 ? "do" : "does")} not build alone";
    }

    /// <summary>"debian-12 and debian-13", or "all 3 targets" when these are all of many.</summary>
    internal static string Targets(IReadOnlyList<string> some, int all) =>
        some.Count > 2 && some.Count == all
            ? string.Create(CultureInfo.InvariantCulture, $"all {all} targets")
            : List([.. some.Select(t => PlainText.Line(t, 60))]);

    /// <summary>"This series", or "This patch" for a single one.</summary>
    internal static string This(Series series) => series.Total > 1 ? "This series" : "This patch";
}
