using System.Buffers.Binary;

namespace OpenConfirm.Wire.Bgp;

/// <summary>
/// Packs routes of IPv4 unicast into as few UPDATEs as their attributes allow (RFC 4271 section 4.3), one behind the other in one
/// buffer, without an object for each route. A whole table goes through one of these.
/// </summary>
public sealed class UpdatePacker
{
    private const int HeaderLength = BgpMessage.HeaderLength;
    private const int LengthAt = 16;
    private const byte UpdateType = 2;

    private readonly WireFacts _facts;
    private readonly PrefixFormat _format;
    private readonly int _largest;
    private byte[] _buffer;
    private byte[] _attributes = new byte[512];
    private int _written;

    /// <summary>Makes one.</summary>
    /// <param name="facts">What the session has agreed on.</param>
    /// <param name="largest">Octets of a message at most: 4,096, or 65,535 with extended messages (RFC 8654).</param>
    /// <param name="capacity">Octets to begin with.</param>
    public UpdatePacker(WireFacts facts, int largest = 4096, int capacity = 1 << 16)
    {
        (_facts, _largest) = (facts, largest);
        _format = PathAttribute.FormatOf(facts, Family.Ipv4Unicast);
        _buffer = new byte[capacity];
    }

    /// <summary>What was packed since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _written);

    /// <summary>Begins anew in the same buffer.</summary>
    public void Clear() => _written = 0;

    /// <summary>Announces routes that share their attributes.</summary>
    /// <exception cref="WireException">The attributes alone are too large for a message.</exception>
    public void Announce(IReadOnlyList<PathAttribute> attributes, ReadOnlySpan<Prefix> prefixes)
    {
        var writer = new WireWriter(_attributes, _facts);
        foreach (var attribute in attributes)
            attribute.Walk(ref writer);
        var common = writer.Written;
        _attributes = writer.Buffer;
        if (HeaderLength + 4 + common.Length + PrefixList.LargestOne > _largest)
            throw new WireException(HeaderLength + 4, "Path Attributes", $"{common.Length} octets of attributes leave no room for a route in a message of {_largest}");
        while (!prefixes.IsEmpty)
            prefixes = prefixes[One(common, prefixes, isWithdrawn: false)..];
    }

    /// <summary>Withdraws routes.</summary>
    public void Withdraw(ReadOnlySpan<Prefix> prefixes)
    {
        while (!prefixes.IsEmpty)
            prefixes = prefixes[One([], prefixes, isWithdrawn: true)..];
    }

    /// <summary>Writes one message with as many prefixes as fit; answers how many.</summary>
    private int One(ReadOnlySpan<byte> attributes, ReadOnlySpan<Prefix> prefixes, bool isWithdrawn)
    {
        if (_buffer.Length - _written < _largest)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _written + _largest));
        var message = _buffer.AsSpan(_written, _largest);
        message[..LengthAt].Fill(0xff);
        message[LengthAt + 2] = UpdateType;
        var at = HeaderLength + 2;
        if (!isWithdrawn)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[HeaderLength..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(message[at..], (ushort)attributes.Length);
            attributes.CopyTo(message[(at + 2)..]);
            at += 2 + attributes.Length;
        }

        // A withdrawal ends with the length of no attributes.
        var end = _largest - (isWithdrawn ? 2 : 0) - (_format.HasPathIds ? 4 : 0) - 1;
        var count = 0;
        while (count < prefixes.Length && at + ((prefixes[count].Length + 7) / 8) <= end)
            at += PrefixList.Write(message[at..], prefixes[count++], _format);
        if (isWithdrawn)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[HeaderLength..], (ushort)(at - HeaderLength - 2));
            BinaryPrimitives.WriteUInt16BigEndian(message[at..], 0);
            at += 2;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message[LengthAt..], (ushort)at);
        _written += at;
        return count;
    }
}
