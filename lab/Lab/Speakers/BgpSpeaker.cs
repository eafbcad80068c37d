using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <summary>
/// One BGP session of ours (RFC 4271 section 8; there is one connection at a time, and a second one of the peer's is turned away).
/// It begins with <see cref="StartAsync"/> and ends once, with a cause; then it can be started again. Octets of any kind can be
/// sent in any state.
/// </summary>
public sealed partial class BgpSpeaker : IEndpoint, IDisposable
{
    private const byte HoldTimerExpired = 4;

    private static readonly BgpEnd NotStarted = new(BgpEndKind.Closed, "the session was not started", BgpState.Idle);

    private readonly SpeakerLoop _loop;
    private readonly Node _node;
    private readonly BgpSpeakerConfig _config;
    private readonly byte[] _chunk = new byte[1 << 16];
    private byte[] _received = [];
    private int _receivedLength;
    private int _largestReceived;
    private long _openDeadline = long.MaxValue;
    private long _retryDeadline = long.MaxValue;
    private long _holdDeadline = long.MaxValue;
    private long _keepaliveDeadline = long.MaxValue;
    private long _keepaliveTicks;
    private long _holdTicks;
    private TaskCompletionSource<BgpState> _settled = NewSignal<BgpState>();
    private TaskCompletionSource<BgpEnd> _ended = NewSignal<BgpEnd>();

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

    /// <summary>Connections that the peer made while there was one, since the start.</summary>
    public int Collisions { get; private set; }

    /// <summary>Connections that the peer dropped before it said anything, since the start.</summary>
    public int Drops { get; private set; }

    /// <summary>The end of the last session; null when there was none, or it goes on.</summary>
    public BgpEnd? LastEnd { get; private set; }

    /// <summary>Ends with the session.</summary>
    public Task<BgpEnd> Ended => _ended.Task;

    int IEndpoint.Descriptor => _socket is { } socket ? (int)socket.Handle : -1;

    bool IEndpoint.WantsToWrite => _isWaitingToConnect || _queue.Count > 0;

    long IEndpoint.Deadline =>
        Math.Min(Math.Min(Math.Min(_openDeadline, _retryDeadline), Math.Min(_holdDeadline, _keepaliveDeadline)), _stallDeadline);

    /// <summary>Connects, or begins to wait for the peer.</summary>
    /// <exception cref="LabException">The address or port cannot be had.</exception>
    public async Task StartAsync()
    {
        await _loop.InvokeAsync(() =>
        {
            if (State != BgpState.Idle)
                throw new InvalidOperationException($"the session is {State} already");
            (_settled, _ended, LastEnd) = (NewSignal<BgpState>(), NewSignal<BgpEnd>(), null);
            (MessagesReceived, BytesReceived, _receivedLength, Collisions, Drops) = (0, 0, 0, 0, 0);
            (Sending, Receiving, PeerOpen) = (WireFacts.Default, WireFacts.Default, null);
            _isTooMuch = false;
            _largestReceived = LargestReceived;
            _openDeadline = After(_config.OpenTime);
            try
            {
                _loop.Add(this);
                if (_config.IsPassive)
                    Listen();
                else
                    Connect();
            }
            catch (Exception e)
            {
                End(new BgpEnd(BgpEndKind.Failed, e.Message, State) { Fault = e });
                if (e is SocketException)
                    throw new LabException($"a BGP speaker cannot use {_config.Local} in {_node.Name}: {e.Message}", e);
                throw;
            }

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

    /// <summary>Ends the session with a NOTIFICATION; one that has ended keeps its end.</summary>
    /// <param name="code">Error code; 6 is Cease.</param>
    /// <param name="subcode">Error subcode; 2 is administrative shutdown.</param>
    public Task<BgpEnd> CloseAsync(byte code = 6, byte subcode = 2) =>
        EndFromOutside(() => SayAndEnd(BgpEndKind.Closed, "closed by us", new Notification { Code = code, Subcode = subcode }));

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
        _loop.Post(this, () =>
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
        if (_isWaitingToConnect)
        {
            Connected();
            return;
        }

        // Bounded, so that a peer that floods us leaves the others their turn.
        for (var round = 0; round < 4 && _socket is not null; round++)
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
            EndUnopened();
        }
        else if (_retryDeadline <= now)
        {
            _retryDeadline = long.MaxValue;
            Connect();
        }
        else if (_holdDeadline <= now)
        {
            SayAndEnd(BgpEndKind.PeerSilent, "the peer was silent for the hold time", new Notification { Code = HoldTimerExpired });
        }
        else if (_stallDeadline <= now)
        {
            EndStalled($"nothing for {StallSeconds:0.#} s, and {_queued} octets are waiting");
        }
        else if (_keepaliveDeadline <= now)
        {
            _keepaliveDeadline = now + _keepaliveTicks;
            Enqueue(WireWriter.Encode(new Keepalive(), Sending));
        }
    }

    void IEndpoint.OnFailure(Exception cause) => Fail(cause);

    private static TaskCompletionSource<T> NewSignal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long After(double seconds) => Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);

    private async Task<BgpEnd> EndFromOutside(Action end)
    {
        var ended = await _loop.InvokeAsync(() =>
        {
            if (State != BgpState.Idle)
                end();
            return LastEnd ?? NotStarted;
        });
        return ended;
    }

    /// <summary>RFC 4271 section 8.2.2 has the hold timer run, at a large value, until the session is established.</summary>
    private void EndUnopened()
    {
        if (State is BgpState.Connect or BgpState.Active)
        {
            var what = State == BgpState.Connect ? $"no connection to {_config.Peer}" : $"{_config.Peer} did not connect";
            End(BgpEndKind.PeerSilent, $"{what} within {_config.OpenTime} s{(Drops > 0 ? $" that was not dropped; {Drops} were" : "")}");
            return;
        }

        SayAndEnd(BgpEndKind.PeerSilent, $"the peer did not finish the opening within {_config.OpenTime} s", new Notification { Code = HoldTimerExpired });
    }

    private void Fail(Exception cause)
    {
        _loop.Remove(this);
        End(new BgpEnd(BgpEndKind.Failed, $"our own code failed: {cause.Message}", State) { Fault = cause });
    }

    private void End(BgpEndKind kind, string reason) => End(new BgpEnd(kind, reason, State));

    /// <summary>Closes what there is, and tells who waits; what ends already has ended.</summary>
    private void End(BgpEnd end)
    {
        if (LastEnd is not null)
            return;
        LastEnd = end;
        State = BgpState.Idle;
        _loop.Remove(this);
        _door?.Dispose();
        _socket?.Dispose();
        (_door, _socket, _isWaitingToConnect) = (null, null, false);
        (_openDeadline, _retryDeadline, _holdDeadline, _keepaliveDeadline, _holdTicks) = (long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, 0);
        EmptyQueue(end);
        _settled.TrySetResult(BgpState.Idle);
        _ended.TrySetResult(end);
    }
}
