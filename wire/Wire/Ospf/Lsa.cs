namespace OpenConfirm.Wire.Ospf;

/// <summary>The header of an LSA that is elsewhere (RFC 2328 section A.4.1): its checksum and length speak of that one.</summary>
public sealed record LsaHeader : IWire
{
    /// <summary>The choice of lists of headers.</summary>
    internal static readonly Sole<LsaHeader> Kind = new("Lsa");

    /// <summary>Age, seconds; 0x8000 do not age (RFC 1793).</summary>
    public ushort Age { get; set; } = 1;

    /// <summary>Options.</summary>
    public byte Options { get; set; } = 2;

    /// <summary>LS type.</summary>
    public byte Type { get; set; } = 1;

    /// <summary>Link state identifier.</summary>
    public Ip4 Id { get; set; }

    /// <summary>Router that made it.</summary>
    public Ip4 Router { get; set; }

    /// <summary>Sequence number; signed, from 0x80000001 on.</summary>
    public uint Sequence { get; set; } = 0x80000001;

    /// <summary>Checksum of the LSA.</summary>
    public ushort Checksum { get; set; }

    /// <summary>Length of the LSA.</summary>
    public ushort Length { get; set; } = 20;

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Age = v.U16("LS Age", Age, FieldKind.Seconds);
        Options = v.U8("Options", Options, FieldKind.Flags);
        Type = v.U8("LS Type", Type, FieldKind.Code);
        Id = v.Ip4("Link State ID", Id);
        Router = v.Ip4("Advertising Router", Router);
        Sequence = v.U32("LS Sequence Number", Sequence, FieldKind.Sequence);
        Checksum = v.U16("LS Checksum", Checksum, FieldKind.Flags);
        Length = v.U16("Length", Length);
    }
}

/// <summary>An LSA (RFC 2328 section A.4.1; numbers: IANA, OSPFv2 Link State Type).</summary>
public abstract record Lsa : IWire
{
    /// <summary>All kinds, by LS type.</summary>
    public static Registry<Lsa> Kinds { get; } = new(
        "LSA",
        (ahead, _) => ahead.Length < 4 ? -1 : ahead[3],
        new(-1, "UnknownLsa", "RFC 2328 section A.4.1", () => new UnknownLsa()),
        new(1, "Router", "RFC 2328 section A.4.2", () => new RouterLsa()),
        new(2, "Network", "RFC 2328 section A.4.3", () => new NetworkLsa()),
        new(3, "SummaryNetwork", "RFC 2328 section A.4.4", () => new SummaryNetworkLsa()),
        new(4, "SummaryAsbr", "RFC 2328 section A.4.4", () => new SummaryAsbrLsa()),
        new(5, "AsExternal", "RFC 2328 section A.4.5", () => new AsExternalLsa()),
        new(7, "Nssa", "RFC 3101 section C", () => new NssaLsa()),
        new(9, "OpaqueLink", "RFC 5250 section 3", () => new OpaqueLinkLsa()),
        new(10, "OpaqueArea", "RFC 5250 section 3", () => new OpaqueAreaLsa()),
        new(11, "OpaqueAs", "RFC 5250 section 3", () => new OpaqueAsLsa()));

    /// <summary>Age, seconds; 3600 is its end, 0x8000 do not age (RFC 1793).</summary>
    public ushort Age { get; set; } = 1;

    /// <summary>Options.</summary>
    public byte Options { get; set; } = 2;

    /// <summary>LS type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Link state identifier; of an opaque LSA type and identifier (RFC 5250 section 3).</summary>
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
        Options = v.U8("Options", Options, FieldKind.Flags);
        Type = (byte)v.Tag("LS Type", Type, 1, this is not UnknownLsa);
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
public sealed record UnknownLsa : Lsa
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>Type 1: a router and its links (RFC 2328 section A.4.2).</summary>
public sealed record RouterLsa : Lsa
{
    private static readonly Sole<Link> Kind = new("Link");

    /// <inheritdoc/>
    public override byte Type { get => 1; set { } }

    /// <summary>1 area border, 2 AS boundary, 4 virtual link endpoint.</summary>
    public byte Flags { get; set; }

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>The links.</summary>
    public List<Link> Links { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        var count = v.Count("Number of Links", Links.Count, 2);
        v.Elements("Links", Links, Kind, count);
    }

    /// <summary>One link.</summary>
    public sealed record Link : IWire
    {
        private static readonly Sole<Tos> Kind = new("Tos");

        /// <summary>What it leads to: router, designated router's address, network.</summary>
        public Ip4 Id { get; set; }

        /// <summary>Mask of a stub network, else the router's own address or the interface's index.</summary>
        public Ip4 Data { get; set; }

        /// <summary>1 point-to-point, 2 transit network, 3 stub network, 4 virtual.</summary>
        public byte Type { get; set; } = 3;

        /// <summary>Cost.</summary>
        public ushort Metric { get; set; } = 10;

        /// <summary>Costs for types of service, of old.</summary>
        public List<Tos> Services { get; init; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Id = v.Ip4("Link ID", Id);
            Data = v.Ip4("Link Data", Data);
            Type = v.U8("Type", Type, FieldKind.Code);
            var count = v.Count("Number of TOS", Services.Count, 1);
            Metric = v.U16("Metric", Metric, FieldKind.Metric);
            v.Elements("TOS", Services, Kind, count);
        }
    }

    /// <summary>The cost for one type of service.</summary>
    public sealed record Tos : IWire
    {
        /// <summary>Type of service.</summary>
        public byte Service { get; set; }

        /// <summary>To be zero.</summary>
        public byte Reserved { get; set; }

        /// <summary>Cost.</summary>
        public ushort Metric { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Service = v.U8("TOS", Service, FieldKind.Code);
            Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
            Metric = v.U16("Metric", Metric, FieldKind.Metric);
        }
    }
}

/// <summary>Type 2: a network and its routers (RFC 2328 section A.4.3).</summary>
public sealed record NetworkLsa : Lsa
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>Network mask.</summary>
    public Ip4 Mask { get; set; } = new(0xffffff00);

    /// <summary>Routers that are attached.</summary>
    public uint[] Routers { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Mask = v.Ip4("Network Mask", Mask);
        Routers = v.U32s("Attached Routers", Routers, FieldKind.Address);
    }
}

/// <summary>Types 3 and 4: what is in other areas (RFC 2328 section A.4.4).</summary>
public abstract record SummaryLsa : Lsa
{
    private static readonly Sole<Cost> Kind = new("Cost");

    /// <summary>Network mask; zero for an AS boundary router.</summary>
    public Ip4 Mask { get; set; } = new(0xffffff00);

    /// <summary>Costs: the first is that of service 0.</summary>
    public List<Cost> Costs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Mask = v.Ip4("Network Mask", Mask);
        v.Elements("Costs", Costs, Kind);
    }

    /// <summary>The cost for a type of service.</summary>
    public sealed record Cost : IWire
    {
        /// <summary>Type of service; 0 for all.</summary>
        public byte Service { get; set; }

        /// <summary>Cost, 24 bits.</summary>
        public uint Metric { get; set; } = 10;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Service = v.U8("TOS", Service, FieldKind.Code);
            Metric = v.U24("Metric", Metric, FieldKind.Metric);
        }
    }
}

/// <summary>Type 3: a network in another area.</summary>
public sealed record SummaryNetworkLsa : SummaryLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 3; set { } }
}

/// <summary>Type 4: an AS boundary router in another area.</summary>
public sealed record SummaryAsbrLsa : SummaryLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 4; set { } }
}

/// <summary>Types 5 and 7: what is outside of the AS (RFC 2328 section A.4.5, RFC 3101 section C).</summary>
public abstract record ExternalLsa : Lsa
{
    private static readonly Sole<Route> Kind = new("Route");

    /// <summary>Network mask.</summary>
    public Ip4 Mask { get; set; } = new(0xffffff00);

    /// <summary>The route: the first is that of service 0.</summary>
    public List<Route> Routes { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Mask = v.Ip4("Network Mask", Mask);
        v.Elements("Routes", Routes, Kind);
    }

    /// <summary>The route for a type of service.</summary>
    public sealed record Route : IWire
    {
        /// <summary>0x80: cost of type 2, beyond all inner ones; the rest is the type of service.</summary>
        public byte Flags { get; set; } = 0x80;

        /// <summary>Cost, 24 bits.</summary>
        public uint Metric { get; set; } = 20;

        /// <summary>Forwarding address; zero for the router itself.</summary>
        public Ip4 Forwarding { get; set; }

        /// <summary>Tag.</summary>
        public uint Tag { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Flags = v.U8("Flags", Flags, FieldKind.Flags);
            Metric = v.U24("Metric", Metric, FieldKind.Metric);
            Forwarding = v.Ip4("Forwarding Address", Forwarding);
            Tag = v.U32("External Route Tag", Tag);
        }
    }
}

/// <summary>Type 5: a route outside of the AS.</summary>
public sealed record AsExternalLsa : ExternalLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 5; set { } }
}

/// <summary>Type 7: the same within a not-so-stubby area.</summary>
public sealed record NssaLsa : ExternalLsa
{
    /// <inheritdoc/>
    public override byte Type { get => 7; set { } }
}
