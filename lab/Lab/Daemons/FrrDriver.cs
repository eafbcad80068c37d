using System.Text.Json;
using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>FRRouting: zebra and one process a protocol, asked through vtysh.</summary>
public sealed class FrrDriver : DaemonDriver
{
    /// <inheritdoc/>
    public override string Name => "frr";

    /// <inheritdoc/>
    public override IReadOnlySet<RoutingProtocol> Protocols { get; } = new HashSet<RoutingProtocol>(Enum.GetValues<RoutingProtocol>());

    /// <inheritdoc/>
    public override bool InstallsRoutes => true;

    /// <inheritdoc/>
    public override Installation Find(DutPlace place) => Installation.Find(Name, "frr", place, ["zebra", "vtysh"], "mgmtd", "bgpd", "ospfd", "ospf6d", "isisd");

    /// <inheritdoc/>
    protected override Daemon Make(Installation installation, Node node) => new Frr(this, node, installation);
}

/// <summary>An FRR that runs. It tells what it knows in JSON.</summary>
internal sealed partial class Frr(DaemonDriver driver, Node node, Installation installation) : VtyDaemon(driver, node, installation)
{
    private const string ConfigFolder = "/etc/frr";
    private const string Pam = "/etc/pam.d";

    protected override Regex VersionText => Version();

    protected override string RunFolder => "/run/frr";

    protected override string ConfigFile => $"{ConfigFolder}/frr.conf";

    protected override string Template => "frr.conf";

    /// <summary>mgmtd has one lock, and parts that load at the same time find it taken.</summary>
    protected override IReadOnlyList<string> LoadOptions => Installation.Has("mgmtd") ? ["--no-fork"] : [];

    protected override IReadOnlyList<string> VtyshOptions => ["--vty_socket", RunFolder, "--config_dir", ConfigFolder];

    /// <summary>An integrated configuration is loaded by vtysh once all run.</summary>
    protected override void MakeFolders(IReadOnlyDictionary<string, string> configured)
    {
        var own = configured.Where(f => f.Key != "prefix" && f.Value is not ("/etc" or "/var" or "/run" or "/var/run" or "/usr/local/etc" or "/usr/local/var"));
        foreach (var folder in (string[])[RunFolder, ConfigFolder, Pam, "/var/lib/frr", "/var/tmp/frr", .. own.Select(f => f.Value)])
            Node.MakeWritable(folder);
        Node.Run(() =>
        {
            File.WriteAllText($"{ConfigFolder}/vtysh.conf", "service integrated-vtysh-config\n");

            // vtysh asks PAM whether its user may use it. A system's own answer may take files that a plain user, or a root
            // that was only unpacked, does not have.
            File.WriteAllText($"{Pam}/frr", "auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n");
        });
    }

    protected override IReadOnlyList<string> Options(string program) =>
        ["--log", "stdout", "--log-level", "informational", "--vty_socket", RunFolder, "-i", $"{RunFolder}/{program}.pid", "-P", "0"];

    protected override IEnumerable<string> Needed(RouterConfig config) => Installation.Has("mgmtd") ? base.Needed(config).Prepend("mgmtd") : base.Needed(config);

    public override async Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        using var answer = await JsonAsync(
            protocol switch
            {
                RoutingProtocol.Bgp => "show bgp neighbors json",
                RoutingProtocol.Ospfv2 => "show ip ospf neighbor json",
                RoutingProtocol.Ospfv3 => "show ipv6 ospf6 neighbor json",
                _ => "show isis neighbor json",
            },
            cancel);
        return protocol switch
        {
            RoutingProtocol.Bgp => [.. BgpNeighbors(answer.RootElement)],
            RoutingProtocol.Ospfv2 => [.. OspfNeighbors(answer.RootElement)],
            RoutingProtocol.Ospfv3 => [.. Ospf6Neighbors(answer.RootElement)],
            _ => [.. IsisNeighbors(answer.RootElement)],
        };
    }

    public override async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        var routes = new List<DaemonRoute>();
        foreach (var family in (string[])["ip", "ipv6"])
        {
            if (protocol == RoutingProtocol.Bgp)
            {
                using var table = await JsonAsync($"show bgp {(family == "ip" ? "ipv4" : "ipv6")} unicast json", cancel);
                routes.AddRange(BgpRoutes(table.RootElement));
            }
            else
            {
                using var table = await JsonAsync($"show {family} route json", cancel);
                routes.AddRange(ZebraRoutes(protocol, table.RootElement));
            }
        }

        return routes;
    }

    private static IEnumerable<Neighbor> BgpNeighbors(JsonElement answer)
    {
        foreach (var peer in answer.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object))
        {
            if (!peer.Value.TryGetProperty("bgpState", out var state))
                continue;
            int? received = peer.Value.TryGetProperty("addressFamilyInfo", out var families)
                ? families.EnumerateObject().Sum(f => f.Value.TryGetProperty("acceptedPrefixCounter", out var count) ? count.GetInt32() : 0)
                : null;
            yield return new(RoutingProtocol.Bgp, peer.Name, state.GetString()!, state.GetString() == "Established", received);
        }
    }

    /// <summary>Field names differ between versions: nbrState since 8, state before.</summary>
    private static IEnumerable<Neighbor> OspfNeighbors(JsonElement answer)
    {
        if (!answer.TryGetProperty("neighbors", out var neighbors))
            yield break;
        foreach (var (router, entries) in neighbors.EnumerateObject().Select(n => (n.Name, n.Value)))
        {
            foreach (var entry in entries.ValueKind == JsonValueKind.Array ? entries.EnumerateArray().ToArray() : [])
            {
                var state = (Text(entry, "nbrState") ?? Text(entry, "state") ?? "").Split('/')[0];
                yield return new(RoutingProtocol.Ospfv2, router, state, state == "Full");
            }
        }
    }

    private static IEnumerable<Neighbor> Ospf6Neighbors(JsonElement answer)
    {
        if (!answer.TryGetProperty("neighbors", out var neighbors))
            yield break;
        foreach (var entry in neighbors.EnumerateArray())
            yield return new(RoutingProtocol.Ospfv3, Text(entry, "neighborId") ?? "", Text(entry, "state") ?? "", Text(entry, "state") == "Full");
    }

    private static IEnumerable<Neighbor> IsisNeighbors(JsonElement answer)
    {
        if (!answer.TryGetProperty("areas", out var areas))
            yield break;
        foreach (var circuit in areas.EnumerateArray().SelectMany(a => a.TryGetProperty("circuits", out var c) ? c.EnumerateArray().ToArray() : []))
        {
            if (Text(circuit, "adj") is { } name)
                yield return new(RoutingProtocol.Isis, name, Text(circuit, "state") ?? "", Text(circuit, "state") == "Up");
        }
    }

    private static IEnumerable<DaemonRoute> BgpRoutes(JsonElement answer)
    {
        if (!answer.TryGetProperty("routes", out var routes))
            yield break;
        foreach (var (prefix, path) in routes.EnumerateObject().SelectMany(r => r.Value.EnumerateArray().Select(p => (r.Name, p))))
        {
            var hop = path.TryGetProperty("nexthops", out var hops) ? hops.EnumerateArray().Select(h => Text(h, "ip")).FirstOrDefault() : null;
            yield return new(RoutingProtocol.Bgp, prefix, hop, path.TryGetProperty("bestpath", out var best) && best.ValueKind == JsonValueKind.True);
        }
    }

    private static IEnumerable<DaemonRoute> ZebraRoutes(RoutingProtocol protocol, JsonElement answer)
    {
        var name = protocol switch { RoutingProtocol.Ospfv2 => "ospf", RoutingProtocol.Ospfv3 => "ospf6", _ => "isis" };
        foreach (var (prefix, route) in answer.EnumerateObject().SelectMany(r => r.Value.EnumerateArray().Select(p => (r.Name, p))))
        {
            if (Text(route, "protocol") != name)
                continue;
            var hop = route.TryGetProperty("nexthops", out var hops) ? hops.EnumerateArray().Select(h => Text(h, "ip")).FirstOrDefault() : null;
            yield return new(protocol, prefix, hop, route.TryGetProperty("selected", out var best) && best.ValueKind == JsonValueKind.True);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private async Task<JsonDocument> JsonAsync(string command, CancellationToken cancel)
    {
        var answer = await AskAsync(command, cancel);
        try
        {
            return JsonDocument.Parse(string.IsNullOrWhiteSpace(answer) ? "{}" : answer);
        }
        catch (JsonException e)
        {
            throw new DaemonException($"frr answers '{command}' with what is no JSON ({e.Message}): {answer[..Math.Min(200, answer.Length)]}");
        }
    }

    [GeneratedRegex(@"FRRouting \S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
