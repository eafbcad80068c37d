using OpenConfirm.Findings;

namespace OpenConfirm.Farm.Tests;

/// <summary>Which patch is named, and when none may be: every prefix is built in memory on what the one before left.</summary>
public sealed class PrefixBlameTests
{
    private const string Good = "int a;\nint b;\nint c;\n";

    private BlamedSeries _series = null!;

    [SetUp]
    public void Begin() => _series = new BlamedSeries(
        ("a.c", Good), ("b.c", Good), ("a.h", "int h;\n"), ("Makefile", "all\n"), ("configure", "reads part\n"), ("part", "good\n"));

    [TearDown]
    public void End() => _series.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task A_warning_is_of_the_patch_that_brings_it(int patch)
    {
        for (var i = 1; i <= 3; i++)
            _series.Patch(i == patch ? ("a.c", Good + "int fresh; unused\n") : ("b.c", $"{Good}int n{i};\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.EqualTo(patch));
    }

    /// <summary>Patches 2 and 3 are both possible: which of them wrote it no prefix can tell.</summary>
    [TestCase("int fresh; unused\n", "")]
    [TestCase("", "int fresh; unused\n")]
    public async Task A_warning_that_an_error_hides_is_not_of_the_patch_that_repairs_the_error(string broken, string repaired)
    {
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("a.c", "#error\n" + Good + broken));
        _series.Patch(("a.c", Good + broken + repaired));
        _series.Patch(("b.c", Good + "int y;\n"));
        var (findings, problems) = await _series.BlameAsync();
        Assert.That(findings.Single().Patch, Is.Null);
        Assert.That(problems.Select(p => (p.Patch, p.RepairedBy)), Is.EqualTo(new[] { (2, 3) }));
    }

    [Test]
    public async Task A_warning_that_an_error_hides_is_not_the_last_patchs_that_repairs_it()
    {
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("a.c", "#error\n" + Good + "int fresh; unused\n"));
        _series.Patch(("a.c", Good + "int fresh; unused\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.Null);
    }

    [Test]
    public async Task A_warning_in_what_make_could_not_reach_is_not_of_the_patch_that_clears_the_way()
    {
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("a.h", "#blocked\n"), ("a.c", Good + "int fresh; unused\n"));
        _series.Patch(("a.h", "int h;\n"));
        _series.Patch(("b.c", Good + "int y;\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.Null);
    }

    /// <summary>What breaks another unit, and touches nothing else, says nothing of the unit that the warning is in.</summary>
    [Test]
    public async Task What_breaks_another_unit_hides_no_later_patch()
    {
        _series.Patch(("b.c", "#error\n" + Good));
        _series.Patch(("b.c", "#error\n" + Good + "int x;\n"));
        _series.Patch(("a.c", Good + "int fresh; unused\n"));
        _series.Patch(("b.c", "#error\n" + Good + "int y;\n"));
        var (findings, _) = await _series.BlameAsync();
        Assert.That(
            findings.Select(f => (f.Finding.Severity, f.Patch)),
            Is.EquivalentTo(new (Severity, int?)[] { (Severity.Error, 1), (Severity.Warning, 3) }));
    }

    [Test]
    public async Task After_the_repair_prefixes_are_witnesses_again()
    {
        _series.Patch(("a.c", "#error\n" + Good));
        _series.Patch(("a.c", Good));
        _series.Patch(("a.c", Good + "int fresh; unused\n"));
        _series.Patch(("b.c", Good + "int x;\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.EqualTo(3));
    }

    [Test]
    public async Task A_fix_that_an_error_hides_is_not_to_the_credit_of_the_patch_that_repairs_it()
    {
        using var series = new BlamedSeries(("a.c", Good + "int old; unused\n"), ("b.c", Good), ("part", "good\n"));
        series.Patch(("a.c", "#error\n" + Good + "int old; used\n"));
        series.Patch(("a.c", Good + "int old; used\n"));
        series.Patch(("b.c", Good + "int x;\n"));
        Assert.That(await series.PatchOfAsync("'old"), Is.Null);
    }

    /// <summary>The recipe knows of <c>configure</c> only; whether the last patch touches that must not matter.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_step_that_breaks_by_what_the_recipe_does_not_know_of_is_of_the_patch_that_breaks_it(bool lastTouchesInput)
    {
        _series.Patch(("a.c", Good + "int x;\n"));
        _series.Patch(("part", "bad\n"));
        _series.Patch(lastTouchesInput ? ("configure", "reads the part\n") : ("b.c", Good + "int x;\n"));
        Assert.That(await _series.PatchOfAsync("part is bad"), Is.EqualTo(2));
    }

    /// <summary>Configure finds nothing wrong, but what it wrote breaks the compilation once it is made again.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task What_an_earlier_step_does_late_is_not_of_the_patch_that_has_it_made_again(bool isLast)
    {
        using var series = new BlamedSeries(
            ("a.c", Good + "#lax\n"), ("b.c", Good), ("a.h", "\n"), ("configure", "reads part\n"), ("part", "good\n"));
        series.Patch(("part", "strict\n"));
        series.Patch(("configure", "reads the part\n"), ("a.h", "int h;\n"));
        if (!isLast)
            series.Patch(("b.c", Good + "int x;\n"));
        Assert.That(await series.PatchOfAsync("#error"), Is.Null);
    }

    /// <summary>What patch 1 no longer generates lies about in every tree that is built on the base.</summary>
    [Test]
    public async Task What_only_a_clean_build_shows_is_nobodys()
    {
        using var series = new BlamedSeries(
            ("a.c", "#include \"generated.h\"\n" + Good), ("b.c", Good), ("Makefile", "generate\n"), ("part", "good\n"));
        series.Patch(("Makefile", "all\n"));
        series.Patch(("b.c", Good + "int x;\n"));
        series.Patch(("b.c", Good + "int y;\n"));
        Assert.That(await series.PatchOfAsync("generated.h"), Is.Null);
    }

    /// <summary>A clean build has no notes of what an earlier compilation read; they break the prefixes, and nobody repairs that.</summary>
    [Test]
    public async Task What_only_a_built_tree_trips_over_is_no_problem_of_a_patch()
    {
        using var series = new BlamedSeries(("a.c", "#include \"old.h\"\n" + Good), ("b.c", Good), ("old.h", "int o;\n"), ("part", "good\n"));
        series.Patch(("a.c", Good), ("old.h", null));
        series.Patch(("b.c", Good + "int x;\n"));
        var (findings, problems) = await series.BlameAsync();
        Assert.That(findings, Is.Empty);
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public async Task A_test_is_of_the_patch_that_breaks_it([Values(1, 2, 3)] int patch)
    {
        for (var i = 1; i <= 3; i++)
            _series.Patch(i == patch ? ("tests", "wrong\n") : ("b.c", $"{Good}int n{i};\n"));
        Assert.That(await _series.PatchOfAsync("accepts"), Is.EqualTo(patch));
    }

    /// <summary>The tests of patch 2 never ran: it does not build.</summary>
    [Test]
    public async Task A_test_that_could_not_run_is_not_of_the_patch_that_lets_it_run()
    {
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("a.c", "#error\n" + Good), ("tests", "wrong\n"));
        _series.Patch(("a.c", Good + "int x;\n"));
        _series.Patch(("b.c", Good + "int y;\n"));
        Assert.That(await _series.PatchOfAsync("accepts"), Is.Null);
    }

    /// <summary>Patch 2 breaks the unit under its old name.</summary>
    [Test]
    public async Task A_unit_that_is_renamed_while_it_is_broken_is_still_that_unit()
    {
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("a.c", "#error\n" + Good + "int fresh; unused\n"));
        _series.Patch(("a.c", null), ("z.c", Good + "int fresh; unused\n"));
        _series.Patch(("b.c", Good + "int y;\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.Null);
    }

    /// <summary>A prefix compiles little, so that it stays within a limit that the whole breaks.</summary>
    [Test]
    public async Task A_limit_that_the_whole_breaks_is_not_the_last_patchs()
    {
        _series.Patch(("c.c", Good), ("d.c", Good), ("e.c", Good));
        _series.Patch(("b.c", Good + "int x;\n"));
        _series.Patch(("b.c", Good + "int y;\n"));
        Assert.That(await _series.PatchOfAsync("limit"), Is.Null);
    }

    [Test]
    public async Task An_install_that_a_patch_breaks_is_of_that_patch([Values(1, 2, 3)] int patch)
    {
        for (var i = 1; i <= 3; i++)
            _series.Patch(i == patch ? ("Makefile", "demon\n") : ("b.c", $"{Good}int n{i};\n"));
        var (findings, problems) = await _series.BlameAsync();
        Assert.That(findings.Select(f => f.Patch), Is.Not.Empty.And.All.EqualTo(patch));
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public async Task A_warning_that_is_taken_back_and_brought_again_is_of_the_later_patch()
    {
        _series.Patch(("a.c", Good + "int fresh; unused\n"));
        _series.Patch(("a.c", Good));
        _series.Patch(("a.c", Good + "int fresh; unused\n"));
        _series.Patch(("b.c", Good + "int x;\n"));
        Assert.That(await _series.PatchOfAsync("'fresh"), Is.EqualTo(3));
    }
}
