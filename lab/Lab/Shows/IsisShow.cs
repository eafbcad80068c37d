using System.Text;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Speakers.Isis;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Shows;

/// <summary>IS-IS, level 2: routes are networks of IPv4 and IPv6 in our LSPs.</summary>
public sealed class IsisShow : Show
{
    private readonly IsisSpeakerConfig _speakerConfig;

    internal IsisShow(Dut dut, bool isPointToPoint, string? ours = null, string? theirs = null)
        : base(dut)
    {
        _speakerConfig = new IsisSpeakerConfig
        {
            System = [0, 0, 0, 0, 0, 1],
            IsPointToPoint = isPointToPoint,
            Key = ours is null ? null : new(DigestAlgorithm.Md5, 0, Encoding.ASCII.GetBytes(ours)),
        };
        Config = new RouterConfig
        {
            RouterId = DutPort.Ip4,
            Isis = new IsisConfig { Net = "49.0001.0000.0000.0002.00", Interfaces = [new IsisInterfaceConfig { Name = "eth0", IsPointToPoint = isPointToPoint }], Secret = theirs },
        };
    }

    /// <inheritdoc/>
    public override RoutingProtocol Protocol => RoutingProtocol.Isis;

    /// <inheritdoc/>
    public override RouterConfig Config { get; }

    /// <summary>The speaker.</summary>
    public IsisSpeaker Speaker { get; private set; } = null!;

    /// <summary>Makes the lab and starts the daemon; the speaker is not started.</summary>
    public static async Task<IsisShow> StartAsync(Dut dut, bool isPointToPoint, string? pcap, CancellationToken cancel)
    {
        dut.Find();
        var show = new IsisShow(dut, isPointToPoint);
        await show.BeginAsync(pcap, cancel);
        return show;
    }

    /// <summary>The same where PDUs are signed by HMAC-MD5: with our secret by the speaker, with theirs by the daemon.</summary>
    public static async Task<IsisShow> StartAsync(Dut dut, bool isPointToPoint, string ours, string theirs, CancellationToken cancel)
    {
        dut.Find();
        var show = new IsisShow(dut, isPointToPoint, ours, theirs);
        await show.BeginAsync(null, cancel);
        return show;
    }

    /// <inheritdoc/>
    protected override int RoutesOf(int count) => 2 * count;

    /// <inheritdoc/>
    protected override void MakeSpeaker() => Speaker = new IsisSpeaker(Loop, SpeakerPort, _speakerConfig);

    /// <inheritdoc/>
    protected override async Task<string?> StartSpeakerAsync(CancellationToken cancel)
    {
        await Speaker.StartAsync();
        try
        {
            var first = await Task.WhenAny(Speaker.Up, Speaker.Ended).WaitAsync(Patience, TimeProvider.System, cancel);
            return first == Speaker.Up ? null : await Speaker.Ended;
        }
        catch (TimeoutException)
        {
            var states = await Speaker.AdjacenciesAsync();
            return states.Count == 0
                ? $"no hello of the daemon's within {Patience.TotalSeconds:0} s"
                : $"not up within {Patience.TotalSeconds:0} s: {string.Join(", ", states.Select(s => $"{s.Key} is {s.Value}"))}";
        }
    }

    /// <inheritdoc/>
    protected override Task AnnounceAsync(int count) =>
        Speaker.AnnounceAsync([.. Enumerable.Range(0, count).Select(TestRoutes.Of4)], [.. Enumerable.Range(0, count).Select(TestRoutes.Of6)]);

    /// <inheritdoc/>
    protected override Task TakeBackAsync(int count) => Speaker.AnnounceAsync([], []);

    /// <inheritdoc/>
    protected override void DisposeSpeaker() => Speaker?.Dispose();
}
