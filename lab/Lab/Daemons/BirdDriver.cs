using System.Globalization;
using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>BIRD, versions 2 and 3: one process, asked through birdc.</summary>
public sealed class BirdDriver : DaemonDriver
{
    /// <inheritdoc/>
    public override string Name => "bird";

    /// <inheritdoc/>
    public override IReadOnlySet<RoutingProtocol> Protocols { get; } = new HashSet<RoutingProtocol> { RoutingProtocol.Bgp, RoutingProtocol.Ospfv2, RoutingProtocol.Ospfv3 };

    /// <inheritdoc/>
    public override bool InstallsRoutes => true;

    /// <inheritdoc/>
    public override Installation Find(DutPlace place) => Installation.Find(Name, "bird2", place, ["bird", "birdc"]);

    /// <inheritdoc/>
    protected override Daemon Make(Installation installation, Node node) => new Bird(this, node, installation);
}

/// <summary>A BIRD that runs.</summary>
internal sealed partial class Bird(DaemonDriver driver, Node node, Installation installation) : Daemon(driver, node, installation)
{
    private const string Folder = "/run/bird";
    private const string ConfigFile = $"{Folder}/bird.conf";
    private const string ControlSocket = $"{Folder}/bird.ctl";

    internal override async Task StartAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        Start("bird", "-f", "-c", ConfigFile, "-s", ControlSocket, "-P", $"{Folder}/bird.pid");
        await WaitUntilAnsweringAsync(
            async () => Node.Run(() => File.Exists(ControlSocket)) && (await RunAsync("birdc", cancel, "-s", ControlSocket, "show status")).Output.Contains("Daemon is up and running", StringComparison.Ordinal),
            cancel);
    }

    public override async Task<string> VersionAsync(CancellationToken cancel) =>
        Version().Match(await AskAsync("show status", cancel)) is { Success: true } found ? found.Value : throw new DaemonException("bird does not tell its version");

    public override async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        var result = await RunAsync("birdc", cancel, ["-s", ControlSocket, .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        return result.Code == 0 ? result.Output : throw new DaemonException($"bird does not answer '{command}': {(result.Errors + result.Output).Trim()}");
    }

    public override async Task ReconfigureAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        var answer = await AskAsync("configure", cancel);
        if (!answer.Contains("Reconfigured", StringComparison.Ordinal) && !answer.Contains("Reconfiguration in progress", StringComparison.Ordinal))
            throw new DaemonException($"bird refuses its configuration: {answer.Trim()}");
    }

    public override async Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        if (protocol == RoutingProtocol.Bgp)
            return BgpNeighbors(await AskAsync("show protocols all", cancel));
        var name = protocol == RoutingProtocol.Ospfv2 ? "ospfv2" : "ospfv3";
        return [.. OspfNeighbor().Matches(await AskAsync($"show ospf neighbors {name}", cancel))
            .Select(m => new Neighbor(protocol, m.Groups["router"].Value, m.Groups["state"].Value, m.Groups["state"].Value.StartsWith("Full", StringComparison.OrdinalIgnoreCase)))];
    }

    public override async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel) =>
        ReadRoutes(protocol, await AskAsync($"show route all where source ~ [ {Sources(protocol)} ]", cancel));

    internal static IReadOnlyList<Neighbor> BgpNeighbors(string text)
    {
        var neighbors = new List<Neighbor>();
        foreach (var block in text.Split("\n\n"))
        {
            if (BgpState().Match(block) is not { Success: true } state)
                continue;
            var received = Imported().Matches(block).Sum(m => int.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture));
            neighbors.Add(new(RoutingProtocol.Bgp, NeighborAddress().Match(block).Groups["address"].Value, state.Groups["state"].Value, state.Groups["state"].Value == "Established", received));
        }

        return neighbors;
    }

    /// <summary>A line that does not begin with a blank is a route; one with blanks first is another route to the same prefix.</summary>
    internal static IReadOnlyList<DaemonRoute> ReadRoutes(RoutingProtocol protocol, string text)
    {
        var routes = new List<DaemonRoute>();
        var prefix = "";
        foreach (var line in text.Split('\n'))
        {
            if (Route().Match(line) is { Success: true } route)
            {
                prefix = route.Groups["prefix"].Length > 0 ? route.Groups["prefix"].Value : prefix;
                routes.Add(new(protocol, prefix, null, route.Groups["best"].Length > 0));
            }
            else if (Via().Match(line) is { Success: true } via && routes.Count > 0 && routes[^1].NextHop is null)
            {
                routes[^1] = routes[^1] with { NextHop = via.Groups["hop"].Value };
            }
        }

        return routes;
    }

    private static string Sources(RoutingProtocol protocol) => protocol == RoutingProtocol.Bgp ? "RTS_BGP" : "RTS_OSPF, RTS_OSPF_IA, RTS_OSPF_EXT1, RTS_OSPF_EXT2";

    private void Write(RouterConfig config)
    {
        var text = DaemonDriver.Render("bird.conf", config);
        Node.Run(() =>
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(ConfigFile, text);
        });
    }

    [GeneratedRegex(@"BIRD (v?)[0-9]\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();

    [GeneratedRegex(@"^ +BGP state: +(?<state>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BgpState();

    [GeneratedRegex(@"^ +Neighbor address: +(?<address>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NeighborAddress();

    [GeneratedRegex(@"^ +Routes: +(?<count>\d+) imported", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Imported();

    [GeneratedRegex(@"^(?<router>\d+\.\d+\.\d+\.\d+)\s+\d+\s+(?<state>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OspfNeighbor();

    [GeneratedRegex(@"^(?<prefix>[0-9a-f:.]+/\d+)?\s+(unicast|blackhole|unreachable|prohibit) \[\S+ [^\]]+\] (?<best>\*)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Route();

    [GeneratedRegex(@"^\s+via (?<hop>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Via();
}
