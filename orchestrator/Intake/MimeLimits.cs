using MimeKit;

namespace OpenConfirm.Intake;

/// <summary>
/// Counts the parts and header fields of a large mail without keeping them. MimeKit makes an object of some hundred
/// bytes for each, and an attacker needs five bytes for one; a list of 100,000 references takes it many seconds.
/// </summary>
internal sealed class MimeLimits : MimeReader
{
    /// <summary>Most parts a mail may have.</summary>
    public const int MaxParts = 1000;

    /// <summary>Most header fields a mail and its parts may have together.</summary>
    public const int MaxHeaders = 20_000;

    /// <summary>Longest header field.</summary>
    public const int MaxHeaderBytes = MailText.MaxHeaderBytes;

    /// <summary>Mails shorter than this are bounded by their length.</summary>
    public const int FreeBytes = 128 * 1024;

    private int _parts;
    private int _headers;

    private MimeLimits(Stream stream)
        : base(MailText.ParserOptions, stream, MimeFormat.Entity)
    {
    }

    /// <summary>Why a mail is not to be parsed; null when it may be.</summary>
    public static string? Exceeded(Stream stream, CancellationToken cancellationToken = default)
    {
        try
        {
            new MimeLimits(stream).ReadMessage(cancellationToken);
            return null;
        }
        catch (LimitException e)
        {
            return e.Message;
        }
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        if (++_headers > MaxHeaders)
            throw new LimitException($"it has more than {MaxHeaders:N0} header fields");
        if (header.RawValue.Length > MaxHeaderBytes)
            throw new LimitException($"it has a header field of {header.RawValue.Length:N0} bytes, up to {MaxHeaderBytes:N0} are read");
    }

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    private void CountPart()
    {
        if (++_parts > MaxParts)
            throw new LimitException($"it has more than {MaxParts:N0} parts");
    }

    private sealed class LimitException(string message) : Exception(message);
}
