namespace OpenConfirm.Wire.Isis;

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
