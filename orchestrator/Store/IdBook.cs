using System.Data;
using Dapper;

namespace OpenConfirm.Store;

/// <summary>Gives ids inside one transaction and writes down what was seen under them.</summary>
internal sealed class IdBook(
    IDbConnection connection, IDbTransaction transaction, string project, string commit, IReadOnlySet<string> reserved, string now)
{
    private readonly HashSet<string> _inUse = [];
    private readonly Dictionary<string, string> _events = [];
    private readonly Dictionary<string, int> _given = [];

    /// <summary>Ids of a base's findings, by site.</summary>
    public Dictionary<string, string> BaseIds(string target, IReadOnlyList<SeenFinding> findings, IReadOnlyDictionary<string, string> carried)
    {
        var ids = new Dictionary<string, string>();
        var sites = findings.Select(f => f.Site).ToHashSet();

        // What this very target showed before in this commit and shows no more has let go of its id.
        var known = connection.Query<(string Target, string Site, string Id)>(
            "SELECT target, site, id FROM base_finding WHERE project = @project AND commit_id = @commit", new { project, commit }, transaction)
            .Where(k => k.Target != target || sites.Contains(k.Site)).ToList();
        _inUse.UnionWith(known.Select(k => k.Id));
        var bySite = known.GroupBy(k => k.Site).ToDictionary(g => g.Key, g => g.First().Id);
        foreach (var finding in findings.Where(f => bySite.ContainsKey(f.Site)))
            ids.Add(finding.Site, bySite[finding.Site]);
        foreach (var finding in findings.Where(f => !ids.ContainsKey(f.Site)))
        {
            if (carried.TryGetValue(finding.Site, out var id) && Exists(id) && _inUse.Add(id))
                ids.Add(finding.Site, id);
        }

        // Only when all that is carried is in use: what comes back must not take the id of what never went.
        foreach (var finding in findings.Where(f => !ids.ContainsKey(f.Site)))
            ids.Add(finding.Site, CameBack(finding) ?? Adopted(finding) ?? Fresh(finding, "given"));
        return ids;
    }

    /// <summary>Ids of what a series brings, by site.</summary>
    public Dictionary<string, string> SeriesIds(IReadOnlyList<SeenFinding> findings, string series, IReadOnlySet<string> taken)
    {
        var ids = new Dictionary<string, string>();
        _inUse.UnionWith(taken);
        foreach (var finding in findings)
        {
            var former = Aliases(finding.Fingerprint, series).Find(a => _inUse.Add(a.Id));
            ids.Add(finding.Site, former.Id ?? Fresh(finding, "given"));
        }

        return ids;
    }

    /// <summary>Writes a base with its ids.</summary>
    public void SaveBase(BaseSighting seen, IReadOnlyList<SeenFinding> findings, IReadOnlyDictionary<string, string> ids)
    {
        var target = seen.Target;
        SaveFindings(findings, ids, series: "", title: null);
        Execute(
            """
            INSERT INTO sighting (project, id, target, first_utc, first_commit, last_utc, last_commit)
            VALUES (@project, @Id, @target, @now, @commit, @now, @commit)
            ON CONFLICT (project, id, target) DO UPDATE SET last_utc = excluded.last_utc, last_commit = excluded.last_commit, gone_utc = NULL, gone_commit = NULL
            """,
            ids.Values.Distinct().Select(Id => new { project, Id, target, now, commit }));
        var gone = seen.Gone.Except(ids.Values).ToList();
        Execute(
            "UPDATE sighting SET gone_utc = @now, gone_commit = @commit WHERE project = @project AND id = @Id AND target = @target",
            gone.Select(Id => new { project, Id, target, now, commit }));
        SaveHistory(target, "", [.. _events.Select(e => (e.Key, e.Value)), .. gone.Select(id => (id, "gone"))]);

        connection.Execute("DELETE FROM base_finding WHERE project = @project AND commit_id = @commit AND target = @target", new { project, commit, target }, transaction);
        Execute(
            "INSERT INTO base_finding (project, commit_id, target, site, id) VALUES (@project, @commit, @target, @Site, @Id)",
            ids.Select(i => new { project, commit, target, Site = i.Key, Id = i.Value }));
        connection.Execute(
            """
            INSERT INTO base (project, commit_id, target, digest, seen_utc, findings) VALUES (@project, @commit, @target, @digest, @now, @blob)
            ON CONFLICT (project, commit_id, target) DO UPDATE SET digest = excluded.digest, seen_utc = excluded.seen_utc, findings = excluded.findings
            """,
            new { project, commit, target, now, digest = FindingsBlob.Digest(seen.Findings), blob = FindingsBlob.Write(seen.Findings) },
            transaction);
    }

    /// <summary>Writes what a series brings with its ids.</summary>
    public void SaveSeries(SeriesSighting seen, IReadOnlyList<SeenFinding> findings, IReadOnlyDictionary<string, string> ids)
    {
        SaveFindings(findings, ids, seen.Series, seen.Title);
        SaveHistory("", seen.Title, [.. ids.Values.Distinct().Select(id => (id, "series"))]);
    }

    private void SaveFindings(IReadOnlyList<SeenFinding> findings, IReadOnlyDictionary<string, string> ids, string series, string? title)
    {
        var rows = findings.Select(f => new
        {
            project,
            Id = ids[f.Site],
            f.Finding.Tool,
            f.Finding.Rule,
            Severity = f.Finding.Severity.ToString(),
            f.Finding.Title,
            File = f.Path[(f.Path.LastIndexOf('/') + 1)..],
            f.IsPublic,
            InBase = series.Length == 0,
            f.Fingerprint,
            f.Path,
            now,
            commit,
            series,
            title,
        }).ToList();

        // A series says how a base's finding looks in its own tree; only a base says how it looks.
        Execute(
            """
            INSERT INTO finding (project, id, tool, rule, severity, title, file, is_public, in_base, since_utc, since_commit, since_series, seen_utc, seen_commit)
            VALUES (@project, @Id, @Tool, @Rule, @Severity, @Title, @File, @IsPublic, @InBase, @now, @commit, @title, @now, @commit)
            ON CONFLICT (project, id) DO UPDATE SET
              tool = excluded.tool, rule = excluded.rule, severity = excluded.severity, title = excluded.title, file = excluded.file,
              is_public = MIN(is_public, excluded.is_public), in_base = excluded.in_base, seen_utc = excluded.seen_utc, seen_commit = excluded.seen_commit
            WHERE excluded.in_base >= in_base
            """,
            rows);
        Execute(
            """
            INSERT OR IGNORE INTO alias (project, fingerprint, series, id, path, since_utc, since_commit)
            VALUES (@project, @Fingerprint, @series, @Id, @Path, @now, @commit)
            """,
            rows);
    }

    private void SaveHistory(string target, string detail, IEnumerable<(string Id, string Kind)> events) => Execute(
        "INSERT INTO history (project, id, utc, kind, commit_id, target, detail) VALUES (@project, @Id, @now, @Kind, @commit, @target, @detail)",
        events.Select(e => new { project, e.Id, now, e.Kind, commit, target, detail }));

    /// <summary>An id that a base's finding of this fingerprint had and that is free; one from the same file before others.</summary>
    private string? CameBack(SeenFinding finding)
    {
        var id = Aliases(finding.Fingerprint, series: "").OrderByDescending(a => a.Path == finding.Path).FirstOrDefault(a => _inUse.Add(a.Id)).Id;
        if (id is not null)
            _events[id] = "back";
        return id;
    }

    /// <summary>
    /// The id of what some series brought, now that the base has it: the very same content in the very same file, and no two
    /// ids for it. What else was ever seen under that id does not count.
    /// </summary>
    private string? Adopted(SeenFinding finding)
    {
        var brought = connection.Query<string>(
            """
            SELECT DISTINCT a.id FROM alias a JOIN finding f ON f.project = a.project AND f.id = a.id
            WHERE a.project = @project AND a.fingerprint = @Fingerprint AND a.series <> '' AND a.path = @Path AND f.in_base = 0
            """,
            new { project, finding.Fingerprint, finding.Path },
            transaction).Where(id => !_inUse.Contains(id)).ToList();
        if (brought is not [var only])
            return null;
        _inUse.Add(only);
        _events[only] = "merged";
        return only;
    }

    private string Fresh(SeenFinding finding, string kind)
    {
        var ordinal = _given[finding.Fingerprint] = _given.GetValueOrDefault(finding.Fingerprint) + 1;
        var id = FindingId.Candidates(project, finding.Fingerprint, ordinal).First(c => !reserved.Contains(c) && !_inUse.Contains(c) && !Exists(c));
        _inUse.Add(id);
        _events[id] = kind;
        return id;
    }

    private List<(string Id, string Path)> Aliases(string fingerprint, string series) => connection.Query<(string Id, string Path)>(
        "SELECT id, path FROM alias WHERE project = @project AND fingerprint = @fingerprint AND series = @series ORDER BY since_utc, id",
        new { project, fingerprint, series },
        transaction).AsList();

    private bool Exists(string id) => connection.ExecuteScalar<int>(
        "SELECT EXISTS (SELECT 1 FROM finding WHERE project = @project AND id = @id) OR EXISTS (SELECT 1 FROM known_as WHERE project = @project AND other = @id)",
        new { project, id },
        transaction) != 0;

    private void Execute(string sql, IEnumerable<object> rows) => connection.Execute(sql, rows, transaction);
}
