using System.Reflection;
using OpenConfirm.Findings;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm;

/// <summary>Facts of a run that the check itself does not know.</summary>
public sealed record RunFacts
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>The project.</summary>
    public required Project Project { get; init; }

    /// <summary>The branch a series without a better hint is tested on.</summary>
    public required string Branch { get; init; }

    /// <summary>Short id and title of the base.</summary>
    public required string BaseTitle { get; init; }

    /// <summary>Start.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Wall time.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>One command that does the same again.</summary>
    public required string Reproduce { get; init; }

    /// <summary>Path or URL of the page.</summary>
    public required string Page { get; init; }

    /// <summary>What the targets are, by name.</summary>
    public required IReadOnlyDictionary<string, TargetFacts> Targets { get; init; }
}

/// <summary>What a target is.</summary>
/// <param name="System">The system in words ("Debian 12").</param>
/// <param name="Architecture">The architecture ("amd64").</param>
/// <param name="Tools">Versions of its tools, for the page.</param>
public sealed record TargetFacts(string System, string Architecture, IReadOnlyList<ToolVersion> Tools);

/// <summary>Turns what a check found into what a report says.</summary>
public static class ReportBuilder
{
    /// <summary>Findings in a result at most; SARIF holds them all.</summary>
    private const int MostFindings = 5000;

    /// <summary>Version of this program.</summary>
    public static string ToolVersion { get; } =
        typeof(ReportBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Builds the report.</summary>
    public static RunReport Build(CheckResult result, RunFacts facts) => new()
    {
        RunId = facts.RunId,
        Project = facts.Project.Title,
        Series = result.Series,
        Branch = facts.Branch,
        Base = result.Applied.Base,
        BaseTitle = facts.BaseTitle,
        ApplyFailure = result.Applied.Failure,
        AlreadyApplied = [.. result.Applied.Patches.Where(p => p.WasAlreadyApplied).Select(p => p.Patch.Number)],
        Targets = Targets(result, facts),
        Findings = Merge(result),
        PatchProblems = MergeProblems(result.Targets),
        IsEarly = result.IsEarly,
        StaleSuppressions = [.. result.Stale.Where(s => s.IsPublic).Select(s => s.Suppression.Id)],
        Reproduce = facts.Reproduce,
        Page = facts.Page,
        Started = facts.Started,
        Elapsed = facts.Elapsed,
        ToolVersion = ToolVersion,
        Tools = [.. result.Targets.SelectMany(t => facts.Targets[t.Name].Tools)],
    };

    /// <summary>The same as one document for programs.</summary>
    public static Result Result(RunReport report, CheckResult result)
    {
        var fingerprints = result.Targets.SelectMany(t => t.Findings)
            .ToDictionary(f => (object)f.Judged, f => f.Fingerprint, ReferenceEqualityComparer.Instance);
        return new Result
        {
            Tool = new ResultTool("openconfirm", ToolVersion),
            Verb = "check",
            Project = report.Project,
            Base = result.Applied.Base.Commit,
            Patched = result.Applied.Head,
            StartedUtc = report.Started,
            EndedUtc = report.Started + report.Elapsed,
            Outcome = ResultOutcome.Of(Worst(result)),
            Findings = [.. report.Findings.Take(MostFindings).Select(f => new ResultFinding
            {
                Id = f.Id,
                Fingerprint = fingerprints[f.Judged],
                Verdict = f.Judged.Verdict,
                Patch = f.Patch,
                Visibility = f.Visibility,
                Severity = f.Judged.Finding.Severity,
                Title = f.Judged.Finding.Title,
                Artefacts = f.Log is { } log ? [log.Path] : [],
            })],
            PatchProblems = [.. report.PatchProblems.Take(ResultFile.MaxPatchProblems).Select(p => new ResultPatchProblem(p.Patch, p.RepairedBy, p.Targets))],
            Figures = Figures(report, result),
        };
    }

    private static Outcome Worst(CheckResult result)
    {
        if (result.Applied.Failure is not null)
            return new Outcome.ApplyFailed();
        if (!result.Series.IsComplete)
            return new Outcome.Skipped("patches are missing");
        if (result.Applied.IsAlreadyApplied)
            return new Outcome.Skipped("the base holds every patch already");
        var trees = result.Targets.SelectMany(t => new[] { t.Base.Outcome, t.Patched.Outcome }).ToList();
        return trees.Find(o => o is Outcome.Infra) ?? trees.Find(o => o is Outcome.CodeLimit) ?? new Outcome.Completed();
    }

    private static Dictionary<string, double> Figures(RunReport report, CheckResult result)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["wallSeconds"] = report.Elapsed.TotalSeconds };
        foreach (var target in result.Targets)
        {
            foreach (var (side, tree) in new[] { ("base", target.Base), ("patched", target.Patched) })
            {
                // What was known from an earlier run took no time in this one.
                if (tree.FromCache)
                    continue;
                foreach (var step in tree.Steps)
                    figures[$"{target.Name}.{side}.{step.Name}Seconds"] = Math.Round(step.Seconds, 3);
            }
        }

        return figures;
    }

    /// <summary>What has a result; while it is early the others too, as running.</summary>
    private static IReadOnlyList<TargetReport> Targets(CheckResult result, RunFacts facts)
    {
        var running = facts.Targets.Where(t => result.IsEarly && result.Targets.All(r => r.Name != t.Key));
        return
        [
            .. result.Targets.Select(t => Target(t, facts, result.IsEarly)),
            .. running.Select(t => new TargetReport(t.Key, t.Value.System, t.Value.Architecture, [.. Stages(facts).Select(s => new StageReport(NameOf(s), Unended, Unended))])),
        ];
    }

    private static StageSide Unended => new(null, false, TimeSpan.Zero, []);

    private static IEnumerable<StageKind> Stages(RunFacts facts) => facts.Project.Steps.Select(s => s.Stage).Distinct();

    private static TargetReport Target(TargetResult target, RunFacts facts, bool isEarly)
    {
        var what = facts.Targets[target.Name];
        var stages = Stages(facts).Select(stage => new StageReport(
            NameOf(stage),
            Side(target, target.Base, "base", stage),
            isEarly && target.Patched is { Outcome: Outcome.Completed, FailedStep: null } && target.Patched.Steps.All(s => s.Stage != stage)
                ? Unended
                : Side(target, target.Patched, PatchedFolder(isEarly), stage))
        {
            BaseBreaker = target.Base.Findings
                .Where(f => f.Severity == Severity.Error)
                .FirstOrDefault(f => target.Base.Steps.Any(s => !s.Passed && s.Stage == stage && s.Name == f.Step)),
        });
        return new TargetReport(target.Name, what.System, what.Architecture, [.. stages]);
    }

    private static string PatchedFolder(bool isEarly) => isEarly ? "early" : "patched";

    private static StageSide Side(TargetResult target, TreeResult tree, string side, StageKind stage)
    {
        var steps = tree.Steps.Where(s => s.Stage == stage).ToList();
        var outcome = tree.Outcome switch
        {
            Outcome.Completed when steps.Count == 0 => new Outcome.Skipped($"{tree.FailedStep?.Name ?? "an earlier step"} failed"),
            Outcome.CodeLimit limit when steps.Count > 0 && steps.TrueForAll(s => s.Name != limit.Step) => new Outcome.Completed(),
            Outcome.CodeLimit when steps.Count == 0 => new Outcome.Skipped($"{tree.FailedStep?.Name ?? "an earlier step"} failed"),
            var other => other,
        };
        return new StageSide(
            outcome,
            steps.TrueForAll(s => s.Passed),
            TimeSpan.FromSeconds(steps.Sum(s => s.Seconds)),
            [.. steps.Select(s => new LogLink(s.Name, $"logs/{target.Name}/{side}/{s.Log}"))])
        {
            Progress = steps.TakeWhile(s => s.Passed).Count(),
        };
    }

    /// <summary>One entry for what several targets show alike.</summary>
    private static List<ReportedFinding> Merge(CheckResult result)
    {
        var all = from target in result.Targets
                  from finding in target.Findings
                  select (target, finding);
        return [.. all.GroupBy(x => Identity(x.finding.Judged.Finding)).Select(group =>
        {
            var telling = group.OrderBy(x => Rank(x.finding.Judged.Verdict)).ThenByDescending(x => x.finding.Judged.Finding.Severity).First();
            var finding = telling.finding.Judged.Finding;
            var alike = group.Where(x => x.finding.Judged.Verdict == telling.finding.Judged.Verdict).ToList();
            var milder = alike.Where(x => x.finding.Judged.Finding.Severity != finding.Severity).Select(x => x.target.Name).Distinct().ToList();
            var side = telling.finding.Judged.Patched is null ? "base" : PatchedFolder(result.IsEarly);
            return new ReportedFinding
            {
                Judged = telling.finding.Judged,
                Id = telling.finding.Id,
                Stage = NameOf(StageOf(telling.target, finding.Step)),

                // Where it is a warning it breaks nothing: those targets are named in the note, not among the ones it breaks.
                Targets = [.. group.Where(x => !milder.Contains(x.target.Name)).Select(x => new TargetVerdict(x.target.Name, x.finding.Judged.Verdict)).Distinct()],
                Patch = alike.Select(x => x.finding.Patch).OfType<int>().Distinct().ToList() is [var patch] ? patch : null,
                PatchNote = milder.Count > 0 ? $"a {alike.Min(x => x.finding.Judged.Finding.Severity).ToString().ToLowerInvariant()} on {string.Join(", ", milder)}" : null,
                Code = telling.finding.Code,
                Log = finding.Step.Length > 0 ? new LogLink($"{finding.Step} ({telling.target.Name}, {side})", $"logs/{telling.target.Name}/{side}/{finding.Step}.log") : null,
            };
        })];
    }

    /// <summary>One entry for what goes wrong with a patch on several targets; the first target's finding stands for all.</summary>
    private static List<PatchProblem> MergeProblems(IReadOnlyList<TargetResult> targets) =>
    [
        .. targets.SelectMany(t => t.PatchProblems)
            .GroupBy(p => (p.Patch, p.RepairedBy))
            .OrderBy(g => g.Key.Patch)
            .Select(g => (g.FirstOrDefault(p => p.Finding is not null) ?? g.First()) with { Targets = [.. g.SelectMany(p => p.Targets).Distinct()] }),
    ];

    /// <summary>Compilers differ in how grave they find the same mistake: the severity is no part of it.</summary>
    private static (string Tool, string Rule, string Message, SourceLocation? Place, string? Function) Identity(Finding f) =>
        (f.Tool, f.Rule, f.Message, f.Location is null ? null : f.Location with { Column = 0 }, f.Function);

    private static int Rank(Verdict verdict) => verdict switch
    {
        Verdict.New => 0,
        Verdict.Fixed => 1,
        Verdict.Removed => 2,
        Verdict.PreExisting => 3,
        _ => 4,
    };

    /// <summary>Whether everybody may read a finding: what build and unit tests say.</summary>
    internal static bool IsPublic(TargetResult target, Finding finding) => StageOf(target, finding.Step) is StageKind.Build or StageKind.Unit;

    private static StageKind StageOf(TargetResult target, string step) =>
        target.Patched.Steps.Concat(target.Base.Steps).FirstOrDefault(s => s.Name == step)?.Stage ?? StageKind.Build;

    private static string NameOf(StageKind stage) => stage == StageKind.Build ? StageReport.Build : StageReport.Unit;
}
