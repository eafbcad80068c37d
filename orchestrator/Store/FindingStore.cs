using System.Data;
using System.Globalization;
using Dapper;
using OpenConfirm.Findings;

namespace OpenConfirm.Store;

/// <summary>
/// Gives findings their ids and keeps them: how is written in docs/identity.md. Each call is one transaction, so two runs
/// that see the same base at the same time give it the same ids.
/// </summary>
public sealed class FindingStore(StoreFile file, TimeProvider time)
{
    /// <summary>Distinct findings of one tree that get ids; more than that are a flood that nobody refers to one by one.</summary>
    public const int MostFindings = 50_000;

    /// <summary>Bases kept for each target.</summary>
    private const int KeptBases = 20;

    /// <summary>What only a series showed is forgotten after that time.</summary>
    private static readonly TimeSpan KeptSeries = TimeSpan.FromDays(400);

    /// <summary>The base of a commit, or null.</summary>
    public KnownBase? FindBase(string project, string commit, string target) => file.Read((connection, transaction) =>
    {
        var key = new { project, commit, target };
        var row = connection.QuerySingleOrDefault<BaseRow>(
            "SELECT digest AS Digest, findings AS Findings FROM base WHERE project = @project AND commit_id = @commit AND target = @target", key, transaction);
        return row is null ? null : new KnownBase(
            commit,
            row.Digest,
            connection.Query<(string Site, string Id)>("SELECT site, id FROM base_finding WHERE project = @project AND commit_id = @commit AND target = @target", key, transaction)
                .ToDictionary(r => r.Site, r => r.Id),
            FindingsBlob.Read(row.Findings));
    });

    /// <summary>Commits of the bases that a target is known on, the one seen last first.</summary>
    public IReadOnlyList<string> Bases(string project, string target) => file.Read((connection, transaction) =>
        connection.Query<string>(
            "SELECT commit_id FROM base WHERE project = @project AND target = @target ORDER BY seen_utc DESC, rowid DESC", new { project, target }, transaction).ToList());

    /// <summary>
    /// Ids that a target's bases showed and that are not known to be gone, by the commit that showed them last: what became of
    /// them, another base has to say.
    /// </summary>
    public ILookup<string, string> Alive(string project, string target) => file.Read((connection, transaction) =>
        connection.Query<(string Commit, string Id)>(
            "SELECT last_commit, id FROM sighting WHERE project = @project AND target = @target AND gone_utc IS NULL ORDER BY last_utc DESC", new { project, target }, transaction)
            .ToLookup(r => r.Commit, r => r.Id));

    /// <summary>Whether a base shows just what it showed when its ids were given.</summary>
    public static bool IsUnchanged(KnownBase known, IReadOnlyList<SeenFinding> findings) => known.Digest == FindingsBlob.Digest(findings);

    /// <summary>Says that a base was seen once more, as it was.</summary>
    public void Touch(string project, string commit, string target) => file.Write((connection, transaction) => connection.Execute(
        "UPDATE base SET seen_utc = @now WHERE project = @project AND commit_id = @commit AND target = @target",
        new { project, commit, target, now = Now() },
        transaction));

    /// <summary>
    /// Gives every finding of a base its id: first the one that its place already has in this commit, then what matching
    /// carried over, then one that a base's finding of the same fingerprint had and none has now, then the one that a series
    /// brought just this in just this file under, else a new one.
    /// </summary>
    /// <returns>Ids by site.</returns>
    public IReadOnlyDictionary<string, string> RecordBase(BaseSighting seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return file.Write((connection, transaction) =>
        {
            var book = new IdBook(connection, transaction, seen.Project, seen.Commit, seen.Reserved, Now());
            var findings = Distinct(seen.Findings);
            var ids = book.BaseIds(seen.Target, findings, seen.Carried);
            book.SaveBase(seen, findings, ids);
            connection.Execute(
                """
                INSERT INTO project (name, file) VALUES (@Project, @ProjectFile) ON CONFLICT (name) DO UPDATE SET file = excluded.file
                """,
                seen,
                transaction);
            DropOldBases(connection, transaction, seen.Project, seen.Target);
            return ids;
        });
    }

    /// <summary>
    /// Gives ids to what a series brings: one that a former version of it had for the same fingerprint, else a new one. Never
    /// one that any other finding has or had: what a series shows is its author's choice.
    /// </summary>
    /// <returns>Ids by site.</returns>
    public IReadOnlyDictionary<string, string> RecordSeries(SeriesSighting seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return file.Write((connection, transaction) =>
        {
            var book = new IdBook(connection, transaction, seen.Project, seen.Commit, seen.Reserved, Now());
            var findings = Distinct(seen.Findings);
            var ids = book.SeriesIds(findings, seen.Series, seen.Taken);
            book.SaveSeries(seen, findings, ids);
            DropOldSeries(connection, transaction, seen.Project);
            return ids;
        });
    }

    /// <summary>The id under which the store has a finding: the same, or the one that an id of another machine stands for; null when it has none.</summary>
    public string? Resolve(string project, string id) => file.Read((connection, transaction) => connection.QueryFirstOrDefault<string>(
        """
        SELECT id FROM finding WHERE project = @project AND id = @id
        UNION ALL SELECT id FROM known_as WHERE project = @project AND other = @id
        """,
        new { project, id },
        transaction));

    /// <summary>Lets an id that another machine gave stand for one of ours.</summary>
    public void AddName(string project, string other, string id) => file.Write((connection, transaction) => connection.Execute(
        "INSERT OR IGNORE INTO known_as (project, other, id) VALUES (@project, @other, @id)", new { project, other, id }, transaction));

    /// <summary>
    /// Ids that bases showed and none of them, on any target, shows now, and whether everybody may know of them. What a base
    /// that was not checked there left out, or a target that has not been tried since, counts as shown.
    /// </summary>
    public IReadOnlyDictionary<string, bool> Gone(string project) => file.Read((connection, transaction) => connection.Query<(string Id, bool IsPublic)>(
        """
        SELECT f.id, f.is_public FROM finding f JOIN sighting s ON s.project = f.project AND s.id = f.id
        WHERE f.project = @project GROUP BY f.id, f.is_public HAVING COUNT(*) = COUNT(s.gone_utc)
        """,
        new { project },
        transaction).ToDictionary(r => r.Id, r => r.IsPublic));

    private static List<SeenFinding> Distinct(IEnumerable<SeenFinding> findings) => [.. findings.DistinctBy(f => f.Site).Take(MostFindings)];

    private static void DropOldBases(IDbConnection connection, IDbTransaction transaction, string project, string target)
    {
        var old = connection.Query<string>(
            "SELECT commit_id FROM base WHERE project = @project AND target = @target ORDER BY seen_utc DESC, rowid DESC LIMIT -1 OFFSET @KeptBases",
            new { project, target, KeptBases },
            transaction).Select(commit => new { project, commit, target }).ToList();
        connection.Execute("DELETE FROM base WHERE project = @project AND commit_id = @commit AND target = @target", old, transaction);
        connection.Execute("DELETE FROM base_finding WHERE project = @project AND commit_id = @commit AND target = @target", old, transaction);
    }

    private void DropOldSeries(IDbConnection connection, IDbTransaction transaction, string project)
    {
        var before = Text(time.GetUtcNow() - KeptSeries);
        foreach (var table in new[] { "alias", "history", "known_as" })
        {
            connection.Execute(
                $"DELETE FROM {table} WHERE project = @project AND id IN (SELECT id FROM finding WHERE project = @project AND in_base = 0 AND seen_utc < @before)",
                new { project, before },
                transaction);
        }

        connection.Execute("DELETE FROM finding WHERE project = @project AND in_base = 0 AND seen_utc < @before", new { project, before }, transaction);
    }

    private string Now() => Text(time.GetUtcNow());

    /// <summary>Sorts by time.</summary>
    internal static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed record BaseRow
    {
        public string Digest { get; init; } = "";

        public byte[]? Findings { get; init; }
    }
}
