using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Tests;

/// <summary>A BGP speaker and peers that do not behave: it ends with a clear cause, in bounded time and memory.</summary>
public sealed class BadPeerTests
{
    private static readonly byte[] Marker = [.. Enumerable.Repeat((byte)0xff, 16)];

    [Test]
    public async Task A_peer_that_closes()
    {
        var end = await EndAsync(async peer =>
        {
            await OpenAsync(peer);
            peer.Shutdown(SocketShutdown.Send); // Closed with something unread, it would reset and take what is on its way.
        });
        Assert.That((end.Kind, end.Reason), Is.EqualTo((BgpEndKind.PeerClosed, "the peer closed the connection")));
    }

    [Test]
    public async Task A_peer_that_says_why()
    {
        var end = await EndAsync(async peer =>
        {
            await OpenAsync(peer);
            await peer.SendAsync(WireWriter.Encode<BgpMessage>(new Notification { Code = 6, Subcode = 2, Data = [3, .. "bye"u8] }, WireFacts.Default));
            await StayAsync(peer);
        });
        Assert.That((end.Kind, end.Reason), Is.EqualTo((BgpEndKind.PeerNotified, "the peer said NOTIFICATION 6/2 (bye)")));
    }

    [TestCase(18)]
    [TestCase(0)]
    [TestCase(4097)]
    [TestCase(65535)]
    public async Task A_peer_that_lies_about_lengths(int length)
    {
        var end = await EndAsync(async peer =>
        {
            await OpenAsync(peer);
            await peer.SendAsync((byte[])[.. Marker, (byte)(length >> 8), (byte)length, 2]);
            await StayAsync(peer);
        });
        Assert.That((end.Kind, end.Reason), Is.EqualTo((BgpEndKind.PeerWrong, $"a message of type 2 whose length is {length}")));
    }

    [Test]
    public async Task A_peer_that_does_not_listen()
    {
        var end = await EndAsync(
            async peer =>
            {
                await OpenAsync(peer);
                await StayAsync(peer);
            },
            then: speaker =>
            {
                for (var i = 0; i < 4096; i++)
                    speaker.Send(new byte[4096]);
            });
        Assert.That(end.Kind, Is.EqualTo(BgpEndKind.PeerStalled));
        Assert.That(end.Reason, Does.StartWith("the peer does not take what we send: "));
    }

    /// <summary>A hundred megabytes of messages.</summary>
    [TestCase(2, 4096)]
    [TestCase(4, 19)]
    [TestCase(5, 23)]
    public async Task A_peer_that_floods(byte type, int length)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var flood = new byte[(1 << 20) / length * length + 4096];
        for (var at = 0; at < flood.Length - 4096; at += length)
            ((byte[])[.. Marker, (byte)(length >> 8), (byte)length, type]).CopyTo(flood, at);
        var end = await EndAsync(async peer =>
        {
            await OpenAsync(peer);
            for (var i = 0; i < 100; i++)
                await peer.SendAsync(flood.AsMemory(0, flood.Length - 4096));
            peer.Shutdown(SocketShutdown.Send);
        });
        Assert.That(end.Kind, Is.EqualTo(BgpEndKind.PeerClosed), end.Reason);
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(20 << 20));
    }

    /// <summary>Octet by octet: messages come out whole however TCP cuts them.</summary>
    [Test]
    public async Task A_peer_that_sends_one_octet_at_a_time()
    {
        var heard = new List<BgpMessage>();
        var update = WireWriter.Encode<BgpMessage>(new Update { Nlri = PrefixList.Ipv4("192.0.2.0/24") }, WireFacts.Default);
        await EndAsync(
            async peer =>
            {
                peer.NoDelay = true;
                await OpenAsync(peer);
                foreach (var octet in update.Concat(update))
                    await peer.SendAsync((byte[])[octet]);
                peer.Shutdown(SocketShutdown.Send);
            },
            onMessage: heard.Add);
        Assert.That(heard.OfType<Update>().Select(u => u.Nlri.ToString()), Is.EqualTo(new[] { "192.0.2.0/24", "192.0.2.0/24" }));
    }

    /// <summary>Every message there is a kind of, cut in two at every octet.</summary>
    [Test]
    public async Task A_peer_whose_messages_come_in_two_pieces()
    {
        byte[] update = WireWriter.Encode<BgpMessage>(new Update { Nlri = PrefixList.Ipv4("192.0.2.0/24", "198.51.100.0/25") }, WireFacts.Default);
        byte[] refresh = WireWriter.Encode<BgpMessage>(new RouteRefresh(), WireFacts.Default);
        byte[] both = [.. update, .. refresh];
        var heard = new List<BgpMessage>();
        await EndAsync(
            async peer =>
            {
                peer.NoDelay = true;
                await OpenAsync(peer);
                for (var cut = 1; cut < both.Length; cut++)
                {
                    await peer.SendAsync(both.AsMemory(0, cut));
                    await Task.Yield();
                    await peer.SendAsync(both.AsMemory(cut));
                }

                peer.Shutdown(SocketShutdown.Send);
            },
            onMessage: heard.Add);
        Assert.That(heard.Count(m => m is Update { Nlri.IsEmpty: false }), Is.EqualTo(both.Length - 1));
        Assert.That(heard.Count(m => m is RouteRefresh), Is.EqualTo(both.Length - 1));
    }

    [Test]
    public async Task Hundreds_of_speakers_on_one_thread()
    {
        const int Sessions = 300;
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var node = network.AddNode("both");
        var speakers = Enumerable.Range(1, Sessions).Select(i =>
        {
            var (one, other) = (new IPAddress([127, 1, (byte)(i >> 8), (byte)i]), new IPAddress([127, 2, (byte)(i >> 8), (byte)i]));
            return (Passive: Make(one, other, isPassive: true), Active: Make(other, one, isPassive: false));
        }).ToList();
        await Task.WhenAll(speakers.Select(s => s.Passive.StartAsync()));
        var ends = await Task.WhenAll(speakers.Select(s => s.Active.EstablishAsync(CancellationToken.None)));

        Assert.That(ends, Has.All.Null);
        Assert.That(speakers.Select(s => s.Active.State), Has.All.EqualTo(BgpState.Established));
        foreach (var (passive, active) in speakers)
        {
            passive.Dispose();
            active.Dispose();
        }

        BgpSpeaker Make(IPAddress local, IPAddress peer, bool isPassive) =>
            new(loop, node, new BgpSpeakerConfig { Local = local, Peer = peer, As = 64496, Identifier = Ip4.Parse(local.ToString()), IsPassive = isPassive });
    }

    private static async Task<BgpEnd> EndAsync(
        Func<Socket, Task> peer, int queueBytes = 4 << 20, Action<BgpSpeaker>? then = null, Action<BgpMessage>? onMessage = null)
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var node = network.AddNode("both");
        using var listener = node.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 179));
        listener.Listen();
        using var speaker = new BgpSpeaker(loop, node, new BgpSpeakerConfig
        {
            Local = IPAddress.Loopback,
            Peer = IPAddress.Loopback,
            As = 64496,
            Identifier = Ip4.Parse("192.0.2.1"),
            QueueBytes = queueBytes,
        });
        if (onMessage is not null)
            speaker.OnMessage = decoded => onMessage(decoded.Value);
        await speaker.StartAsync();
        using var accepted = await listener.AcceptAsync();
        var playing = peer(accepted);
        if (then is not null)
        {
            while (speaker.State != BgpState.Established)
                await Task.Delay(5);
            then(speaker);
        }

        var end = await speaker.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        accepted.Close();
        try
        {
            await playing;
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }

        return end;
    }

    private static async Task OpenAsync(Socket peer)
    {
        var open = new Open { MyAs = 64497, Identifier = Ip4.Parse("192.0.2.2"), Parameters = { new CapabilitiesParameter { Capabilities = { new Multiprotocol() } } } };
        await peer.SendAsync((byte[])[.. WireWriter.Encode<BgpMessage>(open, WireFacts.Default), .. WireWriter.Encode<BgpMessage>(new Keepalive(), WireFacts.Default)]);
    }

    private static async Task StayAsync(Socket peer)
    {
        // Never reads: its window fills up.
        while (peer.Connected)
            await Task.Delay(20);
    }
}
