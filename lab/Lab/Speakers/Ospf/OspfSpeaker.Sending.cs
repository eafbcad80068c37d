namespace OpenConfirm.Lab.Speakers.Ospf;

/// <content>When flooding, retransmission and acknowledgement put packets on the link (RFC 2328 sections 13.3, 13.5 and 13.6).</content>
public sealed partial class OspfSpeaker
{
    /// <summary>16 packets of 1,500 octets are a tenth of what Linux keeps for a socket that does not read.</summary>
    private const int PacketsAtOnce = 16;

    private const double RestSeconds = 0.01;
    private const double AckDelaySeconds = 0.05;

    private void Flood(List<byte[]> lsas, OspfNeighbor? except = null)
    {
        var hearers = _neighbors.Values.Where(n => n.State >= OspfNeighborState.Exchange && n != except).ToList();
        if (lsas.Count == 0 || hearers.Count == 0)
            return;
        foreach (var lsa in lsas)
        {
            var key = KeyOf(lsa);
            _toFlood.Put(key, lsa);
            foreach (var neighbor in hearers)
                neighbor.Unacknowledged[key] = lsa;
        }

        _pace.Want(Now);
    }

    private void SendLater(OspfNeighbor neighbor, LsaKey key, byte[] lsa)
    {
        neighbor.ToSend.Put(key, lsa);
        _pace.Want(Now);
    }

    /// <summary>Some of what waits, a packet of each queue in turn.</summary>
    private void SendBurst()
    {
        var neighbors = _neighbors.Values.ToList();
        for (int sent = 0, before = -1; sent < PacketsAtOnce && sent > before && _isRunning;)
        {
            before = sent;
            if (NextPacked(_toFlood) is { Count: > 0 } flooded)
            {
                var isToDesignated = !_config.IsPointToPoint && !IsDesignatedOrBackup;
                Send(_packets.ToGroup(_packets.Update(flooded), isToDesignated));
                neighbors.ForEach(n => Await(n, flooded));
                sent++;
            }

            foreach (var neighbor in neighbors)
            {
                if (NextPacked(neighbor.ToSend) is not { Count: > 0 } some)
                    continue;
                SendTo(neighbor, _packets.Update(some));
                Await(neighbor, some);
                sent++;
            }
        }

        _pace.Sent(Now, _toFlood.Count > 0 || neighbors.Exists(n => n.ToSend.Count > 0));
    }

    private bool IsDesignatedOrBackup => _designated == _packets.OwnName || _backup == _packets.OwnName;

    /// <summary>As many as one packet holds, one at least.</summary>
    private List<byte[]> NextPacked(LatestQueue<LsaKey> queue)
    {
        var some = new List<byte[]>();
        for (var octets = 0; queue.TryPeek(out var lsa) && (some.Count == 0 || octets + lsa.Length <= _packets.Room); octets += lsa.Length)
        {
            some.Add(lsa);
            queue.Take();
        }

        return some;
    }

    /// <summary>Sent now, they are sent again after the interval, unless they are acknowledged or a newer instance took their place.</summary>
    private void Await(OspfNeighbor neighbor, List<byte[]> lsas)
    {
        var dueAt = After(_config.RetransmitInterval);
        foreach (var lsa in lsas)
        {
            var key = KeyOf(lsa);
            if (neighbor.Unacknowledged.TryGetValue(key, out var waiting) && ReferenceEquals(waiting, lsa))
                neighbor.Sent.Enqueue((dueAt, key, lsa));
        }
    }

    private void ResendTo(OspfNeighbor neighbor, long now)
    {
        while (neighbor.ResendAt <= now)
        {
            var (_, key, lsa) = neighbor.Sent.Dequeue();
            if (neighbor.Unacknowledged.TryGetValue(key, out var waiting) && ReferenceEquals(waiting, lsa))
                SendLater(neighbor, key, lsa);
        }
    }

    /// <summary>Acknowledges together with others, to all who are to know (RFC 2328 section 13.5).</summary>
    private void AcknowledgeSoon(byte[] lsa)
    {
        _acks.Add(lsa[..HeaderOfLsa]);
        if (_acks.Count == _packets.Room / HeaderOfLsa)
            SendAcks();
        else
            _ackAt = Math.Min(_ackAt, After(AckDelaySeconds));
    }

    private void SendAcks()
    {
        _ackAt = long.MaxValue;
        if (_acks.Count > 0)
            Send(_packets.ToGroup(_packets.Ack(_acks), isToDesignated: !_config.IsPointToPoint && !IsDesignatedOrBackup));
        _acks.Clear();
    }

    private void SendTo(OspfNeighbor neighbor, byte[] packet) => Send(_config.IsPointToPoint
        ? _packets.ToGroup(packet, isToDesignated: false)
        : _packets.ToNeighbor(packet, neighbor.Address, neighbor.Mac));
}
