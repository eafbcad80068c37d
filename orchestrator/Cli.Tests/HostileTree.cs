using OpenConfirm.Report;

namespace OpenConfirm.Cli.Tests;

/// <summary>What came of a run on a hostile series.</summary>
internal sealed record HostileRun
{
    /// <summary>Exit code of the program.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The mail's text.</summary>
    public required string Mail { get; init; }

    /// <summary>What the program printed on both outputs.</summary>
    public required string Terminal { get; init; }

    /// <summary>Folder with mail, page, result and logs.</summary>
    public required string Folder { get; init; }

    /// <summary>How the run as a whole ended.</summary>
    public required ResultOutcome Outcome { get; init; }

    /// <summary>Largest resident memory of the program itself, bytes.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>The page.</summary>
    public string Page => File.ReadAllText(Path.Combine(Folder, "index.html"));

    /// <summary>A log of the patched tree.</summary>
    public string Log(string step) => File.ReadAllText(Path.Combine(Folder, "logs", "debian-12", "patched", step + ".log"));
}

/// <summary>
/// The small daemon of <see cref="TestTree"/> with small limits, its base built already, and series on it whose build is
/// hostile. Every check is held to what holds for all of them: it ends, it is nobody's fault but the series', its report
/// can be read, and nothing of it stays behind.
/// </summary>
internal sealed class HostileTree : IAsyncDisposable
{
    /// <summary>Seconds that a step may take: what is here to run into the limit costs that much.</summary>
    private const int StepSeconds = 10;

    /// <summary>Resident memory that no hostile build may drive the program over.</summary>
    private const long MostMemory = 400L << 20;

    private readonly TestTree _tree;
    private readonly string _temporary;

    private HostileTree(TestTree tree)
    {
        _tree = tree;
        _temporary = Directory.CreateDirectory(Path.Combine(tree.Root, "tmp")).FullName;
    }

    /// <summary>The tree itself.</summary>
    public TestTree Tree => _tree;

    /// <summary>Folder for the program's temporary files.</summary>
    public string Temporary => _temporary;

    /// <summary>Makes the tree and builds its base.</summary>
    public static async Task<HostileTree> CreateAsync(int stepSeconds = StepSeconds)
    {
        var tree = new HostileTree(await TestTree.CreateAsync());
        await File.WriteAllTextAsync(tree._tree.ProjectFile, TestTree.Project
            .Replace("targets: [debian-12, debian-13]", "targets: [debian-12]", StringComparison.Ordinal)
            .Replace("memory: 1 GiB", "memory: 512 MiB", StringComparison.Ordinal)
            .Replace("disk: 256 MiB", "disk: 128 MiB", StringComparison.Ordinal)
            .Replace("timeout: 1m", $"timeout: {stepSeconds}s", StringComparison.Ordinal));
        var clean = await tree.CheckAsync(t => t.ReplaceAsync("main.c", "1.0", "1.1"), isFirst: true);
        Assert.That(clean.ExitCode, Is.Zero, clean.Terminal);
        return tree;
    }

    /// <summary>Checks a series of one patch whose <c>make all</c> ends with a shell script.</summary>
    public Task<HostileRun> BuildAsync(string script, int seconds = 90) => CheckAsync(t => AddScriptAsync(t, script), seconds: seconds);

    /// <summary>Makes <c>make all</c> end with a shell script, besides building the daemon.</summary>
    public static async Task AddScriptAsync(TestTree tree, string script)
    {
        await tree.WriteAsync("hostile.sh", script);
        await tree.ReplaceAsync("Makefile", "all: daemon\n", "all: daemon\n\t@sh ./hostile.sh\n");
    }

    /// <summary>Checks a series of one patch.</summary>
    /// <param name="change">Makes the change.</param>
    /// <param name="isFirst">The base is not built yet, and stays behind.</param>
    /// <param name="seconds">Time for all of it, over which the program is held to hang.</param>
    /// <param name="second">Makes the change of a second patch.</param>
    /// <param name="before">What the program kept before; by default what it keeps now.</param>
    public async Task<HostileRun> CheckAsync(
        Func<TestTree, Task> change, bool isFirst = false, int seconds = 90, Func<TestTree, Task>? second = null, KeptFiles? before = null)
    {
        await change(_tree);
        await _tree.CommitAsync("a change");
        if (second is not null)
        {
            await second(_tree);
            await _tree.CommitAsync("another change");
        }

        var mbox = await _tree.TakeSeriesAsync(second is null ? 1 : 2);
        before ??= await KeptFiles.OfAsync(_tree.Data);
        await using var program = Start(mbox, "out");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var run = await program.EndAsync(limit.Token);

        Assert.That(run.ExitCode, Is.EqualTo(0).Or.EqualTo(1), run.Terminal);
        Assert.That(run.Outcome.Kind, Is.Not.EqualTo(OutcomeKind.Infra), run.Terminal);
        Assert.That(run.PeakBytes, Is.LessThan(MostMemory), "memory of the program");
        ReadableReport.AssertOf(run);
        await Leftovers.AssertNoneAsync(program.Id, _temporary);
        Assert.That((await KeptFiles.OfAsync(_tree.Data)).Differences(before), isFirst ? Is.Not.Empty : Is.Empty, "files kept");
        return run;
    }

    /// <summary>Starts <c>check</c> on a mailbox and does not wait for it.</summary>
    public StartedCheck Start(string mbox, string folder) => StartedCheck.Of(_tree, mbox, Path.Combine(_tree.Root, folder), _temporary);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _tree.Dispose();
        return ValueTask.CompletedTask;
    }
}
