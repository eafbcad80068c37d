using System.Globalization;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>Patches that mean to write elsewhere. A canary beside the tree and the developer's repository stay as they are.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class HostilePatchTests : IDisposable
{
    private readonly TestRepository repo = new();
    private string start = "";

    [SetUp]
    public void SetUp()
    {
        repo.Write("dir/file", "x\n");
        File.CreateSymbolicLink(Path.Combine(repo.Path, "out"), repo.Canary);
        start = repo.Commit("start");
    }

    public void Dispose() => repo.Dispose();

    [TestCase("../canary/owned", "leaves the tree")]
    [TestCase("../../../canary/owned", "leaves the tree")]
    [TestCase("dir/../../../canary/owned", "leaves the tree")]
    [TestCase("./owned", "leaves the tree")]
    [TestCase("/etc/openconfirm-owned", "absolute path")]
    [TestCase(".git/hooks/post-commit", "git's own directory")]
    [TestCase(".GIT/config", "git's own directory")]
    [TestCase("dir/.Git/config", "git's own directory")]
    [TestCase(".git", "git's own directory")]
    [TestCase("git~1/config", "git's own directory")]
    [TestCase(".git./config", "git's own directory")]
    [TestCase("out/owned", "symbolic link")]
    [TestCase("dir\\..\\..\\owned", "leaves the tree")]
    public Task Paths_that_lead_elsewhere(string path, string reason) => RefusedAsync(reason, TestRepository.NewFile(path));

    [Test]
    public Task A_path_without_prefix() =>
        RefusedAsync("absolute path", "t\n---\n--- /dev/null\n+++ /etc/openconfirm-owned\n@@ -0,0 +1 @@\n+x\n");

    [Test]
    public Task A_quoted_path() =>
        RefusedAsync("leaves the tree", "t\n---\ndiff --git \"a/\\056\\056/canary/owned\" \"b/\\056\\056/canary/owned\"\nnew file mode 100644\n--- /dev/null\n+++ \"b/\\056\\056/canary/owned\"\n@@ -0,0 +1 @@\n+x\n");

    [TestCase("../canary/owned")]
    [TestCase("./owned")]
    public Task A_rename_target(string path) =>
        RefusedAsync("leaves the tree", $"t\n---\ndiff --git a/dir/file b/{path}\nsimilarity index 100%\nrename from dir/file\nrename to {path}\n");

    [Test]
    public Task An_empty_file_with_nothing_but_its_header() =>
        RefusedAsync("git's own directory", "t\n---\ndiff --git a/.git/owned b/.git/owned\nnew file mode 100755\nindex 0000000..e69de29\n");

    [Test]
    public Task A_link_and_a_file_through_it_in_one_patch() =>
        RefusedAsync("symbolic link", Link("way", repo.Canary) + TestRepository.NewFile("way/owned"));

    [Test]
    public Task A_link_and_a_file_through_it_in_two_patches() =>
        RefusedAsync("symbolic link", Link("way", repo.Canary), TestRepository.NewFile("way/owned"));

    [Test]
    public Task A_link_to_git_itself() =>
        RefusedAsync("symbolic link", Link("way", ".git"), TestRepository.NewFile("way/hooks"));

    [Test]
    public Task A_changed_file_behind_a_link() =>
        RefusedAsync("symbolic link", "t\n---\ndiff --git a/out/bird b/out/bird\n--- a/out/bird\n+++ b/out/bird\n@@ -1 +1 @@\n-sings\n+owned\n");

    [Test]
    public Task A_submodule() =>
        RefusedAsync("submodule", "t\n---\ndiff --git a/sub b/sub\nnew file mode 160000\nindex 0000000..1234567\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 1234567890123456789012345678901234567890\n");

    [Test]
    public async Task A_link_that_replaces_a_directory_takes_its_files_with_it()
    {
        var canary = TestRepository.HashOf(repo.Canary);
        var applied = await repo.ApplyAsync(TestRepository.Series([
            TestRepository.Patch("t\n---\ndiff --git a/dir/file b/dir/file\ndeleted file mode 100644\n--- a/dir/file\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", "t", 1),
            TestRepository.Patch(Link("dir", repo.Canary), "t", 2),
            TestRepository.Patch(TestRepository.NewFile("dir/owned"), "t", 3)]), start);

        Assert.That(applied.Patches, Has.Count.EqualTo(2));
        Assert.That(applied.Failure!.Reason, Does.Contain("symbolic link"));
        Assert.That(TestRepository.HashOf(repo.Canary), Is.EqualTo(canary));
    }

    /// <summary>.NET cannot name them, so that they would stay, and with them the run's work tree in every later run's way.</summary>
    [TestCase("bad\xff\xfe")]
    [TestCase("folder\xff/file")]
    public async Task Names_that_are_no_text_leave_nothing_behind(string latin1)
    {
        var made = TestRepository.Patch(TestRepository.NewFile(latin1), "t", 1);
        var broken = TestRepository.Patch("t\n---\ndiff --git a/dir/file b/dir/file\n--- a/dir/file\n+++ b/dir/file\n@@ -1 +1 @@\n-never there\n+y\n", "t", 2);

        var whole = await repo.ApplyAsync(TestRepository.Series([made]), start);
        var failed = await repo.ApplyAsync(TestRepository.Series([made, broken]), start);

        Assert.That(whole.Failure, Is.Null);
        Assert.That(failed.Failure!.Patch.Number, Is.EqualTo(2));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [TestCase("copy from dir/big\ncopy to dir/big{0}")]
    [TestCase("copy from \"dir/bi\\147\"\ncopy to \"dir/big{0}\"")]
    [TestCase("rename old dir/big\nrename new dir/big{0}")]
    public async Task Copies_that_make_a_small_mail_a_large_tree(string header)
    {
        repo.Write("dir/big", string.Concat(Enumerable.Repeat("0123456789abcde\n", 65536)));
        var big = repo.Commit("a megabyte");
        var mail = "t\n---\n" + string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"diff --git a/dir/big b/dir/big{i}\nsimilarity index 100%\n{string.Format(CultureInfo.InvariantCulture, header, i)}\n"));
        var patch = TestRepository.Patch(mail, "t", 1);

        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 19 << 20 });
        var refused = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(refused.Failure?.Reason, Does.Contain("MiB of copies, renames and binary contents; at most 19"));
        Assert.That(repo.LeftOver(), Is.Empty);
        if (header.StartsWith("rename", StringComparison.Ordinal))
            return; // git itself takes away a file only once.

        tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 20 << 20 });
        var taken = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(taken.Failure, Is.Null);
        Assert.That((await tree.ChangesAsync(big, taken.Head, CancellationToken.None)).Added, Has.Count.EqualTo(20));
    }

    /// <summary>git holds the whole file for each of them at once.</summary>
    [TestCase(1, 19, 1000)]
    [TestCase(2, 1000, 19)]
    public async Task A_file_that_is_changed_over_and_over(int patches, int patchMiB, int seriesMiB)
    {
        repo.Write("dir/big", "0\nx\n" + string.Concat(Enumerable.Repeat("0123456789abcde\n", 65536)));
        var big = repo.Commit("a megabyte");
        var series = TestRepository.Series([.. Enumerable.Range(1, patches).Select(p => TestRepository.Patch(Body(p), "t", p))]);

        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = (long)patchMiB << 20, SeriesBytes = (long)seriesMiB << 20 });
        var refused = await tree.ApplyAsync(series, new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(refused.Failure?.Reason, Does.Contain("names files of "));
        Assert.That(refused.Patches, Has.Count.EqualTo(patches - 1));

        tree = await repo.OpenAsync();
        var taken = await tree.ApplyAsync(series, new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(taken.Failure, Is.Null);

        string Body(int patch) => "t\n---\n" + string.Concat(Enumerable.Range((patch - 1) * 20 / patches, 20 / patches).Select(i =>
            $"diff --git a/dir/big b/dir/big\n--- a/dir/big\n+++ b/dir/big\n@@ -1,2 +1,2 @@\n-{i}\n+{i + 1}\n x\n"));
    }

    /// <summary>A hundred million lines are some gigabytes to every diff.</summary>
    [Test]
    public async Task A_file_that_is_too_large_to_be_read_line_by_line()
    {
        repo.Write("dir/lines", string.Concat(Enumerable.Repeat("a\n", 1 << 20)));
        var after = repo.Commit("two megabytes");
        var patch = TestRepository.Patch("t\n---\n" + repo.Git("diff", "--binary", start, after) + "\n", "t", 1);

        var tree = await repo.OpenAsync(limits: new TreeLimits { FileBytes = (2 << 20) - 1 });
        var refused = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(refused.Failure?.Reason, Does.StartWith("the patch makes a file of 2 MiB"));
        Assert.That(refused.Failure!.File, Is.EqualTo("dir/lines"));

        tree = await repo.OpenAsync(limits: new TreeLimits { FileBytes = 2 << 20 });
        var taken = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(taken.Failure, Is.Null);
    }

    /// <summary>Each hunk alone is looked for at a million places; all together would take hours.</summary>
    [Test, CancelAfter(120_000)]
    public async Task A_failure_that_takes_hours_to_explain_is_told_in_gits_words(CancellationToken cancel)
    {
        repo.Write("dir/lines", string.Concat(Enumerable.Repeat("a\n", 500_000)));
        var lines = repo.Commit("many lines");
        var hunk = "@@ -1,201 +1,200 @@\n" + string.Concat(Enumerable.Repeat(" a\n", 200)) + "-b\n";
        var mail = "t\n---\ndiff --git a/dir/lines b/dir/lines\n--- a/dir/lines\n+++ b/dir/lines\n" + string.Concat(Enumerable.Repeat(hunk, 2000));

        var tree = await repo.OpenAsync();
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(mail, "t", 1)]), new SeriesBase(lines, BaseSource.BranchHead, ""), cancel);

        Assert.That(applied.Failure?.Reason, Does.StartWith("git cannot apply it"));
    }

    /// <summary>Half as many directories as bytes, each written out, would be gigabytes.</summary>
    [TestCase(100_000)]
    [TestCase(202)]
    public Task A_path_of_very_many_directories(int bytes) =>
        RefusedAsync("at most 4095 and 100 are taken", TestRepository.NewFile(string.Concat(Enumerable.Repeat("a/", bytes / 2)) + "f"));

    [Test]
    public Task Files_in_very_many_directories() =>
        RefusedAsync("too many directories", string.Concat(Enumerable.Range(0, 3000).Select(i =>
            TestRepository.NewFile($"{i}/" + string.Concat(Enumerable.Repeat($"{new string('d', 400)}/", 9)) + "f"))));

    [TestCase("doc/Übersicht.md")]
    [TestCase("doc/ЖВГД")]
    public async Task Names_in_other_scripts_are_names(string name)
    {
        var latin1 = System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(name));

        var applied = await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(TestRepository.NewFile(latin1), "t", 1)]), start);

        Assert.That(applied.Failure?.Reason, Is.Null);
    }

    /// <summary>git finds the file by rules of its own where the headers of a patch do not agree.</summary>
    [TestCase("diff --git abc/dir/big z/dir/big\nindex 1..2 100644\n", TestName = "Prefixes of unequal length")]
    [TestCase("--- a/nosuch\n+++ b/dir/big\n", TestName = "Two names in a plain diff")]
    public async Task A_file_that_is_named_in_a_way_that_git_reads_otherwise(string header)
    {
        repo.Write("dir/big", "0\n" + string.Concat(Enumerable.Repeat("0123456789abcde\n", 65536)));
        var big = repo.Commit("a megabyte");
        var body = "t\n---\n" + header + "@@ -1,4 +1,4 @@\n-0\n+1\n 0123456789abcde\n 0123456789abcde\n 0123456789abcde\n";

        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 1 << 19 });
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure?.IsRefusal, Is.True);
    }

    /// <summary>A three-way merge begins with whatever blob the index line names.</summary>
    [Test]
    public async Task An_index_line_that_names_another_file()
    {
        repo.Write("dir/big", string.Concat(Enumerable.Repeat("0123456789abcde\n", 65536)));
        var big = repo.Commit("a megabyte");
        var blob = repo.Git("rev-parse", $"{big}:dir/big");
        var body = $"t\n---\ndiff --git a/dir/file b/dir/file\nindex {blob}..{new string('1', 40)} 100644\n--- a/dir/file\n+++ b/dir/file\n@@ -1 +1 @@\n-0123456789abcde\n+y\n";

        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 1 << 19 });
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure?.Reason, Does.StartWith("the patch names files of 1 MiB"));
    }

    /// <summary>A line of a megabyte, made of half a million: each was copied with all before it.</summary>
    [Test, CancelAfter(60_000)]
    public async Task A_hunk_of_very_many_missing_line_ends(CancellationToken cancel)
    {
        var body = "t\n---\ndiff --git a/dir/file b/dir/file\n--- a/dir/file\n+++ b/dir/file\n@@ -1 +1 @@\n-never there\n" + string.Concat(Enumerable.Repeat("\\\n", 500_000)) + "+y\n";

        var tree = await repo.OpenAsync();
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), new SeriesBase(start, BaseSource.BranchHead, ""), cancel);

        Assert.That(applied.Failure, Is.Not.Null);
    }

    [Test]
    public async Task A_series_that_takes_too_long_is_refused()
    {
        var tree = await repo.OpenAsync(limits: new TreeLimits { SeriesTime = TimeSpan.FromMilliseconds(1) });

        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(TestRepository.NewFile("new"), "t", 1)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure?.Reason, Does.StartWith("laying the series"));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    /// <summary>What git itself would need is held by the kernel; the run goes on.</summary>
    [Test]
    public async Task A_patch_for_which_git_has_no_memory_does_not_apply()
    {
        repo.Write("dir/big", "0\n" + string.Concat(Enumerable.Repeat("0123456789abcde\n", 4 << 16)));
        var big = repo.Commit("four megabytes");
        var hunk = "diff --git a/dir/big b/dir/big\n--- a/dir/big\n+++ b/dir/big\n@@ -1,4 +1,4 @@\n-0\n+1\n 0123456789abcde\n 0123456789abcde\n 0123456789abcde\n";

        var tree = await repo.OpenAsync(limits: new TreeLimits { MemoryBytes = 3 << 20 });
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch("t\n---\n" + hunk, "t", 1)]), new SeriesBase(big, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure, Is.Not.Null);
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [TestCase("mode")]
    [TestCase("name")]
    [TestCase("name and a line")]
    public async Task A_large_file_of_the_base_may_be_renamed(string change)
    {
        var lines = string.Concat(Enumerable.Repeat("a\n", 1 << 20));
        repo.Write("dir/lines", lines);
        var before = repo.Commit("two megabytes");
        if (change == "mode")
            repo.Git("update-index", "--chmod=+x", "dir/lines");
        else
            repo.Git("mv", "dir/lines", "dir/renamed");
        if (change == "name and a line")
            repo.Write("dir/renamed", lines[2..]);
        if (change != "mode")
            repo.Git("add", "--all");
        repo.Git("commit", "-q", "-m", change);
        var body = "t\n---\n" + repo.Git("diff", "-M", before, "HEAD") + "\n";
        if (change == "name")
            Assert.That(body, Does.Contain("similarity index 100%").And.Not.Contain("@@"), "what this is about");

        var tree = await repo.OpenAsync(limits: new TreeLimits { FileBytes = 1 << 20 });
        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), new SeriesBase(before, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure?.Reason, Is.Null);
    }

    [Test]
    public async Task A_patch_that_keeps_git_busy_is_refused_and_no_failure_of_ours()
    {
        var tree = await repo.OpenAsync(limits: new TreeLimits { PatchTime = TimeSpan.FromMilliseconds(1) });

        var applied = await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(TestRepository.NewFile("new"), "t", 1)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);

        Assert.That(applied.Failure?.Reason, Does.StartWith("applying the patch takes longer than"));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    /// <summary>New, it is a literal; changed, a delta, whose own size says nothing of what it makes.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task Binary_contents_that_make_a_small_mail_a_large_tree(bool isDelta)
    {
        var file = Path.Combine(repo.Path, "dir/image");
        File.WriteAllBytes(file, new byte[isDelta ? 4096 : 0]);
        var small = repo.Commit("an image");
        File.WriteAllBytes(file, new byte[20 << 20]);
        repo.Commit("grows");
        var body = "t\n---\n" + repo.Git("diff", "--binary", small, "HEAD") + "\n\n";
        Assert.That(body, Does.Contain(isDelta ? "\ndelta " : "\nliteral "), "what this is about");
        Assert.That(body, Has.Length.LessThan(200_000));
        var patch = TestRepository.Patch(body, "t", 1);

        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 19 << 20 });
        var refused = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(small, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(refused.Failure?.Reason, Does.Contain("MiB of copies, renames and binary contents; at most 19"));

        tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = 21 << 20, FileBytes = 20 << 20 });
        var taken = await tree.ApplyAsync(TestRepository.Series([patch]), new SeriesBase(small, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(taken.Failure, Is.Null);
    }

    [TestCase("literal 99999999999999999999\nHcmV?d00001\n\n")]
    [TestCase("delta 12\nnot base 85\n\n")]
    [TestCase("delta 12\n\n")]
    public async Task A_binary_content_of_no_size_is_refused(string content)
    {
        var body = "t\n---\ndiff --git a/dir/image b/dir/image\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..1234567890123456789012345678901234567890\nGIT binary patch\n" + content;

        var applied = await repo.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), start);

        Assert.That(applied.Failure?.Reason, Does.Contain("size cannot be read"));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task Attributes_and_hooks_run_nothing()
    {
        var marker = Path.Combine(repo.Canary, "ran");
        repo.Git("config", "filter.evil.clean", $"touch {marker}; cat");
        repo.Git("config", "filter.evil.smudge", $"touch {marker}; cat");
        repo.Git("config", "merge.evil.driver", $"touch {marker}");
        repo.Git("config", "core.fsmonitor", $"touch {marker}");
        repo.Git("config", "diff.evil.textconv", $"touch {marker}; cat");
        repo.Git("config", "diff.external", $"touch {marker}");
        var hook = Path.Combine(repo.Path, ".git/hooks/applypatch-msg");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        File.WriteAllText(hook, $"#!/bin/sh\ntouch {marker}\n");
        TestRepository.MakeExecutable(hook);
        File.Delete(marker);
        var tree = await repo.OpenAsync();
        var applied = await tree.ApplyAsync(TestRepository.Series([
            TestRepository.Patch(TestRepository.NewFile(".gitattributes", "* filter=evil merge=evil diff=evil"), "t", 1),
            TestRepository.Patch(TestRepository.NewFile("a", "1"), "t", 2)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
        _ = await tree.DiffAsync(start, applied.Head, CancellationToken.None);
        await (await tree.ArchiveAsync(applied.Head, CancellationToken.None)).DisposeAsync();
        _ = await tree.SeriesOfRangeAsync($"{start}..{applied.Head}", CancellationToken.None).ContinueWith(t => t.Exception, TaskScheduler.Default);

        Assert.That(applied.Failure, Is.Null);
        Assert.That(File.Exists(marker), Is.False);
    }

    private async Task RefusedAsync(string reason, params string[] bodies)
    {
        var canary = TestRepository.HashOf(repo.Canary);
        var developers = TestRepository.HashOf(repo.Path);
        var series = TestRepository.Series([.. bodies.Select((b, i) => TestRepository.Patch(b, "t", i + 1))]);

        var applied = await repo.ApplyAsync(series, start);

        Assert.That(applied.Failure, Is.Not.Null);
        Assert.That(applied.Failure!.Reason, Does.Contain(reason));
        Assert.That(applied.Failure.File, Is.Not.Null);
        Assert.That(applied.Failure.Patch.Number, Is.EqualTo(bodies.Length));
        Assert.That(TestRepository.HashOf(repo.Canary), Is.EqualTo(canary));
        Assert.That(TestRepository.HashOf(repo.Path), Is.EqualTo(developers));
        Assert.That(File.Exists("/etc/openconfirm-owned"), Is.False);
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    private static string Link(string path, string target) =>
        $"t\n---\ndiff --git a/{path} b/{path}\nnew file mode 120000\nindex 0000000..1111111\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{target}\n\\ No newline at end of file\n";
}
