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

    public override byte[] Update(IReadOnlyList<byte[]> lsas) => Encode(new LinkStateUpdate { Lsas = [.. lsas.Select(octets => Decode(octets, Lsa.Kinds.Next(octets, WireFacts.Default)))] });

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
        if (frame.Length < Shortest || frame[14] >> 4 != 4 || frame[23] != 89)
            return null;
        var header = (frame[14] & 0xf) * 4;
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame[16..]);
        if (header < 20 || length < header || frame.Length < Frames.EthernetHeader + length)
            return null;
        var octets = frame.Slice(Frames.EthernetHeader + header, length - header);
        var (packet, error) = WireReader.Decode(octets, OspfPacket.Kinds, _facts);
        if (Config.Key is { } key && (error is not null || packet.AuthenticationType != OspfPacket.Cryptographic || packet.KeyId != (byte)key.Id || packet.Digest is not null))
            return null;
        if (packet.Version != 2 || packet.Area != Config.Area || packet.Router == Config.Router)
            return null;
        return new OspfIncoming
        {
            Router = packet.Router.Value,
            Source = BinaryPrimitives.ReadUInt32BigEndian(frame[26..]),
            Mac = frame[6..12].ToArray(),
            Hello = packet is Hello h ? new(h.Interval, h.DeadInterval, h.Priority, h.Designated.Value, h.Backup.Value, 0, h.Neighbors) : null,
            Description = packet is DatabaseDescription d ? new(d.Flags, d.Sequence, d.Mtu) : null,
            Requests = packet is LinkStateRequest r ? [.. r.Requests.Select(q => new LsaKey((ushort)q.Type, q.Id.Value, q.Router.Value))] : null,
            Lsas = packet is LinkStateUpdate u ? [.. u.Lsas.Where(l => l.WrongChecksum is null).Select(l => WireWriter.Encode(l, WireFacts.Default)).Where(l => l.Length >= LsaOctets.HeaderLength)] : null,
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
