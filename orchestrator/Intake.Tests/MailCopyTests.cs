using static OpenConfirm.Intake.Tests.Letter;

namespace OpenConfirm.Intake.Tests;

/// <summary>Who writes to a list and to its members gets read twice: as sent, and with the list's tag, footer and sender.</summary>
public sealed class MailCopyTests
{
    private const string Footer = "\n_______________________________________________\ndev mailing list\ndev@lists.example.org\n";

    private static readonly Letter[] Direct =
    [
        Patch("[PATCH 0/2] Timers", "c") with { Body = "Two patches.\n\n-- \n2.39.5\n" },
        Patch("[PATCH 1/2] One", "p1", "c", 1),
        Patch("[PATCH 2/2] Two", "p2", "c", 2, "zebra.c"),
    ];

    private static string Shape(SeriesAssembly assembly) => string.Join("; ", assembly.Series.Select(s =>
        $"{s.Submitter.Address} {s.Cover?.MessageId ?? "-"}: {string.Join(' ', s.Patches.Select(p => $"{p.Number}={p.MessageId}"))} of {s.Total}"));

    private static Letter ByList(Letter direct, string headers = "Reply-To: Ann Onym <ann@example.org>\n") => direct with
    {
        Subject = "[dev] " + direct.Subject,
        From = "Ann Onym via dev <dev@lists.example.org>",
        Headers = headers,
        Body = direct.Body + Footer,
    };

    [TestCase(0)]
    [TestCase(0b010)]
    [TestCase(0b101)]
    [TestCase(0b111)]
    public void A_series_by_a_list_and_directly_is_one(int listFirst)
    {
        var mails = Direct.SelectMany((d, i) => (listFirst >> i & 1) == 1 ? new[] { ByList(d), d } : [d, ByList(d)]);

        var assembly = Assemble([.. mails]);

        Assert.That(Shape(assembly), Is.EqualTo("ann@example.org c: 1=p1 2=p2 of 2"));
        Assert.That(assembly.Ignored.Select(i => i.Reason).ToArray(), Has.Length.EqualTo(3).And.All.Contain("copy").And.All.Contain("list.mbox, mail "));
    }

    [TestCase("X-Original-From: ann@example.org\n")]
    [TestCase("Cc: Eve <eve@example.net>, Ann Onym <ann@example.org>\n")]
    [TestCase("")]
    public void The_list_says_in_many_ways_whose_mail_it_was(string headers)
    {
        Assert.That(Shape(Assemble(ByList(Direct[1] with { Subject = "[PATCH] One" }, headers), Direct[1] with { Subject = "[PATCH] One" })), Is.EqualTo("ann@example.org -: 1=p1 of 1"));
    }

    /// <summary>Some list servers give each mail an id of their own.</summary>
    [Test]
    public void A_copy_with_another_message_id()
    {
        Letter[] copies = [.. Direct.Select(d => d with { Id = "list-" + d.Id, InReplyTo = d.InReplyTo is null ? null : "list-" + d.InReplyTo, Subject = "[dev] " + d.Subject, Body = d.Body + Footer })];

        Assert.That(Shape(Assemble([.. Direct, .. copies])), Is.EqualTo("ann@example.org c: 1=p1 2=p2 of 2"));
    }

    [Test]
    public void A_single_patch_without_message_ids()
    {
        var direct = Patch("[PATCH] One");

        Assert.That(Assemble(direct, direct with { Subject = "[dev 12] [PATCH] One", Body = direct.Body + Footer }).Series, Has.Count.EqualTo(1));
    }

    /// <summary>He has read the list's copy, and sends it again as his.</summary>
    [TestCase("Ann Onym <eve@example.net>")]
    [TestCase("Ann Onym via dev <eve@example.net>")]
    [TestCase("Eve <eve@example.net>")]
    public void A_strangers_copy_takes_no_place(string from)
    {
        Letter[] strangers = [.. Direct.Select(d => d with { From = from })];

        Assert.That(Shape(Assemble([.. Direct, .. strangers])), Does.StartWith("ann@example.org c: 1=p1 2=p2 of 2"));
        Assert.That(Shape(Assemble([.. Direct.Select(d => ByList(d)), .. strangers])), Does.StartWith("dev@lists.example.org c: 1=p1 2=p2 of 2"));
        Assert.That(Shape(Assemble([.. strangers, .. Direct])), Does.Contain("ann@example.org c: 1=p1 2=p2 of 2"));
    }

    [TestCase("int c;", "int e;")]
    [TestCase("Say why.", "Say what.")]
    [TestCase("b/bgpd.c", "b/zebra.c")]
    public void Another_content_is_no_copy(string old, string changed)
    {
        var one = Patch("[PATCH] One", "p");
        var other = one with { Id = "q", Body = one.Body.Replace(old, changed, StringComparison.Ordinal) };

        Assert.That(Assemble(one, other).Series, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_day_later_is_no_copy()
    {
        Assert.That(Assemble(Patch("[PATCH] One", "p"), Patch("[PATCH] One", "q", at: 1440)).Series, Has.Count.EqualTo(2));
    }

    /// <summary>A flood of mails with one title and date must not be compared each with each.</summary>
    [Test, CancelAfter(30_000)]
    public void A_flood_of_alike_mails()
    {
        var assembly = Assemble([.. Enumerable.Range(0, 20_000).Select(i => Patch("[PATCH] One", $"p{i}", file: $"file{i}.c"))]);

        Assert.That(assembly.Series, Has.Count.EqualTo(20_000));
    }
}
