namespace OpenConfirm.Wire.Bgp;

/// <summary>Code 11: a preference that goes with a route (draft-ietf-idr-bgp-dpa-05; never a standard).</summary>
public sealed record DestinationPreference : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public DestinationPreference() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 11; set { } }

    /// <summary>The AS that set it.</summary>
    public ushort As { get; set; }

    /// <summary>The preference.</summary>
    public uint Value { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        As = v.U16("AS Number", As, FieldKind.AsNumber);
        Value = v.U32("DPA", Value, FieldKind.Metric);
    }
}

/// <summary>Code 22: the tunnel that carries multicast (RFC 6514 section 5).</summary>
public sealed record PmsiTunnel : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public PmsiTunnel() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 22; set { } }

    /// <summary>Flags of the tunnel: 1 leaf information is wanted.</summary>
    public byte TunnelFlags { get; set; }

    /// <summary>Type of the tunnel: 6 ingress replication.</summary>
    public byte Type { get; set; } = 6;

    /// <summary>MPLS label, all 24 bits.</summary>
    public uint Label { get; set; }

    /// <summary>Identifier; its form depends on the type.</summary>
    public byte[] Identifier { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        TunnelFlags = v.U8("Tunnel Flags", TunnelFlags, FieldKind.Flags);
        Type = v.U8("Tunnel Type", Type, FieldKind.Code);
        Label = v.U24("MPLS Label", Label);
        Identifier = v.Rest("Tunnel Identifier", Identifier);
    }
}

/// <summary>Code 23: how to wrap packets for the next hop (RFC 9012 section 2).</summary>
public sealed record TunnelEncapsulation : PathAttribute
{
    private static readonly Sole<Tunnel> Kind = new("Tunnel");

    /// <summary>Optional, passed on.</summary>
    public TunnelEncapsulation() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 23; set { } }

    /// <summary>The tunnels, in order.</summary>
    public List<Tunnel> Tunnels { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Tunnels", Tunnels, Kind);

    /// <summary>One tunnel.</summary>
    public sealed record Tunnel : IWire
    {
        private static readonly Sole<SubTlv> Kind = new("SubTlv");

        /// <summary>Type: 8 VXLAN.</summary>
        public ushort Type { get; set; } = 8;

        /// <summary>What is known of it.</summary>
        public List<SubTlv> SubTlvs { get; init; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U16("Tunnel Type", Type, FieldKind.Code);
            var tunnel = v.Begin("Length", 2);
            v.Elements("Sub-TLVs", SubTlvs, Kind);
            v.End(tunnel);
        }
    }

    /// <summary>One fact; from type 128 on its length has two octets.</summary>
    public sealed record SubTlv : IWire
    {
        /// <summary>Type: 6 tunnel egress endpoint.</summary>
        public byte Type { get; set; } = 6;

        /// <summary>Value.</summary>
        public byte[] Value { get; set; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("Sub-TLV Type", Type, FieldKind.Code);
            var value = v.Begin("Sub-TLV Length", Type < 128 ? 1 : 2);
            Value = v.Rest("Value", Value);
            v.End(value);
        }
    }
}

/// <summary>Code 25: communities of twenty octets, about an IPv6 address (RFC 5701 section 2).</summary>
public sealed record Ipv6ExtendedCommunities : PathAttribute
{
    private static readonly Sole<Ipv6Community> Kind = new("Ipv6Community");

    /// <summary>Optional, passed on.</summary>
    public Ipv6ExtendedCommunities() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 25; set { } }

    /// <summary>The communities, in order.</summary>
    public List<Ipv6Community> Values { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Communities", Values, Kind);

    /// <summary>One of them.</summary>
    public sealed record Ipv6Community : IWire
    {
        /// <summary>Type: 0x40 not passed on beyond the AS.</summary>
        public byte Type { get; set; }

        /// <summary>Subtype: 2 route target.</summary>
        public byte Subtype { get; set; } = 2;

        /// <summary>The address that gives it its meaning.</summary>
        public Ip6 Address { get; set; }

        /// <summary>Its number.</summary>
        public ushort Local { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("Type", Type, FieldKind.Flags);
            Subtype = v.U8("Subtype", Subtype, FieldKind.Code);
            Address = v.Ip6("Global Administrator", Address);
            Local = v.U16("Local Administrator", Local);
        }
    }
}

/// <summary>Code 26: a metric summed up over several ASes (RFC 7311 section 3). The length counts type and length too.</summary>
public sealed record Aigp : PathAttribute
{
    private static readonly Sole<Tlv> Kind = new("Tlv");

    /// <summary>Optional, not passed on.</summary>
    public Aigp() => Flags = Optional;

    /// <inheritdoc/>
    public override byte Code { get => 26; set { } }

    /// <summary>The TLVs; the first of type 1 counts.</summary>
    public List<Tlv> Tlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("TLVs", Tlvs, Kind);

    /// <summary>One TLV.</summary>
    public sealed record Tlv : IWire
    {
        /// <summary>Type: 1 the metric.</summary>
        public byte Type { get; set; } = 1;

        /// <summary>Value: eight octets of a metric.</summary>
        public byte[] Value { get; set; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("Type", Type, FieldKind.Code);
            var tlv = v.Begin("Length", 2, extra: 3);
            Value = v.Rest("Value", Value);
            v.End(tlv);
        }
    }
}

/// <summary>Code 40: segment routing of a prefix (RFC 8669 section 3; SRv6 services: RFC 9252 section 2).</summary>
public sealed record PrefixSid : PathAttribute
{
    private static readonly Sole<Tlv> Kind = new("Tlv");

    /// <summary>Optional, passed on.</summary>
    public PrefixSid() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 40; set { } }

    /// <summary>The TLVs: 1 label index, 3 originator's SRGB, 5 and 6 SRv6 services.</summary>
    public List<Tlv> Tlvs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("TLVs", Tlvs, Kind);

    /// <summary>One TLV.</summary>
    public sealed record Tlv : IWire
    {
        /// <summary>Type.</summary>
        public byte Type { get; set; } = 1;

        /// <summary>Value.</summary>
        public byte[] Value { get; set; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("Type", Type, FieldKind.Code);
            var tlv = v.Begin("Length", 2);
            Value = v.Rest("Value", Value);
            v.End(tlv);
        }
    }
}

/// <summary>Code 128: the attributes that a route had at a VPN's customer (RFC 6368 section 4); its AS numbers have four octets.</summary>
public sealed record AttributeSet : PathAttribute
{
    /// <summary>Optional, passed on.</summary>
    public AttributeSet() => Flags = Optional | Transitive;

    /// <inheritdoc/>
    public override byte Code { get => 128; set { } }

    /// <summary>The customer's AS.</summary>
    public uint OriginAs { get; set; }

    /// <summary>The attributes.</summary>
    public List<PathAttribute> Attributes { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        OriginAs = v.U32("Origin AS", OriginAs, FieldKind.AsNumber);
        foreach (var attribute in Attributes)
            attribute.HasFourOctets = true;
        v.Elements("Attributes", Attributes, KindsInSet);
    }
}
