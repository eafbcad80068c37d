using System.Text.RegularExpressions;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>What FRR and Quagga have in common: zebra and one process a protocol, all of them asked through vtysh.</summary>
internal abstract partial class VtyDaemon(DaemonDriver driver, Node node, Installation installation) : Daemon(driver, node, installation)
{
    /// <summary>How it calls itself before its version.</summary>
    protected abstract Regex VersionText { get; }

    /// <summary>Where its processes have their sockets.</summary>
    protected abstract string RunFolder { get; }

    /// <summary>The file that vtysh loads.</summary>
    protected abstract string ConfigFile { get; }

    /// <summary>Its file in templates/daemons/.</summary>
    protected abstract string Template { get; }

    /// <summary>What vtysh has to be told each time.</summary>
    protected abstract IReadOnlyList<string> VtyshOptions { get; }

    /// <summary>What vtysh has to be told when it loads its file.</summary>
    protected virtual IReadOnlyList<string> LoadOptions => [];

    internal override async Task StartAsync(RouterConfig config, CancellationToken cancel)
    {
        MakeFolders(await ConfiguredFoldersAsync(cancel));
        Write(config);
        foreach (var program in Needed(config))
        {
            if (!Installation.Has(program))
                throw new DaemonException($"this {Name} has no {program}");
            Start(program, Options(program));
            await WaitUntilAnsweringAsync(() => Task.FromResult(Node.Run(() => File.Exists($"{RunFolder}/{program}.vty"))), cancel);
        }

        await LoadAsync(cancel);
    }

    public override async Task<string> VersionAsync(CancellationToken cancel) =>
        VersionText.Match(await AskAsync("show version", cancel)) is { Success: true } found ? found.Value : throw new DaemonException($"{Name} does not tell its version");

    public override async Task<string> AskAsync(string command, CancellationToken cancel)
    {
        var result = await RunAsync("vtysh", cancel, [.. VtyshOptions, "-c", command]);
        return result.Code == 0 ? result.Output : throw new DaemonException($"{Name} does not answer '{command}': {(result.Errors + result.Output).Trim()}");
    }

    /// <summary>What the new configuration does not mention stays: its own commands only add and change.</summary>
    public override async Task ReconfigureAsync(RouterConfig config, CancellationToken cancel)
    {
        Write(config);
        await LoadAsync(cancel);
    }

    /// <summary>Makes the folders that it wants.</summary>
    /// <param name="configured">Those that it was configured with when it was built, by option: "localstatedir".</param>
    protected abstract void MakeFolders(IReadOnlyDictionary<string, string> configured);

    /// <summary>With what one of its programs is started.</summary>
    protected abstract IReadOnlyList<string> Options(string program);

    /// <summary>The processes that a configuration needs, in the order of their start.</summary>
    protected virtual IEnumerable<string> Needed(RouterConfig config) => ["zebra", .. config.Protocols.Select(Program)];

    private static string Program(RoutingProtocol protocol) => protocol switch
    {
        RoutingProtocol.Bgp => "bgpd",
        RoutingProtocol.Ospfv2 => "ospfd",
        RoutingProtocol.Ospfv3 => "ospf6d",
        _ => "isisd",
    };

    /// <summary>A build of one's own has other folders compiled in; it tells them.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ConfiguredFoldersAsync(CancellationToken cancel)
    {
        var version = await RunAsync("zebra", cancel, "--version");
        return ConfiguredFolder().Matches(version.Output).DistinctBy(m => m.Groups["option"].Value).ToDictionary(m => m.Groups["option"].Value, m => m.Groups["folder"].Value);
    }

    private void Write(RouterConfig config)
    {
        var text = DaemonDriver.Render(Template, config);
        Node.Run(() => File.WriteAllText(ConfigFile, text));
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var result = await RunAsync("vtysh", cancel, [.. VtyshOptions, "-b", .. LoadOptions]);
        if (result.Code != 0 || result.Output.Contains("% ", StringComparison.Ordinal) || result.Errors.Contains("% ", StringComparison.Ordinal))
            throw new DaemonException($"{Name} refuses its configuration: {(result.Errors + result.Output).Trim()}");
    }

    [GeneratedRegex(@"--(?<option>prefix|localstatedir|sysconfdir|runstatedir)=(?<folder>/[^\s']*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConfiguredFolder();
}
