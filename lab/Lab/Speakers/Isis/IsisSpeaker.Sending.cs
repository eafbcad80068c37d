using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <content>When LSPs and sequence numbers go onto the link (ISO 10589 sections 7.3.14 and 7.3.15).</content>
public sealed partial class IsisSpeaker
{
    /// <summary>Some PDUs, then a rest: minimumLSPTransmissionInterval of more than one, since labs want more than 30 a second.</summary>
    private const int PdusAtOnce = 8;

    private const double RestSeconds = 0.01;
    private const double AckDelaySeconds = 0.05;

    private readonly LatestQueue<ulong> _toSend = new();
    private readonly Queue<(ulong Start, ulong End, ulong[] Ids)> _toComplete = [];
    private readonly Queue<(long DueAt, ulong Id, byte[] Lsp)> _sent = [];
    private readonly Dictionary<ulong, LspEntries.Entry> _acks = [];
    private readonly Pace _pace = new(Ticks(RestSeconds));
    private long _ackAt = long.MaxValue;

    private long SendingDeadline => Math.Min(Math.Min(_ackAt, _pace.DueAt), _sent.TryPeek(out var first) ? first.DueAt : long.MaxValue);

    /// <summary>Between two it is sent again until it is acknowledged; on a LAN sequence numbers tell who lacks it.</summary>
    private void SendLater(ulong id, byte[] lsp)
    {
        if (_config.IsPointToPoint)
            _unacknowledged.Add(id);
        _toSend.Put(id, lsp);
        _pace.Want(Now);
    }

    private void SendDue(long now)
    {
        while (_sent.TryPeek(out var first) && first.DueAt <= now)
        {
            _sent.Dequeue();
            if (_unacknowledged.Contains(first.Id) && _database.TryGetValue(first.Id, out var lsp) && ReferenceEquals(lsp, first.Lsp))
                SendLater(first.Id, lsp);
        }

        if (_ackAt <= now)
            SendAcks();
        if (_pace.DueAt <= now)
            SendBurst();
    }

    private void SendBurst()
    {
        for (var i = 0; i < PdusAtOnce && _isRunning; i++)
        {
            if (_toComplete.TryDequeue(out var some))
                SayComplete(some.Start, some.End, some.Ids);
            if (!_toSend.TryPeek(out var lsp))
                continue;
            _toSend.Take();
            Send(lsp);
            if (_unacknowledged.Contains(LspOctets.IdOf(lsp)))
                _sent.Enqueue((After(_config.RetransmitInterval), LspOctets.IdOf(lsp), lsp));
        }

        _pace.Sent(Now, _toSend.Count > 0 || _toComplete.Count > 0);
    }

    /// <summary>Acknowledges together with others: on a link between two only, on a LAN the designated system's list does it.</summary>
    private void AcknowledgeSoon(byte[] lsp)
    {
        if (!_config.IsPointToPoint)
            return;
        _acks[LspOctets.IdOf(lsp)] = EntryOf(lsp);
        if (_acks.Count >= EntriesInPdu)
            SendAcks();
        else
            _ackAt = Math.Min(_ackAt, After(AckDelaySeconds));
    }

    private void SendAcks()
    {
        _ackAt = long.MaxValue;
        if (_acks.Count > 0)
            SayPartial(_acks.Values);
        _acks.Clear();
    }

    /// <summary>Nobody is there any more to whom anything could be sent.</summary>
    private void ForgetSending()
    {
        if (UpOnes.Any())
            return;
        _toSend.Clear();
        _toComplete.Clear();
        _unacknowledged.Clear();
        _sent.Clear();
        _acks.Clear();
    }
}
