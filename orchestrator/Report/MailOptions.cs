using MimeKit;

namespace OpenConfirm.Report;

/// <summary>Where a mail goes and what it answers.</summary>
public sealed record MailOptions
{
    /// <summary>The sender.</summary>
    public required MailboxAddress From { get; init; }

    /// <summary>Receivers.</summary>
    public required IReadOnlyList<MailboxAddress> To { get; init; }

    /// <summary>Receivers of a copy.</summary>
    public IReadOnlyList<MailboxAddress> Cc { get; init; } = [];

    /// <summary>Subject of the mail that is answered, with its tags; hostile.</summary>
    public required string Subject { get; init; }

    /// <summary>Message-ID of the mail that is answered, without angle brackets; null when the series came without mail. Hostile.</summary>
    public string? AnswerTo { get; init; }

    /// <summary>References of the mail that is answered, oldest first, without angle brackets. Hostile.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Domain of the new Message-ID ("ci.example.org").</summary>
    public required string Domain { get; init; }
}
