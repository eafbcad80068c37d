namespace OpenConfirm.Wire.Bgp;

/// <summary>A path attribute (RFC 4271 section 4.3; numbers: IANA, BGP Path Attributes).</summary>
public abstract record PathAttribute : IWire
{
    /// <summary>Flag: not known to every speaker (RFC 4271 section 4.3).</summary>
    public const byte Optional = 0x80;

    /// <summary>Flag: passed on by speakers that do not know it.</summary>
    public const byte Transitive = 0x40;

    /// <summary>Flag: somebody who did not know it has passed it on.</summary>
    public const byte Partial = 0x20;

    /// <summary>Flag: the length has two octets.</summary>
    public const byte ExtendedLength = 0x10;

    /// <summary>All kinds, by type code.</summary>
    public static Registry<PathAttribute> Kinds { get; } = new(
        "path attribute",
        (ahead, _) => ahead.Length < 2 ? -1 : ahead[1],
        new(-1, "UnknownAttribute", "RFC 4271 section 4.3", () => new UnknownAttribute()),
        new(1, "Origin", "RFC 4271 section 5.1.1", () => new Origin()),
        new(2, "AsPath", "RFC 4271 section 5.1.2", () => new AsPathAttribute()),
        new(3, "NextHop", "RFC 4271 section 5.1.3", () => new NextHop()),
        new(4, "MultiExitDisc", "RFC 4271 section 5.1.4", () => new MultiExitDisc()),
        new(5, "LocalPref", "RFC 4271 section 5.1.5", () => new LocalPref()),
        new(6, "AtomicAggregate", "RFC 4271 section 5.1.6", () => new AtomicAggregate()),
        new(7, "Aggregator", "RFC 4271 section 5.1.7", () => new Aggregator()),
        new(8, "Communities", "RFC 1997", () => new Communities()),
        new(9, "OriginatorId", "RFC 4456 section 8", () => new OriginatorId()),
        new(10, "ClusterList", "RFC 4456 section 8", () => new ClusterList()),
        new(11, "DestinationPreference", "draft-ietf-idr-bgp-dpa-05", () => new DestinationPreference()),
        new(14, "MpReach", "RFC 4760 section 3", () => new MpReach()),
        new(15, "MpUnreach", "RFC 4760 section 4", () => new MpUnreach()),
        new(16, "ExtendedCommunities", "RFC 4360 section 2", () => new ExtendedCommunities()),
        new(17, "As4Path", "RFC 6793 section 3", () => new As4Path()),
        new(18, "As4Aggregator", "RFC 6793 section 3", () => new As4Aggregator()),
        new(22, "PmsiTunnel", "RFC 6514 section 5", () => new PmsiTunnel()),
        new(23, "TunnelEncapsulation", "RFC 9012 section 2", () => new TunnelEncapsulation()),
        new(25, "Ipv6ExtendedCommunities", "RFC 5701 section 2", () => new Ipv6ExtendedCommunities()),
        new(26, "Aigp", "RFC 7311 section 3", () => new Aigp()),
        new(32, "LargeCommunities", "RFC 8092 section 3", () => new LargeCommunities()),
        new(35, "OnlyToCustomer", "RFC 9234 section 5", () => new OnlyToCustomer()),
        new(40, "PrefixSid", "RFC 8669 section 3", () => new PrefixSid()),
        new(128, "AttributeSet", "RFC 6368 section 4", () => new AttributeSet()));

    /// <summary>All kinds, in an attribute set: AS numbers have four octets there, whatever the session has (RFC 6368 section 4).</summary>
    internal static Registry<PathAttribute> KindsInSet { get; } = Kinds.With((2, () => new AsPathAttribute { HasFourOctets = true }), (7, () => new Aggregator { HasFourOctets = true }));

    /// <summary>AS numbers have four octets, whatever the session has; it follows from what holds the attribute.</summary>
    internal bool HasFourOctets { get; set; }

    /// <summary>Flags.</summary>
    public byte Flags { get; set; }

    /// <summary>Type code.</summary>
    public abstract byte Code { get; set; }

    /// <summary>Octets behind all that the attribute is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Code = (byte)v.Tag("Type Code", Code, 1, this is not UnknownAttribute);
        var attribute = v.Begin("Length", (Flags & ExtendedLength) != 0 ? 2 : 1);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(attribute);
    }

    /// <summary>How prefixes of a family are written.</summary>
    internal static PrefixFormat FormatOf(WireFacts facts, Family family) => new(family.Afi == 1 ? 32 : 128, facts.AddPath.Contains(family));

    /// <summary>Unicast and multicast of IPv4 and IPv6: routes are prefixes and no more.</summary>
    internal static bool IsPlain(Family family) => family is { Afi: 1 or 2, Safi: 1 or 2 };

    /// <summary>What it holds.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>An attribute of a code that is not known.</summary>
public sealed record UnknownAttribute : PathAttribute
{
    /// <inheritdoc/>
    public override byte Code { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}

/// <summary>Code 1: 0 IGP, 1 EGP, 2 incomplete (RFC 4271 section 5.1.1).</summary>
public sealed record Origin : PathAttribute
{
    /// <summary>Well-known.</summary>
    public Origin() => Flags = Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 1; set { } }

    /// <summary>The origin.</summary>
    public byte Value { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.U8("Origin", Value, FieldKind.Code);
}

/// <summary>Code 2: the ASes on the way (RFC 4271 section 5.1.2); AS numbers of two or four octets, as the session has it.</summary>
public sealed record AsPathAttribute : PathAttribute
{
    /// <summary>Well-known.</summary>
    public AsPathAttribute() => Flags = Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 2; set { } }

    /// <summary>The path.</summary>
    public AsPath Path { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Path = v.AsPath("AS Path", Path, HasFourOctets || v.Facts.FourOctetAs);
}

/// <summary>Code 3: the next hop of the NLRI field (RFC 4271 section 5.1.3).</summary>
public sealed record NextHop : PathAttribute
{
    /// <summary>Well-known.</summary>
    public NextHop() => Flags = Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 3; set { } }

    /// <summary>The address.</summary>
    public Ip4 Address { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Address = v.Ip4("Next Hop", Address);
}

/// <summary>Code 4: which of several ways into an AS (RFC 4271 section 5.1.4).</summary>
public sealed record MultiExitDisc : PathAttribute
{
    /// <summary>Optional, not passed on.</summary>
    public MultiExitDisc() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 4; set { } }

    /// <summary>The metric; less is better.</summary>
    public uint Value { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.U32("MED", Value, FieldKind.Metric);
}

/// <summary>Code 5: preference within an AS (RFC 4271 section 5.1.5).</summary>
public sealed record LocalPref : PathAttribute
{
    /// <summary>Well-known.</summary>
    public LocalPref() => Flags = Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 5; set { } }

    /// <summary>The preference; more is better.</summary>
    public uint Value { get; set; } = 100;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.U32("Local Preference", Value, FieldKind.Metric);
}

/// <summary>Code 6: more specific routes were left out (RFC 4271 section 5.1.6).</summary>
public sealed record AtomicAggregate : PathAttribute
{
    /// <summary>Well-known.</summary>
    public AtomicAggregate() => Flags = Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 6; set { } }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
    }
}

/// <summary>Code 7: who made an aggregate (RFC 4271 section 5.1.7); an AS number of two or four octets, as the session has it.</summary>
public sealed record Aggregator : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public Aggregator() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 7; set { } }

    /// <summary>The speaker's AS.</summary>
    public uint As { get; set; }

    /// <summary>The speaker's identifier.</summary>
    public Ip4 Identifier { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        As = v.AsNumber("AS Number", As, HasFourOctets || v.Facts.FourOctetAs);
        Identifier = v.Ip4("Aggregator", Identifier);
    }
}

/// <summary>Code 8: communities of four octets (RFC 1997).</summary>
public sealed record Communities : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public Communities() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 8; set { } }

    /// <summary>The communities, in order.</summary>
    public uint[] Values { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Values = v.U32s("Communities", Values, FieldKind.Community);
}

/// <summary>Code 9: who brought a route into the AS (RFC 4456 section 8).</summary>
public sealed record OriginatorId : PathAttribute
{
    /// <summary>Optional, not passed on.</summary>
    public OriginatorId() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 9; set { } }

    /// <summary>The originator's identifier.</summary>
    public Ip4 Identifier { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Identifier = v.Ip4("Originator", Identifier);
}

/// <summary>Code 10: the route reflectors on the way (RFC 4456 section 8).</summary>
public sealed record ClusterList : PathAttribute
{
    /// <summary>Optional, not passed on.</summary>
    public ClusterList() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 10; set { } }

    /// <summary>Their cluster identifiers, the last reflector's first.</summary>
    public uint[] Clusters { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Clusters = v.U32s("Clusters", Clusters, FieldKind.Address);
}

/// <summary>Code 14: routes of any family and their next hop (RFC 4760 section 3).</summary>
public sealed record MpReach : PathAttribute
{
    /// <summary>Optional, not passed on.</summary>
    public MpReach() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 14; set { } }

    /// <summary>Address family.</summary>
    public ushort Afi { get; set; } = 2;

    /// <summary>Subsequent address family.</summary>
    public byte Safi { get; set; } = 1;

    /// <summary>Next hop: one address, two for IPv6 with a link-local one (RFC 2545 section 3), or one behind a route distinguisher.</summary>
    public byte[] NextHop { get; set; } = [];

    /// <summary>To be zero; it once was a count of SNPAs.</summary>
    public byte Reserved { get; set; }

    /// <summary>The routes, when the family is one of plain prefixes.</summary>
    public PrefixList Prefixes { get; set; }

    /// <summary>The routes of a family that has more than prefixes.</summary>
    public List<Nlri> Routes { get; init; } = [];

    /// <summary>The routes of a family that is not known.</summary>
    public byte[] Opaque { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Afi = v.U16("AFI", Afi, FieldKind.Code);
        Safi = v.U8("SAFI", Safi, FieldKind.Code);
        var hop = v.Begin("Next Hop Length", 1);
        NextHop = v.Rest("Next Hop", NextHop, FieldKind.Address);
        v.End(hop);
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        var family = new Family(Afi, Safi);
        if (IsPlain(family))
            Prefixes = v.Prefixes("NLRI", Prefixes, FormatOf(v.Facts, family));
        else if (Nlri.Choice(family) is { } choice)
            v.Elements("NLRI", Routes, choice);
        else
            Opaque = v.Rest("NLRI", Opaque);
    }
}

/// <summary>Code 15: withdrawn routes of any family (RFC 4760 section 4).</summary>
public sealed record MpUnreach : PathAttribute
{
    /// <summary>Optional, not passed on.</summary>
    public MpUnreach() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 15; set { } }

    /// <summary>Address family.</summary>
    public ushort Afi { get; set; } = 2;

    /// <summary>Subsequent address family.</summary>
    public byte Safi { get; set; } = 1;

    /// <summary>The routes, when the family is one of plain prefixes. None at all is End-of-RIB (RFC 4724 section 2).</summary>
    public PrefixList Prefixes { get; set; }

    /// <summary>The routes of a family that has more than prefixes.</summary>
    public List<Nlri> Routes { get; init; } = [];

    /// <summary>The routes of a family that is not known.</summary>
    public byte[] Opaque { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Afi = v.U16("AFI", Afi, FieldKind.Code);
        Safi = v.U8("SAFI", Safi, FieldKind.Code);
        var family = new Family(Afi, Safi);
        if (IsPlain(family))
            Prefixes = v.Prefixes("Withdrawn Routes", Prefixes, FormatOf(v.Facts, family));
        else if (Nlri.Choice(family, isWithdrawal: true) is { } choice)
            v.Elements("Withdrawn Routes", Routes, choice);
        else
            Opaque = v.Rest("Withdrawn Routes", Opaque);
    }
}

/// <summary>Code 16: communities of eight octets (RFC 4360 section 2).</summary>
public sealed record ExtendedCommunities : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public ExtendedCommunities() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 16; set { } }

    /// <summary>The communities, in order; type and subtype are the highest octets.</summary>
    public ulong[] Values { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Values = v.U64s("Extended Communities", Values);
}

/// <summary>Code 17: the AS path with numbers of four octets, over speakers that know two only (RFC 6793 section 3).</summary>
public sealed record As4Path : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public As4Path() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 17; set { } }

    /// <summary>The path.</summary>
    public AsPath Path { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Path = v.AsPath("AS Path", Path, isFourOctets: true);
}

/// <summary>Code 18: the aggregator with a number of four octets (RFC 6793 section 3).</summary>
public sealed record As4Aggregator : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public As4Aggregator() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 18; set { } }

    /// <summary>The speaker's AS.</summary>
    public uint As { get; set; }

    /// <summary>The speaker's identifier.</summary>
    public Ip4 Identifier { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        As = v.U32("AS Number", As, FieldKind.AsNumber);
        Identifier = v.Ip4("Aggregator", Identifier);
    }
}

/// <summary>Code 32: communities of twelve octets (RFC 8092 section 3).</summary>
public sealed record LargeCommunities : PathAttribute
{
    private static readonly Sole<LargeCommunity> Kinds32 = new("Large");

    /// <summary>Optional, passed on.</summary>
    public LargeCommunities() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 32; set { } }

    /// <summary>The communities, in order.</summary>
    public List<LargeCommunity> Values { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Large Communities", Values, Kinds32);
}

/// <summary>A large community (RFC 8092 section 3).</summary>
public sealed record LargeCommunity : IWire
{
    /// <summary>The AS that gives it its meaning.</summary>
    public uint GlobalAdministrator { get; set; }

    /// <summary>Its first number.</summary>
    public uint Local1 { get; set; }

    /// <summary>Its second number.</summary>
    public uint Local2 { get; set; }

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        GlobalAdministrator = v.U32("Global Administrator", GlobalAdministrator, FieldKind.AsNumber);
        Local1 = v.U32("Local Data 1", Local1);
        Local2 = v.U32("Local Data 2", Local2);
    }
}

/// <summary>Code 35: the route may go down to customers only (RFC 9234 section 5).</summary>
public sealed record OnlyToCustomer : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public OnlyToCustomer() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 35; set { } }

    /// <summary>The AS that said so first.</summary>
    public uint As { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => As = v.U32("AS Number", As, FieldKind.AsNumber);
}
