namespace OpenConfirm.Wire.Bgp;

/// <summary>A route of EVPN (RFC 7432 section 7).</summary>
public abstract record EvpnRoute : Nlri
{
    private static readonly Family Evpn = new(25, 70);

    /// <summary>All kinds, by route type.</summary>
    public static Registry<Nlri> Kinds { get; } = new(
        "EVPN route",
        (ahead, facts) => facts.AddPath.Contains(Evpn) ? ahead.Length < 5 ? -1 : ahead[4] : ahead.IsEmpty ? -1 : ahead[0],
        new(-1, "UnknownRoute", "RFC 7432 section 7", () => new UnknownEvpnRoute()),
        new(1, "EthernetAutoDiscovery", "RFC 7432 section 7.1", () => new EthernetAutoDiscovery()),
        new(2, "MacIpAdvertisement", "RFC 7432 section 7.2", () => new MacIpAdvertisement()),
        new(3, "InclusiveMulticast", "RFC 7432 section 7.3", () => new InclusiveMulticast()),
        new(4, "EthernetSegment", "RFC 7432 section 7.4", () => new EthernetSegment()),
        new(5, "IpPrefix", "RFC 9136 section 3.1", () => new IpPrefixRoute()));

    /// <summary>Family 25/70.</summary>
    protected EvpnRoute() => Family = Evpn;

    /// <summary>Route type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Octets behind all that the route is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    protected sealed override void Body<TVisitor>(ref TVisitor v)
    {
        Type = (byte)v.Tag("Route Type", Type, 1, this is not UnknownEvpnRoute);
        var route = v.Begin("Length", 1);
        Fields(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(route);
    }

    /// <summary>What it holds.</summary>
    protected abstract void Fields<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>A route of a type that is not known.</summary>
public sealed record UnknownEvpnRoute : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its content.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}

/// <summary>Type 1 (RFC 7432 section 7.1).</summary>
public sealed record EthernetAutoDiscovery : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get => 1; set { } }

    /// <summary>Route distinguisher.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>Ethernet segment identifier, ten octets.</summary>
    public byte[] Segment { get; set; } = new byte[10];

    /// <summary>Ethernet tag.</summary>
    public uint Tag { get; set; }

    /// <summary>MPLS label, all 24 bits.</summary>
    public uint Label { get; set; }

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v)
    {
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Segment = v.Bytes("Ethernet Segment", Segment, 10);
        Tag = v.U32("Ethernet Tag", Tag);
        Label = v.U24("MPLS Label", Label);
    }
}

/// <summary>Type 2 (RFC 7432 section 7.2).</summary>
public sealed record MacIpAdvertisement : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>Route distinguisher.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>Ethernet segment identifier, ten octets.</summary>
    public byte[] Segment { get; set; } = new byte[10];

    /// <summary>Ethernet tag.</summary>
    public uint Tag { get; set; }

    /// <summary>Length of the MAC address, bits: 48.</summary>
    public byte MacLength { get; set; } = 48;

    /// <summary>MAC address.</summary>
    public byte[] Mac { get; set; } = new byte[6];

    /// <summary>Length of the IP address, bits: 0, 32 or 128.</summary>
    public byte IpLength { get; set; }

    /// <summary>IP address, or nothing.</summary>
    public byte[] Ip { get; set; } = [];

    /// <summary>First MPLS label, all 24 bits.</summary>
    public uint Label { get; set; }

    /// <summary>Second MPLS label of three octets, or nothing.</summary>
    public byte[] SecondLabel { get; set; } = [];

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v)
    {
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Segment = v.Bytes("Ethernet Segment", Segment, 10);
        Tag = v.U32("Ethernet Tag", Tag);
        MacLength = v.U8("MAC Address Length", MacLength);
        Mac = v.Bytes("MAC Address", Mac, (MacLength + 7) / 8, FieldKind.Address);
        IpLength = v.U8("IP Address Length", IpLength);
        Ip = v.Bytes("IP Address", Ip, (IpLength + 7) / 8, FieldKind.Address);
        Label = v.U24("MPLS Label 1", Label);
        SecondLabel = v.Rest("MPLS Label 2", SecondLabel);
    }
}

/// <summary>Type 3 (RFC 7432 section 7.3).</summary>
public sealed record InclusiveMulticast : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get => 3; set { } }

    /// <summary>Route distinguisher.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>Ethernet tag.</summary>
    public uint Tag { get; set; }

    /// <summary>Length of the address, bits: 32 or 128.</summary>
    public byte IpLength { get; set; } = 32;

    /// <summary>Originating router.</summary>
    public byte[] Ip { get; set; } = new byte[4];

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v)
    {
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Tag = v.U32("Ethernet Tag", Tag);
        IpLength = v.U8("IP Address Length", IpLength);
        Ip = v.Bytes("Originating Router", Ip, (IpLength + 7) / 8, FieldKind.Address);
    }
}

/// <summary>Type 4 (RFC 7432 section 7.4).</summary>
public sealed record EthernetSegment : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get => 4; set { } }

    /// <summary>Route distinguisher.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>Ethernet segment identifier, ten octets.</summary>
    public byte[] Segment { get; set; } = new byte[10];

    /// <summary>Length of the address, bits: 32 or 128.</summary>
    public byte IpLength { get; set; } = 32;

    /// <summary>Originating router.</summary>
    public byte[] Ip { get; set; } = new byte[4];

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v)
    {
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Segment = v.Bytes("Ethernet Segment", Segment, 10);
        IpLength = v.U8("IP Address Length", IpLength);
        Ip = v.Bytes("Originating Router", Ip, (IpLength + 7) / 8, FieldKind.Address);
    }
}

/// <summary>Type 5 (RFC 9136 section 3.1): 34 octets for IPv4, 58 for IPv6.</summary>
public sealed record IpPrefixRoute : EvpnRoute
{
    /// <inheritdoc/>
    public override byte Type { get => 5; set { } }

    /// <summary>Route distinguisher.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>Ethernet segment identifier, ten octets.</summary>
    public byte[] Segment { get; set; } = new byte[10];

    /// <summary>Ethernet tag.</summary>
    public uint Tag { get; set; }

    /// <summary>Length of the prefix, bits.</summary>
    public byte PrefixLength { get; set; }

    /// <summary>Addresses have sixteen octets.</summary>
    public bool IsIpv6 { get; set; }

    /// <summary>The prefix, a whole address.</summary>
    public byte[] Prefix { get; set; } = new byte[4];

    /// <summary>Gateway.</summary>
    public byte[] Gateway { get; set; } = new byte[4];

    /// <summary>MPLS label, all 24 bits.</summary>
    public uint Label { get; set; }

    /// <inheritdoc/>
    protected override void Fields<TVisitor>(ref TVisitor v)
    {
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Segment = v.Bytes("Ethernet Segment", Segment, 10);
        Tag = v.U32("Ethernet Tag", Tag);
        PrefixLength = v.U8("IP Prefix Length", PrefixLength);
        IsIpv6 = v.Ahead("IPv6", IsIpv6, static ahead => ahead.Length >= 35);
        Prefix = v.Bytes("IP Prefix", Prefix, IsIpv6 ? 16 : 4, FieldKind.Address);
        Gateway = v.Bytes("Gateway", Gateway, IsIpv6 ? 16 : 4, FieldKind.Address);
        Label = v.U24("MPLS Label", Label);
    }
}
