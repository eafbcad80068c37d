using System.Diagnostics;
using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Shows;

/// <summary>A lab of one speaker of ours and one daemon on a cable.</summary>
public abstract class Show : IAsyncDisposable
{
    /// <summary>How long a daemon may take for each thing; far more than any needs.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LabNetwork _network = new();
    private Capture? _capture;
    private double _startSeconds;
    private string _version = "";

    /// <summary>Makes nodes and cable.</summary>
    protected Show(Dut dut)
    {
        Dut = dut;
        try
        {
            (SpeakerPort, DutPort) = _network.Connect(_network.AddNode("speaker"), _network.AddNode("dut"));
        }
        catch
        {
            Loop.Dispose();
            _network.Dispose();
            throw;
        }
    }

    /// <summary>The protocol.</summary>
    public abstract RoutingProtocol Protocol { get; }

    /// <summary>What is tested.</summary>
    public Dut Dut { get; }

    /// <summary>The daemon.</summary>
    public Daemon Daemon { get; private set; } = null!;

    /// <summary>What the daemon was given.</summary>
    public abstract RouterConfig Config { get; }

    /// <summary>The speaker's port.</summary>
    public Port SpeakerPort { get; }

    /// <summary>The daemon's port.</summary>
    public Port DutPort { get; }

    /// <summary>The thread that runs the speaker.</summary>
    protected SpeakerLoop Loop { get; } = new();

    /// <summary>Makes the lab of a protocol and starts the daemon; the speaker is not started.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="dut">The daemon.</param>
    /// <param name="pcap">A file for all frames of the link, or null.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<Show> StartAsync(RoutingProtocol protocol, Dut dut, string? pcap, CancellationToken cancel)
    {
        dut.Find();
        Show show = protocol switch
        {
            RoutingProtocol.Bgp => new BgpShow(dut, null),
            RoutingProtocol.Isis => new IsisShow(dut, isPointToPoint: true),
            _ => new OspfShow(dut, protocol, isPointToPoint: true),
        };
        await show.BeginAsync(pcap, cancel);
        return show;
    }

    /// <summary>Brings the session up, announces so many routes of each family, and looks at what the daemon makes of it.</summary>
    public async Task<ShowResult> RunAsync(int announce, CancellationToken cancel)
    {
        var result = new ShowResult
        {
            Dut = Dut.ToString(),
            Version = _version,
            Protocol = Protocol,
            StartSeconds = _startSeconds,
            Announced = RoutesOf(announce),
            InstallsRoutes = Daemon.InstallsRoutes,
            Health = new Health([], TimeSpan.Zero, null),
        };
        try
        {
            result = await MeetAsync(result, cancel);
            if (result.Failure is null)
                result = await LearnAsync(result, announce, cancel);
        }
        catch (Exception e) when (e is DaemonException or TimeoutException)
        {
            result = result with { Failure = e.Message };
        }

        return await LookAgainAsync(result, cancel);
    }

    /// <summary>As <see cref="RunAsync"/>, and then takes the routes back.</summary>
    public async Task<ShowResult> RunThroughAsync(int announce, CancellationToken cancel)
    {
        var result = await RunAsync(announce, cancel);
        if (result.Failure is not null || announce == 0)
            return result;
        var clock = Stopwatch.StartNew();
        try
        {
            var (routes, fib) = await WithdrawAsync(announce, cancel);

            // A daemon forgets the routes of a session that has ended, too.
            result = result with { Failure = Lost, Withdrawal = new(routes + fib == 0 ? clock.Elapsed.TotalSeconds : null, routes, fib) };
        }
        catch (Exception e) when (e is DaemonException or TimeoutException)
        {
            result = result with { Failure = e.Message };
        }

        return await LookAgainAsync(result, cancel);
    }

    /// <summary>Takes the routes back, and waits until the daemon and the kernel have none left.</summary>
    /// <returns>Routes that are left in the daemon, and in the kernel.</returns>
    public async Task<(int Routes, int Fib)> WithdrawAsync(int count, CancellationToken cancel)
    {
        await TakeBackAsync(count).WaitAsync(cancel);
        var routes = await Daemon.WaitAsync(RoutesAsync, all => all.Count == 0, Patience, cancel);
        var fib = await FibAsync(all => all.Count == 0, cancel);
        return (routes.Count, fib.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DisposeSpeaker();
        _capture?.Dispose();
        if (Daemon is not null)
            await Daemon.DisposeAsync();
        Loop.Dispose();
        _network.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the daemon, and makes the speaker.</summary>
    internal async Task BeginAsync(string? pcap, CancellationToken cancel)
    {
        try
        {
            if (pcap is not null)
                _capture = await Capture.StartAsync(Loop, SpeakerPort, pcap, TimeProvider.System);
            var clock = Stopwatch.StartNew();
            Daemon = await Dut.Driver.StartAsync(Dut.Find(), DutPort.Node, Config, cancel);
            _startSeconds = clock.Elapsed.TotalSeconds;
            _version = await Daemon.VersionAsync(cancel);
            MakeSpeaker();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Why the session that was there has ended, or null.</summary>
    protected virtual string? Lost => null;

    /// <summary>How many routes the daemon has then.</summary>
    protected abstract int RoutesOf(int count);

    /// <summary>Makes the speaker.</summary>
    protected abstract void MakeSpeaker();

    /// <summary>Starts the speaker and waits for the session.</summary>
    /// <returns>Why there is none, or null.</returns>
    protected abstract Task<string?> StartSpeakerAsync(CancellationToken cancel);

    /// <summary>Announces the first so many routes.</summary>
    protected abstract Task AnnounceAsync(int count);

    /// <summary>Takes them back.</summary>
    protected abstract Task TakeBackAsync(int count);

    /// <summary>Ends the speaker, if there is one.</summary>
    protected abstract void DisposeSpeaker();

    /// <summary>Brings the session up.</summary>
    private async Task<ShowResult> MeetAsync(ShowResult result, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var failure = await StartSpeakerAndWatchAsync(cancel);
        var neighbors = failure is null
            ? await Daemon.WaitAsync(NeighborsAsync, all => all.Any(n => n.IsUp), Patience, cancel)
            : Daemon.Dead is null ? await NeighborsAsync(cancel) : [];
        return result with { SessionSeconds = clock.Elapsed.TotalSeconds, Failure = failure, Neighbors = neighbors };
    }

    /// <summary>A daemon that dies is not waited for.</summary>
    private async Task<string?> StartSpeakerAndWatchAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var start = StartSpeakerAsync(stop.Token);
        if (await Task.WhenAny(start, Daemon.Ended) == start)
            return await start;
        await stop.CancelAsync();
        try
        {
            await start;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // We did that.
        }

        return $"{Daemon.Name} ended while the session came up";
    }

    /// <summary>Announces, and waits until the daemon and the kernel have it all.</summary>
    private async Task<ShowResult> LearnAsync(ShowResult result, int announce, CancellationToken cancel)
    {
        var wanted = result.Announced;
        var clock = Stopwatch.StartNew();
        await AnnounceAsync(announce).WaitAsync(cancel);
        var routes = await Daemon.WaitAsync(RoutesAsync, all => all.Count(r => r.IsBest) >= wanted || Lost is not null, Patience, cancel);
        double? seconds = routes.Count(r => r.IsBest) >= wanted ? clock.Elapsed.TotalSeconds : null;
        var fib = await FibAsync(all => all.Count >= (Daemon.InstallsRoutes && seconds is not null ? wanted : 0), cancel);
        return result with { RoutesSeconds = seconds, Routes = routes, Fib = fib, Neighbors = await NeighborsAsync(cancel), Failure = Lost };
    }

    /// <summary>How the daemon is after all that, and what the capture has of it.</summary>
    private async Task<ShowResult> LookAgainAsync(ShowResult result, CancellationToken cancel) => result with
    {
        Capture = _capture is null ? null : await _capture.ReportAsync(),
        Health = await Daemon.HealthAsync(cancel),
    };

    private Task<IReadOnlyList<Neighbor>> NeighborsAsync(CancellationToken cancel) => Daemon.NeighborsAsync(Protocol, cancel);

    /// <summary>Those that we announce; the link's own network is known as well.</summary>
    private async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(CancellationToken cancel) =>
        [.. (await Daemon.RoutesAsync(Protocol, cancel)).Where(r => System.Net.IPNetwork.TryParse(r.Prefix, out var network) && TestRoutes.Contains(network))];

    private Task<IReadOnlyList<KernelRoute>> FibAsync(Func<IReadOnlyList<KernelRoute>, bool> holds, CancellationToken cancel) =>
        Daemon.WaitAsync(_ => Task.FromResult<IReadOnlyList<KernelRoute>>([.. DutPort.Node.Routes().Where(r => TestRoutes.Contains(r.Destination))]), holds, Patience, cancel);
}
