namespace OpenConfirm.Findings.Tests;

public sealed class CoverageTests
{
    [TestCase("lib/bitmap_test", true)]
    [TestCase("lib/bitmap_test: t_set_get", true)]
    [TestCase("lib/slab_test: t_set_get", false)]
    [TestCase("lib/slab_test", false)]
    public void A_program_that_ran_stands_for_its_tests(string name, bool expected) =>
        Assert.That(new Coverage { TestsRun = new HashSet<string> { "lib/bitmap_test" } }.RanTest(name), Is.EqualTo(expected));

    /// <summary>Seen with BIRD and -flto: the base warns when it links, the patched tree fails before it links.</summary>
    [TestCase("lib/other.c", Verdict.NotTested)]
    [TestCase("lib/warned.c", Verdict.Fixed)]
    public void Silence_of_a_step_that_failed_is_believed_only_for_changed_code(string changed, Verdict expected)
    {
        var warning = new Finding
        {
            Tool = "gcc",
            Rule = "-Wstringop-overflow",
            Severity = Severity.Warning,
            Message = "writing 16 bytes into a region of size 12",
            Location = new SourceLocation("lib/warned.c", 5),
            Step = "compile",
        };
        var units = new HashSet<string> { "lib/warned.c" };
        var before = new Coverage { StepsRun = new HashSet<string> { "compile" }, StepsPassed = new HashSet<string> { "compile" }, UnitsCompiled = units };
        var after = new Coverage { StepsRun = new HashSet<string> { "compile" }, UnitsCompiled = units, UnitsFailed = new HashSet<string> { "lib/other.c" } };
        var diff = TreeDiff.Parse(new StringReader($"""
            diff --git a/{changed} b/{changed}
            index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
            --- a/{changed}
            +++ b/{changed}
            @@ -9 +9 @@
            -old
            +new

            """));
        var judged = FindingMatcher.Judge(new CheckedTree([warning], before, _ => null), new CheckedTree([], after, _ => null), diff);
        Assert.That(judged.Select(j => j.Verdict), Is.EqualTo(new[] { expected }));
    }
}
