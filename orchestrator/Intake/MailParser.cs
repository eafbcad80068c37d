using MimeKit;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Turns a mail's bytes into what assembling needs. One instance reuses its buffers and serves one thread.</summary>
internal sealed class MailParser : IDisposable
{
    private const int MaxCoverBytes = 256 * 1024;
    private const int HeaderOnlyBytes = 64 * 1024;

    private readonly PatchParts _parts = new();

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    /// <summary>Never fails: what cannot be read says so in <see cref="MailItem.Failure"/>.</summary>
    public MailItem Parse(RawMail mail)
    {
        if (mail.Failure is { } failure)
            return HeaderOnly(mail, failure);
        try
        {
            if (mail.Bytes.Count > MimeLimits.FreeBytes && MimeLimits.Exceeded(mail.Bytes) is { } limit)
                return HeaderOnly(mail, "too large: " + limit);
            var message = new MimeParser(MailText.ParserOptions, Open(mail.Bytes), MimeFormat.Entity, persistent: true).ParseMessage();
            return Describe(mail, message);
        }
        catch (FormatException)
        {
            return HeaderOnly(mail, "unreadable: it does not begin with mail headers (git format-patch writes them, git diff does not)");
        }
    }

    private static MemoryStream Open(ArraySegment<byte> bytes) => new(bytes.Array!, bytes.Offset, bytes.Count, writable: false);

    private MailItem Describe(RawMail mail, MimeMessage message)
    {
        var item = FromHeaders(mail, message.Headers);
        if (ReportOf(message) is { } report)
            return item with { Failure = report };
        if (item.Subject.Number == 0)
            return item with { CoverText = _parts.Text(message.Body, MaxCoverBytes) };
        var (patches, isQuoted) = _parts.Read(message.Body, item.Subject, item.From, item.Date);
        return item with { Patches = patches, QuotesPatch = isQuoted, IsTooDeep = _parts.IsTooDeep };
    }

    /// <summary>Bounces carry the patch they bounce, our own answers quote it.</summary>
    private static string? ReportOf(MimeMessage message)
    {
        if (message.Body?.ContentType.IsMimeType("multipart", "report") == true)
            return "a delivery report";
        var automatic = MailText.Header(message.Headers, HeaderId.AutoSubmitted);
        return automatic.StartsWith("auto-replied", StringComparison.OrdinalIgnoreCase) ? "an automatic answer" : null;
    }

    private static MailItem HeaderOnly(RawMail mail, string failure)
    {
        var beginning = mail.Bytes[..Math.Min(mail.Bytes.Count, HeaderOnlyBytes)];
        try
        {
            var headers = new MimeParser(MailText.ParserOptions, Open(beginning), MimeFormat.Entity, persistent: true).ParseHeaders();
            return FromHeaders(mail, headers) with { Failure = failure };
        }
        catch (FormatException)
        {
            return new MailItem { Origin = mail.Origin, Failure = failure };
        }
    }

    private static MailItem FromHeaders(RawMail mail, HeaderList headers) => new()
    {
        Origin = mail.Origin,
        IsFormatPatch = mail.IsFormatPatch,
        MessageId = MailText.MessageId(headers),
        References = MailText.References(headers),
        From = MailText.From(headers),
        OriginalSenders = [.. MailText.People(headers, "Reply-To").Concat(MailText.People(headers, "X-Original-From")).Select(p => p.Address)],
        CopiedTo = MailText.People(headers, "Cc"),
        Date = MailText.ParseDate(MailText.Header(headers, HeaderId.Date)),
        Subject = SubjectLine.Parse(MailText.Header(headers, HeaderId.Subject)),
    };
}
