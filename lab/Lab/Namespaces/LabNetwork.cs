using System.Net;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>An interface of a node.</summary>
/// <param name="Node">Whose it is.</param>
/// <param name="Name">Its name in the node.</param>
/// <param name="Ip4">Its address, a /24.</param>
/// <param name="Ip6">Its address, a /64.</param>
public sealed record Port(Node Node, string Name, IPAddress Ip4, IPAddress Ip6);

/// <summary>
/// The nodes of a lab and the links between them. Link number N has the networks 10.N/256.N%256.0/24 and fd00:N::/64, and the
/// ports on it have .1, .2 and so on, as they come.
/// </summary>
public sealed class LabNetwork : IDisposable
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, int> _ports = [];
    private Node? _switch;
    private int _links;

    /// <summary>Makes a node.</summary>
    public Node AddNode(string name)
    {
        var node = new Node(name);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A cable between two nodes.</summary>
    public (Port A, Port B) Connect(Node a, Node b)
    {
        var number = ++_links;
        var (nameA, nameB) = (NextName(a), NextName(b));
        a.Run(() =>
        {
            using var netlink = new Netlink();
            netlink.MakeVeth(nameA, a.NetworkNamespace, nameB, b.NetworkNamespace);
        });
        return (Finish(a, nameA, number, 1), Finish(b, nameB, number, 2));
    }

    /// <summary>A LAN of several nodes: a bridge in a node of its own.</summary>
    public IReadOnlyList<Port> ConnectAll(params IReadOnlyList<Node> nodes)
    {
        var number = ++_links;
        var bridge = $"lan{number}";
        var hub = _switch ??= AddNode("switch");
        var names = nodes.Select(NextName).ToList();
        hub.Run(() =>
        {
            using var netlink = new Netlink();
            netlink.MakeBridge(bridge);
            foreach (var (i, node) in nodes.Index())
            {
                var port = $"lan{number}p{i + 1}";
                netlink.MakeVeth(port, hub.NetworkNamespace, names[i], node.NetworkNamespace);
                netlink.SetMaster(port, bridge);
            }
        });
        return [.. nodes.Select((node, i) => Finish(node, names[i], number, i + 1))];
    }

    /// <summary>Switches a port on or off; its peer sees the carrier come and go.</summary>
    public static void SetUp(Port port, bool isUp) => On(port, netlink => netlink.SetUp(port.Name, isUp));

    /// <summary>Sets the largest packet of a port.</summary>
    public static void SetMtu(Port port, int mtu) => On(port, netlink => netlink.SetMtu(port.Name, mtu));

    /// <summary>Gives a port one more address.</summary>
    public static void AddAddress(Port port, IPAddress address, int length) => On(port, netlink => netlink.AddAddress(port.Name, address, length));

    /// <summary>Adds a static route to a node.</summary>
    public static void AddRoute(Node node, IPNetwork to, IPAddress gateway) => node.Run(() =>
    {
        using var netlink = new Netlink();
        netlink.AddRoute(to, gateway);
    });

    /// <summary>Ends all nodes.</summary>
    public void Dispose()
    {
        foreach (var node in _nodes)
            node.Dispose();
        _nodes.Clear();
    }

    private static void On(Port port, Action<Netlink> what) => port.Node.Run(() =>
    {
        using var netlink = new Netlink();
        what(netlink);
    });

    private static Port Finish(Node node, string name, int link, int host)
    {
        var port = new Port(node, name, new IPAddress([10, (byte)(link >> 8), (byte)link, (byte)host]), IPAddress.Parse($"fd00:{link:x}::{host:x}"));
        On(port, netlink =>
        {
            netlink.SetUp(name, isUp: true);
            netlink.AddAddress(name, port.Ip4, 24);
            netlink.AddAddress(name, port.Ip6, 64);
        });
        return port;
    }

    private string NextName(Node node)
    {
        var number = _ports.GetValueOrDefault(node);
        _ports[node] = number + 1;
        return $"eth{number}";
    }
}
