using static OpenConfirm.Findings.Tests.TwoTrees;

namespace OpenConfirm.Findings.Tests;

/// <summary>One finding on one side only, and what the other side was checked for (docs/identity.md).</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class VerdictRulesTests
{
    private static readonly Finding CompileError = Warning("a.c", 2, "expected ';'", "error") with { Severity = Severity.Error };
    private static readonly Finding LinkError = Placeless("ld", "undefined-reference", "undefined reference to 'g'", "compile");
    private static readonly Finding ConfigureError = Placeless("configure", "error", "no libfoo", "configure");
    private readonly TwoTrees trees = new();

    public VerdictRulesTests() => trees.Files("a.c", "1\nold\n3", "1\nnew\n3");

    [TestCase("a.c", "", Verdict.Fixed)]
    [TestCase("b.c", "", Verdict.NotTested)]
    [TestCase("", "a.c", Verdict.NotTested)]
    [TestCase("a.c", "a.c", Verdict.NotTested, Description = "Compiled in one configuration, failed in another.")]
    public void A_warning_is_fixed_when_its_unit_was_compiled_again(string compiled, string failed, Verdict expected)
    {
        trees.PatchedCoverage = Units(compiled, failed);
        Assert.That(BaseOnly(Warning("a.c", 2, "w")), Is.EqualTo(expected));
        Assert.That(BaseOnly(Warning("x.h", 2, "w", unit: "a.c")), Is.EqualTo(expected));
        Assert.That(BaseOnly(CompileError), Is.EqualTo(expected));
    }

    [TestCase("a.c", "", Verdict.New)]
    [TestCase("b.c", "", Verdict.NotTested)]
    [TestCase("b.c", "a.c", Verdict.NotTested, Description = "The base does not compile there: nobody is blamed.")]
    public void A_warning_is_new_when_the_base_compiled_its_unit(string compiled, string failed, Verdict expected)
    {
        trees.BaseCoverage = Units(compiled, failed);
        Assert.That(PatchedOnly(Warning("a.c", 2, "w")), Is.EqualTo(expected));
        Assert.That(PatchedOnly(CompileError), Is.EqualTo(expected));
    }

    [Test]
    public void A_renamed_unit_is_looked_up_by_its_other_name()
    {
        string[] lines = [.. Enumerable.Range(1, 30).Select(i => $"line({i});")];
        trees.Base["old.c"] = lines;
        trees.Patched["new.c"] = ["/* */", .. lines];
        Assert.That(PatchedOnly(Warning("new.c", 1, "w")), Is.EqualTo(Verdict.New));
        Assert.That(BaseOnly(Warning("x.h", 1, "w", unit: "old.c")), Is.EqualTo(Verdict.Fixed));
    }

    [Test]
    public void Nothing_is_new_when_the_base_did_not_get_that_far()
    {
        trees.Patched["new.c"] = ["x"];
        trees.BaseCoverage = new Coverage { StepsRun = new HashSet<string> { "bootstrap", "configure" }, StepsPassed = new HashSet<string> { "bootstrap" } };
        trees.PatchedCoverage = Everything(trees.Patched.Keys);
        foreach (var finding in new[] { Warning("a.c", 2, "w"), Warning("new.c", 1, "w"), CompileError, LinkError })
            Assert.That(PatchedOnly(finding), Is.EqualTo(Verdict.NotTested), finding.Message);
    }

    [Test]
    public void Code_in_a_new_file_is_new_even_if_other_units_failed_in_the_base()
    {
        trees.Patched["new.c"] = trees.Patched["new.h"] = ["x"];
        trees.BaseCoverage = Units("b.c", "a.c");
        Assert.That(PatchedOnly(Warning("new.c", 1, "w")), Is.EqualTo(Verdict.New));
        Assert.That(PatchedOnly(Warning("new.h", 1, "w", unit: "a.c")), Is.EqualTo(Verdict.New));
    }

    [Test]
    public void An_error_that_breaks_a_step_that_passed_is_new_whatever_the_unit()
    {
        trees.BaseCoverage = Everything(["b.c"]);
        trees.PatchedCoverage = Units("b.c", "a.c");
        Assert.That(PatchedOnly(CompileError), Is.EqualTo(Verdict.New));
        Assert.That(PatchedOnly(Warning("a.c", 2, "w")), Is.EqualTo(Verdict.NotTested));
    }

    [Test]
    public void What_stood_in_a_deleted_file_or_unit_is_removed()
    {
        trees.Base["gone.c"] = trees.Base["tests/gone_test.c"] = ["x"];
        Assert.That(BaseOnly(Warning("gone.c", 1, "w")), Is.EqualTo(Verdict.Removed));
        Assert.That(BaseOnly(Warning("a.c", 1, "w", unit: "gone.c")), Is.EqualTo(Verdict.Removed));
        Assert.That(BaseOnly(Test("gone_test")), Is.EqualTo(Verdict.Removed));
        Assert.That(BaseOnly(Test("tests/gone_test")), Is.EqualTo(Verdict.Removed));
        Assert.That(BaseOnly(Test("one_test")), Is.Not.EqualTo(Verdict.Removed));
    }

    [TestCase("-Wformat", true, Verdict.Removed)]
    [TestCase("-Wformat", false, Verdict.Removed)]
    [TestCase("-Wunused-variable", true, Verdict.Fixed, Description = "Deleting it is the remedy.")]
    [TestCase("-Wunused-variable", false, Verdict.Removed)]
    public void What_stood_on_deleted_lines_is_removed(string rule, bool compiled, Verdict expected)
    {
        trees.Files("a.c", "1\nint x;\n3", "1\n3");
        trees.PatchedCoverage = Units(compiled ? "a.c" : "b.c", "");
        Assert.That(BaseOnly(Warning("a.c", 2, "w", rule)), Is.EqualTo(expected));
    }

    [TestCase("compile", true, Verdict.Fixed)]
    [TestCase("compile", false, Verdict.NotTested)]
    public void Linker_findings_go_by_their_step(string step, bool passed, Verdict expected)
    {
        trees.PatchedCoverage = Everything(["a.c"]) with { StepsPassed = passed ? new HashSet<string> { step } : [] };
        Assert.That(BaseOnly(LinkError), Is.EqualTo(expected));
        trees.BaseCoverage = trees.PatchedCoverage;
        Assert.That(PatchedOnly(LinkError), Is.EqualTo(passed ? Verdict.New : Verdict.NotTested));
    }

    [Test]
    public void Configure_findings_go_by_their_step()
    {
        trees.PatchedCoverage = new Coverage { StepsPassed = new HashSet<string> { "configure" } };
        Assert.That(BaseOnly(ConfigureError), Is.EqualTo(Verdict.Fixed));
        trees.PatchedCoverage = new Coverage { StepsRun = new HashSet<string> { "configure" } };
        Assert.That(BaseOnly(ConfigureError), Is.EqualTo(Verdict.NotTested));
    }

    [Test]
    public void Tests_go_by_their_name()
    {
        var ran = new Coverage { StepsRun = new HashSet<string> { "test" }, TestsRun = new HashSet<string> { "t1" } };
        trees.BaseCoverage = trees.PatchedCoverage = ran;
        Assert.That(BaseOnly(Test("t1")), Is.EqualTo(Verdict.Fixed));
        Assert.That(BaseOnly(Test("t2")), Is.EqualTo(Verdict.NotTested));
        Assert.That(PatchedOnly(Test("t1")), Is.EqualTo(Verdict.New));
        Assert.That(PatchedOnly(Test("t2")), Is.EqualTo(Verdict.NotTested), "it may not have been reached");
        trees.Patched["tests/t2.c"] = ["x"];
        Assert.That(PatchedOnly(Test("t2")), Is.EqualTo(Verdict.New));
    }

    [Test]
    public void Without_known_units_the_step_decides()
    {
        trees.BaseCoverage = trees.PatchedCoverage = new Coverage { StepsPassed = new HashSet<string> { "compile" } };
        Assert.That(BaseOnly(Warning("a.c", 2, "w")), Is.EqualTo(Verdict.Fixed));
        Assert.That(PatchedOnly(Warning("a.c", 2, "w") with { Step = "" }), Is.EqualTo(Verdict.New));
        trees.BaseCoverage = trees.PatchedCoverage = new Coverage();
        Assert.That(BaseOnly(Warning("a.c", 2, "w")), Is.EqualTo(Verdict.NotTested));
        Assert.That(PatchedOnly(Warning("a.c", 2, "w")), Is.EqualTo(Verdict.NotTested));
    }

    private static Finding Test(string name) => Placeless("automake", "test-failed", "failed", "test", name);

    private static Coverage Units(string compiled, string failed) => new()
    {
        StepsRun = AllSteps.Take(3).ToHashSet(),
        StepsPassed = AllSteps.Take(2).ToHashSet(),
        UnitsCompiled = new HashSet<string> { compiled },
        UnitsFailed = new HashSet<string> { failed },
    };

    private Verdict BaseOnly(Finding finding)
    {
        trees.BaseFindings.Clear();
        trees.PatchedFindings.Clear();
        trees.BaseFindings.Add(finding);
        return trees.Judge().Single().Verdict;
    }

    private Verdict PatchedOnly(Finding finding)
    {
        trees.BaseFindings.Clear();
        trees.PatchedFindings.Clear();
        trees.PatchedFindings.Add(finding);
        return trees.Judge().Single().Verdict;
    }
}
