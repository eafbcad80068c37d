namespace OpenConfirm.Intake.Tests;

public sealed class SubjectLineTests
{
    [TestCase("[PATCH] Fix it", 1, null, null, "", "Fix it")]
    [TestCase("[PATCH 2/3] Fix it", 1, 2, 3, "", "Fix it")]
    [TestCase("[PATCH v2 02/13] bgpd: fix: it", 2, 2, 13, "", "bgpd: fix: it")]
    [TestCase("[PATCHv3 0/2] Fix it", 3, 0, 2, "", "Fix it")]
    [TestCase("[patch-V4 1/1] Fix it", 4, 1, 1, "", "Fix it")]
    [TestCase("[PATCH frr 7.0 2/10] Fix it", 1, 2, 10, "frr 7.0", "Fix it")]
    [TestCase("[RFC PATCH] Fix it", 1, null, null, "RFC", "Fix it")]
    [TestCase("[RFC/PATCH,v2] Fix it", 2, null, null, "RFC", "Fix it")]
    [TestCase("[PATCH RESEND 1/2] Fix it", 1, 1, 2, "RESEND", "Fix it")]
    [TestCase("[quagga-dev 1234] [PATCH 1/2] Fix it", 1, 1, 2, "", "Fix it")]
    [TestCase("[bird] [PATCH 1/2] [ospf] Fix it", 1, 1, 2, "bird ospf", "Fix it")]
    [TestCase("[1/2] Fix it", 1, 1, 2, "", "Fix it")]
    [TestCase("[PATCH\t1/2]\r\n Fix\r\n\tit", 1, 1, 2, "", "Fix it")]
    public void Patch_subjects(string subject, int version, int? number, int? total, string tags, string title)
    {
        var line = SubjectLine.Parse(subject);
        Assert.Multiple(() =>
        {
            Assert.That((line.IsPatch, line.IsReply, line.Impossible), Is.EqualTo((true, false, (string?)null)));
            Assert.That((line.Version, line.Number, line.Total, line.Title), Is.EqualTo((version, number, total, title)));
            Assert.That(string.Join(' ', line.Tags), Is.EqualTo(tags));
        });
    }

    [TestCase("Re: [PATCH 1/2] Fix it")]
    [TestCase("[quagga-dev 77] Re: [PATCH 1/2] Fix it")]
    [TestCase("AW: [bird] [PATCH] Fix it")]
    [TestCase("Re[2]: Fwd: [PATCH] Fix it")]
    public void Replies(string subject) => Assert.That(SubjectLine.Parse(subject).IsReply);

    [TestCase("Release 7.0")]
    [TestCase("[quagga-users 12] How do I")]
    [TestCase("v2 of it")]
    [TestCase("[vNext] plans")]
    [TestCase("[")]
    [TestCase("]")]
    [TestCase("[]")]
    [TestCase("[v]")]
    [TestCase("[/]")]
    [TestCase("")]
    public void Talk(string subject) => Assert.That(SubjectLine.Parse(subject).IsPatch, Is.False);

    [TestCase("[PATCH 5/3] x")]
    [TestCase("[PATCH 0/0] x")]
    [TestCase("[PATCH -1/3] x")]
    [TestCase("[PATCH 1/-3] x")]
    [TestCase("[PATCH 1/1000000000] x")]
    [TestCase("[PATCH 1/99999999999999999999] x")]
    [TestCase("[PATCH v99999999999 1/2] x")]
    public void Impossible_numbers_are_named(string subject) => Assert.That(SubjectLine.Parse(subject).Impossible, Is.Not.Null);
}
