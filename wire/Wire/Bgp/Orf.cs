namespace OpenConfirm.Wire.Bgp;

/// <summary>
/// ORF entries of one type in a ROUTE-REFRESH (RFC 5291 section 4). The form of an entry follows from the type, and that of a
/// prefix in it from the message's address family.
/// </summary>
public abstract record Orf : IWire
{
    private static readonly Registry<Orf> Ipv4 = Make(32);
    private static readonly Registry<Orf> Ipv6 = Make(128);

    /// <summary>All kinds, by ORF type, for an address family.</summary>
    public static Registry<Orf> KindsOf(ushort afi) => afi == 2 ? Ipv6 : Ipv4;

    /// <summary>ORF type.</summary>
    public abstract byte Type { get; set; }

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Type = (byte)v.Tag("ORF Type", Type, 1, this is not UnknownOrf);
        var entries = v.Begin("Length Of ORFs", 2);
        Body(ref v);
        v.End(entries);
    }

    /// <summary>The entries.</summary>
    protected abstract void Body<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;

    private static Registry<Orf> Make(int addressBits) => new(
        "ORF",
        (ahead, _) => ahead.IsEmpty ? -1 : ahead[0],
        new(-1, "UnknownOrf", "RFC 5291 section 4", () => new UnknownOrf()),
        new Kind<Orf>(64, "PrefixOrf", "RFC 5292 section 3", () => new PrefixOrf { AddressBits = addressBits }),

        // The number that routers had chosen among those for vendors (RFC 5291 section 8) before 64 was assigned.
        new Kind<Orf>(128, "VendorPrefixOrf", "RFC 5292 section 3", () => new VendorPrefixOrf { AddressBits = addressBits }))
    {
        Accepts = filters => filters is not PrefixFilters prefixes || prefixes.AddressBits == addressBits,
    };
}

/// <summary>Entries of a type that is not known.</summary>
public sealed record UnknownOrf : Orf
{
    /// <inheritdoc/>
    public override byte Type { get; set; }

    /// <summary>The entries.</summary>
    public byte[] Entries { get; set; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v) => Entries = v.Rest("Entries", Entries);
}

/// <summary>Filters by prefix (RFC 5292).</summary>
public abstract record PrefixFilters : Orf
{
    private static readonly Sole<OrfEntry> Ipv4 = new("Entry", () => new() { AddressBits = 32 });
    private static readonly Sole<OrfEntry> Ipv6 = new("Entry", () => new() { AddressBits = 128 });

    /// <summary>Bits of an address: 32, or 128 where the message is of IPv6.</summary>
    public int AddressBits { get; init; } = 32;

    /// <summary>The filters, in order.</summary>
    public List<OrfEntry> Entries { get; init; } = [];

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        foreach (var entry in Entries)
            entry.AddressBits = AddressBits;
        v.Elements("Entries", Entries, AddressBits == 128 ? Ipv6 : Ipv4);
    }
}

/// <summary>Type 64: filters by prefix (RFC 5292 section 2).</summary>
public sealed record PrefixOrf : PrefixFilters
{
    /// <inheritdoc/>
    public override byte Type { get => 64; set { } }
}

/// <summary>Type 128: the same under the number of old.</summary>
public sealed record VendorPrefixOrf : PrefixFilters
{
    /// <inheritdoc/>
    public override byte Type { get => 128; set { } }
}

/// <summary>A filter: what all ORF entries have (RFC 5291 section 4) and a range of prefixes (RFC 5292 section 3).</summary>
public sealed record OrfEntry : IWire
{
    /// <summary>The action of an entry that has nothing behind its first octet: all filters of the type go.</summary>
    public const byte RemoveAll = 2;

    /// <summary>Bits of an address; they follow from the filters that hold this one.</summary>
    internal int AddressBits { get; set; } = 32;

    /// <summary>Two bits: 0 add, 1 remove, 2 remove all.</summary>
    public byte Action { get; set; }

    /// <summary>One bit: routes that match are denied, not permitted.</summary>
    public bool IsDeny { get; set; }

    /// <summary>Five bits, to be zero.</summary>
    public byte Reserved { get; set; }

    /// <summary>Place among the filters; the lowest that matches decides.</summary>
    public uint Sequence { get; set; }

    /// <summary>Shortest prefix that matches, bits; 0 where it is not said.</summary>
    public byte MinLength { get; set; }

    /// <summary>Longest prefix that matches, bits; 0 where it is not said.</summary>
    public byte MaxLength { get; set; }

    /// <summary>What covers all that matches.</summary>
    public Prefix Prefix { get; set; }

    /// <inheritdoc/>
    public void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct
    {
        Action = (byte)v.Bits("Action", Action, 2, FieldKind.Code);
        IsDeny = v.Bits("Match", IsDeny ? 1u : 0, 1, FieldKind.Code) != 0;
        Reserved = (byte)v.Bits("Reserved", Reserved, 5, FieldKind.Reserved);
        if (Action == RemoveAll)
            return;
        Sequence = v.U32("Sequence", Sequence, FieldKind.Sequence);
        MinLength = v.U8("Minlen", MinLength);
        MaxLength = v.U8("Maxlen", MaxLength);
        var bits = v.BitLength("Length", Prefix.Length);
        Prefix = v.Prefix("Prefix", Prefix, AddressBits, bits);
    }
}
