using System.Buffers.Binary;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <content>Hellos and election (ISO 10589 sections 8.2 and 8.4).</content>
public sealed partial class IsisSpeaker
{
    private void SayHello()
    {
        var linkLocal = BinaryPrimitives.ReadUInt128BigEndian([0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(_mac[0] ^ 2), _mac[1], _mac[2], 0xff, 0xfe, _mac[3], _mac[4], _mac[5]]);
        List<IsisTlv> tlvs =
        [
            new AreaAddresses { Areas = { new() { Value = _config.Area } } },
            Protocols(),
            new InterfaceAddresses { Addresses = [Ip4.Parse(_port.Ip4.ToString()).Value] },
            new Ipv6InterfaceAddresses { Addresses = { new() { Value = new(linkLocal) } } },
        ];
        if (_config.IsPointToPoint)
        {
            var other = _adjacencies.Values.FirstOrDefault();
            tlvs.Add(new ThreeWayAdjacency
            {
                State = (byte)(other?.State ?? IsisAdjacencyState.Down),
                HasCircuit = true,
                Circuit = 1,
                HasNeighbor = other is not null,
                Neighbor = other?.System ?? new byte[6],
                NeighborCircuit = other?.Circuit ?? 0,
            });
            Send(new PointToPointHello { CircuitType = LevelBits, Source = _config.System, HoldingTime = _config.HoldingTime, Tlvs = tlvs });
            return;
        }

        const int NeighborsInTlv = 42;
        tlvs.AddRange(_adjacencies.Values.Chunk(NeighborsInTlv).Select(some => new LanNeighbors { Neighbors = [.. some.Select(a => new LanNeighbors.Neighbor { Mac = a.Mac })] }));
        Send(new LanHello { Type = (byte)(_config.Level == 1 ? 15 : 16), CircuitType = LevelBits, Source = _config.System, HoldingTime = _config.HoldingTime, Priority = _config.Priority, Lan = _lan, Tlvs = tlvs });
    }

    private void Handle(ReadOnlySpan<byte> frame)
    {
        const int Headers = Frames.EthernetHeader + 3;
        if (frame.Length < Headers || frame[14] != 0xfe || frame[15] != 0xfe)
            return;
        var length = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) - 3;
        if (length < 8 || frame.Length < Headers + length)
            return;
        var octets = frame.Slice(Headers, length);
        var (pdu, error) = WireReader.Decode(octets, IsisPdu.Kinds, _facts);
        var mac = frame[6..12].ToArray();
        if (Misfit(pdu, error, octets) is { } misfit)
        {
            Refuse(mac, misfit);
            return;
        }

        switch (pdu)
        {
            case PointToPointHello hello when _config.IsPointToPoint:
                Handle(hello, mac);
                break;
            case LanHello hello when !_config.IsPointToPoint && hello.Type == (_config.Level == 1 ? 15 : 16):
                Handle(hello, mac);
                break;
            case LinkState lsp when lsp.Type == (_config.Level == 1 ? 18 : 20) && IsOfNeighbor(mac):
                Take(octets[..BinaryPrimitives.ReadUInt16BigEndian(octets[8..])].ToArray());
                break;
            case CompleteSequenceNumbers complete when complete.Type == (_config.Level == 1 ? 24 : 25) && IsOfNeighbor(mac):
                Compare(complete.Tlvs, BinaryPrimitives.ReadUInt64BigEndian(complete.Start), BinaryPrimitives.ReadUInt64BigEndian(complete.End));
                break;
            case PartialSequenceNumbers psnp when psnp.Type == (_config.Level == 1 ? 26 : 27) && IsOfNeighbor(mac) && (_config.IsPointToPoint || IsDesignated):
                Compare(psnp.Tlvs, 1, 0);
                break;
        }
    }

    private void Refuse(byte[] mac, string reason) => Complaint = $"a PDU from {Convert.ToHexStringLower(mac)} is not taken: {reason}";

    /// <summary>Only neighbours' LSPs and sequence numbers are taken (ISO 10589 sections 7.3.15.1 and 7.3.15.2).</summary>
    private bool IsOfNeighbor(byte[] mac) => UpOnes.Any(a => a.Mac.AsSpan().SequenceEqual(mac));

    /// <summary>Why a PDU is not taken, or null. What is wrong within the TLVs of an LSP is the business of whoever understands them.</summary>
    private string? Misfit(IsisPdu pdu, WireException? error, ReadOnlySpan<byte> octets)
    {
        const byte OurIdLength = 6;
        if (pdu.Discriminator != 0x83 || pdu.ProtocolVersion != 1 || pdu.Version != 1)
            return "it is of another protocol or version";
        if (pdu.IdLength is not 0 and not OurIdLength)
            return $"its system identifiers have {pdu.IdLength} octets";
        if (pdu is not LinkState && error is not null)
            return error.Message;
        if (_config.Key is not null && !pdu.Tlvs.OfType<AuthenticationTlv>().Any(t => t.IsRight))
            return "it is not signed with our key";
        return pdu switch
        {
            LinkState when octets.Length < LspOctets.HeaderLength
                || BinaryPrimitives.ReadUInt16BigEndian(octets[8..]) is var length && (length > octets.Length || length < LspOctets.HeaderLength) => error?.Message ?? "its length cannot be",
            LinkState when LspOctets.IsWrong(octets[..BinaryPrimitives.ReadUInt16BigEndian(octets[8..])]) => "its checksum is wrong",
            LanHello hello => Misfit(hello.Source, hello.CircuitType, hello.Tlvs),
            PointToPointHello hello => Misfit(hello.Source, hello.CircuitType, hello.Tlvs),
            _ => null,
        };
    }

    /// <summary>Why nobody who says such a hello becomes our neighbour, or null (ISO 10589 sections 8.2.4 and 8.4.2).</summary>
    private string? Misfit(byte[] system, byte circuitType, List<IsisTlv> tlvs)
    {
        if (system.AsSpan().SequenceEqual(_config.System))
            return "it has our identifier";
        if ((circuitType & LevelBits) == 0)
            return $"its circuit has no level {_config.Level}";
        if (_config.Level == 1 && !tlvs.OfType<AreaAddresses>().SelectMany(t => t.Areas).Any(a => a.Value.AsSpan().SequenceEqual(_config.Area)))
            return "it has no area of ours";
        return _config.IsPointToPoint && _adjacencies.Values.FirstOrDefault() is { } other && !other.System.AsSpan().SequenceEqual(system)
            ? $"the link is one between two, and the other one is {Convert.ToHexStringLower(other.System)}"
            : null;
    }

    private void Handle(PointToPointHello hello, byte[] mac)
    {
        var threeWay = hello.Tlvs.OfType<ThreeWayAdjacency>().FirstOrDefault();
        var hearsUs = threeWay is null || (threeWay.HasNeighbor && threeWay.Neighbor.AsSpan().SequenceEqual(_config.System));
        Heard(hello.Source, mac, hello.HoldingTime, hearsUs && threeWay?.State != (byte)IsisAdjacencyState.Down, 0, threeWay?.Circuit ?? 0);
    }

    private void Handle(LanHello hello, byte[] mac)
    {
        var hearsUs = hello.Tlvs.OfType<LanNeighbors>().SelectMany(n => n.Neighbors).Any(n => n.Mac.AsSpan().SequenceEqual(_mac));
        var adjacency = Heard(hello.Source, mac, hello.HoldingTime, hearsUs, (byte)(hello.Priority & 0x7f), 0);
        if (adjacency is not null && !adjacency.Lan.AsSpan().SequenceEqual(hello.Lan))
        {
            adjacency.Lan = hello.Lan;
            Elect();
        }
    }

    private Adjacency? Heard(byte[] system, byte[] mac, ushort holdingTime, bool hearsUs, byte priority, uint circuit)
    {
        var key = IdOf(system);
        var isNew = !_adjacencies.TryGetValue(key, out var adjacency);
        if (isNew && _adjacencies.Count >= MostAdjacencies)
        {
            End($"more than {MostAdjacencies} systems on the link");
            return null;
        }

        if (adjacency is null)
            _adjacencies[key] = adjacency = new Adjacency(key, system);
        var isChanged = isNew || adjacency.Priority != priority;
        (adjacency.Mac, adjacency.Priority, adjacency.Circuit, adjacency.DeadAt) = (mac, priority, circuit, After(holdingTime));
        var before = adjacency.State;
        adjacency.State = hearsUs ? IsisAdjacencyState.Up : IsisAdjacencyState.Initializing;
        if (adjacency.State != before)
        {
            if (adjacency.State == IsisAdjacencyState.Up && _config.IsPointToPoint)
            {
                SayComplete();
                foreach (var (id, lsp) in _database)
                    SendLater(id, lsp);
            }

            ForgetSending();

            isChanged = true;
        }

        if (isChanged)
        {
            Elect();
            OriginateOwn();
            SayHello();
            if (adjacency.State == IsisAdjacencyState.Up)
                _up.TrySetResult();
        }

        return adjacency;
    }

    /// <summary>The highest priority, then the highest address, is the designated system (ISO 10589 section 8.4.5).</summary>
    private void Elect()
    {
        if (_config.IsPointToPoint)
            return;
        var best = UpOnes.Select(a => (a.Priority, Mac: Convert.ToHexString(a.Mac), a.Lan, IsUs: false))
            .Append((_config.Priority, Mac: Convert.ToHexString(_mac), Lan: [.. _config.System, 1], IsUs: true))
            .OrderByDescending(c => c.Priority).ThenByDescending(c => c.Mac, StringComparer.Ordinal).First();
        var was = _lan;

        // Before it says so itself, a designated system has not given the LAN its name.
        _lan = best.Lan;
        if (!was.AsSpan().SequenceEqual(_lan))
            OriginateOwn();
    }

    /// <summary>A neighbour, as the speaker keeps it; only on the loop's thread.</summary>
    private sealed class Adjacency(ulong key, byte[] system)
    {
        public ulong Key { get; } = key;

        public byte[] System { get; } = system;

        public byte[] Mac { get; set; } = [];

        public byte Priority { get; set; }

        /// <summary>What it calls the LAN.</summary>
        public byte[] Lan { get; set; } = [.. system, 0];

        public uint Circuit { get; set; }

        public IsisAdjacencyState State { get; set; } = IsisAdjacencyState.Down;

        public long DeadAt { get; set; }
    }
}
