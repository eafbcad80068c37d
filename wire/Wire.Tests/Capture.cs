using System.Buffers.Binary;

namespace OpenConfirm.Wire.Tests;

/// <summary>What carries a message.</summary>
internal enum Carrier
{
    /// <summary>A TCP segment to port 179, each of a connection of its own.</summary>
    Bgp,

    /// <summary>An IPv4 packet of protocol 89.</summary>
    Ospf,

    /// <summary>An IPv6 packet of protocol 89, from fe80::1 to ff02::5.</summary>
    Ospf3,

    /// <summary>An Ethernet frame with the LLC of OSI.</summary>
    Isis,
}

/// <summary>A pcap file of messages, one a packet.</summary>
internal static class Capture
{
    private const uint Ethernet = 1;
    private const uint RawIp = 101;

    /// <summary>Writes a file of messages of one carrier.</summary>
    public static void Write(string path, Carrier carrier, IEnumerable<byte[]> messages)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(0xa1b2c3d4u);
        file.Write(0x00040002u);
        file.Write(0ul);
        file.Write(262144u);
        file.Write(carrier == Carrier.Isis ? Ethernet : RawIp);
        foreach (var (i, message) in messages.Index())
        {
            var length = HeadersOf(carrier) + message.Length;
            file.Write((uint)i);
            file.Write(0u);
            file.Write(length);
            file.Write(length);
            file.Write(carrier switch
            {
                Carrier.Isis => Llc(message.Length),
                Carrier.Ospf3 => [0x60, 0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, 89, 1, .. Ip6.Parse("fe80::1").ToBytes(), .. Ip6.Parse("ff02::5").ToBytes()],
                _ => Ip(length, (byte)(carrier == Carrier.Bgp ? 6 : 89)),
            });
            if (carrier == Carrier.Bgp)
                file.Write(Tcp((ushort)(20000 + i)));
            file.Write(message);
        }
    }

    /// <summary>Octets before a message in its frame.</summary>
    public static int HeadersOf(Carrier carrier) => carrier switch { Carrier.Bgp => 20 + 20, Carrier.Ospf => 20, Carrier.Ospf3 => 40, _ => 14 + 3 };

    private static byte[] Llc(int length) =>
        [1, 0x80, 0xc2, 0, 0, 0x14, 2, 0, 0, 0, 0, 1, (byte)((length + 3) >> 8), (byte)(length + 3), 0xfe, 0xfe, 3];

    private static byte[] Ip(int length, byte protocol)
    {
        byte[] header = [0x45, 0, (byte)(length >> 8), (byte)length, 0, 0, 0x40, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Sum(header));
        return header;
    }

    private static byte[] Tcp(ushort port) => [(byte)(port >> 8), (byte)port, 0, 179, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0];

    private static ushort Sum(ReadOnlySpan<byte> header)
    {
        var sum = 0u;
        for (var i = 0; i < header.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        return (ushort)~(ushort)((sum & 0xffff) + (sum >> 16));
    }
}
