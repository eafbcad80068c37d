namespace OpenConfirm.Wire;

/// <summary>What a field means, for printing it, and for knowing which wrong values are worth a try.</summary>
public enum FieldKind
{
    /// <summary>A number of no other kind.</summary>
    Number,

    /// <summary>A number from a registry (type, code, address family, protocol).</summary>
    Code,

    /// <summary>Bits that each mean something.</summary>
    Flags,

    /// <summary>A length in octets of what follows it; written by the writer.</summary>
    Length,

    /// <summary>How many elements follow.</summary>
    Count,

    /// <summary>A checksum or digest; written by the writer.</summary>
    Checksum,

    /// <summary>To be sent as zero and ignored.</summary>
    Reserved,

    /// <summary>Octets that are all ones unless somebody is at fault.</summary>
    Marker,

    /// <summary>An autonomous system's number.</summary>
    AsNumber,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A preference or cost.</summary>
    Metric,

    /// <summary>A sequence number.</summary>
    Sequence,

    /// <summary>An IPv4 or IPv6 address, or an identifier that is written like one.</summary>
    Address,

    /// <summary>A community, written as two numbers of 16 bits.</summary>
    Community,

    /// <summary>Prefixes, each with its length in bits.</summary>
    Prefixes,

    /// <summary>Segments of AS numbers.</summary>
    AsPath,

    /// <summary>Text; UTF-8 where it is text at all.</summary>
    Text,

    /// <summary>Octets of no other kind.</summary>
    Bytes,
}
