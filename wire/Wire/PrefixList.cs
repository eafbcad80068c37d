using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenConfirm.Wire;

/// <summary>How prefixes of a list are written.</summary>
/// <param name="AddressBits">Bits of an address: 32 or 128.</param>
/// <param name="HasPathIds">A path identifier of four octets comes before each (RFC 7911 section 3).</param>
public readonly record struct PrefixFormat(int AddressBits, bool HasPathIds)
{
    /// <summary>IPv4, without path identifiers.</summary>
    public static readonly PrefixFormat Ipv4 = new(32, false);

    /// <summary>IPv6, without path identifiers.</summary>
    public static readonly PrefixFormat Ipv6 = new(128, false);
}

/// <summary>A prefix. Bits of its address beyond the length are those that the octets held.</summary>
/// <param name="Address">The address, at the high end of 128 bits.</param>
/// <param name="Length">Its length in bits.</param>
/// <param name="PathId">Path identifier; 0 where there is none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Prefix(UInt128 Address, byte Length, uint PathId = 0)
{
    /// <summary>An IPv4 prefix.</summary>
    public static Prefix Of(Ip4 address, int length, uint pathId = 0) => new((UInt128)address.Value << 96, checked((byte)length), pathId);

    /// <summary>An IPv6 prefix.</summary>
    public static Prefix Of(Ip6 address, int length, uint pathId = 0) => new(address.Value, checked((byte)length), pathId);

    /// <summary>"192.0.2.0/24", "2001:db8::/32 #7".</summary>
    public string ToString(PrefixFormat format)
    {
        var address = format.AddressBits == 32 ? new Ip4((uint)(Address >> 96)).ToString() : new Ip6(Address).ToString();
        var id = format.HasPathIds ? string.Create(CultureInfo.InvariantCulture, $" #{PathId}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{address}/{Length}{id}");
    }

    /// <summary>Reads what <see cref="ToString(PrefixFormat)"/> writes.</summary>
    /// <exception cref="FormatException">It is no prefix of that format.</exception>
    public static Prefix Parse(string text, PrefixFormat format)
    {
        var id = text.Split(" #", 2);
        var parts = id[0].Split('/', 2);
        var bits = format.AddressBits;
        var pathId = 0u;
        var hasGoodId = format.HasPathIds
            ? id.Length == 2 && uint.TryParse(id[1], NumberStyles.None, CultureInfo.InvariantCulture, out pathId)
            : id.Length == 1;
        if (hasGoodId && parts.Length == 2 && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bits)
        {
            return bits == 32 ? Of(Ip4.Parse(parts[0]), length, pathId) : Of(Ip6.Parse(parts[0]), length, pathId);
        }

        throw new FormatException($"'{text}' is no prefix of up to {bits} bits{(format.HasPathIds ? " with its path identifier ('192.0.2.0/24 #1')" : "")}");
    }
}

/// <summary>
/// Prefixes as they stand on the wire: a length in bits and as many octets as it needs (RFC 4271 section 4.3, RFC 4760
/// section 5). They are kept as octets, so that a full table costs no object for each, and what was read is written
/// again octet by octet, bits beyond a prefix's length too.
/// </summary>
public readonly struct PrefixList : IEquatable<PrefixList>
{
    /// <summary>Octets that suffice for any prefix, also one whose length is more than an address has.</summary>
    public const int LargestOne = 4 + 1 + 32;

    private readonly ReadOnlyMemory<byte> _bytes;

    private PrefixList(ReadOnlyMemory<byte> bytes, PrefixFormat format)
    {
        _bytes = bytes;
        Format = format;
    }

    /// <summary>How they are written.</summary>
    public PrefixFormat Format { get; }

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>A list of these.</summary>
    public static PrefixList Of(PrefixFormat format, params IEnumerable<Prefix> prefixes)
    {
        var octets = new List<byte>();
        Span<byte> one = stackalloc byte[LargestOne];
        foreach (var prefix in prefixes)
            octets.AddRange(one[..Write(one, prefix, format)]);
        return new PrefixList(octets.ToArray(), format);
    }

    /// <summary>IPv4 prefixes without path identifiers, as text.</summary>
    public static PrefixList Ipv4(params IEnumerable<string> prefixes) => Of(PrefixFormat.Ipv4, prefixes.Select(p => Prefix.Parse(p, PrefixFormat.Ipv4)));

    /// <summary>IPv6 prefixes without path identifiers, as text.</summary>
    public static PrefixList Ipv6(params IEnumerable<string> prefixes) => Of(PrefixFormat.Ipv6, prefixes.Select(p => Prefix.Parse(p, PrefixFormat.Ipv6)));

    /// <summary>Octets that were checked.</summary>
    internal static PrefixList OfChecked(ReadOnlyMemory<byte> bytes, PrefixFormat format) => new(bytes, format);

    /// <summary>The same prefixes with path identifiers, which are 0 where there were none, or without.</summary>
    public PrefixList In(PrefixFormat format)
    {
        if (IsEmpty || format.HasPathIds == Format.HasPathIds)
            return this;
        var all = new List<Prefix>();
        foreach (var prefix in this)
            all.Add(prefix);
        return Of(format, all);
    }

    /// <summary>Writes one prefix and answers how many octets it took; <see cref="LargestOne"/> suffice.</summary>
    public static int Write(Span<byte> to, Prefix prefix, PrefixFormat format)
    {
        var at = 0;
        if (format.HasPathIds)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to, prefix.PathId);
            at = 4;
        }

        to[at++] = prefix.Length;
        var octets = (prefix.Length + 7) / 8;
        if (octets <= 4)
        {
            // Nearly all of a table of IPv4, without arithmetic of 128 bits for each octet.
            var high = (uint)(prefix.Address >> 96);
            for (var i = 0; i < octets; i++, high <<= 8)
                to[at++] = (byte)(high >> 24);
            return at;
        }

        for (var i = 0; i < octets; i++)
            to[at++] = i < 16 ? (byte)(prefix.Address >> (120 - (8 * i))) : (byte)0;
        return at;
    }

    /// <summary>Finds the first prefix that is none: where those before it end, where it is wrong, and why; null when all are good.</summary>
    internal static (int Good, int Offset, string Reason)? Check(ReadOnlySpan<byte> bytes, PrefixFormat format)
    {
        var head = format.HasPathIds ? 5 : 1;
        for (var at = 0; at < bytes.Length;)
        {
            var good = at;
            if (bytes.Length - at < head)
                return (good, at, "the path identifier of a prefix ends early");
            var length = bytes[at + head - 1];
            if (length > format.AddressBits)
                return (good, at + head - 1, $"a prefix of {length} bits, of at most {format.AddressBits}");
            at += head;
            var octets = (length + 7) / 8;
            if (bytes.Length - at < octets)
                return (good, at, $"a prefix of {length} bits has {bytes.Length - at} octets left, not {octets}");
            at += octets;
        }

        return null;
    }

    /// <summary>The prefixes, one after another, without an object for each.</summary>
    public Enumerator GetEnumerator() => new(_bytes.Span, Format);

    /// <inheritdoc/>
    public bool Equals(PrefixList other) => Format == other.Format && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PrefixList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var all = new List<string>();
        foreach (var prefix in this)
            all.Add(prefix.ToString(Format));
        return string.Join(", ", all);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">One is no prefix of that format.</exception>
    public static PrefixList Parse(string text, PrefixFormat format) =>
        Of(format, text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(p => Prefix.Parse(p, format)));

    /// <summary>Two lists are the same.</summary>
    public static bool operator ==(PrefixList left, PrefixList right) => left.Equals(right);

    /// <summary>Two lists differ.</summary>
    public static bool operator !=(PrefixList left, PrefixList right) => !left.Equals(right);

    /// <summary>Walks over a list's octets.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private readonly PrefixFormat _format;
        private int _at;

        internal Enumerator(ReadOnlySpan<byte> bytes, PrefixFormat format)
        {
            _bytes = bytes;
            _format = format;
        }

        /// <summary>The prefix.</summary>
        public Prefix Current { get; private set; }

        /// <summary>Goes on.</summary>
        public bool MoveNext()
        {
            if (_at >= _bytes.Length)
                return false;
            var id = 0u;
            if (_format.HasPathIds)
            {
                id = BinaryPrimitives.ReadUInt32BigEndian(_bytes[_at..]);
                _at += 4;
            }

            var length = _bytes[_at++];
            var octets = (length + 7) / 8;
            UInt128 address = 0;
            if (octets <= 4)
            {
                var high = 0u;
                for (var i = 0; i < octets; i++)
                    high |= (uint)_bytes[_at + i] << (24 - (8 * i));
                address = (UInt128)high << 96;
            }
            else
            {
                for (var i = 0; i < octets; i++)
                    address |= (UInt128)_bytes[_at + i] << (120 - (8 * i));
            }

            _at += octets;
            Current = new Prefix(address, length, id);
            return true;
        }
    }
}
