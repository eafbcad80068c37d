using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <summary>
/// One OSPF router of ours with one interface, in either version (RFC 2328, RFC 5340): hellos, election, exchange of databases,
/// flooding, acknowledgement, refresh. It computes no routes. Frames of any kind can be sent at any moment.
/// </summary>
public sealed partial class OspfSpeaker : IEndpoint, IDisposable
{
    private const int HeaderOfLsa = LsaOctets.HeaderLength;
    private const int MostNeighbors = 100;

    private readonly SpeakerLoop _loop;
    private readonly OspfSpeakerConfig _config;
    private readonly OspfPackets _packets;
    private readonly PacketSocket _socket;
    private readonly FrameQueue _frames;
    private readonly Socket _swallow;
    private readonly byte[] _frame = new byte[1 << 16];
    private readonly Dictionary<uint, OspfNeighbor> _neighbors = [];
    private readonly Dictionary<LsaKey, byte[]> _database = [];
    private readonly HashSet<LsaKey> _own = [];
    private readonly HashSet<LsaKey> _structure = [];
    private readonly Dictionary<LsaKey, byte[]> _reborn = [];
    private readonly LatestQueue<LsaKey> _toFlood = new();
    private readonly Pace _pace = new(Ticks(RestSeconds));
    private readonly List<byte[]> _acks = [];
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _databaseBytes;
    private long _helloAt = long.MaxValue;
    private long _waitUntil = long.MaxValue;
    private long _refreshAt = long.MaxValue;
    private long _ackAt = long.MaxValue;
    private uint _designated;
    private uint _backup;
    private bool _isRunning;

    /// <summary>Makes one that is silent.</summary>
    /// <param name="loop">Whose thread runs it.</param>
    /// <param name="port">Its interface.</param>
    /// <param name="config">How it behaves.</param>
    public OspfSpeaker(SpeakerLoop loop, Port port, OspfSpeakerConfig config)
    {
        _loop = loop;
        _config = config;
        var card = port.Node.Run(() => NetworkInterface.GetAllNetworkInterfaces().Single(i => i.Name == port.Name));
        var mac = card.GetPhysicalAddress().GetAddressBytes();
        _packets = config.Version == 2
            ? new Ospf2Packets(config, mac, Ip4.Parse(port.Ip4.ToString()), new(0xffffff00))
            : new Ospf3Packets(config, mac, LinkLocal(mac), NetworkOf(port), port.Node.Run(() => Libc.InterfaceIndex(port.Name)));
        _socket = new PacketSocket(port, _packets.EtherType);
        _frames = FrameQueue.Of(_socket, config.QueueBytes);

        // Without anybody who wants protocol 89 the kernel would tell the neighbour that nobody does.
        _swallow = port.Node.Run(() => new Socket(new SafeSocketHandle(Libc.Socket(config.Version == 2 ? 2 : 10, 3 | Libc.CloseOnExec, 89), ownsHandle: true)) { ReceiveBufferSize = 1024 });
    }

    /// <summary>Gets every frame that comes, on the loop's thread, before it is handled.</summary>
    public Action<ReadOnlyMemory<byte>>? OnFrame { get; set; }

    /// <summary>Ends with the speaker: why it gave up.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Why the last packet of OSPF that was thrown away was: what to say when no adjacency comes up.</summary>
    public string? Complaint => _packets.Complaint;

    /// <summary>Ends when an adjacency is full for the first time.</summary>
    public Task Full => _full.Task;

    int IEndpoint.Descriptor => _isRunning ? _socket.Descriptor : -1;

    bool IEndpoint.WantsToWrite => _frames.IsWaiting;

    long IEndpoint.Deadline
    {
        get
        {
            var deadline = Math.Min(Math.Min(_helloAt, _waitUntil), Math.Min(_refreshAt, Math.Min(_ackAt, _pace.DueAt)));
            foreach (var neighbor in _neighbors.Values)
                deadline = Math.Min(deadline, Math.Min(neighbor.DeadAt, Math.Min(neighbor.AgainAt, neighbor.ResendAt)));
            return deadline;
        }
    }

    /// <summary>Begins to say hello.</summary>
    public Task StartAsync() => _loop.InvokeAsync(() =>
    {
        _isRunning = true;
        _helloAt = Now;
        _refreshAt = After(_config.RefreshInterval);
        if (!_config.IsPointToPoint)
            _waitUntil = After(_config.DeadInterval);
        OriginateOwn();
        _loop.Add(this);
        return true;
    });

    /// <summary>States of the neighbours, by their identifiers.</summary>
    public Task<IReadOnlyDictionary<Ip4, OspfNeighborState>> NeighborsAsync() =>
        _loop.InvokeAsync<IReadOnlyDictionary<Ip4, OspfNeighborState>>(() => _neighbors.Values.ToDictionary(n => new Ip4(n.Router), n => n.State));

    /// <summary>Floods LSAs of our own; the router that made them is set, and the sequence number when there was one before.</summary>
    public Task OriginateAsync(IReadOnlyList<Lsa> lsas) => OriginateAsync([.. lsas.Select(lsa =>
    {
        lsa.Router = _config.Router;
        return WireWriter.Encode(lsa, WireFacts.Default);
    })]);

    /// <summary>Floods LSAs of our own, of OSPFv3.</summary>
    public Task OriginateAsync(IReadOnlyList<Lsa3> lsas) => OriginateAsync([.. lsas.Select(lsa =>
    {
        lsa.Router = _config.Router;
        return WireWriter.Encode(lsa, WireFacts.Default);
    })]);

    /// <summary>Takes external LSAs of our own back (RFC 2328 section 14.1).</summary>
    public Task WithdrawExternalsAsync() => _loop.InvokeAsync(() =>
    {
        End(_own.Where(IsExternal).ToList());
        return true;
    });

    /// <summary>Sends a frame, whatever it is.</summary>
    public void SendFrame(byte[] frame) => _loop.Post(this, () => Send(frame));

    /// <summary>Falls silent.</summary>
    public void Dispose() => _loop.InvokeAsync(() =>
    {
        End("closed by us");
        _socket.Dispose();
        _swallow.Dispose();
        return true;
    }).GetAwaiter().GetResult();

    void IEndpoint.OnWritable() => _frames.SendWaiting();

    void IEndpoint.OnFailure(Exception cause) => End(cause.Message);

    void IEndpoint.OnReadable()
    {
        const int AtOnce = 256;
        for (var i = 0; i < AtOnce && _isRunning && _socket.Read(_frame) is var length && length >= 0; i++)
        {
            OnFrame?.Invoke(_frame.AsMemory(0, length));
            if (_packets.Read(_frame.AsSpan(0, length)) is { } packet)
                Handle(packet);
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

        if (_waitUntil <= now)
            Elect();
        if (_refreshAt <= now)
        {
            _refreshAt = After(_config.RefreshInterval);
            Originate([.. _own.Select(key => _database.GetValueOrDefault(key)).OfType<byte[]>()]);
        }

        foreach (var neighbor in _neighbors.Values.ToList())
        {
            if (neighbor.DeadAt <= now)
                Lose(neighbor);
            else if (neighbor.AgainAt <= now)
                SendAgain(neighbor);
            ResendTo(neighbor, now);
        }

        if (_ackAt <= now)
            SendAcks();
        if (_pace.DueAt <= now)
            SendBurst();
        BeReborn();
    }

    private static long Now => Stopwatch.GetTimestamp();

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static long After(double seconds) => Now + Ticks(seconds);

    /// <summary>The address that Linux gives an Ethernet interface by itself (RFC 4291 appendix A).</summary>
    private static Ip6 LinkLocal(byte[] mac) =>
        new(BinaryPrimitives.ReadUInt128BigEndian([0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]));

    private static Prefix NetworkOf(Port port)
    {
        var address = Ip6.Parse(port.Ip6.ToString());
        return Prefix.Of(new Ip6(address.Value >> 64 << 64), 64);
    }

    private bool IsExternal(LsaKey key) => _config.Version == 2 ? key.Type == 5 : (key.Type & 0x1fff) == 5;

    private LsaKey KeyOf(byte[] lsa) => LsaOctets.KeyOf(lsa, _config.Version);

    private Task<bool> OriginateAsync(IReadOnlyList<byte[]> lsas)
    {
        if (lsas.FirstOrDefault(l => l.Length > _packets.Room) is { } large)
            throw new ArgumentException($"an LSA of {large.Length} octets; a packet of this link has room for {_packets.Room}", nameof(lsas));
        return _loop.InvokeAsync(() =>
        {
            Originate(lsas);
            return true;
        });
    }

    private void Send(byte[] frame)
    {
        if (!_frames.Send(frame))
            End($"the link does not take what we send: {_frames.Octets} octets wait");
    }

    // ---- neighbours and election ----------------------------------------------------------------------------------------

    private void SayHello()
    {
        var hello = new HelloInfo(_config.HelloInterval, _config.DeadInterval, _config.Priority, _designated, _backup, 0, [.. _neighbors.Keys]);
        Send(_packets.ToGroup(_packets.Hello(hello), isToDesignated: false));
    }

    private void Handle(OspfIncoming packet)
    {
        if (packet.Hello is { } hello)
            Handle(packet, hello);
        else if (!_neighbors.TryGetValue(packet.Router, out var neighbor))
            return;
        else if (packet.Description is { } description)
            Handle(neighbor, description, packet.Headers);
        else if (packet.Requests is { } requests)
            Answer(neighbor, requests);
        else if (packet.Lsas is { } lsas)
            Take(neighbor, lsas);
        else if (packet.IsAck)
            Acknowledged(neighbor, packet.Headers);
        BeReborn();
        CheckKept();
    }

    /// <summary>What is kept for neighbours that ask and describe and do not acknowledge is bounded like the database.</summary>
    private void CheckKept()
    {
        const int OctetsOfEntry = 16;
        var most = _config.DatabaseBytes / OctetsOfEntry;
        if (_isRunning && _neighbors.Values.Sum(n => (long)n.Kept) > most)
            End($"the neighbour {new Ip4(_neighbors.Values.MaxBy(n => n.Kept)!.Router)} has us keep more than {most} LSAs to ask for or to send");
    }

    private void Handle(OspfIncoming packet, HelloInfo hello)
    {
        var isNew = !_neighbors.TryGetValue(packet.Router, out var neighbor);
        if (isNew && _neighbors.Count >= MostNeighbors)
        {
            End($"more than {MostNeighbors} routers on the link");
            return;
        }

        if (neighbor is null)
            _neighbors[packet.Router] = neighbor = new OspfNeighbor { Router = packet.Router, Address = packet.Source, Mac = packet.Mac, Name = _packets.NameOf(packet) };
        var changed = isNew || (neighbor.Priority, neighbor.Designated, neighbor.Backup) != (hello.Priority, hello.Designated, hello.Backup);
        (neighbor.Address, neighbor.Mac, neighbor.Interface, neighbor.Priority, neighbor.Designated, neighbor.Backup) =
            (packet.Source, packet.Mac, hello.Interface, hello.Priority, hello.Designated, hello.Backup);
        neighbor.DeadAt = After(_config.DeadInterval);
        if (isNew)
            SayHello(); // It learns of us now, and not after our next interval.
        var hearsUs = hello.Neighbors.Contains(_config.Router.Value);
        if (!hearsUs && neighbor.State > OspfNeighborState.Init)
        {
            neighbor.Forget();
            neighbor.State = OspfNeighborState.Init;
            OriginateOwn();
        }
        else if (hearsUs && neighbor.State == OspfNeighborState.Init)
        {
            neighbor.State = OspfNeighborState.TwoWay;
            changed = true;
        }

        if (!_config.IsPointToPoint)
        {
            var isBackupSeen = hello.Backup == neighbor.Name || (hello.Designated == neighbor.Name && hello.Backup == 0);
            if (_waitUntil == long.MaxValue ? changed : isBackupSeen && hearsUs)
                Elect();
        }

        Adjust(neighbor);
    }

    /// <summary>Whether two who hear each other become adjacent (RFC 2328 section 10.4).</summary>
    private bool ShallBeAdjacent(OspfNeighbor neighbor) => _config.IsPointToPoint || (_waitUntil == long.MaxValue
        && (_designated == _packets.OwnName || _backup == _packets.OwnName || neighbor.Name == _designated || neighbor.Name == _backup));

    private void Adjust(OspfNeighbor neighbor)
    {
        if (neighbor.State == OspfNeighborState.TwoWay && ShallBeAdjacent(neighbor))
        {
            BeginExchange(neighbor);
        }
        else if (neighbor.State > OspfNeighborState.TwoWay && !ShallBeAdjacent(neighbor))
        {
            neighbor.Forget();
            neighbor.State = OspfNeighborState.TwoWay;
        }
    }

    /// <summary>The election (RFC 2328 section 9.4).</summary>
    private void Elect()
    {
        _waitUntil = long.MaxValue;
        for (var round = 0; round < 2; round++)
        {
            var before = (_designated, _backup);
            var eligible = _neighbors.Values.Where(n => n.State >= OspfNeighborState.TwoWay && n.Priority > 0)
                .Select(n => (n.Name, n.Router, n.Priority, n.Designated, n.Backup)).ToList();
            if (_config.Priority > 0)
                eligible.Add((_packets.OwnName, _config.Router.Value, _config.Priority, _designated, _backup));
            var others = eligible.Where(r => r.Designated != r.Name).ToList();
            var backup = Best(others.Where(r => r.Backup == r.Name)) ?? Best(others);
            var designated = Best(eligible.Where(r => r.Designated == r.Name)) ?? backup;
            (_designated, _backup) = (designated ?? 0, designated == backup ? Best(others.Where(r => r.Name != designated)) ?? 0 : backup ?? 0);
            if (before == (_designated, _backup))
                break;
        }

        foreach (var neighbor in _neighbors.Values)
            Adjust(neighbor);
        OriginateOwn();
        SayHello();

        static uint? Best(IEnumerable<(uint Name, uint Router, byte Priority, uint Designated, uint Backup)> routers) =>
            routers.OrderByDescending(r => r.Priority).ThenByDescending(r => r.Router).Select(r => (uint?)r.Name).FirstOrDefault();
    }

    private void Lose(OspfNeighbor neighbor)
    {
        _neighbors.Remove(neighbor.Router);
        if (!_config.IsPointToPoint && _waitUntil == long.MaxValue)
            Elect();
        OriginateOwn();
    }
}
