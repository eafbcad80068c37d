using System.Text.Json;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>GoBGP: one process, asked through gobgp.</summary>
public sealed class GobgpDriver : DaemonDriver
{
    /// <inheritdoc/>
    public override string Name => "gobgp";

    /// <inheritdoc/>
    public override IReadOnlySet<RoutingProtocol> Protocols { get; } = new HashSet<RoutingProtocol> { RoutingProtocol.Bgp };

    /// <summary>It gives routes to zebra, and this driver starts none.</summary>
    public override bool InstallsRoutes => false;

    /// <inheritdoc/>
    public override Installation Find(DutPlace place) => Installation.Find(Name, "gobgpd", place, ["gobgpd", "gobgp"]);

    /// <inheritdoc/>
    protected override Daemon Make(Installation installation, Node node) => new Gobgp(this, node, installation);
}

/// <summary>A GoBGP that runs.</summary>
internal sealed class Gobgp(DaemonDriver driver, Node node, Installation installation) : Daemon(driver, node, installation)
{
    private const int Hangup = 1;
    private const string Folder = "/run/gobgp";
    private const string ConfigFile = $"{Folder}/gobgpd.yaml";

    private RouterConfig? _config;

    internal override async Task StartAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        Start("gobgpd", "-f", ConfigFile, "-t", "yaml", "--log-plain", "--api-hosts", "127.0.0.1:50051", "--pprof-disable");
        await WaitUntilAnsweringAsync(async () => (await RunAsync("gobgp", cancel, "global")).Output.Contains("AS:", StringComparison.Ordinal), cancel);
        await AnnounceAsync(cancel);
    }

    public override async Task<string> VersionAsync(CancellationToken cancel)
    {
        await AskAsync("global", cancel);
        return (await RunAsync("gobgpd", cancel, "--version")).Output.Trim();
    }

    public override async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        var result = await RunAsync("gobgp", cancel, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return result.Code == 0 ? result.Output : throw new DaemonException($"gobgp does not answer '{command}': {(result.Errors + result.Output).Trim()}");
    }

    /// <summary>It reads the file anew; what it does not like stands in its log alone.</summary>
    public override async Task ReconfigureAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        Processes[0].Signal(Hangup);
        await AnnounceAsync(cancel);
    }

    public override async Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        using var answer = JsonDocument.Parse(await AskAsync("-j neighbor", cancel));
        return answer.RootElement.ValueKind != JsonValueKind.Array ? [] : [.. answer.RootElement.EnumerateArray().Select(NeighborOf)];
    }

    public override async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        var routes = new List<DaemonRoute>();
        foreach (var family in (string[])["ipv4", "ipv6"])
        {
            using var answer = JsonDocument.Parse(await AskAsync($"-j global rib -a {family}", cancel));
            if (answer.RootElement.ValueKind != JsonValueKind.Object)
                continue;
            foreach (var (prefix, path) in answer.RootElement.EnumerateObject().SelectMany(p => p.Value.EnumerateArray().Select(r => (p.Name, r))))
            {
                if (path.TryGetProperty("source-id", out var source) && source.ValueKind == JsonValueKind.String && source.GetString() is "" or "<nil>")
                    continue;
                routes.Add(new(protocol, prefix, NextHop(path), path.TryGetProperty("best", out var best) && best.ValueKind == JsonValueKind.True));
            }
        }

        return routes;
    }

    private static Neighbor NeighborOf(JsonElement neighbor)
    {
        // Numbers of an enumeration: 6 is ESTABLISHED in its interface definition.
        var state = neighbor.GetProperty("state");
        var session = state.TryGetProperty("session_state", out var s) ? s.ToString() : "0";
        var name = session switch { "1" => "Idle", "2" => "Connect", "3" => "Active", "4" => "OpenSent", "5" => "OpenConfirm", "6" => "Established", _ => session };
        var address = state.TryGetProperty("neighbor_address", out var a) ? a.GetString()! : neighbor.GetProperty("conf").GetProperty("neighbor_address").GetString()!;
        var received = neighbor.TryGetProperty("afi_safis", out var families)
            ? families.EnumerateArray().Sum(f => f.TryGetProperty("state", out var t) && t.TryGetProperty("received", out var r) ? r.GetInt32() : 0)
            : (int?)null;
        return new(RoutingProtocol.Bgp, address, name, name == "Established", received);
    }

    private static string? NextHop(JsonElement path)
    {
        foreach (var attribute in path.TryGetProperty("attrs", out var attributes) ? attributes.EnumerateArray().ToArray() : [])
        {
            if (attribute.TryGetProperty("nexthop", out var hop))
                return hop.GetString();
        }

        return null;
    }

    private async Task AnnounceAsync(CancellationToken cancel)
    {
        foreach (var network in _config!.Bgp!.Networks)
            await AskAsync($"global rib add {network} -a {(network.BaseAddress.GetAddressBytes().Length == 4 ? "ipv4" : "ipv6")}", cancel);
    }

    private void Write(RouterConfig config)
    {
        _config = config;
        var text = DaemonDriver.Render("gobgpd.yaml", config);
        Node.Run(() =>
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(ConfigFile, text);
        });
    }
}
