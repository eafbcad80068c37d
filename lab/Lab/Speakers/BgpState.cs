using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <summary>State of a BGP session (RFC 4271 section 8.2.2).</summary>
public enum BgpState
{
    /// <summary>Nothing goes on.</summary>
    Idle,

    /// <summary>A TCP connection is being made.</summary>
    Connect,

    /// <summary>The peer is waited for.</summary>
    Active,

    /// <summary>Our OPEN is out.</summary>
    OpenSent,

    /// <summary>Both OPENs have come; the peer's KEEPALIVE is waited for.</summary>
    OpenConfirm,

    /// <summary>Routes are exchanged.</summary>
    Established,
}

/// <summary>Why a session ended.</summary>
public enum BgpEndKind
{
    /// <summary>We ended it.</summary>
    Closed,

    /// <summary>The peer said NOTIFICATION.</summary>
    PeerNotified,

    /// <summary>The peer closed the connection.</summary>
    PeerClosed,

    /// <summary>The peer reset the connection, or refused it.</summary>
    PeerReset,

    /// <summary>What the peer sent is no BGP (RFC 4271 section 6).</summary>
    PeerWrong,

    /// <summary>The peer was silent for the hold time, or did not finish the opening in time.</summary>
    PeerSilent,

    /// <summary>The peer did not take what we sent (RFC 9687), or more was given to be sent than may wait.</summary>
    PeerStalled,

    /// <summary>Our own code failed: what it threw is in <see cref="BgpEnd.Fault"/>.</summary>
    Failed,
}

/// <summary>The end of a session.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Reason">In words; what the peer has written in it is not escaped.</param>
/// <param name="State">The state it was in.</param>
public sealed record BgpEnd(BgpEndKind Kind, string Reason, BgpState State)
{
    /// <summary>The peer's NOTIFICATION, or null.</summary>
    public Notification? Received { get; init; }

    /// <summary>Our NOTIFICATION; null when there was none, or no room for it on the connection.</summary>
    public Notification? Sent { get; init; }

    /// <summary>What our own code threw, or null.</summary>
    public Exception? Fault { get; init; }
}
