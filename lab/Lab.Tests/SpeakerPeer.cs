using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Tests;

/// <summary>A BGP speaker of ours and the plain socket that is its peer, both in one node.</summary>
internal sealed class SpeakerPeer : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    public static readonly byte[] Marker = [.. Enumerable.Repeat((byte)0xff, 16)];

    private readonly LabNetwork _network = new();
    private Socket? _listener;
    private Socket? _socket;

    private SpeakerPeer(Func<BgpSpeakerConfig, BgpSpeakerConfig> change)
    {
        Node = _network.AddNode("both");
        var config = change(new BgpSpeakerConfig { Local = IPAddress.Loopback, Peer = IPAddress.Loopback, As = 64496, Identifier = Ip4.Parse("192.0.2.1") });
        Speaker = new BgpSpeaker(Loop, Node, config);
    }

    public Node Node { get; }

    public SpeakerLoop Loop { get; } = new();

    public BgpSpeaker Speaker { get; }

    /// <summary>The peer's end.</summary>
    public Socket Socket => _socket!;

    /// <summary>A speaker that connects, and has.</summary>
    public static async Task<SpeakerPeer> ActiveAsync(Func<BgpSpeakerConfig, BgpSpeakerConfig>? change = null)
    {
        var pair = new SpeakerPeer(change ?? (c => c));
        pair._listener = pair.NewSocket();
        pair._listener.Bind(new IPEndPoint(IPAddress.Loopback, 179));
        pair._listener.Listen();
        await pair.Speaker.StartAsync();
        pair._socket = await pair._listener.AcceptAsync().WaitAsync(Limit);
        return pair;
    }

    /// <summary>A speaker that waits for its peer.</summary>
    public static async Task<SpeakerPeer> PassiveAsync(Func<BgpSpeakerConfig, BgpSpeakerConfig>? change = null)
    {
        var pair = new SpeakerPeer(c => (change ?? (same => same))(c) with { IsPassive = true });
        await pair.Speaker.StartAsync();
        return pair;
    }

    /// <summary>Whoever connects to us next.</summary>
    public Task<Socket> AcceptAsync() => _listener!.AcceptAsync().WaitAsync(Limit);

    /// <summary>One more connection to the speaker; the first one is <see cref="Socket"/>.</summary>
    public async Task<Socket> ConnectAsync()
    {
        var socket = NewSocket();
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 179)).WaitAsync(Limit);
        _socket ??= socket;
        return socket;
    }

    /// <summary>The peer says octets.</summary>
    public Task SayAsync(params byte[] octets) => Socket.SendAsync(octets).WaitAsync(Limit);

    /// <summary>The peer says a message.</summary>
    public Task SayAsync(BgpMessage message) => SayAsync(WireWriter.Encode(message, WireFacts.Default));

    /// <summary>The peer says OPEN and KEEPALIVE, and the session is established.</summary>
    public async Task EstablishAsync(ushort holdTime = 90)
    {
        await SayAsync(NewOpen() with { HoldTime = holdTime });
        await SayAsync(new Keepalive());
        await UntilAsync(() => Speaker.State == BgpState.Established);
    }

    /// <summary>What the speaker says until it closes, and its end.</summary>
    public async Task<(IReadOnlyList<BgpMessage> Heard, BgpEnd End)> EndAsync()
    {
        var heard = await HearAsync(Socket);
        return (heard, await Speaker.Ended.WaitAsync(Limit));
    }

    /// <summary>What is said on a connection until it is closed.</summary>
    public static async Task<IReadOnlyList<BgpMessage>> HearAsync(Socket socket)
    {
        var octets = new List<byte>();
        var buffer = new byte[1 << 16];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Limit) is var count and > 0)
                octets.AddRange(buffer.AsSpan(0, count));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        var heard = new List<BgpMessage>();
        var all = octets.ToArray();
        for (var at = 0; at < all.Length;)
        {
            var length = BgpMessage.LengthOf(all.AsSpan(at))!.Value;
            heard.Add(WireReader.Decode(all.AsSpan(at, length), BgpMessage.Kinds, WireFacts.Default).Value);
            at += length;
        }

        return heard;
    }

    /// <summary>Waits until something holds; whoever asks for what does not come hears of it after the limit.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < Limit.TotalMilliseconds / 5 && !holds(); i++)
            await Task.Delay(5);
        Assert.That(holds(), Is.True);
    }

    /// <summary>A good OPEN.</summary>
    public static Open NewOpen() =>
        new() { MyAs = 64497, Identifier = Ip4.Parse("192.0.2.2"), Parameters = { new CapabilitiesParameter { Capabilities = { new Multiprotocol() } } } };

    public void Dispose()
    {
        Speaker.Dispose();
        Loop.Dispose();
        _socket?.Dispose();
        _listener?.Dispose();
        _network.Dispose();
    }

    private Socket NewSocket() => Node.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
}
