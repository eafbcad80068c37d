namespace OpenConfirm.Model;

/// <summary>A person as a mail names them. Both parts come from outside and are shown encoded only.</summary>
public sealed record Person(string Name, string Address)
{
    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? Address : $"{Name} <{Address}>";
}

/// <summary>One patch of a series.</summary>
public sealed record Patch
{
    /// <summary>Position in the series, from 1 ("2" of "2/4").</summary>
    public required int Number { get; init; }

    /// <summary>The commit's title: the subject without its tags, on one line.</summary>
    public required string Title { get; init; }

    /// <summary>Message-ID without angle brackets; null for a patch that did not come by mail.</summary>
    public string? MessageId { get; init; }

    /// <summary>The commit's author: an in-body From: before the header's.</summary>
    public required Person Author { get; init; }

    /// <summary>The Date: header, or null when it is missing or cannot be read.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Decoded body: commit message, "---", diff. Bytes, since sources come in any charset.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>A cover letter.</summary>
/// <param name="Subject">Subject without its tags.</param>
/// <param name="MessageId">Message-ID without angle brackets.</param>
/// <param name="Text">Decoded body.</param>
public sealed record Cover(string Subject, string? MessageId, string Text);

/// <summary>What a series says of the tree it is for.</summary>
/// <param name="BaseCommit">The <c>base-commit:</c> trailer of git format-patch, 40 or 64 hex digits.</param>
/// <param name="PrerequisitePatchIds">The <c>prerequisite-patch-id:</c> trailers.</param>
/// <param name="BlobIds">Left sides of the patches' <c>index a..b</c> lines by path, first mention only: the blobs the base holds.</param>
public sealed record BaseHints(
    string? BaseCommit,
    IReadOnlyList<string> PrerequisitePatchIds,
    IReadOnlyDictionary<string, string> BlobIds);

/// <summary>One version of one submission.</summary>
public sealed record Series
{
    /// <summary>The cover's subject, else the first patch's, without tags.</summary>
    public required string Subject { get; init; }

    /// <summary>1 for a first submission, 2 for <c>[PATCH v2 ...]</c>.</summary>
    public required int Version { get; init; }

    /// <summary>Number of patches the subjects promise ("4" of "2/4"), 1 for a single patch.</summary>
    public required int Total { get; init; }

    /// <summary>Who sent it.</summary>
    public required Person Submitter { get; init; }

    /// <summary>The cover letter, when there is one.</summary>
    public Cover? Cover { get; init; }

    /// <summary>The patches at hand, by number.</summary>
    public required IReadOnlyList<Patch> Patches { get; init; }

    /// <summary>What it says of its base.</summary>
    public required BaseHints Base { get; init; }

    /// <summary>Tags of the subject besides PATCH, version and numbers ("RFC", "frr", "RESEND"), as written.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When the first mail of the series was dated; null when none has a date.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Numbers of patches that the subjects promise and that are not at hand.</summary>
    public IReadOnlyList<int> Missing =>
        [.. Enumerable.Range(1, Total).Except(Patches.Select(p => p.Number))];

    /// <summary>Whether every patch is at hand.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>The mail an answer belongs under: the cover, else the first patch.</summary>
    public string? AnswerTo => Cover?.MessageId ?? (Patches.Count > 0 ? Patches[0].MessageId : null);
}
