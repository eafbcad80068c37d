using System.Buffers.Binary;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers;

/// <summary>Ethernet frames around packets of routing protocols, header by header, so that any of them can be wrong.</summary>
public static class Frames
{
    /// <summary>Octets of an Ethernet header.</summary>
    public const int EthernetHeader = 14;

    private const byte Ospf = 89;
    private const byte InternetworkControl = 0xc0;

    /// <summary>The group address of IPv4 as Ethernet has it (RFC 1112 section 6.4).</summary>
    public static byte[] GroupOf(Ip4 group) => [1, 0, 0x5e, (byte)(group.Value >> 16 & 0x7f), (byte)(group.Value >> 8), (byte)group.Value];

    /// <summary>The group address of IPv6 as Ethernet has it (RFC 2464 section 7).</summary>
    public static byte[] GroupOf(Ip6 group) => [0x33, 0x33, .. group.ToBytes()[12..]];

    /// <summary>OSPFv2 in IPv4 in Ethernet; one hop, no fragments.</summary>
    public static byte[] OspfV2(byte[] from, byte[] to, Ip4 source, Ip4 destination, ReadOnlySpan<byte> packet)
    {
        var frame = new byte[EthernetHeader + 20 + packet.Length];
        Ethernet(frame, from, to, 0x0800);
        var ip = frame.AsSpan(EthernetHeader);
        (ip[0], ip[1], ip[8], ip[9]) = (0x45, InternetworkControl, 1, Ospf);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + packet.Length));
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], destination.Value);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum.Of(SumKind.Internet, ip[..20], 10, WireFacts.Default)!.Value);
        packet.CopyTo(ip[20..]);
        return frame;
    }

    /// <summary>OSPFv3 in IPv6 in Ethernet; one hop.</summary>
    public static byte[] OspfV3(byte[] from, byte[] to, Ip6 source, Ip6 destination, ReadOnlySpan<byte> packet)
    {
        var frame = new byte[EthernetHeader + 40 + packet.Length];
        Ethernet(frame, from, to, 0x86dd);
        var ip = frame.AsSpan(EthernetHeader);
        (ip[0], ip[1], ip[6], ip[7]) = (0x6c, 0, Ospf, 1);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)packet.Length);
        source.ToBytes().CopyTo(ip[8..]);
        destination.ToBytes().CopyTo(ip[24..]);
        packet.CopyTo(ip[40..]);
        return frame;
    }

    /// <summary>IS-IS in IEEE 802.2 (ISO 10589 section 8.4.8): the length stands where others have a type.</summary>
    public static byte[] IsIs(byte[] from, byte[] to, ReadOnlySpan<byte> pdu)
    {
        var frame = new byte[EthernetHeader + 3 + pdu.Length];
        Ethernet(frame, from, to, (ushort)(pdu.Length + 3));
        (frame[14], frame[15], frame[16]) = (0xfe, 0xfe, 3);
        pdu.CopyTo(frame.AsSpan(EthernetHeader + 3));
        return frame;
    }

    private static void Ethernet(byte[] frame, byte[] from, byte[] to, ushort type)
    {
        to.CopyTo(frame, 0);
        from.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
    }
}
