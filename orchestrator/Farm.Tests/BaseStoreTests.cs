using OpenConfirm.Findings;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm.Tests;

public sealed class BaseStoreTests
{
    private string _folder = null!;
    private BaseStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("openconfirm-test-").FullName;
        _store = new BaseStore(_folder);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task What_is_kept_comes_back_whole()
    {
        var result = new TreeResult
        {
            Outcome = new Outcome.CodeLimit("compile", "time"),
            Steps = [new StepResult { Name = "compile", Stage = StageKind.Build, Passed = false, Limit = LimitKind.Time, Seconds = 1.5, Log = "compile.log" }],
            Findings = [new Finding { Tool = "gcc", Rule = "-Wall", Severity = Severity.Warning, Message = "m", Location = new SourceLocation("a.c", 1, 2), Excerpt = ["x"] }],
            Coverage = new Coverage { StepsRun = new HashSet<string> { "compile" }, UnitsCompiled = new HashSet<string> { "a.c" } },
            Built = new Snapshot("id", "debian-12"),
        };
        await _store.SaveAsync("base-1", result, CancellationToken.None);
        var back = await _store.FindAsync("base-1", CancellationToken.None);
        Assert.That(back, Is.Not.Null);
        Assert.That(back.FromCache, Is.True);
        Assert.That(back.Outcome, Is.EqualTo(result.Outcome));
        Assert.That(back.Steps, Is.EqualTo(result.Steps));
        Assert.That(back.Findings.Single().Location, Is.EqualTo(result.Findings[0].Location));
        Assert.That(back.Coverage.UnitsCompiled, Is.EquivalentTo(result.Coverage.UnitsCompiled));
        Assert.That(back.Built, Is.EqualTo(result.Built));
    }

    [Test]
    public async Task What_was_cut_off_counts_as_unknown()
    {
        await _store.SaveAsync("base-1", new TreeResult { Outcome = new Outcome.Completed() }, CancellationToken.None);
        var file = Path.Combine(_folder, "base-1", "result.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file))[..20]);
        Assert.That(await _store.FindAsync("base-1", CancellationToken.None), Is.Null);
        Assert.That(await _store.FindAsync("base-2", CancellationToken.None), Is.Null);
    }

    [Test]
    public void The_key_tells_commits_recipes_and_images_apart()
    {
        var project = ProjectFile.Load("bird2", Path.Combine(AppContext.BaseDirectory, "projects"));
        var clean = new Snapshot("clean-debian-12-1", "debian-12");
        string[] keys =
        [
            BaseStore.Key(project, "a", clean),
            BaseStore.Key(project, "b", clean),
            BaseStore.Key(project with { RecipeHash = "other" }, "a", clean),
            BaseStore.Key(project, "a", clean with { Id = "clean-debian-12-2" }),
            BaseStore.Key(project, "a", new Snapshot("clean-debian-12-1", "debian-13")),
        ];
        Assert.That(keys, Is.Unique);
        Assert.That(BaseStore.Key(project, "a", clean), Is.EqualTo(keys[0]));
    }

    [Test]
    public async Task The_ones_used_longest_ago_go_first()
    {
        for (var i = 0; i < 6; i++)
            await SaveAsync($"base-bird-debian-12-{i}", hour: i + 1);
        await SaveAsync("base-frr-debian-12-0", hour: 0);

        await _store.FindAsync("base-bird-debian-12-0", CancellationToken.None);
        Assert.That(_store.DropOldest(), Is.EquivalentTo(new[] { "base-bird-debian-12-1", "base-bird-debian-12-2" }));
        Assert.That(await _store.FindAsync("base-bird-debian-12-0", CancellationToken.None), Is.Not.Null);
        Assert.That(await _store.FindAsync("base-bird-debian-12-1", CancellationToken.None), Is.Null);
        Assert.That(await _store.FindAsync("base-frr-debian-12-0", CancellationToken.None), Is.Not.Null, "another project's");
    }

    [Test]
    public async Task Bases_of_what_is_not_tested_any_more_go_in_the_end()
    {
        for (var i = 0; i < 26; i++)
            await SaveAsync($"base-bird-system-{i}-0", hour: i);

        Assert.That(_store.DropOldest(), Is.EquivalentTo(new[] { "base-bird-system-0-0", "base-bird-system-1-0" }));
    }

    private async Task SaveAsync(string key, int hour)
    {
        await _store.SaveAsync(key, new TreeResult { Outcome = new Outcome.Completed() }, CancellationToken.None);
        Directory.SetLastWriteTimeUtc(Path.Combine(_folder, key), DateTime.UnixEpoch.AddHours(hour));
    }
}
