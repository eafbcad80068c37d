using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

/// <summary>Where ids and suppressions are said, and where not.</summary>
public sealed class IdentityTests
{
    private static readonly ReportWriter _writer = new(TimeProvider.System);

    private static RunReport Report() => Scenarios.All["new-warning"];

    [Test]
    public void A_new_finding_s_id_ends_its_facts_in_mail_and_page()
    {
        var report = Report() with { Findings = [.. Report().Findings.Select(f => f with { Id = f.Is(Verdict.New) ? "F-7KQ2M" : "F-00000" })] };
        Assert.That(_writer.MailText(report), Does.Match(@"(?m)^  .*,\s+F-7KQ2M$").And.Not.Contain("F-00000"));
        Assert.That(_writer.WritePage(report), Does.Contain(" · F-7KQ2M").And.Contain(" · F-00000"));
    }

    [Test]
    public void A_suppressed_finding_is_a_remark_and_nothing_else()
    {
        var report = Report() with
        {
            Findings = [.. Report().Findings.Select(f => f.Is(Verdict.New)
                ? f with { Judged = f.Judged with { Verdict = Verdict.Suppressed }, Targets = [.. f.Targets.Select(t => t with { Verdict = Verdict.Suppressed })] }
                : f)],
        };
        Assert.That(Notice.Remarks(report), Has.Some.EqualTo("1 finding that is known and no fault"));
        Assert.That(_writer.MailText(report), Does.Contain("known and").And.Not.Contain("\nNew\n"));
        Assert.That(Assessment.Of(report).Kind, Is.EqualTo(AssessmentKind.Fine));
        Assert.That(_writer.WritePage(report), Does.Contain("1 finding that is known and no fault"));
    }

    [Test]
    public void Stale_suppressions_are_on_the_page_and_in_no_mail()
    {
        var report = Report() with { StaleSuppressions = ["F-7KQ2M", "F-8KQ2M"] };
        Assert.That(_writer.WritePage(report), Does.Contain("2 suppressions of findings that the base has no more: F-7KQ2M and F-8KQ2M"));
        Assert.That(_writer.MailText(report), Is.EqualTo(_writer.MailText(Report())));
    }
}
