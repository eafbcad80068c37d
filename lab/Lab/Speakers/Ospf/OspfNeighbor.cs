namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>State of an OSPF neighbour (RFC 2328 section 10.1).</summary>
public enum OspfNeighborState
{
    /// <summary>It was heard, and has not heard us.</summary>
    Init,

    /// <summary>Both hear each other, and need no more of each other.</summary>
    TwoWay,

    /// <summary>Who leads the exchange is found out.</summary>
    ExStart,

    /// <summary>Databases are described.</summary>
    Exchange,

    /// <summary>What is missing is asked for.</summary>
    Loading,

    /// <summary>Databases are the same.</summary>
    Full,
}

/// <summary>A neighbour, as the speaker keeps it; only on the loop's thread.</summary>
internal sealed class OspfNeighbor
{
    public required uint Router { get; init; }

    public required UInt128 Address { get; set; }

    public required byte[] Mac { get; set; }

    /// <summary>Its name on a LAN.</summary>
    public required uint Name { get; init; }

    public uint Interface { get; set; }

    public byte Priority { get; set; }

    public uint Designated { get; set; }

    public uint Backup { get; set; }

    public OspfNeighborState State { get; set; }

    public bool IsMaster { get; set; }

    public uint Sequence { get; set; }

    /// <summary>Headers that are still to be described.</summary>
    public Queue<byte[]> ToDescribe { get; } = [];

    /// <summary>Our last description, as a packet, and whether it said that more follow.</summary>
    public byte[]? Description { get; set; }

    public bool SaidMore { get; set; }

    public bool PeerSaidMore { get; set; }

    /// <summary>The last description of the neighbour's that was handled.</summary>
    public DescriptionInfo? LastDescription { get; set; }

    /// <summary>What it has and we want.</summary>
    public Dictionary<LsaKey, byte[]> Requests { get; } = [];

    /// <summary>Those of them that it was asked for, and that have not come.</summary>
    public HashSet<LsaKey> Asked { get; } = [];

    /// <summary>What it has not acknowledged.</summary>
    public Dictionary<LsaKey, byte[]> Unacknowledged { get; } = [];

    /// <summary>What was sent, in that order, and when it is sent again unless it is acknowledged until then.</summary>
    public Queue<(long DueAt, LsaKey Key, byte[] Lsa)> Sent { get; } = [];

    /// <summary>What it alone is to be sent: what it asked for, what it has not acknowledged.</summary>
    public LatestQueue<LsaKey> ToSend { get; } = new();

    /// <summary>Headers that it described in this exchange, and descriptions that held none.</summary>
    public long Described { get; set; }

    public int EmptyDescriptions { get; set; }

    /// <summary>All that is kept for it.</summary>
    public int Kept => ToDescribe.Count + Requests.Count + Unacknowledged.Count + Sent.Count + ToSend.Count;

    public long DeadAt { get; set; }

    /// <summary>When our description or request is sent again.</summary>
    public long AgainAt { get; set; } = long.MaxValue;

    public long ResendAt => Sent.TryPeek(out var first) ? first.DueAt : long.MaxValue;

    public void Forget()
    {
        ToDescribe.Clear();
        Requests.Clear();
        Asked.Clear();
        Unacknowledged.Clear();
        Sent.Clear();
        ToSend.Clear();
        (Described, EmptyDescriptions) = (0, 0);
        (Description, LastDescription, AgainAt) = (null, null, long.MaxValue);
    }
}
