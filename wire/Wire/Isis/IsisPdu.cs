namespace OpenConfirm.Wire.Isis;

/// <summary>An IS-IS PDU: the header that all have, and that of its kind (ISO 10589 section 9).</summary>
public abstract record IsisPdu : IWire
{
    /// <summary>All kinds; both levels of one kind are one.</summary>
    public static Registry<IsisPdu> Kinds { get; } = new(
        "IS-IS PDU",
        (ahead, _) => ahead.Length < 5 ? -1 : (ahead[4] & 0x1f) switch { 16 => 15, 20 => 18, 25 => 24, 27 => 26, var type => type },
        new(-1, "UnknownPdu", "ISO 10589 section 9", () => new UnknownPdu()),
        new(15, "LanHello", "ISO 10589 section 9.5", () => new LanHello()),
        new(17, "PointToPointHello", "ISO 10589 section 9.7", () => new PointToPointHello()),
        new(18, "LinkState", "ISO 10589 section 9.8", () => new LinkState()),
        new(24, "CompleteSequenceNumbers", "ISO 10589 section 9.10", () => new CompleteSequenceNumbers()),
        new(26, "PartialSequenceNumbers", "ISO 10589 section 9.12", () => new PartialSequenceNumbers()));

    /// <summary>Discriminator of the protocol.</summary>
    public byte Discriminator { get; set; } = 0x83;

    /// <summary>Octets of all headers together.</summary>
    public byte HeaderLength { get; set; }

    /// <summary>Version of the protocol.</summary>
    public byte ProtocolVersion { get; set; } = 1;

    /// <summary>Octets of a system identifier: 0 stands for six, 255 for none.</summary>
    public byte IdLength { get; set; }

    /// <summary>Type in five bits; the others are to be zero.</summary>
    public byte Type { get; set; }

    /// <summary>Version.</summary>
    public byte Version { get; set; } = 1;

    /// <summary>To be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Area addresses at most; 0 stands for three.</summary>
    public byte MaxAreas { get; set; }

    /// <summary>The TLVs.</summary>
    public List<IsisTlv> Tlvs { get; init; } = [];

    /// <summary>Octets behind the length that the PDU says: padding of the link.</summary>
    public byte[] Behind { get; set; } = [];

    /// <summary>Octets of a system identifier.</summary>
    protected int SystemIdLength => IdLength switch { 0 => 6, 255 => 0, var length => length };

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Discriminator = v.U8("Discriminator", Discriminator, FieldKind.Code);
        HeaderLength = v.U8("Header Length", HeaderLength);
        ProtocolVersion = v.U8("Protocol Version", ProtocolVersion, FieldKind.Code);
        IdLength = v.U8("ID Length", IdLength);
        Type = v.U8("PDU Type", Type, FieldKind.Code);
        Version = v.U8("Version", Version, FieldKind.Code);
        Reserved = v.U8("Reserved", Reserved, FieldKind.Reserved);
        MaxAreas = v.U8("Maximum Area Addresses", MaxAreas);
        Body(ref v);
        Behind = v.Rest("Behind", Behind);
    }

    /// <summary>The header of the kind and the TLVs.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    /// <summary>The TLVs, up to the end that the PDU says.</summary>
    protected void Rest<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct => v.Elements("TLVs", Tlvs, IsisTlv.Kinds);
}

/// <summary>A PDU of a type that is not known.</summary>
public sealed record UnknownPdu : IsisPdu
{
    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>Hello on a LAN, types 15 and 16 by level (ISO 10589 sections 9.5 and 9.6).</summary>
public sealed record LanHello : IsisPdu
{
    /// <summary>Level 1.</summary>
    public LanHello() => (Type, HeaderLength) = (15, 27);

    /// <summary>Levels of the circuit, in the two lowest bits: 1, 2, 3 for both.</summary>
    public byte CircuitType { get; set; } = 3;

    /// <summary>System that sends it.</summary>
    public byte[] Source { get; set; } = new byte[6];

    /// <summary>Seconds until a silent neighbour is gone.</summary>
    public ushort HoldingTime { get; set; } = 30;

    /// <summary>Priority in seven bits, to become the designated system.</summary>
    public byte Priority { get; set; } = 64;

    /// <summary>The LAN: designated system and a number.</summary>
    public byte[] Lan { get; set; } = new byte[7];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        CircuitType = v.U8("Circuit Type", CircuitType, FieldKind.Flags);
        Source = v.Bytes("Source ID", Source, SystemIdLength, FieldKind.Address);
        HoldingTime = v.U16("Holding Time", HoldingTime, FieldKind.Seconds);
        var pdu = v.Begin("PDU Length", 2, extra: 13 + SystemIdLength);
        Priority = v.U8("Priority", Priority);
        Lan = v.Bytes("LAN ID", Lan, SystemIdLength + 1, FieldKind.Address);
        Rest(ref v);
        v.End(pdu);
    }
}

/// <summary>Hello between two, type 17 (ISO 10589 section 9.7).</summary>
public sealed record PointToPointHello : IsisPdu
{
    /// <summary>Both levels.</summary>
    public PointToPointHello() => (Type, HeaderLength) = (17, 20);

    /// <summary>Levels of the circuit, in the two lowest bits: 1, 2, 3 for both.</summary>
    public byte CircuitType { get; set; } = 3;

    /// <summary>System that sends it.</summary>
    public byte[] Source { get; set; } = new byte[6];

    /// <summary>Seconds until a silent neighbour is gone.</summary>
    public ushort HoldingTime { get; set; } = 30;

    /// <summary>Number of the circuit.</summary>
    public byte Circuit { get; set; } = 1;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        CircuitType = v.U8("Circuit Type", CircuitType, FieldKind.Flags);
        Source = v.Bytes("Source ID", Source, SystemIdLength, FieldKind.Address);
        HoldingTime = v.U16("Holding Time", HoldingTime, FieldKind.Seconds);
        var pdu = v.Begin("PDU Length", 2, extra: 13 + SystemIdLength);
        Circuit = v.U8("Local Circuit ID", Circuit);
        Rest(ref v);
        v.End(pdu);
    }
}

/// <summary>Link state PDU, types 18 and 20 by level (ISO 10589 sections 9.8 and 9.9).</summary>
public sealed record LinkState : IsisPdu
{
    /// <summary>Level 1.</summary>
    public LinkState() => (Type, HeaderLength) = (18, 27);

    /// <summary>Seconds until it is too old; 0 purges it.</summary>
    public ushort RemainingLifetime { get; set; } = 1200;

    /// <summary>System, pseudonode and fragment.</summary>
    public byte[] Id { get; set; } = new byte[8];

    /// <summary>Sequence number.</summary>
    public uint Sequence { get; set; } = 1;

    /// <summary>The checksum when it is wrong; null to have the right one.</summary>
    public ushort? WrongChecksum { get; set; }

    /// <summary>Partition 0x80, attached 0x78, overload 4, level in the two lowest bits.</summary>
    public byte TypeBlock { get; set; } = 3;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var pdu = v.Begin("PDU Length", 2, extra: 10);
        RemainingLifetime = v.U16("Remaining Lifetime", RemainingLifetime, FieldKind.Seconds);
        var start = v.Here;
        Id = v.Bytes("LSP ID", Id, SystemIdLength + 2, FieldKind.Address);
        Sequence = v.U32("Sequence Number", Sequence, FieldKind.Sequence);
        WrongChecksum = v.Sum("Checksum", WrongChecksum, SumKind.Fletcher, start);
        TypeBlock = v.U8("Type Block", TypeBlock, FieldKind.Flags);
        Rest(ref v);
        v.End(pdu);
    }
}

/// <summary>Complete sequence numbers, types 24 and 25 by level (ISO 10589 sections 9.10 and 9.11).</summary>
public sealed record CompleteSequenceNumbers : IsisPdu
{
    /// <summary>Level 1.</summary>
    public CompleteSequenceNumbers() => (Type, HeaderLength) = (24, 33);

    /// <summary>System that sends it and circuit.</summary>
    public byte[] Source { get; set; } = new byte[7];

    /// <summary>First LSP of the range.</summary>
    public byte[] Start { get; set; } = new byte[8];

    /// <summary>Last LSP of the range.</summary>
    public byte[] End { get; set; } = [.. Enumerable.Repeat((byte)0xff, 8)];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var pdu = v.Begin("PDU Length", 2, extra: 10);
        Source = v.Bytes("Source ID", Source, SystemIdLength + 1, FieldKind.Address);
        Start = v.Bytes("Start LSP ID", Start, SystemIdLength + 2, FieldKind.Address);
        End = v.Bytes("End LSP ID", End, SystemIdLength + 2, FieldKind.Address);
        Rest(ref v);
        v.End(pdu);
    }
}

/// <summary>Partial sequence numbers, types 26 and 27 by level (ISO 10589 sections 9.12 and 9.13).</summary>
public sealed record PartialSequenceNumbers : IsisPdu
{
    /// <summary>Level 1.</summary>
    public PartialSequenceNumbers() => (Type, HeaderLength) = (26, 17);

    /// <summary>System that sends it and circuit.</summary>
    public byte[] Source { get; set; } = new byte[7];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var pdu = v.Begin("PDU Length", 2, extra: 10);
        Source = v.Bytes("Source ID", Source, SystemIdLength + 1, FieldKind.Address);
        Rest(ref v);
        v.End(pdu);
    }
}
