using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OpenConfirm.Wire;

/// <summary>What came of decoding.</summary>
/// <param name="Value">The message, as far as it was read.</param>
/// <param name="Error">Where and why reading stopped; null when it did not.</param>
public readonly record struct Decoded<T>(T Value, WireException? Error);

/// <summary>Reads fields from octets. It never reads beyond the group it is in.</summary>
public ref struct WireReader : IVisitor
{
    /// <summary>Elements in elements that are read; deeper nesting is hostile.</summary>
    public const int DeepestElements = WirePath.Deepest;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _end;
    private ulong _bits;
    private int _bitCount;
    private WirePath _path;
    private WireException? _first;

    /// <summary>Makes one.</summary>
    public WireReader(ReadOnlySpan<byte> bytes, WireFacts facts)
    {
        _bytes = bytes;
        _end = bytes.Length;
        Facts = facts;
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <summary>Octets read so far.</summary>
    public readonly int Position => _at;

    /// <summary>Decodes a message that takes up all of these octets.</summary>
    public static Decoded<T> Decode<T>(ReadOnlySpan<byte> bytes, IChoice<T> choice, WireFacts facts)
        where T : class, IWire
    {
        var message = choice.Next(bytes, facts);
        return new(message, Decode(bytes, message, facts));
    }

    /// <summary>Decodes into a message; answers where and why it stopped, or null.</summary>
    public static WireException? Decode<T>(ReadOnlySpan<byte> bytes, T message, WireFacts facts)
        where T : class, IWire
    {
        var reader = new WireReader(bytes, facts);
        try
        {
            message.Walk(ref reader);
            if (reader._at < bytes.Length)
                throw reader.Stop("the end", $"{bytes.Length - reader._at} octets are left over");
            return reader._first;
        }
        catch (WireException e)
        {
            return reader._first ?? e;
        }
    }

    /// <inheritdoc/>
    public uint Tag(string name, uint code, int size, bool isKnown) => size == 1 ? U8(name, 0) : U16(name, 0);

    /// <inheritdoc/>
    public byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => Take(name, 1)[0];

    /// <inheritdoc/>
    public ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => BinaryPrimitives.ReadUInt16BigEndian(Take(name, 2));

    /// <inheritdoc/>
    public uint U24(string name, uint value, FieldKind kind = FieldKind.Number)
    {
        var octets = Take(name, 3);
        return (uint)(octets[0] << 16 | octets[1] << 8 | octets[2]);
    }

    /// <inheritdoc/>
    public uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => BinaryPrimitives.ReadUInt32BigEndian(Take(name, 4));

    /// <inheritdoc/>
    public ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => BinaryPrimitives.ReadUInt64BigEndian(Take(name, 8));

    /// <inheritdoc/>
    public uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number)
    {
        while (_bitCount < width)
        {
            _bits = _bits << 8 | Take(name, 1)[0];
            _bitCount += 8;
        }

        _bitCount -= width;
        return (uint)(_bits >> _bitCount & (1UL << width) - 1);
    }

    /// <inheritdoc/>
    public Ip4 Ip4(string name, Ip4 value) => new(BinaryPrimitives.ReadUInt32BigEndian(Take(name, 4)));

    /// <inheritdoc/>
    public Ip6 Ip6(string name, Ip6 value) => new(BinaryPrimitives.ReadUInt128BigEndian(Take(name, 16)));

    /// <inheritdoc/>
    public byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) =>
        length > 0 ? Take(name, length).ToArray() : length == 0 ? [] : throw Stop(name, "the lengths before it leave no room for it");

    /// <inheritdoc/>
    public byte[] Pad(string name, byte[] value, int length)
    {
        var octets = Take(name, length);
        return octets.ContainsAnyExcept((byte)0) ? octets.ToArray() : [];
    }

    /// <inheritdoc/>
    public byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) => _at == _end ? [] : Take(name, _end - _at).ToArray();

    /// <inheritdoc/>
    public PrefixList Prefixes(string name, PrefixList value, PrefixFormat format)
    {
        var octets = _bytes[_at.._end];
        if (PrefixList.Check(octets, format) is { } bad)
        {
            // Those before it are routes none the less.
            _at += bad.Offset;
            _first ??= Stop(name, bad.Reason);
            octets = octets[..bad.Good];
        }

        _at = _end;
        return PrefixList.OfChecked(octets.IsEmpty ? default : octets.ToArray(), format);
    }

    /// <inheritdoc/>
    public uint AsNumber(string name, uint value, bool isFourOctets) => isFourOctets ? U32(name, 0) : U16(name, 0);

    /// <inheritdoc/>
    public AsPath AsPath(string name, AsPath value, bool isFourOctets)
    {
        var octets = _bytes[_at.._end];
        if (Wire.AsPath.Check(octets, isFourOctets) is { } bad)
        {
            _at += bad.Offset;
            _first ??= Stop(name, bad.Reason);
            octets = octets[..bad.Good];
        }

        _at = _end;
        return Wire.AsPath.OfChecked(octets.IsEmpty ? default : octets.ToArray(), isFourOctets);
    }

    /// <inheritdoc/>
    public uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number)
    {
        var numbers = new uint[(_end - _at) / 4];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadUInt32BigEndian(Take(name, 4));
        return numbers;
    }

    /// <inheritdoc/>
    public ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number)
    {
        var numbers = new ulong[(_end - _at) / 8];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadUInt64BigEndian(Take(name, 8));
        return numbers;
    }

    /// <inheritdoc/>
    public uint[] Labels(string name, uint[] value, bool isWithdrawal)
    {
        var first = U24(name, 0);
        if (isWithdrawal || (first & 1) != 0)
            return [first];
        var labels = new List<uint> { first };
        while ((labels[^1] & 1) == 0)
            labels.Add(U24(name, 0));
        return [.. labels];
    }

    /// <inheritdoc/>
    public int Begin(string name, int size, int extra = 0)
    {
        var outer = _end;
        var start = _at;
        var length = size switch { 1 or 11 => U8(name, 0), 12 => U16(name, 0) & 0xfff, 14 => U16(name, 0) * 4, _ => U16(name, 0) };
        if (length < extra || length - extra > _end - _at)
        {
            var there = _end - _at;
            _at = start;
            throw Stop(name, length < extra
                ? $"a length of {length} does not even count the {extra} octets before it"
                : $"a length of {length}, and {there + extra} octets are there");
        }

        _end = _at + length - extra;
        return outer;
    }

    /// <inheritdoc/>
    public void End(int group)
    {
        if (_at < _end)
            throw Stop("the end of the group", $"{_end - _at} octets are left over");
        _end = group;
    }

    /// <inheritdoc/>
    public int BitLength(string name, int bits) => U8(name, 0);

    /// <inheritdoc/>
    public Prefix Prefix(string name, Prefix value, int addressBits, int bits)
    {
        if (bits < 0 || bits > addressBits)
            throw Stop(name, $"a prefix of {bits} bits, of at most {addressBits}");
        UInt128 address = 0;
        var octets = Take(name, (bits + 7) / 8);
        for (var i = 0; i < octets.Length; i++)
            address |= (UInt128)octets[i] << (120 - (8 * i));
        return new Prefix(address, (byte)bits);
    }

    /// <inheritdoc/>
    public int Count(string name, int count, int size)
    {
        var start = _at;
        var read = size switch { 1 => U8(name, 0), 2 => U16(name, 0), _ => U32(name, 0) };

        // An element has an octet at least, so a count beyond those is a lie that must not cost anything.
        if (read > _end - _at)
        {
            _at = start;
            throw Stop(name, $"a count of {read}, and {_end - _at - size} octets are there");
        }

        return (int)read;
    }

    /// <inheritdoc/>
    public readonly int Here => _at;

    /// <inheritdoc/>
    public ushort? Sum(string name, ushort? value, SumKind kind, int start)
    {
        var read = U16(name, 0);
        var at = _at - 2 - start;
        return Checksum.Of(kind, _bytes[start.._end], at, Facts) == read ? null : read;
    }

    /// <inheritdoc/>
    public byte[]? Digest(string name, byte[]? value, int length, DigestKind kind)
    {
        var at = _at;
        var read = length < 0 ? Rest(name, []) : Bytes(name, [], length);
        return read.Length == Facts.Key?.DigestLength && read.AsSpan().SequenceEqual(Authentication.Of(kind, _bytes, at, Facts)) ? null : read;
    }

    /// <inheritdoc/>
    public readonly bool Ahead(string name, bool value, AheadTest test) => test(_bytes[_at.._end]);

    /// <inheritdoc/>
    public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire
    {
        elements.Clear();
        while (count < 0 ? _at < _end : elements.Count < count)
            Element(name, elements, choice);
    }

    /// <inheritdoc/>
    public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire
    {
        elements.Clear();
        while (_at < _end && (elements.Count == 0 || !isLast(elements[^1])))
            Element(name, elements, choice);
    }

    private void Element<T>(string name, List<T> elements, IChoice<T> choice)
        where T : class, IWire
    {
        if (_path.IsFull)
            throw Stop(name, $"nested more than {WirePath.Deepest} deep");
        _path.Push(name, elements.Count);
        var (start, end, depth) = (_at, _end, _path.Depth);
        var element = choice.Next(_bytes[_at.._end], Facts);
        elements.Add(element);
        try
        {
            element.Walk(ref this);
        }
        catch (WireException e) when (choice.Unknown() is { } unknown && unknown.GetType() != element.GetType())
        {
            // Its own length tells where it ends: it stays as octets, and what comes behind it is read.
            (_at, _end, _path.Depth, _bits, _bitCount) = (start, end, depth, 0, 0);
            elements[^1] = unknown;
            var before = _first;
            try
            {
                unknown.Walk(ref this);
            }
            catch (WireException)
            {
                elements[^1] = element;
                throw before ?? e;
            }

            _first ??= e;
        }

        if (_at == start)
            throw Stop(name, "an element without a single octet");
        _path.Pop();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(string name, int count)
    {
        if (_end - _at < count)
            throw Stop(name, $"{count} octets are wanted, {_end - _at} are left");
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly WireException Stop(string name, string reason) => new(_at, _path.To(name), reason);
}
