using System.Globalization;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Intake;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines.Containers;
using OpenConfirm.Model;
using OpenConfirm.Report;
using OpenConfirm.Store;

namespace OpenConfirm.Cli;

/// <summary>What a check is about: a project, its known false positives and its targets.</summary>
internal sealed record CheckSubject(Project Project, string ProjectFile, IReadOnlyList<Suppression> Suppressions, IReadOnlyList<string> Targets);

/// <summary>When a run began, and its id.</summary>
internal sealed record RunStart(string RunId, DateTimeOffset At, long Timestamp)
{
    /// <summary>The id sorts by time; the tail keeps two runs of one second apart.</summary>
    public static RunStart Now(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var id = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..6];
        return new(id, now, time.GetTimestamp());
    }
}

/// <summary>One series on its machines, and its reports: the early one on the way, the last one at the end.</summary>
internal sealed class CheckRun(CheckArguments arguments, CheckSubject subject, ProjectTree tree, RunFolder folder, RunStart start, TimeProvider time)
{
    private readonly Dictionary<string, TargetFacts> _facts = new(StringComparer.Ordinal);

    /// <summary>Builds, tests and judges; of a series that cannot be tested it reports why.</summary>
    public async Task<(RunReport Report, CheckResult Result)> RunAsync(Series series, AppliedSeries applied, CancellationToken cancel)
    {
        var baseTitle = await tree.TitleAsync(applied.Base.Commit, cancel);
        var result = series.IsComplete && applied.Failure is null && !applied.IsAlreadyApplied
            ? await CheckAsync(series, applied, baseTitle, cancel)
            : new CheckResult(series, applied, []);
        return (Report(result, baseTitle), result);
    }

    private async Task<CheckResult> CheckAsync(Series series, AppliedSeries applied, string baseTitle, CancellationToken cancel)
    {
        await using var pool = await ContainerPool.StartAsync(arguments.Data, Places.Images, time, cancel);
        var unavailable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var target in subject.Targets)
        {
            if (await ImageFailureAsync(pool, target, cancel) is { } failure)
                unavailable[target] = failure;
            _facts[target] = await FactsAsync(pool, target, cancel);
        }

        await using var view = RunView.Open(subject.Targets, time);
        var options = new CheckOptions { Project = subject.Project, Targets = subject.Targets, Unavailable = unavailable, LogDirectory = folder.Logs };
        using var check = new SeriesCheck(options, tree, pool, new BaseStore(Path.Combine(arguments.Data, "bases")), view, time);
        return await IdentifiedAsync(await check.RunAsync(series, applied, ShowEarlyAsync, cancel), view, cancel);

        Task ShowEarlyAsync(CheckResult early)
        {
            var shown = Report(FindingIdentities.WithoutStore(early, subject.Suppressions), baseTitle);
            folder.WriteEarly(shown, time);
            view.Say(string.Create(CultureInfo.InvariantCulture, $"After {shown.Elapsed.TotalSeconds:0.0} s: {Assessment.Of(shown).Sentence}"));
            view.Say($"Page: {folder.Page}");
            return Task.CompletedTask;
        }
    }

    /// <summary>Ids are a convenience: a store that fails costs them and no verdict.</summary>
    private async Task<CheckResult> IdentifiedAsync(CheckResult result, RunView view, CancellationToken cancel)
    {
        try
        {
            var identities = new FindingIdentities(
                new FindingStore(StoreFile.Open(arguments.Data), time), subject.Project, subject.ProjectFile, tree, subject.Suppressions);
            result = await identities.IdentifyAsync(result, cancel);
        }
        catch (Exception e) when (e is InfrastructureException or IOException or UnauthorizedAccessException && !cancel.IsCancellationRequested)
        {
            view.Say($"openconfirm: the findings of this run get no ids, and suppressions go by fingerprint alone: {e.Message}");
            result = FindingIdentities.WithoutStore(result, subject.Suppressions);
        }

        foreach (var stale in result.Stale)
            view.Say($"openconfirm: {stale.Suppression.Id} is suppressed and gone from the base; its entry in {SuppressionFile.Beside(subject.ProjectFile)} can go ({stale.Suppression.Title ?? "no title"})");
        return result;
    }

    private RunReport Report(CheckResult result, string baseTitle) => ReportBuilder.Build(result, new RunFacts
    {
        RunId = start.RunId,
        Project = subject.Project,
        Branch = tree.BranchName,
        BaseTitle = baseTitle,
        Started = start.At,
        Elapsed = time.GetElapsedTime(start.Timestamp),
        Reproduce = CheckSource.Reproduce(arguments, tree, result.Applied.Base, subject.Targets),
        Page = folder.Page,
        Targets = _facts,
    });

    /// <summary>Why a target's image cannot be had, or null. One that cannot takes nothing from the others.</summary>
    private static async Task<string?> ImageFailureAsync(ContainerPool pool, string target, CancellationToken cancel)
    {
        try
        {
            await pool.Images.EnsureAsync(target, new LineProgress(), cancel);
            return null;
        }
        catch (InfrastructureException e)
        {
            await Console.Error.WriteLineAsync(TerminalText.Escape($"{target}: {e.Message}"));
            return e.Message;
        }
    }

    private static async Task<TargetFacts> FactsAsync(ContainerPool pool, string target, CancellationToken cancel)
    {
        var image = await pool.Images.ShowAsync(target, cancel);
        var tools = image.Built?.Versions ?? new Dictionary<string, string>();
        return new TargetFacts(
            image.Recipe.Description.Split(',', '(')[0].Trim(),
            image.Recipe.Architecture,
            [new ToolVersion(target, image.Built?.Tag ?? ""), .. tools.Select(t => new ToolVersion($"{t.Key} ({target})", t.Value))]);
    }
}
