using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenConfirm.Wire;

/// <summary>A segment of an AS path.</summary>
/// <param name="Type">1 AS_SET, 2 AS_SEQUENCE, 3 AS_CONFED_SEQUENCE, 4 AS_CONFED_SET.</param>
/// <param name="Numbers">AS numbers; at most 255.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AsSegment(byte Type, IReadOnlyList<uint> Numbers);

/// <summary>
/// AS path segments as they stand on the wire: type, count of AS numbers, the numbers (RFC 4271 section 4.3, RFC 5065
/// section 3). Kept as octets, like <see cref="PrefixList"/>.
/// </summary>
public readonly struct AsPath : IEquatable<AsPath>
{
    private static readonly string[] Names = ["", "set", "sequence", "confed-sequence", "confed-set"];

    /// <summary>AS_TRANS, which stands for a number of four octets where two have to do (RFC 6793 section 9).</summary>
    public const ushort Trans = 23456;

    private readonly ReadOnlyMemory<byte> _bytes;

    private AsPath(ReadOnlyMemory<byte> bytes, bool isFourOctets)
    {
        _bytes = bytes;
        IsFourOctets = isFourOctets;
    }

    /// <summary>AS numbers of four octets, not two.</summary>
    public bool IsFourOctets { get; }

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>One AS_SEQUENCE.</summary>
    public static AsPath Sequence(bool isFourOctets, params IEnumerable<uint> numbers) => Of(isFourOctets, new AsSegment(2, [.. numbers]));

    /// <summary>Segments of these types.</summary>
    public static AsPath Of(bool isFourOctets, params IEnumerable<AsSegment> segments)
    {
        var octets = new List<byte>();
        foreach (var (type, numbers) in segments)
        {
            octets.Add(type);
            octets.Add(checked((byte)numbers.Count));
            foreach (var number in numbers)
            {
                if (isFourOctets)
                    octets.AddRange([(byte)(number >> 24), (byte)(number >> 16)]);
                else if (number > ushort.MaxValue)
                    throw new ArgumentException($"AS number {number} needs four octets", nameof(segments));
                octets.AddRange([(byte)(number >> 8), (byte)number]);
            }
        }

        return new AsPath(octets.ToArray(), isFourOctets);
    }

    /// <summary>
    /// The same path with AS numbers of four octets or two; what does not fit two is AS_TRANS then (RFC 6793 section 4.2.2).
    /// </summary>
    public AsPath In(bool isFourOctets) => Bytes.IsEmpty || isFourOctets == IsFourOctets
        ? this
        : Of(isFourOctets, Segments.Select(s => isFourOctets ? s : s with { Numbers = [.. s.Numbers.Select(n => n > ushort.MaxValue ? Trans : n)] }));

    /// <summary>Octets that were checked.</summary>
    internal static AsPath OfChecked(ReadOnlyMemory<byte> bytes, bool isFourOctets) => new(bytes, isFourOctets);

    /// <summary>Finds the first segment that is none: where those before it end, where it is wrong, and why; null when all are good.</summary>
    internal static (int Good, int Offset, string Reason)? Check(ReadOnlySpan<byte> bytes, bool isFourOctets)
    {
        var size = isFourOctets ? 4 : 2;
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes.Length - at < 2)
                return (at, at, "a segment ends within its type and count");
            var octets = bytes[at + 1] * size;
            if (bytes.Length - at - 2 < octets)
                return (at, at + 2, $"a segment of {bytes[at + 1]} AS numbers has {bytes.Length - at - 2} octets left, not {octets}");
            at += 2 + octets;
        }

        return null;
    }

    /// <summary>The segments.</summary>
    public IReadOnlyList<AsSegment> Segments
    {
        get
        {
            var all = new List<AsSegment>();
            var size = IsFourOctets ? 4 : 2;
            for (var at = 0; at < Bytes.Length;)
            {
                var numbers = new uint[Bytes[at + 1]];
                for (var i = 0; i < numbers.Length; i++)
                {
                    var number = Bytes[(at + 2 + (i * size))..];
                    numbers[i] = IsFourOctets ? BinaryPrimitives.ReadUInt32BigEndian(number) : BinaryPrimitives.ReadUInt16BigEndian(number);
                }

                all.Add(new AsSegment(Bytes[at], numbers));
                at += 2 + (numbers.Length * size);
            }

            return all;
        }
    }

    /// <summary>"sequence 64500 64501 | set 64502"; segments of other types by their number.</summary>
    public override string ToString() => string.Join(" | ", Segments.Select(s =>
        string.Join(' ', s.Numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)).Prepend(s.Type is > 0 and < 5 ? Names[s.Type] : $"type-{s.Type}"))));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AsPath Parse(string text, bool isFourOctets) => Of(isFourOctets, text.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(segment =>
    {
        var words = segment.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var type = Array.IndexOf(Names, words[0]);
        if (type <= 0 && !(words[0].StartsWith("type-", StringComparison.Ordinal) && byte.TryParse(words[0].AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var other) && (type = other) >= 0))
            throw new FormatException($"'{words[0]}' is no type of segment; there are {string.Join(", ", Names.Skip(1))} and type-N");
        var numbers = words.Skip(1).Select(w => uint.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && (isFourOctets || n <= ushort.MaxValue)
            ? n
            : throw new FormatException($"'{w}' is no AS number of {(isFourOctets ? "four" : "two")} octets")).ToArray();
        return numbers.Length <= byte.MaxValue
            ? new AsSegment((byte)type, numbers)
            : throw new FormatException($"a segment of {numbers.Length} AS numbers; it has at most 255");
    }));

    /// <inheritdoc/>
    public bool Equals(AsPath other) => IsFourOctets == other.IsFourOctets && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AsPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Two paths are the same.</summary>
    public static bool operator ==(AsPath left, AsPath right) => left.Equals(right);

    /// <summary>Two paths differ.</summary>
    public static bool operator !=(AsPath left, AsPath right) => !left.Equals(right);
}
