using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>The commit that a series is tested on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class BaseSearchTests : IDisposable
{
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Test]
    public async Task A_base_commit_that_the_tree_has_is_taken()
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Commit("a", "2\n", "two");
        var end = repo.Commit("a", "3\n", "three");
        var chosen = await ChooseAsync(repo.Mailed("HEAD~1..HEAD", start));
        var unknown = await ChooseAsync(repo.Mailed("HEAD~1..HEAD", new string('1', 40)) with { Base = new BaseHints(new string('1', 40), [], new Dictionary<string, string>()) });
        var hostile = await ChooseAsync(repo.Mailed("HEAD~1..HEAD", "--all") with { Base = new BaseHints("--all", [], new Dictionary<string, string>()) });

        Assert.That(chosen, Is.EqualTo(new SeriesBase(start, BaseSource.BaseCommit, "the series names it as its base-commit")));
        Assert.That(unknown, Is.EqualTo(new SeriesBase(end, BaseSource.BranchHead, "head of master; the base-commit that the series names is on no branch of this tree")));
        Assert.That(hostile.Source, Is.EqualTo(BaseSource.BranchHead));
    }

    /// <summary>A pull request that was fetched once, or a branch that was pushed over.</summary>
    [Test]
    public async Task A_base_commit_that_no_branch_leads_to_is_not_taken()
    {
        var start = repo.Commit("a", "1\n", "start");
        var strangers = repo.Commit("a", "evil\n", "a stranger's");
        repo.Git("reset", "--quiet", "--hard", start);
        var end = repo.Commit("a", "2\n", "two");

        var chosen = await ChooseAsync(repo.Mailed("HEAD~1..HEAD", strangers));

        Assert.That(chosen.Commit, Is.EqualTo(start).Or.EqualTo(end));
        repo.Git("tag", "kept", strangers);
        Assert.That((await ChooseAsync(repo.Mailed("HEAD~1..HEAD", strangers))).Commit, Is.EqualTo(strangers));
    }

    /// <summary>In the middle of a rebase no branch leads to where one stands.</summary>
    [Test]
    public async Task A_base_commit_of_a_detached_head_is_taken()
    {
        repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "--detach");
        var start = repo.Commit("a", "2\n", "two");
        repo.Commit("a", "3\n", "three");
        repo.Commit("a", "4\n", "four");

        Assert.That((await (await repo.OpenAsync()).ChooseBaseAsync(repo.Mailed("HEAD~1..HEAD", start), CancellationToken.None)).Commit, Is.EqualTo(start));
    }

    [Test]
    public async Task Else_the_youngest_commit_that_holds_the_blobs()
    {
        repo.Commit("a", "1\n", "start");
        repo.Commit("b", "1\n", "b");
        var wanted = repo.Commit("c", "1\n", "c: does not matter, but is younger");
        repo.Commit("a", "2\n", "a: change");
        repo.Commit("b", "2\n", "b: change");
        repo.Commit("n", "new\n", "n: new file");
        repo.Commit("n", "newer\n", "n: changed again");
        var series = repo.Mailed($"{wanted}..HEAD");
        repo.Commit("a", "other\n", "master goes on");
        repo.Commit("a", "1\n", "a is back, b is not");

        var chosen = await ChooseAsync(series);

        Assert.That(chosen, Is.EqualTo(new SeriesBase(wanted, BaseSource.Blobs, "youngest commit on master that holds the 2 files as the patches know them")));
    }

    [Test]
    public async Task The_line_of_the_branch_comes_before_the_commits_merged_into_it()
    {
        repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "-b", "side");
        repo.Commit("a", "2\n", "a: change");
        var series = repo.Mailed("HEAD~1..HEAD");
        repo.Git("checkout", "--quiet", "master");
        var youngest = repo.Commit("b", "1\n", "b: on master meanwhile");
        repo.Git("merge", "--quiet", "--no-ff", "-m", "merge it", "side");

        Assert.That((await ChooseAsync(series)).Commit, Is.EqualTo(youngest));
    }

    [Test]
    public async Task The_head_itself_and_other_branches_count()
    {
        var start = repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "-b", "stable");
        repo.Commit("a", "stable\n", "stable differs");
        var stable = repo.Commit("z", "z\n", "stable goes on");
        repo.Commit("a", "stable 2\n", "a change for stable");
        var series = repo.Mailed("HEAD~1..HEAD");
        repo.Git("checkout", "--quiet", "master");
        var head = repo.Commit("b", "1\n", "head");
        repo.Git("checkout", "--quiet", "-b", "topic");
        repo.Commit("a", "2\n", "a: change");
        var onHead = repo.Mailed("HEAD~1..HEAD");

        Assert.That((await ChooseAsync(onHead)).Commit, Is.EqualTo(head));
        var chosen = await ChooseAsync(series);
        Assert.That(chosen.Commit, Is.EqualTo(stable));
        Assert.That(chosen.Reason, Is.EqualTo("youngest commit of any branch that holds the file as the patches know it; master itself has none"));
        Assert.That(start, Is.Not.EqualTo(stable));
    }

    [Test]
    public async Task Else_the_head_and_what_we_applied_before_is_no_base()
    {
        repo.Commit("a", "1\n", "start");
        repo.Git("checkout", "--quiet", "-b", "gone");
        repo.Commit("a", "2\n", "one");
        repo.Commit("a", "3\n", "two");
        var first = repo.Mailed("HEAD~2..HEAD~1");
        var second = repo.Mailed("HEAD~1..HEAD");
        repo.Git("checkout", "--quiet", "master");
        repo.Git("branch", "-D", "gone");
        repo.Git("reflog", "expire", "--expire=now", "--all");
        repo.Git("gc", "--quiet", "--prune=now");
        var applied = await repo.ApplyAsync(first);

        var chosen = await ChooseAsync(second);

        Assert.That(applied.Failure, Is.Null);
        Assert.That(chosen.Reason, Is.EqualTo("head of master; the series names no base that this tree has"));
        Assert.That(chosen.Commit, Is.EqualTo(repo.Git("rev-parse", "master")));
    }

    [Test]
    public async Task New_files_only_and_nonsense_hints_end_at_the_head()
    {
        var head = repo.Commit("a", "1\n", "start");
        foreach (var (path, blob) in new[] { ("x", "0000000"), ("a", "zzzzzzz"), ("a\nb", repo.Git("rev-parse", "HEAD:a")), ("a", "--batch"), ("../a", repo.Git("rev-parse", "HEAD:a")) })
        {
            var series = TestRepository.Series([TestRepository.Patch("x")]) with { Base = new BaseHints(null, [], new Dictionary<string, string> { [path] = blob }) };
            Assert.That((await ChooseAsync(series)), Is.EqualTo(new SeriesBase(head, BaseSource.BranchHead, "head of master; the series names no base that this tree has")), path);
        }
    }

    private async Task<SeriesBase> ChooseAsync(Series series) => await (await repo.OpenAsync("master")).ChooseBaseAsync(series, CancellationToken.None);
}
