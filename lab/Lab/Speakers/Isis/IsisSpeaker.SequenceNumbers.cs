using System.Buffers.Binary;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <content>Sequence numbers, complete and partial (ISO 10589 sections 7.3.15 and 7.3.17).</content>
public sealed partial class IsisSpeaker
{
    private const int EntriesInTlv = 15;

    private int EntriesInPdu => (_config.LargestPdu - 33 - (_config.Key is { } key ? 5 + key.DigestLength : 0)) / ((EntriesInTlv * 16) + 2) * EntriesInTlv;

    /// <summary>Holds sequence numbers against ours; what we have in the range and they do not list is sent.</summary>
    private void Compare(List<IsisTlv> tlvs, ulong start, ulong end)
    {
        var listed = new HashSet<ulong>();
        var wanted = new List<LspEntries.Entry>();
        foreach (var entry in tlvs.OfType<LspEntries>().SelectMany(t => t.Entries).Where(e => e.Id.Length == 8))
        {
            var id = BinaryPrimitives.ReadUInt64BigEndian(entry.Id);
            listed.Add(id);
            var newer = _database.TryGetValue(id, out var ours) ? Compare(entry.Sequence, entry.Lifetime, ours) : entry.Lifetime > 0 && entry.Sequence > 0 ? 1 : 0;
            if (newer < 0)
                SendLater(id, ours!);
            else if (newer == 0)
                _unacknowledged.Remove(id);
            else
                wanted.Add(new LspEntries.Entry { Id = entry.Id, Lifetime = entry.Lifetime });
        }

        foreach (var (id, lsp) in _database.Where(d => start <= end && d.Key >= start && d.Key <= end && !listed.Contains(d.Key) && LspOctets.LifetimeOf(d.Value) > 0))
            SendLater(id, lsp);
        foreach (var some in wanted.Chunk(EntriesInPdu))
            SayPartial(some);
    }

    /// <summary>Lists all that we have, in as many PDUs as it takes; what was not said yet of the last time is not said twice.</summary>
    private void SayComplete()
    {
        if (_toComplete.Count > 0)
            return;
        var start = 0UL;
        var chunks = _database.Keys.Chunk(EntriesInPdu).ToList();
        foreach (var (i, some) in chunks.Index())
        {
            var end = i == chunks.Count - 1 ? ulong.MaxValue : some[^1];
            _toComplete.Enqueue((start, end, some));
            start = unchecked(end + 1);
        }

        _pace.Want(Now);
    }

    private void SayComplete(ulong start, ulong end, ulong[] ids) => Send(new CompleteSequenceNumbers
    {
        Type = (byte)(_config.Level == 1 ? 24 : 25),
        Source = [.. _config.System, 0],
        Start = LspOctets.Id(start),
        End = LspOctets.Id(end),
        Tlvs = [.. Entries(ids.Select(id => _database.GetValueOrDefault(id)).OfType<byte[]>().Select(EntryOf))],
    });

    private void SayPartial(IEnumerable<LspEntries.Entry> entries) => Send(new PartialSequenceNumbers
    {
        Type = (byte)(_config.Level == 1 ? 26 : 27),
        Source = [.. _config.System, 0],
        Tlvs = [.. Entries(entries)],
    });

    private static IEnumerable<LspEntries> Entries(IEnumerable<LspEntries.Entry> entries) => entries.Chunk(EntriesInTlv).Select(some => new LspEntries { Entries = [.. some] });

    private static LspEntries.Entry EntryOf(byte[] lsp) => new()
    {
        Id = LspOctets.Id(LspOctets.IdOf(lsp)),
        Lifetime = LspOctets.LifetimeOf(lsp),
        Sequence = LspOctets.SequenceOf(lsp),
        Checksum = LspOctets.ChecksumOf(lsp),
    };
}
