using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OpenConfirm.Wire;

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
    public const int InitialSequence = unchecked((int)0x80000001);
    public const int MaxSequence = int.MaxValue;
    private const int SequenceAt = 12;
    private const int ChecksumAt = 16;
    private const ushort MaxAgeDiff = 900;

    public static LsaKey KeyOf(ReadOnlySpan<byte> lsa, int version) => new(
        version == 2 ? lsa[3] : BinaryPrimitives.ReadUInt16BigEndian(lsa[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(lsa[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(lsa[8..]));

    /// <summary>Its age, at most <see cref="MaxAge"/>.</summary>
    public static ushort AgeOf(ReadOnlySpan<byte> lsa) => Math.Min(MaxAge, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(lsa) & 0x7fff));

    public static int SequenceOf(ReadOnlySpan<byte> lsa) => BinaryPrimitives.ReadInt32BigEndian(lsa[SequenceAt..]);

    /// <summary>Another instance of an LSA of ours.</summary>
    public static byte[] Renewed(ReadOnlySpan<byte> lsa, int sequence)
    {
        var renewed = lsa.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(renewed.AsSpan(SequenceAt), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(renewed.AsSpan(ChecksumAt), Checksum.Of(SumKind.Lsa, renewed, ChecksumAt, WireFacts.Default)!.Value);
        return renewed;
    }

    /// <summary>The end of an LSA (RFC 2328 section 14.1); the checksum leaves the age out.</summary>
    public static byte[] Aged(ReadOnlySpan<byte> lsa)
    {
        var aged = lsa.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(aged, MaxAge);
        return aged;
    }

    /// <summary>
    /// The LSAs of an update as the octets that came, whatever is in them: they go on to others like that. Those with a wrong
    /// checksum are left out (RFC 2328 section 13 step 1), and all from the first on whose length cannot be.
    /// </summary>
    public static List<byte[]> Split(ReadOnlySpan<byte> body)
    {
        const int Count = 4;
        var all = new List<byte[]>();
        var left = body[Count..];
        for (var i = BinaryPrimitives.ReadUInt32BigEndian(body); i > 0 && left.Length >= HeaderLength; i--)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(left[18..]);
            if (length < HeaderLength || length > left.Length)
                break;
            if (Checksum.Of(SumKind.Lsa, left[..length], ChecksumAt, WireFacts.Default) == BinaryPrimitives.ReadUInt16BigEndian(left[ChecksumAt..]))
                all.Add(left[..length].ToArray());
            left = left[length..];
        }

        return all;
    }

    /// <summary>Which of two instances is newer: above 0 the first, 0 when they are the same (RFC 2328 section 13.1).</summary>
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (SequenceOf(one) != SequenceOf(other))
            return SequenceOf(one).CompareTo(SequenceOf(other));
        var sums = BinaryPrimitives.ReadUInt16BigEndian(one[ChecksumAt..]).CompareTo(BinaryPrimitives.ReadUInt16BigEndian(other[ChecksumAt..]));
        if (sums != 0)
            return sums;
        var (age, otherAge) = (AgeOf(one), AgeOf(other));
        if (age == MaxAge != (otherAge == MaxAge))
            return age == MaxAge ? 1 : -1;
        return Math.Abs(age - otherAge) > MaxAgeDiff ? otherAge.CompareTo(age) : 0;
    }
}
