namespace OpenConfirm.Wire.Isis;

/// <summary>Values of IS-IS's fields that have names.</summary>
internal static class IsisNames
{
    // ISO 10589 section 9.5.
    private static readonly NamedValue[] Levels = [new(1, "level 1"), new(2, "level 2")];

    public static IReadOnlyList<FieldNames> All { get; } =
    [
        FieldNames.Row<IsisPdu>("Discriminator", new NamedValue(0x83, "IS-IS")),
        FieldNames.Row<IsisPdu>("Protocol Version", new NamedValue(1, "1")),
        FieldNames.Row<IsisPdu>("Version", new NamedValue(1, "1")),

        // ISO 10589 sections 9.5 to 9.13.
        FieldNames.Row<IsisPdu>(
            "PDU Type",
            new(15, "hello on a LAN, level 1"),
            new(16, "hello on a LAN, level 2"),
            new(17, "hello between two"),
            new(18, "link state, level 1"),
            new(20, "link state, level 2"),
            new(24, "complete sequence numbers, level 1"),
            new(25, "complete sequence numbers, level 2"),
            new(26, "partial sequence numbers, level 1"),
            new(27, "partial sequence numbers, level 2")),
        FieldNames.Row<LanHello>("Circuit Type", Levels),
        FieldNames.Row<PointToPointHello>("Circuit Type", Levels),
        FieldNames.Row<LinkState>(
            "Type Block",
            new(0x80, "partition repair"),
            new(0x40, "attached, error"),
            new(0x20, "attached, expense"),
            new(0x10, "attached, delay"),
            new(0x08, "attached, default"),
            new(0x04, "overload"),
            new(0x02, "level 2"),
            new(0x01, "level 1")),

        // RFC 5304 section 2, RFC 5310 section 3.1.
        FieldNames.Row<AuthenticationTlv>("Authentication Type", new(1, "clear text"), new(3, "generic cryptographic"), new(54, "HMAC-MD5")),

        // RFC 8706 section 3.2, RFC 5303 section 3.1, RFC 5120 section 7.1, RFC 7981 section 2, RFC 5308 section 2.
        FieldNames.Row<Restart>("Flags", new(1, "RR"), new(2, "RA"), new(4, "SA")),
        FieldNames.Row<ThreeWayAdjacency>("Adjacency State", new(0, "Up"), new(1, "Initializing"), new(2, "Down")),
        FieldNames.Row<MultiTopology.Topology>("Flags", new(8, "O"), new(4, "A")),
        FieldNames.Row<RouterCapability>("Flags", new(1, "S"), new(2, "D")),
        FieldNames.Row<Ipv6Network>("Flags", new(0x80, "U"), new(0x40, "X"), new(0x20, "S")),
    ];
}
