using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests;

public sealed class MailReaderTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("openconfirm-intake-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    private string Put(string path, byte[] content)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return full;
    }

    private static byte[] Mail(string id) => Letter.Patch($"[PATCH] {id}", id).ToBytes();

    [Test]
    public void An_mbox_names_mail_and_byte()
    {
        var mails = MailReader.Open(Put("list.mbox", Letter.Mbox(Mail("a"), Mail("b")))).ToList();
        Assert.That(mails.Select(m => m.MessageId), Is.EqualTo((string[])["a", "b"]));
        Assert.That(mails[1].Origin, Is.EqualTo($"list.mbox, mail 2 at byte {Letter.Mbox(Mail("a")).Length}"));
    }

    [Test]
    public void A_Maildir_is_read_in_order_of_delivery()
    {
        Put("cur/1714550402.b:2,S", Mail("b"));
        Put("new/1714550401.a", Mail("a"));
        Put("new/1714550403.c", Mail("c"));
        Put("tmp/1714550400.x", Mail("x"));
        Assert.That(MailReader.Open(_folder).Select(m => $"{m.Origin} {m.MessageId}"), Is.EqualTo((string[])
            ["new/1714550401.a a", "cur/1714550402.b:2,S b", "new/1714550403.c c"]));
    }

    [Test]
    public void A_folder_of_patch_files_is_read_by_name_and_an_empty_file_is_named()
    {
        Put("0002-b.patch", Mail("b"));
        Put("0001-a.patch", Mail("a"));
        Put("0003-c.patch", []);
        Put("0004-d.mbox", Letter.Mbox(Mail("d"), Mail("e")));
        Put("README", Mail("x"));
        var mails = MailReader.Open(_folder).ToList();
        Assert.That(mails.Select(m => m.MessageId), Is.EqualTo((string?[])["a", "b", null, "d", "e"]));
        Assert.That(mails[2].Failure, Does.StartWith("unreadable: 0003-c.patch is empty"));
    }

    [Test]
    public void A_single_mail_may_hold_a_line_that_looks_like_a_separator()
    {
        var mail = Letter.Patch("[PATCH] x", "a") with { Body = "Hello\n\nFrom ann@example.org Wed May  1 12:00:00 2024\nX: y\n\n" + Letter.Diff() };
        Assert.That(MailReader.Open(Put("one.eml", mail.ToBytes())).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Both_quotings_of_From_are_undone_and_a_sentence_is_no_separator()
    {
        var mbox = "From a@x Wed May  1 12:00:00 2024\nSubject: [PATCH 0/1] x\n\nHi\n\n>From here\n>>From there\n> From\n\nFrom now on 3:4 2024\n\nFrom time to time\n\nFrom b@x Wed May  1 12:00:00 2024\nSubject: y\n\nb\n";
        var mail = MailReader.Read(new MemoryStream(Encoding.ASCII.GetBytes(mbox)), "m").ToList();
        Assert.That(mail, Has.Count.EqualTo(2));
        Assert.That(mail[0].CoverText!.TrimEnd(), Is.EqualTo("Hi\n\nFrom here\n>From there\n> From\n\nFrom now on 3:4 2024\n\nFrom time to time"));
    }

    [Test]
    public void Mails_with_CRLF_line_ends()
    {
        var crlf = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Letter.Mbox(Mail("a"), Mail("b"))).Replace("\n", "\r\n"));
        var mails = MailReader.Read(new MemoryStream(crlf), "m").ToList();
        Assert.That(mails.Select(m => m.MessageId), Is.EqualTo((string[])["a", "b"]));
        Assert.That(mails[0].Patches[0].Body, Has.None.EqualTo((byte)'\r'));
    }

    [Test]
    public void Mails_are_cut_the_same_wherever_a_read_ends([Values(1, 2, 7, 1000, 1001, 4096)] int chunk)
    {
        var mbox = Letter.Mbox(Enumerable.Range(0, 60).Select(i => Mail($"id{i}")));
        var whole = MailReader.Read(new MemoryStream(mbox), "m").ToList();
        var cut = MailReader.Read(new Trickle(mbox, chunk), "m").ToList();
        Assert.That(cut.Select(m => m.Origin), Is.EqualTo(whole.Select(m => m.Origin)));
        Assert.That(cut.Select(m => m.Patches[0].Body), Is.EqualTo(whole.Select(m => m.Patches[0].Body)));
        Assert.That(whole, Has.Count.EqualTo(60));
    }

    [TestCase("none.mbox", "no such file or folder")]
    [TestCase("empty.mbox", "is empty")]
    [TestCase("folder", "holds no mails")]
    [TestCase("a\0b", "")]
    public void What_cannot_be_read_is_an_error_of_usage(string name, string says)
    {
        Put("empty.mbox", []);
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        var error = Assert.Throws<UsageException>(() => MailReader.Open(Path.Combine(_folder, name)).Count());
        Assert.That(error!.Message, Does.Contain(says).And.Contains(name.Split('\0')[0]));
    }

    /// <summary>A stream that gives a few bytes at a time, as a pipe may.</summary>
    private sealed class Trickle(byte[] content, int chunk) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));
    }
}
