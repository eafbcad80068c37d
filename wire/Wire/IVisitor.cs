namespace OpenConfirm.Wire;

/// <summary>Looks at the octets that are still to be read.</summary>
public delegate bool AheadTest(ReadOnlySpan<byte> ahead);

/// <summary>
/// Walks over the fields of a message in the order of the wire. Each method gets a field's name and value and answers the
/// value that the field has from now on. Numbers are big-endian.
/// </summary>
public interface IVisitor
{
    /// <summary>What the session has agreed on.</summary>
    WireFacts Facts { get; }

    /// <summary>
    /// The number that says of which kind an element is. A reader answers what it read; it is the element's own where the
    /// kind is known, since that is how the kind was found.
    /// </summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="code">The number.</param>
    /// <param name="size">Its octets, 1 or 2.</param>
    /// <param name="isKnown">The kind stands for the number: text need not show it.</param>
    uint Tag(string name, uint code, int size, bool isKnown);

    /// <summary>One octet.</summary>
    byte U8(string name, byte value, FieldKind kind = FieldKind.Number);

    /// <summary>Two octets.</summary>
    ushort U16(string name, ushort value, FieldKind kind = FieldKind.Number);

    /// <summary>Three octets.</summary>
    uint U24(string name, uint value, FieldKind kind = FieldKind.Number);

    /// <summary>Four octets.</summary>
    uint U32(string name, uint value, FieldKind kind = FieldKind.Number);

    /// <summary>Eight octets.</summary>
    ulong U64(string name, ulong value, FieldKind kind = FieldKind.Number);

    /// <summary>Some bits, highest first. Bits that follow one another fill whole octets.</summary>
    uint Bits(string name, uint value, int width, FieldKind kind = FieldKind.Number);

    /// <summary>An IPv4 address or an identifier that is written like one.</summary>
    Ip4 Ip4(string name, Ip4 value);

    /// <summary>An IPv6 address.</summary>
    Ip6 Ip6(string name, Ip6 value);

    /// <summary>So many octets.</summary>
    byte[] Bytes(string name, byte[] value, int length, FieldKind kind = FieldKind.Bytes);

    /// <summary>
    /// So many octets that only fill up. They are empty where all are zero: a writer writes zeros, a reader that finds them
    /// answers none.
    /// </summary>
    byte[] Pad(string name, byte[] value, int length);

    /// <summary>All octets that are left in the group.</summary>
    byte[] Rest(string name, byte[] value, FieldKind kind = FieldKind.Bytes);

    /// <summary>All prefixes that are left in the group.</summary>
    PrefixList Prefixes(string name, PrefixList value, PrefixFormat format);

    /// <summary>
    /// An AS number, of four octets or two as the session has it; a writer of two writes AS_TRANS for one that does not fit
    /// (RFC 6793 section 4.2.2) and leaves the value as it is.
    /// </summary>
    uint AsNumber(string name, uint value, bool isFourOctets);

    /// <summary>All AS path segments that are left in the group.</summary>
    AsPath AsPath(string name, AsPath value, bool isFourOctets);

    /// <summary>Numbers of four octets, all that are left in the group.</summary>
    uint[] U32s(string name, uint[] value, FieldKind kind = FieldKind.Number);

    /// <summary>Numbers of eight octets, all that are left in the group.</summary>
    ulong[] U64s(string name, ulong[] value, FieldKind kind = FieldKind.Number);

    /// <summary>
    /// MPLS labels of three octets each, up to the one that is marked as the last (RFC 8277 section 2.2); a withdrawal has
    /// one, whatever it is (section 2.4). All 24 bits of each are kept.
    /// </summary>
    uint[] Labels(string name, uint[] value, bool isWithdrawal);

    /// <summary>
    /// Begins a group: its length in octets comes first, and what follows is inside of it until <see cref="End"/>.
    /// </summary>
    /// <param name="name">Name of the length field.</param>
    /// <param name="size">
    /// Octets of the length field, 1 or 2; or, of a flow specification, 11 for one octet below 240 and 12 for two of which the
    /// highest four bits are ones (RFC 8955 section 4.1); or 14 for two that count words of four octets (RFC 5613 section 2.2).
    /// </param>
    /// <param name="extra">Octets that the length counts besides those that follow it.</param>
    /// <returns>What <see cref="End"/> wants to have.</returns>
    int Begin(string name, int size, int extra = 0);

    /// <summary>Ends a group. A reader says so when octets are left in it.</summary>
    void End(int group);

    /// <summary>
    /// A length in bits, in one octet, of what follows it. It is written from the value, and read from the wire; text has no
    /// need of it.
    /// </summary>
    int BitLength(string name, int bits);

    /// <summary>A prefix whose length in bits came before; as many octets as it needs.</summary>
    Prefix Prefix(string name, Prefix value, int addressBits, int bits);

    /// <summary>How many elements follow, in 1, 2 or 4 octets. It is written from the list, and read from the wire.</summary>
    int Count(string name, int count, int size);

    /// <summary>The place at which the walk is, for <see cref="Sum"/>.</summary>
    int Here { get; }

    /// <summary>
    /// A checksum of two octets. It is null where it is right: a writer computes it, and a reader that finds it right answers
    /// null. Anything else is a wrong one, and stays as it is.
    /// </summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="value">The value, or null.</param>
    /// <param name="kind">What is summed up, and how.</param>
    /// <param name="start">Where what it sums up begins; it goes to the end of the group.</param>
    ushort? Sum(string name, ushort? value, SumKind kind, int start);

    /// <summary>
    /// An authentication digest over the message that the visitor walks from its first octet on. It is null where it is right by
    /// the session's key: a writer computes it, and a reader that finds it right answers null. Anything else stays as it is;
    /// without a key nothing is right.
    /// </summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="value">The octets, or null.</param>
    /// <param name="length">How many; -1 for all that are left in the group. A writer that has a key makes as many as that gives.</param>
    /// <param name="kind">What it covers, and how it is made.</param>
    byte[]? Digest(string name, byte[]? value, int length, DigestKind kind);

    /// <summary>
    /// A choice that the octets to come decide, and not a field: a reader asks them, all others keep the value.
    /// </summary>
    bool Ahead(string name, bool value, AheadTest test);

    /// <summary>Elements of several kinds until the group ends, or so many.</summary>
    /// <param name="name">Name of the list.</param>
    /// <param name="elements">The list itself: a reader empties and fills it, so that what was read before an error stays.</param>
    /// <param name="choice">Tells what comes next.</param>
    /// <param name="count">How many; -1 for all that are left in the group.</param>
    void Elements<T>(string name, List<T> elements, IChoice<T> choice, int count = -1)
        where T : class, IWire;

    /// <summary>Elements up to the one that says that it is the last, or until the group ends.</summary>
    void ElementsUntil<T>(string name, List<T> elements, IChoice<T> choice, Func<T, bool> isLast)
        where T : class, IWire;
}
