using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Shows;

/// <summary>BGP: the two are neighbours of different ASes, and routes are of IPv4 and IPv6.</summary>
public sealed class BgpShow : Show
{
    private const uint SpeakerAs = 64496;
    private const uint DutAs = 64497;

    internal BgpShow(Dut dut, Func<RouterConfig, BgpSpeakerConfig, (RouterConfig Router, BgpSpeakerConfig Speaker)>? change)
        : base(dut)
    {
        SpeakerConfig = new BgpSpeakerConfig { Local = SpeakerPort.Ip4, Peer = DutPort.Ip4, As = SpeakerAs, Identifier = Ip4.Parse(SpeakerPort.Ip4.ToString()) };
        Config = new RouterConfig
        {
            RouterId = DutPort.Ip4,
            Bgp = new BgpConfig { As = DutAs, Neighbors = [new BgpNeighborConfig { Address = SpeakerPort.Ip4, Local = DutPort.Ip4, As = SpeakerAs, IsPassive = true }] },
        };
        if (change is not null)
            (Config, SpeakerConfig) = change(Config, SpeakerConfig);
    }

    /// <inheritdoc/>
    public override RoutingProtocol Protocol => RoutingProtocol.Bgp;

    /// <inheritdoc/>
    public override RouterConfig Config { get; }

    /// <summary>How the speaker behaves.</summary>
    public BgpSpeakerConfig SpeakerConfig { get; }

    /// <summary>The speaker.</summary>
    public BgpSpeaker Speaker { get; private set; } = null!;

    /// <summary>As <see cref="Show.StartAsync"/>, with the daemon's and the speaker's configuration made into something else.</summary>
    public static async Task<BgpShow> StartAsync(
        Dut dut, string? pcap, Func<RouterConfig, BgpSpeakerConfig, (RouterConfig Router, BgpSpeakerConfig Speaker)>? change, CancellationToken cancel)
    {
        dut.Find();
        var show = new BgpShow(dut, change);
        await show.BeginAsync(pcap, cancel);
        return show;
    }

    /// <inheritdoc/>
    protected override int RoutesOf(int count) => 2 * count;

    /// <inheritdoc/>
    protected override void MakeSpeaker() => Speaker = new BgpSpeaker(Loop, SpeakerPort.Node, SpeakerConfig);

    /// <inheritdoc/>
    protected override async Task<string?> StartSpeakerAsync(CancellationToken cancel) => (await Speaker.EstablishAsync(cancel))?.Reason;

    /// <inheritdoc/>
    protected override string? Lost => Speaker.LastEnd?.Reason;

    /// <inheritdoc/>
    protected override Task AnnounceAsync(int count) =>
        BgpAnnouncer.SendAsync(Speaker, BgpAnnouncer.Announce(count, SpeakerConfig, SpeakerPort.Ip6), CancellationToken.None);

    /// <inheritdoc/>
    protected override Task TakeBackAsync(int count) => BgpAnnouncer.SendAsync(Speaker, BgpAnnouncer.Withdraw(count), CancellationToken.None);

    /// <inheritdoc/>
    protected override void DisposeSpeaker() => Speaker?.Dispose();
}
