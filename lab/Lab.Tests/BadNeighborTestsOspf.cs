using System.Buffers.Binary;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Lab.Speakers.Ospf;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Tests;

/// <summary>An OSPF speaker and neighbours that do not behave: it goes on, or ends with a clear cause, in bounded time and memory.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[TestFixture(2)]
[TestFixture(3)]
public sealed class BadNeighborTestsOspf(int version) : IDisposable
{
    private const uint SpeakerId = 0x0a000909;
    private const uint PuppetId = 0x0a000101;
    private const int First = unchecked((int)0x80000001);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private LabNetwork _network = null!;
    private SpeakerLoop _loop = null!;
    private OspfSpeaker _speaker = null!;
    private OspfPuppet _puppet = null!;
    private IReadOnlyList<Port> _others = [];

    private ushort RouterType => version == 2 ? (ushort)1 : (ushort)0x2001;

    private ushort NetworkType => version == 2 ? (ushort)2 : (ushort)0x2002;

    private ushort ExternalType => version == 2 ? (ushort)5 : (ushort)0x4005;

    private LsaKey SpeakersRouterLsa => new(RouterType, version == 2 ? SpeakerId : 0, SpeakerId);

    public void Dispose()
    {
        _speaker?.Dispose();
        _puppet?.Dispose();
        _loop?.Dispose();
        _network?.Dispose();
    }

    [Test]
    public async Task A_packet_cut_anywhere()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        foreach (var packet in EveryKind(lsa))
        {
            for (var length = 0; length < packet.Length; length++)
            {
                _puppet.SendRaw(packet.AsSpan(0, length));
                var honest = packet[..length];
                if (length >= 4)
                    BinaryPrimitives.WriteUInt16BigEndian(honest.AsSpan(2), (ushort)length);
                if (packet[1] != 1 && packet[1] != 2) // Shorter hellos and descriptions are good ones, with fewer in them.
                    _puppet.SendRaw(honest);
            }
        }

        await IsFullAsync();
        await HasNotAsync(LsaOctets.KeyOf(lsa, version));
    }

    [Test]
    public async Task A_packet_that_lies_about_its_length([Values(0, 1, 23, 0xffff)] int length)
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        foreach (var packet in EveryKind(lsa))
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
            _puppet.SendRaw(packet);
        }

        await IsFullAsync();
        await HasNotAsync(LsaOctets.KeyOf(lsa, version));
    }

    [Test]
    public async Task An_lsa_that_lies_about_its_length([Values(0, 19, 45, 0xffff)] int length)
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        var packet = _puppet.Packets.Update([lsa]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(packet.Length - lsa.Length + 18), (ushort)length);
        _puppet.SendRaw(packet);

        await IsFullAsync();
        await HasNotAsync(LsaOctets.KeyOf(lsa, version));
    }

    [Test]
    public async Task An_update_that_lies_about_how_many_there_are([Values(0u, 2u, 0xffffffffu)] uint count)
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        var packet = _puppet.Packets.Update([lsa]);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(packet.Length - lsa.Length - 4), count);
        _puppet.SendRaw(packet);
        await IsFullAsync();
    }

    /// <summary>Whatever is in an LSA whose own length and checksum are right comes back as it came.</summary>
    [Test]
    public async Task An_lsa_whose_content_makes_no_sense([Values(0, 1, 2, 3)] int which)
    {
        byte[] countsFive = [0, 0, 0, 5, .. new byte[12]];
        var lsa = which switch
        {
            0 => Lsa(RouterType, PuppetId, First, countsFive),
            1 => Lsa(RouterType, PuppetId, First, [1]),
            2 => Lsa(ExternalType, 7, First, []),
            _ => Lsa(version == 2 ? (ushort)200 : (ushort)0xa0c8, 7, First, [.. Enumerable.Range(0, 31).Select(i => (byte)i)]),
        };
        await StartAsync();
        await _puppet.BecomeFullAsync();
        _puppet.Send(_puppet.Packets.Update([lsa]));
        Assert.That(await AskAsync(LsaOctets.KeyOf(lsa, version)), Is.EqualTo(lsa));
    }

    [Test]
    public async Task An_lsa_with_a_wrong_checksum()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        lsa[30] ^= 1;
        var packet = _puppet.Packets.Update([Lsa(RouterType, PuppetId, First, new byte[24])]);
        packet[^(lsa.Length - 30)] ^= 1;
        _puppet.SendRaw(packet);
        await HasNotAsync(LsaOctets.KeyOf(lsa, version));
    }

    [Test]
    public async Task A_flood_of_new_lsas()
    {
        await StartAsync(c => c with { DatabaseBytes = 1 << 20 });
        await _puppet.BecomeFullAsync();
        for (var i = 0u; !_speaker.Ended.IsCompleted && i < 100_000; i += 30)
        {
            _puppet.Send(_puppet.Packets.Update([.. Enumerable.Range(0, 30).Select(n => Lsa(ExternalType, i + (uint)n, First, new byte[16]))]));
            await Task.Yield();
        }

        Assert.That(await EndAsync(), Does.StartWith("the neighbour floods more LSAs than 1 MiB"));
    }

    [Test]
    public async Task Newer_and_newer_instances_without_end()
    {
        await StartAsync(c => c with { DatabaseBytes = 1 << 20 });
        await _puppet.BecomeFullAsync();
        for (var i = 0; i < 20_000; i++)
        {
            _puppet.Send(_puppet.Packets.Update([Lsa(RouterType, PuppetId, First + i, new byte[24])]));
            if (i % 50 == 0)
                await Task.Yield();
        }

        await IsFullAsync();
        Assert.That(_speaker.Ended.IsCompleted, Is.False);
    }

    [Test]
    public async Task Sixty_routers_on_a_lan()
    {
        await StartAsync(c => c with { IsPointToPoint = false, Priority = 1 });
        var heard = new HashSet<uint>();
        SayHellos(60);
        await _puppet.UntilAsync(p =>
        {
            heard.UnionWith(p.Hello?.Neighbors ?? []);
            return heard.Count == 60;
        });
        Assert.That(await _speaker.NeighborsAsync(), Has.Count.EqualTo(60));
    }

    [Test]
    public async Task More_routers_than_a_link_has()
    {
        await StartAsync(c => c with { IsPointToPoint = false });
        SayHellos(200);
        Assert.That(await EndAsync(), Is.EqualTo("more than 100 routers on the link"));
    }

    [Test]
    public async Task Descriptions_without_end([Values] bool isEmpty)
    {
        await StartAsync(c => c with { DatabaseBytes = 1 << 18 });
        var description = (await _puppet.OpenedAsync()).Description!;
        for (var i = 0u; !_speaker.Ended.IsCompleted && i < 10_000; i++)
        {
            var headers = isEmpty ? [] : Enumerable.Range(0, 60).Select(n => Lsa(ExternalType, (i * 60) + (uint)n, First, []));
            _puppet.Send(_puppet.Packets.Description(DescriptionInfo.More, description.Sequence, headers));
            var last = description.Sequence;
            while (_puppet.Next() is var packet && !_speaker.Ended.IsCompleted)
            {
                if (packet?.Description is { } next && next.Sequence != last)
                {
                    description = next;
                    break;
                }

                await Task.Yield();
            }
        }

        Assert.That(await EndAsync(), Is.EqualTo("the neighbour 10.0.1.1 describes its database without end"));
    }

    /// <summary>RFC 2328 section 10.6: any of them is SeqNumberMismatch.</summary>
    [Test]
    public async Task A_description_out_of_order([Values("sequence", "first", "master", "full")] string what)
    {
        await StartAsync();
        var opening = (await _puppet.OpenedAsync()).Description!;
        _puppet.Send(_puppet.Packets.Description(DescriptionInfo.More, opening.Sequence, []));
        var next = (await _puppet.UntilAsync(p => p.Description is { } d && (d.Flags & DescriptionInfo.First) == 0)).Description!;
        var (flags, sequence) = what switch
        {
            "sequence" => ((byte)0, next.Sequence + 5),
            "first" => ((byte)(DescriptionInfo.First | DescriptionInfo.More), next.Sequence),
            "master" => (DescriptionInfo.Master, next.Sequence),
            _ => ((byte)0, next.Sequence),
        };
        _puppet.Send(_puppet.Packets.Description(flags, sequence, []));
        if (what == "full")
            _puppet.Send(_puppet.Packets.Description(0, sequence + 1, []));
        Assert.That((await _puppet.UntilAsync(p => p.Description is { Flags: 7 })).Description!.Sequence, Is.Not.EqualTo(opening.Sequence));
    }

    /// <summary>RFC 2328 section 10.7: BadLSReq.</summary>
    [Test]
    public async Task A_request_for_what_is_not_there()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        _puppet.Send(_puppet.Packets.Request([new LsaKey(ExternalType, 99, PuppetId)]));
        await _puppet.UntilAsync(p => p.Description is { Flags: 7 });
    }

    /// <summary>It described a newer one than it sends; without BadLSReq we would ask for ever (RFC 2328 section 13 step 6).</summary>
    [Test]
    public async Task A_neighbour_that_does_not_send_what_it_described()
    {
        await StartAsync();
        var old = Lsa(RouterType, PuppetId, First, new byte[24]);
        await _puppet.BecomeFullAsync([Lsa(RouterType, PuppetId, First + 5, new byte[24])]);
        await _puppet.UntilAsync(p => p.Requests is not null);
        _puppet.Send(_puppet.Packets.Update([old]));
        _puppet.Send(_puppet.Packets.Update([old]));
        await _puppet.UntilAsync(p => p.Description is { Flags: 7 });
    }

    [Test]
    public async Task Everything_is_asked_for_again_and_again()
    {
        const int Count = 2000, Times = 100;
        await StartAsync();
        await _puppet.BecomeFullAsync();
        await OriginateExternalsAsync(Count);
        var heard = 0;
        await _puppet.UntilAsync(p => (heard += p.Lsas?.Count(l => LsaOctets.KeyOf(l, version).Type == ExternalType) ?? 0) >= Count);
        for (var i = 0; i < Times; i++)
        {
            foreach (var some in Enumerable.Range(0, Count).Select(n => new LsaKey(ExternalType, (uint)n, SpeakerId)).Chunk(100))
                _puppet.Send(_puppet.Packets.Request(some));
            _puppet.Send(_puppet.Packets.Hello(_puppet.Hello()));
        }

        await IsFullAsync();
    }

    /// <summary>Each LSA in our name that we do not know takes an LSA that ends it, and this one never acknowledges.</summary>
    [Test]
    public async Task Nothing_is_acknowledged()
    {
        await StartAsync(c => c with { DatabaseBytes = 1 << 18, RetransmitInterval = 60 });
        await _puppet.BecomeFullAsync();
        _puppet.IsAcknowledging = false;
        for (var i = 0u; !_speaker.Ended.IsCompleted && i < 100_000; i += 30)
        {
            _puppet.Send(_puppet.Packets.Update([.. Enumerable.Range(0, 30).Select(n => Lsa(ExternalType, i + (uint)n, First, new byte[16], SpeakerId))]));
            await Task.Yield();
        }

        Assert.That(await EndAsync(), Does.StartWith("the neighbour 10.0.1.1 has us keep more than "));
    }

    [Test]
    public async Task A_hello_that_does_not_fit([Values("interval", "dead", "area", "options", "mask", "version", "us")] string what)
    {
        if (what == "mask" && version == 3)
            Assert.Ignore("OSPFv3 has no mask");
        await StartAsync(c => c with { IsPointToPoint = false });
        var config = _puppet.Config;
        var other = _puppet.Speak(
            what switch
            {
                "area" => config with { Area = new(7) },
                "us" => config with { Router = new(SpeakerId) },
                _ => config,
            },
            Ip4.Parse(_puppet.Port.Ip4.ToString()));
        var hello = other.Hello(_puppet.Hello() with { Interval = (ushort)(what == "interval" ? 7 : config.HelloInterval), DeadInterval = what == "dead" ? 9u : config.DeadInterval });
        var body = version == 2 ? 24 : 16;
        if (what == "options")
            hello[version == 2 ? body + 6 : body + 7] = 0;
        else if (what == "mask")
            hello[body + 3] = 128;
        else if (what == "version")
            hello[0] = 9;
        _puppet.SendRaw(hello);
        for (var waited = 0; _speaker.Complaint is null && waited < 30_000; waited += 5)
            await Task.Delay(5);

        Assert.That(_speaker.Complaint, Does.Contain(what switch
        {
            "interval" => "its hello interval is 7 s, ours 40 s",
            "dead" => "its dead interval is 9 s, ours 120 s",
            "area" => "its area is 0.0.0.7, ours 0.0.0.0",
            "options" => "its area takes no external routes, ours does",
            "mask" => "its mask is 255.255.255.128, ours 255.255.255.0",
            "version" => "its version is 9",
            _ => "it has our identifier",
        }));
        Assert.That(await _speaker.NeighborsAsync(), Is.Empty);
    }

    /// <summary>RFC 2328 section 13 step 4: it is acknowledged, and kept by nobody.</summary>
    [Test]
    public async Task The_end_of_an_lsa_that_nobody_knows()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        var lsa = Lsa(RouterType, PuppetId, First, new byte[24]);
        BinaryPrimitives.WriteUInt16BigEndian(lsa, LsaOctets.MaxAge);
        _puppet.Send(_puppet.Packets.Update([lsa]));
        await _puppet.UntilAsync(p => p.IsAck && p.Headers.Any(h => LsaOctets.KeyOf(h, version) == LsaOctets.KeyOf(lsa, version)));
        await HasNotAsync(LsaOctets.KeyOf(lsa, version));
    }

    /// <summary>RFC 2328 section 13.4.</summary>
    [Test]
    public async Task Our_lsa_from_before_a_restart()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        _puppet.Send(_puppet.Packets.Update([Lsa(RouterType, SpeakersRouterLsa.Id, First + 1000, new byte[24], SpeakerId)]));
        var lsa = await OursAsync(SpeakersRouterLsa, l => LsaOctets.SequenceOf(l) > First + 1000);
        Assert.That((LsaOctets.SequenceOf(lsa), LsaOctets.AgeOf(lsa)), Is.EqualTo((First + 1001, 0)).Or.EqualTo((First + 1001, 1)));
        Assert.That(lsa, Has.Length.Not.EqualTo(44));
    }

    [Test]
    public async Task Our_lsa_that_no_longer_holds()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        _puppet.Send(_puppet.Packets.Update([Lsa(ExternalType, 77, First + 9, new byte[16], SpeakerId)]));
        var lsa = await OursAsync(new LsaKey(ExternalType, 77, SpeakerId), l => LsaOctets.AgeOf(l) == LsaOctets.MaxAge);
        Assert.That(LsaOctets.SequenceOf(lsa), Is.EqualTo(First + 9));
    }

    /// <summary>RFC 2328 section 12.1.6: it ends, and only when that is acknowledged it begins again.</summary>
    [Test]
    public async Task Our_lsa_with_the_last_sequence_number()
    {
        await StartAsync();
        await _puppet.BecomeFullAsync();
        _puppet.IsAcknowledging = false;
        _puppet.Send(_puppet.Packets.Update([Lsa(RouterType, SpeakersRouterLsa.Id, int.MaxValue, new byte[24], SpeakerId)]));
        var end = await OursAsync(SpeakersRouterLsa, l => LsaOctets.SequenceOf(l) == int.MaxValue || LsaOctets.SequenceOf(l) == int.MinValue);
        Assert.That((LsaOctets.SequenceOf(end), LsaOctets.AgeOf(end)), Is.EqualTo((int.MaxValue, LsaOctets.MaxAge)));
        _puppet.Send(_puppet.Packets.Ack([end[..LsaOctets.HeaderLength]]));
        var again = await OursAsync(SpeakersRouterLsa, l => LsaOctets.AgeOf(l) < LsaOctets.MaxAge);
        Assert.That(LsaOctets.SequenceOf(again), Is.EqualTo(First));
    }

    [Test]
    public async Task A_designated_router_that_loses_its_office_ends_its_network_lsa()
    {
        await StartAsync(c => c with { IsPointToPoint = false, Priority = 1, DeadInterval = 3, HelloInterval = 1 }, puppet => puppet with { HelloInterval = 1, DeadInterval = 3 });
        var (priority, designated) = ((byte)0, 0u);
        using var hellos = new Timer(_ => _puppet.Send(_puppet.Packets.Hello(_puppet.Hello(priority, designated))), null, 0, 100);
        var description = (await _puppet.UntilAsync(p => p.Description is { Flags: 7 })).Description!;
        _puppet.Send(_puppet.Packets.Description(0, description.Sequence, []));
        description = (await _puppet.UntilAsync(p => p.Description is { } d && (d.Flags & DescriptionInfo.First) == 0)).Description!;
        _puppet.Send(_puppet.Packets.Description(0, description.Sequence, []));
        var network = await OursAsync(null, l => LsaOctets.KeyOf(l, version).Type == NetworkType && LsaOctets.AgeOf(l) < LsaOctets.MaxAge);
        (priority, designated) = (200, version == 2 ? Ip4.Parse(_puppet.Port.Ip4.ToString()).Value : PuppetId);
        await OursAsync(LsaOctets.KeyOf(network, version), l => LsaOctets.AgeOf(l) == LsaOctets.MaxAge);
    }

    [Test]
    public async Task Many_lsas_come_packed_and_at_a_pace()
    {
        const int Count = 5000;
        await StartAsync();
        await _puppet.BecomeFullAsync();
        await OriginateExternalsAsync(Count);
        var (heard, packets) = (new HashSet<LsaKey>(), 0);
        await _puppet.UntilAsync(p =>
        {
            packets += p.Lsas is null ? 0 : 1;
            heard.UnionWith(p.Lsas?.Select(l => LsaOctets.KeyOf(l, version)).Where(k => k.Type == ExternalType) ?? []);
            return heard.Count == Count;
        });
        Assert.That(packets, Is.LessThan(Count / 20));
    }

    /// <summary>What the designated router takes from one it gives to all, as it came.</summary>
    [Test]
    public async Task An_lsa_that_makes_no_sense_goes_on_to_the_others_as_it_came()
    {
        await StartAsync(c => c with { IsPointToPoint = false, Priority = 9, DeadInterval = 2, HelloInterval = 1 }, puppet => puppet with { HelloInterval = 1, DeadInterval = 2 }, others: 1);
        using var other = new OspfPuppet(_others[0], _puppet.Config with { Router = new(PuppetId + 1) }, SpeakerId);
        using var hellos = new Timer(
            _ =>
            {
                _puppet.Send(_puppet.Packets.Hello(_puppet.Hello()));
                other.Send(other.Packets.Hello(other.Hello()));
            },
            null,
            0,
            100);
        await Task.WhenAll(_puppet.BecomeFullAsync(), other.BecomeFullAsync());
        var lsa = Lsa(RouterType, PuppetId, First, [0, 0, 0, 5, .. new byte[12]]);
        _puppet.Send(_puppet.Packets.Update([lsa]));
        var came = await other.UntilAsync(p => p.Lsas?.Any(l => LsaOctets.KeyOf(l, version) == LsaOctets.KeyOf(lsa, version)) == true);
        Assert.That(came.Lsas!.Single(l => LsaOctets.KeyOf(l, version) == LsaOctets.KeyOf(lsa, version)), Is.EqualTo(lsa));
    }

    private async Task StartAsync(Func<OspfSpeakerConfig, OspfSpeakerConfig>? change = null, Func<OspfSpeakerConfig, OspfSpeakerConfig>? puppets = null, int others = 0)
    {
        _network = new LabNetwork();
        _loop = new SpeakerLoop();
        IReadOnlyList<Port> ports;
        if (others == 0)
        {
            var (a, b) = _network.Connect(_network.AddNode("speaker"), _network.AddNode("puppet"));
            ports = [a, b];
        }
        else
        {
            ports = _network.ConnectAll([.. Enumerable.Range(0, 2 + others).Select(i => _network.AddNode($"n{i}"))]);
        }

        var config = new OspfSpeakerConfig { Version = version, Router = new(SpeakerId), HelloInterval = 40, DeadInterval = 120 };
        _speaker = new OspfSpeaker(_loop, ports[0], change?.Invoke(config) ?? config);
        config = config with { Router = new(PuppetId) };
        _puppet = new OspfPuppet(ports[1], puppets?.Invoke(config) ?? config, SpeakerId);
        _others = [.. ports.Skip(2)];
        await _speaker.StartAsync();
    }

    private async Task<string> EndAsync() => await _speaker.Ended.WaitAsync(Patience);

    private byte[] Lsa(ushort type, uint id, int sequence, byte[] body, uint router = PuppetId)
    {
        var lsa = new byte[LsaOctets.HeaderLength + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(lsa, 1);
        BinaryPrimitives.WriteUInt16BigEndian(lsa.AsSpan(2), version == 2 ? (ushort)(0x200 | type) : type);
        BinaryPrimitives.WriteUInt32BigEndian(lsa.AsSpan(4), id);
        BinaryPrimitives.WriteUInt32BigEndian(lsa.AsSpan(8), router);
        BinaryPrimitives.WriteInt32BigEndian(lsa.AsSpan(12), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(lsa.AsSpan(18), (ushort)lsa.Length);
        body.CopyTo(lsa, LsaOctets.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(lsa.AsSpan(16), Checksum.Of(SumKind.Lsa, lsa, 16, WireFacts.Default)!.Value);
        return lsa;
    }

    private IEnumerable<byte[]> EveryKind(byte[] lsa) =>
    [
        _puppet.Packets.Hello(_puppet.Hello()),
        _puppet.Packets.Description(0, 1, [lsa]),
        _puppet.Packets.Request([SpeakersRouterLsa]),
        _puppet.Packets.Update([lsa]),
        _puppet.Packets.Ack([lsa]),
    ];

    private void SayHellos(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var router = _puppet.Speak(_puppet.Config with { Router = new((uint)i) }, new(0x0a000200 + (uint)i));
            _puppet.SendFrame(router.ToGroup(router.Hello(_puppet.Hello()), isToDesignated: false));
        }
    }

    private async Task OriginateExternalsAsync(int count)
    {
        if (version == 2)
            await _speaker.OriginateAsync((IReadOnlyList<Wire.Ospf.Lsa>)[.. Enumerable.Range(0, count).Select(i => new Wire.Ospf.AsExternalLsa { Id = new((uint)i), Mask = new(uint.MaxValue), Routes = { new() } })]);
        else
            await _speaker.OriginateAsync((IReadOnlyList<Wire.Ospf3.Lsa3>)[.. Enumerable.Range(0, count).Select(i => new Wire.Ospf3.AsExternalLsa3 { Id = new((uint)i), Prefix = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 64) } } })]);
    }

    /// <summary>After all that was sent, the adjacency stands: the speaker still answers a request.</summary>
    private async Task IsFullAsync()
    {
        Assert.That(await AskAsync(SpeakersRouterLsa), Has.Length.GreaterThan(20));
        Assert.That((await _speaker.NeighborsAsync())[new(PuppetId)], Is.EqualTo(OspfNeighborState.Full));
    }

    private async Task<byte[]> AskAsync(LsaKey key)
    {
        while (_puppet.Next() is not null)
        {
        }

        return await OursAsync(key, _ => true, () => _puppet.Send(_puppet.Packets.Request([key])));
    }

    private async Task HasNotAsync(LsaKey key)
    {
        await _puppet.UntilAsync(
            p => p.Lsas?.Any(l => LsaOctets.KeyOf(l, version) == key) == true || p.Description is { Flags: 7 },
            () => _puppet.Send(_puppet.Packets.Request([key])));
        Assert.That((await _speaker.NeighborsAsync())[new(PuppetId)], Is.EqualTo(OspfNeighborState.ExStart));
    }

    /// <summary>An LSA from the speaker.</summary>
    private async Task<byte[]> OursAsync(LsaKey? key, Func<byte[], bool> isIt, Action? ask = null)
    {
        var packet = await _puppet.UntilAsync(p => p.Lsas?.Any(Fits) == true, ask);
        return packet.Lsas!.First(Fits);

        bool Fits(byte[] lsa) => (key is null || LsaOctets.KeyOf(lsa, version) == key) && isIt(lsa);
    }
}
