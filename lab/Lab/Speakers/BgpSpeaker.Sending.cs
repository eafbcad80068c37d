using System.Net.Sockets;

namespace OpenConfirm.Lab.Speakers;

/// <content>What waits to be sent.</content>
public sealed partial class BgpSpeaker
{
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
}
