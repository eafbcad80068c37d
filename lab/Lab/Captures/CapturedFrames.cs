using System.Buffers.Binary;

namespace OpenConfirm.Lab.Captures;

/// <summary>Reads the messages of routing protocols out of a pcap file of Ethernet frames, as <see cref="Capture"/> writes it.</summary>
public static class CapturedFrames
{
    private const int FileHeader = 24;
    private const int FrameHeader = 16;

    /// <summary>All frames.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(string path)
    {
        var octets = File.ReadAllBytes(path);
        if (octets.Length < FileHeader || BinaryPrimitives.ReadUInt32LittleEndian(octets) is not (0xa1b23c4d or 0xa1b2c3d4))
            throw new InvalidDataException($"{path} is no pcap file of this kind of machine");
        for (var at = FileHeader; at + FrameHeader <= octets.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(octets.AsSpan(at + 8));
            at += FrameHeader;
            if (length < 0 || at + length > octets.Length)
                throw new InvalidDataException($"{path} ends within a frame");
            yield return octets.AsMemory(at, length);
            at += length;
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
        var end = Ip + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 2)..]);
        var start = tcp + ((frame[tcp + 12] >> 4) * 4);
        if (end > frame.Length || start > end)
            return null;
        return (BinaryPrimitives.ReadUInt16BigEndian(frame[tcp..]), BinaryPrimitives.ReadUInt16BigEndian(frame[(tcp + 2)..]),
            BinaryPrimitives.ReadUInt32BigEndian(frame[(tcp + 4)..]), frame[tcp + 13], (start, end - start));
    }
}
