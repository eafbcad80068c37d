using System.Diagnostics;
using System.Net.Sockets;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <content>What waits to be sent: bounded in octets, and in the time that the peer takes nothing.</content>
public sealed partial class BgpSpeaker
{
    private const int HoldTimeOfNone = 90;

    private readonly Queue<ReadOnlyMemory<byte>> _queue = [];
    private readonly Queue<(ReadOnlyMemory<byte> Octets, TaskCompletionSource<BgpEnd?> Taken)> _senders = [];
    private List<TaskCompletionSource> _drains = [];
    private int _sentOfFirst;
    private long _queued;
    private long _given;
    private bool _isTooMuch;
    private long _stallDeadline = long.MaxValue;

    /// <summary>Sends a message, in whatever state the session is.</summary>
    public void Send(BgpMessage message) => Send(WireWriter.Encode(message, Sending));

    /// <summary>
    /// Sends octets, whatever they are, without waiting: when more than <see cref="BgpSpeakerConfig.QueueBytes"/> wait, the session
    /// ends. <see cref="SendAsync"/> waits for the peer.
    /// </summary>
    public void Send(ReadOnlyMemory<byte> octets)
    {
        if (Interlocked.Add(ref _given, octets.Length) > _config.QueueBytes)
        {
            Interlocked.Add(ref _given, -octets.Length);
            if (!Interlocked.Exchange(ref _isTooMuch, true))
                _loop.Post(this, () => EndStalled($"{_config.QueueBytes} octets are waiting"));
            return;
        }

        _loop.Post(this, () =>
        {
            Interlocked.Add(ref _given, -octets.Length);
            if (_queued + octets.Length > _config.QueueBytes)
                Flush();
            if (_queued + octets.Length > _config.QueueBytes)
                EndStalled($"{_queued} octets are waiting");
            Enqueue(octets);
        });
    }

    /// <summary>
    /// Sends octets, whatever they are, as soon as there is room for them among those that wait: whoever sends much goes at the
    /// pace of the peer.
    /// </summary>
    /// <param name="octets">They must not change before they are sent.</param>
    /// <param name="cancel">Ends the waiting; the octets are not sent then.</param>
    /// <returns>Null; or the end of the session, when that came first.</returns>
    public async Task<BgpEnd?> SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        var taken = NewSignal<BgpEnd?>();
        await using var cancelled = cancel.Register(() => taken.TrySetCanceled(cancel));
        _loop.Post(this, () =>
        {
            if (State == BgpState.Idle)
            {
                taken.TrySetResult(LastEnd ?? NotStarted);
                return;
            }

            _senders.Enqueue((octets, taken));
            LetSend();
        });
        return await taken.Task;
    }

    /// <summary>Ends when all that was given to be sent is with the kernel, or the session is over.</summary>
    public Task DrainAsync()
    {
        var drained = NewSignal();
        _loop.Post(this, () =>
        {
            if (_queue.Count == 0)
                drained.SetResult();
            else
                _drains.Add(drained);
        });
        return drained.Task;
    }

    private void Enqueue(ReadOnlyMemory<byte> octets)
    {
        if (_socket is null || State == BgpState.Idle || octets.IsEmpty)
            return;
        if (_queue.Count == 0)
            _stallDeadline = After(StallSeconds);
        _queue.Enqueue(octets);
        _queued += octets.Length;
    }

    /// <summary>The hold time goes for both directions (RFC 9687 section 3); where there is none, what RFC 4271 section 10 proposes.</summary>
    private double StallSeconds => _config.StallTime ?? (_holdTicks > 0 ? (double)_holdTicks / Stopwatch.Frequency : HoldTimeOfNone);

    /// <summary>Takes what those who wait want to send, as long as there is room; one that is larger than all room goes alone.</summary>
    private void LetSend()
    {
        while (_senders.TryPeek(out var next) && (_queued == 0 || _queued + next.Octets.Length <= _config.QueueBytes || next.Taken.Task.IsCompleted))
        {
            _senders.Dequeue();
            if (next.Taken.TrySetResult(null))
                Enqueue(next.Octets);
        }
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
                End(BgpEndKind.PeerReset, $"the connection failed while sending: {error}");
                return;
            }

            _stallDeadline = After(StallSeconds);
            _sentOfFirst += sent;
            _queued -= sent;
            if (_sentOfFirst == first.Length)
            {
                _queue.Dequeue();
                _sentOfFirst = 0;
            }

            LetSend();
        }

        _stallDeadline = long.MaxValue;
        foreach (var drained in _drains)
            drained.TrySetResult();
        _drains.Clear();
    }

    private void ReadLastWords()
    {
        while (State != BgpState.Idle && _socket!.Receive(_chunk, SocketFlags.None, out var error) is var count && count > 0 && error == SocketError.Success)
            Take(_chunk.AsSpan(0, count));
    }

    /// <summary>The peer would not read a NOTIFICATION either; with RST the kernel forgets what it still has to send.</summary>
    private void EndStalled(string what)
    {
        if (State == BgpState.Idle)
            return;
        _socket?.LingerState = new LingerOption(true, 0);
        End(BgpEndKind.PeerStalled, $"the peer does not take what we send: {what}");
    }

    /// <summary>Says NOTIFICATION and ends the session.</summary>
    private void SayAndEnd(BgpEndKind kind, string reason, Notification notification)
    {
        Enqueue(WireWriter.Encode((BgpMessage)notification, Sending));
        Flush();
        var isSent = _socket is not null && _queue.Count == 0 && State is not (BgpState.Idle or BgpState.Connect or BgpState.Active);
        if (isSent)
            SayNoMore();
        End(new BgpEnd(kind, reason, State) { Sent = isSent ? notification : null });
    }

    /// <summary>
    /// Closes our direction and throws away what has come: with octets unread the kernel would reset the connection, and that could
    /// overtake the NOTIFICATION. What comes without end is not waited for.
    /// </summary>
    private void SayNoMore()
    {
        const int Rounds = 64;
        try
        {
            _socket!.Shutdown(SocketShutdown.Send);
            for (var i = 0; i < Rounds && _socket.Receive(_chunk, SocketFlags.None, out var error) > 0 && error == SocketError.Success; i++)
            {
            }
        }
        catch (SocketException)
        {
            // The peer has gone first.
        }
    }

    private void EmptyQueue(BgpEnd end)
    {
        _queue.Clear();
        (_queued, _sentOfFirst, _stallDeadline) = (0, 0, long.MaxValue);
        while (_senders.TryDequeue(out var waiting))
            waiting.Taken.TrySetResult(end);
        var drains = _drains;
        _drains = [];
        foreach (var drained in drains)
            drained.TrySetResult();
    }
}
