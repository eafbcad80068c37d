namespace OpenConfirm.Wire.Bgp;

/// <summary>UPDATE (RFC 4271 section 4.3).</summary>
public sealed record Update : BgpMessage
{
    /// <inheritdoc/>
    public override byte Type { get => 2; set { } }

    /// <summary>IPv4 prefixes that are withdrawn.</summary>
    public PrefixList Withdrawn { get; set; }

    /// <summary>Path attributes, in order; one may come twice.</summary>
    public List<PathAttribute> Attributes { get; init; } = [];

    /// <summary>IPv4 prefixes that have these attributes.</summary>
    public PrefixList Nlri { get; set; }

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        var format = PathAttribute.FormatOf(v.Facts, Family.Ipv4Unicast);
        var withdrawn = v.Begin("Withdrawn Routes Length", 2);
        Withdrawn = v.Prefixes("Withdrawn Routes", Withdrawn, format);
        v.End(withdrawn);
        var attributes = v.Begin("Total Path Attribute Length", 2);
        v.Elements("Path Attributes", Attributes, PathAttribute.Kinds);
        v.End(attributes);
        Nlri = v.Prefixes("NLRI", Nlri, format);
    }
}
