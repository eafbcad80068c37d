using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace OpenConfirm.Wire;

/// <summary>
/// Writes fields as octets, lengths as they come out. With a map of the fields, octets can be changed afterwards where a
/// message is to be wrong in a way that the model does not know.
/// </summary>
public ref struct WireWriter : IVisitor
{
    private readonly List<WireField>? _map;
    private byte[] _buffer;
    private int _at;
    private ulong _bits;
    private int _bitCount;
    private string _group = "";
    private Type? _element;
    private Groups _groups;
    private int _depth;
    private WirePath _path;
    private List<(SumKind Kind, int Start, int At, int Group)>? _sums;
    private List<(DigestKind Kind, int At, int Length)>? _digests;

    /// <summary>Makes one.</summary>
    /// <param name="buffer">Where it begins to write; it takes a larger one when it has to.</param>
    /// <param name="facts">What the session has agreed on.</param>
    /// <param name="map">Gets every field, when it is not null.</param>
    public WireWriter(byte[] buffer, WireFacts facts, List<WireField>? map = null)
    {
        _buffer = buffer;
        _map = map;
        Facts = facts;
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _at);

    /// <summary>Where it writes; a larger buffer than it was given, when it had to take one.</summary>
    internal readonly byte[] Buffer => _buffer;

    /// <summary>Encodes a message.</summary>
    /// <exception cref="WireException">A part is longer than its length field can say.</exception>
    public static byte[] Encode<T>(T message, WireFacts facts, List<WireField>? map = null)
        where T : class, IWire
    {
        var writer = new WireWriter(new byte[256], facts, map) { _element = message.GetType() };
        message.Walk(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>Forgets what was written, also what an error left half done, and begins anew in the same buffer.</summary>
    public void Clear()
    {
        (_at, _bits, _bitCount, _group, _element, _depth, _path) = (0, 0, 0, "", null, 0, default);
        _sums?.Clear();
        _digests?.Clear();
        _map?.Clear();
    }

    /// <inheritdoc/>
    public uint Tag(string name, uint code, int size, bool isKnown)
    {
        var to = Make(name, size, FieldKind.Code, FieldShape.Tag);
        if (size == 1)
            to[0] = (byte)code;
        else
            BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)code);
        return code;
    }

    /// <inheritdoc/>
    public byte U8(string name, byte value, FieldKind kind = FieldKind.Number)
    {
        Make(name, 1, kind)[0] = value;
        return value;
    }

    /// <inheritdoc/>
    public ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Make(name, 2, kind), value);
        return value;
    }

    /// <inheritdoc/>
    public uint U24(string name, uint value, FieldKind kind = FieldKind.Number)
    {
        var to = Make(name, 3, kind);
        (to[0], to[1], to[2]) = ((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return value;
    }

    /// <inheritdoc/>
    public uint U32(string name, uint value, FieldKind kind = FieldKind.Number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Make(name, 4, kind), value);
        return value;
    }

    /// <inheritdoc/>
    public ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Make(name, 8, kind), value);
        return value;
    }

    /// <inheritdoc/>
    public uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number)
    {
        if ((ulong)value >> width != 0)
            throw new WireException(_at, _path.To(name), string.Create(CultureInfo.InvariantCulture, $"{value} is more than {width} bits can say"));

        // The octets come when they are full; until then the field is known to begin in the next one.
        if (_map is not null)
        {
            var count = (_bitCount + width + 7) / 8;
            Note(name, count, kind, kind == FieldKind.Length ? FieldShape.Length : FieldShape.Number, width, (8 * count) - _bitCount - width);
        }

        _bits = _bits << width | value & (1UL << width) - 1;
        for (_bitCount += width; _bitCount >= 8; _bitCount -= 8)
            Room(1)[0] = (byte)(_bits >> _bitCount - 8);
        return value;
    }

    /// <inheritdoc/>
    public Ip4 Ip4(string name, Ip4 value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Make(name, 4, FieldKind.Address, FieldShape.Ip4), value.Value);
        return value;
    }

    /// <inheritdoc/>
    public Ip6 Ip6(string name, Ip6 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(Make(name, 16, FieldKind.Address, FieldShape.Ip6), value.Value);
        return value;
    }

    /// <inheritdoc/>
    public byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => Rest(name, value, kind);

    /// <inheritdoc/>
    public byte[] Pad(string name, byte[] value, int length)
    {
        if (value.Length == 0 && length > 0)
            Make(name, length, FieldKind.Reserved, FieldShape.Octets).Clear();
        else if (value.Length > 0)
            Rest(name, value, FieldKind.Reserved);
        return value;
    }

    /// <inheritdoc/>
    public byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes)
    {
        if (value.Length > 0)
            value.CopyTo(Make(name, value.Length, kind, FieldShape.Octets));
        return value;
    }

    /// <inheritdoc/>
    public PrefixList Prefixes(string name, PrefixList value, PrefixFormat format)
    {
        var octets = value.In(format).Bytes;
        octets.CopyTo(Make(name, octets.Length, FieldKind.Prefixes, FieldShape.Prefixes));
        return value;
    }

    /// <inheritdoc/>
    public uint AsNumber(string name, uint value, bool isFourOctets)
    {
        if (isFourOctets)
            U32(name, value, FieldKind.AsNumber);
        else
            U16(name, value > ushort.MaxValue ? Wire.AsPath.Trans : (ushort)value, FieldKind.AsNumber);
        return value;
    }

    /// <inheritdoc/>
    public AsPath AsPath(string name, AsPath value, bool isFourOctets)
    {
        var octets = value.In(isFourOctets).Bytes;
        octets.CopyTo(Make(name, octets.Length, FieldKind.AsPath, FieldShape.AsPath));
        return value;
    }

    /// <inheritdoc/>
    public uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number)
    {
        foreach (var number in value)
            BinaryPrimitives.WriteUInt32BigEndian(Make(name, 4, kind), number);
        return value;
    }

    /// <inheritdoc/>
    public ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number)
    {
        foreach (var number in value)
            BinaryPrimitives.WriteUInt64BigEndian(Make(name, 8, kind), number);
        return value;
    }

    /// <inheritdoc/>
    public uint[] Labels(string name, uint[] value, bool isWithdrawal)
    {
        foreach (var label in value)
            U24(name, label);
        return value;
    }

    /// <inheritdoc/>
    public int Begin(string name, int size, int extra = 0)
    {
        if (_depth == Groups.Most)
            throw new WireException(_at, _path.To(name), $"nested more than {Groups.Most} deep");
        _groups[_depth] = new Group(name, _at, size, extra);
        Make(name, OctetsOf(size), FieldKind.Length, FieldShape.Length, size == 12 ? 12 : 0);
        return _depth++;
    }

    /// <inheritdoc/>
    public void End(int group)
    {
        _depth = group;
        var (name, at, size, extra) = _groups[group];
        var most = size switch { 1 => 0xff, 11 => 239, 12 => 0xfff, 14 => 0xffff * 4, _ => 0xffff };
        var length = _at - at - OctetsOf(size) + extra;
        if (length > most)
            throw new WireException(at, _path.To(name), string.Create(CultureInfo.InvariantCulture, $"{length} octets are more than a length here can say, {most}"));
        if (size == 14 && length % 4 != 0)
            throw new WireException(at, _path.To(name), string.Create(CultureInfo.InvariantCulture, $"{length} octets are no whole words of four"));
        if (OctetsOf(size) == 1)
            _buffer[at] = (byte)length;
        else
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(at), (ushort)(size switch { 12 => length | 0xf000, 14 => length / 4, _ => length }));
        Span(at, at + OctetsOf(size), null);
        if (_digests is not null && group == 0)
            Sign();
        if (_sums is not null)
            SumUp(group);
    }

    /// <inheritdoc/>
    public int BitLength(string name, int bits)
    {
        if (bits > byte.MaxValue)
            throw new WireException(_at, _path.To(name), string.Create(CultureInfo.InvariantCulture, $"{bits} bits are more than one octet can say"));
        Make(name, 1, FieldKind.Length, FieldShape.Length)[0] = (byte)bits;
        return bits;
    }

    /// <inheritdoc/>
    public Prefix Prefix(string name, Prefix value, int addressBits, int bits)
    {
        Span<byte> octets = stackalloc byte[PrefixList.LargestOne];
        var written = PrefixList.Write(octets, value with { PathId = 0 }, new PrefixFormat(addressBits, false));
        octets[1..written].CopyTo(Make(name, written - 1, FieldKind.Prefixes, FieldShape.Prefix));
        return value;
    }

    /// <inheritdoc/>
    public int Count(string name, int count, int size)
    {
        if (size < 4 && count >= 1 << (8 * size))
            throw new WireException(_at, _path.To(name), string.Create(CultureInfo.InvariantCulture, $"{count} elements are more than {size} octets can count"));
        var to = Make(name, size, FieldKind.Count, FieldShape.Count);
        for (var i = 0; i < size; i++)
            to[i] = (byte)(count >> (8 * (size - 1 - i)));
        return count;
    }

    /// <inheritdoc/>
    public readonly int Here => _at;

    /// <inheritdoc/>
    public ushort? Sum(string name, ushort? value, SumKind kind, int start)
    {
        if (value is null)
            (_sums ??= []).Add((kind, start, _at, kind is SumKind.Lsa or SumKind.LinkLocal ? _depth : _depth - 1));
        BinaryPrimitives.WriteUInt16BigEndian(Make(name, 2, FieldKind.Checksum, FieldShape.Checksum), value ?? 0);
        return value;
    }

    /// <inheritdoc/>
    public byte[]? Digest(string name, byte[]? value, int length, DigestKind kind)
    {
        if (value is not null)
        {
            value.CopyTo(Make(name, value.Length, FieldKind.Checksum, FieldShape.Digest));
            return value;
        }

        var octets = Facts.Key?.DigestLength ?? Math.Max(length, 0);
        if (octets == 0)
            return null;
        (_digests ??= []).Add((kind, _at, octets));
        Make(name, octets, FieldKind.Checksum, FieldShape.Digest).Clear();
        if (_map is not null)
            _map[^1] = _map[^1] with { Digest = kind };
        if (_depth == 0)
            Sign();
        return null;
    }

    /// <inheritdoc/>
    public readonly bool Ahead(string name, bool value, AheadTest test) => value;

    /// <inheritdoc/>
    public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire
    {
        if (_path.IsFull && elements.Count > 0)
            throw new WireException(_at, _path.To(name), $"nested more than {WirePath.Deepest} deep");
        var (outer, holder) = (_group, _element);
        for (var i = 0; i < elements.Count; i++)
        {
            if (_map is not null)
                (_group, _element) = (string.Create(CultureInfo.InvariantCulture, $"{outer}{name}[{i}]."), elements[i].GetType());
            _path.Push(name, i);
            elements[i].Walk(ref this);
            _path.Pop();
        }

        (_group, _element) = (outer, holder);
    }

    /// <inheritdoc/>
    public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire => Elements(name, elements, choice);

    /// <summary>Inner groups end first, so that the sum of an outer one has theirs in it.</summary>
    private readonly void SumUp(int group)
    {
        for (var i = _sums!.Count - 1; i >= 0 && _sums[i].Group == group; i--)
        {
            var (kind, start, at, _) = _sums[i];
            BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(at), Checksum.Of(kind, _buffer.AsSpan(start, _at - start), at - start, Facts) ?? 0);
            Span(at, start, kind);
            _sums.RemoveAt(i);
        }
    }

    /// <summary>When the outermost group has ended all lengths are in place, and a checksum over the digest is still to come.</summary>
    private readonly void Sign()
    {
        foreach (var (kind, at, length) in _digests!)
            Authentication.Of(kind, _buffer.AsSpan(0, _at), at, Facts)?.CopyTo(_buffer.AsSpan(at, length));
        _digests.Clear();
    }

    private static int OctetsOf(int size) => size is 1 or 11 ? 1 : 2;

    private Span<byte> Make(string name, int count, FieldKind kind, FieldShape shape = FieldShape.Number, int width = 0)
    {
        if (_map is not null)
            Note(name, count, kind, shape, width);
        return Room(count);
    }

    /// <summary>Enters a field that begins here into the map.</summary>
    private readonly void Note(string name, int count, FieldKind kind, FieldShape shape, int width, int shift = 0)
    {
        var isNumber = shape is FieldShape.Number or FieldShape.Tag or FieldShape.Length or FieldShape.Count or FieldShape.Checksum or FieldShape.Ip4;
        _map!.Add(new WireField(_group, name, _at, count, kind)
        {
            Shape = shape,
            Width = width > 0 ? width : isNumber ? 8 * count : 0,
            Shift = shift,
            Element = _element,
        });
    }

    /// <summary>Enters what a length or a checksum is of.</summary>
    private readonly void Span(int at, int start, SumKind? kind)
    {
        var i = _map?.FindLastIndex(f => f.Offset == at && f.Shape == (kind is null ? FieldShape.Length : FieldShape.Checksum)) ?? -1;
        if (i >= 0)
            _map![i] = _map[i] with { Start = start, End = _at, Sum = kind };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Room(int count)
    {
        if (_buffer.Length - _at < count)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _at + count));
        var room = _buffer.AsSpan(_at, count);
        _at += count;
        return room;
    }

    private readonly record struct Group(string Name, int At, int Size, int Extra);

    [InlineArray(Most)]
    private struct Groups
    {
        public const int Most = 32;

        private Group _first;
    }
}
