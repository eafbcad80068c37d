using System.Text;
using MimeKit;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report.Tests;

/// <summary>The mail as a receiver's program reads it back.</summary>
public sealed class MailTests
{
    private static readonly ReportWriter _writer = new(new StoppedClock());

    private static readonly MailOptions _options = new()
    {
        From = new MailboxAddress("OpenConfirm", "ci@example.org"),
        To = [new MailboxAddress("Ada Example", "ada@example.org")],
        Cc = [new MailboxAddress("", "devel@lists.example.org")],
        Subject = "[PATCH v2 0/4] Event loop with flags",
        AnswerTo = "cover@example.org",
        References = ["thread@example.org", "older@example.org"],
        Domain = "ci.example.org",
    };

    private static IEnumerable<string> Names => Scenarios.All.Keys;

    [Test]
    public void Headers_thread_it_under_the_series()
    {
        var mail = Deliver(Scenarios.Report(), _options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mail.Subject, Is.EqualTo("Re: [PATCH v2 0/4] Event loop with flags"));
            Assert.That(mail.InReplyTo, Is.EqualTo("cover@example.org"));
            Assert.That(mail.References, Is.EqualTo(["thread@example.org", "older@example.org", "cover@example.org"]));
            Assert.That(mail.Headers[HeaderId.AutoSubmitted], Is.EqualTo("auto-replied"));
            Assert.That(mail.MessageId, Is.EqualTo("openconfirm.20260302-091500-7f3a@ci.example.org"));
            Assert.That(mail.Date, Is.EqualTo(new StoppedClock().GetUtcNow()));
            Assert.That(mail.From.Mailboxes.Single().Address, Is.EqualTo("ci@example.org"));
            Assert.That(mail.To.Mailboxes.Single().Address, Is.EqualTo("ada@example.org"));
            Assert.That(mail.Cc.Mailboxes.Single().Address, Is.EqualTo("devel@lists.example.org"));
            Assert.That(mail.Body?.ContentType.MimeType, Is.EqualTo("text/plain"));
            Assert.That(mail.Body?.ContentType.Charset, Is.EqualTo("utf-8"));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Text_survives_the_transport(string name)
    {
        var report = Scenarios.All[name];
        var text = Deliver(report, _options).TextBody?.ReplaceLineEndings("\n");
        Assert.That(text, Is.EqualTo(_writer.MailText(report)));
    }

    [Test]
    public void A_long_subject_in_another_script_comes_back_whole()
    {
        var subject = "[PATCH 1/2] " + string.Join(' ', Enumerable.Repeat("маршрутизация 路由 ağ", 12));
        var bytes = Written(Scenarios.Report(), _options with { Subject = subject });
        Assert.That(Parse(bytes).Subject, Is.EqualTo("Re: " + subject));
        Assert.That(Encoding.Latin1.GetString(bytes).Split('\n').Max(l => l.Length), Is.LessThanOrEqualTo(78));
    }

    [TestCase("Re: re: RE: [PATCH] x", "Re: [PATCH] x")]
    [TestCase("", "Re: ")]
    [TestCase("x\r\nBcc: victim@example.org", "Re: x Bcc: victim@example.org")]
    [TestCase("x\n\nbody", "Re: x body")]
    [TestCase("a\u202eb\u0000c", "Re: a\\u202eb\\x00c")]
    public void A_subject_stays_in_its_header(string original, string expected)
    {
        var mail = Deliver(Scenarios.Report(), _options with { Subject = original });
        Assert.That(mail.Subject?.TrimEnd(), Is.EqualTo(expected.TrimEnd()));
        Assert.That(mail.Bcc, Is.Empty);
        Assert.That(mail.Headers.Select(h => h.Field), Does.Not.Contain("Bcc"));
    }

    [TestCase("a@b>\r\nBcc: victim@example.org")]
    [TestCase("no-at-sign")]
    [TestCase("two words@example.org")]
    [TestCase("@")]
    [TestCase(null)]
    public void A_parent_that_is_no_message_id_is_left_out(string? id)
    {
        var mail = Deliver(Scenarios.Report(), _options with { AnswerTo = id });
        Assert.That(mail.InReplyTo, Is.Null);
        Assert.That(mail.References, Is.Empty);
        Assert.That(mail.Headers.Select(h => h.Field), Does.Not.Contain("Bcc"));
    }

    [Test]
    public void A_long_chain_keeps_its_first_and_its_youngest()
    {
        string[] chain = [.. Enumerable.Range(1, 500).Select(i => $"m{i}@example.org"), "bad id@example.org"];
        var references = Deliver(Scenarios.Report(), _options with { References = chain }).References;
        Assert.That(references, Has.Count.EqualTo(22));
        Assert.That(references[0], Is.EqualTo("m1@example.org"));
        Assert.That(references.TakeLast(2), Is.EqualTo(["m500@example.org", "cover@example.org"]));
    }

    [Test]
    public void The_message_id_is_the_run_s()
    {
        var strange = _writer.WriteMail(Scenarios.Report() with { RunId = "a b>\r\n" }, _options).MessageId;
        Assert.That(strange, Does.Match("^openconfirm\\.[0-9a-f]{24}@ci\\.example\\.org$"));
        Assert.That(() => _writer.WriteMail(Scenarios.Report(), _options with { Domain = "not a domain" }), Throws.TypeOf<UsageException>());
    }

    [TestCaseSource(nameof(Names))]
    public void Lines_fit_72_columns_but_for_what_cannot_be_broken(string name)
    {
        var report = Scenarios.All[name];
        foreach (var line in _writer.MailText(report).Split('\n').Where(l => Columns.Width(l) > Columns.Mail))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var isCommand = PlainText.Line(report.Reproduce, 2000).Contains(line.Trim().TrimEnd('\\').TrimEnd(), StringComparison.Ordinal);
            Assert.That(words.Count(w => w.Contains('/')) == 1 && words.Length <= 2 && Columns.Width(line) <= Columns.Most || isCommand, Is.True, line);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Nothing_invisible_is_in_it(string name)
    {
        var text = _writer.MailText(Scenarios.All[name]);
        Assert.That(text.Where(c => c != '\n' && (char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069')), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public void No_line_ends_in_blanks_and_no_gap_is_wide(string name)
    {
        var text = _writer.MailText(Scenarios.All[name]);
        Assert.That(text.Split('\n').Where(l => l != "-- " && l.EndsWith(' ')), Is.Empty);
        Assert.That(text, Does.Not.Contain("\n\n\n"));
        Assert.That(text, Does.EndWith("\n"));
    }

    [TestCaseSource(nameof(Names))]
    public void Private_findings_leave_no_trace(string name)
    {
        var report = Scenarios.All[name];
        var secret = Compiler.FailedTest with { Message = "heap-buffer-overflow in decode", TranslationUnit = "lib/event.c", Severity = Severity.Error };
        ReportedFinding[] hidden =
        [
            .. Enum.GetValues<Verdict>().SelectMany(v => new[]
            {
                Scenarios.Found(secret, v, 4, Scenarios.Deb13) with { Visibility = Visibility.Private },
                Scenarios.Found(secret, v, 1, Scenarios.Deb12) with { Stage = "fuzz" },
            }),
        ];
        var more = report with { Findings = [.. hidden, .. report.Findings, .. hidden] };
        Assert.That(_writer.MailText(more), Is.EqualTo(_writer.MailText(report)));
        Assert.That(_writer.WritePage(more), Is.EqualTo(_writer.WritePage(report)));
        Assert.That(Assessment.Of(more), Is.EqualTo(Assessment.Of(report)));
    }

    /// <summary>Else it looks as though nobody had asked; a single patch needs no name.</summary>
    [Test]
    public void A_patch_that_is_not_known_is_said_to_be()
    {
        var report = Scenarios.All["new-warning"];
        report = report with { Findings = [.. report.Findings.Select(f => f with { Patch = null })] };
        Assert.That(_writer.MailText(report), Does.Contain("  all targets, patch not known, in"));
        Assert.That(_writer.MailText(report with { Series = Scenarios.All["fine-single-patch"].Series }), Does.Not.Contain("not known"));
    }

    [Test]
    public void Our_failures_are_named_but_not_told()
    {
        var report = Scenarios.All["our-failure"];
        Assert.That(_writer.MailText(report), Does.Contain("on our side").And.Not.Contain("disk7"));
        Assert.That(_writer.WritePage(report), Does.Contain("on our side").And.Not.Contain("disk7"));
    }

    [Test]
    public void A_delivered_mail_is_in_new_and_parses()
    {
        var directory = Directory.CreateTempSubdirectory("maildir").FullName;
        try
        {
            var mail = _writer.WriteMail(Scenarios.All["breaks-build"], _options);
            string[] paths = [.. Enumerable.Range(0, 3).Select(_ => MaildirWriter.Deliver(mail, directory, new StoppedClock()))];
            Assert.That(paths, Is.Unique);
            Assert.That(Directory.GetFiles(Path.Combine(directory, "new")), Is.EquivalentTo(paths));
            Assert.That(Directory.GetFiles(Path.Combine(directory, "tmp")), Is.Empty);
            Assert.That(File.ReadAllBytes(paths[0]), Does.Not.Contain((byte)'\r'));
            Assert.That(Parse(File.ReadAllBytes(paths[2])).InReplyTo, Is.EqualTo("cover@example.org"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static MimeMessage Deliver(RunReport report, MailOptions options) => Parse(Written(report, options));

    private static byte[] Written(RunReport report, MailOptions options)
    {
        using var stream = new MemoryStream();
        _writer.WriteMail(report, options).WriteTo(stream);
        return stream.ToArray();
    }

    private static MimeMessage Parse(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return MimeMessage.Load(stream);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 2, 9, 20, 0, TimeSpan.Zero);
    }
}
