namespace OpenConfirm.Cli.Tests;

/// <summary>Runs that are ended in the middle of a hostile build, by Ctrl-C and by <c>kill -9</c>.</summary>
[Category("Full")]
public sealed class InterruptedRunTests
{
    /// <summary>Nothing that ends by itself or by a signal it can ignore, and something that stops what we start beside it.</summary>
    private const string Hostile = """
        trap '' INT TERM HUP QUIT PIPE
        setsid sh -c 'trap "" INT TERM HUP; while :; do sleep 5432.25; done' &
        while :; do sleep 5432.25; done
        """;

    private HostileTree _tree = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _tree = await HostileTree.CreateAsync(stepSeconds: 120);

    [OneTimeTearDown]
    public async Task TearDown() => await _tree.DisposeAsync();

    [Test]
    public async Task Interrupted_it_cleans_up_and_says_so()
    {
        var before = await KeptFiles.OfAsync(_tree.Tree.Data);
        await using var program = await StartAsync("interrupted");
        await program.SignalAsync("INT");
        Assert.That(await program.ExitCodeAsync(Minute()), Is.EqualTo(130));
        await Leftovers.AssertNoneAsync(program.Id, _tree.Temporary);
        Assert.That(Sleeping(), Is.Empty);
        Assert.That((await KeptFiles.OfAsync(_tree.Tree.Data)).Differences(before), Is.Empty);
    }

    [Test]
    public async Task What_a_killed_run_leaves_goes_with_the_next_start_and_a_running_one_stays()
    {
        var before = await KeptFiles.OfAsync(_tree.Tree.Data);
        await using var other = await StartAsync("other");
        await using var killed = await StartAsync("killed");
        await killed.SignalAsync("KILL");
        await killed.ExitCodeAsync(Minute());
        Assert.That(await Leftovers.ContainersAsync(killed.Id), Is.Not.Empty, "else there is nothing to remove");

        await RunningProgram.RunAsync(_tree.Tree.Data, ["image", "list"]);
        Assert.That(await Leftovers.ContainersAsync(killed.Id), Is.Empty);
        Assert.That(await Leftovers.ContainersAsync(other.Id), Is.Not.Empty, "the other run's machine");

        await other.SignalAsync("INT");
        Assert.That(await other.ExitCodeAsync(Minute()), Is.EqualTo(130));
        Assert.That(Sleeping(), Is.Empty);

        // The next check removes what only it can know of: work trees.
        var next = await _tree.CheckAsync(t => t.ReplaceAsync("main.c", "1.0", "1.3"), before: before);
        Assert.That(next.ExitCode, Is.Zero, next.Terminal);
        await Leftovers.AssertNoneAsync(killed.Id, _tree.Temporary);
    }

    [Test]
    public async Task A_run_that_is_killed_at_any_moment_leaves_nothing_for_the_one_after_the_next()
    {
        var before = await KeptFiles.OfAsync(_tree.Tree.Data);
        await _tree.Tree.ReplaceAsync("main.c", "1.0", "1.4");
        await _tree.Tree.CommitAsync("a change");
        var mbox = await _tree.Tree.TakeSeriesAsync(1);
        foreach (var milliseconds in new[] { 300, 700, 1200, 2000, 3000 })
        {
            await using var killed = _tree.Start(mbox, "out");
            await Task.Delay(milliseconds);
            await killed.SignalAsync("KILL");
            await killed.ExitCodeAsync(Minute());
        }

        var next = await _tree.CheckAsync(t => t.ReplaceAsync("main.c", "1.0", "1.5"), before: before);
        Assert.That(next.ExitCode, Is.Zero, next.Terminal);
    }

    private async Task<StartedCheck> StartAsync(string folder)
    {
        await HostileTree.AddScriptAsync(_tree.Tree, Hostile);
        await _tree.Tree.CommitAsync("take your time");
        var before = Sleeping().Count;
        var program = _tree.Start(await _tree.Tree.TakeSeriesAsync(1), folder);
        for (var looks = 0; Sleeping().Count < before + 2; looks++)
        {
            Assert.That(looks, Is.LessThan(600), "the hostile build begins");
            await Task.Delay(100);
        }

        return program;
    }

    private static IReadOnlyList<string> Sleeping() => Leftovers.Processes(p => p.StartsWith("sleep 5432.25", StringComparison.Ordinal));

    private static CancellationToken Minute() => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;
}
