using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>A mail that has its place in a series: a cover letter, a patch, or several patches as attachments.</summary>
internal sealed class SeriesMail
{
    /// <summary>Place in the source, from 0.</summary>
    public required int Index { get; init; }

    public required string Origin { get; init; }

    public required string? MessageId { get; init; }

    public required IReadOnlyList<string> References { get; init; }

    public required Person From { get; init; }

    public required DateTimeOffset? Date { get; init; }

    /// <summary>When it was sent; a file of git format-patch was not.</summary>
    public required DateTimeOffset? Sent { get; init; }

    /// <summary>Who sent it, for comparing.</summary>
    public required string Sender { get; init; }

    /// <summary>What it has in common with the mails of one run of git send-email, or null.</summary>
    public required SendRun? Run { get; init; }

    /// <summary>The subject that numbers it: the mail's, or the attached file's when the mail's says nothing.</summary>
    public required SubjectLine Subject { get; init; }

    public required List<MailPatch> Patches { get; init; }

    /// <summary>Number of each patch; empty for a cover letter.</summary>
    public required IReadOnlyList<int> Numbers { get; init; }

    public required int Total { get; init; }

    public required string CoverText { get; init; }

    public bool IsCover => Patches.Count == 0;

    /// <summary>It is a series by itself: without "n/m", or with all its patches attached.</summary>
    public required bool IsAlone { get; init; }

    /// <summary>0 for a cover letter.</summary>
    public int Number => IsCover ? 0 : Numbers[0];

    public static SeriesMail Of(int index, MailItem mail)
    {
        var subject = mail.Subject.IsPatch || mail.Patches.Count == 0 ? mail.Subject : mail.Patches[0].Subject;
        if (subject.Impossible is not null || subject.Number == 0 && mail.Patches.Count > 0)
            subject = mail.Subject;
        var isSingle = mail.Patches.Count <= 1;
        var numbers = isSingle ? [.. mail.Patches.Select(_ => subject.Number ?? 1)] : NumbersOf(mail.Patches);
        var run = SendRun.Of(mail.MessageId);
        return new SeriesMail
        {
            Index = index,
            Origin = mail.Origin,
            MessageId = mail.MessageId,
            References = mail.References,
            From = mail.From,
            Date = mail.Date,
            Sent = mail.IsFormatPatch ? null : mail.Date,
            Sender = SenderOf(mail, run),
            Run = run,
            Subject = subject,
            Patches = [.. mail.Patches],
            Numbers = numbers,
            Total = isSingle ? subject.Total ?? 1 : Math.Max(numbers.Max(), mail.Patches.Max(p => p.Subject.Total ?? 0)),
            CoverText = mail.CoverText ?? "",
            IsAlone = !isSingle || subject.Number is null,
        };
    }

    private static string SenderOf(MailItem mail, SendRun? run)
    {
        if (mail.IsFormatPatch)
            return "git format-patch";

        // A Message-ID is free text, so where From: says who it was it has the last word: else a stranger's mail could take a
        // place in somebody's series. A list that rewrites From: gives everybody its own address and keeps the name; whoever
        // only claims that has another address than the list.
        var (name, address) = mail.From;
        return (!MailText.IsRewritten(mail.From) ? address : $"{run?.Address ?? name} {address}").ToUpperInvariant();
    }

    /// <summary>Attached patches keep their own numbers when these are all there and differ, else they count from 1.</summary>
    private static List<int> NumbersOf(IReadOnlyList<MailPatch> patches)
    {
        var own = patches.Select(p => p.Subject.Number ?? 0).ToList();
        return own.All(n => n > 0) && own.Distinct().Count() == own.Count ? own : [.. Enumerable.Range(1, patches.Count)];
    }
}

/// <summary>
/// What the Message-IDs of one run of a program have in common: "time.pid-NUMBER-address" (git send-email),
/// "NAME.time.git.address" (git format-patch --thread).
/// </summary>
/// <param name="Id">The run.</param>
/// <param name="Address">The sender's address, as the sender's program wrote it.</param>
internal sealed record SendRun(string Id, string Address)
{
    public static SendRun? Of(string? messageId)
    {
        if (messageId is null)
            return null;
        var parts = messageId.Split('-', 3);
        if (parts is [var run, var number, { Length: > 0 } address] && run.Contains('.', StringComparison.Ordinal)
            && IsDigits(run.Replace(".", "", StringComparison.Ordinal)) && IsDigits(number))
            return new SendRun(run, address);
        var git = messageId.IndexOf(".git.", StringComparison.Ordinal);
        var name = messageId.IndexOf('.', StringComparison.Ordinal);
        return git > name + 1 && IsDigits(messageId[(name + 1)..git]) ? new SendRun(messageId[(name + 1)..git], messageId[(git + 5)..]) : null;
    }

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
