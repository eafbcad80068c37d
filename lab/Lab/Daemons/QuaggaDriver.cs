using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Quagga 1.2: zebra and one process a protocol, asked through vtysh. No distribution has it: it is always a build.</summary>
public sealed class QuaggaDriver : DaemonDriver
{
    /// <inheritdoc/>
    public override string Name => "quagga";

    /// <inheritdoc/>
    public override IReadOnlySet<RoutingProtocol> Protocols { get; } = new HashSet<RoutingProtocol>(Enum.GetValues<RoutingProtocol>());

    /// <inheritdoc/>
    public override bool InstallsRoutes => true;

    /// <inheritdoc/>
    public override Installation Find(DutPlace place) => Installation.Find(Name, "quagga", place, ["zebra", "vtysh"], "bgpd", "ospfd", "ospf6d", "isisd");

    /// <inheritdoc/>
    protected override Daemon Make(Installation installation, Node node) => new Quagga(this, node, installation);
}

/// <summary>A Quagga that runs. It tells what it knows in tables for people (<see cref="QuaggaText"/>).</summary>
internal sealed partial class Quagga(DaemonDriver driver, Node node, Installation installation) : VtyDaemon(driver, node, installation)
{
    // Its defaults, when it was configured without options.
    private string _runFolder = "/var/run";
    private string _configFolder = "/usr/local/etc";

    protected override Regex VersionText => Version();

    protected override string RunFolder => _runFolder;

    protected override string ConfigFile => $"{_configFolder}/Quagga.conf";

    protected override string Template => "quagga.conf";

    protected override IReadOnlyList<string> VtyshOptions => [];

    /// <summary>No option changes where the sockets and vtysh's file are.</summary>
    protected override void MakeFolders(IReadOnlyDictionary<string, string> configured)
    {
        if (configured.TryGetValue("prefix", out var prefix))
            (_runFolder, _configFolder) = (prefix == "/usr" ? "/var/run" : $"{prefix}/var/run", $"{prefix}/etc");
        _runFolder = configured.GetValueOrDefault("localstatedir", _runFolder);
        _configFolder = configured.GetValueOrDefault("sysconfdir", _configFolder);
        if (_configFolder == "/etc")
            throw new DaemonException("this quagga was configured to have its files in /etc itself; configure it with --sysconfdir=/etc/quagga");
        Node.MakeWritable(_runFolder);
        Node.MakeWritable(_configFolder);

        // Each process reads a file of its own first, or it would say nothing of its beginning.
        Node.Run(() => File.WriteAllText(StartFile, "log stdout\n"));
    }

    protected override IReadOnlyList<string> Options(string program) =>
        ["-f", StartFile, "-i", $"{_runFolder}/{program}.pid", "-z", $"{_runFolder}/zserv.api", "-P", "0"];

    private string StartFile => $"{_configFolder}/start.conf";

    public override async Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel) => [.. protocol switch
    {
        RoutingProtocol.Bgp => QuaggaText.BgpNeighbors(await AskAsync("show ip bgp neighbors", cancel)),
        RoutingProtocol.Ospfv2 => QuaggaText.OspfNeighbors(protocol, await AskAsync("show ip ospf neighbor", cancel)),
        RoutingProtocol.Ospfv3 => QuaggaText.OspfNeighbors(protocol, await AskAsync("show ipv6 ospf6 neighbor", cancel)),
        _ => QuaggaText.IsisNeighbors(await AskAsync("show isis neighbor", cancel)),
    }];

    public override async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel) => protocol == RoutingProtocol.Bgp
        ? [.. QuaggaText.BgpRoutes(await AskAsync("show ip bgp", cancel)), .. QuaggaText.BgpRoutes(await AskAsync("show bgp", cancel))]
        : [.. QuaggaText.ZebraRoutes(protocol, await AskAsync("show ip route", cancel)), .. QuaggaText.ZebraRoutes(protocol, await AskAsync("show ipv6 route", cancel))];

    [GeneratedRegex(@"Quagga [0-9][^\s(]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
