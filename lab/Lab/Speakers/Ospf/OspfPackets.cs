using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>What a hello says, in either version.</summary>
internal sealed record HelloInfo(ushort Interval, uint DeadInterval, byte Priority, uint Designated, uint Backup, uint Interface, IReadOnlyList<uint> Neighbors);

/// <summary>What a database description says.</summary>
internal sealed record DescriptionInfo(byte Flags, uint Sequence, ushort Mtu)
{
    public const byte Master = 1;
    public const byte More = 2;
    public const byte First = 4;
}

/// <summary>A packet that has come, in either version.</summary>
internal sealed record OspfIncoming
{
    public required uint Router { get; init; }

    /// <summary>Where it came from: an address of IPv4 at the low end.</summary>
    public required UInt128 Source { get; init; }

    public required byte[] Mac { get; init; }

    public HelloInfo? Hello { get; init; }

    public DescriptionInfo? Description { get; init; }

    public IReadOnlyList<LsaKey>? Requests { get; init; }

    /// <summary>Whole LSAs of an update.</summary>
    public IReadOnlyList<byte[]>? Lsas { get; init; }

    /// <summary>Headers of LSAs, of a description or an acknowledgement.</summary>
    public IReadOnlyList<byte[]> Headers { get; init; } = [];

    public bool IsAck { get; init; }
}

/// <summary>The packets of one version of OSPF: made from what the state machine wants to say, and read to what it needs to know.</summary>
internal abstract class OspfPackets(OspfSpeakerConfig config, byte[] mac)
{
    private ulong _sequence;

    protected OspfSpeakerConfig Config { get; } = config;

    /// <summary>Octets of an LSU or a description that fit one IP packet, without their own headers.</summary>
    public abstract int Room { get; }

    /// <summary>EtherType of the carrier.</summary>
    public abstract ushort EtherType { get; }

    /// <summary>Our own name on a LAN: OSPFv2 knows designated routers by address, OSPFv3 by identifier.</summary>
    public abstract uint OwnName { get; }

    /// <summary>Why the last packet was thrown away that was one of OSPF.</summary>
    public string? Complaint { get; private set; }

    protected byte[] Mac { get; } = mac;

    /// <summary>The name on a LAN of whoever sent a packet.</summary>
    public abstract uint NameOf(OspfIncoming packet);

    public abstract byte[] Hello(HelloInfo hello);

    public abstract byte[] Description(byte flags, uint sequence, IEnumerable<byte[]> headers);

    public abstract byte[] Request(IEnumerable<LsaKey> keys);

    public abstract byte[] Update(IReadOnlyList<byte[]> lsas);

    public abstract byte[] Ack(IEnumerable<byte[]> headers);

    /// <summary>The frame that carries a packet to a group of routers: all of them, or the designated ones.</summary>
    public abstract byte[] ToGroup(byte[] packet, bool isToDesignated);

    /// <summary>The frame that carries a packet to one neighbour.</summary>
    public abstract byte[] ToNeighbor(byte[] packet, UInt128 address, byte[] mac);

    /// <summary>Reads a frame; null when it is none of OSPF, or not for us.</summary>
    public abstract OspfIncoming? Read(ReadOnlySpan<byte> frame);

    /// <summary>Our router LSA and those that go with it, as octets.</summary>
    /// <param name="neighbor">The neighbour with whom the adjacency is full, on a link between two.</param>
    /// <param name="designated">The designated router, on a LAN on which we are full with it, or are it ourselves.</param>
    /// <param name="isDesignated">We are the designated router.</param>
    /// <param name="attached">All who are full, when we are the designated router; else nobody.</param>
    public abstract IEnumerable<byte[]> Own(OspfNeighbor? neighbor, OspfNeighbor? designated, bool isDesignated, IReadOnlyList<uint> attached);

    /// <summary>The number of the next signed packet: one that is sent again gets a new one (RFC 7166 section 4.1), so that packets are signed last.</summary>
    protected ulong NextSequence() => ++_sequence;

    /// <summary>Throws a packet away.</summary>
    protected OspfIncoming? Refuse(Ip4 router, string reason)
    {
        Complaint = $"a packet of router {router} is not taken: {reason}";
        return null;
    }

    /// <summary>Why nobody who says such a hello becomes our neighbour, or null (RFC 2328 section 10.5).</summary>
    protected string? Misfit(ushort interval, uint deadInterval, uint options)
    {
        const uint External = 2;
        if (interval != Config.HelloInterval)
            return $"its hello interval is {interval} s, ours {Config.HelloInterval} s";
        if (deadInterval != Config.DeadInterval)
            return $"its dead interval is {deadInterval} s, ours {Config.DeadInterval} s";
        return (options & External) == 0 ? "its area takes no external routes, ours does" : null;
    }

    /// <summary>Why a description cannot be one of a neighbour's, or null (RFC 2328 section 10.6).</summary>
    protected string? Misfit(ushort mtu) => mtu > Config.Mtu ? $"its MTU is {mtu}, ours {Config.Mtu}" : null;

    protected static T Decode<T>(byte[] octets, T message)
        where T : class, IWire
    {
        WireReader.Decode(octets, message, WireFacts.Default);
        return message;
    }
}
