using System.Buffers.Binary;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <content>LSPs: taking, making and flooding them (ISO 10589 section 7.3).</content>
public sealed partial class IsisSpeaker
{
    private const double ZeroAgeLifetimeSeconds = 60;

    /// <summary>Octets that the tables take for an LSP besides its own, about.</summary>
    private const int OverheadOfLsp = 100;

    private static ProtocolsSupported Protocols()
    {
        const byte Ip4Protocol = 0xcc, Ip6Protocol = 0x8e;
        return new ProtocolsSupported { Protocols = [Ip4Protocol, Ip6Protocol] };
    }

    private void OriginateOwn()
    {
        if (!_isRunning)
            return;
        var neighbors = _config.IsPointToPoint
            ? UpOnes.Select(a => (byte[])[.. a.System, 0])
            : UpOnes.Any() ? [_lan] : Enumerable.Empty<byte[]>();
        List<IsisTlv> tlvs =
        [
            new AreaAddresses { Areas = { new() { Value = _config.Area } } },
            Protocols(),
            new Hostname { Name = "speaker"u8.ToArray() },
            new InterfaceAddresses { Addresses = [Ip4.Parse(_port.Ip4.ToString()).Value] },
            .. Reachable(neighbors.Select(n => new WideNeighbor { Neighbor = n, Metric = _config.Metric })),
            new ExtendedIpReachability { Networks = { new() { Prefix = Prefix.Of(new Ip4(Ip4.Parse(_port.Ip4.ToString()).Value & 0xffffff00), 24), Metric = _config.Metric } } },
            new Ipv6Reachability { Networks = { new() { Prefix = Prefix.Of(new Ip6(Ip6.Parse(_port.Ip6.ToString()).Value >> 64 << 64), 64), Metric = _config.Metric } } },
        ];
        Originate(0, tlvs);
        if (IsDesignated)
            Originate(0, [.. Reachable([new() { Neighbor = [.. _config.System, 0], Metric = 0 }, .. UpOnes.Select(a => new WideNeighbor { Neighbor = [.. a.System, 0], Metric = 0 })])], pseudonode: _lan[6]);
        else
            _own.Where(id => (id >> 8 & 0xff) != 0).ToList().ForEach(Purge);
    }

    private static IEnumerable<ExtendedReachability> Reachable(IEnumerable<WideNeighbor> neighbors)
    {
        const int NeighborsInTlv = 23;
        return neighbors.Chunk(NeighborsInTlv).Select(some => new ExtendedReachability { Neighbors = [.. some] });
    }

    private void Originate(byte fragment, List<IsisTlv> tlvs, byte pseudonode = 0)
    {
        var lsp = new LinkState
        {
            Type = (byte)(_config.Level == 1 ? 18 : 20),
            Id = [.. _config.System, pseudonode, fragment],
            RemainingLifetime = Lifetime,
            TypeBlock = (byte)(_config.Level == 1 ? 1 : 3),
            Tlvs = [.. Proof, .. tlvs],
        };

        // A digest covers the sequence number.
        if (_database.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(lsp.Id), out var before))
            lsp.Sequence = LspOctets.SequenceOf(before);
        var octets = WireWriter.Encode<IsisPdu>(lsp, _facts);
        if (before is not null && LspOctets.LifetimeOf(before) > 0 && octets.AsSpan(LspOctets.HeaderLength).SequenceEqual(before.AsSpan(LspOctets.HeaderLength)))
            return;
        Renew(octets);
    }

    /// <summary>Gives an LSP of ours the next sequence number, and floods it.</summary>
    private void Renew(byte[] lsp, uint atLeast = 0)
    {
        var id = LspOctets.IdOf(lsp);
        _own.Add(id);
        if (_reborn.TryGetValue(id, out var waiting))
        {
            if (LspOctets.LifetimeOf(lsp) > 0)
                _reborn[id] = (waiting.DueAt, lsp);
            return;
        }

        var last = Math.Max(_database.TryGetValue(id, out var before) ? LspOctets.SequenceOf(before) : 0, atLeast);
        if (last < uint.MaxValue)
        {
            Publish(id, Renewed(lsp, last + 1));
            return;
        }

        // Behind the last number the first is newer only when nobody has the last any more (ISO 10589 section 7.3.16.1).
        _reborn[id] = (After(_config.SequenceRestartDelay), lsp);
        Publish(id, Purged(lsp, last));
    }

    private void BeReborn(long now)
    {
        if (_reborn.Count == 0)
            return;
        foreach (var (id, (_, lsp)) in _reborn.Where(r => r.Value.DueAt <= now).ToList())
        {
            _reborn.Remove(id);
            Drop(id);
            Renew(lsp);
        }
    }

    /// <summary>Ends an LSP of ours.</summary>
    private void Purge(ulong id)
    {
        _own.Remove(id);
        _reborn.Remove(id);
        if (_database.TryGetValue(id, out var lsp) && LspOctets.LifetimeOf(lsp) > 0)
            Publish(id, Purged(lsp, Math.Max(LspOctets.SequenceOf(lsp), LspOctets.SequenceOf(lsp) + 1)));
    }

    /// <summary>Another instance of an LSP of ours, signed anew.</summary>
    private byte[] Renewed(byte[] lsp, uint sequence)
    {
        if (_config.Key is null)
            return LspOctets.Renewed(lsp, sequence);
        var renewed = Read(lsp);
        (renewed.Sequence, renewed.WrongChecksum) = (sequence, null);
        return WireWriter.Encode<IsisPdu>(renewed, _facts);
    }

    /// <summary>The end of an LSP; a signed one carries nothing but its authentication (RFC 5304 section 2.2).</summary>
    private byte[] Purged(byte[] lsp, uint sequence)
    {
        if (_config.Key is null)
            return LspOctets.Purged(lsp, sequence);
        var end = Read(lsp);
        (end.RemainingLifetime, end.Sequence, end.WrongChecksum) = (0, sequence, null);
        end.Tlvs.Clear();
        end.Tlvs.AddRange(Proof);
        return WireWriter.Encode<IsisPdu>(end, _facts);
    }

    private LinkState Read(byte[] lsp) => (LinkState)WireReader.Decode(lsp, IsisPdu.Kinds, _facts).Value;

    private void Publish(ulong id, byte[] lsp)
    {
        if (Install(id, lsp) && UpOnes.Any())
            SendLater(id, lsp);
    }

    /// <summary>Takes an LSP (ISO 10589 section 7.3.15.1).</summary>
    private void Take(byte[] lsp)
    {
        var id = LspOctets.IdOf(lsp);
        var isKnown = _database.TryGetValue(id, out var ours);
        if (!isKnown && LspOctets.LifetimeOf(lsp) == 0)
        {
            AcknowledgeSoon(lsp); // Its end, and nobody has it.
            return;
        }

        var newer = isKnown ? Compare(LspOctets.SequenceOf(lsp), LspOctets.LifetimeOf(lsp), ours!) : 1;
        var isOther = newer == 0 && LspOctets.LifetimeOf(lsp) > 0 && LspOctets.ChecksumOf(lsp) != LspOctets.ChecksumOf(ours);
        if (id >> 16 == IdOf(_config.System) && (newer > 0 || isOther))
        {
            Outdo(id, lsp);
        }
        else if (isOther)
        {
            // Two of one number: both end, until whose it is makes a newer one (section 7.3.16.2).
            Publish(id, Purged(ours!, LspOctets.SequenceOf(ours)));
        }
        else if (newer < 0)
        {
            SendLater(id, ours!);
        }
        else if (newer == 0 || Install(id, lsp))
        {
            _unacknowledged.Remove(id);
            AcknowledgeSoon(lsp);
        }
    }

    /// <summary>An LSP in our name that we did not make, of an earlier life or somebody else: a newer one of ours, or its end.</summary>
    private void Outdo(ulong id, byte[] lsp)
    {
        if (_own.Contains(id) && !_reborn.ContainsKey(id))
            Renew(_database[id], LspOctets.SequenceOf(lsp));
        else if (Install(id, lsp) && LspOctets.LifetimeOf(lsp) > 0)
            Publish(id, Purged(lsp, LspOctets.SequenceOf(lsp)));
    }

    /// <summary>Whether an LSP is newer than ours: above 0; 0 when they are the same (ISO 10589 section 7.3.16.3).</summary>
    private static int Compare(uint sequence, ushort lifetime, byte[] ours)
    {
        var bySequence = sequence.CompareTo(LspOctets.SequenceOf(ours));
        return bySequence != 0 ? bySequence : (lifetime == 0).CompareTo(LspOctets.LifetimeOf(ours) == 0);
    }

    private bool Install(ulong id, byte[] lsp)
    {
        var wasPurged = _database.TryGetValue(id, out var before) && LspOctets.LifetimeOf(before) == 0;
        Drop(id);
        _databaseBytes += lsp.Length + OverheadOfLsp;
        _database[id] = lsp;
        if (LspOctets.LifetimeOf(lsp) == 0 && !wasPurged)
            _purged.Enqueue((After(ZeroAgeLifetimeSeconds), id));
        if (_databaseBytes <= _config.DatabaseBytes)
            return true;
        End($"the neighbour floods more LSPs than {_config.DatabaseBytes >> 20} MiB");
        return false;
    }

    private void Drop(ulong id)
    {
        if (_database.Remove(id, out var old))
            _databaseBytes -= old.Length + OverheadOfLsp;
    }

    /// <summary>A purge is kept for a while, so that what it ended does not come back (ISO 10589 section 7.3.16.4).</summary>
    private void ForgetPurged(long now)
    {
        while (_purged.TryPeek(out var oldest) && oldest.DueAt <= now)
        {
            _purged.Dequeue();
            if (_reborn.ContainsKey(oldest.Id) || !_database.TryGetValue(oldest.Id, out var lsp) || LspOctets.LifetimeOf(lsp) > 0)
                continue;
            Drop(oldest.Id);
            _unacknowledged.Remove(oldest.Id);
        }
    }
}
