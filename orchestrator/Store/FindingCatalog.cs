using System.Data;
using Dapper;

namespace OpenConfirm.Store;

/// <summary>A finding in a list.</summary>
public sealed record ListedFinding
{
    /// <summary>The project.</summary>
    public string Project { get; init; } = "";

    /// <summary>The id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The program that said it.</summary>
    public string Tool { get; init; } = "";

    /// <summary>The tool's name of the rule.</summary>
    public string Rule { get; init; } = "";

    /// <summary>SARIF's level, capitalised.</summary>
    public string Severity { get; init; } = "";

    /// <summary>One line, with the place when there is one; as a tool printed it, so not to be shown as it is.</summary>
    public string Title { get; init; } = "";

    /// <summary>Name of its file without folders; empty when it has none.</summary>
    public string File { get; init; } = "";

    /// <summary>Whether everybody may read it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Whether a base has shown it; else only a series has.</summary>
    public bool InBase { get; init; }

    /// <summary>When it got its id, ISO 8601 in UTC.</summary>
    public string SinceUtc { get; init; } = "";

    /// <summary>The commit it was seen in first.</summary>
    public string SinceCommit { get; init; } = "";

    /// <summary>The series that brought it, for people; null when a base had it first.</summary>
    public string? SinceSeries { get; init; }

    /// <summary>When it was seen last, ISO 8601 in UTC.</summary>
    public string SeenUtc { get; init; } = "";

    /// <summary>The commit it was seen in last.</summary>
    public string SeenCommit { get; init; } = "";

    /// <summary>Targets whose last base shows it.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];
}

/// <summary>A fingerprint that a finding had.</summary>
public sealed record FindingAlias
{
    /// <summary>The fingerprint, without its version.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The file it stood in.</summary>
    public string Path { get; init; } = "";

    /// <summary>Whether only a series showed it so: such a one makes no base's finding take the id.</summary>
    public bool OfSeries { get; init; }

    /// <summary>When, ISO 8601 in UTC.</summary>
    public string SinceUtc { get; init; } = "";

    /// <summary>The commit.</summary>
    public string SinceCommit { get; init; } = "";
}

/// <summary>Where bases showed a finding.</summary>
public sealed record FindingSighting
{
    /// <summary>The target.</summary>
    public string Target { get; init; } = "";

    /// <summary>First base with it.</summary>
    public string FirstCommit { get; init; } = "";

    /// <summary>When that was seen, ISO 8601 in UTC.</summary>
    public string FirstUtc { get; init; } = "";

    /// <summary>Last base with it that was seen for the first time.</summary>
    public string LastCommit { get; init; } = "";

    /// <summary>When that was seen, ISO 8601 in UTC.</summary>
    public string LastUtc { get; init; } = "";

    /// <summary>First base after it that was checked there and does not show it; null while it is there.</summary>
    public string? GoneCommit { get; init; }

    /// <summary>When that was seen, ISO 8601 in UTC.</summary>
    public string? GoneUtc { get; init; }
}

/// <summary>Something that happened to a finding.</summary>
public sealed record FindingEvent
{
    /// <summary>When, ISO 8601 in UTC.</summary>
    public string Utc { get; init; } = "";

    /// <summary><c>given</c>, <c>series</c>, <c>merged</c>, <c>gone</c>, <c>back</c> or <c>suppressed</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The commit; empty for what has none.</summary>
    public string Commit { get; init; } = "";

    /// <summary>The target; empty for what is of none.</summary>
    public string Target { get; init; } = "";

    /// <summary>More, for people: the series, the author of a suppression.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>All that is known of a finding.</summary>
/// <param name="Finding">What it is.</param>
/// <param name="Names">Other machines' ids for it.</param>
/// <param name="Aliases">Its fingerprints, oldest first.</param>
/// <param name="Sightings">Where bases showed it, a line a target.</param>
/// <param name="History">What happened, oldest first.</param>
public sealed record FindingRecord(
    ListedFinding Finding,
    IReadOnlyList<string> Names,
    IReadOnlyList<FindingAlias> Aliases,
    IReadOnlyList<FindingSighting> Sightings,
    IReadOnlyList<FindingEvent> History);

/// <summary>What people ask of the findings that have ids.</summary>
public sealed class FindingCatalog(StoreFile file, TimeProvider time)
{
    private const string Columns = """
        project AS Project, id AS Id, tool AS Tool, rule AS Rule, severity AS Severity, title AS Title, file AS File, is_public AS IsPublic,
        in_base AS InBase, since_utc AS SinceUtc, since_commit AS SinceCommit, since_series AS SinceSeries, seen_utc AS SeenUtc, seen_commit AS SeenCommit
        """;

    // The last base of every target, and what it shows.
    private const string LastBases = """
        WITH last AS (
          SELECT project, commit_id, target FROM base b
          WHERE rowid = (SELECT rowid FROM base o WHERE o.project = b.project AND o.target = b.target ORDER BY seen_utc DESC, rowid DESC LIMIT 1))
        """;

    /// <summary>Names of the projects that the store knows, and the files they were read from.</summary>
    public IReadOnlyDictionary<string, string> Projects() => file.Read((connection, transaction) =>
        connection.Query<(string Name, string File)>("SELECT name, file FROM project ORDER BY name", transaction: transaction).ToDictionary(r => r.Name, r => r.File));

    /// <summary>What the last base of each target shows, by severity and title.</summary>
    /// <param name="project">One project; null for all.</param>
    /// <param name="all">Also what is gone and what only series have shown.</param>
    public IReadOnlyList<ListedFinding> List(string? project, bool all) => file.Read((connection, transaction) =>
    {
        var shown = Shown(connection, transaction, project, null);
        return (IReadOnlyList<ListedFinding>)
        [
            .. connection.Query<ListedFinding>($"SELECT {Columns} FROM finding WHERE @project IS NULL OR project = @project", new { project }, transaction)
                .Select(f => f with { Targets = [.. shown[(f.Project, f.Id)]] })
                .Where(f => all || f.Targets.Count > 0)
                .OrderBy(f => f.Project, StringComparer.Ordinal)
                .ThenBy(f => f.Severity switch { "Error" => 0, "Warning" => 1, _ => 2 })
                .ThenBy(f => f.Title, StringComparer.Ordinal).ThenBy(f => f.Id, StringComparer.Ordinal),
        ];
    });

    /// <summary>The findings of an id, of an id of another machine, or of a fingerprint; of several when several had it.</summary>
    public IReadOnlyList<FindingRecord> Find(string? project, string idOrFingerprint) => file.Read((connection, transaction) =>
    {
        var id = FindingId.Parse(idOrFingerprint) ?? "";
        var fingerprint = idOrFingerprint[(idOrFingerprint.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var found = connection.Query<ListedFinding>(
            $"""
            SELECT {Columns} FROM finding f WHERE (@project IS NULL OR project = @project) AND (id = @id
              OR EXISTS (SELECT 1 FROM known_as k WHERE k.project = f.project AND k.id = f.id AND k.other = @id)
              OR EXISTS (SELECT 1 FROM alias a WHERE a.project = f.project AND a.id = f.id AND a.fingerprint = @fingerprint))
            ORDER BY project, id
            """,
            new { project, id, fingerprint },
            transaction).ToList();
        return (IReadOnlyList<FindingRecord>)[.. found.Select(f => Whole(connection, transaction, f))];
    });

    /// <summary>
    /// Does something about a finding that no other process does at the same time, and writes it into its history when it
    /// went well.
    /// </summary>
    public void Change(ListedFinding finding, string kind, string detail, Action change) => file.Write((connection, transaction) =>
    {
        ArgumentNullException.ThrowIfNull(finding);
        connection.Execute(
            "INSERT INTO history (project, id, utc, kind, commit_id, target, detail) VALUES (@Project, @Id, @now, @kind, '', '', @detail)",
            new { finding.Project, finding.Id, now = FindingStore.Text(time.GetUtcNow()), kind, detail },
            transaction);
        change();
        return 0;
    });

    private static FindingRecord Whole(IDbConnection connection, IDbTransaction transaction, ListedFinding finding)
    {
        var key = new { project = finding.Project, id = finding.Id };
        const string where = "WHERE project = @project AND id = @id";
        return new FindingRecord(
            finding with { Targets = [.. Shown(connection, transaction, finding.Project, finding.Id)[(finding.Project, finding.Id)]] },
            [.. connection.Query<string>($"SELECT other FROM known_as {where} ORDER BY other", key, transaction)],
            [.. connection.Query<FindingAlias>($"SELECT fingerprint AS Fingerprint, path AS Path, series <> '' AS OfSeries, since_utc AS SinceUtc, since_commit AS SinceCommit FROM alias {where} ORDER BY since_utc, fingerprint", key, transaction)],
            [.. connection.Query<FindingSighting>(
                $"SELECT target AS Target, first_commit AS FirstCommit, first_utc AS FirstUtc, last_commit AS LastCommit, last_utc AS LastUtc, gone_commit AS GoneCommit, gone_utc AS GoneUtc FROM sighting {where} ORDER BY target",
                key,
                transaction)],
            [.. connection.Query<FindingEvent>($"SELECT utc AS Utc, kind AS Kind, commit_id AS \"Commit\", target AS Target, detail AS Detail FROM history {where} ORDER BY utc, rowid", key, transaction)]);
    }

    private static ILookup<(string Project, string Id), string> Shown(IDbConnection connection, IDbTransaction transaction, string? project, string? id) =>
        connection.Query<(string Project, string Id, string Target)>(
            $"""
            {LastBases}
            SELECT DISTINCT f.project, f.id, f.target FROM base_finding f JOIN last l ON l.project = f.project AND l.commit_id = f.commit_id AND l.target = f.target
            WHERE (@project IS NULL OR f.project = @project) AND (@id IS NULL OR f.id = @id) ORDER BY f.target
            """,
            new { project, id },
            transaction).ToLookup(r => (r.Project, r.Id), r => r.Target);
}
