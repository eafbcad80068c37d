namespace OpenConfirm.Wire.Bgp;

/// <summary>A route of a family that is more than plain prefixes; with a path identifier where the session has them (RFC 7911 section 3).</summary>
public abstract record Nlri : IWire
{
    private static readonly Dictionary<(Family Family, bool IsWithdrawal), IChoice<Nlri>> Choices = MakeChoices();

    /// <summary>The family.</summary>
    public Family Family { get; init; }

    /// <summary>Path identifier, where the session has them.</summary>
    public uint PathId { get; set; }

    /// <summary>Bits of the family's addresses.</summary>
    protected int AddressBits => Family.Afi == 2 ? 128 : 32;

    /// <summary>It stands among what is withdrawn.</summary>
    internal bool IsWithdrawal { get; set; }

    /// <summary>What routes of a family look like; null for families of plain prefixes and for those that are not known.</summary>
    public static IChoice<Nlri>? Choice(Family family, bool isWithdrawal = false) => family is { Afi: 25, Safi: 70 }
        ? EvpnRoute.Kinds
        : Choices.GetValueOrDefault((family, isWithdrawal));

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        if (v.Facts.AddPath.Contains(Family))
            PathId = v.U32("Path Identifier", PathId);
        Body(ref v);
    }

    /// <summary>What comes behind the path identifier.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    private static Dictionary<(Family Family, bool IsWithdrawal), IChoice<Nlri>> MakeChoices()
    {
        var choices = new Dictionary<(Family Family, bool IsWithdrawal), IChoice<Nlri>>();
        foreach (var (afi, isWithdrawal) in ((ushort, bool)[])[(1, false), (1, true), (2, false), (2, true)])
        {
            Add(4, "Labelled", family => new LabelledNlri { Family = family, IsWithdrawal = isWithdrawal });
            Add(128, "Vpn", family => new VpnNlri { Family = family, IsWithdrawal = isWithdrawal });
            Add(133, "FlowSpec", family => new FlowSpec { Family = family });
            Add(134, "FlowSpec", family => new FlowSpec { Family = family });

            void Add<T>(byte safi, string kind, Func<Family, T> create)
                where T : Nlri
            {
                var family = new Family(afi, safi);
                choices.Add((family, isWithdrawal), new Only<T>(kind, family, () => create(family)));
            }
        }

        return choices;
    }

    private sealed class Only<T>(string kind, Family family, Func<T> create) : IChoice<Nlri>
        where T : Nlri
    {
        public IReadOnlyList<string> Names { get; } = [kind];

        public Nlri Next(ReadOnlySpan<byte> ahead, WireFacts facts) => create();

        public Nlri? Named(string name) => name == kind ? create() : null;

        public string NameOf(Nlri element) => kind;

        public bool Holds(Nlri element) => element is T && element.Family == family;
    }
}

/// <summary>A prefix with MPLS labels (RFC 8277 section 2).</summary>
public sealed record LabelledNlri : Nlri
{
    /// <summary>Labels of 24 bits with traffic class and the mark of the last; 0x800000 withdraws (RFC 8277 section 2.4).</summary>
    public uint[] Labels { get; set; } = [];

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var bits = v.BitLength("Length", (24 * Labels.Length) + Prefix.Length);
        Labels = v.Labels("Labels", Labels, IsWithdrawal);
        Prefix = v.Prefix("Prefix", Prefix, AddressBits, bits - (24 * Labels.Length));
    }
}

/// <summary>A prefix of a VPN: labels, route distinguisher, prefix (RFC 4364 section 4.3.4).</summary>
public sealed record VpnNlri : Nlri
{
    /// <summary>Labels, as in <see cref="LabelledNlri"/>.</summary>
    public uint[] Labels { get; set; } = [];

    /// <summary>Route distinguisher: type in the highest two octets (RFC 4364 section 4.2).</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var bits = v.BitLength("Length", (24 * Labels.Length) + 64 + Prefix.Length);
        Labels = v.Labels("Labels", Labels, IsWithdrawal);
        Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        Prefix = v.Prefix("Prefix", Prefix, AddressBits, bits - (24 * Labels.Length) - 64);
    }
}

/// <summary>A rule for packets (RFC 8955 section 4, RFC 8956 section 3); with a route distinguisher in a VPN (SAFI 134).</summary>
public sealed record FlowSpec : Nlri
{
    /// <summary>The length has two octets; it must from 240 on, or cannot be written.</summary>
    public bool IsLong { get; set; }

    /// <summary>Route distinguisher, in a VPN.</summary>
    public ulong Distinguisher { get; set; }

    /// <summary>What a packet must be like; types are to come in ascending order.</summary>
    public List<FlowComponent> Components { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        IsLong = v.Ahead("Long", IsLong, static ahead => ahead is [>= 0xf0, ..]);
        var rule = v.Begin("Length", IsLong ? 12 : 11);
        if (Family.Safi == 134)
            Distinguisher = v.U64("Route Distinguisher", Distinguisher, FieldKind.Flags);
        v.Elements("Components", Components, FlowComponent.KindsOf(Family.Afi));
        v.End(rule);
    }
}

/// <summary>One condition of a rule (RFC 8955 section 4.2.2).</summary>
public abstract record FlowComponent : IWire
{
    private static readonly Registry<FlowComponent> Ipv4 = Make("flow component of IPv4", () => new FlowPrefix());
    private static readonly Registry<FlowComponent> Ipv6 = Make("flow component of IPv6", () => new FlowPrefix6());

    /// <summary>Type.</summary>
    public byte Type { get; set; }

    /// <summary>All kinds, for an address family.</summary>
    public static Registry<FlowComponent> KindsOf(ushort afi) => afi == 2 ? Ipv6 : Ipv4;

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = (byte)v.Tag("Type", Type, 1, isKnown: false);
        Body(ref v);
    }

    /// <summary>What it compares with.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    // Types 1 and 2 are prefixes, all others lists of operators and values, those to come too.
    private static Registry<FlowComponent> Make(string name, Func<FlowComponent> prefix) => new(
        name,
        (ahead, _) => ahead is [1 or 2, ..] ? 1 : -1,
        new(-1, "Operators", "RFC 8955 section 4.2.1.1", () => new FlowOperators { Type = 3 }),
        new Kind<FlowComponent>(1, "Prefix", "RFC 8955 section 4.2.2.1", prefix));
}

/// <summary>Destination or source prefix, IPv4 (RFC 8955 sections 4.2.2.1 and 4.2.2.2).</summary>
public sealed record FlowPrefix : FlowComponent
{
    /// <summary>Destination.</summary>
    public FlowPrefix() => Type = 1;

    /// <summary>The prefix.</summary>
    public Prefix Prefix { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var bits = v.BitLength("Prefix Length", Prefix.Length);
        Prefix = v.Prefix("Prefix", Prefix, 32, bits);
    }
}

/// <summary>Destination or source prefix, IPv6: bits from an offset on (RFC 8956 section 3.1).</summary>
public sealed record FlowPrefix6 : FlowComponent
{
    /// <summary>Destination.</summary>
    public FlowPrefix6() => Type = 1;

    /// <summary>Where the prefix ends, bits.</summary>
    public byte Length { get; set; }

    /// <summary>Where the pattern begins, bits.</summary>
    public byte Offset { get; set; }

    /// <summary>The bits between, at the high end.</summary>
    public byte[] Pattern { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Length = v.U8("Prefix Length", Length);
        Offset = v.U8("Prefix Offset", Offset);
        Pattern = v.Bytes("Pattern", Pattern, Length < Offset ? -1 : (Length - Offset + 7) / 8);
    }
}

/// <summary>A list of operators and values (RFC 8955 section 4.2.1.1).</summary>
public sealed record FlowOperators : FlowComponent
{
    private static readonly Sole<FlowOperator> Kinds = new("Operator");

    /// <summary>The list; the last one has its highest bit set.</summary>
    public List<FlowOperator> Operators { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => v.ElementsUntil("Operators", Operators, Kinds, static o => (o.Operator & 0x80) != 0);
}

/// <summary>An operator and its value.</summary>
public sealed record FlowOperator : IWire
{
    /// <summary>0x80 the last, 0x40 and, 0x30 the value's octets as a power of two; the rest depends on the type.</summary>
    public byte Operator { get; set; } = 0x81;

    /// <summary>The value.</summary>
    public byte[] Value { get; set; } = [0];

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Operator = v.U8("Operator", Operator, FieldKind.Flags);
        Value = v.Bytes("Value", Value, 1 << (Operator >> 4 & 3));
    }
}
