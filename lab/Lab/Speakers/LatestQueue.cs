using System.Diagnostics.CodeAnalysis;

namespace OpenConfirm.Lab.Speakers;

/// <summary>What is still to be sent, in the order in which it was first asked for: each thing once, as it was last. It never grows beyond the things there are.</summary>
internal sealed class LatestQueue<TKey>
    where TKey : struct
{
    private readonly Queue<TKey> _order = [];
    private readonly Dictionary<TKey, byte[]> _latest = [];

    public int Count => _latest.Count;

    public void Put(TKey key, byte[] octets)
    {
        if (!_latest.ContainsKey(key))
            _order.Enqueue(key);
        _latest[key] = octets;
    }

    public bool TryPeek([MaybeNullWhen(false)] out byte[] octets)
    {
        octets = null;
        return _order.TryPeek(out var key) && _latest.TryGetValue(key, out octets);
    }

    public void Take() => _latest.Remove(_order.Dequeue());

    public bool Contains(TKey key) => _latest.ContainsKey(key);

    public void Clear()
    {
        _order.Clear();
        _latest.Clear();
    }
}
