using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>What a check needs besides the series.</summary>
public sealed record CheckOptions
{
    /// <summary>The project.</summary>
    public required Project Project { get; init; }

    /// <summary>Names of the targets.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>Folder for logs, made when missing; <c>TARGET/base</c>, <c>TARGET/patched</c> and so on come below it.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Targets whose image cannot be had, and why: reasons of ours.</summary>
    public IReadOnlyDictionary<string, string> Unavailable { get; init; } = new Dictionary<string, string>();

    /// <summary>Machines that run at one time.</summary>
    public int Parallel { get; init; } = 2;

    /// <summary>Wall time for finding guilty patches on one target; what it does not find is said to be unknown.</summary>
    public TimeSpan BlameTime { get; init; } = TimeSpan.FromMinutes(20);
}

/// <summary>Builds and tests a series on every target, base and patched alike, and judges what it finds.</summary>
public sealed class SeriesCheck(
    CheckOptions options, ProjectTree tree, IMachinePool pool, BaseStore bases, IProgress<RunEvent> events, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _machines = new(options.Parallel);

    /// <summary>Runs the check. Failures of ours end as <see cref="Outcome.Infra"/> of the tree that met them.</summary>
    /// <param name="series">The series.</param>
    /// <param name="applied">The same, laid on its base.</param>
    /// <param name="early">
    /// Gets the early result, when there is one: where the built base is at hand, what the series changes is compiled on it
    /// before all else. Units that were not compiled again are NotTested there, and nothing is called fixed.
    /// </param>
    /// <param name="cancel">Ends it.</param>
    public async Task<CheckResult> RunAsync(Series series, AppliedSeries applied, Func<CheckResult, Task> early, CancellationToken cancel)
    {
        if (applied.Failure is not null || applied.IsAlreadyApplied)
            return new CheckResult(series, applied, []);

        var diff = TreeDiff.Parse(new StringReader(await tree.DiffAsync(applied.Base.Commit, applied.Head, cancel)));
        var targets = options.Targets
            .Select(name => new TargetCheck(name, options, applied, diff, tree, pool, bases, _machines, events, time)).ToList();
        var first = await Task.WhenAll(targets.Select(t => t.EarlyAsync(cancel)));
        if (first.OfType<TargetResult>().ToList() is { Count: > 0 } seen)
            await early(new CheckResult(series, applied, seen) { IsEarly = true });

        var results = await Task.WhenAll(targets.Select(t => t.RunAsync(cancel)));
        await DropOldBasesAsync(cancel);
        return new CheckResult(series, applied, results);
    }

    /// <inheritdoc/>
    public void Dispose() => _machines.Dispose();

    private async Task DropOldBasesAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var key in bases.DropOldest())
                await pool.DropAsync(key, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another run drops them.
        }
    }
}
