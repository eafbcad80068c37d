using MimeKit;

namespace OpenConfirm.Intake;

/// <summary>
/// Counts the parts and header fields of a large mail without keeping them. MimeKit makes an object of some hundred
/// bytes for each, and an attacker needs five bytes for one. It also needs time by the square of a header field's
/// length (minutes for 24 MB), so the stream under it ends the reading when a field grows too long.
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

    private readonly FieldGuard _guard;
    private int _parts;
    private int _headers;

    private MimeLimits(FieldGuard guard)
        : base(MailText.ParserOptions, guard, MimeFormat.Entity) => _guard = guard;

    /// <summary>Why a mail is not to be parsed; null when it may be.</summary>
    public static string? Exceeded(ArraySegment<byte> mail)
    {
        using var guard = new FieldGuard(mail);
        try
        {
            new MimeLimits(guard).ReadMessage();
            return null;
        }
        catch (LimitException e)
        {
            return e.Message;
        }
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => _guard.Watch();

    protected override void OnHeadersEnd(long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken) => _guard.Rest();

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        _guard.Watch();
        if (++_headers > MaxHeaders)
            throw new LimitException($"it has more than {MaxHeaders:N0} header fields");
    }

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => CountPart();

    private void CountPart()
    {
        if (++_parts > MaxParts)
            throw new LimitException($"it has more than {MaxParts:N0} parts");
    }

    /// <summary>Gives out a mail's bytes, so many only while one header field is read.</summary>
    private sealed class FieldGuard(ArraySegment<byte> mail) : MemoryStream(mail.Array!, mail.Offset, mail.Count, writable: false)
    {
        private long _end = long.MaxValue;

        /// <summary>A field begins about here.</summary>
        public void Watch() => _end = Position + MaxHeaderBytes;

        /// <summary>What follows is no header.</summary>
        public void Rest() => _end = long.MaxValue;

        public override int Read(byte[] buffer, int offset, int count) =>
            Position <= _end ? base.Read(buffer, offset, count) : throw new LimitException($"it has a header field of over {MaxHeaderBytes:N0} bytes");
    }

    private sealed class LimitException(string message) : Exception(message);
}
