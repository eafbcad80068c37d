namespace OpenConfirm.Store;

/// <summary>The tables. A script that has been released is never changed: what is new comes as another one behind it.</summary>
internal static class Schema
{
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        -- An id and what was last seen under it. in_base: some base has shown it, not only a series.
        CREATE TABLE finding (
          project TEXT NOT NULL, id TEXT NOT NULL,
          tool TEXT NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, file TEXT NOT NULL,
          is_public INTEGER NOT NULL, in_base INTEGER NOT NULL,
          since_utc TEXT NOT NULL, since_commit TEXT NOT NULL, since_series TEXT,
          seen_utc TEXT NOT NULL, seen_commit TEXT NOT NULL,
          PRIMARY KEY (project, id)) WITHOUT ROWID;

        -- Fingerprints that it had. series: key of the series whose tree had it; '' for a base's, and those alone make a
        -- base's finding take the id.
        CREATE TABLE alias (
          project TEXT NOT NULL, fingerprint TEXT NOT NULL, series TEXT NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL,
          since_utc TEXT NOT NULL, since_commit TEXT NOT NULL,
          PRIMARY KEY (project, fingerprint, series, id, path)) WITHOUT ROWID;
        CREATE INDEX alias_id ON alias (project, id);

        -- Ids that other machines gave.
        CREATE TABLE known_as (
          project TEXT NOT NULL, other TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (project, other)) WITHOUT ROWID;

        -- Base trees as they were seen last: the findings as compressed JSON, null when they were too many to keep.
        CREATE TABLE base (
          project TEXT NOT NULL, commit_id TEXT NOT NULL, target TEXT NOT NULL,
          digest TEXT NOT NULL, seen_utc TEXT NOT NULL, findings BLOB,
          PRIMARY KEY (project, commit_id, target));
        CREATE TABLE base_finding (
          project TEXT NOT NULL, commit_id TEXT NOT NULL, target TEXT NOT NULL, site TEXT NOT NULL, id TEXT NOT NULL,
          PRIMARY KEY (project, commit_id, target, site)) WITHOUT ROWID;

        -- Where bases showed it; gone_commit: the first base after that which was checked there and did not.
        CREATE TABLE sighting (
          project TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL,
          first_utc TEXT NOT NULL, first_commit TEXT NOT NULL, last_utc TEXT NOT NULL, last_commit TEXT NOT NULL,
          gone_utc TEXT, gone_commit TEXT,
          PRIMARY KEY (project, id, target)) WITHOUT ROWID;

        CREATE TABLE history (
          project TEXT NOT NULL, id TEXT NOT NULL, utc TEXT NOT NULL, kind TEXT NOT NULL,
          commit_id TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL);
        CREATE INDEX history_id ON history (project, id);

        -- Where a project's file was, for the verbs that know a finding's id only.
        CREATE TABLE project (name TEXT NOT NULL PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
        """,
    ];
}
