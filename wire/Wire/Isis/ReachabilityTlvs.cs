namespace OpenConfirm.Wire.Isis;

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

/// <summary>Code 2: neighbours with metrics of six bits (ISO 10589 section 9.8).</summary>
public sealed record NarrowNeighbors : IsisTlv
{
    private static readonly Sole<NarrowNeighbor> Kind = new("Neighbor");

    /// <inheritdoc/>
    public override byte Code { get => 2; set { } }

    /// <summary>1 when the neighbours are reached by repairing a partition (virtual flag).</summary>
    public byte IsVirtual { get; set; }

    /// <summary>The neighbours.</summary>
    public List<NarrowNeighbor> Neighbors { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        IsVirtual = v.U8("Virtual Flag", IsVirtual, FieldKind.Flags);
        v.Elements("Neighbors", Neighbors, Kind);
    }
}

/// <summary>A neighbour, a system or a LAN, with metrics of six bits.</summary>
public sealed record NarrowNeighbor : IWire
{
    /// <summary>Default metric; 0x40 external.</summary>
    public byte Metric { get; set; } = 10;

    /// <summary>Metrics of delay, expense and error; 0x80 not supported.</summary>
    public byte Delay { get; set; } = 0x80;

    /// <summary>See <see cref="Delay"/>.</summary>
    public byte Expense { get; set; } = 0x80;

    /// <summary>See <see cref="Delay"/>.</summary>
    public byte Error { get; set; } = 0x80;

    /// <summary>System and pseudonode; the latter is not zero where it is a LAN.</summary>
    public byte[] Neighbor { get; set; } = new byte[7];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Metric = v.U8("Default Metric", Metric, FieldKind.Metric);
        Delay = v.U8("Delay Metric", Delay, FieldKind.Flags);
        Expense = v.U8("Expense Metric", Expense, FieldKind.Flags);
        Error = v.U8("Error Metric", Error, FieldKind.Flags);
        Neighbor = v.Bytes("Neighbor ID", Neighbor, 7, FieldKind.Address);
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
