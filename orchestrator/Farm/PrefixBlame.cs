using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm;

/// <summary>
/// Builds every prefix of the series on the built base, patch by patch: names the patch that brings each new finding and the
/// one that fixes each fixed one, and finds patches that do not build alone. Only what changed is compiled again, so a
/// prefix costs seconds. A patch is named only when the prefix before it is witness that it was otherwise then.
/// </summary>
internal sealed class PrefixBlame(
    ProjectTree tree, AppliedSeries applied, IReadOnlyList<JudgedFinding> judged, TreeResult patched, Coverage baseCoverage)
{
    /// <summary>Logs of all prefixes, bytes; a series can have hundreds of patches. Beyond that the rest is not known.</summary>
    private const long MaxLogBytes = 512 << 20;

    private readonly List<AppliedPatch> _changing = [.. applied.Patches.Where(p => !p.WasAlreadyApplied)];
    private readonly HashSet<string> _units =
        [.. baseCoverage.UnitsCompiled, .. baseCoverage.UnitsFailed, .. patched.Coverage.UnitsCompiled, .. patched.Coverage.UnitsFailed];

    private readonly Dictionary<Finding, FindingTrail> _new = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Finding, FindingTrail> _fixed = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Patch, TreeResult Result)> _prefixes = [];

    /// <summary>Steps that were not made again after a patch that changed what they may read, known input or not.</summary>
    private readonly HashSet<string> _behind = [];

    private bool _isComplete;

    /// <summary>Whether there is anything to build: the last patch's prefix is the patched tree itself.</summary>
    public bool HasPrefixes => _changing.Count > 1;

    /// <summary>The patch of a finding; null when it is not known, or when the finding is neither new nor fixed.</summary>
    public int? PatchOf(JudgedFinding finding) => finding.Verdict switch
    {
        Verdict.New => PatchOf(_new, finding.Patched!),
        Verdict.Fixed => PatchOf(_fixed, finding.Base!),
        _ => null,
    };

    /// <summary>Patches that do not build alone; empty as well when the prefixes were not built to the end.</summary>
    /// <param name="target">The target, whose logs are linked.</param>
    public IReadOnlyList<PatchProblem> Problems(string target)
    {
        if (!_isComplete)
            return [];
        List<(int Patch, TreeResult Result)> all = [.. _prefixes];
        if (all.Count < _changing.Count)
            all.Add((_changing[^1].Patch.Number, patched));
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
        Begin();

        // All findings, also those that are old: an old one of the same words is matched with itself and leaves the new one alone.
        var old = await CheckedAsync(applied.Base.Commit, judged.Select(j => j.Base), baseCoverage, cancel);
        var head = await CheckedAsync(applied.Head, judged.Select(j => j.Patched), patched.Coverage, cancel);
        var built = new BuiltTree(machine, tree, applied.Base.Commit);
        var logBytes = 0L;
        var owed = new HashSet<string>();
        foreach (var patch in _changing)
        {
            if (patch == _changing[^1] && !AsksForHead(steps))
                break;
            var changed = await built.MoveToAsync(patch.Commit, cancel);
            owed.UnionWith(OpenSteps());
            List<RecipeStep> again = [.. RecipeRunner.Again(Wanted(steps, patch), changed, owed)];
            var run = runner(patch.Patch.Number, $"patch {patch.Patch.Number}/{applied.Patches.Count}");
            var result = await run.RunAsync(machine, again, cancel);
            _prefixes.Add((patch.Patch.Number, result));
            await AttributeAsync(patch, result, old, head, new PrefixSteps(steps, again, changed), cancel);
            logBytes += run.LogBytes;
            if (patch != _changing[^1] && (!machine.IsAlive || logBytes > MaxLogBytes))
                return;
            owed = again.Select(s => s.Name).Except(result.Coverage.StepsPassed).ToHashSet();
        }

        _isComplete = true;
    }

    private void Begin()
    {
        _isComplete = false;
        _prefixes.Clear();
        _behind.Clear();
        foreach (var finding in judged)
        {
            if (finding.Verdict == Verdict.New)
                _new[finding.Patched!] = new FindingTrail(finding.Patched!, isNew: true, patched.Coverage);
            else if (finding.Verdict == Verdict.Fixed)
                _fixed[finding.Base!] = new FindingTrail(finding.Base!, isNew: false, patched.Coverage);
        }
    }

    /// <summary>
    /// Whether the last patch too has to be built on the one before: what only a clean build shows would be the last patch's
    /// otherwise, whichever patch it is that leaves something old behind in a built tree. Unit tests are left out for their time.
    /// </summary>
    private bool AsksForHead(IReadOnlyList<RecipeStep> steps) =>
        OpenSteps().Overlaps(steps.Where(s => s.Stage == StageKind.Build).Select(s => s.Name))
        || FailedBuild(_prefixes[^1].Result) is not null;

    /// <summary>Steps of findings that no patch is found for: made again whatever the inputs say, which are only what the recipe knows of.</summary>
    private HashSet<string> OpenSteps() =>
        [.. _new.Values.Concat(_fixed.Values).Where(t => t.IsOpen).Select(t => t.Finding.Step)];

    /// <summary>The steps of the build, and those behind them only as far as a finding asks for it: unit tests take longest.</summary>
    private IEnumerable<RecipeStep> Wanted(IReadOnlyList<RecipeStep> steps, AppliedPatch patch)
    {
        if (patch == _changing[^1])
            return steps.Where(s => s.Stage == StageKind.Build);
        var open = OpenSteps();
        return steps.Take(1 + steps.Select((s, i) => open.Contains(s.Name) || s.Stage == StageKind.Build ? i : 0).Max());
    }

    /// <summary>What was not looked at in the last patch's prefix (its unit tests) is the last patch's if it was otherwise before.</summary>
    private int? PatchOf(Dictionary<Finding, FindingTrail> trails, Finding finding)
    {
        if (_changing.Count == 1)
            return _changing[0].Patch.Number;
        if (!trails.TryGetValue(finding, out var trail))
            return null;
        if (trail.Patch is { } index)
            return _changing[index].Patch.Number;
        return _isComplete && trail.IsContraryAfter(_changing.Count - 1) && IsOfUnitTests(finding) ? _changing[^1].Patch.Number : null;
    }

    private bool IsOfUnitTests(Finding finding) => patched.Steps.Any(s => s.Name == finding.Step && s.Stage == StageKind.Unit);

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

    private async Task AttributeAsync(
        AppliedPatch patch, TreeResult result, CheckedTree old, CheckedTree head, PrefixSteps steps, CancellationToken cancel)
    {
        var index = _changing.IndexOf(patch);
        var prefix = await CheckedAsync(patch.Commit, result.Findings, result.Coverage, cancel);
        var toHead = TreeDiff.Parse(new StringReader(await tree.DiffAsync(patch.Commit, applied.Head, cancel)));
        var shown = FindingMatcher.Judge(prefix, head, toHead)
            .Where(j => j is { Base: not null, Patched: not null }).Select(j => j.Patched!).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (finding, trail) in _new)
        {
            var place = Place(finding, steps, path => toHead.FindByPatchedPath(path)?.OldPath);
            trail.Add(index, shown.Contains(finding), result.Coverage, place);
        }

        var fromBase = TreeDiff.Parse(new StringReader(await tree.DiffAsync(applied.Base.Commit, patch.Commit, cancel)));
        var verdicts = FindingMatcher.Judge(old, prefix, fromBase)
            .Where(j => j.Base is not null).ToDictionary(j => (object)j.Base!, j => j.Verdict, ReferenceEqualityComparer.Instance);
        foreach (var (finding, trail) in _fixed)
        {
            var place = Place(finding, steps, path => fromBase.FindByBasePath(path)?.NewPath);
            bool? isShown = IsGone(finding, verdicts[finding], fromBase) ? null : verdicts[finding] is Verdict.PreExisting or Verdict.New;
            trail.Add(index, isShown, result.Coverage, place);
        }

        _behind.ExceptWith(steps.Again.Select(s => s.Name));
        if (!steps.Changed.All(IsCode))
            _behind.UnionWith(steps.All.Except(steps.Again).Select(s => s.Name));
    }

    private PrefixPlace Place(Finding finding, PrefixSteps steps, Func<string, string?> nameInPrefix)
    {
        var unit = finding.TranslationUnit ?? (finding.Location?.Path is { } path && _units.Contains(path) ? path : null);
        var own = new[] { unit, finding.Location?.Path }.OfType<string>().SelectMany(p => new[] { p, nameInPrefix(p) ?? p }).ToList();
        var isLate = steps.All.TakeWhile(s => s.Name != finding.Step).Any(s => steps.Again.Contains(s) && _behind.Contains(s.Name));
        return new PrefixPlace(
            unit is null ? null : nameInPrefix(unit) ?? unit,
            MayBeTouched: steps.Changed.Any(p => own.Contains(p) || !_units.Contains(p)),
            MayComeLate: isLate && !own.Exists(steps.Changed.Contains));
    }

    /// <summary>Nothing but a compiler reads it.</summary>
    private bool IsCode(string path) => _units.Contains(path) || path.EndsWith(".h", StringComparison.Ordinal);

    /// <summary>A warning without a unit is silent also when make had no reason to link again.</summary>
    private static bool IsGone(Finding finding, Verdict verdict, TreeDiff diff) => verdict switch
    {
        Verdict.Fixed => finding.Severity == Severity.Error || finding.TranslationUnit is not null || finding.IsTest,
        Verdict.Removed => new[] { finding.TranslationUnit, finding.Location?.Path }.OfType<string>().Any(diff.Touches),
        _ => false,
    };

    /// <summary>What there is to make, what of it was made for a prefix, and what the prefix's patch changed.</summary>
    private sealed record PrefixSteps(IReadOnlyList<RecipeStep> All, IReadOnlyList<RecipeStep> Again, IReadOnlyCollection<string> Changed);
}
