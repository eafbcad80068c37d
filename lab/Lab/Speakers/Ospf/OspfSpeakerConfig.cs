using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>How an OSPF speaker of ours behaves, in either version.</summary>
public sealed record OspfSpeakerConfig
{
    /// <summary>3 for IPv6 (RFC 5340), else 2 (RFC 2328).</summary>
    public int Version { get; init; } = 2;

    /// <summary>Our identifier.</summary>
    public required Ip4 Router { get; init; }

    /// <summary>The area.</summary>
    public Ip4 Area { get; init; }

    /// <summary>The link is one between two, not a LAN.</summary>
    public bool IsPointToPoint { get; init; } = true;

    /// <summary>Seconds between hellos.</summary>
    public ushort HelloInterval { get; init; } = 1;

    /// <summary>Seconds until a silent neighbour is dead; on a LAN as well how long an election waits.</summary>
    public ushort DeadInterval { get; init; } = 4;

    /// <summary>Seconds until what was not acknowledged is sent again.</summary>
    public double RetransmitInterval { get; init; } = 1;

    /// <summary>Priority to become the designated router; 0 never to.</summary>
    public byte Priority { get; init; }

    /// <summary>Options: external routes; of OSPFv3 IPv6 and a router besides.</summary>
    public uint Options => Version == 2 ? 0x02u : 0x13u;

    /// <summary>We have external routes, or may have some: said later, it would take another router LSA, which nobody takes within a second of the one before.</summary>
    public bool IsBoundary { get; init; } = true;

    /// <summary>Cost of the link.</summary>
    public ushort Cost { get; init; } = 10;

    /// <summary>Largest IP packet of the link, octets.</summary>
    public ushort Mtu { get; init; } = 1500;

    /// <summary>Instance on the link (OSPFv3).</summary>
    public byte Instance { get; init; }

    /// <summary>Key that our packets are signed with, and without whose digest none is taken; null for none.</summary>
    public AuthenticationKey? Key { get; init; }

    /// <summary>Octets that the LSAs take which are kept; a neighbour that floods more ends the speaker.</summary>
    public long DatabaseBytes { get; init; } = 64 << 20;

    /// <summary>Octets of frames that wait for the link to take them; more end the speaker.</summary>
    public long QueueBytes { get; init; } = 4 << 20;

    /// <summary>Seconds after which our own LSAs are made anew (RFC 2328 section B, LSRefreshTime).</summary>
    public double RefreshInterval { get; init; } = 1800;
}
