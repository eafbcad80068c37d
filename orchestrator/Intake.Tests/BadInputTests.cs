using System.Text;
using OpenConfirm.Model;
using static OpenConfirm.Intake.Tests.Letter;

namespace OpenConfirm.Intake.Tests;

/// <summary>Mails that are broken or meant to harm: each ends in one place, and the mail behind it is read.</summary>
public sealed class BadInputTests
{
    private const string LongField = "too large: it has a header field of over 65,536 bytes";

    private static readonly Letter Good = Patch("[PATCH] good", "good@x");

    /// <summary>Reads an odd mail and a good one behind it; the good one must come out, and no mail be lost.</summary>
    private static SeriesAssembly WithGood(byte[] odd)
    {
        var assembly = AssembleBytes(Mbox(odd, Good.ToBytes()));
        Assert.That(assembly.MailCount, Is.EqualTo(2));
        Assert.That(assembly.Series[^1].AnswerTo, Is.EqualTo("good@x"));
        Assert.That(assembly.Series.Count + assembly.Ignored.Count, Is.EqualTo(2));
        return assembly;
    }

    private static string ReasonAgainst(byte[] odd) => WithGood(odd).Ignored.Single().Reason;

    private static Patch PatchOf(Letter odd) => WithGood(odd.ToBytes()).Series[0].Patches.Single();

    [Test]
    public void Fifty_megabytes_are_skipped_with_a_reason_and_bounded_memory()
    {
        var body = Enumerable.Repeat((byte)'x', 50 << 20).ToArray();
        var odd = Mbox([.. (Patch("[PATCH] big", "big@x") with { Body = "" }).ToBytes(), .. body]);
        var stream = new MemoryStream([.. odd, .. Mbox(Good.ToBytes())]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var assembly = SeriesAssembler.Assemble(MailReader.Read(stream, "m"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 * MailReader.MaxMailBytes));
        Assert.That(assembly.Ignored.Single().Reason, Does.StartWith("too large: 52,42"));
        Assert.That(assembly.Ignored.Single().MessageId, Is.EqualTo("big@x"));
        Assert.That(assembly.Series.Single().AnswerTo, Is.EqualTo("good@x"));
    }

    [Test]
    public void A_patch_of_many_megabytes_is_taken()
    {
        var big = Patch("[PATCH] big", "big@x") with { Body = "Many.\n---\n" + Diff() + string.Concat(Enumerable.Repeat(" context line of a very long hunk\n", 200_000)) };
        Assert.That(PatchOf(big).Body.Length, Is.GreaterThan(6_000_000));
    }

    [Test]
    public void Nothing_but_bytes([Values("", "\n", "\n\n\n", "\0\0\0", "diff --git a/x b/x\nindex 1..2\n", "garbage without headers\n\nx", "Subject\n\n", ":\n\n", "\ufeffFrom: a\n\nb")] string text) =>
        ReasonAgainst(Encoding.UTF8.GetBytes(text));

    [TestCase(null)]
    [TestCase("Date: yesterday\n")]
    [TestCase("Date: Thu, 31 Feb 2024 25:61:61 +9999\n")]
    [TestCase("Date: Mon, 1 Jan 99999 00:00:00 +0000\n")]
    [TestCase("Date: \n")]
    public void No_date_or_an_impossible_one(string? header)
    {
        var patch = PatchOf(Patch("[PATCH] x", "x", at: null) with { Headers = header ?? "" });
        Assert.That(patch.Date, Is.Null);
        Assert.That(Encoding.ASCII.GetString(PatchMail.Format(patch)), Does.Contain("\nDate: Sat, 1 Jan 2000 00:00:00 +0000\n"));
    }

    [TestCase("Mon, 1 Jan 1900 00:00:00 +1200")]
    [TestCase("Fri, 31 Dec 9999 23:59:59 -1200")]
    public void Dates_at_the_end_of_time_do_not_overflow(string date)
    {
        var letters = new[] { "1", "2", "3" }.Select(n => Patch($"[PATCH {n}/3] x", n, at: n == "2" ? 0 : null) with { Headers = n == "2" ? "" : $"Date: {date}\n" });
        var assembly = Assemble([.. letters]);
        Assert.That(assembly.Series.Sum(s => s.Patches.Count), Is.EqualTo(3));
        foreach (var patch in assembly.Series.SelectMany(s => s.Patches))
            Assert.That(Encoding.ASCII.GetString(PatchMail.Format(patch)), Does.Match("\nDate: [A-Z][a-z]{2}, 1 (Jan 2000|May 2024) "));
    }

    [TestCase("x-unknown-99")]
    [TestCase("utf-7")]
    [TestCase("us-ascii")]
    [TestCase("utf-8")]
    [TestCase("\"\"")]
    public void A_broken_charset_loses_no_byte(string charset)
    {
        var patch = PatchOf(Patch("[PATCH] =?" + charset.Trim('"') + "?Q?a=FF?= b", "x") with
        {
            Headers = $"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n",
            Body = "Gr\u00fc\u00dfe\n---\n" + Diff().Replace("int c;", "int \u00fc;"),
        });
        Assert.That(patch.Body.ToArray().AsSpan().StartsWith("Grüße\n---\n"u8));
        Assert.That(patch.Body.ToArray().AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)'+', (byte)'i', (byte)'n', (byte)'t', (byte)' ', 0xfc, (byte)';']), Is.Positive);
        Assert.That(patch.Title, Does.EndWith("b"));
    }

    [TestCase("=?UTF-8?Q?[PATCH]_x=0D=0AX-Evil:_1=0D=0A=0D=0Abody?=")]
    [TestCase("=?UTF-8?B?W1BBVENIXSB4DQpYLUV2aWw6IDENCg0KYm9keQ==?=")]
    [TestCase("[PATCH] x\rX-Evil: 1")]
    [TestCase("[PATCH] x\0X-Evil: 1")]
    [TestCase("[PATCH] =?UTF-8?Q?x=E2=80=A8X-Evil:_1=C2=85X-Evil:_2?=")]
    public void Smuggled_header_lines_stay_text(string subject)
    {
        var patch = PatchOf(Patch(subject, "x") with { From = "=?UTF-8?Q?Ann=0D=0AX-Evil:_1?= <ann@example.org>" });
        Assert.That(patch.Title.Any(char.IsControl), Is.False);
        AssertHeadersAreOurs(PatchMail.Format(patch));
    }

    [Test]
    public void Smuggled_header_lines_of_another_source_stay_text()
    {
        // Not from a mail: whatever the fields hold, the mail stays one mail with our headers.
        var patch = new Patch
        {
            Number = 1,
            Title = "x\n\nFrom: evil\r\rX-Evil: 1\u2028y\ud800",
            Author = new Person("Ann\nX-Evil: 1", "ann@example.org>\nX-Evil: 1"),
            Body = Encoding.Latin1.GetBytes("From: Evil <evil@x>\n\ntext\n\nFrom evil Mon Sep 17 00:00:00 2001\nX-Evil: 1\n\n---\n" + Diff()),
        };
        AssertHeadersAreOurs(PatchMail.Format(patch));
    }

    private static void AssertHeadersAreOurs(byte[] mail)
    {
        var text = Encoding.UTF8.GetString(mail);
        var names = text[..text.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Skip(1).Where(l => l[0] != ' ').Select(l => l.Split(':')[0]);
        Assert.That(names, Is.EqualTo((string[])["From", "Date", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]));
        Assert.That(text, Does.Not.Contain("\nX-Evil").And.Not.Contains('\r'));
        Assert.That(MailReader.Read(new MemoryStream(mail), "m").Count(), Is.EqualTo(1));
    }

    [Test]
    public void Multipart_nested_200_deep([Values(5, 200, 5000)] int depth)
    {
        var open = string.Concat(Enumerable.Range(0, depth).Select(i => $"Content-Type: multipart/mixed; boundary=\"b{i}\"\n\n--b{i}\n"));
        var close = string.Concat(Enumerable.Range(0, depth).Reverse().Select(i => $"\n--b{i}--\n"));
        var first = open.IndexOf('\n', StringComparison.Ordinal) + 1;
        var letter = Patch("[PATCH] deep", "x") with { Headers = open[..first], Body = open[(first + 1)..] + "Content-Type: text/plain\n\nText\n---\n" + Diff() + close };
        var assembly = WithGood(letter.ToBytes());
        Assert.That(assembly.Series, Has.Count.EqualTo(depth == 5 ? 2 : 1));
        if (depth > 5)
            Assert.That(assembly.Ignored.Single().Reason, Is.EqualTo("its parts are nested too deep to be read"));
    }

    [Test]
    public void Forwarded_mails_nested_deep()
    {
        var text = "Text\n---\n" + Diff();
        for (var i = 0; i < 300; i++)
            text = "Subject: [PATCH] x\nContent-Type: message/rfc822\n\n" + text;
        Assert.That(ReasonAgainst(Encoding.ASCII.GetBytes("Message-ID: <x>\n" + text)), Is.EqualTo("its parts are nested too deep to be read"));
    }

    [Test]
    public void Too_many_parts_or_header_fields()
    {
        var parts = Patch("[PATCH] x", "x") with { Headers = "Content-Type: multipart/mixed; boundary=b\n", Body = string.Concat(Enumerable.Repeat("--b\n\nx\n", 100_000)) };
        Assert.That(ReasonAgainst(parts.ToBytes()), Is.EqualTo("too large: it has more than 1,000 parts"));
        var fields = Patch("[PATCH] x", "x") with { Headers = string.Concat(Enumerable.Repeat("A: b\n", 100_000)) };
        Assert.That(ReasonAgainst(fields.ToBytes()), Is.EqualTo("too large: it has more than 20,000 header fields"));
    }

    /// <summary>What is attached is a mail of its own, and was only counted as one part.</summary>
    [Test]
    public void Too_many_parts_in_an_attached_file()
    {
        var inner = "From: Ann <ann@example.org>\nSubject: [PATCH] x\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nText\n---\n" + Diff()
            + string.Concat(Enumerable.Repeat("--c\n\nx\n", 100_000));
        var mail = Patch("[PATCH] x", "x") with
        {
            Headers = "Content-Type: multipart/mixed; boundary=b\n",
            Body = "--b\nContent-Type: application/octet-stream; name=x.patch\nContent-Disposition: attachment; filename=x.patch\nContent-Transfer-Encoding: base64\n\n"
                + Convert.ToBase64String(Encoding.ASCII.GetBytes(inner), Base64FormattingOptions.InsertLineBreaks) + "\n--b--\n",
        };
        Assert.That(ReasonAgainst(mail.ToBytes()), Is.EqualTo("no diff in the body"));
        var few = mail with { Body = mail.Body.Replace(Convert.ToBase64String(Encoding.ASCII.GetBytes(inner), Base64FormattingOptions.InsertLineBreaks), Convert.ToBase64String(Encoding.ASCII.GetBytes(inner[..2000]), Base64FormattingOptions.InsertLineBreaks), StringComparison.Ordinal) };
        Assert.That(Assemble(few).Series, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_hundred_thousand_references()
    {
        var references = "References: " + string.Join("\n ", Enumerable.Range(0, 100_000).Select(i => $"<{i}@example.org>")) + "\n";
        Assert.That(ReasonAgainst((Patch("[PATCH] x", "x") with { Headers = references }).ToBytes()), Is.EqualTo(LongField));
    }

    [Test]
    public void A_long_list_of_references_still_names_the_parent()
    {
        var references = "References: " + string.Join("\n ", Enumerable.Range(0, 2000).Select(i => $"<{i}@example.org>")) + "\n";
        var assembly = Assemble(Patch("[PATCH 1/2] a", "1999@example.org", at: 0), Patch("[PATCH 2/2] b", "b", at: 1000) with { Headers = references });
        Assert.That(assembly.Series.Single().IsComplete);
    }

    [Test]
    public void A_subject_of_a_megabyte_in_the_mail_or_in_a_part_of_it()
    {
        var subject = "Subject: " + new string('x', 1_000_000) + "\n";
        Assert.That(ReasonAgainst((Patch("[PATCH] x", "x") with { Headers = subject }).ToBytes()), Is.EqualTo(LongField));
        var part = Patch("[PATCH] x", "x") with { Headers = "Content-Type: multipart/mixed; boundary=b\n", Body = $"--b\n{subject}\nx\n--b--\n" };
        Assert.That(ReasonAgainst(part.ToBytes()), Is.EqualTo(LongField));
        Assert.That(ReasonAgainst(Encoding.ASCII.GetBytes(new string('x', 1_000_000))), Is.EqualTo(LongField));
    }

    [Test]
    public void Long_and_odd_subjects_and_names([Values("x", "=?UTF-8?Q?=C3=BC?= ", "[a] ", "Re: ", "[", "\"", "(", "\\", "<", ",")] string repeated)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, 60_000 / repeated.Length));
        var assembly = WithGood((Patch("[PATCH] " + text, "x") with { From = text + " <ann@example.org>" }).ToBytes());
        foreach (var patch in assembly.Series.SelectMany(s => s.Patches))
        {
            Assert.That(patch.Title, Has.Length.LessThanOrEqualTo(2000));
            AssertHeadersAreOurs(PatchMail.Format(patch));
        }
    }

    [Test]
    public void A_promise_of_too_many_patches_is_refused_and_of_a_thousand_taken()
    {
        Assert.That(ReasonAgainst(Patch("[PATCH 1/1001] x", "x").ToBytes()), Does.Contain("up to 1000 patches"));
        Assert.That(WithGood(Patch("[PATCH 1/1000] x", "x").ToBytes()).Series[0].Missing, Has.Count.EqualTo(999));
    }

    [Test]
    public void Nul_bytes_in_the_diff_survive()
    {
        var patch = PatchOf(Patch("[PATCH] x", "x") with { Body = "Text\n---\n" + Diff().Replace("int c;", "int \0;") });
        Assert.That(patch.Body.ToArray(), Has.Some.EqualTo((byte)0));
        Assert.That(Encoding.ASCII.GetString(PatchMail.Format(patch)), Does.Contain("\nContent-Transfer-Encoding: base64\n"));
    }

    [Test]
    public void A_thread_of_thousands_is_sorted_in_no_time()
    {
        // One chain of replies, one crowd without threading, one circle of references: no step may be quadratic.
        var chain = Enumerable.Range(0, 5000).Select(i => Patch($"[PATCH {(i % 1000) + 1}/1000] x", $"c{i}", $"c{i - 1}", i));
        var crowd = Enumerable.Range(0, 5000).Select(i => Patch("[PATCH 1/3] x", $"s{i}"));
        var circle = Enumerable.Range(0, 1000).Select(i => Patch($"[PATCH v2 {i + 1}/1000] x", $"r{i}", $"r{(i + 1) % 1000}"));
        var assembly = Assemble([.. chain, .. crowd, .. circle]);
        Assert.That(assembly.Series.Sum(s => s.Patches.Count) + assembly.Ignored.Count, Is.EqualTo(11_000));
    }
}
