using System.Buffers.Binary;

namespace OpenConfirm.Wire.Ospf3;

/// <summary>The digest of an OSPFv3 packet and what belongs to it, behind the packet and its link-local signalling (RFC 7166 section 4.1).</summary>
public sealed record AuthenticationTrailer
{
    /// <summary>The bit in the options of hellos and descriptions that says that all packets have one (RFC 7166 section 2.1).</summary>
    public const uint Bit = 0x400;

    private const int HeaderLength = 16;

    /// <summary>Type: 1 HMAC (RFC 7166 section 2.1, IANA: OSPFv3 Authentication Types).</summary>
    public ushort Type { get; set; } = 1;

    /// <summary>To be zero.</summary>
    public ushort Reserved { get; set; }

    /// <summary>Security association: which key.</summary>
    public ushort Association { get; set; }

    /// <summary>A number that always rises.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The digest when it is wrong or the key or the source's address are not known; null to have the right one.</summary>
    public byte[]? Digest { get; set; }

    /// <summary>Whether octets begin with a trailer; packets without options do not say whether they have one.</summary>
    internal static bool Begins(ReadOnlySpan<byte> ahead) => ahead.Length >= HeaderLength
        && BinaryPrimitives.ReadUInt16BigEndian(ahead) == 1
        && BinaryPrimitives.ReadUInt16BigEndian(ahead[2..]) is var length && length >= HeaderLength && length <= ahead.Length;

    /// <summary>The trailer; its length counts its own head.</summary>
    internal void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = v.U16("Authentication Type", Type, FieldKind.Code);
        var trailer = v.Begin("Auth Data Length", 2, extra: 4);
        Reserved = v.U16("Authentication Reserved", Reserved, FieldKind.Reserved);
        Association = v.U16("Security Association ID", Association);
        Sequence = v.U64("Cryptographic Sequence Number", Sequence, FieldKind.Sequence);
        Digest = v.Digest("Authentication Data", Digest, -1, DigestKind.OspfV3);
        v.End(trailer);
    }
}
