using System.Text.Json;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>OpenBGPD: a parent and its two engines, asked through bgpctl.</summary>
public sealed class OpenBgpdDriver : DaemonDriver
{
    /// <inheritdoc/>
    public override string Name => "openbgpd";

    /// <inheritdoc/>
    public override IReadOnlySet<RoutingProtocol> Protocols { get; } = new HashSet<RoutingProtocol> { RoutingProtocol.Bgp };

    /// <summary>The portable version has no code for the kernel of Linux.</summary>
    public override bool InstallsRoutes => false;

    /// <inheritdoc/>
    public override Installation Find(DutPlace place) => Installation.Find(Name, "openbgpd", place, ["bgpd", "bgpctl"]);

    /// <inheritdoc/>
    protected override Daemon Make(Installation installation, Node node) => new OpenBgpd(this, node, installation);
}

/// <summary>An OpenBGPD that runs.</summary>
internal sealed class OpenBgpd(DaemonDriver driver, Node node, Installation installation) : Daemon(driver, node, installation)
{
    private const string Folder = "/run/openbgpd";
    private const string ConfigFile = $"{Folder}/bgpd.conf";
    private const string ControlSocket = $"{Folder}/bgpd.sock";

    internal override async Task StartAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        Start("bgpd", "-d", "-f", ConfigFile);
        await WaitUntilAnsweringAsync(
            async () => Node.Run(() => File.Exists(ControlSocket)) && (await RunAsync("bgpctl", cancel, "-s", ControlSocket, "show", "summary")).Code == 0,
            cancel);
    }

    /// <summary>The daemon itself does not tell it; its file does.</summary>
    public override async Task<string> VersionAsync(CancellationToken cancel)
    {
        await AskAsync("show summary", cancel);
        var version = await RunAsync("bgpctl", cancel, "-V");
        return (version.Output + version.Errors).Trim();
    }

    public override async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        var result = await RunAsync("bgpctl", cancel, ["-s", ControlSocket, .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        return result.Code == 0 ? result.Output : throw new DaemonException($"openbgpd does not answer '{command}': {(result.Errors + result.Output).Trim()}");
    }

    public override async Task ReconfigureAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        var check = await RunAsync("bgpd", cancel, "-n", "-f", ConfigFile);
        if (check.Code != 0)
            throw new DaemonException($"openbgpd refuses its configuration: {check.Errors.Trim()}");
        await AskAsync("reload", cancel);
    }

    public override async Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        using var answer = await JsonAsync("-j show neighbor", cancel);
        return [.. answer.RootElement.GetProperty("neighbors").EnumerateArray().Select(n => new Neighbor(
            RoutingProtocol.Bgp,
            n.GetProperty("remote_addr").GetString()!,
            n.GetProperty("state").GetString()!,
            n.GetProperty("state").GetString() == "Established",
            n.TryGetProperty("stats", out var stats) && stats.TryGetProperty("prefixes", out var prefixes) ? prefixes.GetProperty("received").GetInt32() : null))];
    }

    public override async Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel)
    {
        using var answer = await JsonAsync("-j show rib", cancel);
        return answer.RootElement.TryGetProperty("rib", out var rib)
            ? [.. rib.EnumerateArray().Where(r => r.GetProperty("origin").GetString() is not null && r.TryGetProperty("neighbor", out var n) && n.GetProperty("remote_addr").GetString() is not ("0.0.0.0" or "LOCAL")).Select(r => new DaemonRoute(
                protocol,
                r.GetProperty("prefix").GetString()!,
                r.TryGetProperty("exit_nexthop", out var hop) ? hop.GetString() : null,
                r.TryGetProperty("best", out var best) && best.GetBoolean()))]
            : [];
    }

    private async Task<JsonDocument> JsonAsync(string command, CancellationToken cancel)
    {
        var answer = await AskAsync(command, cancel);
        try
        {
            return JsonDocument.Parse(answer);
        }
        catch (JsonException e)
        {
            throw new DaemonException($"openbgpd answers '{command}' with what is no JSON ({e.Message})");
        }
    }

    /// <summary>It reads no file that others could write, since keys may stand in it.</summary>
    private void Write(RouterConfig config)
    {
        var text = DaemonDriver.Render("bgpd.conf", config);
        Node.Run(() =>
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(ConfigFile, text);
            File.SetUnixFileMode(ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        });
    }
}
