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
public sealed class BgpSpeaker : IEndpoint, IDisposable
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

    private Socket NewSocket()
    {
        var socket = _node.Run(() => new Socket(_config.Local.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Blocking = false;
        socket.NoDelay = true;
        if (_config.Password is { } password)
            TcpMd5.Set(socket, _config.Peer, password);
        return socket;
    }

    private void Connect()
    {
        _socket = NewSocket();
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(_config.Local, 0));
        State = BgpState.Connect;
        _isWaitingToConnect = true;
        try
        {
            _socket.Connect(new IPEndPoint(_config.Peer, _config.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException)
        {
            ConnectLater(); // The network may still be coming up.
        }
    }

    private void Listen()
    {
        _listener = NewSocket();
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(_config.Local, _config.Port));
        _listener.Listen(4);
        State = BgpState.Active;
    }

    private void Accept()
    {
        Socket accepted;
        try
        {
            accepted = _listener!.Accept();
        }
        catch (SocketException)
        {
            return;
        }

        if (accepted.RemoteEndPoint is not IPEndPoint from || !from.Address.Equals(_config.Peer))
        {
            accepted.Dispose();
            return;
        }

        accepted.Blocking = false;
        accepted.NoDelay = true;
        _socket = accepted;
        _listener!.Dispose();
        _listener = null;
        SendOpen();
    }

    private void Connected()
    {
        _isWaitingToConnect = false;
        var error = (SocketError)(int)_socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error == SocketError.Success)
        {
            SendOpen();
            return;
        }

        if (_config.IsPatient)
            ConnectLater(); // A daemon that starts or has just lost us listens a moment later.
        else
            End(BgpEndKind.PeerReset, $"the connection to {_config.Peer} failed: {error}");
    }

    private void ConnectLater()
    {
        _socket!.Dispose();
        _socket = null;
        _isWaitingToConnect = false;
        _retryDeadline = After(RetrySeconds);
    }

    private void SendOpen()
    {
        State = BgpState.OpenSent;
        Enqueue(WireWriter.Encode((BgpMessage)_config.MakeOpen(), WireFacts.Default));
        Flush();
    }

    /// <summary>Takes octets and handles the messages that are whole.</summary>
    private void Take(ReadOnlySpan<byte> octets)
    {
        BytesReceived += octets.Length;
        if (_received.Length < _receivedLength + octets.Length)
            Array.Resize(ref _received, Math.Max(_received.Length * 2, _receivedLength + octets.Length));
        octets.CopyTo(_received.AsSpan(_receivedLength));
        _receivedLength += octets.Length;

        var at = 0;
        while (State != BgpState.Idle && BgpMessage.LengthOf(_received.AsSpan(at, _receivedLength - at)) is { } length)
        {
            if (length is < BgpMessage.HeaderLength || length > (MayBeExtended ? LargestExtended : LargestMessage))
            {
                End(BgpEndKind.PeerWrong, $"a message whose length is {length}");
                return;
            }

            if (_receivedLength - at < length)
                break;
            Handle(_received.AsSpan(at, length));
            at += length;
        }

        if (State == BgpState.Idle)
            return;
        _received.AsSpan(at, _receivedLength - at).CopyTo(_received);
        _receivedLength -= at;
    }

    private void Handle(ReadOnlySpan<byte> octets)
    {
        MessagesReceived++;
        if (_holdTicks > 0)
            _holdDeadline = Stopwatch.GetTimestamp() + _holdTicks;
        var decoded = WireReader.Decode(octets, BgpMessage.Kinds, Receiving);
        OnMessage?.Invoke(decoded);
        switch (decoded.Value)
        {
            case Open open when State == BgpState.OpenSent:
                Agree(open);
                State = BgpState.OpenConfirm;
                Enqueue(WireWriter.Encode(new Keepalive(), Sending));
                break;
            case Keepalive when State == BgpState.OpenConfirm:
                State = BgpState.Established;
                _openDeadline = long.MaxValue;
                _settled.TrySetResult(State);
                break;
            case Notification notification:
                End(BgpEndKind.PeerNotified, $"the peer said NOTIFICATION {notification.Code}/{notification.Subcode}{(notification.Text is { Length: > 0 } text ? $" ({text})" : notification.Data.Length > 0 ? $" with {Convert.ToHexStringLower(notification.Data.AsSpan(0, Math.Min(32, notification.Data.Length)))}" : "")}");
                break;
        }
    }

    /// <summary>What holds from now on follows from both OPENs (RFC 4271 section 4.2, RFC 6793 section 4.1, RFC 7911 section 4).</summary>
    private void Agree(Open peer)
    {
        PeerOpen = peer;
        var ours = _config.MakeOpen();
        var fourOctets = ours.Capabilities.Any(c => c is FourOctetAs) && peer.Capabilities.Any(c => c is FourOctetAs);
        Sending = new WireFacts { FourOctetAs = fourOctets, AddPath = AddPathBetween(ours, peer) };
        Receiving = new WireFacts { FourOctetAs = fourOctets, AddPath = AddPathBetween(peer, ours) };
        var hold = Math.Min(ours.HoldTime, peer.HoldTime);
        if (hold == 0)
            return;
        _holdTicks = hold * Stopwatch.Frequency;
        _holdDeadline = Stopwatch.GetTimestamp() + _holdTicks;
        _keepaliveTicks = _holdTicks / 3;
        _keepaliveDeadline = Stopwatch.GetTimestamp() + _keepaliveTicks;
    }

    private static HashSet<Family> AddPathBetween(Open sender, Open receiver)
    {
        const byte Receives = 1, Sends = 2;
        return [.. Of(sender, Sends).Intersect(Of(receiver, Receives))];

        static IEnumerable<Family> Of(Open open, byte flag) =>
            open.Capabilities.OfType<AddPath>().SelectMany(a => a.Families).Where(f => (f.SendReceive & flag) != 0).Select(f => new Family(f.Afi, f.Safi));
    }

    private void Enqueue(ReadOnlyMemory<byte> octets)
    {
        if (_socket is null || State == BgpState.Idle || octets.IsEmpty)
            return;
        _queue.Enqueue(octets);
        _queued += octets.Length;
        if (_queued > _config.QueueBytes)
            Flush();
        if (_queued > _config.QueueBytes)
            End(BgpEndKind.PeerSilent, $"the peer does not take what we send: {_queued} octets are waiting");
    }

    private void Flush()
    {
        while (_queue.TryPeek(out var first))
        {
            var sent = _socket!.Send(first.Span[_sentOfFirst..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
            {
                // What the peer said before it closed is still to be read, and tells more than this.
                ReadLastWords();
                if (State != BgpState.Idle)
                    End(BgpEndKind.PeerReset, $"the connection failed while sending: {error}");
                return;
            }

            _sentOfFirst += sent;
            _queued -= sent;
            if (_sentOfFirst == first.Length)
            {
                _queue.Dequeue();
                _sentOfFirst = 0;
            }
        }

        foreach (var drained in _drains)
            drained.TrySetResult();
        _drains.Clear();
    }

    private void ReadLastWords()
    {
        while (State != BgpState.Idle && _socket!.Receive(_chunk, SocketFlags.None, out var error) is var count && count > 0 && error == SocketError.Success)
            Take(_chunk.AsSpan(0, count));
    }

    /// <summary>
    /// The connection is lost. A daemon that is not ready yet takes connections and drops them: as long as it has said nothing,
    /// and there is time, another one is tried.
    /// </summary>
    private void Lose(BgpEndKind kind, string reason)
    {
        if (State != BgpState.OpenSent || _config.IsPassive || MessagesReceived > 0 || !_config.IsPatient)
        {
            End(kind, reason);
            return;
        }

        State = BgpState.Connect;
        _queue.Clear();
        (_queued, _sentOfFirst) = (0, 0);
        ConnectLater();
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
