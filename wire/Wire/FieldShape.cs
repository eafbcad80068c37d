namespace OpenConfirm.Wire;

/// <summary>Of what form the value of a field is; <see cref="FieldKind"/> says what it means.</summary>
public enum FieldShape
{
    /// <summary>A number of so many bits.</summary>
    Number,

    /// <summary>The number that says of which kind an element is.</summary>
    Tag,

    /// <summary>A length; it follows from what it counts.</summary>
    Length,

    /// <summary>A count of elements; it follows from the list.</summary>
    Count,

    /// <summary>An IPv4 address.</summary>
    Ip4,

    /// <summary>An IPv6 address.</summary>
    Ip6,

    /// <summary>Octets.</summary>
    Octets,

    /// <summary>One prefix, without its length.</summary>
    Prefix,

    /// <summary>Prefixes, each with its length.</summary>
    Prefixes,

    /// <summary>Segments of AS numbers.</summary>
    AsPath,

    /// <summary>Numbers of so many bits each.</summary>
    Numbers,

    /// <summary>A checksum; it follows from what it sums up unless it is wrong.</summary>
    Checksum,

    /// <summary>A digest; it follows from the message and the session's key unless it is wrong.</summary>
    Digest,

    /// <summary>No field, but whether some are there.</summary>
    Choice,

    /// <summary>A list of elements.</summary>
    Elements,
}
