using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <summary>
/// One BGP session of ours (RFC 4271 section 8, without collision detection: there is one connection at a time). It begins
/// with <see cref="StartAsync"/> and ends once, with a cause; then it can be started again. Octets of any kind can be sent in any
/// state.
/// </summary>
public sealed partial class BgpSpeaker : IEndpoint, IDisposable
{
    private const int LargestMessage = 4096;
    private const int LargestExtended = 65535;
    private const double RetrySeconds = 0.02;

    private readonly SpeakerLoop _loop;
    private readonly Node _node;
    private readonly BgpSpeakerConfig _config;
    private readonly Queue<ReadOnlyMemory<byte>> _queue = [];
    private readonly byte[] _chunk = new byte[1 << 16];
    private Socket? _listener;
    private Socket? _socket;
    private byte[] _received = [];
    private int _receivedLength;
    private int _sentOfFirst;
    private long _queued;
    private long _openDeadline = long.MaxValue;
    private long _retryDeadline = long.MaxValue;
    private long _holdDeadline = long.MaxValue;
    private long _keepaliveDeadline = long.MaxValue;
    private long _keepaliveTicks;
    private long _holdTicks;
    private bool _isWaitingToConnect;
    private TaskCompletionSource<BgpState> _settled = NewSignal<BgpState>();
    private TaskCompletionSource<BgpEnd> _ended = NewSignal<BgpEnd>();
    private List<TaskCompletionSource> _drains = [];

    /// <summary>Makes one that is idle.</summary>
    /// <param name="loop">Whose thread runs it.</param>
    /// <param name="node">In which its sockets are.</param>
    /// <param name="config">How it behaves.</param>
    public BgpSpeaker(SpeakerLoop loop, Node node, BgpSpeakerConfig config)
    {
        _loop = loop;
        _node = node;
        _config = config;
    }

    /// <summary>Gets every message of the peer, on the loop's thread. What could not be decoded to its end says so.</summary>
    public Action<Decoded<BgpMessage>>? OnMessage { get; set; }

    /// <summary>The state.</summary>
    public BgpState State { get; private set; }

    /// <summary>What both have agreed on for what we send.</summary>
    public WireFacts Sending { get; private set; } = WireFacts.Default;

    /// <summary>What both have agreed on for what the peer sends.</summary>
    public WireFacts Receiving { get; private set; } = WireFacts.Default;

    /// <summary>The peer's OPEN.</summary>
    public Open? PeerOpen { get; private set; }

    /// <summary>Messages that have come since the start.</summary>
    public long MessagesReceived { get; private set; }

    /// <summary>Octets that have come since the start.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Ends with the session.</summary>
    public Task<BgpEnd> Ended => _ended.Task;

    int IEndpoint.Descriptor => (_socket ?? _listener) is { } socket ? (int)socket.Handle : -1;

    bool IEndpoint.WantsToWrite => _isWaitingToConnect || _queue.Count > 0;

    long IEndpoint.Deadline => Math.Min(Math.Min(_openDeadline, _retryDeadline), Math.Min(_holdDeadline, _keepaliveDeadline));

    private bool MayBeExtended => PeerOpen?.Capabilities.Any(c => c is ExtendedMessage) == true;

    /// <summary>Connects, or begins to wait for the peer.</summary>
    /// <exception cref="LabException">The address or port cannot be had.</exception>
    public async Task StartAsync()
    {
        await _loop.InvokeAsync(() =>
        {
            if (State != BgpState.Idle)
                throw new InvalidOperationException($"the session is {State} already");
            (_settled, _ended) = (NewSignal<BgpState>(), NewSignal<BgpEnd>());
            (MessagesReceived, BytesReceived, _receivedLength) = (0, 0, 0);
            (Sending, Receiving, PeerOpen) = (WireFacts.Default, WireFacts.Default, null);
            _openDeadline = After(_config.OpenTime);
            try
            {
                if (_config.IsPassive)
                    Listen();
                else
                    Connect();
            }
            catch (SocketException e)
            {
                Release();
                throw new LabException($"a BGP speaker cannot use {_config.Local} in {_node.Name}: {e.Message}", e);
            }

            _loop.Add(this);
            return true;
        });
    }

    /// <summary>Starts and waits until the session is established.</summary>
    /// <returns>Why it is not; null when it is.</returns>
    public async Task<BgpEnd?> EstablishAsync(CancellationToken cancel)
    {
        await StartAsync();
        var state = await _settled.Task.WaitAsync(cancel);
        return state == BgpState.Established ? null : await Ended;
    }

    /// <summary>Sends a message, in whatever state the session is.</summary>
    public void Send(BgpMessage message) => Send(WireWriter.Encode(message, Sending));

    /// <summary>Sends octets, whatever they are.</summary>
    public void Send(ReadOnlyMemory<byte> octets) => _loop.Post(() => Enqueue(octets));

    /// <summary>Ends when all that was given to be sent is with the kernel, or the session is over.</summary>
    public Task DrainAsync()
    {
        var drained = NewSignal();
        _loop.Post(() =>
        {
            if (_queue.Count == 0)
                drained.SetResult();
            else
                _drains.Add(drained);
        });
        return drained.Task;
    }

    /// <summary>Ends the session with a NOTIFICATION.</summary>
    /// <param name="code">Error code; 6 is Cease.</param>
    /// <param name="subcode">Error subcode; 2 is administrative shutdown.</param>
    public Task<BgpEnd> CloseAsync(byte code = 6, byte subcode = 2) => EndFromOutside(() =>
    {
        Enqueue(WireWriter.Encode(new Notification { Code = code, Subcode = subcode }, Sending));
        Flush();
        End(BgpEndKind.Closed, "closed by us");
    });

    /// <summary>Closes the connection without a word.</summary>
    /// <param name="isReset">With RST and not with FIN.</param>
    public Task<BgpEnd> AbortAsync(bool isReset = false) => EndFromOutside(() =>
    {
        if (isReset && _socket is not null)
            _socket.LingerState = new LingerOption(true, 0);
        End(BgpEndKind.Closed, "closed by us, without a word");
    });

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _loop.Post(() =>
        {
            if (State != BgpState.Idle)
                End(BgpEndKind.Closed, "closed by us, without a word");
        });
    }

    void IEndpoint.OnWritable()
    {
        if (_isWaitingToConnect)
            Connected();
        else
            Flush();
    }

    void IEndpoint.OnReadable()
    {
        if (_socket is null)
        {
            Accept();
            return;
        }

        if (_isWaitingToConnect)
        {
            Connected();
            return;
        }

        // Bounded, so that a peer that floods us leaves the others their turn.
        for (var round = 0; round < 16 && _socket is not null; round++)
        {
            var count = _socket.Receive(_chunk, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
                Lose(BgpEndKind.PeerReset, $"the connection failed: {error}");
            else if (count == 0)
                Lose(BgpEndKind.PeerClosed, "the peer closed the connection");
            else
                Take(_chunk.AsSpan(0, count));
        }
    }

    void IEndpoint.OnDeadline()
    {
        var now = Stopwatch.GetTimestamp();
        if (_openDeadline <= now)
        {
            End(BgpEndKind.PeerSilent, State switch
            {
                BgpState.Connect => $"no connection to {_config.Peer} within {_config.OpenTime} s",
                BgpState.Active => $"{_config.Peer} did not connect within {_config.OpenTime} s",
                _ => $"the peer did not finish the opening within {_config.OpenTime} s",
            });
        }
        else if (_retryDeadline <= now)
        {
            _retryDeadline = long.MaxValue;
            Connect();
        }
        else if (_holdDeadline <= now)
        {
            Enqueue(WireWriter.Encode(new Notification { Code = 4 }, Sending));
            Flush();
            End(BgpEndKind.PeerSilent, "the peer was silent for the hold time");
        }
        else if (_keepaliveDeadline <= now)
        {
            _keepaliveDeadline = now + _keepaliveTicks;
            Enqueue(WireWriter.Encode(new Keepalive(), Sending));
        }
    }

    private static TaskCompletionSource<T> NewSignal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long After(double seconds) => Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);

    private async Task<BgpEnd> EndFromOutside(Action end)
    {
        var ended = await _loop.InvokeAsync(() =>
        {
            if (State != BgpState.Idle)
                end();
            return _ended.Task;
        });
        return await ended;
    }

    private void End(BgpEndKind kind, string reason)
    {
        var end = new BgpEnd(kind, reason, State);
        Release();
        _loop.Remove(this);
        _settled.TrySetResult(BgpState.Idle);
        _ended.TrySetResult(end);
    }

    private void Release()
    {
        State = BgpState.Idle;
        _socket?.Dispose();
        _listener?.Dispose();
        (_socket, _listener) = (null, null);
        _isWaitingToConnect = false;
        _queue.Clear();
        (_queued, _sentOfFirst) = (0, 0);
        (_openDeadline, _retryDeadline, _holdDeadline, _keepaliveDeadline, _holdTicks) = (long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, 0);
        var drains = _drains;
        _drains = [];
        foreach (var drained in drains)
            drained.TrySetResult();
    }
}
