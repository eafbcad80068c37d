using System.Net;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <summary>How a BGP speaker of ours behaves.</summary>
public sealed record BgpSpeakerConfig
{
    /// <summary>Our address.</summary>
    public required IPAddress Local { get; init; }

    /// <summary>The peer's.</summary>
    public required IPAddress Peer { get; init; }

    /// <summary>TCP port of the peer, or ours when we wait for it.</summary>
    public int Port { get; init; } = 179;

    /// <summary>Our AS.</summary>
    public required uint As { get; init; }

    /// <summary>Our identifier.</summary>
    public required Ip4 Identifier { get; init; }

    /// <summary>We wait for the peer to connect.</summary>
    public bool IsPassive { get; init; }

    /// <summary>Hold time that we offer, seconds; 0 for none.</summary>
    public ushort HoldTime { get; init; } = 90;

    /// <summary>Key of TCP's MD5 option (RFC 2385), or null.</summary>
    public string? Password { get; init; }

    /// <summary>Families that we offer.</summary>
    public IReadOnlyList<Family> Families { get; init; } = [Family.Ipv4Unicast, Family.Ipv6Unicast];

    /// <summary>AS numbers of four octets (RFC 6793).</summary>
    public bool FourOctetAs { get; init; } = true;

    /// <summary>Families in which we send and take path identifiers (RFC 7911).</summary>
    public IReadOnlyList<Family> AddPath { get; init; } = [];

    /// <summary>More capabilities, behind those that follow from the above.</summary>
    public IReadOnlyList<Capability> Capabilities { get; init; } = [];

    /// <summary>An OPEN to send instead of the one that follows from the above.</summary>
    public Open? Open { get; init; }

    /// <summary>Octets that may wait for the peer to take them.</summary>
    public int QueueBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Seconds after which a peer that takes none of the octets that wait has stalled (RFC 9687); null for the hold time that both
    /// have agreed on, and 90 when that is none.
    /// </summary>
    public double? StallTime { get; init; }

    /// <summary>Seconds in which a connection must come about, and in which the peer must say OPEN (RFC 4271 section 8.2.2 proposes four minutes).</summary>
    public int OpenTime { get; init; } = 20;

    /// <summary>A connection that is refused, or dropped before the peer has said anything, is tried again within <see cref="OpenTime"/>.</summary>
    public bool IsPatient { get; init; } = true;

    /// <summary>The OPEN that we send.</summary>
    public Open MakeOpen()
    {
        if (Open is not null)
            return Open;
        var capabilities = new List<Capability>();
        foreach (var family in Families)
            capabilities.Add(new Multiprotocol { Afi = family.Afi, Safi = family.Safi });
        capabilities.Add(new RouteRefreshCapability());
        if (FourOctetAs)
            capabilities.Add(new FourOctetAs { As = As });
        if (AddPath.Count > 0)
            capabilities.Add(new AddPath { Families = [.. AddPath.Select(f => new AddPath.Entry { Afi = f.Afi, Safi = f.Safi })] });
        capabilities.AddRange(Capabilities);
        const ushort AsTrans = 23456;
        return new Open
        {
            MyAs = As <= ushort.MaxValue ? (ushort)As : AsTrans,
            HoldTime = HoldTime,
            Identifier = Identifier,
            Parameters = [new CapabilitiesParameter { Capabilities = capabilities }],
        };
    }
}
