namespace OpenConfirm.Wire;

/// <summary>
/// Lets an <see cref="IMutation"/> change fields and lists of a message, by their place in the order of the walk or by their path.
/// Lengths, counts, and numbers that stand for a kind are not part of the model, and so no leaves here: they come out right again
/// when the message is written. <see cref="EncodedMessage"/> can make them lie.
/// </summary>
/// <remarks>
/// A change can give the octets of a list another meaning, as a new address family does. Elements and prefixes that their list
/// cannot hold any more are read anew from their octets, as a receiver would.
/// </remarks>
public ref struct Mutator : IVisitor
{
    private readonly IMutation? _mutation;
    private readonly int? _wanted;
    private readonly string? _wantedPath;
    private int _next;
    private int _reached;
    private WirePath _path;
    private Type _element;

    private Mutator(WireFacts facts, Type element, IMutation? mutation, int? wanted = null, string? wantedPath = null)
    {
        Facts = facts;
        (_element, _mutation, _wanted, _wantedPath) = (element, mutation, wanted, wantedPath);
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <inheritdoc/>
    public readonly int Here => 0;

    /// <summary>Counts the leaves of a message.</summary>
    public static int Count(IWire message, WireFacts facts)
    {
        var mutator = new Mutator(facts, message.GetType(), null);
        message.Walk(ref mutator);
        return mutator._next;
    }

    /// <summary>Changes the leaf of an index; answers whether there is one.</summary>
    public static bool Mutate(IWire message, WireFacts facts, int index, IMutation mutation) =>
        Run(message, new Mutator(facts, message.GetType(), mutation, wanted: index)) > 0;

    /// <summary>Changes the leaf of a path ("Path Attributes[1].Flags"); answers whether there is one.</summary>
    public static bool Mutate(IWire message, WireFacts facts, string path, IMutation mutation) =>
        Run(message, new Mutator(facts, message.GetType(), mutation, wantedPath: path)) > 0;

    /// <summary>Offers every leaf, in order; answers how many there were. Those behind a change are the ones that are there then.</summary>
    public static int MutateAll(IWire message, WireFacts facts, IMutation mutation) => Run(message, new Mutator(facts, message.GetType(), mutation));

    /// <inheritdoc/>
    public uint Tag(string name, uint code, int size, bool isKnown) =>
        isKnown ? code : (uint)Number(name, code, 8 * size, FieldKind.Code, FieldShape.Tag);

    /// <inheritdoc/>
    public byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => (byte)Number(name, value, 8, kind);

    /// <inheritdoc/>
    public ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => (ushort)Number(name, value, 16, kind);

    /// <inheritdoc/>
    public uint U24(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, 24, kind);

    /// <inheritdoc/>
    public uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, 32, kind);

    /// <inheritdoc/>
    public ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => Number(name, value, 64, kind);

    /// <inheritdoc/>
    public uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number) =>
        kind == FieldKind.Length ? value : (uint)Number(name, value, width, kind);

    /// <inheritdoc/>
    public uint AsNumber(string name, uint value, bool isFourOctets) => (uint)Number(name, value, isFourOctets ? 32 : 16, FieldKind.AsNumber);

    /// <inheritdoc/>
    public Ip4 Ip4(string name, Ip4 value) => Reach(name, FieldShape.Ip4, FieldKind.Address, 32) is { } leaf ? _mutation!.Ip4(leaf, value) : value;

    /// <inheritdoc/>
    public Ip6 Ip6(string name, Ip6 value) => Reach(name, FieldShape.Ip6, FieldKind.Address, 0) is { } leaf ? _mutation!.Ip6(leaf, value) : value;

    /// <inheritdoc/>
    public byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => Rest(name, value, kind);

    /// <inheritdoc/>
    public byte[] Pad(string name, byte[] value, int length) => Rest(name, value, FieldKind.Reserved);

    /// <inheritdoc/>
    public byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) =>
        Reach(name, FieldShape.Octets, kind, 0) is { } leaf ? _mutation!.Octets(leaf, value) : value;

    /// <inheritdoc/>
    public PrefixList Prefixes(string name, PrefixList value, PrefixFormat format)
    {
        if (_mutation is not null && !value.IsEmpty && value.Format.AddressBits != format.AddressBits)
            value = ReadAnew(value, format);
        return Reach(name, FieldShape.Prefixes, FieldKind.Prefixes, format.AddressBits) is { } leaf
            ? _mutation!.Prefixes(leaf, value.IsEmpty ? PrefixList.Of(format) : value.In(format))
            : value;
    }

    /// <inheritdoc/>
    public Prefix Prefix(string name, Prefix value, int addressBits, int bits) =>
        Reach(name, FieldShape.Prefix, FieldKind.Prefixes, addressBits) is { } leaf ? _mutation!.Prefix(leaf, value) : value;

    /// <inheritdoc/>
    public AsPath AsPath(string name, AsPath value, bool isFourOctets) =>
        Reach(name, FieldShape.AsPath, FieldKind.AsPath, isFourOctets ? 32 : 16) is { } leaf
            ? _mutation!.AsPath(leaf, value.Bytes.IsEmpty ? Wire.AsPath.Of(isFourOctets) : value.In(isFourOctets))
            : value;

    /// <inheritdoc/>
    public uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number) => Numbers(name, value, 32, kind);

    /// <inheritdoc/>
    public ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number) =>
        Reach(name, FieldShape.Numbers, kind, 64) is { } leaf ? _mutation!.Numbers(leaf, value) : value;

    /// <inheritdoc/>
    public uint[] Labels(string name, uint[] value, bool isWithdrawal) => Numbers(name, value, 24, FieldKind.Number);

    /// <inheritdoc/>
    public readonly int Begin(string name, int size, int extra = 0) => 0;

    /// <inheritdoc/>
    public readonly void End(int group)
    {
    }

    /// <inheritdoc/>
    public readonly int BitLength(string name, int bits) => bits;

    /// <inheritdoc/>
    public readonly int Count(string name, int count, int size) => count;

    /// <inheritdoc/>
    public ushort? Sum(string name, ushort? value, SumKind kind, int start) =>
        Reach(name, FieldShape.Checksum, FieldKind.Checksum, 16) is { } leaf ? _mutation!.Checksum(leaf, value) : value;

    /// <inheritdoc/>
    public byte[]? Digest(string name, byte[]? value, int length, DigestKind kind) =>
        Reach(name, FieldShape.Digest, FieldKind.Checksum, 0) is { } leaf ? _mutation!.Digest(leaf, value) : value;

    /// <inheritdoc/>
    public bool Ahead(string name, bool value, AheadTest test) =>
        Reach(name, FieldShape.Choice, FieldKind.Flags, 1) is { } leaf ? _mutation!.Choice(leaf, value) : value;

    /// <inheritdoc/>
    public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire
    {
        if (_mutation is not null && !elements.TrueForAll(choice.Holds))
            ReadAnew(name, elements, choice);
        if (Reach(name, FieldShape.Elements, FieldKind.Bytes, 0) is { } leaf)
            _mutation!.Elements(leaf, new ElementList<T>(elements, choice));
        if (_path.IsFull)
            return;
        var holder = _element;
        for (var i = 0; i < elements.Count; i++)
        {
            _element = elements[i].GetType();
            _path.Push(name, i);
            elements[i].Walk(ref this);
            _path.Pop();
        }

        _element = holder;
    }

    /// <inheritdoc/>
    public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire => Elements(name, elements, choice);

    private static int Run(IWire message, Mutator mutator)
    {
        message.Walk(ref mutator);
        return mutator._reached;
    }

    private static PrefixList ReadAnew(PrefixList value, PrefixFormat format)
    {
        var octets = value.In(format).Bytes;
        var good = PrefixList.Check(octets, format) is { } bad ? octets[..bad.Good] : octets;
        return PrefixList.OfChecked(good.ToArray(), format);
    }

    private readonly void ReadAnew<T>(string name, List<T> elements, IChoice<T> choice)
        where T : class, IWire
    {
        var writer = new WireWriter(new byte[256], Facts);
        try
        {
            writer.Elements(name, elements, choice);
        }
        catch (WireException)
        {
            // What is too long for its length is read as far as it was written.
        }

        var reader = new WireReader(writer.Written, Facts);
        try
        {
            reader.Elements(name, elements, choice);
        }
        catch (WireException)
        {
            // What was read up to there is what the list can say.
        }
    }

    private ulong Number(string name, ulong value, int width, FieldKind kind, FieldShape shape = FieldShape.Number) =>
        Reach(name, shape, kind, width) is { } leaf ? _mutation!.Number(leaf, value) & leaf.Most : value;

    private uint[] Numbers(string name, uint[] value, int width, FieldKind kind) =>
        Reach(name, FieldShape.Numbers, kind, width) is { } leaf
            ? [.. _mutation!.Numbers(leaf, [.. value.Select(n => (ulong)n)]).Select(n => (uint)(n & leaf.Most))]
            : value;

    /// <summary>The leaf that is here, when it is wanted.</summary>
    private Leaf? Reach(string name, FieldShape shape, FieldKind kind, int width)
    {
        var index = _next++;
        if (_mutation is null || (_wanted is { } wanted && wanted != index))
            return null;

        // A path costs octets: it is only made up for what may be the one.
        if (_wantedPath is not null && (_reached > 0 || !_wantedPath.EndsWith(name, StringComparison.Ordinal) || _path.To(name) != _wantedPath))
            return null;
        _reached++;
        return new Leaf(index, _path.To(name), name, shape, kind, width, _element);
    }
}
