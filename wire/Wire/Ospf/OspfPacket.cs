namespace OpenConfirm.Wire.Ospf;

/// <summary>An OSPFv2 packet: header, authentication, and what follows the packet's own end (RFC 2328 section A.3.1).</summary>
public abstract record OspfPacket : IWire
{
    /// <summary>Octets of the header.</summary>
    public const int HeaderLength = 24;

    /// <summary>The type of cryptographic authentication.</summary>
    public const ushort Cryptographic = 2;

    /// <summary>All kinds, by type.</summary>
    public static Registry<OspfPacket> Kinds { get; } = new(
        "OSPFv2 packet",
        (ahead, _) => ahead.Length < 2 ? -1 : ahead[1],
        new(-1, "UnknownPacket", "RFC 2328 section A.3.1", () => new UnknownPacket()),
        new(1, "Hello", "RFC 2328 section A.3.2", () => new Hello()),
        new(2, "DatabaseDescription", "RFC 2328 section A.3.3", () => new DatabaseDescription()),
        new(3, "LinkStateRequest", "RFC 2328 section A.3.4", () => new LinkStateRequest()),
        new(4, "LinkStateUpdate", "RFC 2328 section A.3.5", () => new LinkStateUpdate()),
        new(5, "LinkStateAck", "RFC 2328 section A.3.6", () => new LinkStateAck()));

    /// <summary>Version.</summary>
    public byte Version { get; set; } = 2;

    /// <summary>Type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Router that sends it.</summary>
    public Ip4 Router { get; set; }

    /// <summary>Area.</summary>
    public Ip4 Area { get; set; }

    /// <summary>The checksum when it is wrong; null to have the right one.</summary>
    public ushort? WrongChecksum { get; set; }

    /// <summary>0 none, 1 simple password, 2 cryptographic (RFC 2328 section D).</summary>
    public ushort AuthenticationType { get; set; }

    /// <summary>Eight octets that are a password, or nothing; not with cryptographic authentication (RFC 2328 section D.3).</summary>
    public byte[] Authentication { get; set; } = new byte[8];

    /// <summary>To be zero, with cryptographic authentication.</summary>
    public ushort AuthenticationReserved { get; set; }

    /// <summary>Which key, with cryptographic authentication.</summary>
    public byte KeyId { get; set; }

    /// <summary>Octets of the digest, with cryptographic authentication.</summary>
    public byte DigestLength { get; set; } = 16;

    /// <summary>A number that never falls, with cryptographic authentication.</summary>
    public uint CryptographicSequence { get; set; }

    /// <summary>Octets behind all that the packet is defined to hold, within its length.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <summary>
    /// The digest, behind the packet's length (RFC 2328 section D.4.3, RFC 5709 section 3.3), when it is wrong or the key is not known
    /// (<see cref="WireFacts.Key"/>); null to have the right one.
    /// </summary>
    public byte[]? Digest { get; set; }

    /// <summary>What comes behind a hello or a description whose options say so.</summary>
    public LinkLocalSignalling LinkLocal { get; init; } = new();

    /// <summary>Whatever else comes last.</summary>
    public byte[] Behind { get; set; } = [];

    /// <summary>The options say that there is link-local signalling.</summary>
    protected virtual bool HasLinkLocal => false;

    /// <summary>Makes it a packet that is signed with a key; the digest comes when it is written.</summary>
    public void Sign(AuthenticationKey key, uint sequence)
    {
        (AuthenticationType, KeyId, DigestLength, CryptographicSequence, Digest) = (Cryptographic, (byte)key.Id, (byte)key.DigestLength, sequence, null);
        foreach (var tlv in LinkLocal.Tlvs.OfType<LinkLocalAuthentication>())
            (tlv.Sequence, tlv.Digest) = (sequence, null);
    }

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        var start = v.Here;
        Version = v.U8("Version", Version, FieldKind.Code);
        Type = (byte)v.Tag("Type", Type, 1, this is not UnknownPacket);
        var packet = v.Begin("Packet Length", 2, extra: 4);
        Router = v.Ip4("Router ID", Router);
        Area = v.Ip4("Area ID", Area);
        WrongChecksum = v.Sum("Checksum", WrongChecksum, SumKind.OspfV2, start);
        AuthenticationType = v.U16("AuType", AuthenticationType, FieldKind.Code);
        var isSigned = AuthenticationType == Cryptographic;
        if (isSigned)
            WalkAuthentication(ref v);
        else
            Authentication = v.Bytes("Authentication", Authentication, 8);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(packet);
        if (isSigned)
            Digest = v.Digest("Digest", Digest, DigestLength, DigestKind.OspfV2);
        if (HasLinkLocal)
            LinkLocal.Walk(ref v, isSigned);
        Behind = v.Rest("Behind", Behind);
    }

    /// <summary>What stands between header and end.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    private void WalkAuthentication<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        AuthenticationReserved = v.U16("Authentication Reserved", AuthenticationReserved, FieldKind.Reserved);
        KeyId = v.U8("Key ID", KeyId);
        DigestLength = v.U8("Auth Data Length", DigestLength);
        CryptographicSequence = v.U32("Cryptographic Sequence Number", CryptographicSequence, FieldKind.Sequence);
    }
}

/// <summary>A packet of a type that is not known.</summary>
public sealed record UnknownPacket : OspfPacket
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>Hello (RFC 2328 section A.3.2).</summary>
public sealed record Hello : OspfPacket
{
    /// <inheritdoc/>
    public override byte Type { get => 1; set { } }

    /// <summary>Network mask.</summary>
    public Ip4 Mask { get; set; } = new(0xffffff00);

    /// <summary>Seconds between hellos.</summary>
    public ushort Interval { get; set; } = 10;

    /// <summary>Options (RFC 2328 section A.2): 0x02 external routes, 0x10 link-local signalling.</summary>
    public byte Options { get; set; } = 2;

    /// <summary>Router priority.</summary>
    public byte Priority { get; set; } = 1;

    /// <summary>Seconds until a silent router is dead.</summary>
    public uint DeadInterval { get; set; } = 40;

    /// <summary>Designated router, by its address.</summary>
    public Ip4 Designated { get; set; }

    /// <summary>Backup designated router.</summary>
    public Ip4 Backup { get; set; }

    /// <summary>Routers that were heard.</summary>
    public uint[] Neighbors { get; set; } = [];

    /// <inheritdoc/>
    protected override bool HasLinkLocal => (Options & LinkLocalSignalling.Bit) != 0;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Mask = v.Ip4("Network Mask", Mask);
        Interval = v.U16("Hello Interval", Interval, FieldKind.Seconds);
        Options = v.U8("Options", Options, FieldKind.Flags);
        Priority = v.U8("Router Priority", Priority);
        DeadInterval = v.U32("Router Dead Interval", DeadInterval, FieldKind.Seconds);
        Designated = v.Ip4("Designated Router", Designated);
        Backup = v.Ip4("Backup Designated Router", Backup);
        Neighbors = v.U32s("Neighbors", Neighbors, FieldKind.Address);
    }
}

/// <summary>Database description (RFC 2328 section A.3.3).</summary>
public sealed record DatabaseDescription : OspfPacket
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>Largest IP datagram of the interface.</summary>
    public ushort Mtu { get; set; } = 1500;

    /// <summary>Options.</summary>
    public byte Options { get; set; } = 2;

    /// <summary>1 master, 2 more follow, 4 the first.</summary>
    public byte Flags { get; set; }

    /// <summary>Sequence number.</summary>
    public uint Sequence { get; set; }

    /// <summary>Headers of LSAs.</summary>
    public List<LsaHeader> Headers { get; init; } = [];

    /// <inheritdoc/>
    protected override bool HasLinkLocal => (Options & LinkLocalSignalling.Bit) != 0;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Mtu = v.U16("Interface MTU", Mtu);
        Options = v.U8("Options", Options, FieldKind.Flags);
        Flags = v.U8("Flags", Flags, FieldKind.Flags);
        Sequence = v.U32("DD Sequence Number", Sequence, FieldKind.Sequence);
        v.Elements("LSA Headers", Headers, LsaHeader.Kind);
    }
}

/// <summary>Link state request (RFC 2328 section A.3.4).</summary>
public sealed record LinkStateRequest : OspfPacket
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
        /// <summary>LS type, in four octets here.</summary>
        public uint Type { get; set; } = 1;

        /// <summary>Link state identifier.</summary>
        public Ip4 Id { get; set; }

        /// <summary>Router that made it.</summary>
        public Ip4 Router { get; set; }

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Type = v.U32("LS Type", Type, FieldKind.Code);
            Id = v.Ip4("Link State ID", Id);
            Router = v.Ip4("Advertising Router", Router);
        }
    }
}

/// <summary>Link state update (RFC 2328 section A.3.5).</summary>
public sealed record LinkStateUpdate : OspfPacket
{
    /// <inheritdoc/>
    public override byte Type { get => 4; set { } }

    /// <summary>The LSAs.</summary>
    public List<Lsa> Lsas { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var count = v.Count("Number of LSAs", Lsas.Count, 4);
        v.Elements("LSAs", Lsas, Lsa.Kinds, count);
    }
}

/// <summary>Link state acknowledgement (RFC 2328 section A.3.6).</summary>
public sealed record LinkStateAck : OspfPacket
{
    /// <inheritdoc/>
    public override byte Type { get => 5; set { } }

    /// <summary>Headers of the LSAs that have come.</summary>
    public List<LsaHeader> Headers { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("LSA Headers", Headers, LsaHeader.Kind);
}
