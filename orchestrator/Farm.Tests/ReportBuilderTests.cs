using OpenConfirm.Findings;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm.Tests;

public sealed class ReportBuilderTests
{
    private static readonly Patch Only = new() { Number = 1, Title = "a", Author = new Person("A", "a@example.org"), Body = Array.Empty<byte>() };

    private static readonly Finding Warning = new()
    {
        Tool = "gcc",
        Rule = "-Wunused-variable",
        Severity = Severity.Warning,
        Message = "unused variable 'x'",
        Location = new SourceLocation("a.c", 3, 7),
        Step = "compile",
    };

    private static readonly Finding Error = Warning with { Rule = "error", Severity = Severity.Error, Message = "no" };

    [Test]
    public void What_two_targets_show_alike_is_one_finding_with_both_verdicts()
    {
        var report = Build(
            Target("debian-12", Tree("compile"), Tree("compile"), new JudgedFinding(Verdict.PreExisting, Warning, Warning)),
            Target("debian-13", Tree("compile"), Tree("compile"), new JudgedFinding(Verdict.New, null, Warning with { Location = new SourceLocation("a.c", 3, 9) })));
        var finding = report.Findings.Single();
        Assert.That(finding.Judged.Verdict, Is.EqualTo(Verdict.New));
        Assert.That(finding.TargetsWith(Verdict.New), Is.EqualTo(new[] { "debian-13" }));
        Assert.That(finding.TargetsWith(Verdict.PreExisting), Is.EqualTo(new[] { "debian-12" }));
        Assert.That(finding.Log!.Path, Is.EqualTo("logs/debian-13/patched/compile.log"));
    }

    /// <summary>gcc 14 refuses what gcc 12 warns of: one mistake, and only one build is broken.</summary>
    [Test]
    public void A_warning_on_one_target_and_an_error_on_another_are_one_finding_that_breaks_one_target()
    {
        var grave = Warning with { Severity = Severity.Error };
        var report = Build(
            Target("debian-12", Tree("compile"), Tree("compile"), new JudgedFinding(Verdict.New, null, Warning)),
            Target("debian-13", Tree("compile"), Tree("!compile"), new JudgedFinding(Verdict.New, null, grave)));
        var finding = report.Findings.Single();
        Assert.That(finding.Judged.Finding, Is.EqualTo(grave));
        Assert.That(finding.TargetsWith(Verdict.New), Is.EqualTo(new[] { "debian-13" }));
        Assert.That(finding.PatchNote, Is.EqualTo("a warning on debian-12"));
        Assert.That(Assessment.Of(report).Sentence, Does.Contain("debian-13").And.Not.Contain("debian-12"));
    }

    /// <summary>FRR once: its base could not be installed, and with the series it did not even link.</summary>
    [Test]
    public void A_series_that_fails_earlier_than_its_broken_base_breaks_the_build()
    {
        var report = Build(Target("debian-12", Tree("compile", "!install"), Tree("!compile") with { Findings = [Error] }, new JudgedFinding(Verdict.New, null, Error)));
        Assert.That(report.Targets.Single().Stage(StageReport.Build)!.State, Is.EqualTo(StageState.Bad));
        Assert.That(Assessment.Of(report).Sentence, Does.Contain("breaks the build on debian-12"));
    }

    [Test]
    public void Tests_after_a_failed_build_are_skipped_and_a_broken_base_is_named()
    {
        var broken = Tree("!compile") with { Findings = [Error] };
        var report = Build(Target("debian-12", broken, broken, new JudgedFinding(Verdict.PreExisting, Error, Error)));
        var target = report.Targets.Single();
        Assert.That(target.Stage(StageReport.Build)!.State, Is.EqualTo(StageState.BadBefore));
        Assert.That(target.Stage(StageReport.Build)!.BaseBreaker, Is.EqualTo(Error));
        Assert.That(target.Stage(StageReport.Unit)!.Patched.Outcome, Is.EqualTo(new Outcome.Skipped("compile failed")));
    }

    [Test]
    public void A_limit_is_the_stage_that_broke_it()
    {
        var patched = Tree("compile", "!test") with { Outcome = new Outcome.CodeLimit("test", "time") };
        var report = Build(Target("debian-12", Tree("compile", "test"), patched));
        Assert.That(report.Targets[0].Stage(StageReport.Build)!.State, Is.EqualTo(StageState.Good));
        Assert.That(report.Targets[0].Stage(StageReport.Unit)!.State, Is.EqualTo(StageState.OverLimit));
    }

    [Test]
    public void A_failure_of_ours_is_nobody_elses()
    {
        var infra = new TreeResult { Outcome = new Outcome.Infra("disk full") };
        var report = Build(Target("debian-12", Tree("compile", "test"), infra));
        Assert.That(report.Targets[0].Stages.Select(s => s.State), Is.All.EqualTo(StageState.NotTested));
    }

    [Test]
    public void A_patch_that_does_not_build_alone_on_two_targets_is_one_problem()
    {
        PatchProblem Problem(string target, int patch, int repair, Finding? finding) => new(patch, [target], repair, finding);
        var one = Target("debian-12", Tree("compile"), Tree("compile")) with { PatchProblems = [Problem("debian-12", 2, 3, null), Problem("debian-12", 1, 3, Error)] };
        var other = Target("debian-13", Tree("compile"), Tree("compile")) with { PatchProblems = [Problem("debian-13", 2, 3, Warning), Problem("debian-13", 1, 4, Error)] };
        var problems = Build(one, other).PatchProblems;
        Assert.That(
            problems.Select(p => (p.Patch, string.Join(' ', p.Targets), p.RepairedBy, p.Finding)),
            Is.EqualTo(new (int, string, int?, Finding?)[] { (1, "debian-12", 3, Error), (1, "debian-13", 4, Error), (2, "debian-12 debian-13", 3, Warning) }));
    }

    /// <summary>One that cannot tell does not silence the other; where they differ, one number would be wrong on one of them.</summary>
    [TestCase(2, null, 2)]
    [TestCase(2, 2, 2)]
    [TestCase(2, 3, null)]
    [TestCase(null, null, null)]
    public void Targets_that_name_different_patches_name_none(int? one, int? other, int? named)
    {
        TargetResult Blamed(string name, int? patch) => Target(name, Tree("compile"), Tree("compile")) with
        {
            Findings = [new BlamedFinding(new JudgedFinding(Verdict.New, null, Warning), "0", patch)],
        };
        Assert.That(Build(Blamed("debian-12", one), Blamed("debian-13", other)).Findings.Single().Patch, Is.EqualTo(named));
    }

    [Test]
    public void The_code_of_the_most_telling_target_is_shown()
    {
        var code = new CodeSides(new CodeExcerpt("a.c", []), new CodeExcerpt("a.c", []));
        var old = Target("debian-12", Tree("compile"), Tree("compile"), new JudgedFinding(Verdict.PreExisting, Warning, Warning));
        var fresh = new BlamedFinding(new JudgedFinding(Verdict.New, null, Warning), "0", null) { Code = code };
        var report = Build(old, Target("debian-13", Tree("compile"), Tree("compile")) with { Findings = [fresh] });
        Assert.That(report.Findings.Single().Code, Is.SameAs(code));
    }

    /// <summary>A tree whose steps passed, or failed where their name begins with '!'.</summary>
    private static TreeResult Tree(params string[] steps) => new()
    {
        Outcome = new Outcome.Completed(),
        Steps = [.. steps.Select(s => new StepResult
        {
            Name = s.TrimStart('!'),
            Stage = s.TrimStart('!') == "test" ? StageKind.Unit : StageKind.Build,
            Passed = s[0] != '!',
            Seconds = 1,
            Log = s.TrimStart('!') + ".log",
        })],
    };

    private static TargetResult Target(string name, TreeResult @base, TreeResult patched, params JudgedFinding[] findings) =>
        new(name, @base, patched, [.. findings.Select(f => new BlamedFinding(f, "0", null))]);

    private static RunReport Build(params TargetResult[] targets)
    {
        var series = new Series
        {
            Subject = "a",
            Version = 1,
            Total = 1,
            Submitter = Only.Author,
            Patches = [Only],
            Base = new BaseHints(null, [], new Dictionary<string, string>()),
        };
        var applied = new AppliedSeries(new SeriesBase(new string('a', 40), BaseSource.BranchHead, "head"), [new AppliedPatch(Only, new string('b', 40), false)], null);
        return ReportBuilder.Build(new CheckResult(series, applied, targets), new RunFacts
        {
            RunId = "1",
            Project = ProjectFile.Load("bird2", Path.Combine(AppContext.BaseDirectory, "projects")),
            Branch = "master",
            BaseTitle = "title",
            Started = DateTimeOffset.UnixEpoch,
            Elapsed = TimeSpan.FromSeconds(1),
            Reproduce = "openconfirm check",
            Page = "index.html",
            Targets = targets.ToDictionary(t => t.Name, t => new TargetFacts("Debian", "amd64", [])),
        });
    }
}
