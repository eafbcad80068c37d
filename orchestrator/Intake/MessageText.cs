using System.Text;
using MimeKit;
using MimeKit.Utils;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>What the head of a mail's text says of the commit: <c>git format-patch</c> puts From:, Date: and Subject: there when they differ from the mail's.</summary>
internal sealed record MessageText
{
    private MessageText()
    {
    }

    /// <summary>In-body From:, or null.</summary>
    public Person? Author { get; private init; }

    /// <summary>In-body Date:, or null.</summary>
    public DateTimeOffset? Date { get; private init; }

    /// <summary>In-body Subject:, or null.</summary>
    public string? Subject { get; private init; }

    /// <summary>The commit message behind them.</summary>
    public required byte[] Text { get; init; }

    /// <summary>Reads the message part of a mail, which is in UTF-8 already.</summary>
    public static MessageText Read(byte[] message)
    {
        Person? author = null;
        DateTimeOffset? date = null;
        string? subject = null;
        var at = SkipBlankLines(message, 0);
        while (at < message.Length && ReadHeader(message, at, out var name, out var value) is var next and > 0)
        {
            if (name is "From" && author is null)
                author = MailText.ParsePerson(value);
            else if (name is "Date" && date is null)
                date = MailText.ParseDate(value);
            else if (name is "Subject" && subject is null)
                subject = value;
            at = next;
        }

        return new MessageText { Author = author, Date = date, Subject = subject, Text = message[SkipBlankLines(message, at)..] };
    }

    /// <summary>
    /// A commit message in UTF-8. Bytes that are UTF-8 already stay; else the declared charset is used when it is
    /// known and loses nothing; else ISO-8859-1, which gives every byte a character (and is what git assumes).
    /// </summary>
    public static byte[] ToUtf8(ReadOnlySpan<byte> text, string? charset)
    {
        if (MailText.Charset(charset) is { } encoding && encoding.CodePage != Encoding.UTF8.CodePage)
        {
            try
            {
                return Encoding.UTF8.GetBytes(encoding.GetString(text));
            }
            catch (DecoderFallbackException)
            {
                // The label lies: go on as if there were none.
            }
        }

        return System.Text.Unicode.Utf8.IsValid(text) ? text.ToArray() : Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(text));
    }

    private static int SkipBlankLines(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && DiffText.Line(text, at).Trim(" \t\r\n"u8).IsEmpty)
            at = DiffText.NextLine(text, at);
        return at;
    }

    /// <summary>Offset behind the in-body header at <paramref name="at"/> with its folded lines; 0 when there is none.</summary>
    private static int ReadHeader(ReadOnlySpan<byte> text, int at, out string name, out string value)
    {
        var line = DiffText.Line(text, at);
        (name, value) = ("", "");
        var next = DiffText.NextLine(text, at);
        if (IsFormatPatchLine(line.TrimStart((byte)'>')))
            return next;
        foreach (var known in (string[])["From", "Date", "Subject"])
        {
            if (line.Length > known.Length + 1 && line[known.Length] == ':' && Ascii.EqualsIgnoreCase(line[..known.Length], known))
                name = known;
        }

        if (name.Length == 0)
            return 0;
        while (next < text.Length && text[next] is (byte)' ' or (byte)'\t' && !DiffText.Line(text, next).Trim(" \t\r\n"u8).IsEmpty)
            next = DiffText.NextLine(text, next);
        var raw = text[(at + name.Length + 1)..Math.Min(next, at + MailText.MaxHeaderBytes)];
        value = SubjectLine.OneLine(Rfc2047.DecodeText(MailText.ParserOptions, raw.ToArray()), MailText.MaxHeaderBytes);

        // "From: the beginning of time" is a sentence; git would take it for an author, and fail on it.
        return name is "From" && MailText.ParsePerson(value) is null || name is "Date" && MailText.ParseDate(value) is null ? 0 : next;
    }

    /// <summary>The line that <c>git format-patch</c> files begin with.</summary>
    public static bool IsFormatPatchLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("From "u8))
            return false;
        line = line[5..];
        var id = line.IndexOf((byte)' ');
        return id is 40 or 64 && MailText.IsHex(line[..id]) && line[(id + 1)..].StartsWith("Mon Sep 17 00:00:00 2001"u8);
    }
}
