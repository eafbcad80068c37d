using System.Globalization;
using System.Text;

namespace OpenConfirm.Wire;

/// <summary>
/// Writes a message as text that <see cref="TextParser"/> reads again: a line a field, "- Kind" for an element with its fields
/// below it. Lengths are not shown, since they follow; what is empty is left out.
/// </summary>
/// <example>
/// Update
///   Withdrawn Routes: 10.0.0.0/8
///   Path Attributes:
///     - Origin
///       Flags: 0x40
///       Origin: 0
/// </example>
public ref struct TextPrinter : IVisitor
{
    private readonly StringBuilder _text;
    private int _indent;

    private TextPrinter(StringBuilder text, WireFacts facts, int indent)
    {
        _text = text;
        _indent = indent;
        Facts = facts;
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <summary>A message as text, with the name of its kind in the first line.</summary>
    public static string Print<T>(T message, IChoice<T> choice, WireFacts facts)
        where T : class, IWire
    {
        var text = new StringBuilder().Append(choice.NameOf(message)).Append('\n');
        var printer = new TextPrinter(text, facts, 1);
        message.Walk(ref printer);
        return text.ToString();
    }

    /// <inheritdoc/>
    public readonly uint Tag(string name, uint code, int size, bool isKnown)
    {
        if (!isKnown)
            Line(name, Number(code, size * 2, FieldKind.Code));
        return code;
    }

    /// <inheritdoc/>
    public readonly byte U8(string name, byte value, FieldKind kind = FieldKind.Number)
    {
        Line(name, Number(value, 2, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number)
    {
        Line(name, Number(value, 4, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly uint U24(string name, uint value, FieldKind kind = FieldKind.Number)
    {
        Line(name, Number(value, 6, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly uint U32(string name, uint value, FieldKind kind = FieldKind.Number)
    {
        Line(name, Number(value, 8, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number)
    {
        Line(name, Number(value, 16, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number)
    {
        if (kind != FieldKind.Length && (kind != FieldKind.Reserved || value != 0))
            Line(name, Number(value, (width + 3) / 4, kind));
        return value;
    }

    /// <inheritdoc/>
    public readonly Ip4 Ip4(string name, Ip4 value)
    {
        Line(name, value.ToString());
        return value;
    }

    /// <inheritdoc/>
    public readonly Ip6 Ip6(string name, Ip6 value)
    {
        Line(name, value.ToString());
        return value;
    }

    /// <inheritdoc/>
    public readonly byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes)
    {
        // The default may be something, so that nothing has to be said.
        if (value.Length == 0)
            Line(name, "");
        return kind == FieldKind.Marker && value.Length == length && value.All(b => b == 0xff) ? value : Rest(name, value, kind);
    }

    /// <inheritdoc/>
    public readonly byte[] Pad(string name, byte[] value, int length) => Rest(name, value, FieldKind.Reserved);

    /// <inheritdoc/>
    public readonly byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes)
    {
        if (value.Length > 0)
            Line(name, kind == FieldKind.Text && IsPlain(value) ? $"\"{Encoding.ASCII.GetString(value)}\"" : Convert.ToHexStringLower(value));
        return value;
    }

    /// <inheritdoc/>
    public readonly PrefixList Prefixes(string name, PrefixList value, PrefixFormat format)
    {
        if (!value.IsEmpty)
            Line(name, value.In(format).ToString());
        return value;
    }

    /// <inheritdoc/>
    public readonly uint AsNumber(string name, uint value, bool isFourOctets)
    {
        U32(name, isFourOctets || value <= ushort.MaxValue ? value : Wire.AsPath.Trans);
        return value;
    }

    /// <inheritdoc/>
    public readonly AsPath AsPath(string name, AsPath value, bool isFourOctets)
    {
        if (!value.Bytes.IsEmpty)
            Line(name, value.In(isFourOctets).ToString());
        return value;
    }

    /// <inheritdoc/>
    public readonly uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number)
    {
        if (value.Length > 0)
            Line(name, string.Join(' ', value.Select(n => Word(n, kind))));
        return value;
    }

    /// <inheritdoc/>
    public readonly ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number)
    {
        if (value.Length > 0)
            Line(name, string.Join(' ', value.Select(n => Number(n, 16, FieldKind.Flags))));
        return value;
    }

    /// <inheritdoc/>
    public readonly uint[] Labels(string name, uint[] value, bool isWithdrawal)
    {
        if (value.Length > 0)
            Line(name, string.Join(' ', value.Select(n => Number(n, 6, FieldKind.Flags))));
        return value;
    }

    /// <inheritdoc/>
    public readonly int Begin(string name, int size, int extra = 0) => 0;

    /// <inheritdoc/>
    public readonly void End(int group)
    {
    }

    /// <inheritdoc/>
    public readonly int BitLength(string name, int bits) => bits;

    /// <inheritdoc/>
    public readonly Prefix Prefix(string name, Prefix value, int addressBits, int bits)
    {
        Line(name, value.ToString(new PrefixFormat(addressBits, false)));
        return value;
    }

    /// <inheritdoc/>
    public readonly int Count(string name, int count, int size) => count;

    /// <inheritdoc/>
    public readonly int Here => 0;

    /// <inheritdoc/>
    public readonly ushort? Sum(string name, ushort? value, SumKind kind, int start)
    {
        if (value is { } wrong)
            Line(name, Number(wrong, 4, FieldKind.Flags));
        return value;
    }

    /// <inheritdoc/>
    public readonly byte[]? Digest(string name, byte[]? value, int length, DigestKind kind)
    {
        if (value is not null)
            Line(name, Convert.ToHexStringLower(value));
        return value;
    }

    /// <inheritdoc/>
    public readonly bool Ahead(string name, bool value, AheadTest test)
    {
        if (value)
            Line(name, "yes");
        return value;
    }

    /// <inheritdoc/>
    public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire
    {
        if (elements.Count == 0)
            return;
        Indent().Append(name).Append(":\n");
        foreach (var element in elements)
        {
            _indent++;
            Indent().Append("- ").Append(choice.NameOf(element)).Append('\n');
            _indent++;
            element.Walk(ref this);
            _indent -= 2;
        }
    }

    /// <inheritdoc/>
    public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire => Elements(name, elements, choice);

    private static bool IsPlain(byte[] text) => text.All(b => b is >= 0x20 and < 0x7f and not (byte)'"');

    private static string Word(uint value, FieldKind kind) => kind switch
    {
        FieldKind.Community => string.Create(CultureInfo.InvariantCulture, $"{value >> 16}:{value & 0xffff}"),
        FieldKind.Address => new Ip4(value).ToString(),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Number(ulong value, int digits, FieldKind kind) => kind == FieldKind.Flags
        ? "0x" + value.ToString("x" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : value.ToString(CultureInfo.InvariantCulture);

    private readonly void Line(string name, string value) => Indent().Append(name).Append(value.Length > 0 ? ": " : ":").Append(value).Append('\n');

    private readonly StringBuilder Indent() => _text.Append(' ', _indent * 2);
}
