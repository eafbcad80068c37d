using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Speakers.Ospf;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Lab.Shows;

/// <summary>OSPF of either version: routes are external ones, one LSA each.</summary>
public sealed class OspfShow : Show
{
    private const string Port = "eth0";

    private readonly OspfSpeakerConfig _speakerConfig;

    internal OspfShow(Dut dut, RoutingProtocol protocol, bool isPointToPoint, AuthenticationKey? ours = null, AuthenticationKey? theirs = null)
        : base(dut)
    {
        Protocol = protocol;
        _speakerConfig = new OspfSpeakerConfig { Version = protocol == RoutingProtocol.Ospfv2 ? 2 : 3, Router = Ip4.Parse(SpeakerPort.Ip4.ToString()), IsPointToPoint = isPointToPoint, Key = ours };
        var ospf = new OspfConfig { Interfaces = [new OspfInterfaceConfig { Name = Port, IsPointToPoint = isPointToPoint, Key = theirs }] };
        Config = new RouterConfig
        {
            RouterId = DutPort.Ip4,
            Ospfv2 = protocol == RoutingProtocol.Ospfv2 ? ospf : null,
            Ospfv3 = protocol == RoutingProtocol.Ospfv3 ? ospf : null,
        };
    }

    /// <inheritdoc/>
    public override RoutingProtocol Protocol { get; }

    /// <inheritdoc/>
    public override RouterConfig Config { get; }

    /// <summary>The speaker.</summary>
    public OspfSpeaker Speaker { get; private set; } = null!;

    /// <summary>Makes the lab and starts the daemon; the speaker is not started.</summary>
    public static async Task<OspfShow> StartAsync(Dut dut, RoutingProtocol protocol, bool isPointToPoint, string? pcap, CancellationToken cancel)
    {
        dut.Find();
        var show = new OspfShow(dut, protocol, isPointToPoint);
        await show.BeginAsync(pcap, cancel);
        return show;
    }

    /// <summary>The same on a link between two, where packets are signed: with our key by the speaker, with theirs by the daemon.</summary>
    public static async Task<OspfShow> StartAsync(Dut dut, RoutingProtocol protocol, AuthenticationKey ours, AuthenticationKey theirs, CancellationToken cancel)
    {
        dut.Find();
        var show = new OspfShow(dut, protocol, isPointToPoint: true, ours, theirs);
        await show.BeginAsync(null, cancel);
        return show;
    }

    /// <inheritdoc/>
    protected override int RoutesOf(int count) => count;

    /// <inheritdoc/>
    protected override void MakeSpeaker() => Speaker = new OspfSpeaker(Loop, SpeakerPort, _speakerConfig);

    /// <inheritdoc/>
    protected override async Task<string?> StartSpeakerAsync(CancellationToken cancel)
    {
        await Speaker.StartAsync();
        try
        {
            var first = await Task.WhenAny(Speaker.Full, Speaker.Ended).WaitAsync(Patience, TimeProvider.System, cancel);
            return first == Speaker.Full ? null : await Speaker.Ended;
        }
        catch (TimeoutException)
        {
            var states = await Speaker.NeighborsAsync();
            return states.Count == 0
                ? $"no hello of the daemon's within {Patience.TotalSeconds:0} s"
                : $"not full within {Patience.TotalSeconds:0} s: {string.Join(", ", states.Select(s => $"{s.Key} is {s.Value}"))}";
        }
    }

    /// <inheritdoc/>
    protected override Task AnnounceAsync(int count) => Protocol == RoutingProtocol.Ospfv2
        ? Speaker.OriginateAsync((IReadOnlyList<Lsa>)[.. Enumerable.Range(0, count).Select(i => new AsExternalLsa
        {
            Id = new((uint)(TestRoutes.Of4(i).Address >> 96)),
            Mask = new(uint.MaxValue),
            Routes = { new() },
        })])
        : Speaker.OriginateAsync((IReadOnlyList<Lsa3>)[.. Enumerable.Range(0, count).Select(i => new AsExternalLsa3
        {
            Id = new((uint)i),
            Prefix = { new() { Prefix = TestRoutes.Of6(i) } },
        })]);

    /// <inheritdoc/>
    protected override Task TakeBackAsync(int count) => Speaker.WithdrawExternalsAsync();

    /// <inheritdoc/>
    protected override void DisposeSpeaker() => Speaker?.Dispose();
}
