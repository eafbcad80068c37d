using System.Buffers.Binary;

namespace OpenConfirm.Wire.Tests;

/// <summary>A pcap file of messages, each a TCP segment of a connection of its own to port 179.</summary>
internal static class Capture
{
    /// <summary>Octets before a message in its frame: IPv4 and TCP headers.</summary>
    public const int Headers = 20 + 20;

    private const uint RawIp = 101;

    /// <summary>Writes the file.</summary>
    public static void Write(string path, IEnumerable<byte[]> messages)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(0xa1b2c3d4u);
        file.Write(0x00040002u);
        file.Write(0ul);
        file.Write(262144u);
        file.Write(RawIp);
        foreach (var (i, message) in messages.Index())
        {
            file.Write((uint)i);
            file.Write(0u);
            file.Write(Headers + message.Length);
            file.Write(Headers + message.Length);
            file.Write(Ip(Headers + message.Length));
            file.Write(Tcp((ushort)(20000 + i)));
            file.Write(message);
        }
    }

    private static byte[] Ip(int length)
    {
        byte[] header = [0x45, 0, (byte)(length >> 8), (byte)length, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
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
