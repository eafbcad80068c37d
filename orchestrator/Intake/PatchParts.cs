using System.Buffers;
using System.Text;
using MimeKit;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>
/// Finds the patches among the parts of a mail: in its text, in attachments (a bare diff, or a whole file of
/// <c>git format-patch</c>), in forwarded mails.
/// </summary>
internal sealed class PatchParts : IDisposable
{
    /// <summary>A forwarded mail with an attached patch file is two; more is not read.</summary>
    private const int MaxNesting = 3;

    private static readonly string[] PatchEndings = [".patch", ".diff", ".txt", ".eml", ".mbox"];

    private readonly MemoryStream _decoded = new();

    /// <summary>Whether the mail read last has parts nested deeper than they are read.</summary>
    public bool IsTooDeep { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _decoded.Dispose();

    /// <summary>The patches of a mail, and whether a diff stands in it behind quote marks.</summary>
    /// <param name="body">The mail's body.</param>
    /// <param name="subject">Subject that a patch without one of its own gets.</param>
    /// <param name="author">Author that a patch without one of its own gets.</param>
    /// <param name="date">Date that a patch without one of its own gets.</param>
    public (IReadOnlyList<MailPatch> Patches, bool IsQuoted) Read(MimeEntity? body, SubjectLine subject, Person author, DateTimeOffset? date)
    {
        IsTooDeep = false;
        return Read(body, new Head(subject, author, date), nesting: 0);
    }

    /// <summary>The first text of a mail as characters, cut at <paramref name="maxBytes"/>, without blank lines at its end.</summary>
    public string Text(MimeEntity? body, int maxBytes)
    {
        foreach (var part in Leaves(body).OfType<TextPart>())
        {
            if (!part.IsPlain)
                continue;
            var text = Decode(part);
            text = DiffText.WithoutTransportCr(text[..Math.Min(text.Length, maxBytes)], diff: -1);
            return Encoding.UTF8.GetString(MessageText.ToUtf8(text, part.ContentType.Charset)).TrimEnd() + "\n";
        }

        return "";
    }

    private (IReadOnlyList<MailPatch> Patches, bool IsQuoted) Read(MimeEntity? body, Head head, int nesting)
    {
        byte[]? message = null;
        var diffs = new ArrayBufferWriter<byte>();
        var whole = new List<MailPatch>();
        var isQuoted = false;
        foreach (var leaf in Leaves(body))
        {
            if (leaf is MessagePart { Message: { } forwarded })
            {
                whole.AddRange(ReadMail(forwarded, head, nesting));
                continue;
            }

            // MimeKit leaves closed what lies deeper than it may go.
            IsTooDeep |= leaf is MimePart && (leaf.ContentType.IsMimeType("multipart", "*") || leaf.ContentType.IsMimeType("message", "rfc822"));
            if (leaf is not MimePart part || !MayHoldPatch(part))
                continue;
            var text = Decode(part);
            var diff = DiffText.Find(text);
            if (diff < 0)
            {
                isQuoted |= DiffText.IsQuotedIn(text);
                if (message is null && !IsAttached(part))
                    message = MessageText.ToUtf8(WithoutSignature(DiffText.WithoutTransportCr(text, diff)), part.ContentType.Charset);
            }
            else if (!IsAttached(part) && message is null && diffs.WrittenCount == 0)
            {
                // The usual case: message and diff in the text. What else is attached then is a copy or no matter.
                return ([InText(text, diff, part.ContentType.Charset, head)], isQuoted);
            }
            else if (IsWholeMail(text))
            {
                whole.AddRange(ReadFile(text.ToArray(), head, nesting));
            }
            else
            {
                Append(diffs, DiffText.WithoutTransportCr(text, diff));
            }
        }

        if (whole.Count > 0)
            return (whole, isQuoted);
        return (diffs.WrittenCount > 0 ? [Attached(message ?? [], diffs.WrittenSpan, head)] : [], isQuoted);
    }

    private static MailPatch InText(ReadOnlySpan<byte> text, int diff, string? charset, Head head)
    {
        text = DiffText.WithoutTransportCr(text, diff);
        var end = DiffText.EndOfMessage(text);
        return head.Patch(MessageText.Read(MessageText.ToUtf8(text[..end], charset)), text[end..]);
    }

    private static MailPatch Attached(byte[] message, ReadOnlySpan<byte> diffs, Head head) =>
        head.Patch(MessageText.Read(message), [.. "\n---\n"u8, .. diffs]);

    private static void Append(ArrayBufferWriter<byte> diffs, ReadOnlySpan<byte> diff)
    {
        diffs.Write(diff);
        if (diff[^1] != (byte)'\n')
            diffs.Write("\n"u8);
    }

    private IReadOnlyList<MailPatch> ReadFile(byte[] file, Head outer, int nesting)
    {
        try
        {
            var start = file.AsSpan().StartsWith("From "u8) ? DiffText.NextLine(file, 0) : 0;

            // The mail around it was counted with this as one part.
            if (file.Length - start > MimeLimits.FreeBytes && MimeLimits.Exceeded(new ArraySegment<byte>(file, start, file.Length - start)) is not null)
                return [];
            var stream = new MemoryStream(file, start, file.Length - start, writable: false);
            return ReadMail(new MimeParser(MailText.ParserOptions, stream, MimeFormat.Entity, persistent: true).ParseMessage(), outer, nesting);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private IReadOnlyList<MailPatch> ReadMail(MimeMessage mail, Head outer, int nesting)
    {
        var subject = SubjectLine.Parse(MailText.Header(mail.Headers, HeaderId.Subject));
        IsTooDeep |= nesting >= MaxNesting;
        if (nesting >= MaxNesting || subject.IsReply)
            return [];
        var author = MailText.From(mail.Headers);
        var head = new Head(
            subject.Title.Length > 0 ? subject : outer.Subject,
            author.Address.Length > 0 ? author : outer.Author,
            MailText.ParseDate(MailText.Header(mail.Headers, HeaderId.Date)) ?? outer.Date);
        return Read(mail.Body, head, nesting + 1).Patches;
    }

    /// <summary>The parts that hold something, in order; of alternatives the plain ones. Iterative: nesting is the sender's choice.</summary>
    private static IEnumerable<MimeEntity> Leaves(MimeEntity? body)
    {
        var open = new Stack<MimeEntity>();
        if (body is not null)
            open.Push(body);
        while (open.TryPop(out var entity))
        {
            if (entity is Multipart multipart)
            {
                for (var i = multipart.Count - 1; i >= 0; i--)
                    open.Push(multipart[i]);
            }
            else
            {
                yield return entity;
            }
        }
    }

    private static bool MayHoldPatch(MimePart part)
    {
        if (part.Content is null || part.ContentType.IsMimeType("text", "html"))
            return false;
        if (part.ContentType.IsMimeType("text", "*"))
            return part is TextPart { IsPlain: true } || IsPatchType(part.ContentType) || HasPatchName(part);
        return IsPatchType(part.ContentType) || HasPatchName(part);
    }

    private static bool IsAttached(MimePart part) => part.IsAttachment || HasPatchName(part) || IsPatchType(part.ContentType);

    private static bool IsPatchType(ContentType type) =>
        type.MediaSubtype.TrimStart('x', 'X', '-').ToUpperInvariant() is "PATCH" or "DIFF";

    private static bool HasPatchName(MimePart part) =>
        part.FileName is { Length: < 1000 } name && PatchEndings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static bool IsWholeMail(ReadOnlySpan<byte> text) =>
        MessageText.IsFormatPatchLine(text) || text.StartsWith("From: "u8) || text.StartsWith("Subject: "u8)
        || text.StartsWith("Date: "u8);

    private static ReadOnlySpan<byte> WithoutSignature(ReadOnlySpan<byte> text) =>
        text.IndexOf("\n-- \n"u8) is >= 0 and var end ? text[..(end + 1)] : text;

    /// <summary>Transfer decoding undone; valid until the next call.</summary>
    private ReadOnlySpan<byte> Decode(MimePart part)
    {
        _decoded.SetLength(0);
        part.Content?.DecodeTo(_decoded);
        return _decoded.GetBuffer().AsSpan(0, (int)_decoded.Length);
    }

    /// <summary>What a patch takes from the mail around it.</summary>
    private sealed record Head(SubjectLine Subject, Person Author, DateTimeOffset? Date)
    {
        public MailPatch Patch(MessageText message, ReadOnlySpan<byte> diff)
        {
            // An in-body subject is the commit's title; the numbers stay those of the mail.
            var subject = message.Subject is { } title ? Subject.WithTitleOf(title) : Subject;
            return new MailPatch(subject, message.Author ?? Author, message.Date ?? Date, [.. message.Text, .. diff]);
        }
    }
}
