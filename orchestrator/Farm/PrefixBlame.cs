using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm;

/// <summary>
/// Builds every prefix of the series on the built base, patch by patch: names the patch that brings each new finding and the
/// one that fixes each fixed one, and finds patches that do not build alone. Only what changed is compiled again, so a
/// prefix costs seconds. What no shorter prefix shows is the last patch's.
/// </summary>
internal sealed class PrefixBlame(
    ProjectTree tree, AppliedSeries applied, IReadOnlyList<JudgedFinding> judged, TreeResult patched, Coverage baseCoverage)
{
    /// <summary>Logs of all prefixes, bytes; a series can have hundreds of patches. Beyond that the rest is not known.</summary>
    private const long MaxLogBytes = 512 << 20;

    private readonly List<Finding> _new = [.. judged.Where(j => j.Verdict == Verdict.New).Select(j => j.Patched!)];
    private readonly List<Finding> _fixed = [.. judged.Where(j => j.Verdict == Verdict.Fixed).Select(j => j.Base!)];
    private readonly List<AppliedPatch> _changing = [.. applied.Patches.Where(p => !p.WasAlreadyApplied)];
    private readonly Dictionary<Finding, int> _patches = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Patch, TreeResult Result)> _prefixes = [];

    /// <summary>Steps of the last prefix; those that had no reason to be made again are as they are in the base.</summary>
    private IReadOnlyList<RecipeStep> _lastSteps = [];

    /// <summary>Steps that the last patch alone gives reason to make again.</summary>
    private HashSet<string> _ofLastPatch = [];

    /// <summary>Whether there is anything to build: the last patch's prefix is the patched tree itself.</summary>
    public bool HasPrefixes => _changing.Count > 1;

    /// <summary>The patch of a finding; null when it is not known, or when the finding is neither new nor fixed.</summary>
    public int? PatchOf(JudgedFinding finding) => finding.Verdict switch
    {
        Verdict.New => PatchOf(finding.Patched!),
        Verdict.Fixed => PatchOf(finding.Base!),
        _ => null,
    };

    /// <summary>Patches that do not build alone; empty as well when the prefixes were not built to the end.</summary>
    /// <param name="target">The target, whose logs are linked.</param>
    public IReadOnlyList<PatchProblem> Problems(string target)
    {
        if (!IsComplete)
            return [];
        List<(int Patch, TreeResult Result)> all = [.. _prefixes, (_changing[^1].Patch.Number, patched)];
        var problems = new List<PatchProblem>();
        for (var i = 0; i < all.Count - 1; i++)
        {
            if (FailedBuild(all[i].Result) is not { } step || !(i == 0 ? baseCoverage : all[i - 1].Result.Coverage).StepsPassed.Contains(step))
                continue;

            // A step that was not made again repairs nothing.
            var repair = all.FindIndex(i + 1, p => p.Result.Coverage.StepsPassed.Contains(step));
            if (repair > i)
            {
                problems.Add(new PatchProblem(all[i].Patch, [target], all[repair].Patch, Explanation(all[i].Result, step))
                {
                    Log = new LogLink(step, $"logs/{target}/{FolderOf(all[i].Patch)}/{step}.log"),
                });
            }
        }

        return problems;
    }

    /// <summary>Folder of a prefix's logs below the target's.</summary>
    public static string FolderOf(int patch) => $"patch-{patch}";

    /// <summary>Builds the prefixes; every one, however soon the guilty are known: a patch may break what a later one repairs.</summary>
    /// <param name="machine">A machine with the built base.</param>
    /// <param name="steps">The recipe.</param>
    /// <param name="runner">Makes the runner of a patch's prefix; gets its number and its words for people.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(
        IMachine machine, IReadOnlyList<RecipeStep> steps, Func<int, string, RecipeRunner> runner, CancellationToken cancel)
    {
        _prefixes.Clear();
        _patches.Clear();

        // All findings, also those that are old: an old one of the same words is matched with itself and leaves the new one alone.
        var old = await CheckedAsync(applied.Base.Commit, judged.Select(j => j.Base), baseCoverage, cancel);
        var head = await CheckedAsync(applied.Head, judged.Select(j => j.Patched), patched.Coverage, cancel);
        var built = new BuiltTree(machine, tree, applied.Base.Commit);
        var logBytes = 0L;
        IReadOnlySet<string> owed = new HashSet<string>();
        foreach (var patch in _changing.SkipLast(1))
        {
            var changed = await built.MoveToAsync(patch.Commit, cancel);
            List<RecipeStep> again = [.. RecipeRunner.Again(Wanted(steps), changed, owed)];
            var run = runner(patch.Patch.Number, $"patch {patch.Patch.Number}/{applied.Patches.Count}");
            var result = await run.RunAsync(machine, again, cancel);
            _prefixes.Add((patch.Patch.Number, result));
            _lastSteps = again;
            await AttributeAsync(patch, result, old, head, cancel);
            logBytes += run.LogBytes;
            if (!machine.IsAlive || logBytes > MaxLogBytes)
                return;
            owed = again.Select(s => s.Name).Except(result.Coverage.StepsPassed).ToHashSet();
        }

        if (_changing.Count > 1)
        {
            var changes = await tree.ChangesAsync(_changing[^2].Commit, applied.Head, cancel);
            _ofLastPatch = [.. RecipeRunner.Again(steps, [.. changes.Added, .. changes.Modified, .. changes.Deleted], new HashSet<string>()).Select(s => s.Name)];
        }
    }

    private bool IsComplete => _prefixes.Count == _changing.Count - 1;

    /// <summary>The steps of the build, and those behind them only as far as a finding asks for it: unit tests take longest.</summary>
    private IEnumerable<RecipeStep> Wanted(IReadOnlyList<RecipeStep> steps)
    {
        var open = _new.Concat(_fixed).Where(f => !_patches.ContainsKey(f)).Select(f => f.Step).ToHashSet();
        return steps.Take(1 + steps.Select((s, i) => open.Contains(s.Name) || s.Stage == StageKind.Build ? i : 0).Max());
    }

    /// <summary>
    /// What no shorter prefix shows is the last patch's, if the longest of them got as far as to look, or had nothing to look at:
    /// a step whose inputs are the base's does what it does in the base, and then the last patch must have touched them.
    /// </summary>
    private int? PatchOf(Finding finding) =>
        _patches.TryGetValue(finding, out var patch) ? patch
        : IsComplete && (_prefixes.Count == 0 || Looked(_prefixes[^1].Result, finding)) ? _changing[^1].Patch.Number
        : null;

    private bool Looked(TreeResult prefix, Finding finding) => _lastSteps.All(s => s.Name != finding.Step)
        ? _ofLastPatch.Contains(finding.Step)
        : (prefix.Coverage.StepsRun.Contains(finding.Step) && prefix.Steps.TakeWhile(s => s.Name != finding.Step).All(s => s.Passed));

    private static string? FailedBuild(TreeResult result) =>
        result.Steps.FirstOrDefault(s => s.Stage == StageKind.Build && !s.Passed)?.Name;

    private static Finding? Explanation(TreeResult result, string step)
    {
        var errors = result.Findings.Where(f => f.Step == step && f.Severity == Severity.Error).ToList();
        return errors.Find(f => f.Tool != "make") ?? errors.FirstOrDefault();
    }

    private async Task<CheckedTree> CheckedAsync(string commit, IEnumerable<Finding?> findings, Coverage coverage, CancellationToken cancel)
    {
        List<Finding> known = [.. findings.OfType<Finding>()];
        return new CheckedTree(known, coverage, await TreeLines.ReadAsync(tree, commit, known, cancel));
    }

    private async Task AttributeAsync(AppliedPatch patch, TreeResult result, CheckedTree old, CheckedTree head, CancellationToken cancel)
    {
        var prefix = await CheckedAsync(patch.Commit, result.Findings, result.Coverage, cancel);
        var toHead = TreeDiff.Parse(new StringReader(await tree.DiffAsync(patch.Commit, applied.Head, cancel)));
        var shown = FindingMatcher.Judge(prefix, head, toHead)
            .Where(j => j is { Base: not null, Patched: not null }).Select(j => j.Patched!).ToHashSet(ReferenceEqualityComparer.Instance);
        Settle(patch, _new, isSo: shown.Contains, isOtherwise: f => !shown.Contains(f) && WasMadeWithout(f, result.Coverage));

        var fromBase = TreeDiff.Parse(new StringReader(await tree.DiffAsync(applied.Base.Commit, patch.Commit, cancel)));
        var verdicts = FindingMatcher.Judge(old, prefix, fromBase)
            .Where(j => j.Base is not null).ToDictionary(j => (object)j.Base!, j => j.Verdict, ReferenceEqualityComparer.Instance);
        Settle(
            patch,
            _fixed,
            isSo: f => verdicts[f] is Verdict.Fixed or Verdict.Removed && (WasMadeWithout(f, result.Coverage) || IsTouched(f, fromBase)),
            isOtherwise: f => verdicts[f] == Verdict.PreExisting);
    }

    /// <summary>The first patch after which it is so, unless a later one undoes it.</summary>
    private void Settle(AppliedPatch patch, List<Finding> findings, Func<Finding, bool> isSo, Func<Finding, bool> isOtherwise)
    {
        foreach (var finding in findings)
        {
            if (isSo(finding))
                _patches.TryAdd(finding, patch.Patch.Number);
            else if (isOtherwise(finding))
                _patches.Remove(finding);
        }
    }

    /// <summary>
    /// Whether what shows such a finding was made again, and did not show it. Make does nothing for what did not change, and its
    /// silence says nothing then: a step that passes rules out its errors, but not the warnings of what it left alone.
    /// </summary>
    private static bool WasMadeWithout(Finding finding, Coverage prefix) => finding switch
    {
        { IsTest: true } => prefix.RanTest(finding.Function!),
        { TranslationUnit: { } unit } => prefix.UnitsCompiled.Contains(unit) && !prefix.UnitsFailed.Contains(unit),
        _ => finding.Severity == Severity.Error && prefix.StepsPassed.Contains(finding.Step),
    };

    private static bool IsTouched(Finding finding, TreeDiff diff) =>
        finding.Location is { } place && diff.Touches(place.Path);
}
