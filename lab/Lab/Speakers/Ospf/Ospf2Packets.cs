using System.Buffers.Binary;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>Packets of OSPFv2 (RFC 2328 section A).</summary>
internal sealed class Ospf2Packets(OspfSpeakerConfig config, byte[] mac, Ip4 address, Ip4 mask) : OspfPackets(config, mac)
{
    private static readonly Ip4 AllRouters = Ip4.Parse("224.0.0.5");
    private static readonly Ip4 DesignatedRouters = Ip4.Parse("224.0.0.6");

    private readonly WireFacts _facts = new() { Key = config.Key };

    public override int Room => Config.Mtu - 20 - 32 - (Config.Key?.DigestLength ?? 0);

    public override ushort EtherType => 0x0800;

    public override uint OwnName => address.Value;

    public override uint NameOf(OspfIncoming packet) => (uint)packet.Source;

    public override byte[] Hello(HelloInfo hello) => Encode(new Hello
    {
        Mask = mask,
        Interval = hello.Interval,
        Options = (byte)Config.Options,
        Priority = hello.Priority,
        DeadInterval = hello.DeadInterval,
        Designated = new(hello.Designated),
        Backup = new(hello.Backup),
        Neighbors = [.. hello.Neighbors],
    });

    public override byte[] Description(byte flags, uint sequence, IEnumerable<byte[]> headers) => Encode(new DatabaseDescription
    {
        Mtu = Config.Mtu,
        Options = (byte)Config.Options,
        Flags = flags,
        Sequence = sequence,
        Headers = [.. headers.Select(Header)],
    });

    public override byte[] Request(IEnumerable<LsaKey> keys) => Encode(new LinkStateRequest
    {
        Requests = [.. keys.Select(k => new LinkStateRequest.Request { Type = k.Type, Id = new(k.Id), Router = new(k.Router) })],
    });

    // As kinds that are not known, since those are written as they came whatever is in them.
    public override byte[] Update(IReadOnlyList<byte[]> lsas) => Encode(new LinkStateUpdate { Lsas = [.. lsas.Select(octets => Decode(octets, new UnknownLsa()))] });

    public override byte[] Ack(IEnumerable<byte[]> headers) => Encode(new LinkStateAck { Headers = [.. headers.Select(Header)] });

    public override byte[] ToGroup(byte[] packet, bool isToDesignated)
    {
        var group = isToDesignated ? DesignatedRouters : AllRouters;
        return Frames.OspfV2(Mac, Frames.GroupOf(group), address, group, Signed(packet));
    }

    public override byte[] ToNeighbor(byte[] packet, UInt128 neighbor, byte[] mac) => Frames.OspfV2(Mac, mac, address, new((uint)neighbor), Signed(packet));

    public override OspfIncoming? Read(ReadOnlySpan<byte> frame)
    {
        const int Shortest = Frames.EthernetHeader + 20;
        const int Fragment = 0x3fff;
        if (frame.Length < Shortest || frame[14] >> 4 != 4 || frame[23] != 89 || (BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) & Fragment) != 0)
            return null;
        var header = (frame[14] & 0xf) * 4;
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame[16..]);
        if (header < 20 || length < header || frame.Length < Frames.EthernetHeader + length)
            return null;
        var octets = frame.Slice(Frames.EthernetHeader + header, length - header);
        var read = WireReader.Decode(octets, OspfPacket.Kinds, _facts);
        var packet = read.Value;
        if (Misfit(packet, read.Error, octets) is { } misfit)
            return Refuse(packet.Router, misfit);
        return new OspfIncoming
        {
            Router = packet.Router.Value,
            Source = BinaryPrimitives.ReadUInt32BigEndian(frame[26..]),
            Mac = frame[6..12].ToArray(),
            Hello = packet is Hello h ? new(h.Interval, h.DeadInterval, h.Priority, h.Designated.Value, h.Backup.Value, 0, h.Neighbors) : null,
            Description = packet is DatabaseDescription d ? new(d.Flags, d.Sequence, d.Mtu) : null,
            Requests = packet is LinkStateRequest r ? [.. r.Requests.Select(q => new LsaKey(q.Type <= ushort.MaxValue ? (ushort)q.Type : (ushort)0, q.Id.Value, q.Router.Value))] : null,
            Lsas = packet is LinkStateUpdate ? LsaOctets.Split(octets[OspfPacket.HeaderLength..BinaryPrimitives.ReadUInt16BigEndian(octets[2..])]) : null,
            Headers = packet switch { DatabaseDescription x => Octets(x.Headers), LinkStateAck a => Octets(a.Headers), _ => [] },
            IsAck = packet is LinkStateAck,
        };
    }

    public override IEnumerable<byte[]> Own(OspfNeighbor? neighbor, OspfNeighbor? designated, bool isDesignated, IReadOnlyList<uint> attached)
    {
        const byte Boundary = 2;
        var router = new RouterLsa { Id = Config.Router, Flags = Config.IsBoundary ? Boundary : (byte)0 };
        if (neighbor is not null)
            router.Links.Add(new() { Type = 1, Id = new(neighbor.Router), Data = address, Metric = Config.Cost });
        if (designated is not null || (isDesignated && attached.Count > 0))
            router.Links.Add(new() { Type = 2, Id = designated is null ? address : new((uint)designated.Address), Data = address, Metric = Config.Cost });
        else
            router.Links.Add(new() { Type = 3, Id = new(address.Value & mask.Value), Data = mask, Metric = Config.Cost });
        yield return Encode(router);
        if (isDesignated && attached.Count > 0)
            yield return Encode(new NetworkLsa { Id = address, Mask = mask, Routers = [Config.Router.Value, .. attached] });
    }

    /// <summary>Why a packet is not taken, or null. What is wrong within an LSA is the business of whoever understands it.</summary>
    private string? Misfit(OspfPacket packet, WireException? error, ReadOnlySpan<byte> octets)
    {
        const int Count = 4;
        if (packet.Version != 2)
            return $"its version is {packet.Version}";
        if (error is not null && (packet is not LinkStateUpdate
                || octets.Length < OspfPacket.HeaderLength + Count
                || BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) is var length && (length > octets.Length || length < OspfPacket.HeaderLength + Count)))
            return error.Message;
        if (Config.Key is { } key && (error is not null || packet.AuthenticationType != OspfPacket.Cryptographic || packet.KeyId != (byte)key.Id || packet.Digest is not null))
            return "it is not signed with our key";
        if (packet.WrongChecksum is not null)
            return "its checksum is wrong";
        if (packet.Area != Config.Area)
            return $"its area is {packet.Area}, ours {Config.Area}";
        if (packet.Router == Config.Router)
            return "it has our identifier";
        return packet switch
        {
            Hello hello when !Config.IsPointToPoint && hello.Mask != mask => $"its mask is {hello.Mask}, ours {mask}",
            Hello hello => Misfit(hello.Interval, hello.DeadInterval, hello.Options),
            DatabaseDescription description => Misfit(description.Mtu),
            _ => null,
        };
    }

    private static LsaHeader Header(byte[] octets) => Decode(octets[..LsaOctets.HeaderLength], new LsaHeader());

    private static List<byte[]> Octets(List<LsaHeader> headers) => [.. headers.Select(h => WireWriter.Encode(h, WireFacts.Default))];

    private byte[] Signed(byte[] packet)
    {
        if (Config.Key is not { } key)
            return packet;
        var signed = WireReader.Decode(packet, OspfPacket.Kinds, WireFacts.Default).Value;
        signed.Sign(key, (uint)NextSequence());
        return WireWriter.Encode(signed, _facts);
    }

    private byte[] Encode(OspfPacket packet)
    {
        (packet.Router, packet.Area) = (Config.Router, Config.Area);
        return WireWriter.Encode(packet, WireFacts.Default);
    }

    private byte[] Encode(Lsa lsa)
    {
        (lsa.Router, lsa.Options) = (Config.Router, (byte)Config.Options);
        return WireWriter.Encode(lsa, WireFacts.Default);
    }
}
