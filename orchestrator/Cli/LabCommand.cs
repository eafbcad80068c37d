using System.Text.Json;
using System.Text.Json.Serialization;
using OpenConfirm.Intake;
using OpenConfirm.Lab;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary>What <c>openconfirm lab show</c> was asked for.</summary>
internal sealed record LabShowArguments
{
    /// <summary>The protocol, as written.</summary>
    public required string Protocol { get; init; }

    /// <summary>The daemon, as written.</summary>
    public required string Dut { get; init; }

    /// <summary>The root of another system that it is in, or null.</summary>
    public string? Root { get; init; }

    /// <summary>Routes of each family to announce.</summary>
    public required int Announce { get; init; }

    /// <summary>File for a capture, or null.</summary>
    public string? Pcap { get; init; }

    /// <summary>One JSON document on standard output.</summary>
    public bool Json { get; init; }
}

/// <summary><c>openconfirm lab</c>.</summary>
internal static class LabCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new TextConverter() } };

    /// <summary>Brings up one speaker and one daemon, announces, takes back, and prints what the daemon believed.</summary>
    public static async Task<int> ShowAsync(LabShowArguments arguments, CancellationToken cancel)
    {
        var (protocol, dut) = Wanted(arguments.Protocol, arguments.Dut, arguments.Root);
        if (arguments.Announce is < 0 or > TestRoutes.Most)
            throw new UsageException($"--announce takes 0 to {TestRoutes.Most}");
        if (!Sandbox.IsInside)
            return await InsideAsync(cancel);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, Sandbox.Enter());
        try
        {
            await using var show = await Show.StartAsync(protocol, dut, arguments.Pcap, both.Token);
            var result = await show.RunThroughAsync(arguments.Announce, both.Token);
            if (arguments.Json)
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result, Indented));
            else
                await LabShowPrinter.PrintAsync(result, Console.Out);
            return result.IsGood ? ExitCode.Good : ExitCode.Findings;
        }
        catch (DaemonException e)
        {
            await SayAsync(e);
            return ExitCode.Infrastructure;
        }
    }

    /// <summary>Opens a shell, or runs a command, in a lab of two daemons that are peered.</summary>
    public static async Task<int> ShellAsync(string protocolName, IReadOnlyList<string> duts, string? root, IReadOnlyList<string> command, string? pcap, CancellationToken cancel)
    {
        var (protocol, first) = Wanted(protocolName, duts[0], root);
        var (_, second) = Wanted(protocolName, duts[^1], root);
        if (!Sandbox.IsInside)
            return await InsideAsync(cancel);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, Sandbox.Enter());
        try
        {
            await using var pair = await DaemonPair.StartAsync(protocol, first, second, pcap, both.Token);
            var isUp = await pair.IsUpAsync(both.Token);
            await Console.Error.WriteLineAsync($"""
                {pair.Daemons[0].Name} ({pair.First.Ip4}) and {pair.Daemons[1].Name} ({pair.Second.Ip4}) {(isUp ? "are neighbours" : "run, and are no neighbours yet")}. You are beside {pair.Daemons[0].Name}:
                  {Asking(pair.Daemons[0])}
                beside the other one:
                  nsenter -t {pair.Daemons[1].Processes[0].Id} -n -m env {Asking(pair.Daemons[1])}
                """);
            return await pair.First.Node.RunAtTerminalAsync(command.Count > 0 ? command : [Environment.GetEnvironmentVariable("SHELL") ?? "/bin/sh"], both.Token);
        }
        catch (DaemonException e)
        {
            await SayAsync(e);
            return ExitCode.Infrastructure;
        }
    }

    private static string Asking(Daemon daemon) => daemon.Name switch
    {
        "bird" => daemon.ByHand("birdc", "-s", "/run/bird/bird.ctl", "show", "protocols"),
        "frr" or "quagga" => daemon.ByHand("vtysh", "-c", "'show running-config'"),
        "openbgpd" => daemon.ByHand("bgpctl", "-s", "/run/openbgpd/bgpd.sock", "show"),
        _ => daemon.ByHand("gobgp", "neighbor"),
    };

    private static Task SayAsync(DaemonException e) =>
        Console.Error.WriteLineAsync($"openconfirm: {string.Join('\n', e.Message.Split('\n').Select(TerminalText.Escape))}");

    private static async Task<int> InsideAsync(CancellationToken cancel)
    {
        var code = await Sandbox.RunInsideAsync(Environment.GetCommandLineArgs().Skip(1), cancel);
        cancel.ThrowIfCancellationRequested();
        return code;
    }

    private static (RoutingProtocol Protocol, Dut Dut) Wanted(string protocolName, string dutName, string? root = null)
    {
        if (!Enum.TryParse<RoutingProtocol>(protocolName, ignoreCase: true, out var protocol) || !char.IsLetter(protocolName[0]))
            throw new UsageException($"there is no protocol '{protocolName}'; there are bgp, ospfv2, ospfv3, isis");
        try
        {
            var dut = Dut.Parse(dutName, root);
            return dut.Driver.Protocols.Contains(protocol) ? (protocol, dut) : throw new UsageException($"{dut.Driver.Name} does not speak {protocolName}");
        }
        catch (FormatException e)
        {
            throw new UsageException($"--dut: {e.Message}");
        }
    }

    /// <summary>Addresses and networks as text.</summary>
    private sealed class TextConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(System.Net.IPAddress) || typeToConvert == typeof(System.Net.IPNetwork);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            typeToConvert == typeof(System.Net.IPAddress) ? new Of<System.Net.IPAddress>() : new Of<System.Net.IPNetwork>();

        private sealed class Of<T> : JsonConverter<T>
        {
            public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value!.ToString());
        }
    }
}
