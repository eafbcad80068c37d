using System.Net;
using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Shows;

/// <summary>A lab of two daemons on a cable that speak to each other. In BGP each announces networks of its own.</summary>
public sealed class DaemonPair : IAsyncDisposable
{
    private const string Port = "eth0";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LabNetwork _network = new();
    private readonly SpeakerLoop _loop = new();
    private readonly List<Daemon> _daemons = [];
    private Capture? _capture;

    private DaemonPair(RoutingProtocol protocol)
    {
        Protocol = protocol;
        try
        {
            (First, Second) = _network.Connect(_network.AddNode("first"), _network.AddNode("second"));
        }
        catch
        {
            _loop.Dispose();
            _network.Dispose();
            throw;
        }
    }

    /// <summary>What they speak.</summary>
    public RoutingProtocol Protocol { get; }

    /// <summary>The first one's port.</summary>
    public Port First { get; }

    /// <summary>The second one's port.</summary>
    public Port Second { get; }

    /// <summary>Both, the first one first.</summary>
    public IReadOnlyList<Daemon> Daemons => _daemons;

    /// <summary>Makes the lab and starts both.</summary>
    /// <param name="protocol">What they speak.</param>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <param name="pcap">A file for all frames between them, or null.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<DaemonPair> StartAsync(RoutingProtocol protocol, Dut first, Dut second, string? pcap, CancellationToken cancel)
    {
        var installations = (First: first.Find(), Second: second.Find());
        var pair = new DaemonPair(protocol);
        try
        {
            if (pcap is not null)
                pair._capture = await Capture.StartAsync(pair._loop, pair.First, pcap, TimeProvider.System);
            pair._daemons.Add(await first.Driver.StartAsync(installations.First, pair.First.Node, pair.ConfigOf(0), cancel));
            pair._daemons.Add(await second.Driver.StartAsync(installations.Second, pair.Second.Node, pair.ConfigOf(1), cancel));
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until both say that the session is up.</summary>
    /// <returns>Whether it is.</returns>
    public async Task<bool> IsUpAsync(CancellationToken cancel)
    {
        foreach (var daemon in _daemons)
        {
            var neighbors = await daemon.WaitAsync(token => daemon.NeighborsAsync(Protocol, token), all => all.Any(n => n.IsUp), Patience, cancel);
            if (!neighbors.Any(n => n.IsUp))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in _daemons)
            await daemon.DisposeAsync();
        _capture?.Dispose();
        _loop.Dispose();
        _network.Dispose();
    }

    private RouterConfig ConfigOf(int index)
    {
        const uint FirstAs = 64496;
        var (own, other) = index == 0 ? (First, Second) : (Second, First);
        var ospf = new OspfConfig { Interfaces = [new OspfInterfaceConfig { Name = Port }] };
        return new RouterConfig
        {
            Name = own.Node.Name,
            RouterId = own.Ip4,
            Bgp = Protocol != RoutingProtocol.Bgp ? null : new BgpConfig
            {
                As = FirstAs + (uint)index,
                Neighbors = [new BgpNeighborConfig { Address = other.Ip4, Local = own.Ip4, As = FirstAs + 1 - (uint)index, IsPassive = index == 0 }],
                Networks = [IPNetwork.Parse($"192.0.2.{128 * index}/25"), IPNetwork.Parse($"198.51.100.{64 * index}/26"), IPNetwork.Parse($"2001:db8:{index + 1:x}::/48")],
            },
            Ospfv2 = Protocol == RoutingProtocol.Ospfv2 ? ospf : null,
            Ospfv3 = Protocol == RoutingProtocol.Ospfv3 ? ospf : null,
            Isis = Protocol == RoutingProtocol.Isis ? new IsisConfig { Net = $"49.0001.0000.0000.000{index + 1}.00", Interfaces = [new IsisInterfaceConfig { Name = Port }] } : null,
        };
    }
}
