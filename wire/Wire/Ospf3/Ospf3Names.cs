namespace OpenConfirm.Wire.Ospf3;

/// <summary>Values of OSPFv3's fields that have names.</summary>
internal static class Ospf3Names
{
    // RFC 5340 section A.2, RFC 5838 section 2.2, RFC 5613 section 2.1, RFC 7166 section 2.1.
    private static readonly NamedValue[] Options =
        [new(0x01, "V6"), new(0x02, "E"), new(0x08, "N"), new(0x10, "R"), new(0x20, "DC"), new(0x100, "AF"), new(0x200, "L"), new(0x400, "AT")];

    public static IReadOnlyList<FieldNames> All { get; } =
    [
        FieldNames.Row<Ospf3Packet>("Version", new NamedValue(3, "OSPFv3")),
        FieldNames.Row<Hello3>("Options", Options),
        FieldNames.Row<DatabaseDescription3>("Options", Options),
        FieldNames.Row<RouterLsa3>("Options", Options),
        FieldNames.Row<NetworkLsa3>("Options", Options),
        FieldNames.Row<InterAreaRouterLsa>("Options", Options),
        FieldNames.Row<LinkLsa>("Options", Options),

        // RFC 5340 sections A.3.3, A.4.1.1, A.4.3 and A.4.7.
        FieldNames.Row<DatabaseDescription3>("Flags", new(1, "MS"), new(2, "M"), new(4, "I")),
        FieldNames.Row<LsaPrefix>("Prefix Options", new(0x01, "NU"), new(0x02, "LA"), new(0x08, "P"), new(0x10, "DN")),
        FieldNames.Row<RouterLsa3>("Flags", new(0x01, "B"), new(0x02, "E"), new(0x04, "V"), new(0x10, "Nt")),
        FieldNames.Row<RouterLsa3.Link>("Type", new(1, "point-to-point"), new(2, "transit network"), new(4, "virtual")),
        FieldNames.Row<ExternalLsa3>("Flags", new(0x04, "E"), new(0x02, "F"), new(0x01, "T")),

        // RFC 5340 section A.4.2.1.
        FieldNames.Row<Lsa3>("LS Type", new(0x8000, "U"), new(0x2000, "S1"), new(0x4000, "S2")),
        FieldNames.Row<LsaHeader3>("LS Type", new(0x8000, "U"), new(0x2000, "S1"), new(0x4000, "S2")),
    ];
}
