namespace OpenConfirm.Wire;

/// <summary>
/// Answers what a field shall be from now on. <see cref="Mutator"/> asks it for fields of a model, <see cref="EncodedMessage"/>
/// for those of its octets. What it does not define stays as it is.
/// </summary>
public interface IMutation
{
    /// <summary>A number; what is beyond the leaf's width is cut off.</summary>
    ulong Number(Leaf leaf, ulong value) => value;

    /// <summary>An IPv4 address or an identifier that is written like one.</summary>
    Ip4 Ip4(Leaf leaf, Ip4 value) => value;

    /// <summary>An IPv6 address.</summary>
    Ip6 Ip6(Leaf leaf, Ip6 value) => value;

    /// <summary>Octets or text. The array itself is left as it is.</summary>
    byte[] Octets(Leaf leaf, byte[] value) => value;

    /// <summary>A prefix without its length, which is written before it; its address has as many bits as the leaf is wide.</summary>
    Prefix Prefix(Leaf leaf, Prefix value) => value;

    /// <summary>Prefixes.</summary>
    PrefixList Prefixes(Leaf leaf, PrefixList value) => value;

    /// <summary>AS path segments.</summary>
    AsPath AsPath(Leaf leaf, AsPath value) => value;

    /// <summary>Numbers as wide as the leaf. The array itself is left as it is.</summary>
    ulong[] Numbers(Leaf leaf, ulong[] value) => value;

    /// <summary>A checksum: null to have the right one.</summary>
    ushort? Checksum(Leaf leaf, ushort? value) => value;

    /// <summary>A digest: null to have the right one. The array itself is left as it is.</summary>
    byte[]? Digest(Leaf leaf, byte[]? value) => value;

    /// <summary>Whether some fields are there.</summary>
    bool Choice(Leaf leaf, bool value) => value;

    /// <summary>A list of elements.</summary>
    void Elements<T>(Leaf leaf, ElementList<T> list)
        where T : class, IWire
    {
    }
}
