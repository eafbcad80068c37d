namespace OpenConfirm.Wire.Bgp;

/// <summary>A BGP message: marker, length, type (RFC 4271 section 4.1).</summary>
public abstract record BgpMessage : IWire
{
    /// <summary>Octets of the header.</summary>
    public const int HeaderLength = 19;

    /// <summary>All kinds, by type.</summary>
    public static Registry<BgpMessage> Kinds { get; } = new(
        "BGP message",
        (ahead, _) => ahead.Length < HeaderLength ? -1 : ahead[HeaderLength - 1],
        new(-1, "UnknownMessage", "RFC 4271 section 4.1", () => new UnknownMessage()),
        new(1, "Open", "RFC 4271 section 4.2", () => new Open()),
        new(2, "Update", "RFC 4271 section 4.3", () => new Update()),
        new(3, "Notification", "RFC 4271 section 4.5", () => new Notification()),
        new(4, "Keepalive", "RFC 4271 section 4.4", () => new Keepalive()),
        new(5, "RouteRefresh", "RFC 2918 section 3", () => new RouteRefresh()),
        new(6, "DynamicCapability", "draft-ietf-idr-dynamic-cap-02 section 4", () => new DynamicCapability()));

    /// <summary>Length of the message that a stream goes on with, as it says; null when its header has not come yet.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> stream) => stream.Length < HeaderLength ? null : stream[16] << 8 | stream[17];

    /// <summary>Sixteen octets of ones.</summary>
    public byte[] Marker { get; set; } = [.. Enumerable.Repeat((byte)0xff, 16)];

    /// <summary>Its type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Octets behind all that the message is defined to hold.</summary>
    public byte[] Trailing { get; set; } = [];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Marker = v.Bytes("Marker", Marker, 16, FieldKind.Marker);
        var message = v.Begin("Length", 2, extra: 18);
        Type = (byte)v.Tag("Type", Type, 1, this is not UnknownMessage);
        Body(ref v);
        Trailing = v.Rest("Trailing", Trailing);
        v.End(message);
    }

    /// <summary>What stands between header and end.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}

/// <summary>A message of a type that is not known.</summary>
public sealed record UnknownMessage : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its content.</summary>
    public byte[] Data { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Data = v.Rest("Data", Data);
}

/// <summary>KEEPALIVE: the header alone (RFC 4271 section 4.4).</summary>
public sealed record Keepalive : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get => 4; set { } }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
    }
}

/// <summary>
/// NOTIFICATION (RFC 4271 section 4.5). With Cease, subcodes 2 and 4, the data is a length and a text for people
/// (RFC 9003 section 2); it is kept as data, and <see cref="Text"/> reads it.
/// </summary>
public sealed record Notification : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get => 3; set { } }

    /// <summary>Error code.</summary>
    public byte Code { get; set; } = 6;

    /// <summary>Error subcode.</summary>
    public byte Subcode { get; set; }

    /// <summary>What it is about.</summary>
    public byte[] Data { get; set; } = [];

    /// <summary>The shutdown communication, or null when the data is none.</summary>
    public string? Text => Code == 6 && Subcode is 2 or 4 && Data.Length > 0 && Data[0] < Data.Length
        ? System.Text.Encoding.UTF8.GetString(Data, 1, Data[0])
        : null;

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Code = v.U8("Error Code", Code, FieldKind.Code);
        Subcode = v.U8("Error Subcode", Subcode, FieldKind.Code);
        Data = v.Rest("Data", Data);
    }
}

/// <summary>
/// ROUTE-REFRESH (RFC 2918 section 3); the octet between the families is its subtype (RFC 7313 section 3.2: 1 BoRR,
/// 2 EoRR). What may follow are ORF entries (RFC 5291 section 4).
/// </summary>
public sealed record RouteRefresh : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get => 5; set { } }

    /// <summary>Address family.</summary>
    public ushort Afi { get; set; } = 1;

    /// <summary>Message subtype.</summary>
    public byte Subtype { get; set; }

    /// <summary>Subsequent address family.</summary>
    public byte Safi { get; set; } = 1;

    /// <summary>There are ORF entries.</summary>
    public bool HasOrf { get; set; }

    /// <summary>When to refresh: 1 immediately, 2 deferred.</summary>
    public byte When { get; set; } = 1;

    /// <summary>ORF entries, those of one type together.</summary>
    public List<Orf> Orfs { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Afi = v.U16("AFI", Afi, FieldKind.Code);
        Subtype = v.U8("Subtype", Subtype, FieldKind.Code);
        Safi = v.U8("SAFI", Safi, FieldKind.Code);
        HasOrf = v.Ahead("ORF", HasOrf, static ahead => !ahead.IsEmpty);
        if (!HasOrf)
            return;
        When = v.U8("When To Refresh", When, FieldKind.Code);
        v.Elements("ORFs", Orfs, Orf.KindsOf(Afi));
    }
}

/// <summary>
/// CAPABILITY: changes capabilities of a session that is up. This is the form that speakers use
/// (draft-ietf-idr-dynamic-cap-02 section 4); later drafts have sequence numbers.
/// </summary>
public sealed record DynamicCapability : BgpMessage
{
    private static readonly Sole<Change> Kind = new("Change");

    /// <inheritdoc/>
    public override byte Type { get => 6; set { } }

    /// <summary>What changes.</summary>
    public List<Change> Changes { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Changes", Changes, Kind);

    /// <summary>One change.</summary>
    public sealed record Change : IWire
    {
        /// <summary>0 the capability is there from now on, 1 it is not.</summary>
        public byte Action { get; set; }

        /// <summary>The capability; one.</summary>
        public List<Capability> Capability { get; init; } = [];

        /// <inheritdoc/>
        public void Walk<TVisitor>(ref TVisitor v)
            where TVisitor : struct, IVisitor, allows ref struct
        {
            Action = v.U8("Action", Action, FieldKind.Code);
            v.Elements("Capability", Capability, Bgp.Capability.Kinds, count: 1);
        }
    }
}
