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

    /// <summary>What the peer sent is no BGP.</summary>
    PeerWrong,

    /// <summary>The peer was silent for the hold time, or did not take what we sent.</summary>
    PeerSilent,
}

/// <summary>The end of a session.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Reason">In words.</param>
/// <param name="State">The state it was in.</param>
public sealed record BgpEnd(BgpEndKind Kind, string Reason, BgpState State);
