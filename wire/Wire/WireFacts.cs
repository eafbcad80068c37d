using System.Runtime.InteropServices;

namespace OpenConfirm.Wire;

/// <summary>An address family and a subsequent one (RFC 4760 section 3).</summary>
/// <param name="Afi">Address Family Identifier: 1 IPv4, 2 IPv6, 25 L2VPN.</param>
/// <param name="Safi">Subsequent Address Family Identifier: 1 unicast, 2 multicast, 4 labelled, 70 EVPN, 128 VPN, 133 flowspec.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Family(ushort Afi, byte Safi)
{
    /// <summary>IPv4 unicast.</summary>
    public static readonly Family Ipv4Unicast = new(1, 1);

    /// <summary>IPv6 unicast.</summary>
    public static readonly Family Ipv6Unicast = new(2, 1);

    /// <inheritdoc/>
    public override string ToString() => $"{Afi}/{Safi}";
}

/// <summary>What two speakers have agreed on and a message alone does not tell; it changes how the same octets are read.</summary>
public sealed record WireFacts
{
    /// <summary>What most sessions agree on: AS numbers of four octets, no path identifiers.</summary>
    public static WireFacts Default { get; } = new();

    /// <summary>The set of all families, for <see cref="AddPath"/>; it cannot be listed.</summary>
    public static IReadOnlySet<Family> EveryFamily { get; } = new EveryFamily();

    /// <summary>AS numbers in AS_PATH and AGGREGATOR have four octets (RFC 6793 section 4.1), else two.</summary>
    public bool FourOctetAs { get; init; } = true;

    /// <summary>Source of the IPv6 packet, which OSPFv3's checksum covers (RFC 5340 section A.3.1); null when it is not known.</summary>
    public Ip6? Source { get; init; }

    /// <summary>Destination of the IPv6 packet.</summary>
    public Ip6? Destination { get; init; }

    /// <summary>Key of digests (RFC 2328 section D, RFC 5304, RFC 5310, RFC 5709, RFC 7166); without one they are neither made nor judged.</summary>
    public AuthenticationKey? Key { get; init; }

    /// <summary>Families whose NLRI carry a path identifier in this direction (RFC 7911 section 3).</summary>
    public IReadOnlySet<Family> AddPath { get; init; } = new HashSet<Family>();
}
