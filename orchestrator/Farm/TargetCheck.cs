using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>One series on one target: early on the built base, then base and patched from clean machines, then patch by patch.</summary>
internal sealed class TargetCheck(
    string target,
    CheckOptions options,
    AppliedSeries applied,
    TreeDiff diff,
    ProjectTree tree,
    IMachinePool pool,
    BaseStore bases,
    SemaphoreSlim machines,
    IProgress<RunEvent> events,
    TimeProvider time)
{
    /// <summary>
    /// The early result, or null: when the built base is not at hand, or when something of ours fails. The clean build that
    /// follows will tell.
    /// </summary>
    public async Task<TargetResult?> EarlyAsync(CancellationToken cancel)
    {
        try
        {
            if (options.Unavailable.ContainsKey(target))
                return null;
            var clean = await pool.CleanAsync(target, cancel);
            var known = await KnownBaseAsync(BaseStore.Key(options.Project, applied.Base.Commit, clean), cancel);
            return known?.Built is null ? null : await OnBuiltBaseAsync(known, known.Built, cancel);
        }
        catch (Exception e) when ((IsOurs(e) || e is MachineLimitException) && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The confirmed result. What fails on one target takes nothing from the others.</summary>
    public async Task<TargetResult> RunAsync(CancellationToken cancel)
    {
        try
        {
            if (options.Unavailable.TryGetValue(target, out var why))
                throw new InfrastructureException(why);
            return await ConfirmAsync(cancel);
        }
        catch (Exception e) when (IsOurs(e) && !cancel.IsCancellationRequested)
        {
            return new TargetResult(target, Failed(e), Failed(e), []);
        }
    }

    private async Task<TargetResult> OnBuiltBaseAsync(TreeResult known, Snapshot built, CancellationToken cancel)
    {
        await machines.WaitAsync(cancel);
        try
        {
            await using var machine = await pool.TakeAsync(built, Limits, cancel);
            var changed = await new BuiltTree(machine, tree, applied.Base.Commit).MoveToAsync(applied.Head, cancel);
            var result = await Runner(TreeSide.Early)
                .RunAsync(machine, RecipeRunner.Again(options.Project.Steps.Where(RecipeRunner.IsFoundation), changed, owed: new HashSet<string>()), cancel);
            var judged = await JudgeAsync(known, result, cancel);

            // A unit that was not compiled says nothing, and a clean build may yet show what an old object file hides.
            return new TargetResult(target, known, result, [.. judged.Select(f => f.Judged.Verdict is Verdict.Fixed or Verdict.Removed
                ? f with { Judged = f.Judged with { Verdict = Verdict.NotTested } }
                : f)]);
        }
        finally
        {
            machines.Release();
            events.Report(new RunEvent(target, TreeSide.Early, "", StepState.Done));
        }
    }

    private async Task<TargetResult> ConfirmAsync(CancellationToken cancel)
    {
        var clean = await pool.CleanAsync(target, cancel);
        var both = await Task.WhenAll(
            TwiceAsync(TreeSide.Base, () => BaseAsync(clean, cancel), cancel),
            TwiceAsync(TreeSide.Patched, () => PatchedAsync(clean, cancel), cancel));
        var (baseResult, patched) = (both[0], both[1]);
        if (baseResult.Outcome is Outcome.Infra || patched.Outcome is Outcome.Infra)
            return new TargetResult(target, baseResult, patched, []);

        var judged = await JudgeAsync(baseResult, patched, cancel);
        var blame = new PrefixBlame(tree, applied, [.. judged.Select(j => j.Judged)], patched, baseResult.Coverage);
        if (blame.HasPrefixes && baseResult.Built is { } built)
            await BlameAsync(blame, built, cancel);
        return new TargetResult(target, baseResult, patched, [.. judged.Select(f => f with { Patch = blame.PatchOf(f.Judged) })]) { PatchProblems = blame.Problems(target) };
    }

    private async Task<IReadOnlyList<BlamedFinding>> JudgeAsync(TreeResult @base, TreeResult patched, CancellationToken cancel)
    {
        var before = await CheckedAsync(@base, applied.Base.Commit, cancel);
        var after = await CheckedAsync(patched, applied.Head, cancel);
        var judged = FindingMatcher.Judge(before, after, diff).Select(j => Unblamed(j, @base)).ToList();
        var codeOf = await FindingCode.ReadAsync(tree, applied, before, after, diff, judged, cancel);
        return [.. judged.Select(j => new BlamedFinding(j, FingerprintOf(j, before, after), null)
        {
            BaseFingerprint = j.Base is null ? null : FingerprintOf(j with { Patched = null }, before, after),
            Code = codeOf(j),
        })];
    }

    /// <summary>Where the base itself does not build nobody is blamed: what fails there may follow from the base's failure.</summary>
    private static JudgedFinding Unblamed(JudgedFinding judged, TreeResult @base) =>
        judged.Verdict == Verdict.New && @base.Steps.Any(s => s.Stage == StageKind.Build && !s.Passed && s.Name == judged.Finding.Step)
            ? judged with { Verdict = Verdict.NotTested }
            : judged;

    private static string FingerprintOf(JudgedFinding judged, CheckedTree before, CheckedTree after)
    {
        var side = judged.Patched is null ? before : after;
        return Fingerprint.Of(judged.Finding, judged.Finding.Location is { } place ? side.Lines(place.Path) : null);
    }

    private async Task<CheckedTree> CheckedAsync(TreeResult result, string commit, CancellationToken cancel) =>
        new(result.Findings, result.Coverage, await TreeLines.ReadAsync(tree, commit, result.Findings, cancel));

    private async Task<TreeResult?> KnownBaseAsync(string key, CancellationToken cancel) =>
        await bases.FindAsync(key, cancel) is { } known && (known.Built is null || await pool.FindAsync(key, cancel) is not null) ? known : null;

    private async Task<TreeResult> BaseAsync(Snapshot clean, CancellationToken cancel)
    {
        var commit = applied.Base.Commit;
        var key = BaseStore.Key(options.Project, commit, clean);
        var logs = LogDirectory(TreeSide.Base);
        if (await KnownBaseAsync(key, cancel) is { } known)
        {
            CopyLogs(bases.LogDirectory(key), logs);
            events.Report(new RunEvent(target, TreeSide.Base, "build", StepState.Cached));
            return known;
        }

        await using var machine = await pool.TakeAsync(clean, Limits, cancel);
        var result = await RunTreeAsync(machine, commit, Runner(TreeSide.Base), cancel);
        return result.Outcome is Outcome.Completed ? await KeepAsync(key, result, logs, machine, cancel) : result;
    }

    /// <summary>Keeping a base saves time, no more: where it fails the result stands.</summary>
    private async Task<TreeResult> KeepAsync(string key, TreeResult result, string logs, IMachine machine, CancellationToken cancel)
    {
        try
        {
            if (RecipeRunner.IsMade(result) && machine.IsAlive)
                result = result with { Built = await machine.FreezeAsync(key, cancel) };
            CopyLogs(logs, bases.LogDirectory(key));
            await bases.SaveAsync(key, result, cancel);
        }
        catch (Exception e) when ((IsOurs(e) || e is MachineOutputException) && !cancel.IsCancellationRequested)
        {
            // Another run that keeps the same base at the same time, or a tree that its own leftovers still change.
            events.Report(new RunEvent(target, TreeSide.Base, $"is not kept: {Short(e)}", StepState.Remark));
        }

        return result;
    }

    private async Task<TreeResult> PatchedAsync(Snapshot clean, CancellationToken cancel)
    {
        await using var machine = await pool.TakeAsync(clean, Limits, cancel);
        return await RunTreeAsync(machine, applied.Head, Runner(TreeSide.Patched), cancel);
    }

    /// <summary>A patch can make a tree that does not fit: that is its own limit too.</summary>
    private async Task<TreeResult> RunTreeAsync(IMachine machine, string commit, RecipeRunner runner, CancellationToken cancel)
    {
        try
        {
            await PutTreeAsync(machine, commit, cancel);
        }
        catch (MachineLimitException e)
        {
            return await runner.DoesNotFitAsync(options.Project.Steps[0], e, cancel);
        }

        return await runner.RunAsync(machine, options.Project.Steps, cancel);
    }

    /// <summary>Finds what it can; the verdicts stand without it. What fails on our side is tried once more on a fresh machine.</summary>
    private async Task BlameAsync(PrefixBlame blame, Snapshot built, CancellationToken cancel)
    {
        await machines.WaitAsync(cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.BlameTime);
        try
        {
            await OnceMoreAsync(TreeSide.Prefix, async () =>
            {
                await using var machine = await pool.TakeAsync(built, Limits, limit.Token);
                await blame.RunAsync(
                    machine,
                    options.Project.Steps,
                    (patch, label) =>
                    {
                        events.Report(new RunEvent(target, TreeSide.Prefix, label, StepState.Started));
                        return new RecipeRunner(target, TreeSide.Prefix, Path.Combine(options.LogDirectory, target, PrefixBlame.FolderOf(patch)), events, time);
                    },
                    limit.Token);
                return true;
            },
            limit.Token);
        }
        catch (Exception e) when ((IsOurs(e) || e is MachineLimitException or OperationCanceledException) && !cancel.IsCancellationRequested)
        {
            // What was found until then is true, the rest is said to be unknown.
        }
        finally
        {
            machines.Release();
            events.Report(new RunEvent(target, TreeSide.Prefix, "", StepState.Done));
        }
    }

    private async Task<TreeResult> TwiceAsync(TreeSide side, Func<Task<TreeResult>> run, CancellationToken cancel)
    {
        await machines.WaitAsync(cancel);
        try
        {
            return await OnceMoreAsync(side, run, cancel);
        }
        catch (Exception e) when (IsOurs(e) && !cancel.IsCancellationRequested)
        {
            return Failed(e);
        }
        finally
        {
            machines.Release();
            events.Report(new RunEvent(target, side, "", StepState.Done));
        }
    }

    /// <summary>A machine that failed for reasons of ours says nothing of the series: a fresh one is asked, once.</summary>
    private async Task<T> OnceMoreAsync<T>(TreeSide side, Func<Task<T>> run, CancellationToken cancel)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (IsOurs(e) && !cancel.IsCancellationRequested)
        {
            events.Report(new RunEvent(target, side, Short(e), StepState.Again));
            return await run();
        }
    }

    private async Task PutTreeAsync(IMachine machine, string commit, CancellationToken cancel)
    {
        await using var archive = await tree.ArchiveAsync(commit, cancel);
        await machine.PutAsync(archive, RecipeRunner.TreeDirectory, touch: false, cancel);
    }

    private RecipeRunner Runner(TreeSide side) => new(target, side, LogDirectory(side), events, time);

    private MachineLimits Limits => new() { MemoryBytes = options.Project.MemoryBytes, DiskBytes = options.Project.DiskBytes };

    private string LogDirectory(TreeSide side) => Path.Combine(options.LogDirectory, target, side.ToString().ToLowerInvariant());

    private static bool IsOurs(Exception e) => e is InfrastructureException or IOException or UnauthorizedAccessException;

    private static TreeResult Failed(Exception e) => new() { Outcome = new Outcome.Infra(Short(e)) };

    private static string Short(Exception e) => e.Message.Length > 500 ? e.Message[..500] : e.Message;

    private static void CopyLogs(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var log in Directory.EnumerateFiles(from, "*.log"))
            File.Copy(log, Path.Combine(to, Path.GetFileName(log)), overwrite: true);
    }
}
