using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>
/// Brings together errors that most likely have one cause: those of one translation unit, those of all units that show one
/// error of a header, the same complaint about the same name in many places, one symbol that a linker misses or has twice,
/// the tests of one file, or that fail at one place. What shares a key with another is of one cause with it, and so on from one to the next. The
/// warnings of a unit that does not compile go with its errors.
/// </summary>
internal static class CommonCause
{
    /// <summary>Groups in the order of their first members; the members in their order.</summary>
    public static IReadOnlyList<IReadOnlyList<ReportedFinding>> Group(IReadOnlyList<ReportedFinding> findings)
    {
        var leader = Enumerable.Range(0, findings.Count).ToArray();
        var owner = new Dictionary<Key, int>();
        for (var i = 0; i < findings.Count; i++)
        {
            foreach (var key in Keys(findings[i]))
            {
                if (owner.TryGetValue(key, out var other))
                    Join(other, i);
                else
                    owner.Add(key, i);
            }
        }

        for (var i = 0; i < findings.Count; i++)
        {
            if (findings[i].Judged.Finding is { Severity: not Severity.Error, TranslationUnit: { } unit }
                && owner.TryGetValue(new Key(findings[i], "unit", unit), out var error))
                leader[i] = Find(error);
        }

        // A leader can stand behind the warnings that go with it.
        return [.. Enumerable.Range(0, findings.Count).GroupBy(Find).Select(g => g.OrderBy(i => i != g.Key).Select(i => findings[i]).ToList())];

        int Find(int i)
        {
            while (leader[i] != i)
                i = leader[i] = leader[leader[i]];
            return i;
        }

        // The earlier one leads: it is the first in the output.
        void Join(int a, int b)
        {
            (a, b) = (Find(a), Find(b));
            leader[Math.Max(a, b)] = Math.Min(a, b);
        }
    }

    private static IEnumerable<Key> Keys(ReportedFinding reported)
    {
        var finding = reported.Judged.Finding;
        if (finding.Severity != Severity.Error)
            yield break;
        if (finding.Rule is "undefined-reference" or "multiple-definition")
        {
            yield return new Key(reported, finding.Rule, finding.Message);
        }
        else if (finding.IsTest)
        {
            if (FindingText.TestFile(finding) is { } file)
                yield return new Key(reported, "tests", file);
            if (finding.Location is { } place)
                yield return new Key(reported, $"{finding.Rule} {place}", finding.Message);
        }
        else if (finding.TranslationUnit is { } unit)
        {
            yield return new Key(reported, "unit", unit);
            foreach (var other in finding.OtherUnits)
                yield return new Key(reported, "unit", other);
            if (NamesSomething(finding.Message))
                yield return new Key(reported, finding.Rule, finding.Message);
        }
    }

    /// <summary>"'struct rte' has no member named 'pflags'", but not "expected ';' before 'return'", which any slip can cause.</summary>
    private static bool NamesSomething(string message) =>
        message.Contains('\'') && !message.StartsWith("expected ", StringComparison.Ordinal);

    /// <summary>Findings of different stages, patches or targets never have one cause.</summary>
    private sealed record Key(string Stage, int? Patch, string Targets, string Kind, string Name)
    {
        public Key(ReportedFinding finding, string kind, string name)
            : this(finding.Stage, finding.Patch, string.Join('\n', finding.TargetsWith(Verdict.New)), kind, name)
        {
        }
    }
}
