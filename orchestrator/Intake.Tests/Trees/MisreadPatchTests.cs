using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>
/// Patches that mean one thing to git and would mean another to a careless reader, so that a limit is held against the
/// wrong file. What git would take differently from us is refused, never applied.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class MisreadPatchTests : IDisposable
{
    private const string Zeros = "0000000000000000000000000000000000000000";

    private readonly TestRepository repo = new();
    private string start = "";
    private string bigBlob = "";

    [SetUp]
    public void SetUp()
    {
        repo.Write("dir/file", "x\n");
        repo.Write("top", "x\n");
        repo.Write("dir/big", "0\n" + string.Concat(Enumerable.Repeat("0123456789abcde\n", 65536)));
        start = repo.Commit("start");
        bigBlob = repo.Git("rev-parse", $"{start}:dir/big");
    }

    public void Dispose() => repo.Dispose();

    /// <summary>git takes the content from the repository where it has the blob that the index line promises.</summary>
    [TestCase("GIT binary patch\nliteral 0\nHcmV?d00001\n\n")]
    [TestCase("GIT binary patch\nliteral 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\n")]
    [TestCase("Binary files /dev/null and b/image differ\n")]
    public async Task A_binary_content_that_the_repository_has(string content)
    {
        var body = Mail(string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"diff --git a/dir/image{i} b/dir/image{i}\nnew file mode 100644\nindex {Zeros}..{bigBlob}\n{content}")));

        var refused = await ApplyAsync(body, 19 << 20);
        Assert.That(refused.Failure?.Reason, Does.Contain("MiB of copies, renames and binary contents; at most 19"));

        var taken = await ApplyAsync(body, 21 << 20);
        Assert.That(taken.Failure?.Reason, Is.Null, "git does copy it");
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    /// <summary>Each copies the big file as git reads it.</summary>
    [TestCase("diff --git a/x b/x\ncopy from dir/big\ncopy to dir/copy{0}\nno header of git's\ncopy from dir/file\n", TestName = "Headers behind the end of the header")]
    [TestCase("diff --git a/x b/x\ncopy from dir/big\ncopy to dir/copy{0}\n\nindex 1234567..1234567\nrename from dir/file\n", TestName = "Headers behind an empty line")]
    [TestCase("diff --git a/x b/x\ncopy from dir/big\ncopy to dir/copy{0}\n\n--- a/dir/file\n+++ b/dir/copy{0}\nno hunk\n", TestName = "A plain header without a hunk")]
    [TestCase("diff --git a/x b/x\ncopy from dir/big\t\r\ncopy to dir/copy{0}\n", TestName = "A carriage return and a tab")]
    public async Task A_copy_that_another_reader_takes_for_a_small_one(string section)
    {
        var body = Mail(string.Concat(Enumerable.Range(0, 20).Select(i => section.Replace("{0}", $"{i}", StringComparison.Ordinal))));

        await NotAppliedAsync(body, 19 << 20);
    }

    /// <summary>git mailinfo ends the message at the diff; a reader of the whole mail gives up at the fragment.</summary>
    [TestCase("@@ -1,2 +1,2 @@\n")]
    [TestCase("diff: none\n--- \u0001\n@@ -1,2 +1,2 @@\n")]
    public async Task A_hunk_in_the_message_hides_no_names(string message)
    {
        var hunk = "diff --git abc/dir/big z/dir/big\nindex 1111..2222 100644\n@@ -1,4 +1,4 @@\n-0\n+1\n 0123456789abcde\n 0123456789abcde\n 0123456789abcde\n";

        await NotAppliedAsync($"t\n{message}text\n---\n{hunk}");
    }

    /// <summary>It stands in the message, so git never sees it.</summary>
    [Test]
    public async Task A_hunk_in_the_message_is_no_harm()
    {
        var applied = await ApplyAsync("t\n\n@@ -1,2 +1,2 @@\n\ntext\n---\ndiff --git a/dir/file b/dir/file\n--- a/dir/file\n+++ b/dir/file\n@@ -1 +1 @@\n-x\n+y\n", 19 << 20);

        Assert.That(applied.Failure?.Reason, Is.Null);
        Assert.That(repo.Git("--git-dir", Directory.GetDirectories(repo.Cache, "*.git").Single(), "cat-file", "blob", $"{applied.Head}:dir/file"), Is.EqualTo("y"));
    }

    /// <summary>A three-way merge begins with whatever the index line names, in any spelling that git takes.</summary>
    [TestCase("index {BLOB}..1111111 100644\n")]
    [TestCase("index {blob}..1111111\n")]
    [TestCase("index {start}:dir/big..1111111 100644\n")]
    [TestCase("index HEAD:dir/big..1111111 100644\n")]
    [TestCase("index {odd}..1111111 100644\n")]
    [TestCase("index {odd}..1 100644\n")]
    [TestCase("index {odd}.. 100644\n")]
    [TestCase("index {odd}..g 100644\n")]
    [TestCase("index 1234567..1234567\nindex {odd}..1111111 100644\n")]
    [TestCase("index {odd}..1111111 100644\nindex 1234567..11111111111111111111111111111111111111111111111111111 100644\n")]
    public async Task An_index_line_in_another_spelling(string index)
    {
        index = index.Replace("{BLOB}", bigBlob.ToUpperInvariant(), StringComparison.Ordinal).Replace("{blob}", bigBlob, StringComparison.Ordinal)
            .Replace("{start}", start[..8], StringComparison.Ordinal).Replace("{odd}", bigBlob[..9], StringComparison.Ordinal);
        var body = Mail($"diff --git a/dir/file b/dir/file\n{index}--- a/dir/file\n+++ b/dir/file\n@@ -1,2 +1,2 @@\n-0\n+1\n 0123456789abcde\n");

        await NotAppliedAsync(body);
    }

    /// <summary>Where several objects begin with the digits, git takes the blob.</summary>
    [Test]
    public async Task An_index_line_that_is_ambiguous()
    {
        var digits = bigBlob[..4];
        File.WriteAllBytes(Path.Combine(repo.Path, "tree"), [.. "100644 file75960\0"u8, .. Convert.FromHexString(bigBlob)]);
        Assert.That(repo.Git("hash-object", "-t", "tree", "-w", "tree"), Does.StartWith(digits), "the name was chosen so");

        await NotAppliedAsync(Mail($"diff --git a/dir/file b/dir/file\nindex {digits}..1111111 100644\n--- a/dir/file\n+++ b/dir/file\n@@ -1,2 +1,2 @@\n-0\n+1\n 0123456789abcde\n"));
    }

    [TestCase("new file mode 0160000\n")]
    [TestCase("new file mode  160000\n")]
    [TestCase("new file mode 160755\n")]
    [TestCase("new file mode 100644\nnew mode +160000\n")]
    public async Task A_submodule_in_another_spelling(string mode)
    {
        var body = Mail($"diff --git a/sub b/sub\n{mode}index 0000000..1234567\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 1234567890123456789012345678901234567890\n");

        await NotAppliedAsync(body, 19 << 20);
    }

    /// <summary>A number that git reads as 20 MiB.</summary>
    [TestCase("literal +20971520")]
    [TestCase("literal  20971520")]
    [TestCase("literal 20971520 bytes")]
    [TestCase("delta +20971520")]
    public async Task A_binary_content_whose_size_is_spelt_otherwise(string header)
    {
        File.WriteAllBytes(Path.Combine(repo.Path, "dir/image"), new byte[20 << 20]);
        repo.Commit("grows");
        var body = Mail(repo.Git("diff", "--binary", start, "HEAD") + "\n\n").Replace("literal 20971520", header, StringComparison.Ordinal);
        repo.Git("reset", "-q", "--hard", start);
        repo.Git("-c", "gc.reflogExpire=now", "-c", "gc.reflogExpireUnreachable=now", "gc", "-q", "--prune=now");

        await NotAppliedAsync(body, 19 << 20);
    }

    /// <summary>No word of gigabytes to whom a mail program has cut a line.</summary>
    [Test]
    public async Task A_binary_content_that_is_damaged()
    {
        var applied = await ApplyAsync(Mail($"diff --git a/top b/top\nindex {bigBlob}..{Zeros[1..]}1 100644\nGIT binary patch\ndelta 5\nMc$@<O\n\nliteral 0\nHcmV?d00001\n\n"), 19 << 20);

        Assert.That(applied.Failure?.Reason, Does.Contain("size cannot be read"));
        Assert.That(applied.Failure?.File, Is.EqualTo("top"));
    }

    /// <summary>Ways of git's that no sound patch needs, and that are not ours: whoever reads it right, it is refused.</summary>
    [TestCase("diff --git a/dir/big b/dir/big\nnothing\n--- /dev/null\n+++ b/dir/new\n@@ -0,0 +1 @@\n+x\n", TestName = "A name left over from a header that was none")]
    [TestCase("--- a/dir/file\n+++ b/dir/file\n@@ -000000000001 +1 @@\n-x\n+y\n", TestName = "A number of many digits")]
    [TestCase("diff --git a/dir/file b/dir/file\nrename from dir/file\nrename to \"dir/new\n\"\n--- a/dir/file\n", TestName = "A quoted name that goes on in the next line")]
    public async Task What_git_reads_in_another_way_is_refused(string diff)
    {
        var applied = await ApplyAsync(Mail(diff), 19 << 20);

        Assert.That(applied.Failure?.Reason, Does.Contain("git reads them in another way").Or.Contain("control character"));
        Assert.That(applied.Failure?.File, Is.Not.Empty);
    }

    /// <summary>Each line costs us thirty times its two bytes.</summary>
    [Test]
    public async Task A_patch_of_very_many_lines()
    {
        var tree = await repo.OpenAsync(limits: new TreeLimits { PatchLines = 100 });
        Patch Lines(int count) => TestRepository.Patch(Mail($"diff --git a/dir/new b/dir/new\nnew file mode 100644\n--- /dev/null\n+++ b/dir/new\n@@ -0,0 +1,{count} @@\n{string.Concat(Enumerable.Repeat("+\n", count))}"), "t", 1);

        var refused = await tree.ApplyAsync(TestRepository.Series([Lines(100)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(refused.Failure?.Reason, Is.EqualTo("the patch has 107 lines; at most 100 are taken"));

        var taken = await tree.ApplyAsync(TestRepository.Series([Lines(90)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
        Assert.That(taken.Failure?.Reason, Is.Null);
    }

    [Test]
    public async Task A_plain_diff_of_a_top_level_file_says_what_to_do()
    {
        var applied = await ApplyAsync("t\n---\n--- top\n+++ top\n@@ -1 +1 @@\n-x\n+y\n", 19 << 20);

        Assert.That(applied.Failure?.Reason, Does.Contain("no directory before").And.Contain("git format-patch"));
    }

    [TestCase("--- a/dir/file\t2024-01-01 10:00:00.000000000 +0100\n+++ b/dir/file\t2024-01-02 10:00:00.000000000 +0100\n")]
    [TestCase("--- a/dir/file   2024-01-01 10:00:00.000000000 +0100\n+++ b/dir/file   2024-01-02 10:00:00.000000000 +0100\n")]
    [TestCase("--- a/dir/file 2024-01-01 10:00:00\n+++ b/dir/file 24-01-02\n")]
    [TestCase("--- a/dir/file 2024-01-01 10:00:00 +01:00\n+++ b/dir/file\n")]
    [TestCase("--- old/dir/file\n+++ new/dir/file.orig\n")]
    [TestCase("--- ./dir/file.orig\t2024-01-01 10:00:00.000000000 +0100\n+++ ./dir/file\t2024-01-02 10:00:00.000000000 +0100\n")]
    public async Task A_plain_diff_with_time_stamps_applies(string header)
    {
        var applied = await ApplyAsync($"t\n---\n{header}@@ -1 +1 @@\n-x\n+y\n", 19 << 20);

        Assert.That(applied.Failure?.Reason, Is.Null);
        Assert.That(applied.Patches.Single().WasAlreadyApplied, Is.False);
    }

    private static string Mail(string diff) => "t\n---\n" + diff;

    private async Task<AppliedSeries> ApplyAsync(string body, long expanded)
    {
        var tree = await repo.OpenAsync(limits: new TreeLimits { ExpandedBytes = expanded });
        return await tree.ApplyAsync(TestRepository.Series([TestRepository.Patch(body, "t", 1)]), new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None);
    }

    private async Task NotAppliedAsync(string body, long expanded = 1 << 20)
    {
        var applied = await ApplyAsync(body, expanded);

        Assert.That(applied.Failure?.IsRefusal, Is.True);
        Assert.That(repo.LeftOver(), Is.Empty);
    }
}
