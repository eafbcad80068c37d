namespace OpenConfirm.Wire.Ospf;

/// <summary>
/// Link-local signalling behind a hello or a database description, of either version of OSPF (RFC 5613 section 2.2). A bit in the
/// packet's options says that it is there.
/// </summary>
public sealed record LinkLocalSignalling
{
    /// <summary>The bit in the options of OSPFv2 (RFC 5613 section 2.1).</summary>
    public const byte Bit = 0x10;

    /// <summary>The bit in the options of OSPFv3.</summary>
    public const uint Bit3 = 0x200;

    /// <summary>All kinds of TLVs, by type.</summary>
    public static Registry<OspfTlv> Kinds { get; } = OspfTlv.Make(
        "TLV of link-local signalling",
        new Kind<OspfTlv>(1, "ExtendedOptions", "RFC 5613 section 2.4", () => new ExtendedOptions()),
        new Kind<OspfTlv>(2, "LinkLocalAuthentication", "RFC 5613 section 2.5", () => new LinkLocalAuthentication()));

    /// <summary>The checksum when it is wrong; null to have the right one, which is zero in a packet with a digest.</summary>
    public ushort? WrongChecksum { get; set; }

    /// <summary>TLVs.</summary>
    public List<OspfTlv> Tlvs { get; init; } = [];

    /// <summary>The block; its length counts words of four octets, its own head with them.</summary>
    internal void Walk<TVisitor>(ref TVisitor v, bool isSigned)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var start = v.Here;
        WrongChecksum = v.Sum("LLS Checksum", WrongChecksum, isSigned ? SumKind.None : SumKind.LinkLocal, start);
        var block = v.Begin("LLS Data Length", 14, extra: 4);
        v.Elements("LLS TLVs", Tlvs, Kinds);
        v.End(block);
    }
}

/// <summary>Link-local signalling 1 (RFC 5613 section 2.4).</summary>
public sealed record ExtendedOptions : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>The bits: 1 LSDB resynchronization (RFC 4811), 2 restart (RFC 4812).</summary>
    public uint Bits { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Bits = v.U32("Extended Options and Flags", Bits, FieldKind.Flags);
}

/// <summary>Link-local signalling 2: the digest of the block in OSPFv2; it is to be the last of the TLVs (RFC 5613 section 2.5).</summary>
public sealed record LinkLocalAuthentication : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 2; set { } }

    /// <summary>Sequence number, that of the packet.</summary>
    public uint Sequence { get; set; }

    /// <summary>The digest when it is wrong or the key is not known; null to have the right one.</summary>
    public byte[]? Digest { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Sequence = v.U32("Sequence Number", Sequence, FieldKind.Sequence);
        Digest = v.Digest("AuthData", Digest, -1, DigestKind.OspfV2LinkLocal);
    }
}
