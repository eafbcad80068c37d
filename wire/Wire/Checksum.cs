using System.Buffers.Binary;

namespace OpenConfirm.Wire;

/// <summary>What a checksum sums up, and how.</summary>
public enum SumKind
{
    /// <summary>The Internet checksum over all octets (RFC 1071).</summary>
    Internet,

    /// <summary>
    /// The same over an OSPFv2 packet without its eight octets of authentication; zero with cryptographic authentication
    /// (RFC 2328 sections D.4.1 to D.4.3).
    /// </summary>
    OspfV2,

    /// <summary>Fletcher's over an LSA without its age (RFC 2328 section 12.1.7); the LSA's own length says how far it goes.</summary>
    Lsa,

    /// <summary>Fletcher's over all octets (ISO 10589 section 7.3.11).</summary>
    Fletcher,

    /// <summary>
    /// The Internet checksum over an OSPFv3 packet and IPv6's pseudo-header (RFC 5340 section A.3.1, RFC 8200 section 8.1); zero in a
    /// session with a key (RFC 7166 section 4.2).
    /// </summary>
    OspfV3,

    /// <summary>The Internet checksum over a block of link-local signalling (RFC 5613 section 2.2); the block's own length says how far it goes.</summary>
    LinkLocal,

    /// <summary>None is made, and zero stands in its place: a digest does what it would (RFC 5613 section 2.2, RFC 7166 section 4.2).</summary>
    None,
}

/// <summary>Checksums of two octets.</summary>
public static class Checksum
{
    private const int AuthenticationAt = 16;
    private const int AuthenticationLength = 8;

    /// <summary>The right value.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="octets">What it is of; the checksum's own octets count as zero.</param>
    /// <param name="at">Where in these octets it stands.</param>
    /// <param name="facts">For the addresses of <see cref="SumKind.OspfV3"/>.</param>
    /// <returns>Null when it depends on what is not known.</returns>
    public static ushort? Of(SumKind kind, ReadOnlySpan<byte> octets, int at, WireFacts facts) => kind switch
    {
        SumKind.None => 0,
        SumKind.OspfV3 when facts.Key is not null => 0,
        SumKind.OspfV3 => facts is { Source: { } source, Destination: { } destination } ? OverIpv6(octets, at, source, destination) : null,
        SumKind.Internet => Internet(octets, at, octets.Length, 0),
        SumKind.OspfV2 when octets.Length < AuthenticationAt + AuthenticationLength => Internet(octets, at, octets.Length, 0),
        SumKind.OspfV2 when BinaryPrimitives.ReadUInt16BigEndian(octets[14..]) == 2 => 0,
        SumKind.OspfV2 => Internet(octets, at, AuthenticationAt, AuthenticationLength),
        SumKind.Fletcher => Fletcher(octets, at),
        SumKind.LinkLocal => OfLinkLocal(octets, at),
        _ => OfLsa(octets, at),
    };

    private static ushort OverIpv6(ReadOnlySpan<byte> octets, int at, Ip6 source, Ip6 destination)
    {
        const int PseudoHeader = 40;
        var all = new byte[PseudoHeader + octets.Length];
        source.ToBytes().CopyTo(all, 0);
        destination.ToBytes().CopyTo(all, 16);
        BinaryPrimitives.WriteInt32BigEndian(all.AsSpan(32), octets.Length);
        all[39] = 89;
        octets.CopyTo(all.AsSpan(PseudoHeader));
        return Internet(all, PseudoHeader + at, all.Length, 0);
    }

    private static ushort OfLsa(ReadOnlySpan<byte> octets, int at)
    {
        // The length is in the two octets behind the checksum. One that lies is somebody else's business.
        var length = octets.Length >= at + 4 ? BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 2)..]) : 0;
        return length < at + 4 || length > octets.Length ? (ushort)0 : Fletcher(octets[2..length], at - 2);
    }

    private static ushort OfLinkLocal(ReadOnlySpan<byte> octets, int at)
    {
        // The length is in the two octets behind the checksum, in words of four.
        var length = octets.Length >= at + 4 ? 4 * BinaryPrimitives.ReadUInt16BigEndian(octets[(at + 2)..]) : 0;
        return length < at + 4 || length > octets.Length ? (ushort)0 : Internet(octets[..length], at, length, 0);
    }

    /// <summary>The Internet checksum, with some octets left out and those of the checksum as zero.</summary>
    private static ushort Internet(ReadOnlySpan<byte> octets, int at, int skipAt, int skip)
    {
        var sum = 0u;
        for (var i = 0; i < octets.Length; i += 2)
        {
            if (i == skipAt)
                i += skip;
            if (i == at || i >= octets.Length)
                continue;
            sum += i + 1 < octets.Length ? BinaryPrimitives.ReadUInt16BigEndian(octets[i..]) : (uint)octets[i] << 8;
        }

        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Fletcher's checksum as OSI has it: with its two octets in place both sums come to zero (ISO 8473, RFC 1008 section 7.2.1).</summary>
    private static ushort Fletcher(ReadOnlySpan<byte> octets, int at)
    {
        int c0 = 0, c1 = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            c0 = (c0 + (i == at || i == at + 1 ? 0 : octets[i])) % 255;
            c1 = (c1 + c0) % 255;
        }

        var x = (((octets.Length - at - 1) * c0) - c1) % 255;
        if (x <= 0)
            x += 255;
        var y = 510 - c0 - x;
        if (y > 255)
            y -= 255;
        return (ushort)(x << 8 | y);
    }
}
