using OpenConfirm.Model;

namespace OpenConfirm.Report.Tests;

public sealed class AssessmentTests
{
    [TestCase("fine", AssessmentKind.Fine)]
    [TestCase("fine-and-fixes", AssessmentKind.Fine)]
    [TestCase("new-warning", AssessmentKind.Warns)]
    [TestCase("breaks-build", AssessmentKind.Breaks)]
    [TestCase("unit-test-fails", AssessmentKind.Breaks)]
    [TestCase("code-limit", AssessmentKind.Breaks)]
    [TestCase("does-not-apply", AssessmentKind.DoesNotApply)]
    [TestCase("already-applied", AssessmentKind.AlreadyApplied)]
    [TestCase("incomplete", AssessmentKind.Incomplete)]
    [TestCase("base-broken", AssessmentKind.Fine)]
    [TestCase("our-failure", AssessmentKind.Fine)]
    [TestCase("all-ours", AssessmentKind.NotJudged)]
    [TestCase("bisection", AssessmentKind.FineAsAWhole)]
    [TestCase("everything", AssessmentKind.Breaks)]
    [TestCase("early", AssessmentKind.Fine)]
    [TestCase("early-breaks", AssessmentKind.Breaks)]
    public void Kind(string name, AssessmentKind kind) => Assert.That(Assessment.Of(Scenarios.All[name]).Kind, Is.EqualTo(kind));

    /// <summary>Whatever the two sides are, the series is blamed only where the base is known to get through.</summary>
    [Test]
    public void Nobody_is_blamed_without_a_good_base()
    {
        Outcome?[] outcomes =
        [
            null, new Outcome.Completed(), new Outcome.CodeLimit("s", "l"), new Outcome.Infra("x"), new Outcome.ApplyFailed(),
            new Outcome.Cancelled(), new Outcome.Skipped("r"),
        ];
        foreach (var baseSide in outcomes.SelectMany(o => Sides(o)))
            foreach (var patched in outcomes.SelectMany(o => Sides(o)))
            {
                var state = new StageReport("build", baseSide, patched).State;
                if (state is StageState.Bad or StageState.OverLimit)
                    Assert.That(baseSide.IsGood && (patched.IsBad || patched.Outcome is Outcome.CodeLimit), Is.True, $"{baseSide} {patched}");
                if (patched.Outcome is Outcome.Infra)
                    Assert.That(state, Is.EqualTo(StageState.NotTested));
                var report = Scenarios.Report() with { Targets = [new("debian-13", "Debian 13", "amd64", [new("build", baseSide, patched)])] };
                Assert.That(Assessment.Of(report).Kind == AssessmentKind.Breaks, Is.EqualTo(baseSide.IsGood && state is StageState.Bad or StageState.OverLimit));
            }
    }

    [Test]
    public void Every_target_down_is_no_verdict()
    {
        var infra = new StageSide(new Outcome.Infra("x"), false, TimeSpan.Zero, []);
        var bad = new StageSide(new Outcome.Completed(), false, TimeSpan.Zero, []);
        Assert.That(Of(infra, infra).Sentence, Is.EqualTo("This series could not be judged: something failed on our side."));
        Assert.That(Of(bad, bad).Sentence, Is.EqualTo("The base does not build on debian-13, so this series could not be judged."));

        static Assessment Of(StageSide baseSide, StageSide patched) =>
            Assessment.Of(Scenarios.Report() with { Targets = [new("debian-13", "Debian 13", "amd64", [new("build", baseSide, patched)])] });
    }

    /// <summary>What an early answer says of a series it says under its own name, and it neither thanks nor promises.</summary>
    [Test]
    public void Early_says_early()
    {
        foreach (var (name, report) in Scenarios.All)
        {
            var early = Assessment.Of(report with { IsEarly = true });
            Assert.That(early.Kind, Is.EqualTo(Assessment.Of(report).Kind), name);
            Assert.That(early.Sentence, Does.StartWith("Early verdict: ").And.Not.Contain("Thank you").And.Not.Contain("it builds"), name);
            Assert.That(early.Sentence["Early verdict: ".Length], Is.Not.InRange('A', 'Z'), name);
        }

        Assert.That(Assessment.Of(Scenarios.All["early"]).Sentence, Is.EqualTo("Early verdict: nothing new so far on debian-12 and debian-13."));
    }

    /// <summary>Ours and theirs are told apart in every sentence: where our side failed, nothing is said to break.</summary>
    [Test]
    public void What_is_ours_never_reads_as_the_contributor_s()
    {
        var writer = new ReportWriter(TimeProvider.System);
        var infra = new StageSide(new Outcome.Infra("x"), false, TimeSpan.Zero, []);
        foreach (var other in (Outcome?[])[null, new Outcome.Completed(), new Outcome.CodeLimit("s", "l"), new Outcome.Infra("x"), new Outcome.Skipped("r")])
            foreach (var passed in (bool[])[true, false])
            {
                var side = new StageSide(other, passed, TimeSpan.Zero, []);
                foreach (var stage in (StageReport[])[new("build", side, infra), new("build", infra, side)])
                {
                    var report = Scenarios.Report() with { Targets = [new("debian-13", "Debian 13", "amd64", [stage])] };
                    var mail = writer.MailText(report);
                    Assert.That(mail, Does.Not.Contain("breaks").And.Not.Contain("runs into a limit"), $"{stage}");
                    if (stage.State == StageState.NotTested)
                        Assert.That(mail, Does.Contain("something failed on our side"), $"{stage}");
                }
            }
    }

    private static StageSide[] Sides(Outcome? outcome) =>
        [new(outcome, true, TimeSpan.Zero, []), new(outcome, false, TimeSpan.Zero, [])];
}
