using System.Text;
using static OpenConfirm.Intake.Tests.Letter;

namespace OpenConfirm.Intake.Tests;

public sealed class SeriesAssemblerTests
{
    private static string Shape(SeriesAssembly assembly) => string.Join("; ", assembly.Series.Select(s =>
        $"v{s.Version} {s.Cover?.MessageId ?? "-"}: {string.Join(' ', s.Patches.Select(p => $"{p.Number}={p.MessageId}"))} of {s.Total}"));

    private static string Reasons(SeriesAssembly assembly) => string.Join("; ", assembly.Ignored.Select(i => $"{i.MessageId}: {i.Reason}"));

    private static readonly Letter[] Threaded =
    [
        Patch("[PATCH 0/3] Timers", "c") with { Body = "Three patches.\n\nbase-commit: 0123456789012345678901234567890123456789\n" },
        Patch("[PATCH 1/3] One", "p1", "c", 1),
        Patch("[PATCH 2/3] Two", "p2", "c", 2, "zebra.c"),
        Patch("[PATCH 3/3] Three", "p3", "c", 3),
    ];

    [Test]
    public void A_series_with_cover_letter()
    {
        var assembly = Assemble(Threaded);
        Assert.That(Shape(assembly), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3"));
        var series = assembly.Series[0];
        Assert.Multiple(() =>
        {
            Assert.That(series.IsComplete);
            Assert.That(series.Subject, Is.EqualTo("Timers"));
            Assert.That(series.Cover!.Text, Does.StartWith("Three patches.\n"));
            Assert.That(series.Submitter.ToString(), Is.EqualTo("Ann Onym <ann@example.org>"));
            Assert.That(series.Base.BaseCommit, Does.StartWith("0123456789"));
            Assert.That(series.Base.BlobIds, Is.EquivalentTo(new Dictionary<string, string> { ["bgpd.c"] = "1234567", ["zebra.c"] = "1234567" }));
            Assert.That(series.Patches[0].Title, Is.EqualTo("One"));
            Assert.That(series.Date, Is.EqualTo(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero)));
            Assert.That(assembly.Ignored, Is.Empty);
        });
    }

    [Test]
    public void Any_order_of_arrival([Range(1, 23)] int order)
    {
        var rest = Threaded.ToList();
        var shuffled = new List<Letter>();
        for (var left = 4; left > 0; order /= left, left--)
        {
            shuffled.Add(rest[order % left]);
            rest.RemoveAt(order % left);
        }

        Assert.That(Shape(Assemble([.. shuffled])), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3"));
    }

    [Test]
    public void A_new_version_in_the_old_thread_is_a_series_of_its_own([Values] bool isWithCover)
    {
        Letter[] second =
        [
            Patch("[PATCHv2 1/3] One", "q1", isWithCover ? "d" : "p1", 100),
            Patch("[PATCH v2 2/3] Two", "q2", isWithCover ? "d" : "p2", 101),
            Patch("[PATCH v2 3/3] Three", "q3", isWithCover ? "d" : "p3", 102),
        ];
        var cover = Patch("[PATCH v2 0/3] Timers", "d", "c", 99) with { Body = "Again.\n" };
        var assembly = Assemble([.. Threaded, .. isWithCover ? [cover] : Array.Empty<Letter>(), .. second]);
        Assert.That(Shape(assembly), Is.EqualTo($"v1 c: 1=p1 2=p2 3=p3 of 3; v2 {(isWithCover ? "d" : "-")}: 1=q1 2=q2 3=q3 of 3"));
    }

    [Test]
    public void Two_series_of_one_author_at_the_same_time()
    {
        Letter[] other = [.. Threaded.Select(l => l with { Id = "x" + l.Id, InReplyTo = l.InReplyTo is null ? null : "xc", Body = "Rather. " + l.Body })];
        var mixed = Threaded.Zip(other).SelectMany(p => new[] { p.First, p.Second });
        Assert.That(Shape(Assemble([.. mixed])), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3; v1 xc: 1=xp1 2=xp2 3=xp3 of 3"));
    }

    [Test]
    public void A_lost_cover_letter_still_holds_its_patches_together()
    {
        Letter[] other = [.. Threaded.Skip(1).Select(l => l with { Id = "x" + l.Id, InReplyTo = "xc", Body = "Rather. " + l.Body })];
        var mixed = Threaded.Skip(1).Zip(other).SelectMany(p => new[] { p.First, p.Second });
        Assert.That(Shape(Assemble([.. mixed])), Is.EqualTo("v1 -: 1=p1 2=p2 3=p3 of 3; v1 -: 1=xp1 2=xp2 3=xp3 of 3"));
    }

    [Test]
    public void Broken_threading_falls_back_to_author_numbers_and_time()
    {
        Letter[] stray = [.. Threaded.Select(l => l with { InReplyTo = null })];
        Letter[] nextDay = [.. stray.Select(l => l with { Id = "n" + l.Id, At = l.At + 1440 })];
        Letter[] other = [.. stray.Select(l => l with { Id = "b" + l.Id, From = "Bo <bo@example.org>" })];
        Assert.That(Shape(Assemble([.. nextDay, .. stray, .. other])), Is.EqualTo(
            "v1 nc: 1=np1 2=np2 3=np3 of 3; v1 c: 1=p1 2=p2 3=p3 of 3; v1 bc: 1=bp1 2=bp2 3=bp3 of 3"));
    }

    [Test]
    public void One_run_of_git_send_email_is_one_series()
    {
        // Interleaved, without threading and without dates: only the Message-IDs tell.
        static Letter[] Run(string stem) => [.. Enumerable.Range(1, 3).Select(n => Patch($"[PATCH {n}/3] x", $"{stem}-{n}-ann@example.org", null, null))];
        var mixed = Run("20240501120000.77").Zip(Run("20240501120001.99")).SelectMany((p, i) => i == 0 ? [p.First, p.Second] : new[] { p.Second, p.First });
        var series = Assemble([.. mixed]).Series;
        Assert.That(series.Select(s => string.Join(' ', s.Patches.Select(p => p.MessageId![..17]))), Is.EqualTo((string[])
            ["20240501120000.77 20240501120000.77 20240501120000.77", "20240501120001.99 20240501120001.99 20240501120001.99"]));
    }

    [Test]
    public void A_stray_of_a_lost_series_does_not_fill_the_gap_of_another()
    {
        var assembly = Assemble(
            Patch("[PATCH 1/3] One", "p1", "c", 1), Patch("[PATCH 3/3] Three", "p3", "c", 3), Patch("[PATCH 2/3] Other", "x2", "lost", 2));
        Assert.That(Shape(assembly), Is.EqualTo("v1 -: 1=p1 3=p3 of 3; v1 -: 2=x2 of 3"));
        Assert.That(assembly.Series[0].Missing, Is.EqualTo((int[])[2]));
    }

    /// <summary>However old the second one says it is: anybody can write a date.</summary>
    [TestCase(50)]
    [TestCase(-60)]
    public void The_first_of_two_patches_with_one_number_counts(int at)
    {
        var assembly = Assemble([.. Threaded, Patch("[PATCH 2/3] Late", "late", "p2", at)]);
        Assert.That(Shape(assembly), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3"));
        Assert.That(Reasons(assembly), Does.Match("late: patch 2 of this series came before \\(list.mbox, mail 3 at byte \\d+\\)"));
    }

    [Test]
    public void A_second_posting_without_a_new_version_is_a_series_of_its_own()
    {
        Letter[] again = [.. Threaded.Select(l => l with { Id = "r" + l.Id, InReplyTo = l.InReplyTo is null ? "c" : "rc", At = l.At + 60 })];
        Assert.That(Shape(Assemble([.. Threaded, .. again])), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3; v1 rc: 1=rp1 2=rp2 3=rp3 of 3"));
    }

    [Test]
    public void A_second_posting_in_answer_to_the_first_patch_is_a_series_of_its_own()
    {
        var assembly = Assemble(
            Patch("[PATCH 1/2] One", "p1", null, 0), Patch("[PATCH 2/2] Two", "p2", "p1", 1),
            Patch("[PATCH 1/2] One", "r1", "p1", 60), Patch("[PATCH 2/2] Two", "r2", "r1", 61));
        Assert.That(Shape(assembly), Is.EqualTo("v1 -: 1=p1 2=p2 of 2; v1 -: 1=r1 2=r2 of 2"));
    }

    [Test]
    public void Strays_far_apart_in_time_do_not_meet()
    {
        var assembly = Assemble(Patch("[PATCH 1/2] One", "p1", null, 0), Patch("[PATCH 2/2] Two", "p2", null, 24 * 60));
        Assert.That(Shape(assembly), Is.EqualTo("v1 -: 1=p1 of 2; v1 -: 2=p2 of 2"));
    }

    [Test]
    public void Rfc_and_resend_do_not_mix_with_the_plain_series()
    {
        Letter[] mails = [.. Threaded[1..], .. Threaded[1..].Select(l => l with { Id = "r" + l.Id, Subject = l.Subject.Replace("PATCH", "PATCH RESEND") })];
        var assembly = Assemble(mails);
        Assert.That(Shape(assembly), Is.EqualTo("v1 -: 1=p1 2=p2 3=p3 of 3; v1 -: 1=rp1 2=rp2 3=rp3 of 3"));
        Assert.That(assembly.Series[1].Tags, Is.EqualTo((string[])["RESEND"]));
    }

    [Test]
    public void List_tags_with_counters()
    {
        var assembly = Assemble(
            Patch("[quagga-dev 101] [PATCH 1/2] One", "p1", null, 1), Patch("[quagga-dev 102] [PATCH 2/2] Two", "p2", "p1", 2));
        Assert.That(Shape(assembly), Is.EqualTo("v1 -: 1=p1 2=p2 of 2"));
        Assert.That(assembly.Series[0].Tags, Is.Empty);
    }

    /// <summary>His Message-ID says that the victim's git send-email made it, and his Date: that he was first.</summary>
    [Test]
    public void A_stranger_takes_no_place_in_a_series([Values] bool isVictimsBySendEmail)
    {
        Letter[] victims = isVictimsBySendEmail
            ? [.. Threaded.Select((l, i) => l with { Id = $"20240501120000.1-{i}-ann@example.org", InReplyTo = i == 0 ? null : "20240501120000.1-0-ann@example.org" })]
            : Threaded;
        var strangers = Patch("[PATCH 2/3] Two", "20240501120000.1-99-ann@example.org", victims[0].Id, -60) with { From = "Eve <eve@example.net>" };

        foreach (var letters in (Letter[][])[[.. victims, strangers], [strangers, .. victims]])
        {
            var series = Assemble(letters).Series.Single(s => s.Cover is not null);
            Assert.That(series.Patches.Select(p => p.MessageId), Is.EqualTo(victims.Skip(1).Select(l => l.Id)));
        }
    }

    /// <summary>That a list has rewritten From: is a claim like any other.</summary>
    [TestCase("Eve via dev <eve@example.net>")]
    [TestCase("Eve")]
    public void A_stranger_who_claims_to_come_by_a_list_takes_no_place_in_a_series(string from)
    {
        Letter[] victims = [.. Threaded.Select((l, i) => l with { Id = $"20240501120000.1-{i}-ann@example.org", InReplyTo = i == 0 ? null : "20240501120000.1-0-ann@example.org" })];
        var strangers = Patch("[PATCH 2/3] Two", "20240501120000.1-99-ann@example.org", victims[0].Id, -60) with { From = from };

        foreach (var letters in (Letter[][])[[.. victims, strangers], [strangers, .. victims]])
        {
            var series = Assemble(letters).Series.Single(s => s.Cover is not null);
            Assert.That(series.Patches.Select(p => p.MessageId), Is.EqualTo(victims.Skip(1).Select(l => l.Id)));
        }
    }

    /// <summary>The Message-IDs of git send-email can be foretold once the first mail is out.</summary>
    [Test]
    public void A_stranger_with_a_foretold_message_id_takes_no_place_in_a_series()
    {
        var strangers = Threaded[2] with { From = "Eve <eve@example.net>", Subject = "spam", Body = "Buy.\n" };

        Assert.That(Shape(Assemble([Threaded[0], strangers, .. Threaded.Skip(1)])), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3"));
    }

    [Test]
    public void A_rewritten_sender_does_not_join_two_people()
    {
        var mails = Threaded.Select(l => l with { InReplyTo = null, From = "Ann via dev <dev@lists.example.org>" })
            .Concat(Threaded.Select(l => l with { InReplyTo = null, Id = "b" + l.Id, From = "Bo via dev <dev@lists.example.org>" }));
        Assert.That(Shape(Assemble([.. mails])), Is.EqualTo("v1 c: 1=p1 2=p2 3=p3 of 3; v1 bc: 1=bp1 2=bp2 3=bp3 of 3"));
    }

    [Test]
    public void Mails_that_are_no_patch_say_why()
    {
        var quote = "On Wednesday Ann wrote:\n> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b\nNo.\n";
        var assembly = Assemble(
            new Letter { Id = "1", Subject = "Re: [PATCH 1/3] One", Body = quote },
            new Letter { Id = "2", Subject = "Re: [PATCH 1/3] One", Body = "Fine.\n" },
            new Letter { Id = "3", Subject = "Re: [PATCH 1/3] One", Body = "Rather so:\n" + Diff() },
            new Letter { Id = "4", Subject = "[PATCH] forgotten", Body = "Oops.\n" },
            new Letter { Id = "5", Subject = "Release", Body = "Is out.\n" },
            new Letter { Id = "6", Subject = "idea", InReplyTo = "1", Body = Diff() },
            new Letter { Id = "7", Subject = "[PATCH 0/4] alone", Body = "Nothing follows.\n" },
            new Letter { Id = "8", Subject = "[PATCH 5/3] x", Body = Diff() },
            new Letter { Id = "9", Subject = "[PATCH 1/1000000000] x", Body = Diff() },
            new Letter { Id = "1", Subject = "[PATCH] x", Body = Diff() },
            new Letter { Id = "11", Subject = "Undelivered [PATCH]", Headers = "Content-Type: multipart/report; boundary=b\n", Body = $"--b\n\n{Diff()}\n--b--\n" },
            new Letter { Id = "12", Subject = "[PATCH] x", Headers = "Auto-Submitted: auto-replied\n", Body = Diff() },
            new Letter { Id = "13", Subject = "[PATCH] talk of it", Body = quote });
        Assert.That(assembly.Series, Is.Empty);
        Assert.That(assembly.MailCount, Is.EqualTo(assembly.Ignored.Count));
        Assert.That(assembly.Ignored.Select(i => i.Reason), Is.EqualTo((string[])
        [
            "a reply that quotes a patch",
            "a reply without a patch",
            "a reply that carries a diff; a new version needs a subject of its own, such as [PATCH v2]",
            "no diff in the body",
            "not a patch: no [PATCH] in the subject and no diff in the body",
            "an answer that carries a diff, and its subject names no patch",
            "a cover letter without its patches",
            "its subject says patch 5/3, which cannot be",
            "its subject says patch 1/1000000000; series of up to 1000 patches are taken",
            "its Message-ID came before (list.mbox, mail 1 at byte 0)",
            "a delivery report",
            "an automatic answer",
            "no diff of its own, it quotes a patch",
        ]));
    }

    [Test]
    public void A_diff_without_patch_subject_counts_as_a_single_patch()
    {
        var series = Assemble(new Letter { Id = "a", Subject = "fix for the crash", Body = "See below.\n\n" + Diff() }).Series.Single();
        Assert.That((series.Total, series.Subject, series.Patches[0].Title), Is.EqualTo((1, "fix for the crash", "fix for the crash")));
    }

    [Test]
    public void Mails_without_message_id_are_all_taken()
    {
        var assembly = Assemble(Patch("[PATCH 1/2] One"), Patch("[PATCH 2/2] Two", at: 1), Patch("[PATCH] Three", at: 2));
        Assert.That(assembly.Series.Select(s => s.Patches.Count), Is.EqualTo((int[])[2, 1]));
    }

    [Test]
    public void Base_hints_take_the_first_mention_of_a_file_only()
    {
        var first = """
            diff --git a/new.c b/new.c
            new file mode 100644
            index 0000000..aaaaaaa
            --- /dev/null
            +++ b/new.c
            @@ -0,0 +1 @@
            +int x;
            diff --git a/old name.c b/name.c
            similarity index 90%
            rename from old name.c
            rename to name.c
            index bbbbbbb..ccccccc 100644
            --- a/old name.c
            +++ b/name.c
            @@ -1 +1 @@
            -int y;
            +int z;
            diff --git "a/f\303\266.c" "b/f\303\266.c"
            index ddddddd..eeeeeee 100644
            --- "a/f\303\266.c"
            +++ "b/f\303\266.c"
            @@ -1 +1 @@
            -base-commit: 1111111111111111111111111111111111111111
            +int z;
            diff --git a/logo.png b/logo.png
            index 1234567890123456789012345678901234567890..2234567890123456789012345678901234567890 100644
            GIT binary patch
            literal 1
            IcmZPo000310RR91


            """.ReplaceLineEndings("\n");
        var second = Diff("new.c") + Diff("name.c") + Diff("logo.png") + Diff("other.c")
            + "-- \n2.39.5\n\nbase-commit: abcdefabcdefabcdefabcdefabcdefabcdefabcd\nprerequisite-patch-id: 9999999999999999999999999999999999999999\n";
        var hints = Assemble(Patch("[PATCH 1/2] a", "1") with { Body = "x\n---\n" + first }, Patch("[PATCH 2/2] b", "2", "1", 1) with { Body = "y\n---\n" + second }).Series.Single().Base;
        Assert.That(hints.BlobIds, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["old name.c"] = "bbbbbbb",
            ["fö.c"] = "ddddddd",
            ["logo.png"] = "1234567890123456789012345678901234567890",
            ["other.c"] = "1234567",
        }));
        Assert.That(hints.BaseCommit, Does.StartWith("abcdef"));
        Assert.That(hints.PrerequisitePatchIds, Is.EqualTo((string[])["9999999999999999999999999999999999999999"]));
    }

    /// <summary>No file system has such a path, and the search for a base asks for all of them in fifty commits at once.</summary>
    [Test]
    public void Paths_that_are_too_long_are_no_hint()
    {
        var many = string.Concat(Enumerable.Range(0, 1000).Select(i => Diff($"{i:0000}{new string('x', 4000)}")));
        var hints = Assemble(Patch("[PATCH] a", "1") with { Body = "x\n---\n" + Diff(new string('x', 4097)) + Diff(new string('y', 4096)) + many }).Series.Single().Base;
        Assert.That(hints.BlobIds.Keys.Where(k => k[0] is 'x' or 'y'), Is.EqualTo(new[] { new string('y', 4096) }));
        Assert.That(hints.BlobIds.Keys.Sum(k => k.Length), Is.InRange(1_000_000, 1 << 20));
    }

    [Test]
    public void Message_in_another_charset_becomes_utf8_and_the_diff_keeps_its_bytes()
    {
        var mail = Patch("[PATCH] =?ISO-8859-1?Q?Gr=FC=DFe?=", "a") with
        {
            Headers = "Content-Type: text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: 8bit\n",
            Body = "From: =?ISO-8859-1?Q?J=FCrgen?= <j@example.org>\nDate: Thu, 2 May 2024 01:02:03 +0200\n\nF\u00fcr alle.\n---\n" + Diff().Replace("int c;", "int c; /* \u00fc */"),
        };
        var patch = Assemble(mail).Series.Single().Patches[0];
        var expected = (byte[])[.. "Für alle.\n---\n"u8, .. Encoding.Latin1.GetBytes(Diff().Replace("int c;", "int c; /* \u00fc */"))];
        Assert.Multiple(() =>
        {
            Assert.That(patch.Title, Is.EqualTo("Grüße"));
            Assert.That(patch.Author.ToString(), Is.EqualTo("Jürgen <j@example.org>"));
            Assert.That(patch.Date, Is.EqualTo(new DateTimeOffset(2024, 5, 2, 1, 2, 3, TimeSpan.FromHours(2))));
            Assert.That(Encoding.Latin1.GetString(patch.Body.Span).TrimEnd(), Is.EqualTo(Encoding.Latin1.GetString(expected).TrimEnd()));
        });
    }

    [Test]
    public void The_declared_charset_of_the_message_counts()
    {
        // "Да" in KOI8-R.
        var mail = Patch("[PATCH] x", "a") with { Headers = "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n", Body = "\u00e4\u00c1\n---\n" + Diff() };
        Assert.That(Encoding.UTF8.GetString(Assemble(mail).Series.Single().Patches[0].Body.Span), Does.StartWith("Да\n---\n"));
    }

    [Test]
    public void Files_of_git_format_patch_are_a_series_whoever_wrote_the_commits_and_whenever()
    {
        var files = Enumerable.Range(1, 3).SelectMany(n => (byte[])[
            .. "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"u8,
            .. (Patch($"[PATCH {n}/3] x", at: n * 20_000) with { From = $"A{n} <a{n}@example.org>" }).ToBytes(), .. "\n"u8]);
        var series = AssembleBytes([.. files]).Series.Single();
        Assert.That(series.Patches.Select(p => p.Author.Name), Is.EqualTo((string[])["A1", "A2", "A3"]));
    }
}
