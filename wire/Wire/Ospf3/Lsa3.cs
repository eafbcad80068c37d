using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Ospf3;

/// <summary>The header of an LSA that is elsewhere (RFC 5340 section A.4.2): its checksum and length speak of that one.</summary>
public sealed record LsaHeader3 : IWire
{
    /// <summary>The choice of lists of headers.</summary>
    internal static readonly Sole<LsaHeader3> Kind = new("Lsa");

    /// <summary>Age, seconds.</summary>
    public ushort Age { get; set; } = 1;

    /// <summary>LS type.</summary>
    public ushort Type { get; set; } = 0x2001;

    /// <summary>Link state identifier.</summary>
    public Ip4 Id { get; set; }

    /// <summary>Router that made it.</summary>
    public Ip4 Router { get; set; }

    /// <summary>Sequence number; signed, from 0x80000001 on.</summary>
    public uint Sequence { get; set; } = 0x80000001;

    /// <summary>Checksum of the LSA.</summary>
    public ushort Checksum { get; set; }

    /// <summary>Length of the LSA.</summary>
    public ushort Length { get; set; } = 24;

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Age = v.U16("LS Age", Age, FieldKind.Seconds);
        Type = v.U16("LS Type", Type, FieldKind.Flags);
        Id = v.Ip4("Link State ID", Id);
        Router = v.Ip4("Advertising Router", Router);
        Sequence = v.U32("LS Sequence Number", Sequence, FieldKind.Sequence);
        Checksum = v.U16("LS Checksum", Checksum, FieldKind.Flags);
        Length = v.U16("Length", Length);
    }
}

/// <summary>
/// An LSA (RFC 5340 section A.4.2). The type is a bit for unknown ones (0x8000), the scope (0x6000) and a function code, by
/// which the kind is known.
/// </summary>
public abstract record Lsa3 : IWire
{
    /// <summary>All kinds, by function code.</summary>
    public static Registry<Lsa3> Kinds { get; } = new(
        "LSA of OSPFv3",
        (ahead, _) => ahead.Length < 4 ? -1 : ((ahead[2] << 8) | ahead[3]) & 0x1fff,
        new(-1, "UnknownLsa", "RFC 5340 section A.4.2", () => new UnknownLsa3()),
        new(1, "Router", "RFC 5340 section A.4.3", () => new RouterLsa3()),
        new(2, "Network", "RFC 5340 section A.4.4", () => new NetworkLsa3()),
        new(3, "InterAreaPrefix", "RFC 5340 section A.4.5", () => new InterAreaPrefixLsa()),
        new(4, "InterAreaRouter", "RFC 5340 section A.4.6", () => new InterAreaRouterLsa()),
        new(5, "AsExternal", "RFC 5340 section A.4.7", () => new AsExternalLsa3()),
        new(7, "Nssa", "RFC 5340 section A.4.8", () => new NssaLsa3()),
        new(8, "Link", "RFC 5340 section A.4.9", () => new LinkLsa()),
        new(9, "IntraAreaPrefix", "RFC 5340 section A.4.10", () => new IntraAreaPrefixLsa()),
        new(11, "Grace", "RFC 5187 section 2", () => new GraceLsa()),
        new(12, "RouterInformation", "RFC 7770 section 2.2", () => new RouterInformationLsa()));

    /// <summary>Age, seconds; 3600 is its end.</summary>
    public ushort Age { get; set; } = 1;

    /// <summary>LS type, all 16 bits.</summary>
    public ushort Type { get; set; }

    /// <summary>Link state identifier.</summary>
    public Ip4 Id { get; set; }

    /// <summary>Router that made it.</summary>
    public Ip4 Router { get; set; }

    /// <summary>Sequence number; signed, from 0x80000001 on.</summary>
    public uint Sequence { get; set; } = 0x80000001;

    /// <summary>The checksum when it is wrong; null to have the right one.</summary>
    public ushort? WrongChecksum { get; set; }

    /// <summary>Octets behind all that the LSA is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var start = v.Here;
        Age = v.U16("LS Age", Age, FieldKind.Seconds);
        Type = v.U16("LS Type", Type, FieldKind.Flags);
        Id = v.Ip4("Link State ID", Id);
        Router = v.Ip4("Advertising Router", Router);
        Sequence = v.U32("LS Sequence Number", Sequence, FieldKind.Sequence);
        WrongChecksum = v.Sum("LS Checksum", WrongChecksum, SumKind.Lsa, start);
        var lsa = v.Begin("Length", 2, extra: 20);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(lsa);
    }

    /// <summary>What stands behind the header.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>An LSA of a type that is not known.</summary>
public sealed record UnknownLsa3 : Lsa3
{
    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>A router and its links (RFC 5340 section A.4.3).</summary>
public sealed record RouterLsa3 : Lsa3
{
    private static readonly Sole<Link> Kind = new("Link");

    /// <summary>In an area.</summary>
    public RouterLsa3() => Type = 0x2001;

    /// <summary>1 area border, 2 AS boundary, 4 virtual link endpoint, 0x10 translates NSSA routes.</summary>
    public byte Flags { get; set; }

    /// <summary>Options.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>The links.</summary>
    public List<Link> Links { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Options = v.U24("Options", Options, FieldKind.Flags);
        v.Elements("Links", Links, Kind);
    }

    /// <summary>One link.</summary>
    public sealed record Link : IWire
    {
        /// <summary>1 point-to-point, 2 transit network, 4 virtual.</summary>
        public byte Type { get; set; } = 1;

        /// <summary>To be zero.</summary>
        public byte Reserved { get; set; }

        /// <summary>Cost.</summary>
        public ushort Metric { get; set; } = 10;

        /// <summary>Interface.</summary>
        public uint Interface { get; set; }

        /// <summary>The neighbour's interface.</summary>
        public uint NeighborInterface { get; set; }

        /// <summary>The neighbour.</summary>
        public Ip4 Neighbor { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("Type", Type, FieldKind.Code);
            Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
            Metric = v.U16("Metric", Metric, FieldKind.Metric);
            Interface = v.U32("Interface ID", Interface);
            NeighborInterface = v.U32("Neighbor Interface ID", NeighborInterface);
            Neighbor = v.Ip4("Neighbor Router ID", Neighbor);
        }
    }
}

/// <summary>A network and its routers (RFC 5340 section A.4.4).</summary>
public sealed record NetworkLsa3 : Lsa3
{
    /// <summary>In an area.</summary>
    public NetworkLsa3() => Type = 0x2002;

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Options.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>Routers that are attached.</summary>
    public uint[] Routers { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        Options = v.U24("Options", Options, FieldKind.Flags);
        Routers = v.U32s("Attached Routers", Routers, FieldKind.Address);
    }
}

/// <summary>A prefix as LSAs have it (RFC 5340 section A.4.1): length, options, two octets that depend on the LSA, whole words of address.</summary>
public sealed record LsaPrefix : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<LsaPrefix> Kind = new("Prefix");

    /// <summary>Options: 1 not for unicast, 2 a router's own address, 8 leaked back (RFC 5340 section A.4.1.1).</summary>
    public byte Options { get; set; }

    /// <summary>Cost, or the type of an LSA that is referred to, or zero.</summary>
    public ushort Extra { get; set; }

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <summary>Octets that fill the address up, where they are not zero.</summary>
    public byte[] Padding { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var bits = v.BitLength("Prefix Length", Prefix.Length);
        Options = v.U8("Prefix Options", Options, FieldKind.Flags);
        Extra = v.U16("Extra", Extra);
        Prefix = v.Prefix("Prefix", Prefix, 128, bits);
        Padding = v.Pad("Padding", Padding, ((bits + 31) / 32 * 4) - ((bits + 7) / 8));
    }
}

/// <summary>A network in another area (RFC 5340 section A.4.5).</summary>
public sealed record InterAreaPrefixLsa : Lsa3
{
    /// <summary>In an area.</summary>
    public InterAreaPrefixLsa() => Type = 0x2003;

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Cost, 24 bits.</summary>
    public uint Metric { get; set; } = 10;

    /// <summary>The prefix; one.</summary>
    public List<LsaPrefix> Prefix { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        Metric = v.U24("Metric", Metric, FieldKind.Metric);
        v.Elements("Prefix", Prefix, LsaPrefix.Kind, count: 1);
    }
}

/// <summary>An AS boundary router in another area (RFC 5340 section A.4.6).</summary>
public sealed record InterAreaRouterLsa : Lsa3
{
    /// <summary>In an area.</summary>
    public InterAreaRouterLsa() => Type = 0x2004;

    /// <summary>To be zero.</summary>
    public byte Reserved1 { get; set; }

    /// <summary>Options.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>To be zero.</summary>
    public byte Reserved2 { get; set; }

    /// <summary>Cost, 24 bits.</summary>
    public uint Metric { get; set; } = 10;

    /// <summary>The router.</summary>
    public Ip4 Destination { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Reserved1 = v.U8("Reserved 1", Reserved1, FieldKind.Reserved);
        Options = v.U24("Options", Options, FieldKind.Flags);
        Reserved2 = v.U8("Reserved 2", Reserved2, FieldKind.Reserved);
        Metric = v.U24("Metric", Metric, FieldKind.Metric);
        Destination = v.Ip4("Destination Router ID", Destination);
    }
}

/// <summary>A route outside of the AS (RFC 5340 sections A.4.7 and A.4.8): the prefix's two octets are the type of an LSA that is referred to.</summary>
public abstract record ExternalLsa3 : Lsa3
{
    /// <summary>4 cost of type 2, 2 a forwarding address follows, 1 a tag follows.</summary>
    public byte Flags { get; set; } = 4;

    /// <summary>Cost, 24 bits.</summary>
    public uint Metric { get; set; } = 20;

    /// <summary>The prefix; one.</summary>
    public List<LsaPrefix> Prefix { get; init; } = [];

    /// <summary>Forwarding address.</summary>
    public Ip6 Forwarding { get; set; }

    /// <summary>Tag.</summary>
    public uint Tag { get; set; }

    /// <summary>Identifier of the LSA that is referred to.</summary>
    public Ip4 Referenced { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Metric = v.U24("Metric", Metric, FieldKind.Metric);
        v.Elements("Prefix", Prefix, LsaPrefix.Kind, count: 1);
        if ((Flags & 2) != 0)
            Forwarding = v.Ip6("Forwarding Address", Forwarding);
        if ((Flags & 1) != 0)
            Tag = v.U32("External Route Tag", Tag);
        if (Prefix is [{ Extra: not 0 }, ..])
            Referenced = v.Ip4("Referenced Link State ID", Referenced);
    }
}

/// <summary>Function code 5.</summary>
public sealed record AsExternalLsa3 : ExternalLsa3
{
    /// <summary>In the AS.</summary>
    public AsExternalLsa3() => Type = 0x4005;
}

/// <summary>Function code 7: within a not-so-stubby area.</summary>
public sealed record NssaLsa3 : ExternalLsa3
{
    /// <summary>In an area.</summary>
    public NssaLsa3() => Type = 0x2007;
}

/// <summary>What a router has to say on a link (RFC 5340 section A.4.9).</summary>
public sealed record LinkLsa : Lsa3
{
    /// <summary>On a link.</summary>
    public LinkLsa() => Type = 0x0008;

    /// <summary>Router priority.</summary>
    public byte Priority { get; set; } = 1;

    /// <summary>Options.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>Link-local address.</summary>
    public Ip6 LinkLocal { get; set; }

    /// <summary>Prefixes of the link.</summary>
    public List<LsaPrefix> Prefixes { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Priority = v.U8("Router Priority", Priority);
        Options = v.U24("Options", Options, FieldKind.Flags);
        LinkLocal = v.Ip6("Link-Local Address", LinkLocal);
        var count = v.Count("Number of Prefixes", Prefixes.Count, 4);
        v.Elements("Prefixes", Prefixes, LsaPrefix.Kind, count);
    }
}

/// <summary>Prefixes of a router or a network (RFC 5340 section A.4.10): a prefix's two octets are its cost.</summary>
public sealed record IntraAreaPrefixLsa : Lsa3
{
    /// <summary>In an area.</summary>
    public IntraAreaPrefixLsa() => Type = 0x2009;

    /// <summary>Type of the LSA that has them.</summary>
    public ushort ReferencedType { get; set; } = 0x2001;

    /// <summary>Its identifier.</summary>
    public Ip4 ReferencedId { get; set; }

    /// <summary>Its router.</summary>
    public Ip4 ReferencedRouter { get; set; }

    /// <summary>The prefixes.</summary>
    public List<LsaPrefix> Prefixes { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var count = v.Count("Number of Prefixes", Prefixes.Count, 2);
        ReferencedType = v.U16("Referenced LS Type", ReferencedType, FieldKind.Flags);
        ReferencedId = v.Ip4("Referenced Link State ID", ReferencedId);
        ReferencedRouter = v.Ip4("Referenced Advertising Router", ReferencedRouter);
        v.Elements("Prefixes", Prefixes, LsaPrefix.Kind, count);
    }
}

/// <summary>A router restarts (RFC 5187 section 2): the TLVs of RFC 3623 but the address.</summary>
public sealed record GraceLsa : Lsa3
{
    /// <summary>On a link.</summary>
    public GraceLsa() => Type = 0x000b;

    /// <summary>The TLVs.</summary>
    public List<OspfTlv> Tlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("TLVs", Tlvs, OspfTlv.KindsOf(3));
}

/// <summary>What a router can do (RFC 7770 section 2.2).</summary>
public sealed record RouterInformationLsa : Lsa3
{
    /// <summary>In an area, to be passed on by those who do not know it.</summary>
    public RouterInformationLsa() => Type = 0xa00c;

    /// <summary>The TLVs.</summary>
    public List<OspfTlv> Tlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("TLVs", Tlvs, OspfTlv.KindsOf(4));
}
