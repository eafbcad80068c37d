using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OpenConfirm.Wire;

/// <summary>What a digest covers, and how it is made. Messages begin at the first octet that a visitor walks.</summary>
public enum DigestKind
{
    /// <summary>The OSPFv2 packet before it (RFC 2328 section D.4.3, RFC 5709 section 3.3).</summary>
    OspfV2,

    /// <summary>The link-local signalling before it, of an OSPFv2 packet (RFC 5613 section 2.5).</summary>
    OspfV2LinkLocal,

    /// <summary>The OSPFv3 packet, its link-local signalling and the head of the trailer, with the source's address (RFC 7166 section 4.5).</summary>
    OspfV3,

    /// <summary>The IS-IS PDU with zeros in the digest's place, by HMAC-MD5 (RFC 5304 section 2).</summary>
    IsisMd5,

    /// <summary>The IS-IS PDU with a pattern in the digest's place (RFC 5310 section 3.3).</summary>
    IsisGeneric,
}

/// <summary>Digests that prove who sent a message.</summary>
public static class Authentication
{
    private const int Md5Length = 16;
    private const uint Pattern = 0x878fe1f3;

    /// <summary>The right digest.</summary>
    /// <param name="kind">What it covers.</param>
    /// <param name="octets">The message, from its first octet; what stands at the digest's own place does not count.</param>
    /// <param name="at">Where in these octets the digest stands.</param>
    /// <param name="facts">For the key, and the source's address of <see cref="DigestKind.OspfV3"/>.</param>
    /// <returns>Null when it depends on what is not known, or the key's algorithm is none of the protocol's.</returns>
    public static byte[]? Of(DigestKind kind, ReadOnlySpan<byte> octets, int at, WireFacts facts) => facts.Key is not { } key ? null : kind switch
    {
        DigestKind.OspfV2 => OverOspfV2(key, octets[..at]),
        DigestKind.OspfV2LinkLocal => LinkLocalAt(octets) is var start && start <= at ? OverOspfV2(key, octets[start..at]) : null,
        DigestKind.OspfV3 when key.Algorithm != DigestAlgorithm.Md5 && facts.Source is { } source => OverOspfV3(key, octets[..at], source),
        DigestKind.IsisMd5 when key.Algorithm == DigestAlgorithm.Md5 => OverIsis(key, octets, at),
        DigestKind.IsisGeneric when key.Algorithm != DigestAlgorithm.Md5 => OverIsis(key, octets, at),
        _ => null,
    };

    /// <summary>MD5 has the key itself behind the packet, cut off or filled up to 16 octets; HMAC a pattern.</summary>
    private static byte[] OverOspfV2(AuthenticationKey key, ReadOnlySpan<byte> octets)
    {
        if (key.Algorithm != DigestAlgorithm.Md5)
            return Hmac(key.Algorithm, key.Secret, [.. octets, .. Apad(key.DigestLength)]);
        var all = new byte[octets.Length + Md5Length];
        octets.CopyTo(all);
        key.Secret.AsSpan(0, Math.Min(key.Secret.Length, Md5Length)).CopyTo(all.AsSpan(octets.Length));
        return MD5.HashData(all);
    }

    /// <summary>The key is followed by the protocol's number, so that a digest is of no use in another protocol (RFC 7166 section 4.5).</summary>
    private static byte[] OverOspfV3(AuthenticationKey key, ReadOnlySpan<byte> octets, Ip6 source)
    {
        var address = source.ToBytes();
        return Hmac(key.Algorithm, [.. key.Secret, 0, 1], [.. octets, .. address, .. Apad(key.DigestLength - address.Length)]);
    }

    /// <summary>Link-local signalling comes behind the packet and its digest (RFC 5613 section 2.2).</summary>
    private static int LinkLocalAt(ReadOnlySpan<byte> packet)
    {
        const int LengthAt = 2, TypeAt = 14, DigestLengthAt = 19, Header = 24, Cryptographic = 2;
        if (packet.Length < Header)
            return int.MaxValue;
        var isSigned = BinaryPrimitives.ReadUInt16BigEndian(packet[TypeAt..]) == Cryptographic;
        return BinaryPrimitives.ReadUInt16BigEndian(packet[LengthAt..]) + (isSigned ? packet[DigestLengthAt] : 0);
    }

    /// <summary>Lifetime and checksum of an LSP change on its way, and count as zero (RFC 5304 section 2, RFC 5310 section 3.3).</summary>
    private static byte[]? OverIsis(AuthenticationKey key, ReadOnlySpan<byte> octets, int at)
    {
        const int CommonHeader = 8, LifetimeAt = 10, IdAt = 12;
        if (octets.Length < CommonHeader)
            return null;
        var system = octets[3] switch { 0 => 6, 255 => 0, var length => (int)length };
        var type = octets[4] & 0x1f;
        var lengthAt = type is 15 or 16 or 17 ? CommonHeader + 1 + system + 2 : CommonHeader;
        var checksumAt = IdAt + system + 2 + 4;

        // Where the PDU contradicts itself there is no right digest.
        if (lengthAt + 2 > at || (type is 18 or 20 && checksumAt + 2 > at))
            return null;
        var pduLength = BinaryPrimitives.ReadUInt16BigEndian(octets[lengthAt..]);
        if (pduLength < at + key.DigestLength || pduLength > octets.Length)
            return null;
        var pdu = octets[..pduLength].ToArray();
        if (type is 18 or 20)
        {
            pdu.AsSpan(LifetimeAt, 2).Clear();
            pdu.AsSpan(checksumAt, 2).Clear();
        }

        if (key.Algorithm == DigestAlgorithm.Md5)
        {
            pdu.AsSpan(at, Md5Length).Clear();
            return HMACMD5.HashData(key.Secret, pdu);
        }

        Apad(key.DigestLength).CopyTo(pdu, at);
        return Hmac(key.Algorithm, key.Secret, pdu);
    }

    /// <summary>What takes the place of a digest while it is made: a pattern, over and over.</summary>
    private static byte[] Apad(int length)
    {
        var pad = new byte[length];
        for (var i = 0; i < length; i += sizeof(uint))
            BinaryPrimitives.WriteUInt32BigEndian(pad.AsSpan(i), Pattern);
        return pad;
    }

    /// <summary>HMAC, but that a key longer than the digest, and not only one longer than a block, is hashed first (RFC 5709 section 3.3).</summary>
    private static byte[] Hmac(DigestAlgorithm algorithm, byte[] secret, byte[] octets) => algorithm switch
    {
        DigestAlgorithm.Sha1 => HMACSHA1.HashData(secret.Length > SHA1.HashSizeInBytes ? SHA1.HashData(secret) : secret, octets),
        DigestAlgorithm.Sha256 => HMACSHA256.HashData(secret.Length > SHA256.HashSizeInBytes ? SHA256.HashData(secret) : secret, octets),
        DigestAlgorithm.Sha384 => HMACSHA384.HashData(secret.Length > SHA384.HashSizeInBytes ? SHA384.HashData(secret) : secret, octets),
        _ => HMACSHA512.HashData(secret.Length > SHA512.HashSizeInBytes ? SHA512.HashData(secret) : secret, octets),
    };
}
