using System.Formats.Tar;
using System.Text;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>Opening a tree, reading from it, ranges, and several runs at a time.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class ProjectTreeTests : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Test]
    public void What_is_no_repository_is_a_usage_error()
    {
        repo.Commit("dir/a", "1\n", "start");
        Assert.Multiple(() =>
        {
            Opening(repo.Canary, null, "is not the top directory of a git repository");
            Opening(Path.Combine(repo.Path, "dir"), null, "is not the top directory");
            Opening(Path.Combine(repo.Canary, "bird"), null, "is a file");
            Opening(Path.Combine(repo.Canary, "none"), null, "There is no directory");
            Opening("--upload-pack=touch x", null, "neither a path nor a URL");
            Opening("ext::sh -c touch% x", null, "");
            Opening("file://" + repo.Canary, null, "no git repository that can be read");
            Opening(repo.Path, "absent", "has no branch absent. It has: master.");
            Opening(repo.Path, "--all", "has no branch --all");
        });
    }

    [Test]
    public void An_empty_repository_is_a_usage_error()
    {
        Opening(repo.Path, null, "is an empty repository");
        Opening(repo.Path, "master", "it is empty");
        Opening("file://" + repo.Path, null, "is an empty repository");
    }

    [Test]
    public async Task The_developers_repository_is_left_bit_for_bit()
    {
        var start = repo.Commit("a", "1\n", "start");
        var end = repo.Commit("a", "2\n", "change");
        repo.Write("a", "work in progress\n");
        repo.Write("new", "untracked\n");
        // A touched file makes git want to refresh the index.
        repo.Git("add", "new");
        var series = repo.Mailed($"{start}..{end}");
        var before = TestRepository.HashOf(repo.Path);

        var tree = await repo.OpenAsync("master");
        var applied = await tree.ApplyAsync(series, await tree.ChooseBaseAsync(series, CancellationToken.None), CancellationToken.None);
        _ = await tree.AppliedRangeAsync($"{start}..{end}", CancellationToken.None);
        _ = await tree.DiffAsync(start, applied.Head, CancellationToken.None);
        await (await tree.ArchiveAsync(applied.Head, CancellationToken.None)).DisposeAsync();
        _ = await tree.TitleAsync(end, CancellationToken.None);

        Assert.That(applied.Failure, Is.Null);
        Assert.That(TestRepository.HashOf(repo.Path), Is.EqualTo(before));
    }

    [Test]
    public async Task A_url_is_mirrored_and_fetched_again()
    {
        repo.Commit("a", "1\n", "start");
        var url = "file://" + repo.Path;
        var first = await ProjectTree.OpenAsync(url, null, repo.Cache, CancellationToken.None);
        repo.Git("branch", "topic");
        var next = repo.Commit("a", "2\n", "next");
        var again = await ProjectTree.OpenAsync(url, null, repo.Cache, CancellationToken.None);
        repo.Git("branch", "-D", "topic");
        var topic = await ProjectTree.OpenAsync(url, "master", repo.Cache, CancellationToken.None);

        Assert.That(first.BranchName, Is.EqualTo("master"));
        Assert.That(again.BranchHead, Is.EqualTo(next));
        Assert.That(await again.ReadLinesAsync(next, "a", CancellationToken.None), Is.EqualTo(new[] { "2" }));
        Assert.That(topic.BranchHead, Is.EqualTo(next));
        Opening(url, "topic", "has no branch topic");
    }

    [Test]
    public async Task Work_trees_bare_linked_and_shallow_repositories_open()
    {
        var start = repo.Commit("a", "1\n", "start");
        var end = repo.Commit("a", "2\n", "change");
        var linked = Path.Combine(repo.Cache, "linked");
        repo.Git("worktree", "add", "--quiet", "--detach", linked, start);
        var bare = Path.Combine(repo.Cache, "bare");
        repo.Git("clone", "--quiet", "--bare", repo.Path, bare);
        var shallow = Path.Combine(repo.Cache, "shallow");
        repo.Git("clone", "--quiet", "--depth=1", "file://" + repo.Path, shallow);
        var series = repo.Mailed($"{start}..{end}");

        foreach (var (path, head) in new[] { (linked, start), (bare, end), (shallow, end), (Path.Combine(repo.Path, ".git"), end) })
        {
            var tree = await ProjectTree.OpenAsync(path, null, repo.Cache, CancellationToken.None);
            Assert.That(tree.BranchHead, Is.EqualTo(head), path);
            var applied = await tree.ApplyAsync(series, await tree.ChooseBaseAsync(series, CancellationToken.None), CancellationToken.None);
            Assert.That(applied.Failure, Is.Null, path);
        }
    }

    [Test]
    public async Task An_archive_holds_every_file_as_git_has_it()
    {
        repo.Write(".gitattributes", "secret export-ignore\nversion export-subst\n*.txt text eol=crlf ident\nu16 working-tree-encoding=UTF-16\n");
        repo.Write("secret", "kept\n");
        repo.Write("version", "$Format:%H$\n");
        repo.Write("a.txt", "$Id$\nline\n");
        repo.Write("dir/odd name", "x\n");
        TestRepository.MakeExecutable(repo.Write("run", "#!/bin/sh\n"));
        File.CreateSymbolicLink(Path.Combine(repo.Path, "link"), "secret");
        var commit = repo.Commit("start");
        var tree = await repo.OpenAsync();

        var all = await EntriesAsync(await tree.ArchiveAsync(commit, CancellationToken.None));
        var some = await EntriesAsync(await tree.ArchiveAsync(commit, ["secret", "dir/odd name"], CancellationToken.None));
        var none = await EntriesAsync(await tree.ArchiveAsync(commit, [], CancellationToken.None));

        Assert.That(all["secret"].Text, Is.EqualTo("kept\n"));
        Assert.That(all["version"].Text, Is.EqualTo("$Format:%H$\n"));
        Assert.That(all["a.txt"].Text, Is.EqualTo("$Id$\nline\n"));
        Assert.That(all["link"].Link, Is.EqualTo("secret"));
        Assert.That(all["run"].Mode.HasFlag(UnixFileMode.UserExecute), Is.True);
        Assert.That(all.Keys, Is.EquivalentTo(repo.Git("ls-tree", "-r", "--name-only", commit).Split('\n')));
        Assert.That(some.Keys, Is.EquivalentTo(new[] { "secret", "dir/odd name" }));
        Assert.That(none, Is.Empty);
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task Submodules_are_left_out_of_an_archive()
    {
        repo.Commit("a", "1\n", "start");
        repo.Git("update-index", "--add", "--cacheinfo", $"160000,{repo.Git("rev-parse", "HEAD")},sub");
        repo.Git("commit", "--quiet", "--message", "with a submodule");
        var tree = await repo.OpenAsync();

        Assert.That((await EntriesAsync(await tree.ArchiveAsync(tree.BranchHead, CancellationToken.None))).Keys, Is.EqualTo(new[] { "a" }));
        Assert.That(await tree.ReadLinesAsync(tree.BranchHead, "sub", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Changes_diff_lines_and_description()
    {
        repo.Write("old.c", string.Concat(Enumerable.Range(1, 40).Select(i => $"line {i}\n")));
        repo.Write("gone", "x\n");
        repo.Write("latin", [.. "gr\u00fc\u00df\r\n"u8.ToArray().Take(2), 0xfc, (byte)'\r', (byte)'\n', (byte)'z']);
        repo.Write("bin", [1, 0, 2]);
        repo.Write(".gitattributes", "*.c -diff\n");
        var from = repo.Commit("start");
        repo.Git("mv", "old.c", "new.c");
        repo.Write("new.c", File.ReadAllText(Path.Combine(repo.Path, "new.c")).Replace("line 7\n", "seven\n"));
        repo.Git("rm", "--quiet", "gone");
        repo.Write("bin", [1, 0, 3]);
        var to = repo.Commit("all: change it");
        var tree = await repo.OpenAsync(limits: new TreeLimits { FileBytes = 300 });

        var delta = await tree.ChangesAsync(from, to, CancellationToken.None);
        Assert.That((delta.Added, delta.Modified, delta.Deleted), Is.EqualTo((new[] { "new.c" }, new[] { "bin" }, new[] { "gone", "old.c" })).UsingPropertiesComparer());
        var diff = await tree.DiffAsync(from, to, CancellationToken.None);
        Assert.That(diff, Does.Contain("rename from old.c\nrename to new.c\n").And.Contain("--- a/old.c\n+++ b/new.c\n@@ -7 +7 @@").And.Contain("-line 7\n+seven\n"));
        Assert.That(await tree.ReadLinesAsync(to, "latin", CancellationToken.None), Is.EqualTo(new[] { "gr\u00fc", "z" }));
        foreach (var path in new[] { "bin", "gone", "", "/etc/passwd", "../x", "new.c" })
            Assert.That(await tree.ReadLinesAsync(to, path, CancellationToken.None), Is.Null, path);
        Assert.That(await tree.TitleAsync(to, CancellationToken.None), Is.EqualTo("all: change it"));
        Assert.That(async () => await tree.TitleAsync("--output=/tmp/x", CancellationToken.None), Throws.ArgumentException);
    }

    [Test]
    public async Task A_range_is_a_series_of_its_first_parent_commits()
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Write("a", "2\n");
        var one = repo.Commit("a: one\n\nwhy\n");
        repo.Git("checkout", "--quiet", "-b", "side", start);
        repo.Commit("b", "1\n", "b: aside");
        repo.Git("checkout", "--quiet", "master");
        repo.Git("merge", "--quiet", "--no-ff", "-m", "merge it", "side");
        repo.Commit("nothing");
        var last = repo.Commit("c", "gr\u00fc\u00df\n", "c: last");
        var tree = await repo.OpenAsync();

        var series = await tree.SeriesOfRangeAsync("master~4..master", CancellationToken.None);
        var applied = await tree.AppliedRangeAsync($"{start}..", CancellationToken.None);

        Assert.That(series.Patches.Select(p => p.Title), Is.EqualTo(new[] { "a: one", "nothing", "c: last" }));
        Assert.That((series.Total, series.IsComplete, series.Subject, series.Submitter.Address), Is.EqualTo((3, true, "a: one", "ann@example.org")));
        Assert.That(Encoding.UTF8.GetString(series.Patches[0].Body.Span), Does.StartWith("why\n---\n\ndiff --git a/a b/a\nindex ").And.EndWith("-1\n+2\n"));
        Assert.That(applied.Patches.Select(p => p.Commit).First(), Is.EqualTo(one));
        Assert.That((applied.Head, applied.Base.Commit, applied.Base.Source), Is.EqualTo((last, start, BaseSource.Range)));
        Assert.That(applied.Base.Reason, Does.Contain("begins there; merges in the range are no patches: "));
        // What was made from commits goes through git am as well as what came by mail.
        Assert.That((await repo.ApplyAsync(series, repo.Git("rev-parse", "master~2^2"))).Failure, Is.Null);
    }

    [Test]
    public async Task A_range_of_another_branch_begins_where_it_left()
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "-b", "topic");
        repo.Commit("b", "1\n", "b: topic");
        repo.Git("checkout", "--quiet", "master");
        repo.Commit("a", "2\n", "a: goes on");

        var applied = await (await repo.OpenAsync()).AppliedRangeAsync("master..topic", CancellationToken.None);

        Assert.That(applied.Base.Commit, Is.EqualTo(start));
        Assert.That(applied.Base.Reason, Does.Contain("was made on it"));
    }

    [TestCase("master", "is no range")]
    [TestCase("a...b", "is no range")]
    [TestCase("nowhere..master", "has no commit \"nowhere\"")]
    [TestCase("--output=x..master", "has no commit \"--output=x\"")]
    [TestCase("master..-n1", "has no commit \"-n1\"")]
    [TestCase("master..master", "holds no commit")]
    [TestCase("master..master~1", "holds no commit")]
    [TestCase("master~1..master", "holds only merges")]
    public async Task Ranges_that_give_no_series(string range, string reason)
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "-b", "side");
        repo.Commit("b", "1\n", "b");
        repo.Git("checkout", "--quiet", "master");
        repo.Git("merge", "--quiet", "--no-ff", "-m", "merge it", "side");
        var tree = await repo.OpenAsync();

        Assert.That(async () => await tree.SeriesOfRangeAsync(range, CancellationToken.None), Throws.TypeOf<UsageException>().With.Message.Contains(reason));
    }

    [Test]
    public async Task Many_runs_share_a_cache()
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Commit("a", "2\n", "one");
        repo.Commit("b", "2\n", "two");
        var series = repo.Mailed($"{start}..HEAD");
        var heads = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var tree = await ProjectTree.OpenAsync(i % 2 == 0 ? repo.Path : "file://" + repo.Path, null, repo.Cache, CancellationToken.None);
            return (await tree.ApplyAsync(series, new SeriesBase(start, BaseSource.BranchHead, ""), CancellationToken.None)).Head;
        }));

        Assert.That(heads.Distinct().Count(), Is.EqualTo(1));
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task What_a_dead_run_left_is_pruned_and_what_a_live_one_uses_is_not()
    {
        repo.Commit("a", "1\n", "start");
        await repo.OpenAsync();
        var own = Directory.GetDirectories(repo.Cache, "*.git").Single();
        var below = own + ".worktrees";
        Directory.CreateDirectory(below);
        foreach (var name in new[] { "dead", "live" })
            repo.Git($"--git-dir={own}", "worktree", "add", "--quiet", "--detach", Path.Combine(below, name), repo.Git("rev-parse", "HEAD"));
        File.WriteAllText(Path.Combine(below, "dead.lock"), "");
        using (new FileStream(Path.Combine(below, "live.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            await repo.OpenAsync();
            Assert.That(Directory.Exists(Path.Combine(below, "dead")), Is.False);
            Assert.That(Directory.Exists(Path.Combine(below, "live")), Is.True);
        }
        await repo.OpenAsync();
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task What_series_wrote_long_ago_is_dropped_and_made_again_when_needed()
    {
        var start = repo.Commit("a", "1\n", "start");
        var seriesBase = new SeriesBase(start, BaseSource.BranchHead, "");
        var old = TestRepository.Series([TestRepository.Patch(TestRepository.NewFile("old"), "old")]);
        var head = (await (await repo.OpenAsync()).ApplyAsync(old, seriesBase, CancellationToken.None)).Head;
        var young = Objects();
        await repo.OpenAsync();
        Assert.That(young, Is.Not.Empty.And.EqualTo(Objects()));
        foreach (var file in young)
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        var tree = await repo.OpenAsync();

        Assert.That(Objects(), Is.Empty);
        Assert.That((await tree.ApplyAsync(old, seriesBase, CancellationToken.None)).Head, Is.EqualTo(head));

        string[] Objects() => [.. Directory.GetDirectories(repo.Cache, "*.git")
            .SelectMany(own => Directory.GetFiles(Path.Combine(own, "objects"), "*", SearchOption.AllDirectories)).Where(f => !f.EndsWith("alternates", StringComparison.Ordinal))];
    }

    [Test]
    public async Task Cancelling_leaves_nothing()
    {
        var start = repo.Commit("a", "1\n", "start");
        var tree = await repo.OpenAsync();
        var series = TestRepository.Series([.. Enumerable.Range(1, 200).Select(i => TestRepository.Patch(TestRepository.NewFile($"f{i}"), "t", i))]);
        using var cancel = new CancellationTokenSource();
        var running = tree.ApplyAsync(series, new SeriesBase(start, BaseSource.BranchHead, ""), cancel.Token);
        while (!repo.LeftOver().Any())
            await Task.Delay(5);
        await cancel.CancelAsync();

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public void Commands_are_limited_in_time_and_output()
    {
        repo.Commit("a", new string('x', 100_000), "start");
        var git = new Git().In(repo.Path);
        Assert.That(async () => await (git with { OutputBytes = 1000 }).RunAsync(["show", "HEAD:a"], CancellationToken.None),
            Throws.TypeOf<InfrastructureException>().With.Message.Contains("more than 1000 bytes"));
        Assert.That(async () => await (git with { Time = TimeSpan.FromMilliseconds(300) }).RunAsync(["-c", "alias.wait=!sleep 60", "wait"], CancellationToken.None),
            Throws.TypeOf<InfrastructureException>().With.Message.Contains("took longer"));
        Assert.That(async () => await git.RunAsync(["no-such-command"], CancellationToken.None),
            Throws.TypeOf<InfrastructureException>().With.Message.Contains("git no-such-command failed with exit code 1"));
    }

    private void Opening(string place, string? branch, string reason) =>
        Assert.That(async () => await ProjectTree.OpenAsync(place, branch, repo.Cache, CancellationToken.None), Throws.TypeOf<UsageException>().With.Message.Contains(reason));

    private static async Task<Dictionary<string, (string Text, string Link, UnixFileMode Mode)>> EntriesAsync(Stream tar)
    {
        var entries = new Dictionary<string, (string, string, UnixFileMode)>();
        await using (tar)
        await using (var reader = new TarReader(tar))
        {
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                    continue;
                using var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                entries.Add(entry.Name, (Encoding.Latin1.GetString(content.ToArray()), entry.LinkName, entry.Mode));
            }
        }
        return entries;
    }

    /// <summary>A missing object of a promisor remote is fetched by a program that the repository's own configuration names.</summary>
    [Test]
    public void A_repository_that_fetches_what_it_lacks_is_refused()
    {
        repo.Commit("a.c", "1\n", "start");
        repo.Git("config", "remote.x.url", "file:///nowhere");
        repo.Git("config", "remote.x.promisor", "true");
        repo.Git("config", "remote.x.uploadpack", $"touch {repo.Canary}/run; git-upload-pack");
        var hostile = TestRepository.Series([TestRepository.Patch("x\n")], baseCommit: new string('a', 40));

        Assert.That(
            async () => await (await repo.OpenAsync()).ChooseBaseAsync(hostile, CancellationToken.None),
            Throws.TypeOf<UsageException>().With.Message.Contains("partial clone"));
        Assert.That(File.Exists($"{repo.Canary}/run"), Is.False);
    }
}
