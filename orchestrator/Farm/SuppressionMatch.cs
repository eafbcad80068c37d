using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>
/// Finds the findings that a project's suppressions speak of: by id, and where the id is not known by fingerprint and name
/// of the file. An entry is for one finding, however many look like it.
/// </summary>
/// <param name="suppressions">The entries.</param>
/// <param name="resolve">The id that the store has for an id; null when it has none.</param>
/// <param name="addName">Tells the store that an unknown id (first) is one of its own.</param>
internal sealed class SuppressionMatch(IReadOnlyList<Suppression> suppressions, Func<string, string?> resolve, Action<string, string> addName)
{
    private readonly Dictionary<string, Suppression> _byKey = [];
    private readonly List<Suppression> _unknown = [];

    /// <summary>The check with its suppressed findings and stale suppressions.</summary>
    /// <param name="result">The check.</param>
    /// <param name="gone">Ids that the base has no more, and whether everybody may know.</param>
    /// <param name="allTargets">Targets that must all have been checked before an unknown entry is called stale.</param>
    public CheckResult Apply(CheckResult result, IReadOnlyDictionary<string, bool> gone, IReadOnlyList<string> allTargets)
    {
        if (suppressions.Count == 0 || result.Targets.Count == 0)
            return result;
        foreach (var suppression in suppressions)
        {
            if (resolve(suppression.Id) is { } id)
                _byKey.TryAdd(id, suppression);
            else
                _unknown.Add(suppression);
        }

        var stale = _byKey.Where(s => gone.ContainsKey(s.Key)).Select(s => new StaleSuppression(s.Value, gone[s.Key])).ToList();
        BindUnknown(result);
        if (allTargets.Count > 0 && allTargets.All(name => result.Targets.Any(t => t.Name == name && IsWhole(t.Base))))
            stale.AddRange(_unknown.Select(s => new StaleSuppression(s, IsPublic: false)));
        return result with
        {
            Targets = [.. result.Targets.Select(t => t with { Findings = [.. t.Findings.Select(f => Judged(t, f))] })],
            Stale = stale,
        };
    }

    /// <summary>The base's findings first: those are what a suppression is for, and a series cannot come before them.</summary>
    private void BindUnknown(CheckResult result)
    {
        var all = result.Targets.SelectMany(t => t.Findings).ToList();
        var candidates = all.Where(f => f.Judged.Base is not null).Concat(all.Where(f => f.Judged is { Base: null, Verdict: Verdict.New }))
            .DistinctBy(Key)
            .Select((f, i) => (Finding: f, Side: f.Judged.Base ?? f.Judged.Patched!, Hash: f.BaseFingerprint ?? f.Fingerprint, Order: i))
            .OrderBy(c => c.Finding.Judged.Base is null).ThenBy(c => c.Side.Location?.Path, StringComparer.Ordinal).ThenBy(c => c.Side.Location?.Line).ThenBy(c => c.Order)
            .ToLookup(c => $"{Fingerprint.Version}:{c.Hash}");
        foreach (var suppression in _unknown.ToList())
        {
            var (finding, _, _, _) = suppression.Fingerprints.SelectMany(f => candidates[f])
                .FirstOrDefault(c => suppression.File == NameOfFile(c.Side) && !_byKey.ContainsKey(Key(c.Finding)));
            if (finding is null)
                continue;
            _byKey.Add(Key(finding), suppression);
            _unknown.Remove(suppression);
            if (finding is { Id: { } id, Judged.Base: not null })
                addName(suppression.Id, id);
        }
    }

    private BlamedFinding Judged(TargetResult target, BlamedFinding finding) =>
        _byKey.TryGetValue(Key(finding), out var suppression) && IsForIt(target, finding.Judged)
            ? finding with { Judged = finding.Judged with { Verdict = Verdict.Suppressed }, Suppression = suppression }
            : finding;

    /// <summary>
    /// What is gone is not there to be suppressed. What got worse is more than was suppressed, and what makes a step fail
    /// cannot be talked away.
    /// </summary>
    private static bool IsForIt(TargetResult target, JudgedFinding judged) => judged.Verdict switch
    {
        Verdict.PreExisting or Verdict.NotTested => true,
        Verdict.New => judged.Base is null
            && !(judged.Finding.Severity == Severity.Error && target.Patched.Steps.Any(s => s.Name == judged.Finding.Step && !s.Passed)),
        _ => false,
    };

    private static string Key(BlamedFinding finding) =>
        finding.Id ?? (finding.Judged.Base is { } old ? "base " + Fingerprint.Site(old) : "patched " + Fingerprint.Site(finding.Judged.Patched!));

    private static string? NameOfFile(Finding finding)
    {
        var path = finding.File;
        return string.IsNullOrEmpty(path) ? null : path[(path.LastIndexOf('/') + 1)..];
    }

    private static bool IsWhole(TreeResult tree) => tree.Outcome is Outcome.Completed && tree.Steps.Count > 0 && tree.FailedStep is null;
}
