using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Tests;

/// <summary>Nodes and links, with real packets.</summary>
public sealed class NetworkTests
{
    /// <summary>Milliseconds: on a busy machine the kernel takes its time until a new link carries frames.</summary>
    private const int Patience = 30_000;

    [Test]
    public void Two_nodes_reach_each_other_and_nobody_else()
    {
        using var network = new LabNetwork();
        var (a, b) = network.Connect(network.AddNode("a"), network.AddNode("b"));

        Assert.That(() => Reaches(a, b.Ip4), Is.True.After(Patience, 20));
        Assert.That(() => Reaches(b, a.Ip6), Is.True.After(Patience, 20));
        Assert.That(a.Node.Run(() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().Select(i => i.Name).Order()), Is.EqualTo(new[] { "eth0", "lo" }));
    }

    [Test]
    public void A_link_goes_down_and_up_again()
    {
        using var network = new LabNetwork();
        var (a, b) = network.Connect(network.AddNode("a"), network.AddNode("b"));

        LabNetwork.SetUp(b, isUp: false);
        Assert.That(() => Reaches(a, b.Ip4), Is.False);
        LabNetwork.SetUp(b, isUp: true);
        Assert.That(() => Reaches(a, b.Ip4), Is.True.After(Patience, 20));
    }

    [Test]
    public void Many_nodes_share_a_lan()
    {
        using var network = new LabNetwork();
        var ports = network.ConnectAll([.. Enumerable.Range(0, 4).Select(i => network.AddNode($"n{i}"))]);

        Assert.That(() => ports.Skip(1).All(p => Reaches(ports[0], p.Ip4)), Is.True.After(Patience, 20));
        Assert.That(() => Reaches(ports[3], ports[1].Ip6), Is.True.After(Patience, 20));
    }

    [Test]
    public void A_route_is_seen_in_the_kernel()
    {
        using var network = new LabNetwork();
        var (a, b) = network.Connect(network.AddNode("a"), network.AddNode("b"));

        LabNetwork.AddRoute(a.Node, IPNetwork.Parse("192.0.2.0/24"), b.Ip4);
        LabNetwork.AddRoute(a.Node, IPNetwork.Parse("2001:db8::/32"), b.Ip6);

        Assert.That(a.Node.Routes(), Does.Contain(new KernelRoute(IPNetwork.Parse("192.0.2.0/24"), b.Ip4, 4, 0)));
        Assert.That(a.Node.Routes().Select(r => (r.Destination, r.Gateway, r.ProtocolName)), Does.Contain((IPNetwork.Parse("2001:db8::/32"), b.Ip6, "static")));
        Assert.That(b.Node.Routes().Select(r => r.Destination), Has.No.Member(IPNetwork.Parse("192.0.2.0/24")));
    }

    [Test]
    public async Task A_node_has_folders_that_the_host_does_not_see()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        var folder = $"/usr/share/openconfirm-{Guid.NewGuid():n}/state";

        node.MakeWritable(folder);
        node.MakeWritable("/etc/ssl");
        node.Run(() => File.WriteAllText($"{folder}/file", "x"));

        Assert.That(Directory.Exists(folder), Is.False);
        Assert.That(node.Run(() => Directory.GetFileSystemEntries("/etc/ssl")), Is.Empty);
        Assert.That((await NodeProcess.RunAsync(node, new ProcessCommand("/bin/cat", $"{folder}/file"), TimeSpan.FromSeconds(5), CancellationToken.None)).Output, Is.EqualTo("x"));
    }

    [Test]
    public async Task A_process_that_changes_its_groups_gets_its_way()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");

        var result = await NodeProcess.RunAsync(node, new ProcessCommand("/usr/bin/setpriv", "--clear-groups", "--reuid=frr", "--regid=frr", "/usr/bin/id", "-un"), TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.That(result, Is.EqualTo(new ProcessResult(0, "root\n", "")));
    }

    [Test]
    public void A_program_that_is_none_is_named()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");

        Assert.That(() => node.Start(new ProcessCommand("/nonexistent/bgpd")), Throws.TypeOf<DaemonException>().With.Message.EqualTo("/nonexistent/bgpd cannot be started: there is no such file"));
        Assert.That(() => node.Start(new ProcessCommand("/etc/hostname")), Throws.TypeOf<DaemonException>().With.Message.Contains("it is no program of this machine and its CPU"));
    }

    private static bool Reaches(Port from, IPAddress to)
    {
        using var ping = from.Node.Run(() =>
        {
            var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(new IPEndPoint(to, 9));
            }
            catch (SocketException)
            {
            }

            return socket;
        });

        // Nobody listens there: the refusal comes from the other end.
        return ping.Poll(300_000, SelectMode.SelectError) || (int)ping.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 111;
    }
}
