using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

public sealed class CommonCauseTests
{
    private static readonly Finding _error = new()
    {
        Tool = "gcc",
        Rule = "error",
        Severity = Severity.Error,
        Message = "expected ';' before 'return'",
        Location = new SourceLocation("a.c", 7, 1),
        TranslationUnit = "a.c",
    };

    private static readonly Finding _symbol = new()
    {
        Tool = "ld",
        Rule = "undefined-reference",
        Severity = Severity.Error,
        Message = "undefined reference to 'rt_next'",
        Location = new SourceLocation("a.c", 9),
    };

    [Test]
    public void An_error_of_a_header_explains_the_errors_of_all_units_that_show_it()
    {
        var header = _error with { Location = new SourceLocation("h.h", 3, 4), OtherUnits = ["b.c", "c.c"] };
        Assert.That(Groups(header, In("b.c", 5), In("c.c", 6), In("d.c", 7)), Is.EqualTo(new[] { "h.h:3:4 b.c:5:1 c.c:6:1", "d.c:7:1" }));
    }

    [Test]
    public void The_same_complaint_about_a_name_is_one_and_about_syntax_is_not()
    {
        var gone = _error with { Message = "'struct rte' has no member named 'pflags'" };
        Assert.That(
            Groups(gone, gone with { Location = new SourceLocation("b.c", 2, 2), TranslationUnit = "b.c" }, In("c.c", 1), In("d.c", 1)),
            Is.EqualTo(new[] { "a.c:7:1 b.c:2:2", "c.c:1:1", "d.c:1:1" }));
    }

    [Test]
    public void Places_that_miss_one_symbol_are_one() =>
        Assert.That(
            Groups(_symbol, _symbol with { Location = new SourceLocation("b.c", 1) }, _symbol with { Message = "undefined reference to 'rt_prev'" }),
            Is.EqualTo(new[] { "a.c:9 b.c:1", "a.c:9" }));

    [Test]
    public void Warnings_of_a_unit_that_does_not_compile_go_with_its_error_which_leads()
    {
        var warning = Warning("a.c", 1);
        Assert.That(Groups(warning, _error, Warning("b.c", 2)), Is.EqualTo(new[] { "a.c:7:1 a.c:1:1", "b.c:2:1" }));
    }

    [Test]
    public void Tests_of_one_file_or_that_fail_at_one_place_are_one()
    {
        var test = new Finding { Tool = "pytest", Rule = "test-failed", Severity = Severity.Error, Message = "failed", Function = "t/test_a.py::test_1" };
        var crash = new Finding { Tool = "automake", Rule = "test-crashed", Severity = Severity.Error, Message = "x", Function = "t/one", Location = new SourceLocation("lib/s.c", 3) };
        Assert.That(
            Groups(test, test with { Function = "t/test_a.py::test_2" }, test with { Function = "t/test_b.py::test_1" }, crash, crash with { Function = "t/two" })
                .Count,
            Is.EqualTo(3));
    }

    [Test]
    public void Patches_and_targets_are_kept_apart()
    {
        var findings = new[] { Scenarios.Found(_error, Verdict.New, 1, Scenarios.Deb12), Scenarios.Found(In("a.c", 9), Verdict.New, 2, Scenarios.Deb12), Scenarios.Found(In("a.c", 9), Verdict.New, 1, Scenarios.Deb13) };
        Assert.That(CommonCause.Group(findings), Has.Count.EqualTo(3));
    }

    [Test]
    public void A_target_that_fails_before_any_error_is_a_cause_and_later_it_is_an_echo()
    {
        var make = new Finding { Tool = "make", Rule = "target-failed", Severity = Severity.Error, Message = "types.h: Error 255" };
        Assert.That(New(make, _error), Is.EqualTo(new[] { "types.h: Error 255", _error.Message }));
        Assert.That(New(_error, make), Is.EqualTo(new[] { _error.Message }));
        Assert.That(New(_error, make with { Rule = "no-rule" }), Has.Length.EqualTo(2));
    }

    private static Finding In(string unit, int line) =>
        _error with { Location = new SourceLocation(unit, line, 1), TranslationUnit = unit };

    private static Finding Warning(string unit, int line) => In(unit, line) with { Severity = Severity.Warning, Rule = "-Wx" };

    private static List<string> Groups(params Finding[] findings) =>
        [.. CommonCause.Group([.. findings.Select(f => Scenarios.Found(f, Verdict.New, 1, Scenarios.Deb12))]).Select(g => string.Join(' ', g.Select(f => f.Judged.Finding.Location)))];

    private static string[] New(params Finding[] findings) =>
        [.. FindingGroup.New(Scenarios.Report() with { Findings = [.. findings.Select(f => Scenarios.Found(f, Verdict.New, 1, Scenarios.Deb12))] }).Select(g => g.Head.Judged.Finding.Message)];
}
