using System.Text;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>Series that do not apply, and what their authors are told.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class ApplyFailureTests : IDisposable
{
    private static readonly string Numbers = string.Concat(Enumerable.Range(1, 60).Select(i => $"\tline {i};\n"));
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Test]
    public async Task A_hunk_that_does_not_fit_shows_what_it_expects_and_what_is_there()
    {
        var (series, start) = Change("line 30;", "thirty;");
        repo.Git("checkout", "--quiet", "--detach", start);
        // Ten lines more above: the place is not where the hunk says.
        var on = repo.Commit("a.c", string.Concat(Enumerable.Range(1, 10).Select(i => $"new {i}\n")) + Numbers.Replace("line 29;", "twenty-nine;").Replace("line 30;", "30;"), "other");

        var failure = (await repo.ApplyAsync(series, on)).Failure!;

        Assert.That(failure.File, Is.EqualTo("a.c"));
        Assert.That(failure.Hunk, Does.StartWith("@@ -27,7 +27,7 @@"));
        Assert.That(failure.Expected, Is.EqualTo(new[] { "\tline 27;", "\tline 28;", "\tline 29;", "\tline 30;", "\tline 31;", "\tline 32;" }));
        Assert.That(failure.Actual, Is.EqualTo(new[] { "\tline 27;", "\tline 28;", "\ttwenty-nine;", "\t30;", "\tline 31;", "\tline 32;" }));
        Assert.That(failure.ActualLine, Is.EqualTo(37));
        Assert.That(failure.Reason, Does.Contain("other lines").And.Contain("three-way merge conflicts"));
    }

    [Test]
    public async Task The_hunk_that_conflicts_is_blamed_and_not_the_one_that_merges()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        var end = repo.Commit("a.c", Numbers.Replace("line 10;", "ten;").Replace("line 40;", "forty;"), "change");
        var series = repo.Mailed($"{start}..{end}");
        repo.Git("checkout", "--quiet", "--detach", start);
        var on = repo.Commit("a.c", Numbers.Replace("line 8;", "eight;").Replace("line 40;", "vierzig;"), "other");

        var failure = (await repo.ApplyAsync(series, on)).Failure!;

        Assert.That(failure.Hunk, Does.StartWith("@@ -37,7 +37,7 @@"));
        Assert.That(failure.Actual, Does.Contain("\tvierzig;"));
    }

    [Test]
    public async Task A_version_of_the_file_that_the_tree_never_had_is_said_so()
    {
        var (series, start) = Change("line 30;", "thirty;");
        var foreign = Edit(series, "line 29;", "line 29 of a fork;", "index ", "index abcdef");

        var failure = (await repo.ApplyAsync(foreign, start)).Failure!;

        Assert.That(failure.Reason, Does.Contain("never had the version"));
        Assert.That(failure.Expected, Does.Contain("\tline 29 of a fork;"));
        Assert.That(failure.Actual, Does.Contain("\tline 29;"));
    }

    [Test]
    public async Task The_rest_is_not_tried_and_what_applied_stays()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        var one = repo.Commit("b.c", "b\n", "one");
        repo.Commit("a.c", Numbers.Replace("line 3;", "three;"), "two");
        var end = repo.Commit("c.c", "c\n", "three");
        var series = repo.Mailed($"{start}..{end}");
        var broken = series.Patches[1] with { Body = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(series.Patches[1].Body.Span).Replace("line 4;", "no;").Replace("index ", "index abc")) };

        var applied = await repo.ApplyAsync(series with { Patches = [series.Patches[0], broken, series.Patches[2]] }, start);

        Assert.That(applied.Patches, Has.Count.EqualTo(1));
        Assert.That((await (await repo.OpenAsync()).ChangesAsync(applied.Head, one, CancellationToken.None)).Modified, Is.Empty);
        Assert.That(applied.Failure!.Patch, Is.SameAs(broken));
        Assert.That(applied.Failure.NotTried, Is.EqualTo(new[] { series.Patches[2] }));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task Long_differences_are_cut_and_hopeless_ones_name_no_place()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        var all = string.Concat(Enumerable.Range(1, 300).Select(i => $"-unknown thing {i}\n"));
        var failure = (await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(
            $"t\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,300 +1 @@\n+x\n{all}")]), start)).Failure!;

        Assert.That(failure.Expected, Has.Count.EqualTo(20));
        Assert.That(failure.ActualLine, Is.Zero);
        Assert.That(failure.Actual, Is.Empty);
        Assert.That(failure.Reason, Does.StartWith("nothing in the file is like"));
    }

    [Test]
    public async Task A_missing_last_line_end_is_seen()
    {
        var start = repo.Commit("a.c", "1\n2\n3", "start");
        var failure = (await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(
            "t\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n")]), start)).Failure;
        var other = (await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(
            "t\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,3 @@\n 1\n 2\n-3\n\\ No newline at end of file\n+drei\n")]),
            repo.Commit("a.c", "1\n2\n3\n", "with end"))).Failure;

        Assert.That(failure!.Expected, Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(failure.Actual, Is.EqualTo(new[] { "1", "2", "3", @"\ No newline at end of file" }));
        Assert.That(other!.Expected, Is.EqualTo(new[] { "1", "2", "3", @"\ No newline at end of file" }));
        Assert.That(other.Actual, Is.EqualTo(new[] { "1", "2", "3" }));
    }

    [TestCase("missing.c", "the tree has no such file")]
    [TestCase("bin", "another version of this binary file")]
    public async Task Whole_files_that_do_not_fit(string file, string reason)
    {
        repo.Write("bin", [0, 1, 2, 3]);
        repo.Write("missing.c", "x\ny\n");
        var start = repo.Commit("start");
        repo.Write("bin", [0, 1, 2, 4]);
        repo.Write("missing.c", "x\nz\n");
        repo.Commit("change");
        var series = repo.Mailed($"{start}..HEAD", null, "--binary", "--full-index", "--", file);
        repo.Git("checkout", "--quiet", "--detach", start);
        repo.Git("rm", "--quiet", "missing.c");
        repo.Write("bin", [0, 9, 9, 9]);
        var on = repo.Commit("other");

        var failure = (await repo.ApplyAsync(series, on)).Failure!;

        Assert.That(failure.File, Is.EqualTo(file));
        Assert.That(failure.Reason, Does.Contain(reason));
    }

    [Test]
    public async Task A_file_that_exists_already_and_a_binary_left_out()
    {
        var start = repo.Commit("a.c", "here\n", "start");
        var exists = (await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(TestRepository.NewFile("a.c", "other"))]), start)).Failure!;
        var left = (await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(
            "t\n---\ndiff --git a/a.c b/a.c\nindex 1234567..89abcde 100644\nBinary files a/a.c and b/a.c differ\n")]), start)).Failure!;

        Assert.That((exists.File, exists.Reason), Is.EqualTo(("a.c", "the patch makes this file, but the tree has one already, with other content")));
        Assert.That(left.Reason, Does.Contain("git format-patch --binary"));
    }

    [TestCase(" \tline 29;", " \tline\n29;", "damaged in this hunk, at \"29;\"")]
    [TestCase(" \tline 29;\n", "", "damaged in this hunk, at \"2.")]
    [TestCase("\tline", "        line", "white space only")]
    [TestCase("@@ -27,7 +27,7 @@", "@@ nonsense @@", "git cannot apply it")]
    [TestCase("diff --git a/a.c b/a.c", "diff -\n-git a/a.c\nb/a.c", "")]
    public async Task Damage_by_mail_programs_is_named(string good, string bad, string reason)
    {
        var (series, start) = Change("line 30;", "thirty;");
        var failure = (await repo.ApplyAsync(Edit(series, good, bad, "index ", "index abc"), start)).Failure;

        if (reason.Length == 0)
            Assert.That(failure, Is.Null, "git reads the rest of it");
        else
            Assert.That(failure!.Reason, Does.Contain(reason));
        if (reason.StartsWith("damaged", StringComparison.Ordinal) || reason.Contains("white"))
            Assert.That(failure!.Reason, Does.Contain("git send-email"));
    }

    [Test]
    public async Task A_patch_that_was_cut_off()
    {
        var (series, start) = Change("line 30;", "thirty;");
        var body = Encoding.Latin1.GetString(series.Patches[0].Body.Span);
        var cut = series.Patches[0] with { Body = Encoding.Latin1.GetBytes(body[..body.IndexOf("\tline 31;", StringComparison.Ordinal)]) };

        var failure = (await repo.ApplyAsync(series with { Patches = [cut] }, start)).Failure!;

        Assert.That(failure.Reason, Does.StartWith("the patch is cut off or has lost lines in this hunk"));
        Assert.That((failure.File, failure.Hunk), Is.EqualTo(("a.c", "@@ -27,7 +27,7 @@")));
    }

    [Test]
    public async Task Too_many_and_too_large()
    {
        var start = repo.Commit("a.c", "1\n", "start");
        var tree = await repo.OpenAsync(limits: new TreeLimits { Patches = 2, PatchBytes = 1000 });
        var three = TestRepository.Series([.. Enumerable.Range(1, 3).Select(i => TestRepository.Patch(TestRepository.NewFile($"f{i}"), "t", i))]);
        var large = TestRepository.Series([TestRepository.Patch(TestRepository.NewFile("f", new string('x', 1000)))]);
        var on = new SeriesBase(start, BaseSource.BranchHead, "");

        var many = await tree.ApplyAsync(three, on, CancellationToken.None);
        Assert.That(many.Failure!.Reason, Does.Contain("3 patches; at most 2"));
        Assert.That(many.Failure.NotTried, Has.Count.EqualTo(2));
        Assert.That((await tree.ApplyAsync(large, on, CancellationToken.None)).Failure!.Reason, Does.Contain("at most 1000"));
    }

    private (Series Series, string Start) Change(string from, string to)
    {
        var start = repo.Commit("a.c", Numbers, "start");
        var end = repo.Commit("a.c", Numbers.Replace(from, to), "change");
        return (repo.Mailed($"{start}..{end}"), start);
    }

    private static Series Edit(Series series, params string[] pairs)
    {
        var body = Encoding.Latin1.GetString(series.Patches[0].Body.Span);
        foreach (var pair in pairs.Chunk(2))
            body = body.Replace(pair[0], pair[1]);
        return series with { Patches = [series.Patches[0] with { Body = Encoding.Latin1.GetBytes(body) }] };
    }
}
