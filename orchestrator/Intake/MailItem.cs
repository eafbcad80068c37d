using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>What one mail says, as far as assembling a series needs it. Bodies are kept for patches and cover letters only.</summary>
public sealed record MailItem
{
    /// <summary>Where it came from, for a person: "list.mbox, mail 17 at byte 12345".</summary>
    public required string Origin { get; init; }

    /// <summary>Message-ID without angle brackets, or null.</summary>
    public string? MessageId { get; init; }

    /// <summary>Message-IDs of the mails before it in its thread, oldest first; the last one is the mail it answers. At most 200.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The From: header; both parts are empty when there is none.</summary>
    public Person From { get; init; } = new("", "");

    /// <summary>Addresses that a list leaves of the author when it rewrites From: (Reply-To:, X-Original-From:). At most 20.</summary>
    public IReadOnlyList<string> OriginalSenders { get; init; } = [];

    /// <summary>The Cc: header, where some lists put the author. At most 20.</summary>
    public IReadOnlyList<Person> CopiedTo { get; init; } = [];

    /// <summary>The Date: header, or null when it is missing or cannot be read.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>The decoded subject, taken apart.</summary>
    public SubjectLine Subject { get; init; } = SubjectLine.Parse("");

    /// <summary>The patches it carries: one for a usual patch mail, several for a mail with several <c>git format-patch</c> attachments.</summary>
    public IReadOnlyList<MailPatch> Patches { get; init; } = [];

    /// <summary>
    /// It is a file of <c>git format-patch</c> that has not travelled: From: and Date: are the commit's own, and
    /// differ within one series.
    /// </summary>
    public bool IsFormatPatch { get; init; }

    /// <summary>The decoded text, for a mail numbered 0 only.</summary>
    public string? CoverText { get; init; }

    /// <summary>A diff stands in it only behind quote marks.</summary>
    public bool QuotesPatch { get; init; }

    /// <summary>It has parts nested so deep that they were not read.</summary>
    public bool IsTooDeep { get; init; }

    /// <summary>Why it is out of the question, whatever its subject says (unreadable, too large, a delivery report); null for a usual mail.</summary>
    public string? Failure { get; init; }
}

/// <summary>A patch as a mail carries it.</summary>
/// <param name="Subject">Subject of the mail, or of the attached <c>git format-patch</c> file.</param>
/// <param name="Author">In-body From:, else the attached file's, else the mail's.</param>
/// <param name="Date">In-body Date:, else the attached file's, else the mail's.</param>
/// <param name="Body">Commit message in UTF-8, "---", diff in the bytes of the sources.</param>
public sealed record MailPatch(SubjectLine Subject, Person Author, DateTimeOffset? Date, byte[] Body);
