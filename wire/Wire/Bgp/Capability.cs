namespace OpenConfirm.Wire.Bgp;

/// <summary>A capability (RFC 5492 section 4; numbers: IANA, Capability Codes).</summary>
public abstract record Capability : IWire
{
    /// <summary>All kinds, by code.</summary>
    public static Registry<Capability> Kinds { get; } = new(
        "capability",
        (ahead, _) => ahead.IsEmpty ? -1 : ahead[0],
        new(-1, "UnknownCapability", "RFC 5492 section 4", () => new UnknownCapability()),
        new(1, "Multiprotocol", "RFC 4760 section 8", () => new Multiprotocol()),
        new(2, "RouteRefresh", "RFC 2918 section 2", () => new RouteRefreshCapability()),
        new(3, "OutboundRouteFiltering", "RFC 5291 section 5", () => new OutboundRouteFiltering()),
        new(5, "ExtendedNextHop", "RFC 8950 section 4", () => new ExtendedNextHop()),
        new(6, "ExtendedMessage", "RFC 8654 section 3", () => new ExtendedMessage()),
        new(9, "Role", "RFC 9234 section 4.1", () => new Role()),
        new(64, "GracefulRestart", "RFC 4724 section 3", () => new GracefulRestart()),
        new(65, "FourOctetAs", "RFC 6793 section 3", () => new FourOctetAs()),
        new(67, "DynamicCapability", "draft-ietf-idr-dynamic-cap-16 section 3", () => new Dynamic()),
        new(69, "AddPath", "RFC 7911 section 4", () => new AddPath()),
        new(70, "EnhancedRouteRefresh", "RFC 7313 section 3.1", () => new EnhancedRouteRefresh()),
        new(71, "LongLivedGracefulRestart", "RFC 9494 section 4.1", () => new LongLivedGracefulRestart()),
        new(73, "Fqdn", "draft-walton-bgp-hostname-capability-02 section 2", () => new Fqdn()),
        new(75, "SoftwareVersion", "draft-abraitis-bgp-version-capability-16 section 3", () => new SoftwareVersion()),
        new(76, "PathsLimit", "draft-abraitis-idr-addpath-paths-limit-04 section 2", () => new PathsLimit()));

    /// <summary>Its code.</summary>
    public abstract byte Code { get; set; }

    /// <summary>Octets behind all that the capability is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Code = (byte)v.Tag("Capability Code", Code, 1, this is not UnknownCapability);
        var capability = v.Begin("Capability Length", 1);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(capability);
    }

    /// <summary>What it holds.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>A capability of a code that is not known.</summary>
public sealed record UnknownCapability : Capability
{
    /// <inheritdoc/>
    public override byte Code { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}

/// <summary>Code 1: a family that the speaker can carry (RFC 4760 section 8).</summary>
public sealed record Multiprotocol : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 1; set { } }

    /// <summary>Address family.</summary>
    public ushort Afi { get; set; } = 1;

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Subsequent address family.</summary>
    public byte Safi { get; set; } = 1;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Afi = v.U16("AFI", Afi, FieldKind.Code);
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        Safi = v.U8("SAFI", Safi, FieldKind.Code);
    }
}

/// <summary>A capability that says all by being there.</summary>
public abstract record EmptyCapability : Capability
{
    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
    }
}

/// <summary>Code 2: route refresh (RFC 2918 section 2).</summary>
public sealed record RouteRefreshCapability : EmptyCapability
{
    /// <inheritdoc/>
    public override byte Code { get => 2; set { } }
}

/// <summary>Code 6: messages of up to 65,535 octets (RFC 8654 section 3).</summary>
public sealed record ExtendedMessage : EmptyCapability
{
    /// <inheritdoc/>
    public override byte Code { get => 6; set { } }
}

/// <summary>Code 70: route refresh with a beginning and an end (RFC 7313 section 3.1).</summary>
public sealed record EnhancedRouteRefresh : EmptyCapability
{
    /// <inheritdoc/>
    public override byte Code { get => 70; set { } }
}

/// <summary>Code 3: outbound route filters, for some families (RFC 5291 section 5).</summary>
public sealed record OutboundRouteFiltering : Capability
{
    private static readonly Sole<Entry> Entries = new("Orf");

    /// <inheritdoc/>
    public override byte Code { get => 3; set { } }

    /// <summary>What is offered for each family.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Families", Families, Entries);

    /// <summary>The filters of one family.</summary>
    public sealed record Entry : IWire
    {
        private static readonly Sole<Filter> Kinds = new("Filter");

        /// <summary>Address family.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>To be zero.</summary>
        public byte Reserved { get; set; }

        /// <summary>Subsequent address family.</summary>
        public byte Safi { get; set; } = 1;

        /// <summary>The filters.</summary>
        public List<Filter> Filters { get; init; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("AFI", Afi, FieldKind.Code);
            Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
            Safi = v.U8("SAFI", Safi, FieldKind.Code);
            var count = v.Count("Number of ORFs", Filters.Count, 1);
            v.Elements("Filters", Filters, Kinds, count);
        }
    }

    /// <summary>One kind of filter and who may send it.</summary>
    public sealed record Filter : IWire
    {
        /// <summary>ORF type: 64 address prefix (RFC 5292).</summary>
        public byte Type { get; set; } = 64;

        /// <summary>1 receives, 2 sends, 3 both.</summary>
        public byte SendReceive { get; set; } = 3;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U8("ORF Type", Type, FieldKind.Code);
            SendReceive = v.U8("Send/Receive", SendReceive, FieldKind.Code);
        }
    }
}

/// <summary>Code 5: next hops of another family (RFC 8950 section 4).</summary>
public sealed record ExtendedNextHop : Capability
{
    private static readonly Sole<Entry> Entries = new("NextHop");

    /// <inheritdoc/>
    public override byte Code { get => 5; set { } }

    /// <summary>Families and the family of their next hops.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Families", Families, Entries);

    /// <summary>One family; its SAFI has two octets here.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Address family of the NLRI.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>Subsequent address family of the NLRI.</summary>
        public ushort Safi { get; set; } = 1;

        /// <summary>Address family of the next hop.</summary>
        public ushort NextHopAfi { get; set; } = 2;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("NLRI AFI", Afi, FieldKind.Code);
            Safi = v.U16("NLRI SAFI", Safi, FieldKind.Code);
            NextHopAfi = v.U16("Nexthop AFI", NextHopAfi, FieldKind.Code);
        }
    }
}

/// <summary>Code 9: what the speaker is to its neighbour (RFC 9234 section 4.1): 0 provider, 1 route server, 2 its client, 3 customer, 4 peer.</summary>
public sealed record Role : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 9; set { } }

    /// <summary>The role.</summary>
    public byte Value { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.U8("Role", Value, FieldKind.Code);
}

/// <summary>Code 64: graceful restart (RFC 4724 section 3; flag N: RFC 8538 section 2).</summary>
public sealed record GracefulRestart : Capability
{
    private static readonly Sole<Entry> Entries = new("Restart");

    /// <inheritdoc/>
    public override byte Code { get => 64; set { } }

    /// <summary>Four bits: 8 restarted, 4 notifications too.</summary>
    public byte Flags { get; set; }

    /// <summary>Restart time, seconds; 12 bits.</summary>
    public ushort Time { get; set; } = 120;

    /// <summary>The families.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Flags = (byte)v.Bits("Restart Flags", Flags, 4, FieldKind.Flags);
        Time = (ushort)v.Bits("Restart Time", Time, 12, FieldKind.Seconds);
        v.Elements("Families", Families, Entries);
    }

    /// <summary>One family.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Address family.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>Subsequent address family.</summary>
        public byte Safi { get; set; } = 1;

        /// <summary>0x80: the forwarding state was kept.</summary>
        public byte Flags { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("AFI", Afi, FieldKind.Code);
            Safi = v.U8("SAFI", Safi, FieldKind.Code);
            Flags = v.U8("Flags", Flags, FieldKind.Flags);
        }
    }
}

/// <summary>Code 65: AS numbers of four octets (RFC 6793 section 3).</summary>
public sealed record FourOctetAs : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 65; set { } }

    /// <summary>The speaker's AS number.</summary>
    public uint As { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => As = v.U32("AS Number", As, FieldKind.AsNumber);
}

/// <summary>Code 67: capabilities that may change while the session is up (draft-ietf-idr-dynamic-cap-16 section 3).</summary>
public sealed record Dynamic : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 67; set { } }

    /// <summary>Their codes, an octet each.</summary>
    public byte[] Codes { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Codes = v.Rest("Capability Codes", Codes);
}

/// <summary>Code 69: several paths of a prefix (RFC 7911 section 4).</summary>
public sealed record AddPath : Capability
{
    private static readonly Sole<Entry> Entries = new("Path");

    /// <inheritdoc/>
    public override byte Code { get => 69; set { } }

    /// <summary>The families.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Families", Families, Entries);

    /// <summary>One family.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Address family.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>Subsequent address family.</summary>
        public byte Safi { get; set; } = 1;

        /// <summary>1 receives, 2 sends, 3 both.</summary>
        public byte SendReceive { get; set; } = 3;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("AFI", Afi, FieldKind.Code);
            Safi = v.U8("SAFI", Safi, FieldKind.Code);
            SendReceive = v.U8("Send/Receive", SendReceive, FieldKind.Code);
        }
    }
}

/// <summary>Code 71: stale routes that live long (RFC 9494 section 4.1).</summary>
public sealed record LongLivedGracefulRestart : Capability
{
    private static readonly Sole<Entry> Entries = new("LongLived");

    /// <inheritdoc/>
    public override byte Code { get => 71; set { } }

    /// <summary>The families.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Families", Families, Entries);

    /// <summary>One family.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Address family.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>Subsequent address family.</summary>
        public byte Safi { get; set; } = 1;

        /// <summary>0x80: the forwarding state was kept.</summary>
        public byte Flags { get; set; }

        /// <summary>How long stale routes live, seconds; 24 bits.</summary>
        public uint StaleTime { get; set; } = 3600;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("AFI", Afi, FieldKind.Code);
            Safi = v.U8("SAFI", Safi, FieldKind.Code);
            Flags = v.U8("Flags", Flags, FieldKind.Flags);
            StaleTime = v.U24("Long-Lived Stale Time", StaleTime, FieldKind.Seconds);
        }
    }
}

/// <summary>Code 73: the speaker's name (draft-walton-bgp-hostname-capability-02 section 2).</summary>
public sealed record Fqdn : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 73; set { } }

    /// <summary>Host name.</summary>
    public byte[] HostName { get; set; } = [];

    /// <summary>Domain name.</summary>
    public byte[] DomainName { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var host = v.Begin("Host Name Length", 1);
        HostName = v.Rest("Host Name", HostName, FieldKind.Text);
        v.End(host);
        var domain = v.Begin("Domain Name Length", 1);
        DomainName = v.Rest("Domain Name", DomainName, FieldKind.Text);
        v.End(domain);
    }
}

/// <summary>Code 75: the speaker's program (draft-abraitis-bgp-version-capability-16 section 3).</summary>
public sealed record SoftwareVersion : Capability
{
    /// <inheritdoc/>
    public override byte Code { get => 75; set { } }

    /// <summary>The version.</summary>
    public byte[] Version { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var version = v.Begin("Version Length", 1);
        Version = v.Rest("Version", Version, FieldKind.Text);
        v.End(version);
    }
}

/// <summary>Code 76: how many paths of a prefix are wanted (draft-abraitis-idr-addpath-paths-limit-04 section 2).</summary>
public sealed record PathsLimit : Capability
{
    private static readonly Sole<Entry> Entries = new("Limit");

    /// <inheritdoc/>
    public override byte Code { get => 76; set { } }

    /// <summary>The families.</summary>
    public List<Entry> Families { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Families", Families, Entries);

    /// <summary>One family.</summary>
    public sealed record Entry : IWire
    {
        /// <summary>Address family.</summary>
        public ushort Afi { get; set; } = 1;

        /// <summary>Subsequent address family.</summary>
        public byte Safi { get; set; } = 1;

        /// <summary>Paths at most.</summary>
        public ushort Limit { get; set; } = 1;

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Afi = v.U16("AFI", Afi, FieldKind.Code);
            Safi = v.U8("SAFI", Safi, FieldKind.Code);
            Limit = v.U16("Paths Limit", Limit);
        }
    }
}
