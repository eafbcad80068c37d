using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.NetworkInformation;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <summary>State of an adjacency; the numbers are those of the three-way TLV (RFC 5303 section 3.2).</summary>
public enum IsisAdjacencyState
{
    /// <summary>Both hear each other.</summary>
    Up = 0,

    /// <summary>It was heard, and has not heard us.</summary>
    Initializing = 1,

    /// <summary>Nothing is heard.</summary>
    Down = 2,
}

/// <summary>
/// One IS-IS system of ours with one interface and one level (ISO 10589, RFC 1195, RFC 5303, RFC 5305, RFC 5308): hellos, election
/// of a designated system, flooding, sequence numbers, refresh. It computes no routes. Frames of any kind can be sent at any moment.
/// </summary>
public sealed class IsisSpeaker : IEndpoint, IDisposable
{
    private const ushort Lifetime = 1200;
    private const int MostFragments = 256;

    private static readonly byte[] AllLevel1 = [0x01, 0x80, 0xc2, 0, 0, 0x14];
    private static readonly byte[] AllLevel2 = [0x01, 0x80, 0xc2, 0, 0, 0x15];
    private static readonly byte[] AllSystems = [0x09, 0, 0x2b, 0, 0, 0x05];

    private readonly SpeakerLoop _loop;
    private readonly IsisSpeakerConfig _config;
    private readonly Port _port;
    private readonly byte[] _mac;
    private readonly PacketSocket _socket;
    private readonly WireFacts _facts;
    private readonly byte[] _frame = new byte[1 << 16];
    private readonly Dictionary<ulong, Adjacency> _adjacencies = [];
    private readonly SortedDictionary<ulong, byte[]> _database = [];
    private readonly HashSet<ulong> _own = [];
    private readonly HashSet<ulong> _unacknowledged = [];
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _databaseBytes;
    private long _helloAt = long.MaxValue;
    private long _againAt = long.MaxValue;
    private long _refreshAt = long.MaxValue;
    private byte[] _lan = new byte[7];
    private bool _isRunning;

    /// <summary>Makes one that is silent.</summary>
    /// <param name="loop">Whose thread runs it.</param>
    /// <param name="port">Its interface.</param>
    /// <param name="config">How it behaves.</param>
    public IsisSpeaker(SpeakerLoop loop, Port port, IsisSpeakerConfig config)
    {
        const ushort Ieee802 = 4;
        (_loop, _port, _config, _facts) = (loop, port, config, new WireFacts { Key = config.Key });
        _mac = port.Node.Run(() => NetworkInterface.GetAllNetworkInterfaces().Single(i => i.Name == port.Name)).GetPhysicalAddress().GetAddressBytes();
        _socket = new PacketSocket(port, Ieee802, AllLevel1, AllLevel2, AllSystems);
    }

    /// <summary>Gets every frame that comes, on the loop's thread, before it is handled.</summary>
    public Action<ReadOnlyMemory<byte>>? OnFrame { get; set; }

    /// <summary>Ends with the speaker: why it gave up.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Ends when an adjacency is up for the first time.</summary>
    public Task Up => _up.Task;

    int IEndpoint.Descriptor => _isRunning ? _socket.Descriptor : -1;

    bool IEndpoint.WantsToWrite => false;

    long IEndpoint.Deadline => _adjacencies.Values.Select(a => a.DeadAt).Append(Math.Min(_helloAt, Math.Min(_againAt, _refreshAt))).Min();

    /// <summary>Begins to say hello.</summary>
    public Task StartAsync() => _loop.InvokeAsync(() =>
    {
        _isRunning = true;
        _helloAt = Now;
        _againAt = After(_config.RetransmitInterval);
        _refreshAt = After(_config.RefreshInterval);
        _lan = [.. _config.System, 1];
        OriginateOwn();
        _loop.Add(this);
        return true;
    });

    /// <summary>States of the adjacencies, by system identifiers in hexadecimal.</summary>
    public Task<IReadOnlyDictionary<string, IsisAdjacencyState>> AdjacenciesAsync() => _loop.InvokeAsync<IReadOnlyDictionary<string, IsisAdjacencyState>>(() =>
        _adjacencies.Values.ToDictionary(a => Convert.ToHexStringLower(a.System), a => a.State));

    /// <summary>Announces networks of both families, in fragments from the second on; they take the place of those before.</summary>
    /// <exception cref="ArgumentException">They are more than fit the fragments that a system has.</exception>
    public Task AnnounceAsync(IReadOnlyList<Prefix> ip4, IReadOnlyList<Prefix> ip6)
    {
        const int OctetsOf4 = 9, OctetsOf6 = 22, LargestTlv = 255, HeaderOfTlv = 2;
        var tlvs = new List<IsisTlv>();
        tlvs.AddRange(ip4.Chunk(LargestTlv / OctetsOf4).Select(some => new ExtendedIpReachability { Networks = [.. some.Select(p => new WidePrefix { Prefix = p })] }));
        tlvs.AddRange(ip6.Chunk(LargestTlv / OctetsOf6).Select(some => new Ipv6Reachability { Networks = [.. some.Select(p => new Ipv6Network { Prefix = p })] }));
        var fragments = tlvs.Chunk((_config.LargestPdu - LspOctets.HeaderLength) / (LargestTlv + HeaderOfTlv)).ToList();
        if (fragments.Count >= MostFragments)
            throw new ArgumentException($"{ip4.Count + ip6.Count} networks need {fragments.Count} fragments; a system has {MostFragments - 1} besides the first");
        return _loop.InvokeAsync(() =>
        {
            foreach (var (i, some) in fragments.Index())
                Originate((byte)(i + 1), [.. some]);
            foreach (var left in _own.Where(id => (byte)id > fragments.Count && id >> 8 == OwnSystem).ToList())
                Purge(left);
            return true;
        });
    }

    /// <summary>Sends a frame, whatever it is.</summary>
    public void SendFrame(byte[] frame) => _loop.Post(this, () => _socket.Send(frame));

    /// <summary>Falls silent.</summary>
    public void Dispose() => _loop.InvokeAsync(() =>
    {
        End("closed by us");
        _socket.Dispose();
        return true;
    }).GetAwaiter().GetResult();

    void IEndpoint.OnWritable()
    {
    }

    void IEndpoint.OnFailure(Exception cause) => End(cause.Message);

    void IEndpoint.OnReadable()
    {
        const int AtOnce = 256;
        for (var i = 0; i < AtOnce && _isRunning && _socket.Read(_frame) is var length && length >= 0; i++)
        {
            OnFrame?.Invoke(_frame.AsMemory(0, length));
            Handle(_frame.AsSpan(0, length));
        }
    }

    void IEndpoint.OnDeadline()
    {
        var now = Now;
        if (_helloAt <= now)
        {
            _helloAt = now + Ticks(_config.HelloInterval);
            SayHello();
        }

        if (_againAt <= now)
        {
            _againAt = After(_config.RetransmitInterval);
            foreach (var id in _unacknowledged.ToList())
            {
                if (_database.TryGetValue(id, out var lsp))
                    Send(lsp);
            }

            if (IsDesignated)
                SayComplete();
        }

        if (_refreshAt <= now)
        {
            _refreshAt = After(_config.RefreshInterval);
            foreach (var id in _own.ToList())
                Renew(Read(_database[id]));
        }

        foreach (var adjacency in _adjacencies.Values.Where(a => a.DeadAt <= now).ToList())
        {
            _adjacencies.Remove(adjacency.Key);
            Elect();
            OriginateOwn();
        }
    }

    private static long Now => Stopwatch.GetTimestamp();

    /// <summary>Our LSP identifiers without the fragment.</summary>
    private ulong OwnSystem => IdOf(_config.System) << 8;

    private byte LevelBits => (byte)_config.Level;

    private bool IsDesignated => !_config.IsPointToPoint && _adjacencies.Count > 0 && _lan.AsSpan(0, 6).SequenceEqual(_config.System);

    private IEnumerable<Adjacency> UpOnes => _adjacencies.Values.Where(a => a.State == IsisAdjacencyState.Up);

    private byte[] Group => _config.IsPointToPoint ? AllSystems : _config.Level == 1 ? AllLevel1 : AllLevel2;

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static long After(double seconds) => Now + Ticks(seconds);

    private static ulong IdOf(ReadOnlySpan<byte> system)
    {
        Span<byte> octets = stackalloc byte[8];
        system[..6].CopyTo(octets[2..]);
        return BinaryPrimitives.ReadUInt64BigEndian(octets);
    }

    // ---- hellos and election (ISO 10589 sections 8.2 and 8.4) -----------------------------------------------------------

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

        tlvs.Add(new LanNeighbors { Neighbors = [.. _adjacencies.Values.Select(a => new LanNeighbors.Neighbor { Mac = a.Mac })] });
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
        if (_config.Key is not null && !pdu.Tlvs.OfType<AuthenticationTlv>().Any(t => t.IsRight))
            return;
        var mac = frame[6..12].ToArray();
        switch (pdu)
        {
            case PointToPointHello hello when _config.IsPointToPoint && error is null:
                Handle(hello, mac);
                break;
            case LanHello hello when !_config.IsPointToPoint && error is null && hello.Type == (_config.Level == 1 ? 15 : 16):
                Handle(hello, mac);
                break;
            case LinkState { Id.Length: 8 } lsp when lsp.Type == (_config.Level == 1 ? 18 : 20) && LspOctets.IsWhole(octets) && UpOnes.Any():
                Take(octets[..LspOctets.LengthOf(octets)].ToArray(), lsp.WrongChecksum is not null);
                break;
            case CompleteSequenceNumbers { Start.Length: 8, End.Length: 8 } complete when complete.Type == (_config.Level == 1 ? 24 : 25) && UpOnes.Any():
                Compare(complete.Tlvs, BinaryPrimitives.ReadUInt64BigEndian(complete.Start), BinaryPrimitives.ReadUInt64BigEndian(complete.End));
                break;
            case PartialSequenceNumbers psnp when psnp.Type == (_config.Level == 1 ? 26 : 27) && UpOnes.Any():
                Compare(psnp.Tlvs, 1, 0);
                break;
        }
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
        if (system.Length != 6 || system.AsSpan().SequenceEqual(_config.System))
            return null;
        var key = IdOf(system);
        var isNew = !_adjacencies.TryGetValue(key, out var adjacency);
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
                _unacknowledged.UnionWith(_database.Keys);
                SayComplete();
                foreach (var lsp in _database.Values.ToList())
                    Send(lsp);
            }

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

    // ---- LSPs and sequence numbers (ISO 10589 section 7.3) --------------------------------------------------------------

    private static ProtocolsSupported Protocols()
    {
        const byte Ip4Protocol = 0xcc, Ip6Protocol = 0x8e;
        return new ProtocolsSupported { Protocols = [Ip4Protocol, Ip6Protocol] };
    }

    private void OriginateOwn()
    {
        if (!_isRunning)
            return;
        var neighbors = _config.IsPointToPoint
            ? UpOnes.Select(a => (byte[])[.. a.System, 0])
            : UpOnes.Any() ? [_lan] : Enumerable.Empty<byte[]>();
        List<IsisTlv> tlvs =
        [
            new AreaAddresses { Areas = { new() { Value = _config.Area } } },
            Protocols(),
            new Hostname { Name = "speaker"u8.ToArray() },
            new InterfaceAddresses { Addresses = [Ip4.Parse(_port.Ip4.ToString()).Value] },
            new ExtendedReachability { Neighbors = [.. neighbors.Select(n => new WideNeighbor { Neighbor = n, Metric = _config.Metric })] },
            new ExtendedIpReachability { Networks = { new() { Prefix = Prefix.Of(new Ip4(Ip4.Parse(_port.Ip4.ToString()).Value & 0xffffff00), 24), Metric = _config.Metric } } },
            new Ipv6Reachability { Networks = { new() { Prefix = Prefix.Of(new Ip6(Ip6.Parse(_port.Ip6.ToString()).Value >> 64 << 64), 64), Metric = _config.Metric } } },
        ];
        Originate(0, tlvs);
        if (IsDesignated)
            Originate(0, [new ExtendedReachability { Neighbors = [new() { Neighbor = [.. _config.System, 0], Metric = 0 }, .. UpOnes.Select(a => new WideNeighbor { Neighbor = [.. a.System, 0], Metric = 0 })] }], pseudonode: _lan[6]);
    }

    private void Originate(byte fragment, List<IsisTlv> tlvs, byte pseudonode = 0)
    {
        var lsp = new LinkState
        {
            Type = (byte)(_config.Level == 1 ? 18 : 20),
            Id = [.. _config.System, pseudonode, fragment],
            RemainingLifetime = Lifetime,
            TypeBlock = (byte)(_config.Level == 1 ? 1 : 3),
            Tlvs = [.. Proof, .. tlvs],
        };

        // The digest covers the sequence number.
        if (_database.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(lsp.Id), out var before))
            lsp.Sequence = LspOctets.SequenceOf(before);
        if (before is not null && WireWriter.Encode<IsisPdu>(lsp, _facts).AsSpan(LspOctets.HeaderLength).SequenceEqual(before.AsSpan(LspOctets.HeaderLength)))
            return;
        Renew(lsp);
    }

    /// <summary>Gives an LSP of ours the next sequence number, and floods it.</summary>
    private void Renew(LinkState lsp, uint atLeast = 0)
    {
        var id = BinaryPrimitives.ReadUInt64BigEndian(lsp.Id);
        lsp.Sequence = Math.Max(_database.TryGetValue(id, out var before) ? LspOctets.SequenceOf(before) : 0, atLeast) + 1;
        lsp.WrongChecksum = null;
        var octets = WireWriter.Encode<IsisPdu>(lsp, _facts);
        _own.Add(id);
        if (!Install(id, octets) || !UpOnes.Any())
            return;
        if (_config.IsPointToPoint)
            _unacknowledged.Add(id);
        Send(octets);
    }

    private void Purge(ulong id)
    {
        if (!_database.TryGetValue(id, out var octets))
            return;
        var lsp = Read(octets);
        lsp.RemainingLifetime = 0;
        lsp.Tlvs.Clear();
        lsp.Tlvs.AddRange(Proof);
        Renew(lsp);
    }

    /// <summary>What proves that a PDU is ours, when there is a key; the digest comes when it is written.</summary>
    private IEnumerable<IsisTlv> Proof => _config.Key is { } key ? [AuthenticationTlv.With(key)] : [];

    private LinkState Read(byte[] lsp) => (LinkState)WireReader.Decode(lsp, IsisPdu.Kinds, _facts).Value;

    private void Take(byte[] lsp, bool isWrong)
    {
        if (isWrong && LspOctets.LifetimeOf(lsp) > 0)
            return;
        var id = LspOctets.IdOf(lsp);
        var newer = Compare(lsp, id);
        if (newer > 0 && id >> 16 == IdOf(_config.System))
        {
            if (_own.Contains(id))
                Renew(Read(_database[id]), LspOctets.SequenceOf(lsp));
            else if (LspOctets.LifetimeOf(lsp) > 0 && Install(id, lsp))
                Purge(id);
            return;
        }

        if (newer > 0 && !Install(id, lsp))
            return;
        if (newer >= 0)
        {
            _unacknowledged.Remove(id);
            if (_config.IsPointToPoint)
                SayPartial([lsp]);
        }
        else
        {
            Send(_database[id]);
        }
    }

    /// <summary>Whether an LSP is newer than ours: above 0, or we have none; 0 when they are the same.</summary>
    private int Compare(byte[] lsp, ulong id) => _database.TryGetValue(id, out var ours)
        ? Compare(LspOctets.SequenceOf(lsp), LspOctets.LifetimeOf(lsp), ours)
        : 1;

    private static int Compare(uint sequence, ushort lifetime, byte[] ours)
    {
        var bySequence = sequence.CompareTo(LspOctets.SequenceOf(ours));
        return bySequence != 0 ? bySequence : (lifetime == 0).CompareTo(LspOctets.LifetimeOf(ours) == 0);
    }

    /// <summary>Holds sequence numbers against ours; what we have in the range and they do not list is sent.</summary>
    private void Compare(List<IsisTlv> tlvs, ulong start, ulong end)
    {
        var listed = new HashSet<ulong>();
        var wanted = new List<LspEntries.Entry>();
        foreach (var entry in tlvs.OfType<LspEntries>().SelectMany(t => t.Entries).Where(e => e.Id.Length == 8))
        {
            var id = BinaryPrimitives.ReadUInt64BigEndian(entry.Id);
            listed.Add(id);
            var newer = _database.TryGetValue(id, out var ours) ? Compare(entry.Sequence, entry.Lifetime, ours) : entry.Lifetime > 0 && entry.Sequence > 0 ? 1 : 0;
            if (newer < 0)
                Send(ours!);
            else if (newer == 0)
                _unacknowledged.Remove(id);
            else
                wanted.Add(new LspEntries.Entry { Id = entry.Id, Lifetime = entry.Lifetime });
        }

        foreach (var (id, lsp) in _database.Where(d => d.Key >= start && d.Key <= end && !listed.Contains(d.Key)).ToList())
            Send(lsp);
        foreach (var some in wanted.Chunk(EntriesInPdu))
            SayPartial(some);
    }

    private const int EntriesInTlv = 15;

    private int EntriesInPdu => (_config.LargestPdu - 33 - (_config.Key is { } key ? 5 + key.DigestLength : 0)) / ((EntriesInTlv * 16) + 2) * EntriesInTlv;

    private void SayComplete()
    {
        var start = 0UL;
        var chunks = _database.Values.Chunk(EntriesInPdu).ToList();
        foreach (var (i, some) in chunks.Index())
        {
            var end = i == chunks.Count - 1 ? ulong.MaxValue : LspOctets.IdOf(some[^1]);
            Send(new CompleteSequenceNumbers
            {
                Type = (byte)(_config.Level == 1 ? 24 : 25),
                Source = [.. _config.System, 0],
                Start = LspOctets.Id(start),
                End = LspOctets.Id(end),
                Tlvs = [.. Entries(some.Select(EntryOf))],
            });
            start = end + 1;
        }
    }

    private void SayPartial(IEnumerable<byte[]> lsps) => SayPartial(lsps.Select(EntryOf));

    private void SayPartial(IEnumerable<LspEntries.Entry> entries) => Send(new PartialSequenceNumbers
    {
        Type = (byte)(_config.Level == 1 ? 26 : 27),
        Source = [.. _config.System, 0],
        Tlvs = [.. Entries(entries)],
    });

    private static IEnumerable<LspEntries> Entries(IEnumerable<LspEntries.Entry> entries) => entries.Chunk(EntriesInTlv).Select(some => new LspEntries { Entries = [.. some] });

    private static LspEntries.Entry EntryOf(byte[] lsp) => new()
    {
        Id = LspOctets.Id(LspOctets.IdOf(lsp)),
        Lifetime = LspOctets.LifetimeOf(lsp),
        Sequence = LspOctets.SequenceOf(lsp),
        Checksum = LspOctets.ChecksumOf(lsp),
    };

    private bool Install(ulong id, byte[] lsp)
    {
        if (_database.TryGetValue(id, out var before))
            _databaseBytes -= before.Length;
        _databaseBytes += lsp.Length;
        _database[id] = lsp;
        if (_databaseBytes <= _config.DatabaseBytes)
            return true;
        End($"the neighbour floods more LSPs than {_config.DatabaseBytes >> 20} MiB");
        return false;
    }

    private void Send(IsisPdu pdu)
    {
        pdu.Tlvs.InsertRange(0, Proof);
        Send(WireWriter.Encode(pdu, _facts));
    }

    private void Send(byte[] pdu) => _socket.Send(Frames.IsIs(_mac, Group, pdu));

    private void End(string reason)
    {
        if (!_isRunning)
            return;
        _isRunning = false;
        _loop.Remove(this);
        _adjacencies.Clear();
        _ended.TrySetResult(reason);
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
