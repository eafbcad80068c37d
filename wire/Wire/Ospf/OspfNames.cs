namespace OpenConfirm.Wire.Ospf;

/// <summary>Values of OSPFv2's fields that have names.</summary>
internal static class OspfNames
{
    // RFC 2328 section A.2, RFC 3101 section 2.3, RFC 5613 section 2.1, RFC 1793, RFC 5250 section 3.1, RFC 4576 section 4.
    private static readonly NamedValue[] Options =
        [new(0x02, "E"), new(0x04, "MC"), new(0x08, "N/P"), new(0x10, "L"), new(0x20, "DC"), new(0x40, "O"), new(0x80, "DN")];

    // RFC 2328 section A.4.2.
    private static readonly NamedValue[] Links = [new(1, "point-to-point"), new(2, "transit network"), new(3, "stub network"), new(4, "virtual")];

    public static IReadOnlyList<FieldNames> All { get; } =
    [
        FieldNames.Row<OspfPacket>("Version", new NamedValue(2, "OSPFv2")),

        // RFC 2328 section D.
        FieldNames.Row<OspfPacket>("AuType", new(0, "null"), new(1, "simple password"), new(2, "cryptographic")),
        FieldNames.Row<Hello>("Options", Options),
        FieldNames.Row<DatabaseDescription>("Options", Options),
        FieldNames.Row<LsaHeader>("Options", Options),
        FieldNames.Row<Lsa>("Options", Options),

        // RFC 2328 sections A.3.3, A.4.2 and A.4.5.
        FieldNames.Row<DatabaseDescription>("Flags", new(1, "MS"), new(2, "M"), new(4, "I")),
        FieldNames.Row<RouterLsa>("Flags", new(1, "B"), new(2, "E"), new(4, "V")),
        FieldNames.Row<RouterLsa.Link>("Type", Links),
        FieldNames.Row<ExternalLsa.Route>("Flags", new NamedValue(0x80, "E")),
        FieldNames.Row<LsaHeader>("LS Type", Types),
        FieldNames.Row<LinkStateRequest.Request>("LS Type", Types),

        // RFC 3623 section B, RFC 7770 section 2.4, RFC 5613 section 2.4, RFC 7684 sections 2.1 and 3.1.
        FieldNames.Row<GraceReason>("Restart Reason", new(0, "unknown"), new(1, "software restart"), new(2, "software reload or upgrade"), new(3, "switch to redundant processor")),
        FieldNames.Row<InformationalCapabilities>(
            "Informational Capabilities",
            new(0x80000000, "graceful restart"),
            new(0x40000000, "graceful restart helper"),
            new(0x20000000, "stub router"),
            new(0x10000000, "traffic engineering")),
        FieldNames.Row<ExtendedOptions>("Extended Options and Flags", new(1, "LR"), new(2, "RS")),
        FieldNames.Row<ExtendedPrefix>("Route Type", new(0, "unspecified"), new(1, "intra-area"), new(3, "inter-area"), new(5, "AS external"), new(7, "NSSA external")),
        FieldNames.Row<ExtendedPrefix>("Flags", new(0x80, "A"), new(0x40, "N")),
        FieldNames.Row<ExtendedPrefix>("Address Family", new NamedValue(0, "IPv4 unicast")),
        FieldNames.Row<ExtendedLink>("Link Type", Links),
    ];

    private static NamedValue[] Types => [.. Lsa.Kinds.Kinds.Select(k => new NamedValue((ulong)k.Code, k.Name))];
}
