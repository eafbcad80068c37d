using System.Buffers.Binary;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <content>LSAs: taking, making and flooding them (RFC 2328 section 13).</content>
public sealed partial class OspfSpeaker
{
    private void Answer(OspfNeighbor neighbor, IReadOnlyList<LsaKey> requests)
    {
        if (neighbor.State < OspfNeighborState.Exchange)
            return;
        List<byte[]> found = [];
        foreach (var key in requests)
        {
            if (!_database.TryGetValue(key, out var lsa))
            {
                BeginExchange(neighbor); // BadLSReq
                return;
            }

            found.Add(lsa);
        }

        foreach (var update in Packed(found))
            SendTo(neighbor, update);
    }

    private void Take(OspfNeighbor neighbor, IReadOnlyList<byte[]> lsas)
    {
        if (neighbor.State < OspfNeighborState.Exchange)
            return;
        var acks = new List<byte[]>();
        var onwards = new List<byte[]>();
        foreach (var lsa in lsas)
        {
            var key = KeyOf(lsa);
            var isKnown = _database.TryGetValue(key, out var ours);
            var newer = isKnown ? LsaOctets.Compare(lsa, ours) : 1;
            if (newer > 0)
            {
                acks.Add(lsa[..HeaderOfLsa]);
                if (key.Router == _config.Router.Value)
                    Outdo(key, lsa);
                else if (!Install(key, lsa))
                    return;
                else
                    onwards.Add(lsa);
            }
            else if (newer == 0)
            {
                if (!neighbor.Unacknowledged.Remove(key))
                    acks.Add(lsa[..HeaderOfLsa]);
            }
            else
            {
                SendTo(neighbor, _packets.Update([ours!]));
            }

            if (neighbor.Requests.TryGetValue(key, out var wanted) && LsaOctets.Compare(lsa, wanted) >= 0)
                neighbor.Requests.Remove(key);
        }

        for (var i = 0; i < acks.Count; i += _packets.Room / HeaderOfLsa)
            SendTo(neighbor, _packets.Ack(acks.Skip(i).Take(_packets.Room / HeaderOfLsa)));

        // On a LAN the designated router tells everybody.
        if (onwards.Count > 0 && !_config.IsPointToPoint && _designated == _packets.OwnName)
            Flood(onwards, except: neighbor);
        if (neighbor.State == OspfNeighborState.Loading)
            AskOrBeFull(neighbor);
    }

    private void Acknowledged(OspfNeighbor neighbor, IReadOnlyList<byte[]> headers)
    {
        foreach (var header in headers)
        {
            if (neighbor.Unacknowledged.TryGetValue(KeyOf(header), out var lsa) && LsaOctets.Compare(header, lsa) == 0)
                neighbor.Unacknowledged.Remove(KeyOf(header));
        }
    }

    /// <summary>An LSA in our name that we did not make, of an earlier life or somebody else: a newer one of ours, or its end (section 13.4).</summary>
    private void Outdo(LsaKey key, byte[] lsa)
    {
        if (_own.Contains(key) && _database.TryGetValue(key, out var ours))
        {
            BinaryPrimitives.WriteInt32BigEndian(ours.AsSpan(12), LsaOctets.SequenceOf(lsa));
            Originate([ours]);
        }
        else if (LsaOctets.AgeOf(lsa) < LsaOctets.MaxAge)
        {
            Flood([Aged(lsa)]);
        }
    }

    private bool Install(LsaKey key, byte[] lsa)
    {
        Drop(key);
        if (LsaOctets.AgeOf(lsa) >= LsaOctets.MaxAge)
            return true;
        _databaseBytes += lsa.Length;
        if (_databaseBytes > _config.DatabaseBytes)
        {
            End($"the neighbour floods more LSAs than {_config.DatabaseBytes >> 20} MiB");
            return false;
        }

        _database[key] = lsa;
        return true;
    }

    private void Drop(LsaKey key)
    {
        if (_database.Remove(key, out var old))
            _databaseBytes -= old.Length;
    }

    private void OriginateOwn()
    {
        if (!_isRunning)
            return;
        var full = _neighbors.Values.Where(n => n.State == OspfNeighborState.Full).ToList();
        var designated = _config.IsPointToPoint ? null : full.Find(n => n.Name == _designated);
        var isDesignated = !_config.IsPointToPoint && _designated == _packets.OwnName;
        var wanted = _packets.Own(_config.IsPointToPoint ? full.FirstOrDefault() : null, designated, isDesignated, isDesignated ? [.. full.Select(n => n.Router)] : []).ToList();
        Originate([.. wanted.Where(IsChanged)]);
    }

    /// <summary>All but the age, the sequence number and the checksum.</summary>
    private bool IsChanged(byte[] lsa) => !_database.TryGetValue(KeyOf(lsa), out var ours)
        || !lsa.AsSpan(2, 10).SequenceEqual(ours.AsSpan(2, 10)) || !lsa.AsSpan(18).SequenceEqual(ours.AsSpan(18));

    private void Originate(IReadOnlyList<byte[]> lsas)
    {
        foreach (var lsa in lsas)
        {
            var key = KeyOf(lsa);
            if (_database.TryGetValue(key, out var ours))
                BinaryPrimitives.WriteInt32BigEndian(lsa.AsSpan(12), LsaOctets.SequenceOf(ours) + 1);
            BinaryPrimitives.WriteUInt16BigEndian(lsa.AsSpan(16), 0);
            BinaryPrimitives.WriteUInt16BigEndian(lsa.AsSpan(16), Checksum.Of(SumKind.Lsa, lsa, 16, WireFacts.Default)!.Value);
            _own.Add(key);
            if (!Install(key, lsa))
                return;
        }

        Flood(lsas);
    }

    private void Flood(IReadOnlyList<byte[]> lsas, OspfNeighbor? except = null)
    {
        var hearers = _neighbors.Values.Where(n => n.State >= OspfNeighborState.Exchange && n != except).ToList();
        if (lsas.Count == 0 || hearers.Count == 0)
            return;
        foreach (var neighbor in hearers)
        {
            foreach (var lsa in lsas)
                neighbor.Unacknowledged[KeyOf(lsa)] = lsa;
            if (neighbor.State == OspfNeighborState.Full)
                neighbor.AgainAt = Math.Min(neighbor.AgainAt, After(_config.RetransmitInterval));
        }

        var isToDesignated = !_config.IsPointToPoint && _designated != _packets.OwnName && _backup != _packets.OwnName;
        foreach (var update in Packed(lsas))
            _socket.Send(_packets.ToGroup(update, isToDesignated));
    }

    private IEnumerable<byte[]> Packed(IReadOnlyList<byte[]> lsas)
    {
        var some = new List<byte[]>();
        var octets = 0;
        foreach (var lsa in lsas)
        {
            if (some.Count > 0 && octets + lsa.Length > _packets.Room)
            {
                yield return _packets.Update(some);
                (some, octets) = ([], 0);
            }

            some.Add(lsa);
            octets += lsa.Length;
        }

        if (some.Count > 0)
            yield return _packets.Update(some);
    }

    private void SendTo(OspfNeighbor neighbor, byte[] packet) => _socket.Send(_config.IsPointToPoint
        ? _packets.ToGroup(packet, isToDesignated: false)
        : _packets.ToNeighbor(packet, neighbor.Address, neighbor.Mac));

    private void End(string reason)
    {
        if (!_isRunning)
            return;
        _isRunning = false;
        _loop.Remove(this);
        _neighbors.Clear();
        _ended.TrySetResult(reason);
    }
}
