using System.Globalization;
using System.Text;
using MimeKit;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Writes a patch as the one mail that <c>git am</c> reads the same way as we do.</summary>
public static class PatchMail
{
    private const int MaxWordBytes = 45;

    /// <summary>Stands for a date that is missing or that git cannot take (before 1970 or after 2099), so that commits stay reproducible.</summary>
    private static readonly DateTimeOffset NoDate = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// One mbox entry: UTF-8 with the diff's bytes as they are, 8bit; base64 when the body holds a CR (git would
    /// drop it), a NUL, or a line that begins with "From " (git would begin another patch there). Nothing of the
    /// patch can become a header or a second mail. Works with and without <c>git am --keep</c>, the title having no
    /// tags; pass <c>--no-scissors</c> and <c>--quoted-cr=nowarn</c>, which a user's configuration may turn on.
    /// </summary>
    public static byte[] Format(Patch patch)
    {
        var author = Mailbox(patch.Author);
        var title = SubjectLine.OneLine(patch.Title, 2000);
        var body = Body(patch.Body.Span, author);
        var isBase64 = NeedsBase64(body);
        var header = new StringBuilder()
            .Append("From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n")
            .Append("From: ").Append(author).Append('\n')
            .Append("Date: ").Append(Date(patch.Date)).Append('\n')
            .Append("Subject: ").Append(Encoded(title.Length > 0 ? title : "(no title)")).Append('\n')
            .Append("MIME-Version: 1.0\n")
            .Append("Content-Type: text/plain; charset=UTF-8\n")
            .Append("Content-Transfer-Encoding: ").Append(isBase64 ? "base64" : "8bit").Append("\n\n");
        if (isBase64)
            header.Append(Convert.ToBase64String(body, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n"));
        byte[] head = [.. Encoding.ASCII.GetBytes(header.ToString())];
        return isBase64 ? [.. head, .. "\n"u8] : [.. head, .. body, .. "\n"u8];
    }

    /// <summary>
    /// The message part in UTF-8 behind an in-body From:. That line ends git's search for in-body headers, so that
    /// none in the message can name another author than the one we show.
    /// </summary>
    private static byte[] Body(ReadOnlySpan<byte> body, string author)
    {
        var end = DiffText.EndOfMessage(body);
        return [.. Encoding.ASCII.GetBytes($"From: {author}\n\n"), .. MessageText.ToUtf8(body[..end], charset: null), .. body[end..]];
    }

    private static bool NeedsBase64(ReadOnlySpan<byte> body) =>
        body.ContainsAny((byte)'\r', (byte)'\0') || body.IndexOf("\nFrom "u8) >= 0;

    private static string Mailbox(Person person)
    {
        var address = new string([.. person.Address.Where(c => c is > ' ' and < '\x7f' && !"<>()[]\",;:\\".Contains(c, StringComparison.Ordinal))]);
        if (!address.Contains('@', StringComparison.Ordinal))
            address = "unknown@unknown.invalid";
        var name = SubjectLine.OneLine(person.Name, 200);
        return $"{Encoded(name.Length > 0 ? name : address)} <{address}>";
    }

    private static string Date(DateTimeOffset? date)
    {
        var usable = date is { Year: > 1970 and < 2099 } given ? given : NoDate;
        return usable.ToString("ddd, d MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture)
            + usable.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
    }

    /// <summary>
    /// Plain text as it is, anything else as RFC 2047 words of at most 75 characters, one a line.
    /// </summary>
    private static string Encoded(string text)
    {
        var isPlain = text.Length < 900 && text.All(c => char.IsAsciiLetterOrDigit(c) || " .-_'+/#!&*%".Contains(c, StringComparison.Ordinal));
        if (isPlain)
            return text;
        var words = new List<string>();
        var bytes = new List<byte>(MaxWordBytes);
        Span<byte> one = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(one);
            if (bytes.Count + length > MaxWordBytes)
                Flush();
            bytes.AddRange(one[..length]);
        }

        Flush();
        return string.Join("\n ", words);

        void Flush()
        {
            words.Add($"=?UTF-8?B?{Convert.ToBase64String(bytes.ToArray())}?=");
            bytes.Clear();
        }
    }
}
