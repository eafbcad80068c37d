namespace OpenConfirm.Wire.Ospf;

/// <summary>
/// Types 9 to 11: something that others have defined, in TLVs (RFC 5250 section 3). The highest octet of the link state
/// identifier says what: 1 traffic engineering, 3 grace, 4 router information, 7 extended prefix, 8 extended link.
/// </summary>
public abstract record OpaqueLsa : Lsa
{
    /// <summary>The TLVs.</summary>
    public List<OspfTlv> Tlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("TLVs", Tlvs, OspfTlv.KindsOf((byte)(Id.Value >> 24)));
}

/// <summary>Type 9: on a link.</summary>
public sealed record OpaqueLinkLsa : OpaqueLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 9; set { } }
}

/// <summary>Type 10: in an area.</summary>
public sealed record OpaqueAreaLsa : OpaqueLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 10; set { } }
}

/// <summary>Type 11: in the AS.</summary>
public sealed record OpaqueAsLsa : OpaqueLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 11; set { } }
}

/// <summary>A TLV of an opaque LSA, filled up to four octets (RFC 3630 section 2.3.2).</summary>
public abstract record OspfTlv : IWire
{
    private static readonly Registry<OspfTlv> Te = Make(
        "TLV of traffic engineering",
        new Kind<OspfTlv>(2, "TeLink", "RFC 3630 section 2.4.2", () => new TeLink()),
        new Kind<OspfTlv>(1, "TeRouterAddress", "RFC 3630 section 2.4.1", () => new TeRouterAddress()));

    private static readonly Registry<OspfTlv> Grace = Make(
        "TLV of graceful restart",
        new Kind<OspfTlv>(1, "GracePeriod", "RFC 3623 section B", () => new GracePeriod()),
        new Kind<OspfTlv>(2, "GraceReason", "RFC 3623 section B", () => new GraceReason()),
        new Kind<OspfTlv>(3, "GraceAddress", "RFC 3623 section B", () => new GraceAddress()));

    private static readonly Registry<OspfTlv> RouterInformation = Make(
        "TLV of router information",
        new Kind<OspfTlv>(1, "InformationalCapabilities", "RFC 7770 section 2.4", () => new InformationalCapabilities()));

    private static readonly Registry<OspfTlv> ExtendedPrefixes = Make(
        "TLV of extended prefixes",
        new Kind<OspfTlv>(1, "ExtendedPrefix", "RFC 7684 section 2.1", () => new ExtendedPrefix()));

    private static readonly Registry<OspfTlv> ExtendedLinks = Make(
        "TLV of extended links",
        new Kind<OspfTlv>(1, "ExtendedLink", "RFC 7684 section 3.1", () => new ExtendedLink()));

    private static readonly Registry<OspfTlv> Others = Make("OSPF TLV");

    /// <summary>Type.</summary>
    public abstract ushort Type { get; set; }

    /// <summary>Octets behind all that the TLV is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <summary>Octets that fill it up, where they are not zero; not part of its length.</summary>
    public byte[] Padding { get; set; } = [];

    /// <summary>All kinds of all opaque types.</summary>
    internal static IReadOnlyList<Registry<OspfTlv>> AllKinds => [Te, Grace, RouterInformation, ExtendedPrefixes, ExtendedLinks];

    /// <summary>All kinds, for an opaque type.</summary>
    public static Registry<OspfTlv> KindsOf(byte opaqueType) => opaqueType switch
    {
        1 => Te,
        3 => Grace,
        4 => RouterInformation,
        7 => ExtendedPrefixes,
        8 => ExtendedLinks,
        _ => Others,
    };

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = (ushort)v.Tag("Type", Type, 2, this is not UnknownTlv);
        var tlv = v.Begin("Length", 2);
        var start = v.Here;
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        var length = v.Here - start;
        v.End(tlv);
        Padding = v.Pad("Padding", Padding, (4 - (length % 4)) % 4);
    }

    /// <summary>What it holds.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    internal static Registry<OspfTlv> Make(string name, params ReadOnlySpan<Kind<OspfTlv>> kinds) => new(
        name,
        (ahead, _) => ahead.Length < 2 ? -1 : (ahead[0] << 8) | ahead[1],
        new Kind<OspfTlv>(-1, "UnknownTlv", "RFC 3630 section 2.3.2", () => new UnknownTlv()),
        kinds);
}

/// <summary>A TLV of a type that is not known.</summary>
public sealed record UnknownTlv : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}

/// <summary>Traffic engineering 1: an address of the router that does not go away (RFC 3630 section 2.4.1).</summary>
public sealed record TeRouterAddress : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>The address.</summary>
    public Ip4 Address { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Address = v.Ip4("Router Address", Address);
}

/// <summary>Traffic engineering 2: a link and what is known of it (RFC 3630 section 2.4.2).</summary>
public sealed record TeLink : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 2; set { } }

    /// <summary>Sub-TLVs.</summary>
    public List<OspfTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Sub-TLVs", SubTlvs, KindsOf(0));
}

/// <summary>Grace 1: how long neighbours are to wait (RFC 3623 section B).</summary>
public sealed record GracePeriod : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>Seconds.</summary>
    public uint Seconds { get; set; } = 120;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Seconds = v.U32("Grace Period", Seconds, FieldKind.Seconds);
}

/// <summary>Grace 2: why (RFC 3623 section B): 0 unknown, 1 software restart, 2 upgrade, 3 switch to a redundant processor.</summary>
public sealed record GraceReason : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 2; set { } }

    /// <summary>The reason.</summary>
    public byte Reason { get; set; } = 1;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Reason = v.U8("Restart Reason", Reason, FieldKind.Code);
}

/// <summary>Grace 3: the interface's address (RFC 3623 section B).</summary>
public sealed record GraceAddress : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 3; set { } }

    /// <summary>The address.</summary>
    public Ip4 Address { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Address = v.Ip4("IP Interface Address", Address);
}

/// <summary>Router information 1: what the router can do, a bit each (RFC 7770 section 2.4).</summary>
public sealed record InformationalCapabilities : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>The bits: 0x80000000 graceful restart, 0x40000000 its helper.</summary>
    public uint Bits { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Bits = v.U32("Informational Capabilities", Bits, FieldKind.Flags);
}

/// <summary>Extended prefix 1 (RFC 7684 section 2.1).</summary>
public sealed record ExtendedPrefix : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>0 unspecified, 1 intra-area, 3 inter-area, 5 external, 7 NSSA.</summary>
    public byte RouteType { get; set; } = 1;

    /// <summary>Length of the prefix, bits.</summary>
    public byte PrefixLength { get; set; } = 32;

    /// <summary>Address family: 0 IPv4.</summary>
    public byte Family { get; set; }

    /// <summary>0x80 attached, 0x40 a node's own.</summary>
    public byte Flags { get; set; }

    /// <summary>The prefix.</summary>
    public Ip4 Address { get; set; }

    /// <summary>Sub-TLVs.</summary>
    public List<OspfTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        RouteType = v.U8("Route Type", RouteType, FieldKind.Code);
        PrefixLength = v.U8("Prefix Length", PrefixLength);
        Family = v.U8("Address Family", Family, FieldKind.Code);
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Address = v.Ip4("Address Prefix", Address);
        v.Elements("Sub-TLVs", SubTlvs, KindsOf(0));
    }
}

/// <summary>Extended link 1 (RFC 7684 section 3.1).</summary>
public sealed record ExtendedLink : OspfTlv
{
    /// <inheritdoc/>
    public override ushort Type { get => 1; set { } }

    /// <summary>As in a router LSA.</summary>
    public byte LinkType { get; set; } = 1;

    /// <summary>To be zero; 24 bits.</summary>
    public uint Reserved { get; set; }

    /// <summary>As in a router LSA.</summary>
    public Ip4 LinkId { get; set; }

    /// <summary>As in a router LSA.</summary>
    public Ip4 LinkData { get; set; }

    /// <summary>Sub-TLVs.</summary>
    public List<OspfTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        LinkType = v.U8("Link Type", LinkType, FieldKind.Code);
        Reserved = v.U24("Reserved", Reserved, FieldKind.Reserved);
        LinkId = v.Ip4("Link ID", LinkId);
        LinkData = v.Ip4("Link Data", LinkData);
        v.Elements("Sub-TLVs", SubTlvs, KindsOf(0));
    }
}
