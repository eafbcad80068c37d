using System.Globalization;
using System.Text;

namespace OpenConfirm.Wire;

/// <summary>
/// Reads what <see cref="TextPrinter"/> writes, and what a person writes like it: fields in any order, those that are left
/// out keep their defaults, "#" at the beginning of a line is a comment, numbers are decimal or 0x hexadecimal.
/// </summary>
public ref struct TextParser : IVisitor
{
    private readonly Node _node;

    private TextParser(Node node, WireFacts facts)
    {
        _node = node;
        Facts = facts;
    }

    /// <inheritdoc/>
    public WireFacts Facts { get; }

    /// <summary>Reads one message.</summary>
    /// <exception cref="FormatException">It is none; the exception's message names the line.</exception>
    public static T Parse<T>(string text, IChoice<T> choice, WireFacts facts)
        where T : class, IWire
    {
        var root = Node.Read(text);
        if (root.Children.Count > 1)
            throw new FormatException($"line {root.Children[1].Line}: one message is wanted, and another one begins here");
        return ReadAll(root, choice, facts)[0];
    }

    /// <summary>Reads messages that stand one below the other.</summary>
    /// <exception cref="FormatException">There is none, or something that is none; the exception's message names the line.</exception>
    public static IReadOnlyList<T> ParseAll<T>(string text, IChoice<T> choice, WireFacts facts)
        where T : class, IWire => ReadAll(Node.Read(text), choice, facts);

    /// <inheritdoc/>
    public readonly uint Tag(string name, uint code, int size, bool isKnown) => isKnown ? code : (uint)Number(name, code, (1UL << (8 * size)) - 1);

    /// <inheritdoc/>
    public readonly byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => (byte)Number(name, value, byte.MaxValue);

    /// <inheritdoc/>
    public readonly ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => (ushort)Number(name, value, ushort.MaxValue);

    /// <inheritdoc/>
    public readonly uint U24(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, 0xffffff);

    /// <inheritdoc/>
    public readonly uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number(name, value, uint.MaxValue);

    /// <inheritdoc/>
    public readonly ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => Number(name, value, ulong.MaxValue);

    /// <inheritdoc/>
    public readonly uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number) =>
        kind == FieldKind.Length ? value : (uint)Number(name, value, (1UL << width) - 1);

    /// <inheritdoc/>
    public readonly Ip4 Ip4(string name, Ip4 value) => Read(name, value, static text => Wire.Ip4.Parse(text));

    /// <inheritdoc/>
    public readonly Ip6 Ip6(string name, Ip6 value) => Read(name, value, static text => Wire.Ip6.Parse(text));

    /// <inheritdoc/>
    public readonly byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => Rest(name, value, kind);

    /// <inheritdoc/>
    public readonly byte[] Pad(string name, byte[] value, int length) => Rest(name, value, FieldKind.Reserved);

    /// <inheritdoc/>
    public readonly byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) => Read(name, value, static text =>
        text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? Encoding.UTF8.GetBytes(text[1..^1]) : Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)));

    /// <inheritdoc/>
    public readonly PrefixList Prefixes(string name, PrefixList value, PrefixFormat format) =>
        Read(name, value.IsEmpty ? PrefixList.Of(format) : value, text => PrefixList.Parse(text, format));

    /// <inheritdoc/>
    public readonly uint AsNumber(string name, uint value, bool isFourOctets) => U32(name, value);

    /// <inheritdoc/>
    public readonly AsPath AsPath(string name, AsPath value, bool isFourOctets) =>
        Read(name, value.Bytes.IsEmpty ? Wire.AsPath.Of(isFourOctets) : value, text => Wire.AsPath.Parse(text, isFourOctets));

    /// <inheritdoc/>
    public readonly uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number) =>
        Read(name, value, text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Word(word, kind)).ToArray());

    /// <inheritdoc/>
    public readonly ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number) =>
        Read(name, value, static text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Number(word, ulong.MaxValue)).ToArray());

    /// <inheritdoc/>
    public readonly uint[] Labels(string name, uint[] value, bool isWithdrawal) =>
        Read(name, value, static text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => (uint)Number(word, 0xffffff)).ToArray());

    /// <inheritdoc/>
    public readonly int Begin(string name, int size, int extra = 0) => 0;

    /// <inheritdoc/>
    public readonly void End(int group)
    {
    }

    /// <inheritdoc/>
    public readonly int BitLength(string name, int bits) => bits;

    /// <inheritdoc/>
    public readonly Prefix Prefix(string name, Prefix value, int addressBits, int bits) =>
        Read(name, value, text => Wire.Prefix.Parse(text, new PrefixFormat(addressBits, false)));

    /// <inheritdoc/>
    public readonly int Count(string name, int count, int size) => count;

    /// <inheritdoc/>
    public readonly int Here => 0;

    /// <inheritdoc/>
    public readonly ushort? Sum(string name, ushort? value, SumKind kind, int start) =>
        Read(name, value, static text => (ushort?)Number(text, ushort.MaxValue));

    /// <inheritdoc/>
    public readonly byte[]? Digest(string name, byte[]? value, int length, DigestKind kind) =>
        Read(name, value, static text => (byte[]?)Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal)));

    /// <inheritdoc/>
    public readonly bool Ahead(string name, bool value, AheadTest test) => Read(name, value, static text => text switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new FormatException($"'{text}' is neither yes nor no"),
    });

    /// <inheritdoc/>
    public readonly void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire
    {
        if (_node.Take(name) is not { } list)
            return;
        elements.Clear();
        if (list.Value.Length > 0)
            throw list.Error($"{name} is a list: its elements stand below it, each as '- Kind'");
        foreach (var child in list.Children)
        {
            var element = child.IsElement ? choice.Named(child.Name) : throw child.Error("an element begins with '- '");
            elements.Add(element ?? throw child.Error($"'{child.Name}' is nothing that {name} can hold"));
            Fill(element, child, Facts);
        }
    }

    /// <inheritdoc/>
    public readonly void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire => Elements(name, elements, choice);

    private static List<T> ReadAll<T>(Node root, IChoice<T> choice, WireFacts facts)
        where T : class, IWire
    {
        var messages = new List<T>();
        foreach (var node in root.Children)
        {
            var message = choice.Named(node.Name) ?? throw node.Error($"'{node.Name}' is no kind of message");
            Fill(message, node, facts);
            messages.Add(message);
        }

        return messages.Count > 0 ? messages : throw new FormatException("there is no message");
    }

    private static void Fill<T>(T message, Node node, WireFacts facts)
        where T : class, IWire
    {
        var parser = new TextParser(node, facts);
        message.Walk(ref parser);
        if (node.Children.FirstOrDefault(c => !c.IsTaken) is { } unknown)
            throw unknown.Error($"{node.Name} has no field '{unknown.Name}'");
    }

    private static uint Word(string text, FieldKind kind)
    {
        if (kind == FieldKind.Address)
            return Wire.Ip4.Parse(text).Value;
        return text.Split(':', 2) is [var high, var low] && kind == FieldKind.Community
            ? (uint)(Number(high, ushort.MaxValue) << 16 | Number(low, ushort.MaxValue))
            : (uint)Number(text, uint.MaxValue);
    }

    private readonly ulong Number(string name, ulong value, ulong most) => Read(name, value, text => Number(text, most));

    private static ulong Number(string text, ulong most)
    {
        var isHex = text.StartsWith("0x", StringComparison.Ordinal);
        if (!ulong.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{text}' is no number");
        return number <= most ? number : throw new FormatException($"{text} is more than {most}");
    }

    private readonly T Read<T>(string name, T value, Func<string, T> parse)
    {
        if (_node.Take(name) is not { } node)
            return value;
        if (node.Children.Count > 0)
            throw node.Children[0].Error($"nothing can stand below {name}");
        try
        {
            return parse(node.Value);
        }
        catch (FormatException e)
        {
            throw node.Error($"{name}: {e.Message}");
        }
    }

    /// <summary>A line and those that stand deeper below it.</summary>
    private sealed class Node(int line, bool isElement, string name, string value)
    {
        public int Line { get; } = line;

        public bool IsElement { get; } = isElement;

        public string Name { get; } = name;

        public string Value { get; } = value;

        public List<Node> Children { get; } = [];

        public bool IsTaken { get; private set; }

        public static Node Read(string text)
        {
            var root = new Node(0, false, "", "");
            var open = new Stack<(int Indent, Node Node)>([(-1, root)]);
            foreach (var (i, raw) in text.ReplaceLineEndings("\n").Split('\n').Index())
            {
                var line = raw.Trim();
                if (line.Length == 0 || line[0] == '#')
                    continue;
                if (raw.Contains('\t', StringComparison.Ordinal))
                    throw new FormatException($"line {i + 1}: a tab; indent by blanks");
                var indent = raw.Length - raw.TrimStart(' ').Length;
                var isElement = line.StartsWith("- ", StringComparison.Ordinal);
                var parts = (isElement ? line[2..] : line).Split(':', 2, StringSplitOptions.TrimEntries);
                var node = new Node(i + 1, isElement, parts[0], parts.Length > 1 ? parts[1] : "");
                while (open.Peek().Indent >= indent)
                    open.Pop();

                // A list and an element for each level, the root, the message and a field.
                if (open.Count > (2 * WirePath.Deepest) + 3)
                    throw new FormatException($"line {i + 1}: nested more than {WirePath.Deepest} deep");
                open.Peek().Node.Children.Add(node);
                open.Push((indent, node));
            }

            return root;
        }

        /// <summary>The field of that name, once.</summary>
        public Node? Take(string name)
        {
            var node = Children.Find(c => !c.IsTaken && !c.IsElement && c.Name == name);
            if (node is not null)
                node.IsTaken = true;
            return node;
        }

        public FormatException Error(string reason) => new($"line {Line}: {reason}");
    }
}
