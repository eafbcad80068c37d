using System.Diagnostics;
using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Shows;

/// <summary>A lab of one BGP speaker of ours and one daemon, which are neighbours of different ASes on a cable.</summary>
public sealed class BgpShow : IAsyncDisposable
{
    private const uint SpeakerAs = 64496;
    private const uint DutAs = 64497;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LabNetwork _network = new();
    private readonly SpeakerLoop _loop = new();
    private readonly Dut _dut;
    private Capture? _capture;
    private double _startSeconds;

    private BgpShow(Dut dut) => _dut = dut;

    /// <summary>The daemon.</summary>
    public Daemon Daemon { get; private set; } = null!;

    /// <summary>The speaker.</summary>
    public BgpSpeaker Speaker { get; private set; } = null!;

    /// <summary>How the speaker behaves.</summary>
    public BgpSpeakerConfig SpeakerConfig { get; private set; } = null!;

    /// <summary>The speaker's port.</summary>
    public Port SpeakerPort { get; private set; } = null!;

    /// <summary>The daemon's port.</summary>
    public Port DutPort { get; private set; } = null!;

    /// <summary>What the daemon was given.</summary>
    public RouterConfig Config { get; private set; } = null!;

    /// <summary>Makes the lab and starts the daemon; the speaker is not started.</summary>
    /// <param name="dut">The daemon.</param>
    /// <param name="pcap">A file for all frames of the link, or null.</param>
    /// <param name="change">Makes something else of the daemon's and the speaker's configuration.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<BgpShow> StartAsync(
        Dut dut, string? pcap, Func<RouterConfig, BgpSpeakerConfig, (RouterConfig Router, BgpSpeakerConfig Speaker)>? change, CancellationToken cancel)
    {
        var installation = dut.Driver.Find(dut.Place);
        var show = new BgpShow(dut);
        try
        {
            await show.StartAsync(installation, pcap, change, cancel);
            return show;
        }
        catch
        {
            await show.DisposeAsync();
            throw;
        }
    }

    /// <summary>Announces so many routes of each family, and looks at what the daemon makes of it.</summary>
    public async Task<ShowResult> RunAsync(int announce, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var end = await Speaker.EstablishAsync(cancel);
        var neighbors = end is null
            ? await Daemon.WaitAsync(token => Daemon.NeighborsAsync(RoutingProtocol.Bgp, token), all => all.Any(n => n.IsUp), Patience, cancel)
            : await Daemon.NeighborsAsync(RoutingProtocol.Bgp, cancel);
        var sessionSeconds = clock.Elapsed.TotalSeconds;
        double? routesSeconds = null;
        IReadOnlyList<DaemonRoute> routes = [];
        IReadOnlyList<KernelRoute> fib = [];
        if (end is null)
        {
            clock.Restart();
            foreach (var update in BgpAnnouncer.Announce(announce, SpeakerConfig, SpeakerPort.Ip6))
                Speaker.Send(update);
            routes = await Daemon.WaitAsync(token => Daemon.RoutesAsync(RoutingProtocol.Bgp, token), all => all.Count >= 2 * announce, Patience, cancel);
            routesSeconds = routes.Count >= 2 * announce ? clock.Elapsed.TotalSeconds : null;
            fib = await FibAsync(wanted: Daemon.InstallsRoutes && routesSeconds is not null ? 2 * announce : 0, cancel);
            neighbors = await Daemon.NeighborsAsync(RoutingProtocol.Bgp, cancel);
        }

        return new ShowResult
        {
            Dut = _dut.ToString(),
            Version = await Daemon.VersionAsync(cancel),
            Protocol = RoutingProtocol.Bgp,
            Failure = end?.Reason,
            StartSeconds = _startSeconds,
            SessionSeconds = sessionSeconds,
            RoutesSeconds = routesSeconds,
            Announced = 2 * announce,
            Neighbors = neighbors,
            Routes = routes,
            Fib = fib,
            InstallsRoutes = Daemon.InstallsRoutes,
            Health = await Daemon.HealthAsync(cancel),
        };
    }

    /// <summary>Withdraws them again, and waits until the daemon and the kernel have none left.</summary>
    /// <returns>Routes that are left in the daemon, and in the kernel.</returns>
    public async Task<(int Routes, int Fib)> WithdrawAsync(int count, CancellationToken cancel)
    {
        foreach (var update in BgpAnnouncer.Withdraw(count))
            Speaker.Send(update);
        var routes = await Daemon.WaitAsync(token => Daemon.RoutesAsync(RoutingProtocol.Bgp, token), all => all.Count == 0, Patience, cancel);
        var fib = await Daemon.WaitAsync(_ => Task.FromResult(InFib()), all => all.Count == 0, Patience, cancel);
        return (routes.Count, fib.Count);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Speaker?.Dispose();
        _capture?.Dispose();
        if (Daemon is not null)
            await Daemon.DisposeAsync();
        _loop.Dispose();
        _network.Dispose();
    }

    private async Task StartAsync(
        Installation installation, string? pcap, Func<RouterConfig, BgpSpeakerConfig, (RouterConfig, BgpSpeakerConfig)>? change, CancellationToken cancel)
    {
        (SpeakerPort, DutPort) = _network.Connect(_network.AddNode("speaker"), _network.AddNode("dut"));
        SpeakerConfig = new BgpSpeakerConfig { Local = SpeakerPort.Ip4, Peer = DutPort.Ip4, As = SpeakerAs, Identifier = Ip4.Parse(SpeakerPort.Ip4.ToString()) };
        Config = new RouterConfig
        {
            RouterId = DutPort.Ip4,
            Bgp = new BgpConfig { As = DutAs, Neighbors = [new BgpNeighborConfig { Address = SpeakerPort.Ip4, Local = DutPort.Ip4, As = SpeakerAs, IsPassive = true }] },
        };
        if (change is not null)
            (Config, SpeakerConfig) = change(Config, SpeakerConfig);
        if (pcap is not null)
            _capture = await Capture.StartAsync(_loop, SpeakerPort, pcap, TimeProvider.System);
        var clock = Stopwatch.StartNew();
        Daemon = await _dut.Driver.StartAsync(installation, DutPort.Node, Config, cancel);
        _startSeconds = clock.Elapsed.TotalSeconds;
        Speaker = new BgpSpeaker(_loop, SpeakerPort.Node, SpeakerConfig);
    }

    private Task<IReadOnlyList<KernelRoute>> FibAsync(int wanted, CancellationToken cancel) =>
        Daemon.WaitAsync(_ => Task.FromResult(InFib()), all => all.Count >= wanted, Patience, cancel);

    private IReadOnlyList<KernelRoute> InFib() => [.. DutPort.Node.Routes().Where(r => TestRoutes.Contains(r.Destination))];
}
