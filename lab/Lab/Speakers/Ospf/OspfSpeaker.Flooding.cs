namespace OpenConfirm.Lab.Speakers.Ospf;

/// <content>LSAs: taking, making and ending them (RFC 2328 sections 12 to 14).</content>
public sealed partial class OspfSpeaker
{
    /// <summary>Octets that the tables take for an LSA besides its own, about.</summary>
    private const int OverheadOfLsa = 100;

    private void Answer(OspfNeighbor neighbor, IReadOnlyList<LsaKey> requests)
    {
        if (neighbor.State < OspfNeighborState.Exchange)
            return;
        foreach (var key in requests)
        {
            if (!_database.TryGetValue(key, out var lsa))
            {
                BeginExchange(neighbor); // BadLSReq
                return;
            }

            SendLater(neighbor, key, lsa);
        }
    }

    private void Take(OspfNeighbor neighbor, IReadOnlyList<byte[]> lsas)
    {
        if (neighbor.State < OspfNeighborState.Exchange)
            return;
        var repeated = new List<byte[]>();
        var onwards = new List<byte[]>();
        foreach (var lsa in lsas)
        {
            if (!Take(neighbor, lsa, repeated, onwards) || !_isRunning)
                return;
        }

        for (var i = 0; i < repeated.Count; i += _packets.Room / HeaderOfLsa)
            SendTo(neighbor, _packets.Ack(repeated.Skip(i).Take(_packets.Room / HeaderOfLsa)));

        // On a LAN the designated router tells everybody.
        if (onwards.Count > 0 && !_config.IsPointToPoint && _designated == _packets.OwnName)
            Flood(onwards, except: neighbor);
        if (neighbor.State == OspfNeighborState.Loading)
            AskOrBeFull(neighbor);
    }

    /// <summary>Takes one LSA (RFC 2328 section 13).</summary>
    /// <returns>False when the adjacency begins anew, or all has ended.</returns>
    private bool Take(OspfNeighbor neighbor, byte[] lsa, List<byte[]> repeated, List<byte[]> onwards)
    {
        var key = KeyOf(lsa);
        var isKnown = _database.TryGetValue(key, out var ours);
        var isImplied = neighbor.Unacknowledged.TryGetValue(key, out var waiting) && LsaOctets.Compare(lsa, waiting) == 0;
        if (isImplied)
            neighbor.Unacknowledged.Remove(key);
        if (!isKnown && LsaOctets.AgeOf(lsa) == LsaOctets.MaxAge && !_neighbors.Values.Any(n => n.State is OspfNeighborState.Exchange or OspfNeighborState.Loading))
        {
            // Its end, and nobody has it.
            if (!isImplied)
                repeated.Add(lsa[..HeaderOfLsa]);
            return true;
        }

        var newer = isKnown ? LsaOctets.Compare(lsa, ours) : 1;
        if (newer > 0)
        {
            AcknowledgeSoon(lsa);
            if (key.Router == _config.Router.Value)
            {
                Outdo(key, lsa);
                Satisfy(key, lsa);
                return true;
            }

            onwards.Add(lsa);
            return Install(key, lsa);
        }

        if (neighbor.Requests.ContainsKey(key))
        {
            BeginExchange(neighbor); // BadLSReq: it described a newer one, and would send this one for ever.
            return false;
        }

        if (newer < 0)
            SendLater(neighbor, key, ours!);
        else if (!isImplied)
            repeated.Add(lsa[..HeaderOfLsa]);
        return true;
    }

    private void Acknowledged(OspfNeighbor neighbor, IReadOnlyList<byte[]> headers)
    {
        foreach (var header in headers)
        {
            if (neighbor.Unacknowledged.TryGetValue(KeyOf(header), out var lsa) && LsaOctets.Compare(header, lsa) == 0)
                neighbor.Unacknowledged.Remove(KeyOf(header));
        }
    }

    /// <summary>An LSA in our name that we did not make, of an earlier life or somebody else: a newer one of ours, or its end (RFC 2328 section 13.4).</summary>
    private void Outdo(LsaKey key, byte[] lsa)
    {
        var sequence = LsaOctets.SequenceOf(lsa);
        if (!_own.Contains(key) || !_database.TryGetValue(key, out var ours))
        {
            if (LsaOctets.AgeOf(lsa) < LsaOctets.MaxAge)
                Flood([LsaOctets.Aged(lsa)]);
        }
        else if (sequence == LsaOctets.MaxSequence)
        {
            EndAndComeAgain(key, lsa, ours);
        }
        else if (LsaOctets.Renewed(ours, sequence + 1) is var renewed && Install(key, renewed))
        {
            Flood([renewed]);
        }
    }

    private bool Install(LsaKey key, byte[] lsa)
    {
        Drop(key);
        Satisfy(key, lsa);
        if (LsaOctets.AgeOf(lsa) >= LsaOctets.MaxAge)
            return true;
        _databaseBytes += lsa.Length + OverheadOfLsa;
        if (_databaseBytes > _config.DatabaseBytes)
        {
            End($"the neighbour floods more LSAs than {_config.DatabaseBytes >> 20} MiB");
            return false;
        }

        _database[key] = lsa;
        return true;
    }

    /// <summary>What was wanted has come, from whomever (RFC 2328 section 13.3 step 1b).</summary>
    private void Satisfy(LsaKey key, byte[] lsa)
    {
        foreach (var neighbor in _neighbors.Values)
        {
            if (!neighbor.Requests.TryGetValue(key, out var wanted) || LsaOctets.Compare(lsa, wanted) < 0)
                continue;
            neighbor.Requests.Remove(key);
            neighbor.Asked.Remove(key);
        }
    }

    private void Drop(LsaKey key)
    {
        if (_database.Remove(key, out var old))
            _databaseBytes -= old.Length + OverheadOfLsa;
    }

    private void OriginateOwn()
    {
        if (!_isRunning)
            return;
        var full = _neighbors.Values.Where(n => n.State == OspfNeighborState.Full).ToList();
        var designated = _config.IsPointToPoint ? null : full.Find(n => n.Name == _designated);
        var isDesignated = !_config.IsPointToPoint && _designated == _packets.OwnName;
        var wanted = _packets.Own(_config.IsPointToPoint ? full.FirstOrDefault() : null, designated, isDesignated, isDesignated ? [.. full.Select(n => n.Router)] : []).ToList();
        var keys = wanted.ConvertAll(KeyOf);
        End(_structure.Except(keys).ToList());
        _structure.UnionWith(keys);
        Originate([.. wanted.Where(IsChanged)]);
    }

    /// <summary>All but the age, the sequence number and the checksum.</summary>
    private bool IsChanged(byte[] lsa) => !(_reborn.TryGetValue(KeyOf(lsa), out var ours) || _database.TryGetValue(KeyOf(lsa), out ours))
        || !lsa.AsSpan(2, 10).SequenceEqual(ours.AsSpan(2, 10)) || !lsa.AsSpan(18).SequenceEqual(ours.AsSpan(18));

    private void Originate(IReadOnlyList<byte[]> lsas)
    {
        var made = new List<byte[]>(lsas.Count);
        foreach (var lsa in lsas)
        {
            var key = KeyOf(lsa);
            _own.Add(key);
            if (_reborn.ContainsKey(key))
            {
                _reborn[key] = lsa;
                continue;
            }

            var last = _database.TryGetValue(key, out var ours) ? LsaOctets.SequenceOf(ours) : LsaOctets.SequenceOf(lsa) - 1;
            if (ours is not null && last == LsaOctets.MaxSequence)
            {
                EndAndComeAgain(key, ours, lsa);
                continue;
            }

            var renewed = LsaOctets.Renewed(lsa, unchecked(last + 1));
            if (!Install(key, renewed))
                return;
            made.Add(renewed);
        }

        Flood(made);
        BeReborn();
    }

    /// <summary>Ends LSAs of ours (RFC 2328 section 14.1).</summary>
    private void End(List<LsaKey> keys)
    {
        var ends = keys.Select(key => _database.GetValueOrDefault(key)).OfType<byte[]>().Select(lsa => LsaOctets.Aged(lsa)).ToList();
        foreach (var key in keys)
        {
            Drop(key);
            _own.Remove(key);
            _structure.Remove(key);
            _reborn.Remove(key);
        }

        Flood(ends);
    }

    /// <summary>Behind the last sequence number the first is newer only when nobody has the last any more (RFC 2328 section 12.1.6).</summary>
    private void EndAndComeAgain(LsaKey key, byte[] last, byte[] next)
    {
        Drop(key);
        _reborn[key] = next;
        Flood([LsaOctets.Aged(last)]);
    }

    /// <summary>Those whose end everybody has acknowledged begin again.</summary>
    private void BeReborn()
    {
        if (_reborn.Count == 0 || !_isRunning)
            return;
        var ready = _reborn.Where(r => !_neighbors.Values.Any(n => n.Unacknowledged.ContainsKey(r.Key))).ToList();
        var made = new List<byte[]>();
        foreach (var (key, lsa) in ready)
        {
            _reborn.Remove(key);
            var first = LsaOctets.Renewed(lsa, LsaOctets.InitialSequence);
            if (!Install(key, first))
                return;
            made.Add(first);
        }

        Flood(made);
    }

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
