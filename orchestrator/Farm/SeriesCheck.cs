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
    public async Task<CheckResult> RunAsync(Series series, AppliedSeries applied, CancellationToken cancel)
    {
        if (applied.Failure is not null || applied.IsAlreadyApplied)
            return new CheckResult(series, applied, []);

        var diff = TreeDiff.Parse(new StringReader(await tree.DiffAsync(applied.Base.Commit, applied.Head, cancel)));
        var targets = await Task.WhenAll(options.Targets.Select(t => GuardedTargetAsync(t, applied, diff, cancel)));
        await DropOldBasesAsync(cancel);
        return new CheckResult(series, applied, targets);
    }

    /// <inheritdoc/>
    public void Dispose() => _machines.Dispose();

    /// <summary>What fails on one target takes nothing from the others.</summary>
    private async Task<TargetResult> GuardedTargetAsync(string target, AppliedSeries applied, TreeDiff diff, CancellationToken cancel)
    {
        try
        {
            return await TargetAsync(target, applied, diff, cancel);
        }
        catch (Exception e) when (e is InfrastructureException or IOException or UnauthorizedAccessException && !cancel.IsCancellationRequested)
        {
            return new TargetResult(target, Failed(e), Failed(e), []);
        }
    }

    private static TreeResult Failed(Exception e) =>
        new() { Outcome = new Outcome.Infra(e.Message.Length > 500 ? e.Message[..500] : e.Message) };

    private async Task<TargetResult> TargetAsync(string target, AppliedSeries applied, TreeDiff diff, CancellationToken cancel)
    {
        var clean = await pool.CleanAsync(target, cancel);
        var both = await Task.WhenAll(
            GuardAsync(target, TreeSide.Base, () => BaseAsync(target, clean, applied.Base.Commit, cancel), cancel),
            GuardAsync(target, TreeSide.Patched, () => PatchedAsync(target, clean, applied.Head, cancel), cancel));
        var (baseResult, patched) = (both[0], both[1]);
        if (baseResult.Outcome is Outcome.Infra || patched.Outcome is Outcome.Infra)
            return new TargetResult(target, baseResult, patched, []);

        var before = await CheckedAsync(baseResult, applied.Base.Commit, cancel);
        var after = await CheckedAsync(patched, applied.Head, cancel);
        var judged = FindingMatcher.Judge(before, after, diff);
        var patchOf = await BlameAsync(target, applied, baseResult, patched, judged, cancel);
        return new TargetResult(target, baseResult, patched, [.. judged.Select(j => new BlamedFinding(j, FingerprintOf(j, before, after), patchOf(j)) { BaseFingerprint = j.Base is not null ? FingerprintOf(j with { Patched = null }, before, after) : null })]);
    }

    private static string FingerprintOf(JudgedFinding judged, CheckedTree before, CheckedTree after)
    {
        var tree = judged.Patched is null ? before : after;
        return Fingerprint.Of(judged.Finding, judged.Finding.Location is { } place ? tree.Lines(place.Path) : null);
    }

    private async Task<TreeResult> BaseAsync(string target, Snapshot clean, string commit, CancellationToken cancel)
    {
        var key = BaseStore.Key(options.Project, commit, clean);
        var logs = LogDirectory(target, TreeSide.Base);
        if (await bases.FindAsync(key, cancel) is { } known && (known.Built is null || await pool.FindAsync(key, cancel) is not null))
        {
            CopyLogs(bases.LogDirectory(key), logs);
            events.Report(new RunEvent(target, TreeSide.Base, "build", StepState.Cached));
            return known;
        }

        await using var machine = await pool.TakeAsync(clean, Limits, cancel);
        await PutTreeAsync(machine, commit, cancel);
        var result = await Runner(target, TreeSide.Base, logs).RunAsync(machine, options.Project.Steps, cancel);
        return result.Outcome is Outcome.Completed ? await KeepAsync(key, result, logs, machine, cancel) : result;
    }

    /// <summary>Keeping a base saves time, no more: where it fails the result stands.</summary>
    private async Task<TreeResult> KeepAsync(string key, TreeResult result, string logs, IMachine machine, CancellationToken cancel)
    {
        try
        {
            if (result.Builds && machine.IsAlive)
                result = result with { Built = await machine.FreezeAsync(key, cancel) };
            CopyLogs(logs, bases.LogDirectory(key));
            await bases.SaveAsync(key, result, cancel);
        }
        catch (Exception e) when (e is InfrastructureException or IOException or UnauthorizedAccessException && !cancel.IsCancellationRequested)
        {
            // Another run that keeps the same base at the same time, or a tree that its own leftovers still change.
        }

        return result;
    }

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

    private async Task<TreeResult> PatchedAsync(string target, Snapshot clean, string commit, CancellationToken cancel)
    {
        await using var machine = await pool.TakeAsync(clean, Limits, cancel);
        await PutTreeAsync(machine, commit, cancel);
        return await Runner(target, TreeSide.Patched, LogDirectory(target, TreeSide.Patched))
            .RunAsync(machine, options.Project.Steps, cancel);
    }

    private async Task<Func<JudgedFinding, int?>> BlameAsync(
        string target, AppliedSeries applied, TreeResult baseResult, TreeResult patched, IReadOnlyList<JudgedFinding> judged, CancellationToken cancel)
    {
        var changes = judged.Where(j => j.Verdict is Verdict.New or Verdict.Fixed).ToList();
        if (changes.Count > 0 && applied.Patches.Count == 1)
            return j => changes.Contains(j) ? applied.Patches[0].Patch.Number : null;
        if (changes.Count == 0 || baseResult.Built is null)
            return _ => null;

        var blame = new PrefixBlame(tree, applied, judged, patched.Coverage, baseResult.Coverage);
        await _machines.WaitAsync(cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.BlameTime);
        try
        {
            await using var machine = await pool.TakeAsync(baseResult.Built, Limits, limit.Token);
            await blame.RunAsync(
                machine,
                options.Project.Steps,
                (patch, label) =>
                {
                    events.Report(new RunEvent(target, TreeSide.Prefix, label, StepState.Started));
                    return Runner(target, TreeSide.Prefix, Path.Combine(options.LogDirectory, target, $"patch-{patch}"));
                },
                limit.Token);
        }
        catch (Exception e) when (e is InfrastructureException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // The verdicts stand without it; what was found until then is true, the rest is said to be unknown.
        }
        finally
        {
            _machines.Release();
            events.Report(new RunEvent(target, TreeSide.Prefix, "", StepState.Done));
        }

        return blame.PatchOf;
    }

    private async Task<CheckedTree> CheckedAsync(TreeResult result, string commit, CancellationToken cancel) =>
        new(result.Findings, result.Coverage, await TreeLines.ReadAsync(tree, commit, result.Findings, cancel));

    private async Task<TreeResult> GuardAsync(string target, TreeSide side, Func<Task<TreeResult>> run, CancellationToken cancel)
    {
        await _machines.WaitAsync(cancel);
        try
        {
            return await run();
        }
        catch (Exception e) when (e is InfrastructureException or IOException or MachineOutputException && !cancel.IsCancellationRequested)
        {
            return Failed(e);
        }
        finally
        {
            _machines.Release();
            events.Report(new RunEvent(target, side, "", StepState.Done));
        }
    }

    private async Task PutTreeAsync(IMachine machine, string commit, CancellationToken cancel)
    {
        await using var archive = await tree.ArchiveAsync(commit, cancel);
        await machine.PutAsync(archive, RecipeRunner.TreeDirectory, touch: false, cancel);
    }

    private RecipeRunner Runner(string target, TreeSide side, string logs) => new(target, side, logs, events, time);

    private MachineLimits Limits => new() { MemoryBytes = options.Project.MemoryBytes, DiskBytes = options.Project.DiskBytes };

    private string LogDirectory(string target, TreeSide side) =>
        Path.Combine(options.LogDirectory, target, side.ToString().ToLowerInvariant());

    private static void CopyLogs(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var log in Directory.EnumerateFiles(from, "*.log"))
            File.Copy(log, Path.Combine(to, Path.GetFileName(log)), overwrite: true);
    }
}
