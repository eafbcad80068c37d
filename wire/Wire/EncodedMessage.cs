namespace OpenConfirm.Wire;

/// <summary>
/// A message as octets, with the map of its fields: for being wrong in a way that no model is. A field is changed where it stands;
/// lengths, counts and numbers that stand for a kind are fields like all others, and none follows from another any more.
/// </summary>
public sealed class EncodedMessage
{
    private readonly WireFacts _facts;
    private readonly List<WireField> _fields = [];
    private byte[] _octets;

    private EncodedMessage(IWire message, WireFacts facts)
    {
        _facts = facts;
        _octets = WireWriter.Encode(message, facts, _fields);
    }

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>The fields, in order.</summary>
    public IReadOnlyList<WireField> Fields => _fields;

    /// <summary>Encodes a message.</summary>
    /// <exception cref="WireException">A part is longer than its length field can say.</exception>
    public static EncodedMessage Of(IWire message, WireFacts facts) => new(message, facts);

    /// <summary>The first field of a path ("Path Attributes[1].Length"), or null.</summary>
    public WireField? Find(string path)
    {
        var i = _fields.FindIndex(f => f.Path == path);
        return i < 0 ? null : _fields[i];
    }

    /// <summary>First octet of an element ("Path Attributes[1]") and the octet behind its last; null when there is none.</summary>
    public (int Start, int End)? Extent(string element)
    {
        var inside = _fields.Where(f => f.Group.StartsWith(element + ".", StringComparison.Ordinal)).ToList();
        return inside.Count == 0 ? null : (inside.Min(f => f.Offset), inside.Max(f => f.Offset + f.Length));
    }

    /// <summary>Sets the number of a field; what is beyond its width is cut off.</summary>
    public void Set(WireField field, ulong value) => field.Write(_octets, value);

    /// <summary>Puts other octets in the place of some. Lengths stay as they are; fields behind it move, and those within it are gone.</summary>
    /// <param name="start">The first octet that goes.</param>
    /// <param name="end">The octet behind the last one that goes.</param>
    /// <param name="octets">What comes there.</param>
    public void Replace(int start, int end, ReadOnlySpan<byte> octets)
    {
        var more = octets.Length - (end - start);
        _octets = [.. _octets.AsSpan(0, start), .. octets, .. _octets.AsSpan(end)];
        _fields.RemoveAll(f => f.Length > 0 && f.Offset < end && f.Offset + f.Length > start);
        for (var i = 0; i < _fields.Count; i++)
        {
            var f = _fields[i];
            _fields[i] = f with { Offset = Moved(f.Offset), Start = Moved(f.Start), End = Moved(f.End) };
        }

        // What began or ended among those that are gone does so no later than behind what came.
        int Moved(int at) => at >= end ? at + more : at > start ? Math.Min(at, end + more) : at;
    }

    /// <summary>
    /// Makes checksums and digests right again, inner ones first; wrong ones that the message itself held stay. They are of the octets
    /// as they stand, and the checksums of an LSA and of link-local signalling go as far as their own lengths say.
    /// </summary>
    public void SumUp()
    {
        Checksums();
        foreach (var field in _fields.Where(f => f.Digest is not null))
        {
            var digest = Authentication.Of(field.Digest!.Value, _octets, field.Offset, _facts);
            digest?.AsSpan(0, Math.Min(digest.Length, field.Length)).CopyTo(_octets.AsSpan(field.Offset));
        }

        // That of an LSP is over its digest too (RFC 5304 section 2).
        Checksums();
    }

    private void Checksums()
    {
        foreach (var field in _fields.Where(f => f.Sum is not null).OrderByDescending(f => f.Start))
        {
            var end = field.Sum is SumKind.Lsa or SumKind.LinkLocal ? _octets.Length : Math.Min(field.End, _octets.Length);
            field.Write(_octets, Checksum.Of(field.Sum!.Value, _octets.AsSpan(field.Start..end), field.Offset - field.Start, _facts) ?? 0);
        }
    }

    /// <summary>Changes the field of an index; answers whether there is one that a mutation can change.</summary>
    /// <remarks>
    /// Numbers go to <see cref="IMutation.Number"/>, whatever they mean, and all else to <see cref="IMutation.Octets"/>, which may
    /// answer more octets or fewer.
    /// </remarks>
    public bool Mutate(int index, IMutation mutation)
    {
        if (index < 0 || index >= _fields.Count)
            return false;
        var field = _fields[index];
        var leaf = new Leaf(index, field.Path, field.Name, field.Shape, field.Kind, field.Width, field.Element);
        if (field.IsNumber)
        {
            Set(field, mutation.Number(leaf, field.Read(_octets)));
            return true;
        }

        var octets = mutation.Octets(leaf, _octets.AsSpan(field.Offset, field.Length).ToArray());
        Replace(field.Offset, field.Offset + field.Length, octets);

        // One without octets was not taken out.
        if (field.Length > 0)
            _fields.Insert(index, field with { Length = octets.Length });
        else
            _fields[index] = field with { Length = octets.Length };
        return true;
    }
}
