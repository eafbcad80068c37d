namespace OpenConfirm.Wire.Isis;

/// <summary>A TLV (ISO 10589 section 9; numbers: IANA, IS-IS Top-Level TLV Codepoints). Addresses of systems have six octets here.</summary>
public abstract record IsisTlv : IWire
{
    /// <summary>All kinds, by code.</summary>
    public static Registry<IsisTlv> Kinds { get; } = new(
        "IS-IS TLV",
        (ahead, _) => ahead.IsEmpty ? -1 : ahead[0],
        new(-1, "UnknownTlv", "ISO 10589 section 9", () => new UnknownTlv()),
        new(1, "AreaAddresses", "ISO 10589 section 9.8", () => new AreaAddresses()),
        new(6, "LanNeighbors", "ISO 10589 section 9.5", () => new LanNeighbors()),
        new(8, "Padding", "ISO 10589 section 9.5", () => new PaddingTlv()),
        new(9, "LspEntries", "ISO 10589 section 9.10", () => new LspEntries()),
        new(10, "Authentication", "RFC 5304 section 2", () => new Authentication()),
        new(22, "ExtendedReachability", "RFC 5305 section 3", () => new ExtendedReachability()),
        new(128, "InternalReachability", "RFC 1195 section 5.3.3", () => new InternalReachability()),
        new(129, "ProtocolsSupported", "RFC 1195 section 5.3.1", () => new ProtocolsSupported()),
        new(130, "ExternalReachability", "RFC 1195 section 5.3.4", () => new ExternalReachability()),
        new(132, "InterfaceAddresses", "RFC 1195 section 5.3.1", () => new InterfaceAddresses()),
        new(134, "TeRouterId", "RFC 5305 section 4.3", () => new TeRouterId()),
        new(135, "ExtendedIpReachability", "RFC 5305 section 4", () => new ExtendedIpReachability()),
        new(137, "Hostname", "RFC 5301 section 3", () => new Hostname()),
        new(211, "Restart", "RFC 8706 section 3.2", () => new Restart()),
        new(222, "MultiTopologyNeighbors", "RFC 5120 section 7.2", () => new MultiTopologyNeighbors()),
        new(229, "MultiTopology", "RFC 5120 section 7.1", () => new MultiTopology()),
        new(232, "Ipv6InterfaceAddresses", "RFC 5308 section 3", () => new Ipv6InterfaceAddresses()),
        new(235, "MultiTopologyIpReachability", "RFC 5120 section 7.3", () => new MultiTopologyIpReachability()),
        new(236, "Ipv6Reachability", "RFC 5308 section 2", () => new Ipv6Reachability()),
        new(237, "MultiTopologyIpv6Reachability", "RFC 5120 section 7.4", () => new MultiTopologyIpv6Reachability()),
        new(240, "ThreeWayAdjacency", "RFC 5303 section 3.1", () => new ThreeWayAdjacency()),
        new(242, "RouterCapability", "RFC 7981 section 2", () => new RouterCapability()));

    /// <summary>Code.</summary>
    public abstract byte Code { get; set; }

    /// <summary>Octets behind all that the TLV is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Code = (byte)v.Tag("Type", Code, 1, this is not UnknownTlv);
        var tlv = v.Begin("Length", 1);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(tlv);
    }

    /// <summary>What it holds.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>A TLV of a code that is not known.</summary>
public sealed record UnknownTlv : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}

/// <summary>Octets behind a length of one octet.</summary>
public sealed record Counted : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<Counted> Kind = new("Address");

    /// <summary>The octets.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var counted = v.Begin("Length", 1);
        Value = v.Rest("Value", Value, FieldKind.Address);
        v.End(counted);
    }
}

/// <summary>Code 1: areas of the system.</summary>
public sealed record AreaAddresses : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 1; set { } }

    /// <summary>The areas.</summary>
    public List<Counted> Areas { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Areas", Areas, Counted.Kind);
}

/// <summary>Code 6: MAC addresses of neighbours that were heard on the LAN.</summary>
public sealed record LanNeighbors : IsisTlv
{
    private static readonly Sole<Neighbor> Kind = new("Neighbor");

    /// <inheritdoc/>
    public override byte Code { get => 6; set { } }

    /// <summary>The neighbours.</summary>
    public List<Neighbor> Neighbors { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Neighbors", Neighbors, Kind);

    /// <summary>One neighbour.</summary>
    public sealed record Neighbor : IWire
    {
        /// <summary>MAC address.</summary>
        public byte[] Mac { get; set; } = new byte[6];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct => Mac = v.Bytes("SNPA", Mac, 6, FieldKind.Address);
    }
}

/// <summary>Code 8: fills a hello up to the size of the link.</summary>
public sealed record PaddingTlv : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 8; set { } }

    /// <summary>Octets that mean nothing.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Padding", Value, FieldKind.Reserved);
}

/// <summary>Code 9: LSPs, with what is known of each.</summary>
public sealed record LspEntries : IsisTlv
{
    private static readonly Sole<Entry> Kind = new("Lsp");

    /// <inheritdoc/>
    public override byte Code { get => 9; set { } }

    /// <summary>The LSPs.</summary>
    public List<Entry> Entries { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Entries", Entries, Kind);

    /// <summary>One LSP.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Seconds until it is too old.</summary>
        public ushort Lifetime { get; set; }

        /// <summary>System, pseudonode and fragment.</summary>
        public byte[] Id { get; set; } = new byte[8];

        /// <summary>Sequence number.</summary>
        public uint Sequence { get; set; }

        /// <summary>Checksum of the LSP.</summary>
        public ushort Checksum { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Lifetime = v.U16("Remaining Lifetime", Lifetime, FieldKind.Seconds);
            Id = v.Bytes("LSP ID", Id, 8, FieldKind.Address);
            Sequence = v.U32("Sequence Number", Sequence, FieldKind.Sequence);
            Checksum = v.U16("Checksum", Checksum, FieldKind.Flags);
        }
    }
}

/// <summary>Code 10: 1 clear text, 3 generic cryptographic with a key identifier (RFC 5310 section 3.1), 54 HMAC-MD5 (RFC 5304 section 2).</summary>
public sealed record Authentication : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 10; set { } }

    /// <summary>Type.</summary>
    public byte Type { get; set; } = 1;

    /// <summary>Key identifier, with type 3.</summary>
    public ushort Key { get; set; }

    /// <summary>Password or digest.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Type = v.U8("Authentication Type", Type, FieldKind.Code);
        if (Type == 3)
            Key = v.U16("Key ID", Key);
        Value = v.Rest("Authentication Value", Value, Type == 1 ? FieldKind.Text : FieldKind.Checksum);
    }
}

/// <summary>A sub-TLV; none of them is looked into.</summary>
public sealed record SubTlv : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<SubTlv> Kind = new("SubTlv");

    /// <summary>Type.</summary>
    public byte Type { get; set; }

    /// <summary>Value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = v.U8("Type", Type, FieldKind.Code);
        var tlv = v.Begin("Length", 1);
        Value = v.Rest("Value", Value);
        v.End(tlv);
    }
}

/// <summary>A neighbour with a wide metric (RFC 5305 section 3).</summary>
public sealed record WideNeighbor : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<WideNeighbor> Kind = new("Neighbor");

    /// <summary>System and pseudonode.</summary>
    public byte[] Neighbor { get; set; } = new byte[7];

    /// <summary>Cost, 24 bits.</summary>
    public uint Metric { get; set; } = 10;

    /// <summary>Sub-TLVs.</summary>
    public List<SubTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Neighbor = v.Bytes("Neighbor ID", Neighbor, 7, FieldKind.Address);
        Metric = v.U24("Metric", Metric, FieldKind.Metric);
        var sub = v.Begin("Sub-TLVs Length", 1);
        v.Elements("Sub-TLVs", SubTlvs, SubTlv.Kind);
        v.End(sub);
    }
}

/// <summary>Code 22: neighbours with wide metrics.</summary>
public sealed record ExtendedReachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 22; set { } }

    /// <summary>The neighbours.</summary>
    public List<WideNeighbor> Neighbors { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Neighbors", Neighbors, WideNeighbor.Kind);
}

/// <summary>Code 222: the same in one topology.</summary>
public sealed record MultiTopologyNeighbors : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 222; set { } }

    /// <summary>Topology in 12 bits; the others are to be zero.</summary>
    public ushort Topology { get; set; }

    /// <summary>The neighbours.</summary>
    public List<WideNeighbor> Neighbors { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Topology = v.U16("Topology", Topology);
        v.Elements("Neighbors", Neighbors, WideNeighbor.Kind);
    }
}

/// <summary>A network with metrics of six bits (RFC 1195 sections 5.3.3 and 5.3.4).</summary>
public sealed record NarrowPrefix : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<NarrowPrefix> Kind = new("Network");

    /// <summary>Default metric; 0x80 down (RFC 5302), 0x40 external.</summary>
    public byte Metric { get; set; } = 10;

    /// <summary>Metrics of delay, expense and error; 0x80 not supported.</summary>
    public byte Delay { get; set; } = 0x80;

    /// <summary>See <see cref="Delay"/>.</summary>
    public byte Expense { get; set; } = 0x80;

    /// <summary>See <see cref="Delay"/>.</summary>
    public byte Error { get; set; } = 0x80;

    /// <summary>Address.</summary>
    public Ip4 Address { get; set; }

    /// <summary>Mask.</summary>
    public Ip4 Mask { get; set; } = new(0xffffff00);

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Metric = v.U8("Default Metric", Metric, FieldKind.Metric);
        Delay = v.U8("Delay Metric", Delay, FieldKind.Flags);
        Expense = v.U8("Expense Metric", Expense, FieldKind.Flags);
        Error = v.U8("Error Metric", Error, FieldKind.Flags);
        Address = v.Ip4("IP Address", Address);
        Mask = v.Ip4("Subnet Mask", Mask);
    }
}

/// <summary>Code 128: networks within the domain.</summary>
public sealed record InternalReachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 128; set { } }

    /// <summary>The networks.</summary>
    public List<NarrowPrefix> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Networks", Networks, NarrowPrefix.Kind);
}

/// <summary>Code 130: networks from elsewhere.</summary>
public sealed record ExternalReachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 130; set { } }

    /// <summary>The networks.</summary>
    public List<NarrowPrefix> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Networks", Networks, NarrowPrefix.Kind);
}

/// <summary>Code 129: protocols by their NLPID: 0xcc IPv4, 0x8e IPv6.</summary>
public sealed record ProtocolsSupported : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 129; set { } }

    /// <summary>An octet each.</summary>
    public byte[] Protocols { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Protocols = v.Rest("NLPIDs", Protocols);
}

/// <summary>Code 132: IPv4 addresses of the interface, or of the system.</summary>
public sealed record InterfaceAddresses : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 132; set { } }

    /// <summary>The addresses.</summary>
    public uint[] Addresses { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Addresses = v.U32s("Addresses", Addresses, FieldKind.Address);
}

/// <summary>Code 134: an address of the system that does not go away.</summary>
public sealed record TeRouterId : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 134; set { } }

    /// <summary>The address.</summary>
    public Ip4 Router { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Router = v.Ip4("Router ID", Router);
}

/// <summary>A network with a wide metric (RFC 5305 section 4): the control octet has 0x80 down, 0x40 sub-TLVs, and the prefix's length.</summary>
public sealed record WidePrefix : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<WidePrefix> Kind = new("Network");

    /// <summary>Cost.</summary>
    public uint Metric { get; set; } = 10;

    /// <summary>The network was leaked down.</summary>
    public bool IsDown { get; set; }

    /// <summary>Sub-TLVs follow.</summary>
    public bool HasSubTlvs { get; set; }

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <summary>Sub-TLVs.</summary>
    public List<SubTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Metric = v.U32("Metric", Metric, FieldKind.Metric);
        IsDown = v.Bits("Down", IsDown ? 1u : 0, 1, FieldKind.Flags) != 0;
        HasSubTlvs = v.Bits("Has Sub-TLVs", HasSubTlvs ? 1u : 0, 1, FieldKind.Flags) != 0;
        var length = (int)v.Bits("Prefix Length", Prefix.Length, 6, FieldKind.Length);
        Prefix = v.Prefix("Prefix", Prefix, 32, length);
        if (!HasSubTlvs)
            return;
        var sub = v.Begin("Sub-TLVs Length", 1);
        v.Elements("Sub-TLVs", SubTlvs, SubTlv.Kind);
        v.End(sub);
    }
}

/// <summary>Code 135: networks with wide metrics.</summary>
public sealed record ExtendedIpReachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 135; set { } }

    /// <summary>The networks.</summary>
    public List<WidePrefix> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Networks", Networks, WidePrefix.Kind);
}

/// <summary>Code 235: the same in one topology.</summary>
public sealed record MultiTopologyIpReachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 235; set { } }

    /// <summary>Topology in 12 bits; the others are to be zero.</summary>
    public ushort Topology { get; set; }

    /// <summary>The networks.</summary>
    public List<WidePrefix> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Topology = v.U16("Topology", Topology);
        v.Elements("Networks", Networks, WidePrefix.Kind);
    }
}

/// <summary>Code 137: the system's name.</summary>
public sealed record Hostname : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 137; set { } }

    /// <summary>The name.</summary>
    public byte[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Name = v.Rest("Hostname", Name, FieldKind.Text);
}

/// <summary>Code 211: restart (RFC 8706 section 3.2): flags, then perhaps the time that is left and the neighbour.</summary>
public sealed record Restart : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 211; set { } }

    /// <summary>1 request, 2 acknowledgement, 4 suppress adjacency.</summary>
    public byte Flags { get; set; }

    /// <summary>The time that is left follows.</summary>
    public bool HasTime { get; set; }

    /// <summary>Seconds that are left.</summary>
    public ushort Time { get; set; }

    /// <summary>Neighbour that restarts, or nothing.</summary>
    public byte[] Neighbor { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        HasTime = v.Ahead("Has Remaining Time", HasTime, static ahead => ahead.Length >= 2);
        if (!HasTime)
            return;
        Time = v.U16("Remaining Time", Time, FieldKind.Seconds);
        Neighbor = v.Rest("Restarting Neighbor", Neighbor, FieldKind.Address);
    }
}

/// <summary>Code 229: topologies of the system or the circuit (RFC 5120 section 7.1).</summary>
public sealed record MultiTopology : IsisTlv
{
    private static readonly Sole<Topology> Kind = new("Topology");

    /// <inheritdoc/>
    public override byte Code { get => 229; set { } }

    /// <summary>The topologies.</summary>
    public List<Topology> Topologies { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Topologies", Topologies, Kind);

    /// <summary>One topology.</summary>
    public sealed record Topology : IWire
    {
        /// <summary>Four bits: 8 overload, 4 attached.</summary>
        public byte Flags { get; set; }

        /// <summary>Number, 12 bits: 0 IPv4, 2 IPv6.</summary>
        public ushort Id { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Flags = (byte)v.Bits("Flags", Flags, 4, FieldKind.Flags);
            Id = (ushort)v.Bits("Topology ID", Id, 12);
        }
    }
}

/// <summary>Code 232: IPv6 addresses of the interface, or of the system.</summary>
public sealed record Ipv6InterfaceAddresses : IsisTlv
{
    private static readonly Sole<Address> Kind = new("Address");

    /// <inheritdoc/>
    public override byte Code { get => 232; set { } }

    /// <summary>The addresses.</summary>
    public List<Address> Addresses { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Addresses", Addresses, Kind);

    /// <summary>One address.</summary>
    public sealed record Address : IWire
    {
        /// <summary>The address.</summary>
        public Ip6 Value { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct => Value = v.Ip6("IPv6 Address", Value);
    }
}

/// <summary>A network of IPv6 (RFC 5308 section 2).</summary>
public sealed record Ipv6Network : IWire
{
    /// <summary>The choice of lists of them.</summary>
    internal static readonly Sole<Ipv6Network> Kind = new("Network");

    /// <summary>Cost.</summary>
    public uint Metric { get; set; } = 10;

    /// <summary>0x80 down, 0x40 external, 0x20 sub-TLVs; the rest is to be zero.</summary>
    public byte Flags { get; set; }

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <summary>Sub-TLVs.</summary>
    public List<SubTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Metric = v.U32("Metric", Metric, FieldKind.Metric);
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        var length = v.BitLength("Prefix Length", Prefix.Length);
        Prefix = v.Prefix("Prefix", Prefix, 128, length);
        if ((Flags & 0x20) == 0)
            return;
        var sub = v.Begin("Sub-TLVs Length", 1);
        v.Elements("Sub-TLVs", SubTlvs, SubTlv.Kind);
        v.End(sub);
    }
}

/// <summary>Code 236: networks of IPv6.</summary>
public sealed record Ipv6Reachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 236; set { } }

    /// <summary>The networks.</summary>
    public List<Ipv6Network> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Networks", Networks, Ipv6Network.Kind);
}

/// <summary>Code 237: the same in one topology.</summary>
public sealed record MultiTopologyIpv6Reachability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 237; set { } }

    /// <summary>Topology in 12 bits; the others are to be zero.</summary>
    public ushort Topology { get; set; } = 2;

    /// <summary>The networks.</summary>
    public List<Ipv6Network> Networks { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Topology = v.U16("Topology", Topology);
        v.Elements("Networks", Networks, Ipv6Network.Kind);
    }
}

/// <summary>Code 240: what a neighbour on a point-to-point link knows of us (RFC 5303 section 3.1): state, then perhaps the rest.</summary>
public sealed record ThreeWayAdjacency : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 240; set { } }

    /// <summary>0 up, 1 initialising, 2 down.</summary>
    public byte State { get; set; } = 2;

    /// <summary>Its own circuit's number follows.</summary>
    public bool HasCircuit { get; set; }

    /// <summary>Its own circuit.</summary>
    public uint Circuit { get; set; }

    /// <summary>The neighbour that it sees, system and circuit follow.</summary>
    public bool HasNeighbor { get; set; }

    /// <summary>The neighbour's system.</summary>
    public byte[] Neighbor { get; set; } = new byte[6];

    /// <summary>The neighbour's circuit.</summary>
    public uint NeighborCircuit { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        State = v.U8("Adjacency State", State, FieldKind.Code);
        HasCircuit = v.Ahead("Has Circuit", HasCircuit, static ahead => ahead.Length >= 4);
        if (!HasCircuit)
            return;
        Circuit = v.U32("Extended Local Circuit ID", Circuit);
        HasNeighbor = v.Ahead("Has Neighbor", HasNeighbor, static ahead => ahead.Length >= 10);
        if (!HasNeighbor)
            return;
        Neighbor = v.Bytes("Neighbor System ID", Neighbor, 6, FieldKind.Address);
        NeighborCircuit = v.U32("Neighbor Extended Local Circuit ID", NeighborCircuit);
    }
}

/// <summary>Code 242: what the system can do (RFC 7981 section 2).</summary>
public sealed record RouterCapability : IsisTlv
{
    /// <inheritdoc/>
    public override byte Code { get => 242; set { } }

    /// <summary>Router.</summary>
    public Ip4 Router { get; set; }

    /// <summary>1 across the domain, 2 leaked down.</summary>
    public byte Flags { get; set; }

    /// <summary>Sub-TLVs.</summary>
    public List<SubTlv> SubTlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Router = v.Ip4("Router ID", Router);
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        v.Elements("Sub-TLVs", SubTlvs, SubTlv.Kind);
    }
}
