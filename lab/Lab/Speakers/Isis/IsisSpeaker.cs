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
public sealed partial class IsisSpeaker : IEndpoint, IDisposable
{
    private const ushort Lifetime = 1200;
    private const int MostFragments = 256;
    private const int MostAdjacencies = 100;

    private static readonly byte[] AllLevel1 = [0x01, 0x80, 0xc2, 0, 0, 0x14];
    private static readonly byte[] AllLevel2 = [0x01, 0x80, 0xc2, 0, 0, 0x15];
    private static readonly byte[] AllSystems = [0x09, 0, 0x2b, 0, 0, 0x05];

    private readonly SpeakerLoop _loop;
    private readonly IsisSpeakerConfig _config;
    private readonly Port _port;
    private readonly byte[] _mac;
    private readonly PacketSocket _socket;
    private readonly FrameQueue _frames;
    private readonly WireFacts _facts;
    private readonly byte[] _frame = new byte[1 << 16];
    private readonly Dictionary<ulong, Adjacency> _adjacencies = [];
    private readonly SortedDictionary<ulong, byte[]> _database = [];
    private readonly HashSet<ulong> _own = [];
    private readonly HashSet<ulong> _unacknowledged = [];
    private readonly Dictionary<ulong, (long DueAt, byte[] Lsp)> _reborn = [];
    private readonly Queue<(long DueAt, ulong Id)> _purged = [];
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
        _frames = FrameQueue.Of(_socket, config.QueueBytes);
    }

    /// <summary>Gets every frame that comes, on the loop's thread, before it is handled.</summary>
    public Action<ReadOnlyMemory<byte>>? OnFrame { get; set; }

    /// <summary>Ends with the speaker: why it gave up.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Why the last PDU that was thrown away was: what to say when no adjacency comes up.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Ends when an adjacency is up for the first time.</summary>
    public Task Up => _up.Task;

    int IEndpoint.Descriptor => _isRunning ? _socket.Descriptor : -1;

    bool IEndpoint.WantsToWrite => _frames.IsWaiting;

    long IEndpoint.Deadline
    {
        get
        {
            var deadline = Math.Min(Math.Min(_helloAt, _againAt), Math.Min(_refreshAt, SendingDeadline));
            if (_purged.TryPeek(out var oldest))
                deadline = Math.Min(deadline, oldest.DueAt);
            foreach (var (dueAt, _) in _reborn.Values)
                deadline = Math.Min(deadline, dueAt);
            foreach (var adjacency in _adjacencies.Values)
                deadline = Math.Min(deadline, adjacency.DeadAt);
            return deadline;
        }
    }

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
    public void SendFrame(byte[] frame) => _loop.Post(this, () => SendNow(frame));

    /// <summary>Falls silent.</summary>
    public void Dispose() => _loop.InvokeAsync(() =>
    {
        End("closed by us");
        _socket.Dispose();
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
            if (IsDesignated)
                SayComplete();
        }

        if (_refreshAt <= now)
        {
            _refreshAt = After(_config.RefreshInterval);
            foreach (var id in _own.ToList())
                Renew(_database[id]);
        }

        foreach (var adjacency in _adjacencies.Values.Where(a => a.DeadAt <= now).ToList())
        {
            _adjacencies.Remove(adjacency.Key);
            ForgetSending();
            Elect();
            OriginateOwn();
        }

        BeReborn(now);
        ForgetPurged(now);
        SendDue(now);
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

    /// <summary>What proves that a PDU is ours, when there is a key; the digest comes when it is written.</summary>
    private IEnumerable<IsisTlv> Proof => _config.Key is { } key ? [AuthenticationTlv.With(key)] : [];

    private void Send(IsisPdu pdu)
    {
        pdu.Tlvs.InsertRange(0, Proof);
        Send(WireWriter.Encode(pdu, _facts));
    }

    private void Send(byte[] pdu) => SendNow(Frames.IsIs(_mac, Group, pdu));

    private void SendNow(byte[] frame)
    {
        if (!_frames.Send(frame))
            End($"the link does not take what we send: {_frames.Octets} octets wait");
    }

    private void End(string reason)
    {
        if (!_isRunning)
            return;
        _isRunning = false;
        _loop.Remove(this);
        _adjacencies.Clear();
        _ended.TrySetResult(reason);
    }
}
