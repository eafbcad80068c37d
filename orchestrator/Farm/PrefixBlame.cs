using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>
/// Finds the patch that brings each new finding and the one that fixes each fixed one: builds every prefix of the series
/// on the built base, patch by patch, and looks where it appears or goes. Only what changed is compiled again, so a prefix
/// costs seconds. What no shorter prefix shows is the last patch's.
/// </summary>
internal sealed class PrefixBlame(
    ProjectTree tree, AppliedSeries applied, IReadOnlyList<JudgedFinding> judged, Coverage patchedCoverage, Coverage baseCoverage)
{
    private readonly List<Finding> _new = [.. judged.Where(j => j.Verdict == Verdict.New).Select(j => j.Patched!)];
    private readonly List<Finding> _fixed = [.. judged.Where(j => j.Verdict == Verdict.Fixed).Select(j => j.Base!)];
    private readonly List<AppliedPatch> _changing = [.. applied.Patches.Where(p => !p.WasAlreadyApplied)];
    private readonly Dictionary<Finding, int> _patches = new(ReferenceEqualityComparer.Instance);

    private TreeResult? _longest;

    /// <summary>The patch of a finding; null when it is not known, or when the finding is neither new nor fixed.</summary>
    public int? PatchOf(JudgedFinding finding) => finding.Verdict switch
    {
        Verdict.New => PatchOf(finding.Patched!),
        Verdict.Fixed => PatchOf(finding.Base!),
        _ => null,
    };

    /// <summary>What no shorter prefix shows is the last patch's, if the longest of them got as far as to look.</summary>
    private int? PatchOf(Finding finding) =>
        _patches.TryGetValue(finding, out var patch) ? patch : _longest is { } longest && Looked(longest, finding) ? _changing[^1].Patch.Number : null;

    private static bool Looked(TreeResult prefix, Finding finding) =>
        prefix.Coverage.StepsRun.Contains(finding.Step) && prefix.Steps.TakeWhile(s => s.Name != finding.Step).All(s => s.Passed);

    /// <summary>Builds the prefixes.</summary>
    /// <param name="machine">A machine with the built base.</param>
    /// <param name="steps">The recipe.</param>
    /// <param name="runner">Makes the runner of a patch's prefix; gets its number and its words for people.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(
        IMachine machine, IReadOnlyList<RecipeStep> steps, Func<int, string, RecipeRunner> runner, CancellationToken cancel)
    {
        // The unit tests take longest and are run only when one of them has changed its mind.
        var wanted = _new.Concat(_fixed).Select(f => f.Step).ToHashSet();
        var lastStep = steps.Select((s, i) => wanted.Contains(s.Name) ? i : 0).Max();
        var before = applied.Base.Commit;
        TreeResult? last = null;
        foreach (var patch in _changing.SkipLast(1))
        {
            if (_patches.Count == _new.Count + _fixed.Count)
                return;
            var changes = await tree.ChangesAsync(before, patch.Commit, cancel);
            await UpdateAsync(machine, patch.Commit, changes, cancel);
            var paths = changes.Added.Concat(changes.Modified).Concat(changes.Deleted).ToList();
            var result = await runner(patch.Patch.Number, $"patch {patch.Patch.Number}/{applied.Patches.Count}")
                .RunAsync(machine, RecipeRunner.Again(steps.Take(lastStep + 1), paths), cancel);
            await AttributeAsync(patch, result, cancel);
            if (!machine.IsAlive)
                return;
            before = patch.Commit;
            last = result;
        }

        _longest = last;
    }

    private async Task AttributeAsync(AppliedPatch patch, TreeResult result, CancellationToken cancel)
    {
        var prefix = new CheckedTree(result.Findings, result.Coverage, await TreeLines.ReadAsync(tree, patch.Commit, result.Findings, cancel));
        var toHead = TreeDiff.Parse(new StringReader(await tree.DiffAsync(patch.Commit, applied.Head, cancel)));
        var head = new CheckedTree(_new, patchedCoverage, await TreeLines.ReadAsync(tree, applied.Head, _new, cancel));
        foreach (var seen in FindingMatcher.Judge(prefix, head, toHead).Where(j => j is { Base: not null, Patched: not null }))
            _patches.TryAdd(seen.Patched!, patch.Patch.Number);

        var fromBase = TreeDiff.Parse(new StringReader(await tree.DiffAsync(applied.Base.Commit, patch.Commit, cancel)));
        var old = new CheckedTree(_fixed, baseCoverage, await TreeLines.ReadAsync(tree, applied.Base.Commit, _fixed, cancel));
        foreach (var gone in FindingMatcher.Judge(old, prefix, fromBase).Where(j => j.Verdict is Verdict.Fixed or Verdict.Removed))
        {
            if (WasMadeAgain(gone.Base!, result.Coverage, fromBase))
                _patches.TryAdd(gone.Base!, patch.Patch.Number);
        }
    }

    /// <summary>Make does nothing for what did not change, and its silence says nothing then.</summary>
    private static bool WasMadeAgain(Finding finding, Coverage prefix, TreeDiff fromBase) =>
        (finding.TranslationUnit is { } unit && prefix.UnitsCompiled.Contains(unit))
        || (finding.Function is { } test && prefix.RanTest(test))
        || (finding.Location is { } place && fromBase.Touches(place.Path));

    private async Task UpdateAsync(IMachine machine, string commit, TreeDelta changes, CancellationToken cancel)
    {
        foreach (var chunk in changes.Deleted.Chunk(200))
        {
            await machine.RunAsync(
                new MachineCommand
                {
                    Arguments = ["/bin/rm", "-rf", "--", .. chunk.Select(path => Path.Combine(RecipeRunner.TreeDirectory, path))],
                    Timeout = TimeSpan.FromMinutes(1),
                },
                Stream.Null,
                cancel);
        }

        var put = changes.Added.Concat(changes.Modified).ToList();
        if (put.Count == 0)
            return;
        await using var archive = await tree.ArchiveAsync(commit, put, cancel);
        await machine.PutAsync(archive, RecipeRunner.TreeDirectory, touch: true, cancel);
    }
}
