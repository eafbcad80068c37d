using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>What tells one LSA from others (RFC 2328 section 12.1).</summary>
/// <param name="Type">LS type.</param>
/// <param name="Id">Link state identifier.</param>
/// <param name="Router">Router that made it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LsaKey(ushort Type, uint Id, uint Router);

/// <summary>The header of an LSA as octets; but for the type it is the same in both versions (RFC 2328 section A.4.1, RFC 5340 section A.4.2).</summary>
internal static class LsaOctets
{
    public const int HeaderLength = 20;
    public const ushort MaxAge = 3600;
    private const ushort MaxAgeDiff = 900;

    public static LsaKey KeyOf(ReadOnlySpan<byte> lsa, int version) => new(
        version == 2 ? lsa[3] : BinaryPrimitives.ReadUInt16BigEndian(lsa[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(lsa[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(lsa[8..]));

    public static ushort AgeOf(ReadOnlySpan<byte> lsa) => (ushort)(BinaryPrimitives.ReadUInt16BigEndian(lsa) & 0x7fff);

    public static int SequenceOf(ReadOnlySpan<byte> lsa) => BinaryPrimitives.ReadInt32BigEndian(lsa[12..]);

    /// <summary>Which of two instances is newer: above 0 the first, 0 when they are the same (RFC 2328 section 13.1).</summary>
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (SequenceOf(one) != SequenceOf(other))
            return SequenceOf(one).CompareTo(SequenceOf(other));
        var sums = BinaryPrimitives.ReadUInt16BigEndian(one[16..]).CompareTo(BinaryPrimitives.ReadUInt16BigEndian(other[16..]));
        if (sums != 0)
            return sums;
        var (age, otherAge) = (AgeOf(one), AgeOf(other));
        if (age == MaxAge != (otherAge == MaxAge))
            return age == MaxAge ? 1 : -1;
        return Math.Abs(age - otherAge) > MaxAgeDiff ? otherAge.CompareTo(age) : 0;
    }
}
