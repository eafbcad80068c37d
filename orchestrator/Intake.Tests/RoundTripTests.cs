using System.Text;

namespace OpenConfirm.Intake.Tests;

/// <summary>git format-patch, transport, intake, <see cref="PatchMail.Format"/>, git am: the same commits come out.</summary>
public sealed class RoundTripTests
{
    private static readonly byte[] Latin1 = Encoding.Latin1.GetBytes("/* Gr\u00fc\u00dfe */\nint a;\nint b;\nint c;\n");
    private static readonly byte[] Crlf = "line one\r\nline two\r\nline three\r\n"u8.ToArray();
    private static readonly byte[] Binary = [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 7))];

    private TestGit _from = null!;
    private TestGit _to = null!;
    private string _base = "";
    private string _out = "";

    [OneTimeSetUp]
    public void MakeCommits()
    {
        _from = new TestGit();
        _from.Commit("Base <base@example.org>", "base", ("latin1.c", Latin1), ("crlf.txt", Crlf), ("mixed.txt", "a\r\nb\nc\r\nd\n"u8.ToArray()), ("noeol.txt", "one\ntwo"u8.ToArray()), ("old name", "x\ny\nz\n"u8.ToArray()));
        _base = _from.Run("rev-parse", "HEAD").Trim();
        _from.Commit("Jürgen Öß <j@example.org>", "Latin: grüße ändern — sehr langer Titel, der über die Grenze einer Kopfzeile hinausgeht, wirklich\n\nEin Körper.\n\nFrom here on it is said.\nFrom evil@example.org Wed May  1 12:00:00 2024\nFrom: Evil <evil@example.org>\nSubject: smuggled\n\nSigned-off-by: J <j@example.org>\n", ("latin1.c", Encoding.Latin1.GetBytes("/* Gr\u00fc\u00dfe und \u00c4 */\nint a;\nint x;\nint c;\n")));
        _from.Commit("\"Comma, Inc.\" <comma@example.org>", "crlf: change lines, \"quoted\" (and so on): a = b?\n\n>From the start.\n", ("crlf.txt", "line one\r\nline 2\r\nline three\r\nline four\r\n"u8.ToArray()), ("mixed.txt", "a\r\nB\nc\nd\r\n"u8.ToArray()));
        _from.Commit("李明 <li@example.org>", "noeol: end without a line feed\n\nBody.\n", ("noeol.txt", "one\nthree"u8.ToArray()), ("old name", null), ("new name", "x\ny\nz\n"u8.ToArray()), ("logo.bin", Binary), ("fö ö.c", "int f;\n"u8.ToArray()));

        // With an in-body From: before it this is text; without one, git itself takes it for the author.
        _from.Run("checkout", "-q", "-b", "header-in-text");
        _from.Run("commit", "-q", "--amend", "-m", "noeol: x\n\nFrom: Not An Author <not@example.org>\n\nThat was no header.\n");
        _from.Run("checkout", "-q", "main");
    }

    [OneTimeTearDown]
    public void DropCommits() => _from.Dispose();

    [SetUp]
    public void SetUp()
    {
        _to = _from.CopyAt(_base);
        _out = Path.Combine(_to.Folder, ".git", "out");
    }

    [TearDown]
    public void TearDown() => _to.Dispose();

    [Test]
    public void The_same_commits_come_out([Values("8bit", "base64", "quoted-printable", "base64-crlf")] string transport, [Values] bool isFromList)
    {
        var head = isFromList ? "header-in-text" : "main";
        string[] sender = isFromList ? ["--from=Lists <list@example.org>"] : [];
        _from.Run(["format-patch", "-q", "--binary", "--cover-letter", "--thread", "--base=" + _base, "-M", "-o", _out, .. sender, $"{_base}..{head}"]);
        var files = Directory.GetFiles(_out).Order().Select(f => Transport(File.ReadAllBytes(f), transport));
        var mbox = (byte[])[.. files.SelectMany(f => f)];

        var assembly = SeriesAssembler.Assemble(MailReader.Read(new MemoryStream(mbox), "list.mbox"));

        var series = assembly.Series.Single();
        Assert.That((series.Patches.Count, series.IsComplete, series.Cover?.Subject, series.Base.BaseCommit, assembly.Ignored.Count), Is.EqualTo((3, true, "*** SUBJECT HERE ***", _base, 0)));
        Apply(series);
        Assert.That(_to.History(_base + ".."), Is.EqualTo(_from.History($"{_base}..{head}")));
    }

    [Test]
    public void Attached_patch_files_give_the_same_commits([Values("text/x-patch", "application/octet-stream", "text/plain")] string type, [Values] bool isBare)
    {
        _from.Run("format-patch", "-q", "--binary", "--from=Lists <list@example.org>", "-o", _out, _base);
        var mails = Directory.GetFiles(_out).Order().Select((file, i) =>
        {
            var raw = File.ReadAllBytes(file);
            var text = Encoding.Latin1.GetString(raw);
            var start = text.IndexOf("\n\n", StringComparison.Ordinal) + 2;
            var header = string.Join('\n', text[..start].Split('\n').SkipWhile(l => !l.StartsWith("From:", StringComparison.Ordinal)).TakeWhile(l => !l.StartsWith("MIME-", StringComparison.Ordinal) && !l.StartsWith("Content-", StringComparison.Ordinal))).TrimEnd('\n');
            var cut = text.IndexOf("\ndiff --git", start, StringComparison.Ordinal) + 1;
            var message = isBare ? text[start..text.IndexOf("\n---\n", start, StringComparison.Ordinal)] : "See the attachment.";
            var attachment = Encoding.Latin1.GetBytes(isBare ? text[cut..] : text);
            return Encoding.Latin1.GetBytes($"{header}\nMessage-ID: <{i}@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=UTF-8\n\n{message}\n--b\nContent-Type: {type}; name=\"0001.patch\"\nContent-Disposition: attachment; filename=\"0001.patch\"\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(attachment, Base64FormattingOptions.InsertLineBreaks)}\n--b\nContent-Type: text/plain\n\n____________\ndev mailing list\n--b--\n");
        });

        var assembly = Letter.AssembleBytes(Letter.Mbox(mails));

        Apply(assembly.Series.Single());
        Assert.That(_to.History(_base + ".."), Is.EqualTo(_from.History(_base + "..")));
    }

    [Test]
    public void All_patches_attached_to_one_mail([Values] bool isForwarded)
    {
        _from.Run("format-patch", "-q", "--binary", "-o", _out, _base);
        var parts = Directory.GetFiles(_out).Order().Select(File.ReadAllBytes).Select(b =>
            isForwarded
                ? "--b\nContent-Type: message/rfc822\n\n" + Encoding.Latin1.GetString(b[(Array.IndexOf(b, (byte)'\n') + 1)..])
                : "--b\nContent-Type: text/x-patch; name=x.patch\nContent-Transfer-Encoding: base64\n\n" + Convert.ToBase64String(b));
        var assembly = Letter.Assemble(new Letter { Subject = "three patches", Id = "m", Headers = "Content-Type: multipart/mixed; boundary=b\n", Body = $"--b\n\nHello,\nthree patches.\n{string.Join("\n", parts)}\n--b--\n" });

        Apply(assembly.Series.Single());
        Assert.That(_to.History(_base + ".."), Is.EqualTo(_from.History(_base + "..")));
    }

    [Test]
    public void A_list_footer_behind_the_diff_does_no_harm([Values] bool isOwnPart)
    {
        _from.Run("format-patch", "-q", "-1", "-o", _out, "main~2");
        var file = Directory.GetFiles(_out).Single();
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        text = text[..text.LastIndexOf("-- \n", StringComparison.Ordinal)];
        const string Footer = "_______________________________________________\nDev mailing list\n-- \nhttps://lists.example.org/\n";
        if (isOwnPart)
        {
            var body = text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
            var header = string.Join('\n', text[..text.IndexOf("\nMIME-", StringComparison.Ordinal)].Split('\n').Skip(1));
            text = $"{header}\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n--b\nContent-Type: text/plain\n\n{Footer}\n--b--\n";
        }
        else
        {
            text += Footer;
        }

        Apply(SeriesAssembler.Assemble(MailReader.Read(new MemoryStream(Encoding.Latin1.GetBytes(text)), "one")).Series.Single());
        Assert.That(_to.History(_base + ".."), Is.EqualTo(_from.History(_base + "..main~2")));
    }

    private void Apply(Model.Series series)
    {
        var file = Path.Combine(_out, "series.mbox");
        File.WriteAllBytes(file, [.. series.Patches.SelectMany(PatchMail.Format)]);
        _to.Run("am", "-q", "--keep", "--no-scissors", "--quoted-cr=nowarn", file);
    }

    private static byte[] Transport(byte[] mail, string transport)
    {
        if (transport == "8bit")
            return mail;
        var text = Encoding.Latin1.GetString(mail);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var header = string.Join('\n', text[..end].Split('\n').Where(l => !l.StartsWith("Content-Transfer-Encoding", StringComparison.Ordinal)));
        if (!header.Contains("\nContent-Type", StringComparison.Ordinal))
            header += "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8";
        var body = text[(end + 2)..];
        var (encoding, encoded) = transport switch
        {
            "base64" => ("base64", Convert.ToBase64String(Encoding.Latin1.GetBytes(body), Base64FormattingOptions.InsertLineBreaks)),
            "base64-crlf" => ("base64", Convert.ToBase64String(Encoding.Latin1.GetBytes(body.Replace("\n", "\r\n")), Base64FormattingOptions.InsertLineBreaks)),
            _ => ("quoted-printable", QuotedPrintable(body)),
        };
        return Encoding.Latin1.GetBytes($"{header}\nContent-Transfer-Encoding: {encoding}\n\n{encoded}\n\n");
    }

    private static string QuotedPrintable(string body)
    {
        var text = new StringBuilder();
        var column = 0;
        foreach (var c in body)
        {
            var isPlain = c == '\n' || c is > ' ' and < '\x7f' and not '=';
            column = c == '\n' ? 0 : column + (isPlain ? 1 : 3);
            if (column > 73)
            {
                text.Append("=\n");
                column = 3;
            }

            text.Append(isPlain ? c : $"={(int)c:X2}");
        }

        return text.ToString();
    }
}
