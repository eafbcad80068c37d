using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Why a mail is no part of a series.</summary>
/// <param name="Origin">Where it came from: "list.mbox, mail 17 at byte 12345".</param>
/// <param name="MessageId">Message-ID without angle brackets, or null.</param>
/// <param name="Subject">Its whole subject on one line.</param>
/// <param name="Reason">The reason, a phrase that begins in lower case.</param>
public sealed record MailDecision(string Origin, string? MessageId, string Subject, string Reason);

/// <summary>What became of the mails of a source. Each mail is a cover letter or patch of one series, or ignored.</summary>
/// <param name="Series">In the order of their first mails.</param>
/// <param name="Ignored">In the order of the source.</param>
/// <param name="MailCount">Mails read.</param>
public sealed record SeriesAssembly(IReadOnlyList<Series> Series, IReadOnlyList<MailDecision> Ignored, int MailCount);
