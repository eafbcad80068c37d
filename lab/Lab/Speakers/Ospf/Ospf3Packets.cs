using System.Buffers.Binary;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>Packets of OSPFv3 (RFC 5340 section A).</summary>
/// <param name="config">How the speaker behaves.</param>
/// <param name="mac">Our Ethernet address.</param>
/// <param name="linkLocal">Our address on the link.</param>
/// <param name="prefix">The link's network.</param>
/// <param name="index">Our number of the interface.</param>
internal sealed class Ospf3Packets(OspfSpeakerConfig config, byte[] mac, Ip6 linkLocal, Prefix prefix, uint index) : OspfPackets(config, mac)
{
    private const int HeaderLength = 16;

    private static readonly Ip6 AllRouters = Ip6.Parse("ff02::5");
    private static readonly Ip6 DesignatedRouters = Ip6.Parse("ff02::6");

    public override int Room => Config.Mtu - 40 - 32 - (Config.Key is { } key ? 16 + key.DigestLength : 0);

    public override ushort EtherType => 0x86dd;

    public override uint OwnName => Config.Router.Value;

    public override uint NameOf(OspfIncoming packet) => packet.Router;

    // The checksum covers the addresses, and is made when these are known.
    public override byte[] Hello(HelloInfo hello) => Encode(new Hello3
    {
        Interface = index,
        Priority = hello.Priority,
        Options = Config.Options,
        Interval = hello.Interval,
        DeadInterval = (ushort)hello.DeadInterval,
        Designated = new(hello.Designated),
        Backup = new(hello.Backup),
        Neighbors = [.. hello.Neighbors],
    });

    public override byte[] Description(byte flags, uint sequence, IEnumerable<byte[]> headers) => Encode(new DatabaseDescription3
    {
        Mtu = Config.Mtu,
        Options = Config.Options,
        Flags = flags,
        Sequence = sequence,
        Headers = [.. headers.Select(Header)],
    });

    public override byte[] Request(IEnumerable<LsaKey> keys) => Encode(new LinkStateRequest3
    {
        Requests = [.. keys.Select(k => new LinkStateRequest3.Request { Type = k.Type, Id = new(k.Id), Router = new(k.Router) })],
    });

    // As kinds that are not known, since those are written as they came whatever is in them.
    public override byte[] Update(IReadOnlyList<byte[]> lsas) => Encode(new LinkStateUpdate3 { Lsas = [.. lsas.Select(octets => Decode(octets, new UnknownLsa3()))] });

    public override byte[] Ack(IEnumerable<byte[]> headers) => Encode(new LinkStateAck3 { Headers = [.. headers.Select(Header)] });

    public override byte[] ToGroup(byte[] packet, bool isToDesignated)
    {
        var group = isToDesignated ? DesignatedRouters : AllRouters;
        return Framed(packet, group, Frames.GroupOf(group));
    }

    public override byte[] ToNeighbor(byte[] packet, UInt128 neighbor, byte[] mac) => Framed(packet, new(neighbor), mac);

    public override OspfIncoming? Read(ReadOnlySpan<byte> frame)
    {
        const int Headers = Frames.EthernetHeader + 40;
        if (frame.Length < Headers || frame[14] >> 4 != 6 || frame[20] != 89)
            return null;
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame[18..]);
        if (frame.Length < Headers + length)
            return null;
        var source = new Ip6(BinaryPrimitives.ReadUInt128BigEndian(frame[22..]));
        var facts = new WireFacts { Source = source, Destination = new(BinaryPrimitives.ReadUInt128BigEndian(frame[38..])), Key = Config.Key };
        var octets = frame.Slice(Headers, length);
        var (packet, error) = WireReader.Decode(octets, Ospf3Packet.Kinds, facts);
        if (packet.Instance != Config.Instance)
            return null; // Others on the link (RFC 5340 section 4.2.1).
        if (Misfit(packet, error, octets) is { } misfit)
            return Refuse(packet.Router, misfit);
        return new OspfIncoming
        {
            Router = packet.Router.Value,
            Source = source.Value,
            Mac = frame[6..12].ToArray(),
            Hello = packet is Hello3 h ? new(h.Interval, h.DeadInterval, h.Priority, h.Designated.Value, h.Backup.Value, h.Interface, h.Neighbors) : null,
            Description = packet is DatabaseDescription3 d ? new(d.Flags, d.Sequence, d.Mtu) : null,
            Requests = packet is LinkStateRequest3 r ? [.. r.Requests.Select(q => new LsaKey(q.Type, q.Id.Value, q.Router.Value))] : null,
            Lsas = packet is LinkStateUpdate3 ? LsaOctets.Split(octets[HeaderLength..BinaryPrimitives.ReadUInt16BigEndian(octets[2..])]) : null,
            Headers = packet switch { DatabaseDescription3 x => Octets(x.Headers), LinkStateAck3 a => Octets(a.Headers), _ => [] },
            IsAck = packet is LinkStateAck3,
        };
    }

    public override IEnumerable<byte[]> Own(OspfNeighbor? neighbor, OspfNeighbor? designated, bool isDesignated, IReadOnlyList<uint> attached)
    {
        const byte Boundary = 2;
        var isTransit = designated is not null || (isDesignated && attached.Count > 0);
        var router = new RouterLsa3 { Flags = Config.IsBoundary ? Boundary : (byte)0, Options = Config.Options };
        if (neighbor is not null)
            router.Links.Add(new() { Type = 1, Metric = Config.Cost, Interface = index, NeighborInterface = neighbor.Interface, Neighbor = new(neighbor.Router) });
        if (isTransit)
            router.Links.Add(new() { Type = 2, Metric = Config.Cost, Interface = index, NeighborInterface = designated?.Interface ?? index, Neighbor = designated is null ? Config.Router : new(designated.Router) });
        yield return Encode(router);
        yield return Encode(new LinkLsa { Id = new(index), Options = Config.Options, Priority = Config.Priority, LinkLocal = linkLocal, Prefixes = { new() { Prefix = prefix } } });
        if (!isTransit)
            yield return Encode(new IntraAreaPrefixLsa { ReferencedType = 0x2001, ReferencedRouter = Config.Router, Prefixes = { new() { Prefix = prefix, Extra = Config.Cost } } });
        if (isDesignated && attached.Count > 0)
        {
            yield return Encode(new NetworkLsa3 { Id = new(index), Options = Config.Options, Routers = [Config.Router.Value, .. attached] });
            yield return Encode(new IntraAreaPrefixLsa { Id = new(1), ReferencedType = 0x2002, ReferencedId = new(index), ReferencedRouter = Config.Router, Prefixes = { new() { Prefix = prefix } } });
        }
    }

    /// <summary>Why a packet is not taken, or null. What is wrong within an LSA is the business of whoever understands it.</summary>
    private string? Misfit(Ospf3Packet packet, WireException? error, ReadOnlySpan<byte> octets)
    {
        const int Count = 4;
        if (packet.Version != 3)
            return $"its version is {packet.Version}";
        if (error is not null && (packet is not LinkStateUpdate3
                || octets.Length < HeaderLength + Count
                || BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) is var length && (length > octets.Length || length < HeaderLength + Count)))
            return error.Message;
        if (Config.Key is { } key && (error is not null || !packet.HasTrailer || packet.Trailer.Association != key.Id || packet.Trailer.Digest is not null))
            return "it is not signed with our key";
        if (Config.Key is null && packet.WrongChecksum is not null)
            return "its checksum is wrong";
        if (packet.Area != Config.Area)
            return $"its area is {packet.Area}, ours {Config.Area}";
        if (packet.Router == Config.Router)
            return "it has our identifier";
        return packet switch
        {
            Hello3 hello => Misfit(hello.Interval, hello.DeadInterval, hello.Options),
            DatabaseDescription3 description => Misfit(description.Mtu),
            _ => null,
        };
    }

    private static LsaHeader3 Header(byte[] octets) => Decode(octets[..LsaOctets.HeaderLength], new LsaHeader3());

    private static List<byte[]> Octets(List<LsaHeader3> headers) => [.. headers.Select(h => WireWriter.Encode(h, WireFacts.Default))];

    private byte[] Framed(byte[] packet, Ip6 to, byte[] mac)
    {
        const int ChecksumAt = 12;
        var facts = new WireFacts { Source = linkLocal, Destination = to, Key = Config.Key };
        if (Config.Key is { } key)
        {
            var signed = WireReader.Decode(packet, Ospf3Packet.Kinds, facts).Value;
            signed.Sign(key, NextSequence());
            return Frames.OspfV3(Mac, mac, linkLocal, to, WireWriter.Encode(signed, facts));
        }

        var sum = Checksum.Of(SumKind.OspfV3, packet, ChecksumAt, facts);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ChecksumAt), sum!.Value);
        return Frames.OspfV3(Mac, mac, linkLocal, to, packet);
    }

    private byte[] Encode(Ospf3Packet packet)
    {
        (packet.Router, packet.Area, packet.Instance) = (Config.Router, Config.Area, Config.Instance);
        return WireWriter.Encode(packet, WireFacts.Default);
    }

    private byte[] Encode(Lsa3 lsa)
    {
        lsa.Router = Config.Router;
        return WireWriter.Encode(lsa, WireFacts.Default);
    }
}
