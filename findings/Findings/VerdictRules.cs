namespace OpenConfirm.Findings;

/// <summary>
/// The verdict on a finding that one tree alone shows, from what was checked in the other tree. The rules are written out
/// in docs/identity.md; in doubt they say <see cref="Verdict.NotTested"/>: nobody is blamed or thanked for what was not seen.
/// </summary>
internal sealed class VerdictRules(Coverage @base, Coverage patched, TreeDiff diff)
{
    private static readonly HashSet<string> CompilerTools = ["gcc", "g++", "clang", "clang++", "cc"];
    private static readonly HashSet<string> LinkerTools = ["ld", "lld", "gold", "bfd", "mold", "collect2"];

    private readonly bool unitsAreKnown =
        @base.UnitsCompiled.Count + @base.UnitsFailed.Count + patched.UnitsCompiled.Count + patched.UnitsFailed.Count > 0;

    private readonly Lazy<ILookup<string, FileChange>> sources = new(() => Sources(diff));

    private readonly bool testsAreKnown = @base.TestsRun.Count + patched.TestsRun.Count > 0;

    private enum Kind
    {
        Compile,
        Test,
        Step,
    }

    /// <param name="finding">A finding of the base that the patched tree does not show.</param>
    /// <param name="codeWasDeleted">Its line was deleted without replacement.</param>
    public Verdict OfBaseOnly(Finding finding, bool codeWasDeleted)
    {
        if (FileIs(finding, f => f.NewPath is null, diff.FindByBasePath))
            return Verdict.Removed;
        var unit = UnitOf(finding) is { } own ? Renamed(own, diff.FindByBasePath(own)?.NewPath) : null;
        var isChecked = IsChecked(finding, unit, patched) || StoppedFailing(finding, from: @base, to: patched);
        var deletionIsTheRemedy = finding.Severity == Severity.Error || AsksForDeletion(finding.Rule);
        if (codeWasDeleted && !(isChecked && deletionIsTheRemedy))
            return Verdict.Removed;

        // A test that ran out of time may have met a busy machine: that it had enough the next time is nobody's merit.
        return !isChecked ? Verdict.NotTested : finding.Rule == "test-timeout" ? Verdict.Flaky : Verdict.Fixed;
    }

    /// <param name="finding">A finding of the patched tree that the base does not show.</param>
    public Verdict OfPatchedOnly(Finding finding)
    {
        var unit = UnitOf(finding) is { } own ? Renamed(own, diff.FindByPatchedPath(own)?.OldPath) : null;
        if (IsChecked(finding, unit, @base))
            return Verdict.New;
        if (!GotAnywhere(finding, @base))
            return Verdict.NotTested;
        return FileIs(finding, f => f.OldPath is null, diff.FindByPatchedPath) || StoppedFailing(finding, from: patched, to: @base)
            ? Verdict.New
            : Verdict.NotTested;
    }

    private bool IsChecked(Finding finding, string? unit, Coverage side) => KindOf(finding) switch
    {
        Kind.Compile when unitsAreKnown && unit is not null =>
            side.UnitsCompiled.Contains(unit) && !side.UnitsFailed.Contains(unit) && (side.StepsPassed.Contains(StepOf(finding)) || IsTouched(finding, unit)),
        Kind.Step when finding.Rule.StartsWith("limit-", StringComparison.Ordinal) => side.StepsRun.Contains(StepOf(finding)),
        Kind.Test when testsAreKnown && finding.Function is not null => side.RanTest(finding.Function),
        _ => side.StepsPassed.Contains(StepOf(finding)),
    };

    /// <summary>
    /// With link-time optimisation a compiler warns of a unit only when it links. Where a step failed the link was never
    /// reached, so silence about a unit says something only if the series changed that very code.
    /// </summary>
    private bool IsTouched(Finding finding, string unit) =>
        diff.Touches(unit) || (finding.Location is { } place && diff.Touches(place.Path));

    /// <summary>An error makes its step fail: when the step fails with it on one side and passes on the other, it is not there.</summary>
    private static bool StoppedFailing(Finding finding, Coverage from, Coverage to) =>
        finding.Severity == Severity.Error && to.StepsPassed.Contains(StepOf(finding)) && !from.StepsPassed.Contains(StepOf(finding));

    /// <summary>Whether the step did any of its work on this side; when not, even code that is new there is not to blame.</summary>
    private static bool GotAnywhere(Finding finding, Coverage side) =>
        side.StepsPassed.Contains(StepOf(finding)) || KindOf(finding) switch
        {
            Kind.Compile => side.UnitsCompiled.Count > 0,
            Kind.Test => side.TestsRun.Count > 0,
            _ => false,
        };

    private static string Renamed(string unit, string? otherName) => otherName ?? unit;

    private string? UnitOf(Finding finding) =>
        finding.TranslationUnit ?? (finding.Location?.Path is { } path && IsUnit(path, @base, patched) ? path : null);

    private static bool IsUnit(string path, params ReadOnlySpan<Coverage> sides)
    {
        foreach (var side in sides)
        {
            if (side.UnitsCompiled.Contains(path) || side.UnitsFailed.Contains(path))
                return true;
        }

        return false;
    }

    /// <summary>Whether the finding's file, translation unit or test source changed in this way.</summary>
    private bool FileIs(Finding finding, Func<FileChange, bool> changedSo, Func<string, FileChange?> find)
    {
        if (IsSo(finding.Location?.Path) || IsSo(finding.TranslationUnit))
            return true;
        if (!finding.IsTest)
            return false;
        // pytest's tests/test_a.py::test_b, and automake's tests/a from tests/a.c
        var test = finding.Function!.Split("::")[0];
        return IsSo(test) || sources.Value[test].Any(changedSo);

        bool IsSo(string? path) => path is not null && find(path) is { } change && changedSo(change);
    }

    /// <summary>Changed files by what a test that they are the source of can be called: <c>tests/a.c</c> by <c>tests/a</c> and <c>a</c>.</summary>
    private static ILookup<string, FileChange> Sources(TreeDiff diff) => diff.Files
        .SelectMany(f => Names(f.OldPath ?? f.NewPath ?? "").Select(name => (Name: name, File: f)))
        .ToLookup(x => x.Name, x => x.File, StringComparer.Ordinal);

    private static IEnumerable<string> Names(string path)
    {
        var dot = path.LastIndexOf('.');
        if (dot <= path.LastIndexOf('/'))
            yield break;
        for (var start = 0; start >= 0; start = path.IndexOf('/', start) is var slash and >= 0 ? slash + 1 : -1)
        {
            if (start < dot)
                yield return path[start..dot];
        }
    }

    /// <summary>For a warning that code is of no use, deleting the code is the remedy.</summary>
    private static bool AsksForDeletion(string rule)
    {
        var name = Normal.Rule(rule);
        return name.StartsWith("-Wunused", StringComparison.Ordinal)
            || name.StartsWith("-Wunreachable", StringComparison.Ordinal)
            || name.StartsWith("-Wredundant", StringComparison.Ordinal);
    }

    private static Kind KindOf(Finding finding)
    {
        if (finding.IsOfTests)
            return Kind.Test;
        if (LinkerTools.Contains(finding.Tool))
            return Kind.Step;
        if (CompilerTools.Contains(finding.Tool) || finding.TranslationUnit is not null)
            return Kind.Compile;
        return Kind.Step;
    }

    private static string StepOf(Finding finding)
    {
        if (finding.Step.Length > 0)
            return finding.Step;
        return finding.Tool == "configure" ? "configure" : KindOf(finding) == Kind.Test ? "test" : "compile";
    }
}
