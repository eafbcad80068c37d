namespace OpenConfirm.Wire.Bgp;

/// <summary>OPEN (RFC 4271 section 4.2), with extended optional parameters length (RFC 9072 section 2).</summary>
public sealed record Open : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get => 1; set { } }

    /// <summary>Version.</summary>
    public byte Version { get; set; } = 4;

    /// <summary>AS number; 23456 when it needs four octets (RFC 6793 section 9).</summary>
    public ushort MyAs { get; set; }

    /// <summary>Hold time, seconds; 0 or at least 3.</summary>
    public ushort HoldTime { get; set; } = 90;

    /// <summary>BGP identifier.</summary>
    public Ip4 Identifier { get; set; }

    /// <summary>Lengths of two octets, for the parameters together and for each (RFC 9072).</summary>
    public bool IsExtended { get; set; }

    /// <summary>The octet where the length would be; 255 in an extended one, and anything but 0 is taken.</summary>
    public byte NonExtendedLength { get; set; } = 255;

    /// <summary>Optional parameters, in order.</summary>
    public List<OpenParameter> Parameters { get; init; } = [];

    /// <summary>All capabilities, in order, of whatever parameter.</summary>
    public IEnumerable<Capability> Capabilities => Parameters.OfType<CapabilitiesParameter>().SelectMany(p => p.Capabilities);

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Version = v.U8("Version", Version, FieldKind.Code);
        MyAs = v.U16("My Autonomous System", MyAs, FieldKind.AsNumber);
        HoldTime = v.U16("Hold Time", HoldTime, FieldKind.Seconds);
        Identifier = v.Ip4("BGP Identifier", Identifier);
        IsExtended = v.Ahead("Extended Parameters", IsExtended, static ahead => ahead is [not 0, 255, ..]);
        int parameters;
        if (IsExtended)
        {
            NonExtendedLength = v.U8("Non-Extended Length", NonExtendedLength, FieldKind.Reserved);
            v.Tag("Non-Extended Type", 255, 1, isKnown: true);
            parameters = v.Begin("Extended Optional Parameters Length", 2);
        }
        else
        {
            parameters = v.Begin("Optional Parameters Length", 1);
        }

        foreach (var parameter in Parameters)
            parameter.LengthSize = IsExtended ? 2 : 1;
        v.Elements("Optional Parameters", Parameters, IsExtended ? OpenParameter.ExtendedKinds : OpenParameter.Kinds);
        v.End(parameters);
    }
}

/// <summary>An optional parameter of OPEN (RFC 4271 section 4.2).</summary>
public abstract record OpenParameter : IWire
{
    /// <summary>All kinds, with lengths of one octet.</summary>
    public static Registry<OpenParameter> Kinds { get; } = Make(1);

    /// <summary>All kinds, with lengths of two octets (RFC 9072 section 2).</summary>
    public static Registry<OpenParameter> ExtendedKinds { get; } = Make(2);

    /// <summary>Its type.</summary>
    public abstract byte Type { get; set; }

    /// <summary>Octets of its length; it follows from the message that holds it.</summary>
    internal int LengthSize { get; set; } = 1;

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = (byte)v.Tag("Parameter Type", Type, 1, this is not UnknownParameter);
        var parameter = v.Begin("Parameter Length", LengthSize);
        Body(ref v);
        v.End(parameter);
    }

    /// <summary>What it holds.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    private static Registry<OpenParameter> Make(int lengthSize) => new(
        "optional parameter",
        (ahead, _) => ahead.IsEmpty ? -1 : ahead[0],
        new(-1, "UnknownParameter", "RFC 4271 section 4.2", () => new UnknownParameter { LengthSize = lengthSize }),
        new Kind<OpenParameter>(2, "Capabilities", "RFC 5492 section 4", () => new CapabilitiesParameter { LengthSize = lengthSize }));
}

/// <summary>Parameter 2: capabilities (RFC 5492 section 4).</summary>
public sealed record CapabilitiesParameter : OpenParameter
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>The capabilities, in order; one may come twice.</summary>
    public List<Capability> Capabilities { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.Elements("Capabilities", Capabilities, Capability.Kinds);
}

/// <summary>A parameter of another type: 1 was authentication (deprecated by RFC 4271).</summary>
public sealed record UnknownParameter : OpenParameter
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>Its value.</summary>
    public byte[] Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Value = v.Rest("Value", Value);
}
