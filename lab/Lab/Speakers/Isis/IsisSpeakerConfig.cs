using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <summary>How an IS-IS speaker of ours behaves; it speaks one level.</summary>
public sealed record IsisSpeakerConfig
{
    /// <summary>Our system identifier, six octets.</summary>
    public required byte[] System { get; init; }

    /// <summary>Our area.</summary>
    public byte[] Area { get; init; } = [0x49, 0, 1];

    /// <summary>1 or 2.</summary>
    public int Level { get; init; } = 2;

    /// <summary>The link is one between two, with three-way adjacencies (RFC 5303), not a LAN.</summary>
    public bool IsPointToPoint { get; init; } = true;

    /// <summary>Seconds between hellos.</summary>
    public double HelloInterval { get; init; } = 1;

    /// <summary>Seconds until we are gone when we are silent.</summary>
    public ushort HoldingTime { get; init; } = 10;

    /// <summary>Priority to become the designated system of a LAN.</summary>
    public byte Priority { get; init; }

    /// <summary>Cost of the link.</summary>
    public uint Metric { get; init; } = 10;

    /// <summary>Octets of a PDU at most.</summary>
    public int LargestPdu { get; init; } = 1492;

    /// <summary>Seconds until what was not acknowledged is sent again, and between complete sequence numbers of a designated system.</summary>
    public double RetransmitInterval { get; init; } = 2;

    /// <summary>Key that our PDUs are signed with, and without whose digest none is taken; null for none.</summary>
    public AuthenticationKey? Key { get; init; }

    /// <summary>Octets that the LSPs take which are kept; a neighbour that floods more ends the speaker.</summary>
    public long DatabaseBytes { get; init; } = 64 << 20;

    /// <summary>Octets of frames that wait for the link to take them; more end the speaker.</summary>
    public long QueueBytes { get; init; } = 4 << 20;

    /// <summary>Seconds until an LSP that came to its last sequence number begins again: MaxAge and ZeroAgeLifetime (ISO 10589 section 7.3.16.1).</summary>
    public double SequenceRestartDelay { get; init; } = 1260;

    /// <summary>Seconds after which our own LSPs are made anew (ISO 10589 section 7.3.21).</summary>
    public double RefreshInterval { get; init; } = 900;
}
