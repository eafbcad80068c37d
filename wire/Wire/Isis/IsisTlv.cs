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
        new(2, "NarrowNeighbors", "ISO 10589 section 9.8", () => new NarrowNeighbors()),
        new(6, "LanNeighbors", "ISO 10589 section 9.5", () => new LanNeighbors()),
        new(8, "Padding", "ISO 10589 section 9.5", () => new PaddingTlv()),
        new(9, "LspEntries", "ISO 10589 section 9.10", () => new LspEntries()),
        new(10, "Authentication", "RFC 5304 section 2", () => new AuthenticationTlv()),
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
