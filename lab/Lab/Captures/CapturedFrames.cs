using System.Buffers.Binary;

namespace OpenConfirm.Lab.Captures;

/// <summary>Reads the messages of routing protocols out of a pcap file of Ethernet frames, as <see cref="Capture"/> writes it.</summary>
public static class CapturedFrames
{
    private const int FileHeader = 24;
    private const int FrameHeader = 16;

    /// <summary>All frames.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or is cut off: which frame, and where.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(string path)
    {
        var octets = File.ReadAllBytes(path);
        if (WrongHeader(octets) is { } wrong)
            throw new InvalidDataException($"{path} {wrong}");
        return Frames(path, octets);
    }

    private static string? WrongHeader(ReadOnlySpan<byte> octets)
    {
        const uint Ethernet = 1;
        if (octets.Length < FileHeader)
            return $"is no pcap file: it has {octets.Length} octets, and the header alone has {FileHeader}";
        switch (BinaryPrimitives.ReadUInt32LittleEndian(octets))
        {
            case 0xa1b23c4d or 0xa1b2c3d4:
                var link = BinaryPrimitives.ReadUInt32LittleEndian(octets[20..]);
                return link == Ethernet ? null : $"has frames of link type {link}, and not of Ethernet ({Ethernet})";
            case 0x4d3cb2a1 or 0xd4c3b2a1:
                return "is a pcap file of a machine of the other byte order";
            case 0x0a0d0d0a:
                return "is a pcapng file, and not pcap";
            case var magic:
                return $"is no pcap file: it begins with {magic:x8}";
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Frames(string path, byte[] octets)
    {
        var at = FileHeader;
        for (var number = 1; at < octets.Length; number++)
        {
            var left = octets.Length - at - FrameHeader;
            if (left < 0)
                throw new InvalidDataException($"{path} is cut off in the header of frame {number}, at octet {octets.Length}");
            var length = BinaryPrimitives.ReadUInt32LittleEndian(octets.AsSpan(at + 8));
            if (length > left)
                throw new InvalidDataException($"{path} is cut off in frame {number}, which begins at octet {at}: it has {left} of {length} octets");
            yield return octets.AsMemory(at + FrameHeader, (int)length);
            at += FrameHeader + (int)length;
        }
    }

    /// <summary>
    /// What each TCP stream to or from a port carried, in the order of its octets. Frames that repeat what came before add nothing.
    /// </summary>
    public static IReadOnlyList<byte[]> Streams(IEnumerable<ReadOnlyMemory<byte>> frames, ushort port)
    {
        var streams = new Dictionary<string, (uint Next, List<byte> Octets)>();
        foreach (var frame in frames)
        {
            if (Tcp(frame.Span) is not { } segment || (segment.From != port && segment.To != port))
                continue;
            var name = $"{Convert.ToHexString(frame.Span.Slice(26, 8))} {segment.From} {segment.To}";
            const byte Syn = 2;

            // A connection between the same ports as one before is another stream.
            if ((segment.Flags & Syn) != 0 && streams.Remove(name, out var before))
                streams[$"{name} {before.Next}"] = before;
            if (!streams.TryGetValue(name, out var stream) || (segment.Flags & Syn) != 0)
                streams[name] = stream = (segment.Sequence + ((segment.Flags & Syn) != 0 ? 1u : 0), []);
            var skip = unchecked((int)(stream.Next - segment.Sequence));
            if ((segment.Flags & Syn) != 0 || skip < 0 || skip >= segment.Payload.Length)
                continue;
            stream.Octets.AddRange(frame.Span.Slice(segment.Payload.Start + skip, segment.Payload.Length - skip));
            streams[name] = (segment.Sequence + (uint)segment.Payload.Length, stream.Octets);
        }

        return [.. streams.Values.Where(s => s.Octets is { Count: > 0 }).Select(s => s.Octets.ToArray())];
    }

    private static (ushort From, ushort To, uint Sequence, byte Flags, (int Start, int Length) Payload)? Tcp(ReadOnlySpan<byte> frame)
    {
        const int Ip = 14;
        if (frame.Length < Ip + 40 || frame[12] != 8 || frame[13] != 0 || frame[Ip] >> 4 != 4 || frame[Ip + 9] != 6)
            return null;
        var tcp = Ip + ((frame[Ip] & 15) * 4);
        if (tcp < Ip + 20 || tcp + 20 > frame.Length)
            return null;
        var end = Ip + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 2)..]);
        var start = tcp + ((frame[tcp + 12] >> 4) * 4);
        if (end > frame.Length || start > end || start < tcp + 20)
            return null;
        return (BinaryPrimitives.ReadUInt16BigEndian(frame[tcp..]), BinaryPrimitives.ReadUInt16BigEndian(frame[(tcp + 2)..]),
            BinaryPrimitives.ReadUInt32BigEndian(frame[(tcp + 4)..]), frame[tcp + 13], (start, end - start));
    }
}
