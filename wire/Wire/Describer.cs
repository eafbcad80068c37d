using System.Globalization;

namespace OpenConfirm.Wire;

/// <summary>
/// Says what an element consists of. Its walk is the only definition: an empty one is walked, then others in which one code, flag or
/// choice is set (and two codes together), so that fields that are there only then turn up too, with what made them turn up.
/// </summary>
public ref struct Describer : IVisitor
{
    private const int MostSettings = 3;
    private static readonly Setting PathIds = new("", 1, "path identifiers in the session");
    private static readonly Setting OldAsNumbers = new("", 2, "AS numbers of two octets in the session");

    private readonly IReadOnlyList<Setting> _settings;
    private readonly List<FieldDescription> _fields = [];
    private readonly List<Setting> _possible = [];
    private Type _element;

    private Describer(IReadOnlyList<Setting> settings, Type element)
    {
        (_settings, _element) = (settings, element);
        Facts = new WireFacts
        {
            AddPath = settings.Contains(PathIds) ? WireFacts.EveryFamily : WireFacts.Default.AddPath,
            FourOctetAs = !settings.Contains(OldAsNumbers),
        };
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <inheritdoc/>
    public readonly int Here => 0;

    /// <summary>Describes an element.</summary>
    public static Description Describe(Element element) => new(element, Fields(element.Create));

    /// <inheritdoc/>
    public readonly uint Tag(string name, uint code, int size, bool isKnown)
    {
        _fields.Add(new FieldDescription(name, FieldShape.Tag, FieldKind.Code, 8 * size) { Names = isKnown ? null : FieldNames.Of(_element, name) });
        return code;
    }

    /// <inheritdoc/>
    public readonly byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => (byte)Number(name, value, 8, kind);

    /// <inheritdoc/>
    public readonly ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => (ushort)Number(name, value, 16, kind);

    /// <inheritdoc/>
    public readonly uint U24(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, 24, kind);

    /// <inheritdoc/>
    public readonly uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, 32, kind);

    /// <inheritdoc/>
    public readonly ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => Number(name, value, 64, kind);

    /// <inheritdoc/>
    public readonly uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, width, kind);

    /// <inheritdoc/>
    public readonly uint AsNumber(string name, uint value, bool isFourOctets) => (uint)Number(name, value, isFourOctets ? 32 : 16, FieldKind.AsNumber);

    /// <inheritdoc/>
    public readonly Ip4 Ip4(string name, Ip4 value) => Add(name, value, FieldShape.Ip4, FieldKind.Address);

    /// <inheritdoc/>
    public readonly Ip6 Ip6(string name, Ip6 value) => Add(name, value, FieldShape.Ip6, FieldKind.Address);

    /// <inheritdoc/>
    public readonly byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => Add(name, value, FieldShape.Octets, kind);

    /// <inheritdoc/>
    public readonly byte[] Pad(string name, byte[] value, int length) => Add(name, value, FieldShape.Octets, FieldKind.Reserved);

    /// <inheritdoc/>
    public readonly byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) => Add(name, value, FieldShape.Octets, kind);

    /// <inheritdoc/>
    public readonly PrefixList Prefixes(string name, PrefixList value, PrefixFormat format) => Add(name, value, FieldShape.Prefixes, FieldKind.Prefixes);

    /// <inheritdoc/>
    public readonly Prefix Prefix(string name, Prefix value, int addressBits, int bits) => Add(name, value, FieldShape.Prefix, FieldKind.Prefixes);

    /// <inheritdoc/>
    public readonly AsPath AsPath(string name, AsPath value, bool isFourOctets) => Add(name, value, FieldShape.AsPath, FieldKind.AsPath);

    /// <inheritdoc/>
    public readonly uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number) => Add(name, value, FieldShape.Numbers, kind, 32);

    /// <inheritdoc/>
    public readonly ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number) => Add(name, value, FieldShape.Numbers, kind, 64);

    /// <inheritdoc/>
    public readonly uint[] Labels(string name, uint[] value, bool isWithdrawal) => Add(name, value, FieldShape.Numbers, FieldKind.Number, 24);

    /// <inheritdoc/>
    public readonly int Begin(string name, int size, int extra = 0) =>
        Add(name, 0, FieldShape.Length, FieldKind.Length, size switch { 1 or 11 => 8, 12 => 12, _ => 16 });

    /// <inheritdoc/>
    public readonly void End(int group)
    {
    }

    /// <inheritdoc/>
    public readonly int BitLength(string name, int bits) => Add(name, bits, FieldShape.Length, FieldKind.Length, 8);

    /// <inheritdoc/>
    public readonly int Count(string name, int count, int size) => Add(name, count, FieldShape.Count, FieldKind.Count, 8 * size);

    /// <inheritdoc/>
    public readonly ushort? Sum(string name, ushort? value, SumKind kind, int start) => Add(name, value, FieldShape.Checksum, FieldKind.Checksum, 16);

    /// <inheritdoc/>
    public readonly byte[]? Digest(string name, byte[]? value, int length, DigestKind kind) => Add(name, value, FieldShape.Digest, FieldKind.Checksum);

    /// <inheritdoc/>
    public readonly bool Ahead(string name, bool value, AheadTest test)
    {
        _possible.Add(new Setting(name, 1, name));
        Add(name, value, FieldShape.Choice, FieldKind.Flags, 1);
        return Set(name) is { } set ? set != 0 : value;
    }

    /// <inheritdoc/>
    public readonly void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire =>
        _fields.Add(new FieldDescription(name, FieldShape.Elements, FieldKind.Bytes, 0)
        {
            ElementsOf = choice is IKinds kinds ? kinds.Name : choice.Names[0],
            Fields = choice is IKinds ? [] : Fields(() => choice.Named(choice.Names[0])!),
        });

    /// <inheritdoc/>
    public readonly void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire => Elements(name, elements, choice);

    /// <summary>Fields of all walks together, each with what made it turn up first.</summary>
    private static List<FieldDescription> Fields(Func<IWire> create)
    {
        var (fields, first) = Walk(create, []);
        var open = new Queue<Setting[]>([.. first.Select(s => new[] { s }), [PathIds], [OldAsNumbers]]);
        while (open.TryDequeue(out var settings))
        {
            var (found, possible) = Walk(create, settings);
            var condition = string.Join(" and ", settings.Select(s => s.Text));
            Merge(fields, found, condition);
            if (settings.Length == 1)
                Miss(fields, found, condition);
            if (settings.Length == MostSettings)
                continue;

            // What the last setting brought, and codes together with codes that come behind them: families have two.
            foreach (var next in possible.Where(p => !Array.Exists(settings, s => s.Field == p.Field)))
            {
                var isNew = !first.Exists(f => f.Field == next.Field);
                if (isNew || (settings is [{ IsCode: true } only] && next.IsCode && first.IndexOf(only) < first.IndexOf(next)))
                    open.Enqueue([.. settings, next]);
            }
        }

        return fields;
    }

    private static (List<FieldDescription> Fields, List<Setting> Possible) Walk(Func<IWire> create, Setting[] settings)
    {
        var element = create();
        var describer = new Describer(settings, element.GetType());
        element.Walk(ref describer);
        return (describer._fields, describer._possible);
    }

    /// <summary>Enters what is new before the next one that is known.</summary>
    private static void Merge(List<FieldDescription> fields, List<FieldDescription> found, string condition)
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (fields.Exists(f => AreSame(f, found[i])))
                continue;
            var next = found.Skip(i + 1).Select(n => fields.FindIndex(f => AreSame(f, n))).FirstOrDefault(at => at >= 0, fields.Count);
            fields.Insert(next, found[i] with { Condition = condition });
        }
    }

    /// <summary>Notes what is not there any more.</summary>
    private static void Miss(List<FieldDescription> fields, List<FieldDescription> found, string condition)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Condition is null && !found.Exists(f => AreSame(f, fields[i])))
                fields[i] = fields[i] with { Exceptions = [.. fields[i].Exceptions, condition] };
        }
    }

    private static bool AreSame(FieldDescription a, FieldDescription b) =>
        (a.Name, a.Shape, a.Width, a.ElementsOf) == (b.Name, b.Shape, b.Width, b.ElementsOf);

    private readonly ulong Number(string name, ulong value, int width, FieldKind kind)
    {
        var names = FieldNames.Of(_element, name);
        var shape = kind == FieldKind.Length ? FieldShape.Length : FieldShape.Number;
        _fields.Add(new FieldDescription(name, shape, kind, width) { Names = names });
        if (kind is FieldKind.Code or FieldKind.Flags)
        {
            foreach (var named in names?.Values ?? (width == 1 ? [new NamedValue(1, "")] : []))
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{name} {(kind == FieldKind.Flags && width > 1 ? $"0x{named.Value:x2}" : $"{named.Value}")}");
                _possible.Add(new Setting(name, named.Value, text) { IsCode = kind == FieldKind.Code });
            }
        }

        return Set(name) ?? value;
    }

    private readonly ulong? Set(string name)
    {
        foreach (var setting in _settings)
        {
            if (setting.Field == name)
                return setting.Value;
        }

        return null;
    }

    private readonly T Add<T>(string name, T value, FieldShape shape, FieldKind kind, int width = 0)
    {
        _fields.Add(new FieldDescription(name, shape, kind, width));
        return value;
    }

    /// <summary>A value that a field is given, to see what comes of it.</summary>
    private sealed record Setting(string Field, ulong Value, string Text)
    {
        public bool IsCode { get; init; }
    }
}
