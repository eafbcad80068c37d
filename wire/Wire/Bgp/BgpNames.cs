namespace OpenConfirm.Wire.Bgp;

/// <summary>Values of BGP's fields that have names.</summary>
internal static class BgpNames
{
    // IANA, Address Family Numbers and Subsequent Address Family Identifiers; those that routers speak.
    private static readonly NamedValue[] Afis = [new(1, "IPv4"), new(2, "IPv6"), new(25, "L2VPN"), new(16388, "BGP-LS")];
    private static readonly NamedValue[] Safis =
    [
        new(1, "unicast"), new(2, "multicast"), new(4, "MPLS labels"), new(70, "EVPN"), new(71, "BGP-LS"), new(128, "VPN"), new(132, "route target"),
        new(133, "flow specification"), new(134, "flow specification of a VPN"),
    ];

    // RFC 5291 section 5 and RFC 7911 section 4 have the same three.
    private static readonly NamedValue[] Directions = [new(1, "receive"), new(2, "send"), new(3, "both")];

    // RFC 4724 section 3.
    private static readonly NamedValue[] Forwarding = [new(0x80, "forwarding state kept")];

    // RFC 5291 section 8.
    private static readonly NamedValue[] OrfTypes = [new(64, "address prefix"), new(128, "address prefix, of old")];

    public static IReadOnlyList<FieldNames> All { get; } =
    [
        .. Families<Multiprotocol>(),
        .. Families<RouteRefresh>(),
        .. Families<OutboundRouteFiltering.Entry>(),
        .. Families<GracefulRestart.Entry>(),
        .. Families<AddPath.Entry>(),
        .. Families<LongLivedGracefulRestart.Entry>(),
        .. Families<PathsLimit.Entry>(),
        .. Families<MpReach>(),
        .. Families<MpUnreach>(),
        FieldNames.Row<ExtendedNextHop.Entry>("NLRI AFI", Afis),
        FieldNames.Row<ExtendedNextHop.Entry>("NLRI SAFI", Safis),
        FieldNames.Row<ExtendedNextHop.Entry>("Nexthop AFI", Afis),

        // RFC 4271 sections 4.2, 4.3, 4.5 and 5.1.1; error 7: RFC 7313 section 5.
        FieldNames.Row<Open>("Version", new NamedValue(4, "BGP-4")),
        FieldNames.Row<Notification>(
            "Error Code",
            new(1, "Message Header Error"),
            new(2, "OPEN Message Error"),
            new(3, "UPDATE Message Error"),
            new(4, "Hold Timer Expired"),
            new(5, "Finite State Machine Error"),
            new(6, "Cease"),
            new(7, "ROUTE-REFRESH Message Error")),
        FieldNames.Row<PathAttribute>("Flags", new(0x80, "optional"), new(0x40, "transitive"), new(0x20, "partial"), new(0x10, "extended length")),
        FieldNames.Row<Origin>("Origin", new(0, "IGP"), new(1, "EGP"), new(2, "INCOMPLETE")),

        // RFC 7313 section 3.2; RFC 5291 section 4.
        FieldNames.Row<RouteRefresh>("Subtype", new(0, "request"), new(1, "BoRR"), new(2, "EoRR")),
        FieldNames.Row<RouteRefresh>("When To Refresh", new(1, "IMMEDIATE"), new(2, "DEFER")),
        FieldNames.Row<OrfEntry>("Action", new(0, "ADD"), new(1, "REMOVE"), new(2, "REMOVE-ALL")),
        FieldNames.Row<OrfEntry>("Match", new(0, "PERMIT"), new(1, "DENY")),
        FieldNames.Row<OutboundRouteFiltering.Filter>("ORF Type", OrfTypes),
        FieldNames.Row<OutboundRouteFiltering.Filter>("Send/Receive", Directions),
        FieldNames.Row<AddPath.Entry>("Send/Receive", Directions),

        // RFC 9234 section 4.1.
        FieldNames.Row<Role>("Role", new(0, "Provider"), new(1, "RS"), new(2, "RS-Client"), new(3, "Customer"), new(4, "Peer")),

        // RFC 4724 section 3, RFC 8538 section 2, RFC 9494 section 4.1.
        FieldNames.Row<GracefulRestart>("Restart Flags", new(8, "restarted"), new(4, "notifications")),
        FieldNames.Row<GracefulRestart.Entry>("Flags", Forwarding),
        FieldNames.Row<LongLivedGracefulRestart.Entry>("Flags", Forwarding),
        FieldNames.Row<DynamicCapability.Change>("Action", new(0, "advertise"), new(1, "remove")),

        // RFC 6514 section 5.
        FieldNames.Row<PmsiTunnel>("Tunnel Flags", new NamedValue(1, "leaf information required")),
        FieldNames.Row<PmsiTunnel>(
            "Tunnel Type",
            new(0, "none"),
            new(1, "RSVP-TE P2MP"),
            new(2, "mLDP P2MP"),
            new(3, "PIM-SSM"),
            new(4, "PIM-SM"),
            new(5, "BIDIR-PIM"),
            new(6, "ingress replication"),
            new(7, "mLDP MP2MP")),

        // RFC 9012 section 12.1 and IANA; RFC 7311 section 3; RFC 8669 section 3 and RFC 9252 section 2.
        FieldNames.Row<TunnelEncapsulation.Tunnel>("Tunnel Type", new(1, "L2TPv3"), new(2, "GRE"), new(7, "IP in IP"), new(8, "VXLAN"), new(15, "SR policy")),
        FieldNames.Row<TunnelEncapsulation.SubTlv>("Sub-TLV Type", new(1, "encapsulation"), new(2, "protocol type"), new(4, "color"), new(6, "tunnel egress endpoint")),
        FieldNames.Row<Aigp.Tlv>("Type", new NamedValue(1, "AIGP")),
        FieldNames.Row<PrefixSid.Tlv>("Type", new(1, "label index"), new(3, "originator SRGB"), new(5, "SRv6 L3 service"), new(6, "SRv6 L2 service")),
        FieldNames.Row<Ipv6ExtendedCommunities.Ipv6Community>("Subtype", new(2, "route target"), new(3, "route origin")),

        // RFC 8955 sections 4.2.1.1 and 4.2.2.
        FieldNames.Row<FlowOperator>("Operator", new(0x80, "last"), new(0x40, "and")),
        FieldNames.Row<FlowOperators>(
            "Type",
            new(3, "protocol"),
            new(4, "port"),
            new(5, "destination port"),
            new(6, "source port"),
            new(7, "ICMP type"),
            new(8, "ICMP code"),
            new(9, "TCP flags"),
            new(10, "packet length"),
            new(11, "DSCP"),
            new(12, "fragment"),
            new(13, "flow label")),
        FieldNames.Row<FlowPrefix>("Type", new(1, "destination prefix"), new(2, "source prefix")),
        FieldNames.Row<FlowPrefix6>("Type", new(1, "destination prefix"), new(2, "source prefix")),
    ];

    private static FieldNames[] Families<T>() => [FieldNames.Row<T>("AFI", Afis), FieldNames.Row<T>("SAFI", Safis)];
}
