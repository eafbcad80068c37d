using System.Security.Cryptography;
using System.Text;
using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;
using OpenConfirm.Store;

namespace OpenConfirm.Farm;

/// <summary>
/// Gives the findings of a check their ids and applies the project's suppressions. Rules and limits stand in
/// docs/identity.md.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="project">The project.</param>
/// <param name="projectFile">The file it was read from.</param>
/// <param name="tree">Its tree.</param>
/// <param name="suppressions">Its known false positives.</param>
public sealed class FindingIdentities(
    FindingStore store, Project project, string projectFile, ProjectTree tree, IReadOnlyList<Suppression> suppressions)
{
    /// <summary>New findings of one series that get ids: nobody will speak of more of them one by one.</summary>
    private const int MostNew = 1_000;

    /// <summary>Earlier bases that a new one is compared with.</summary>
    private const int MostEarlier = 4;

    private readonly IReadOnlySet<string> _reserved = suppressions.Select(s => s.Id).ToHashSet();

    /// <summary>The check with ids, with the verdict Suppressed where that is due, and with the suppressions that are stale.</summary>
    /// <exception cref="InfrastructureException">The store failed; <see cref="WithoutStore"/> does what can be done then.</exception>
    public async Task<CheckResult> IdentifyAsync(CheckResult result, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.Targets.Count == 0)
            return result;
        var identified = new List<TargetResult>();
        foreach (var target in result.Targets)
            identified.Add(IsJudged(target) ? await BaseAsync(target, result.Applied.Base.Commit, cancel) : target);
        result = result with { Targets = Patched(identified, result) };
        return new SuppressionMatch(suppressions, id => store.Resolve(project.Name, id), (other, id) => store.AddName(project.Name, other, id))
            .Apply(result, store.Gone(project.Name), project.Targets);
    }

    /// <summary>The check without ids: suppressions go by fingerprint and file alone.</summary>
    public static CheckResult WithoutStore(CheckResult result, IReadOnlyList<Suppression> suppressions) =>
        new SuppressionMatch(suppressions, _ => null, (_, _) => { }).Apply(result, new Dictionary<string, bool>(), []);

    private static bool IsJudged(TargetResult target) => target.Base.Outcome is not Outcome.Infra && target.Patched.Outcome is not Outcome.Infra;

    private async Task<TargetResult> BaseAsync(TargetResult target, string commit, CancellationToken cancel)
    {
        IReadOnlyList<SeenFinding> seen =
        [
            .. target.Findings.Where(f => f.Judged.Base is not null)
                .Select(f => Seen(target, f.Judged.Base!, f.BaseFingerprint ?? f.Fingerprint))
                .OrderBy(s => s.Finding.Location?.Path ?? "", StringComparer.Ordinal).ThenBy(s => s.Finding.Location?.Line ?? 0),
        ];
        IReadOnlyDictionary<string, string> ids;
        if (store.FindBase(project.Name, commit, target.Name) is { } known && FindingStore.IsUnchanged(known, seen))
        {
            store.Touch(project.Name, commit, target.Name);
            ids = known.Ids;
        }
        else
        {
            var (carried, gone) = await CarryAsync(target, commit, seen, cancel);
            ids = store.RecordBase(new BaseSighting
            {
                Project = project.Name,
                ProjectFile = projectFile,
                Commit = commit,
                Target = target.Name,
                Findings = seen,
                Carried = carried,
                Gone = gone,
                Reserved = _reserved,
            });
        }

        return target with { Findings = [.. target.Findings.Select(f => f.Judged.Base is { } old ? f with { Id = ids.GetValueOrDefault(Fingerprint.Site(old)) } : f)] };
    }

    /// <summary>
    /// What a base has from earlier ones: the nearest ancestor that is known on the target (else what was seen last, which
    /// may be another branch), then those that were the last to show what it leaves open. Only an ancestor can say that
    /// something is gone: elsewhere it may live on.
    /// </summary>
    private async Task<(Dictionary<string, string> Carried, HashSet<string> Gone)> CarryAsync(
        TargetResult target, string commit, IReadOnlyList<SeenFinding> seen, CancellationToken cancel)
    {
        var carried = new Dictionary<string, string>();
        var gone = new HashSet<string>();
        var known = store.Bases(project.Name, target.Name).Where(c => c != commit).ToList();
        if (known.Count == 0)
            return (carried, gone);
        var alive = store.Alive(project.Name, target.Name);
        var ancestors = await tree.AncestorsAsync(commit, known, cancel);
        var earlier = ancestors.Take(1).Concat(known.Take(ancestors.Count == 0 ? 1 : 0)).Concat(ancestors.Where(alive.Contains)).Distinct().Take(MostEarlier);
        var after = new CheckedTree([.. seen.Select(s => s.Finding)], target.Base.Coverage, await LinesAsync(commit, seen, cancel));
        foreach (var old in earlier)
        {
            if (store.FindBase(project.Name, old, target.Name) is not { Findings.Count: > 0 } before)
                continue;
            foreach (var findings in await JudgeAsync(before, after, commit, cancel))
            {
                foreach (var site in findings.Where(j => j.Patched is not null).Select(j => Fingerprint.Site(j.Patched!)))
                    carried.TryAdd(site, findings.Key);
                if (ancestors.Contains(old) && findings.All(j => j.Verdict is Verdict.Fixed or Verdict.Removed))
                    gone.Add(findings.Key);
            }
        }

        gone.ExceptWith(carried.Values);
        return (carried, gone);
    }

    /// <summary>What became of an earlier base's findings, by id. A commit that the tree has lost says nothing.</summary>
    private async Task<ILookup<string, JudgedFinding>> JudgeAsync(KnownBase before, CheckedTree after, string commit, CancellationToken cancel)
    {
        try
        {
            var diff = TreeDiff.Parse(new StringReader(await tree.DiffAsync(before.Commit, commit, cancel)));
            var old = new CheckedTree([.. before.Findings.Select(s => s.Finding)], new Coverage(), await LinesAsync(before.Commit, before.Findings, cancel));
            return FindingMatcher.Judge(old, after, diff)
                .Where(j => j.Base is not null && before.Ids.ContainsKey(Fingerprint.Site(j.Base)))
                .ToLookup(j => before.Ids[Fingerprint.Site(j.Base!)]);
        }
        catch (Exception e) when (e is InfrastructureException or FormatException && !cancel.IsCancellationRequested)
        {
            return Array.Empty<JudgedFinding>().ToLookup(_ => "");
        }
    }

    private async Task<Func<string, IReadOnlyList<string>?>> LinesAsync(string commit, IReadOnlyList<SeenFinding> findings, CancellationToken cancel) =>
        await TreeLines.ReadAsync(tree, commit, findings.Select(f => f.Finding), cancel);

    /// <summary>
    /// Ids of the patched tree's own findings. One place there is one finding on all targets, so what one target knows from
    /// the base need not be named again for another; only what is new everywhere is the series'.
    /// </summary>
    private IReadOnlyList<TargetResult> Patched(IReadOnlyList<TargetResult> targets, CheckResult result)
    {
        var ids = new Dictionary<string, string>();
        foreach (var finding in targets.SelectMany(t => t.Findings))
        {
            if (finding is { Id: { } id, Judged: { Patched: { } patched, Base: not null } })
                ids.TryAdd(Fingerprint.Site(patched), id);
        }

        var fresh = targets.SelectMany(t => t.Findings.Where(f => f is { Judged: { Verdict: Verdict.New, Base: null } })
                .Select(f => Seen(t, f.Judged.Patched!, f.Fingerprint)))
            .Where(s => !ids.ContainsKey(s.Site)).DistinctBy(s => s.Site).Take(MostNew).ToList();
        if (fresh.Count > 0)
        {
            var given = store.RecordSeries(new SeriesSighting
            {
                Project = project.Name,
                Series = Key(result.Series),
                Title = Title(result.Series),
                Commit = result.Applied.Head,
                Findings = fresh,
                Taken = targets.SelectMany(t => t.Findings).Select(f => f.Id).OfType<string>().ToHashSet(),
                Reserved = _reserved,
            });
            foreach (var (site, id) in given)
                ids.Add(site, id);
        }

        return [.. targets.Select(t => t with { Findings = [.. t.Findings.Select(f => f.Id is null && f.Judged is { Base: null, Patched: { } own } ? f with { Id = ids.GetValueOrDefault(Fingerprint.Site(own)) } : f)] })];
    }

    /// <summary>Who sent it and what it is called: that stays from one version to the next.</summary>
    private static string Key(Series series) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{series.Submitter.Address}\n{string.Join(' ', series.Subject.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}".ToUpperInvariant())))[..32];

    private static string Title(Series series)
    {
        var subject = series.Subject.Length > 200 ? series.Subject[..200] : series.Subject;
        return series.Version > 1 ? $"{subject} (v{series.Version})" : subject;
    }

    private static SeenFinding Seen(TargetResult target, Finding finding, string fingerprint) =>
        new(Fingerprint.Site(finding), fingerprint, finding) { IsPublic = ReportBuilder.IsPublic(target, finding) };
}
