namespace OpenConfirm.Wire;

/// <summary>
/// Copies a message, so that the copy can be changed and the original stays: all that its walk shows, whatever the session. Fields
/// that it hides, since a flag says that they are not there, are not written either, and the copy has defaults in their place.
/// </summary>
public static class Copier
{
    /// <summary>What makes a walk show every path identifier; nothing else that these say changes what is seen.</summary>
    private static readonly WireFacts Facts = new() { AddPath = WireFacts.EveryFamily };

    /// <summary>A copy of a message or an element.</summary>
    /// <param name="message">The original.</param>
    /// <param name="choice">What holds it: it makes the copy.</param>
    public static T Copy<T>(T message, IChoice<T> choice)
        where T : class, IWire
    {
        var copy = choice.Named(choice.NameOf(message)) ?? throw new ArgumentException($"{choice.NameOf(message)} cannot be made", nameof(message));
        Copy(message, copy);
        return copy;
    }

    /// <summary>Copies into an element of the same kind.</summary>
    public static void Copy(IWire from, IWire to)
    {
        var (numbers, others) = (new List<ulong>(), new List<object?>());
        var recorder = new Recorder(numbers, others);
        from.Walk(ref recorder);
        var player = new Player(numbers, others);
        to.Walk(ref player);
    }

    /// <summary>Takes down what a walk shows, in order.</summary>
    private ref struct Recorder(List<ulong> numbers, List<object?> others) : IVisitor
    {
        public readonly WireFacts Facts => Copier.Facts;

        public readonly int Here => 0;

        public readonly uint Tag(string name, uint code, int size, bool isKnown) => (uint)Keep(code);

        public readonly byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => (byte)Keep(value);

        public readonly ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => (ushort)Keep(value);

        public readonly uint U24(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Keep(value);

        public readonly uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Keep(value);

        public readonly ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => Keep(value);

        public readonly uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number) => (uint)Keep(value);

        public readonly uint AsNumber(string name, uint value, bool isFourOctets) => (uint)Keep(value);

        public readonly int BitLength(string name, int bits) => (int)Keep((ulong)bits);

        public readonly int Count(string name, int count, int size) => (int)Keep((ulong)count);

        public readonly Ip4 Ip4(string name, Ip4 value) => new((uint)Keep(value.Value));

        public readonly Ip6 Ip6(string name, Ip6 value) => Keep(value, value);

        public readonly byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => Keep(value, value.Clone());

        public readonly byte[] Pad(string name, byte[] value, int length) => Keep(value, value.Clone());

        public readonly byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) => Keep(value, value.Clone());

        public readonly PrefixList Prefixes(string name, PrefixList value, PrefixFormat format) => Keep(value, value);

        public readonly Prefix Prefix(string name, Prefix value, int addressBits, int bits) => Keep(value, value);

        public readonly AsPath AsPath(string name, AsPath value, bool isFourOctets) => Keep(value, value);

        public readonly uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number) => Keep(value, value.Clone());

        public readonly ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number) => Keep(value, value.Clone());

        public readonly uint[] Labels(string name, uint[] value, bool isWithdrawal) => Keep(value, value.Clone());

        public readonly ushort? Sum(string name, ushort? value, SumKind kind, int start) => Keep(value, value);

        public readonly byte[]? Digest(string name, byte[]? value, int length, DigestKind kind) => Keep(value, value?.Clone());

        public readonly bool Ahead(string name, bool value, AheadTest test) => Keep(value ? 1UL : 0) != 0;

        public readonly int Begin(string name, int size, int extra = 0) => 0;

        public readonly void End(int group)
        {
        }

        public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
            where T : class, IWire
        {
            numbers.Add((ulong)elements.Count);
            foreach (var element in elements)
            {
                others.Add(choice.NameOf(element));
                element.Walk(ref this);
            }
        }

        public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
            where T : class, IWire => Elements(name, elements, choice);

        private readonly ulong Keep(ulong value)
        {
            numbers.Add(value);
            return value;
        }

        private readonly T Keep<T>(T value, object? kept)
        {
            others.Add(kept);
            return value;
        }
    }

    /// <summary>Answers what a recorder has taken down, in the same order.</summary>
    private ref struct Player(List<ulong> numbers, List<object?> others) : IVisitor
    {
        private int _number;
        private int _other;

        public readonly WireFacts Facts => Copier.Facts;

        public readonly int Here => 0;

        public uint Tag(string name, uint code, int size, bool isKnown) => (uint)Number();

        public byte U8(string name, byte value, FieldKind kind = FieldKind.Number) => (byte)Number();

        public ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number) => (ushort)Number();

        public uint U24(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number();

        public uint U32(string name, uint value, FieldKind kind = FieldKind.Number) => (uint)Number();

        public ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number) => Number();

        public uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number) => (uint)Number();

        public uint AsNumber(string name, uint value, bool isFourOctets) => (uint)Number();

        public int BitLength(string name, int bits) => (int)Number();

        public int Count(string name, int count, int size) => (int)Number();

        public Ip4 Ip4(string name, Ip4 value) => new((uint)Number());

        public Ip6 Ip6(string name, Ip6 value) => (Ip6)others[_other++]!;

        public byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes) => (byte[])others[_other++]!;

        public byte[] Pad(string name, byte[] value, int length) => (byte[])others[_other++]!;

        public byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes) => (byte[])others[_other++]!;

        public PrefixList Prefixes(string name, PrefixList value, PrefixFormat format) => (PrefixList)others[_other++]!;

        public Prefix Prefix(string name, Prefix value, int addressBits, int bits) => (Prefix)others[_other++]!;

        public AsPath AsPath(string name, AsPath value, bool isFourOctets) => (AsPath)others[_other++]!;

        public uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number) => (uint[])others[_other++]!;

        public ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number) => (ulong[])others[_other++]!;

        public uint[] Labels(string name, uint[] value, bool isWithdrawal) => (uint[])others[_other++]!;

        public ushort? Sum(string name, ushort? value, SumKind kind, int start) => (ushort?)others[_other++];

        public byte[]? Digest(string name, byte[]? value, int length, DigestKind kind) => (byte[]?)others[_other++];

        public bool Ahead(string name, bool value, AheadTest test) => Number() != 0;

        public readonly int Begin(string name, int size, int extra = 0) => 0;

        public readonly void End(int group)
        {
        }

        public void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
            where T : class, IWire
        {
            elements.Clear();
            for (var i = (int)Number(); i > 0; i--)
            {
                var element = choice.Named((string)others[_other++]!)!;
                elements.Add(element);
                element.Walk(ref this);
            }
        }

        public void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
            where T : class, IWire => Elements(name, elements, choice);

        private ulong Number() => numbers[_number++];
    }
}
