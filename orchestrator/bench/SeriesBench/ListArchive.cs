using System.Globalization;
using System.Text;
using MimeKit;

namespace OpenConfirm.Bench;

/// <summary>
/// Writes an mbox like a developers' list: series with and without cover letter, new versions in the old thread,
/// replies that quote patches, talk; 8bit, quoted-printable, base64, HTML alternatives, attached patches, ISO-8859-1.
/// </summary>
internal sealed class ListArchive
{
    private static readonly string[] Words = "route prefix neighbour hold timer attribute community withdraw update session peer filter table next hop metric area link state database flood".Split(' ');

    private static readonly (string Name, string Address)[] People =
        [.. Enumerable.Range(0, 60).Select(i => ($"Ann{i} Önym", $"ann{i}@example.org"))];

    private readonly Stream _output;
    private readonly Random _random;
    private readonly int _mails;
    private readonly long _bytes;
    private DateTimeOffset _now = new(2020, 1, 1, 8, 0, 0, TimeSpan.FromHours(1));
    private int _written;

    private ListArchive(Stream output, int mails, long bytes, int seed) =>
        (_output, _mails, _bytes, _random) = (output, mails, bytes, new Random(seed));

    public static void Write(Stream output, int mails, long bytes, int seed)
    {
        var archive = new ListArchive(output, mails, bytes, seed);
        while (archive._written < mails)
            archive.WriteThread();
    }

    /// <summary>Bytes the next mail should have for the whole to come out right.</summary>
    private int Share => (int)Math.Clamp((_bytes - _output.Length) / Math.Max(1, _mails - _written), 600, 100_000);

    private void WriteThread()
    {
        if (_random.Next(4) == 0)
        {
            var talk = Send(Pick(People), $"{Sentence(4)}?", null, Prose(Share * 3 / 4));
            Discuss(talk, _random.Next(6), "");
            return;
        }

        var author = Pick(People);
        var total = 1 + _random.Next(9);
        var title = Sentence(5);
        string? root = null;
        for (var version = 1; version <= 1 + _random.Next(3); version++)
            root = WriteSeries(author, version, total, title, root);
    }

    private string WriteSeries((string, string) author, int version, int total, string title, string? root)
    {
        var tag = version == 1 ? "PATCH" : $"PATCH v{version}";
        if (total == 1)
        {
            var diff = Commit(Share);
            var single = Send(author, $"[{tag}] {title}", root, diff);
            Discuss(single, _random.Next(4), diff);
            return root ?? single;
        }

        var head = _random.Next(3) > 0 ? Send(author, $"[{tag} 0/{total}] {title}", root, Prose(900)) : null;
        for (var number = 1; number <= total; number++)
        {
            var diff = Commit(Share);
            var id = Send(author, $"[{tag} {number}/{total}] {Sentence(5)}", head ?? root, diff);
            head ??= id;
            Discuss(id, _random.Next(5), diff);
        }

        return root ?? head!;
    }

    private void Discuss(string parent, int replies, string quoted)
    {
        for (var i = 0; i < replies; i++)
        {
            var quote = quoted.Length == 0 ? "" : "> " + quoted[..Math.Min(quoted.Length, Share)].ReplaceLineEndings("\n> ") + "\n\n";
            parent = Send(Pick(People), "Re: " + Sentence(4), parent, quote + Prose(Math.Max(200, Share / 3)));
        }
    }

    private string Send((string Name, string Address) from, string subject, string? parent, string text)
    {
        _now = _now.AddSeconds(_random.Next(1, 900));
        var message = new MimeMessage { Subject = subject, Date = _now, MessageId = $"{_now.UtcTicks}-{_written}@example.org" };
        message.From.Add(new MailboxAddress(from.Name, from.Address));
        message.To.Add(new MailboxAddress("Routing developers", "dev@lists.example.org"));
        if (parent is not null)
            message.InReplyTo = parent;
        message.Body = Body(text);
        _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"From {from.Address} {_now.UtcDateTime:ddd MMM d HH:mm:ss yyyy}\n")));
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Unix;
        message.WriteTo(format, _output);
        _output.Write("\n\n"u8);
        _written++;
        return message.MessageId;
    }

    private MimeEntity Body(string text)
    {
        var part = new TextPart("plain");
        switch (_random.Next(20))
        {
            case < 3:
                part.SetText(Encoding.UTF8, text);
                part.ContentTransferEncoding = ContentEncoding.QuotedPrintable;
                return part;
            case 3:
                part.SetText(Encoding.UTF8, text);
                part.ContentTransferEncoding = ContentEncoding.Base64;
                return part;
            case 4:
                part.SetText(Encoding.Latin1, text);
                part.ContentTransferEncoding = ContentEncoding.EightBit;
                return part;
            case 5:
                part.SetText(Encoding.UTF8, text);
                return new MultipartAlternative(part, new TextPart("html") { Text = "<pre>" + Prose(400) + "</pre>" });
            case 6 when text.Contains("\ndiff --git ", StringComparison.Ordinal):
                var diff = new MimePart("text", "x-patch") { Content = new MimeContent(new MemoryStream(Encoding.UTF8.GetBytes(text[(text.IndexOf("\ndiff --git ", StringComparison.Ordinal) + 1)..]))), FileName = "fix.patch" };
                diff.ContentTransferEncoding = ContentEncoding.Base64;
                part.SetText(Encoding.UTF8, Prose(300));
                return new Multipart("mixed", part, diff);
            default:
                part.SetText(Encoding.UTF8, text);
                part.ContentTransferEncoding = ContentEncoding.EightBit;
                return part;
        }
    }

    private string Commit(int bytes)
    {
        var text = new StringBuilder(bytes + 500);
        text.Append(Prose(300)).Append("\nSigned-off-by: Ann Önym <ann@example.org>\n---\n");
        for (var file = 0; text.Length < bytes; file++)
        {
            var path = $"proto/bgp/{Pick(Words)}{file}.c";
            text.Append(CultureInfo.InvariantCulture, $"diff --git a/{path} b/{path}\nindex {_random.Next():x8}..{_random.Next():x8} 100644\n--- a/{path}\n+++ b/{path}\n");
            var end = text.Length + Math.Min(4000, bytes / 2);
            for (var line = 10; text.Length < end; line += 50)
            {
                text.Append(CultureInfo.InvariantCulture, $"@@ -{line},6 +{line},7 @@ {Pick(Words)}_{Pick(Words)}(struct {Pick(Words)} *p)\n");
                for (var i = 0; i < 7; i++)
                    text.Append(i == 3 ? '+' : ' ').Append('\t').Append(Pick(Words)).Append("->").Append(Pick(Words)).Append(" = ").Append(Pick(Words)).Append("(p, ").Append(_random.Next(1000)).Append(");\n");
            }
        }

        return text.Append("-- \n2.39.5\n").ToString();
    }

    private string Prose(int length)
    {
        var text = new StringBuilder(length + 80);
        while (text.Length < length)
            text.Append(Sentence(9)).Append(".\n");
        return text.ToString();
    }

    private string Sentence(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Pick(Words)));

    private T Pick<T>(T[] of) => of[_random.Next(of.Length)];
}
