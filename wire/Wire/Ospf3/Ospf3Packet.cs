using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Ospf3;

/// <summary>An OSPFv3 packet: header, and what follows the packet's own end (RFC 5340 section A.3.1).</summary>
public abstract record Ospf3Packet : IWire
{
    /// <summary>All kinds, by type.</summary>
    public static Registry<Ospf3Packet> Kinds { get; } = new(
        "OSPFv3 packet",
        (ahead, _) => ahead.Length < 2 ? -1 : ahead[1],
        new(-1, "UnknownPacket", "RFC 5340 section A.3.1", () => new UnknownPacket3()),
        new(1, "Hello", "RFC 5340 section A.3.2", () => new Hello3()),
        new(2, "DatabaseDescription", "RFC 5340 section A.3.3", () => new DatabaseDescription3()),
        new(3, "LinkStateRequest", "RFC 5340 section A.3.4", () => new LinkStateRequest3()),
        new(4, "LinkStateUpdate", "RFC 5340 section A.3.5", () => new LinkStateUpdate3()),
        new(5, "LinkStateAck", "RFC 5340 section A.3.6", () => new LinkStateAck3()));

    /// <summary>Version.</summary>
    public byte Version { get; set; } = 3;

    /// <summary>Type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Router that sends it.</summary>
    public Ip4 Router { get; set; }

    /// <summary>Area.</summary>
    public Ip4 Area { get; set; }

    /// <summary>
    /// The checksum when it is wrong, or when the addresses that it covers are not known
    /// (<see cref="WireFacts.Source"/>); null to have the right one, which is zero in a session with a key.
    /// </summary>
    public ushort? WrongChecksum { get; set; }

    /// <summary>Instance on the link; with address families it says which one (RFC 5838 section 2.1).</summary>
    public byte Instance { get; set; }

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Octets behind all that the packet is defined to hold, within its length.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <summary>What comes behind a hello or a description whose options say so.</summary>
    public LinkLocalSignalling LinkLocal { get; init; } = new();

    /// <summary>Whether there is an authentication trailer: hellos and descriptions say so in their options (RFC 7166 section 2.1).</summary>
    public virtual bool HasTrailer { get; set; }

    /// <summary>The trailer.</summary>
    public AuthenticationTrailer Trailer { get; init; } = new();

    /// <summary>Whatever else comes last.</summary>
    public byte[] Behind { get; set; } = [];

    /// <summary>The packet has options, which say what follows it.</summary>
    protected virtual bool HasOptions => false;

    /// <summary>The options say that there is link-local signalling.</summary>
    protected virtual bool HasLinkLocal => false;

    /// <summary>Makes it a packet that is signed with a key; the digest comes when it is written.</summary>
    public void Sign(AuthenticationKey key, ulong sequence)
    {
        HasTrailer = true;
        (Trailer.Association, Trailer.Sequence, Trailer.Digest) = (key.Id, sequence, null);
    }

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var start = v.Here;
        Version = v.U8("Version", Version, FieldKind.Code);
        Type = (byte)v.Tag("Type", Type, 1, this is not UnknownPacket3);
        var packet = v.Begin("Packet Length", 2, extra: 4);
        Router = v.Ip4("Router ID", Router);
        Area = v.Ip4("Area ID", Area);
        WrongChecksum = v.Sum("Checksum", WrongChecksum, SumKind.OspfV3, start);
        Instance = v.U8("Instance ID", Instance);
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(packet);
        if (HasLinkLocal)
            LinkLocal.Walk(ref v, HasTrailer);
        if (!HasOptions)
            HasTrailer = v.Ahead("Authentication Trailer", HasTrailer, AuthenticationTrailer.Begins);
        if (HasTrailer)
            Trailer.Walk(ref v);
        Behind = v.Rest("Behind", Behind);
    }

    /// <summary>What stands between header and end.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>A packet of a type that is not known.</summary>
public sealed record UnknownPacket3 : Ospf3Packet
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>Hello (RFC 5340 section A.3.2).</summary>
public sealed record Hello3 : Ospf3Packet
{
    /// <inheritdoc/>
    public override byte Type { get => 1; set { } }

    /// <summary>Interface.</summary>
    public uint Interface { get; set; } = 1;

    /// <summary>Router priority.</summary>
    public byte Priority { get; set; } = 1;

    /// <summary>Options, 24 bits (RFC 5340 section A.2): 1 IPv6, 2 external routes, 0x10 router, 0x100 address families.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>Seconds between hellos.</summary>
    public ushort Interval { get; set; } = 10;

    /// <summary>Seconds until a silent router is dead.</summary>
    public ushort DeadInterval { get; set; } = 40;

    /// <summary>Designated router, by its identifier.</summary>
    public Ip4 Designated { get; set; }

    /// <summary>Backup designated router.</summary>
    public Ip4 Backup { get; set; }

    /// <summary>Routers that were heard.</summary>
    public uint[] Neighbors { get; set; } = [];

    /// <inheritdoc/>
    public override bool HasTrailer
    {
        get => (Options & AuthenticationTrailer.Bit) != 0;
        set => Options = value ? Options | AuthenticationTrailer.Bit : Options & ~AuthenticationTrailer.Bit;
    }

    /// <inheritdoc/>
    protected override bool HasOptions => true;

    /// <inheritdoc/>
    protected override bool HasLinkLocal => (Options & LinkLocalSignalling.Bit3) != 0;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Interface = v.U32("Interface ID", Interface);
        Priority = v.U8("Router Priority", Priority);
        Options = v.U24("Options", Options, FieldKind.Flags);
        Interval = v.U16("Hello Interval", Interval, FieldKind.Seconds);
        DeadInterval = v.U16("Router Dead Interval", DeadInterval, FieldKind.Seconds);
        Designated = v.Ip4("Designated Router", Designated);
        Backup = v.Ip4("Backup Designated Router", Backup);
        Neighbors = v.U32s("Neighbors", Neighbors, FieldKind.Address);
    }
}

/// <summary>Database description (RFC 5340 section A.3.3).</summary>
public sealed record DatabaseDescription3 : Ospf3Packet
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>To be zero.</summary>
    public byte Reserved1 { get; set; }

    /// <summary>Options.</summary>
    public uint Options { get; set; } = 0x13;

    /// <summary>Largest datagram of the interface.</summary>
    public ushort Mtu { get; set; } = 1500;

    /// <summary>To be zero.</summary>
    public byte Reserved2 { get; set; }

    /// <summary>1 master, 2 more follow, 4 the first.</summary>
    public byte Flags { get; set; }

    /// <summary>Sequence number.</summary>
    public uint Sequence { get; set; }

    /// <summary>Headers of LSAs.</summary>
    public List<LsaHeader3> Headers { get; init; } = [];

    /// <inheritdoc/>
    public override bool HasTrailer
    {
        get => (Options & AuthenticationTrailer.Bit) != 0;
        set => Options = value ? Options | AuthenticationTrailer.Bit : Options & ~AuthenticationTrailer.Bit;
    }

    /// <inheritdoc/>
    protected override bool HasOptions => true;

    /// <inheritdoc/>
    protected override bool HasLinkLocal => (Options & LinkLocalSignalling.Bit3) != 0;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Reserved1 = v.U8("Reserved 1", Reserved1, FieldKind.Reserved);
        Options = v.U24("Options", Options, FieldKind.Flags);
        Mtu = v.U16("Interface MTU", Mtu);
        Reserved2 = v.U8("Reserved 2", Reserved2, FieldKind.Reserved);
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Sequence = v.U32("DD Sequence Number", Sequence, FieldKind.Sequence);
        v.Elements("LSA Headers", Headers, LsaHeader3.Kind);
    }
}

/// <summary>Link state request (RFC 5340 section A.3.4).</summary>
public sealed record LinkStateRequest3 : Ospf3Packet
{
    private static readonly Sole<Request> Kind = new("Request");

    /// <inheritdoc/>
    public override byte Type { get => 3; set { } }

    /// <summary>What is asked for.</summary>
    public List<Request> Requests { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Requests", Requests, Kind);

    /// <summary>One LSA.</summary>
    public sealed record Request : IWire
    {
        /// <summary>To be zero.</summary>
        public ushort Reserved { get; set; }

        /// <summary>LS type.</summary>
        public ushort Type { get; set; } = 0x2001;

        /// <summary>Link state identifier.</summary>
        public Ip4 Id { get; set; }

        /// <summary>Router that made it.</summary>
        public Ip4 Router { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Reserved = v.U16("Reserved", Reserved, FieldKind.Reserved);
            Type = v.U16("LS Type", Type, FieldKind.Flags);
            Id = v.Ip4("Link State ID", Id);
            Router = v.Ip4("Advertising Router", Router);
        }
    }
}

/// <summary>Link state update (RFC 5340 section A.3.5).</summary>
public sealed record LinkStateUpdate3 : Ospf3Packet
{
    /// <inheritdoc/>
    public override byte Type { get => 4; set { } }

    /// <summary>The LSAs.</summary>
    public List<Lsa3> Lsas { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var count = v.Count("Number of LSAs", Lsas.Count, 4);
        v.Elements("LSAs", Lsas, Lsa3.Kinds, count);
    }
}

/// <summary>Link state acknowledgement (RFC 5340 section A.3.6).</summary>
public sealed record LinkStateAck3 : Ospf3Packet
{
    /// <inheritdoc/>
    public override byte Type { get => 5; set { } }

    /// <summary>Headers of the LSAs that have come.</summary>
    public List<LsaHeader3> Headers { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("LSA Headers", Headers, LsaHeader3.Kind);
}
