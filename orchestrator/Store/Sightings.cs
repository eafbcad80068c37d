using OpenConfirm.Findings;

namespace OpenConfirm.Store;

/// <summary>A finding as one tree showed it.</summary>
/// <param name="Site">Its <see cref="Fingerprint.Site"/> in that tree.</param>
/// <param name="Fingerprint">Its <see cref="Findings.Fingerprint"/>.</param>
/// <param name="Finding">The finding.</param>
public sealed record SeenFinding(string Site, string Fingerprint, Finding Finding)
{
    /// <summary>Whether everybody may read it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Path of its file, else of its unit; empty when it has neither.</summary>
    internal string Path => Finding.File ?? "";
}

/// <summary>A base tree as one target showed it.</summary>
public sealed record BaseSighting
{
    /// <summary>Name of the project: ids are unique in it.</summary>
    public required string Project { get; init; }

    /// <summary>The project's file.</summary>
    public required string ProjectFile { get; init; }

    /// <summary>The commit.</summary>
    public required string Commit { get; init; }

    /// <summary>The target.</summary>
    public required string Target { get; init; }

    /// <summary>All of its findings, in the order of their places; several may share a site.</summary>
    public required IReadOnlyList<SeenFinding> Findings { get; init; }

    /// <summary>Ids by site, as matching carried them over from an earlier base.</summary>
    public IReadOnlyDictionary<string, string> Carried { get; init; } = new Dictionary<string, string>();

    /// <summary>Ids of the earlier base whose finding this one was checked for and does not show.</summary>
    public IReadOnlySet<string> Gone { get; init; } = new HashSet<string>();

    /// <summary>Ids that mean something elsewhere (suppressions of other machines) and are given to nobody.</summary>
    public IReadOnlySet<string> Reserved { get; init; } = new HashSet<string>();
}

/// <summary>What a series brings that its base does not have.</summary>
public sealed record SeriesSighting
{
    /// <summary>Name of the project.</summary>
    public required string Project { get; init; }

    /// <summary>The same for all versions of a series, and for no other series.</summary>
    public required string Series { get; init; }

    /// <summary>Subject and version, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The commit with all patches.</summary>
    public required string Commit { get; init; }

    /// <summary>The new findings of all targets, in the order of their places.</summary>
    public required IReadOnlyList<SeenFinding> Findings { get; init; }

    /// <summary>Ids that findings of this run's base have.</summary>
    public IReadOnlySet<string> Taken { get; init; } = new HashSet<string>();

    /// <inheritdoc cref="BaseSighting.Reserved"/>
    public IReadOnlySet<string> Reserved { get; init; } = new HashSet<string>();
}

/// <summary>A base that the store knows.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Digest">Of its findings; another one means that the same tree was seen to show something else.</param>
/// <param name="Ids">Ids by site.</param>
/// <param name="Findings">What it showed, without excerpts; empty when that was too much to keep.</param>
public sealed record KnownBase(string Commit, string Digest, IReadOnlyDictionary<string, string> Ids, IReadOnlyList<SeenFinding> Findings);
