namespace OpenConfirm.Findings;

/// <summary>
/// Tells which findings of two trees are the same, and gives each its <see cref="Verdict"/>. How, and with which limits, is
/// written in docs/matching.md.
/// </summary>
public static class FindingMatcher
{
    /// <summary>Judges the findings of a base and a patched tree that were checked the same way.</summary>
    /// <param name="base">The base.</param>
    /// <param name="patched">The patched tree.</param>
    /// <param name="diff">Base to patched, as applied.</param>
    /// <returns>
    /// Every finding of both sides in exactly one result, ordered by verdict (New first), path, line and column. Both sides of
    /// a <see cref="Verdict.PreExisting"/> are set, except when one side shows the same place more often than the other (a
    /// header's warning, once in each unit that includes it): then the surplus is PreExisting with its own side only. A
    /// <see cref="Verdict.New"/> with both sides is a finding that got worse: a warning that is now an error.
    /// </returns>
    public static IReadOnlyList<JudgedFinding> Judge(CheckedTree @base, CheckedTree patched, TreeDiff diff) =>
        new Matching(@base, patched, diff).Judge();
}

/// <summary>One finding on its way to a verdict.</summary>
internal sealed class Candidate(Finding finding)
{
    public Finding Finding => finding;

    /// <summary>Where it is; null for findings that are recognised by something else.</summary>
    public SourceLocation? Location => finding.Location;

    /// <summary>The location as the other tree sees it; null without location, and for tests, which go by their names.</summary>
    public required Place? Place { get; init; }

    /// <summary>Path in the patched tree; null when it has none there.</summary>
    public required string? PatchedPath { get; init; }

    /// <summary>Line in the patched tree; null when it has none there.</summary>
    public required int? PatchedLine { get; init; }

    /// <summary>Text of its line and neighbours, in its own tree.</summary>
    public required LineContent Content { get; init; }

    /// <summary>Its translation unit under the patched tree's name.</summary>
    public required string? Unit { get; init; }

    public string Rule { get; } = Normal.Rule(finding.Rule);

    public string Message { get; } = Normal.Message(finding.Message);

    public bool IsTest { get; } = VerdictRules.IsTest(finding);

    public bool IsMatched { get; set; }

    /// <summary>Tool, rule and place in the patched tree; null when it has no line there.</summary>
    public (string Path, int Line, string Tool, string Rule)? Site =>
        PatchedPath is { } path && PatchedLine is { } line ? (path, line, Finding.Tool, Rule) : null;
}

internal sealed class Matching
{
    // Cost of a difference, in lines of distance.
    private const long Far = 1L << 40;

    // Above this, candidates of one key are paired in their order instead of by cost.
    private const long MaxPairs = 100_000;

    private readonly VerdictRules rules;
    private readonly List<Candidate> bases;
    private readonly List<Candidate> patcheds;
    private readonly List<JudgedFinding> judged = [];

    public Matching(CheckedTree @base, CheckedTree patched, TreeDiff diff)
    {
        rules = new VerdictRules(@base.Coverage, patched.Coverage, diff);
        TreeText baseText = new(@base.Lines), patchedText = new(patched.Lines);
        var paths = @base.Findings.Concat(patched.Findings).Select(f => f.Location?.Path).ToHashSet();
        var map = new LineMap(diff, baseText, patchedText, f => paths.Contains(f.OldPath) || paths.Contains(f.NewPath));
        bases = [.. InOrder(@base.Findings, f => f).Select(f => FromBase(f, baseText, map, diff))];
        patcheds = [.. InOrder(patched.Findings, f => f).Select(f => FromPatched(f, patchedText, map))];
    }

    public IReadOnlyList<JudgedFinding> Judge()
    {
        PairTests();
        PairWithoutPlace();
        PairByPosition();
        PairInChangedLines();
        PairMovedCode();
        PairOutsideOfTree();
        KeepSurplus();
        foreach (var b in bases.Where(c => !c.IsMatched))
            judged.Add(new JudgedFinding(rules.OfBaseOnly(b.Finding, b.Place?.IsPureDeletion == true), b.Finding, null));
        foreach (var p in patcheds.Where(c => !c.IsMatched))
            judged.Add(new JudgedFinding(rules.OfPatchedOnly(p.Finding), null, p.Finding));
        return [.. InOrder(judged, j => j.Finding).OrderBy(j => j.Verdict)];
    }

    /// <summary>A named test that fails in both trees is one finding, wherever and with whatever words.</summary>
    private void PairTests()
    {
        Pair(c => TestKey(c) is { } key ? (key, c.Message) : null, (_, _) => 0);
        Pair(TestKey, (_, _) => 0);

        static object? TestKey(Candidate c) =>
            c.IsTest ? (c.Finding.Tool, c.Rule, c.Finding.Function!) : null;
    }

    /// <summary>Linker, configure, make: by what is said of which function; the exact words before those with other numbers.</summary>
    private void PairWithoutPlace()
    {
        Pair(c => Key(c, Normal.Text(c.Finding.Message)), (_, _) => 0);
        Pair(c => Key(c, c.Message), (_, _) => 0);

        static object? Key(Candidate c, string message) =>
            c.Location is null && !c.IsTest ? (c.Finding.Tool, c.Rule, message, c.Finding.Function, c.Unit) : null;
    }

    /// <summary>At the place where the diff says that the line now is.</summary>
    private void PairByPosition()
    {
        Pair(c => c.Site is { } site ? (site, c.Message, c.Unit) : null, ColumnDistance);
        // An unchanged line can get other words, when they name a line or an identifier that changed elsewhere.
        Pair(
            c => c.Place?.Kind == PlaceKind.Same && c.Location!.Line > 0 && c.Site is { } site ? (site, c.Location.Column, c.Unit) : null,
            (_, _) => 0);
        // The parser may have missed a unit in a parallel make's output; and any unit will do for a header.
        Pair(c => c.Site is { } site ? (site, c.Message) : null, ColumnDistance);

        static long? ColumnDistance(Candidate b, Candidate p) => Math.Abs((long)b.Location!.Column - p.Location!.Column);
    }

    /// <summary>The author touched the line, and the same is wrong with what came in its place.</summary>
    private void PairInChangedLines() =>
        Pair(
            c => c.Place is { Kind: PlaceKind.Changed } place
                ? (c.PatchedPath, place.Hunk, c.Finding.Tool, c.Rule, c.Message)
                : null,
            (b, p) => (b.Content.Line == p.Content.Line ? 0 : Far) + (b.Unit == p.Unit ? 0 : 2 * Far)
                + Math.Abs((long)b.Location!.Line - b.Place!.Hunk.OldStart - (p.Location!.Line - b.Place.Hunk.NewStart)));

    /// <summary>A line with the same text that left one place and came to another, in surroundings that speak for a move.</summary>
    private void PairMovedCode() =>
        Pair(
            c => c.Place is { } place && place.Kind != PlaceKind.Same && Normal.IsTelling(c.Content.Line)
                ? (c.Content.Line, c.Finding.Tool, c.Rule, c.Message)
                : null,
            MoveCost);

    private static long? MoveCost(Candidate b, Candidate p)
    {
        var neighbours = Shared(b.Content.Previous, p.Content.Previous) + Shared(b.Content.Next, p.Content.Next);
        var hasFunctions = b.Finding.Function is not null && p.Finding.Function is not null;
        var sameFunction = hasFunctions && b.Finding.Function == p.Finding.Function;
        var samePath = b.PatchedPath == p.Location!.Path;
        if (neighbours == 0 && !sameFunction && (hasFunctions || !samePath))
            return null;
        return ((2 - neighbours) * 4 + (samePath ? 0 : 2) + (sameFunction ? 0 : 1)) * Far
            + Math.Abs((long)b.Location!.Line - p.Location.Line);

        static int Shared(string? one, string? other) => Normal.IsTelling(one) && one == other ? 1 : 0;
    }

    /// <summary>Generated files and system headers: the diff knows nothing of their lines.</summary>
    private void PairOutsideOfTree() =>
        Pair(
            c => c is { Location: not null, Content.Line: null, Place.Kind: PlaceKind.Same }
                ? (c.PatchedPath, c.Finding.Tool, c.Rule, c.Message)
                : null,
            (b, p) => (b.Unit == p.Unit ? 0 : 2 * Far) + (b.Finding.Function == p.Finding.Function ? 0 : Far)
                + Math.Abs((long)b.Location!.Line - p.Location!.Line));

    /// <summary>What one side shows in more units, or more often, than the other is still the same thing wrong.</summary>
    private void KeepSurplus()
    {
        var inBase = bases.Select(Shown).ToHashSet();
        var inPatched = patcheds.Select(Shown).ToHashSet();
        foreach (var b in bases.Where(c => !c.IsMatched && Shown(c) is { } key && inPatched.Contains(key)))
            Settle(Verdict.PreExisting, b, null);
        foreach (var p in patcheds.Where(c => !c.IsMatched && Shown(c) is { } key && inBase.Contains(key)))
            Settle(Verdict.PreExisting, null, p);

        static ((string, int, string, string), int, string)? Shown(Candidate c) =>
            c.Place?.Kind == PlaceKind.Same && c.Site is { } site ? (site, c.Location!.Column, c.Message) : null;
    }

    /// <summary>Pairs unmatched findings of one key, cheapest pair first. No cost, no pair.</summary>
    private void Pair(Func<Candidate, object?> key, Func<Candidate, Candidate, long?> cost)
    {
        var right = ByKey(patcheds);
        foreach (var group in ByKey(bases).Where(g => right.Contains(g.Key)))
        {
            List<Candidate> bs = [.. group], ps = [.. right[group.Key]];
            if ((long)bs.Count * ps.Count > MaxPairs)
            {
                foreach (var (b, p) in bs.Zip(ps).Where(pair => cost(pair.First, pair.Second) is not null))
                    Settle(b, p);
                continue;
            }

            var pairs = from b in bs from p in ps let c = cost(b, p) where c is not null orderby c select (b, p);
            foreach (var (b, p) in pairs.Where(pair => !pair.b.IsMatched && !pair.p.IsMatched))
                Settle(b, p);
        }

        ILookup<object, Candidate> ByKey(List<Candidate> candidates) => candidates
            .Where(c => !c.IsMatched)
            .Select(c => (Candidate: c, Key: key(c)))
            .Where(c => c.Key is not null)
            .ToLookup(c => c.Key!, c => c.Candidate);
    }

    private void Settle(Candidate b, Candidate p) =>
        Settle(p.Finding.Severity > b.Finding.Severity ? Verdict.New : Verdict.PreExisting, b, p);

    private void Settle(Verdict verdict, Candidate? b, Candidate? p)
    {
        b?.IsMatched = true;
        p?.IsMatched = true;
        judged.Add(new JudgedFinding(verdict, b?.Finding, p?.Finding));
    }

    private static Candidate FromBase(Finding finding, TreeText text, LineMap map, TreeDiff diff)
    {
        var place = PlaceOf(finding, map.ToPatched);
        return new Candidate(finding)
        {
            Place = place,
            PatchedPath = place?.Path,
            PatchedLine = place?.Kind is PlaceKind.Same or PlaceKind.Realigned ? place.Line : null,
            Content = text.At(finding.Location),
            Unit = finding.TranslationUnit is { } unit ? diff.FindByBasePath(unit)?.NewPath ?? unit : null,
        };
    }

    private static Candidate FromPatched(Finding finding, TreeText text, LineMap map)
    {
        var place = PlaceOf(finding, map.ToBase);
        return new Candidate(finding)
        {
            Place = place,
            PatchedPath = place is null ? null : finding.Location!.Path,
            PatchedLine = place is null ? null : finding.Location!.Line,
            Content = text.At(finding.Location),
            Unit = finding.TranslationUnit,
        };
    }

    private static Place? PlaceOf(Finding finding, Func<SourceLocation, Place> follow) =>
        finding.Location is { } location && !VerdictRules.IsTest(finding) ? follow(location) : null;

    private static IEnumerable<T> InOrder<T>(IEnumerable<T> items, Func<T, Finding> finding) => items
        .OrderBy(i => finding(i).Location?.Path ?? "", StringComparer.Ordinal)
        .ThenBy(i => finding(i).Location?.Line ?? 0)
        .ThenBy(i => finding(i).Location?.Column ?? 0)
        .ThenBy(i => finding(i).Rule, StringComparer.Ordinal)
        .ThenBy(i => finding(i).Message, StringComparer.Ordinal)
        .ThenBy(i => finding(i).TranslationUnit ?? "", StringComparer.Ordinal)
        .ThenBy(i => finding(i).Function ?? "", StringComparer.Ordinal)
        .ThenBy(i => finding(i).Step, StringComparer.Ordinal)
        .ThenBy(i => finding(i).LogLine);
}
