namespace OpenConfirm.Findings;

/// <summary>
/// Tells which findings of two trees are the same, and gives each its <see cref="Verdict"/>. How, and with which limits, is
/// written in docs/identity.md.
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

internal sealed class Matching
{
    // Where nothing but the file and the text of the line speaks for a move, it must not have gone far.
    private const long NearLines = 100;

    private static readonly Func<Candidate, object?>[] Nothing = [_ => ""];

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
        bases = [.. InOrder(@base.Findings, f => f).Select(f => Candidate.OfBase(f, baseText, map, diff))];
        patcheds = [.. InOrder(patched.Findings, f => f).Select(f => Candidate.OfPatched(f, patchedText, map))];
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
        Pair(c => TestKey(c) is { } key ? (key, c.Message) : null, Nothing);
        Pair(TestKey, Nothing);

        static object? TestKey(Candidate c) =>
            c.Finding.IsTest ? (c.Finding.Tool, c.Rule, c.Finding.Function!) : null;
    }

    /// <summary>Linker, configure, make: by what is said of which function; the exact words before those with other numbers.</summary>
    private void PairWithoutPlace()
    {
        Pair(c => Key(c, Normal.Text(c.Finding.Message)), Nothing);
        Pair(c => Key(c, c.Message), Nothing);

        static object? Key(Candidate c, string message) =>
            c.Location is null && !c.Finding.IsTest ? (c.Finding.Tool, c.Rule, message, c.Function, c.Unit) : null;
    }

    /// <summary>At the place where the diff says that the line now is.</summary>
    private void PairByPosition()
    {
        // On a line whose blanks changed the columns are others, in the same order.
        Func<Candidate, object?>[] columns = [c => c.Place!.Kind == PlaceKind.Same ? c.Location!.Column : null, .. Nothing];
        Pair(c => c.Site is { } site ? (site, c.Message, c.Unit) : null, columns, Column);
        // An unchanged line can get other words, when they name a line or an identifier that changed elsewhere.
        Pair(c => c.Place?.Kind == PlaceKind.Same && c.Location!.Line > 0 && c.Site is { } site ? (site, c.Location.Column, c.Unit) : null, Nothing);
        // The parser may have missed a unit in a parallel make's output; and any unit will do for a header.
        Pair(c => c.Site is { } site ? (site, c.Message) : null, columns, Column);

        static long Column(Candidate c) => c.Location!.Column;
    }

    /// <summary>The author touched the line, and the same is wrong with what came in its place.</summary>
    private void PairInChangedLines() => Pair(
        c => c.Place is { Kind: PlaceKind.Changed } place ? (c.PatchedPath, place.Hunk, c.Finding.Tool, c.Rule, c.Message) : null,
        [
            c => (c.Unit, c.Function, c.Content),
            c => (c.Unit, c.Function, c.Content.Line),
            c => (c.Unit, c.Content.Line),
            c => (c.Unit, c.Function),
            c => (c.Unit, 0),
            c => (c.Function, c.Content.Line, 0),
            c => c.Content.Line,
            .. Nothing,
        ]);

    /// <summary>A line with the same text that left one place and came to another, in surroundings that speak for a move.</summary>
    private void PairMovedCode()
    {
        Pair(Key, [.. Evidence(Both), .. Evidence(Before), .. Evidence(After), c => Here(c, InFunction(c, "")), c => InFunction(c, "")]);
        Pair(c => c.Function is null ? Here(c, Key(c)) : null, Nothing, reach: NearLines);

        static object? Key(Candidate c) => c.Place is { } place && place.Kind != PlaceKind.Same && Normal.IsTelling(c.Content.Line)
            ? (c.Content.Line, c.Finding.Tool, c.Rule, c.Message)
            : null;

        static object? Both(Candidate c) =>
            Normal.IsTelling(c.Content.Previous) && Normal.IsTelling(c.Content.Next) ? (c.Content.Previous, c.Content.Next) : null;
        static object? Before(Candidate c) => Normal.IsTelling(c.Content.Previous) ? c.Content.Previous : null;
        static object? After(Candidate c) => Normal.IsTelling(c.Content.Next) ? c.Content.Next : null;

        static Func<Candidate, object?>[] Evidence(Func<Candidate, object?> neighbours) =>
            [c => Here(c, InFunction(c, neighbours(c))), c => Here(c, neighbours(c)), c => InFunction(c, neighbours(c)), neighbours];

        static object? Here(Candidate c, object? more) => more is not null && c.PatchedPath is { } path ? (path, more) : null;
        static object? InFunction(Candidate c, object? more) => more is not null && c.Function is { } function ? (more, function) : null;
    }

    /// <summary>Generated files and system headers: the diff knows nothing of their lines.</summary>
    private void PairOutsideOfTree() => Pair(
        c => c is { Location: not null, Content.Line: null, Place.Kind: PlaceKind.Same }
            ? (c.PatchedPath, c.Finding.Tool, c.Rule, c.Message)
            : null,
        [c => (c.Unit, c.Function), c => (c.Unit, 0), c => c.Function ?? "", .. Nothing]);

    /// <summary>
    /// What one side shows in more units, or more often, than the other is still the same thing wrong; but not what came
    /// about in another way in the same unit.
    /// </summary>
    private void KeepSurplus()
    {
        var inBase = Ways(bases);
        var inPatched = Ways(patcheds);
        foreach (var b in bases.Where(c => !c.IsMatched && IsShown(c, inPatched)).ToList())
            Settle(Verdict.PreExisting, b, null);
        foreach (var p in patcheds.Where(c => !c.IsMatched && IsShown(c, inBase)).ToList())
            Settle(Verdict.PreExisting, null, p);

        static object? Shown(Candidate c) =>
            c.Place?.Kind == PlaceKind.Same && c.Site is { } site ? (site, c.Location!.Column, c.Message) : null;
        static Dictionary<object, (HashSet<string?> Units, HashSet<string> Events)> Ways(List<Candidate> candidates) => By(Shown, candidates)
            .ToDictionary(g => g.Key, g => (g.Select(c => c.Unit).ToHashSet(), g.Select(c => c.Events).ToHashSet()));
        static bool IsShown(Candidate c, Dictionary<object, (HashSet<string?> Units, HashSet<string> Events)> other) =>
            Shown(c) is { } key && other.TryGetValue(key, out var ways)
            && (ways.Units.Count > 1 || !ways.Units.Contains(c.Unit) || ways.Events.Contains(c.Events));
    }

    /// <summary>
    /// Pairs unmatched findings of one key: those that agree in the first detail as well, then the second, and so on. Among
    /// findings that agree alike, those that came about the same way (<see cref="Candidate.Events"/>) go first, and the
    /// nearest together.
    /// </summary>
    /// <param name="key">What both must share; null for findings that this is not for.</param>
    /// <param name="details">What speaks for a pair, from the most telling on; null when that says nothing of a finding.</param>
    /// <param name="at">Where a finding is among those of its key; the patched tree's lines unless said otherwise.</param>
    /// <param name="reach">Pairs that are farther apart are none.</param>
    private void Pair(
        Func<Candidate, object?> key, IReadOnlyList<Func<Candidate, object?>> details, Func<Candidate, long>? at = null, long reach = long.MaxValue)
    {
        var right = By(key, patcheds.Where(c => !c.IsMatched));
        foreach (var group in By(key, bases.Where(c => !c.IsMatched)).Where(g => right.Contains(g.Key)))
        {
            List<Candidate> bs = [.. group], ps = [.. right[group.Key]];
            if (bs.Count == 1 && ps.Count == 1 && details[^1] == Nothing[0] && reach == long.MaxValue)
            {
                Settle(bs[0], ps[0]);
                continue;
            }

            var differ = bs.Concat(ps).Any(c => c.Events != bs[0].Events);
            foreach (var detail in details)
            {
                if (differ)
                    PairAlike(bs, ps, c => detail(c) is { } value ? (value, c.Events) : null, at ?? (c => c.Axis), reach);
                PairAlike(bs, ps, detail, at ?? (c => c.Axis), reach);
                if (bs.Count == 0 || ps.Count == 0)
                    break;
            }
        }
    }

    /// <summary>Pairs what agrees in a detail, the nearest together, and takes it out of the lists.</summary>
    private void PairAlike(List<Candidate> bs, List<Candidate> ps, Func<Candidate, object?> detail, Func<Candidate, long> at, long reach)
    {
        var right = By(detail, ps);
        foreach (var group in By(detail, bs).Where(g => right.Contains(g.Key)))
        {
            List<Candidate> left = [.. group.OrderBy(at)], other = [.. right[group.Key].OrderBy(at)];
            var (few, many) = left.Count <= other.Count ? (left, other) : (other, left);
            var pairs = NearestAssignment.Pair([.. few.Select(at)], [.. many.Select(at)]);
            for (var i = 0; i < pairs.Length; i++)
            {
                var (one, partner) = (few[i], many[pairs[i]]);
                if (Math.Abs(at(one) - at(partner)) > reach)
                    continue;
                if (few == left)
                    Settle(one, partner);
                else
                    Settle(partner, one);
            }
        }

        bs.RemoveAll(c => c.IsMatched);
        ps.RemoveAll(c => c.IsMatched);
    }

    private static ILookup<object, Candidate> By(Func<Candidate, object?> key, IEnumerable<Candidate> candidates) => candidates
        .Select(c => (Candidate: c, Key: key(c)))
        .Where(c => c.Key is not null)
        .ToLookup(c => c.Key!, c => c.Candidate);

    private void Settle(Candidate b, Candidate p) =>
        Settle(p.Finding.Severity > b.Finding.Severity ? Verdict.New : Verdict.PreExisting, b, p);

    private void Settle(Verdict verdict, Candidate? b, Candidate? p)
    {
        b?.IsMatched = true;
        p?.IsMatched = true;
        judged.Add(new JudgedFinding(verdict, b?.Finding, p?.Finding));
    }

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
