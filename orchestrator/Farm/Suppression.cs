namespace OpenConfirm.Farm;

/// <summary>A known false positive: an entry of a project's suppressions file.</summary>
public sealed record Suppression
{
    /// <summary>The finding's id, here or on the machine where it was suppressed.</summary>
    public required string Id { get; init; }

    /// <summary>Its fingerprints, each with its version: <c>openconfirm/v1:945e...</c>.</summary>
    public required IReadOnlyList<string> Fingerprints { get; init; }

    /// <summary>Name of its file, without folders; null when it has none.</summary>
    public string? File { get; init; }

    /// <summary>What it is, for people; nothing is made of it.</summary>
    public string? Title { get; init; }

    /// <summary>Why it is none.</summary>
    public required string Reason { get; init; }

    /// <summary>Who says so.</summary>
    public required string Author { get; init; }

    /// <summary>Since when.</summary>
    public required DateOnly Date { get; init; }
}

/// <summary>A suppression whose finding the base has no more.</summary>
/// <param name="Suppression">The entry.</param>
/// <param name="IsPublic">Whether its finding was public; of one that is not known nobody knows.</param>
public sealed record StaleSuppression(Suppression Suppression, bool IsPublic);
