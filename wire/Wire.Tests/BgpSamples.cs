using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>
/// At least one sample of every kind of element that is registered, with values that differ from the defaults. The tests ask
/// the registries for what must be here.
/// </summary>
internal static class BgpSamples
{
    private static readonly uint[] Private = [64496, 4200000001];

    public static IReadOnlyList<Capability> Capabilities { get; } =
    [
        new Multiprotocol { Afi = 2, Safi = 128 },
        new RouteRefreshCapability(),
        new OutboundRouteFiltering { Families = { new() { Afi = 1, Safi = 1, Filters = { new() { SendReceive = 1 }, new() { Type = 128, SendReceive = 2 } } } } },
        new ExtendedNextHop { Families = { new(), new() { Afi = 1, Safi = 128 } } },
        new ExtendedMessage(),
        new Role { Value = 3 },
        new GracefulRestart { Flags = 0xc, Time = 4000, Families = { new() { Flags = 0x80 }, new() { Afi = 2 } } },
        new FourOctetAs { As = 4200000001 },
        new Dynamic { Codes = [1, 64] },
        new AddPath { Families = { new() { SendReceive = 1 }, new() { Afi = 2, SendReceive = 3 } } },
        new EnhancedRouteRefresh(),
        new LongLivedGracefulRestart { Families = { new() { Flags = 0x80, StaleTime = 0x123456 } } },
        new Fqdn { HostName = "r1"u8.ToArray(), DomainName = "example.net"u8.ToArray() },
        new SoftwareVersion { Version = "OpenConfirm/0.1"u8.ToArray() },
        new PathsLimit { Families = { new() { Limit = 8 } } },
        new UnknownCapability { Code = 239, Value = [1, 2, 3] },
        new UnknownCapability { Code = 240 },
        new Multiprotocol { Trailing = [9] },
    ];

    public static IReadOnlyList<OrfEntry> Filters { get; } =
    [
        new() { IsDeny = true, Sequence = 5, MinLength = 8, MaxLength = 32, Prefix = Prefix.Of(Ip4.Parse("10.0.0.0"), 8) },
        new() { Action = 1, Sequence = 10, Prefix = Prefix.Of(Ip4.Parse("192.0.2.128"), 25) },
        new() { Action = 2 },
    ];

    public static IReadOnlyList<Nlri> EvpnRoutes { get; } =
    [
        new EthernetAutoDiscovery { Distinguisher = 0x0001c00002010001, Segment = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Tag = 4294967295, Label = 0x10 },
        new MacIpAdvertisement { Mac = [2, 0, 0, 0, 0, 1], IpLength = 32, Ip = [192, 0, 2, 5], Label = 1, SecondLabel = [0, 0, 2] },
        new MacIpAdvertisement { Tag = 7 },
        new InclusiveMulticast { Ip = [192, 0, 2, 1] },
        new EthernetSegment { IpLength = 128, Ip = new byte[16] },
        new IpPrefixRoute { PrefixLength = 24, Prefix = [10, 0, 0, 0], Label = 5 },
        new IpPrefixRoute { IsIpv6 = true, PrefixLength = 64, Prefix = new byte[16], Gateway = new byte[16] },
    ];

    public static IReadOnlyList<PathAttribute> Attributes { get; } =
    [
        new Origin { Value = 2 },
        new AsPathAttribute { Path = AsPath.Of(true, new AsSegment(2, Private), new AsSegment(1, [1, 2]), new AsSegment(3, [65000]), new AsSegment(4, [65001]), new AsSegment(9, [])) },
        new NextHop { Address = Ip4.Parse("192.0.2.1") },
        new MultiExitDisc { Value = 77 },
        new LocalPref { Value = 200 },
        new AtomicAggregate(),
        new Aggregator { As = 4200000001, Identifier = Ip4.Parse("192.0.2.9") },
        new Communities { Values = [0xfde80001, 0xffffff01] },
        new OriginatorId { Identifier = Ip4.Parse("192.0.2.2") },
        new ClusterList { Clusters = [0xc0000201, 0xc0000202] },
        new MpReach { NextHop = Ip6.Parse("2001:db8::1").ToBytes(), Prefixes = PrefixList.Ipv6("2001:db8:1::/48", "2001:db8::1/128") },
        new MpReach { Safi = 2, NextHop = Ip6.Parse("2001:db8::1").ToBytes(), Prefixes = PrefixList.Ipv6("::/0") },
        new MpReach { Afi = 1, Safi = 132, NextHop = [192, 0, 2, 1], Opaque = [0] },
        new MpReach { Afi = 1, Safi = 4, NextHop = [192, 0, 2, 1], Routes = { new LabelledNlri { Family = new(1, 4), Labels = [0x000100, 0x000201], Prefix = Prefix.Of(Ip4.Parse("198.51.100.0"), 24) } } },
        new MpUnreach { Afi = 2, Safi = 4, Routes = { new LabelledNlri { Family = new(2, 4), Labels = [0x800000], Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 32) } } },
        new MpReach { Afi = 2, Safi = 128, NextHop = new byte[24], Routes = { new VpnNlri { Family = new(2, 128), Labels = [0x000101], Distinguisher = 0x0000fde800000001, Prefix = Prefix.Of(Ip6.Parse("2001:db8:1::"), 49) } } },
        new MpReach { Flags = 0x90, Afi = 25, Safi = 70, NextHop = [192, 0, 2, 1], Routes = [.. EvpnRoutes] },
        new MpReach
        {
            Flags = 0x90,
            Afi = 1,
            Safi = 133,
            Routes =
            {
                new FlowSpec { Family = new(1, 133), Components = { new FlowPrefix { Prefix = Prefix.Of(Ip4.Parse("10.0.1.0"), 24) }, new FlowOperators { Operators = { new() { Operator = 0x81, Value = [6] } } }, new FlowOperators { Type = 5, Operators = { new() { Operator = 0x03, Value = [137] }, new() { Operator = 0xd5, Value = [0x1f, 0x90] } } } } },
                new FlowSpec { Family = new(1, 133), IsLong = true, Components = { new FlowOperators { Type = 4, Operators = [.. Enumerable.Range(0, 100).Select(i => new FlowOperator { Operator = (byte)(i == 99 ? 0x91 : 0x11), Value = [1, (byte)i] })] } } },
            },
        },
        new MpReach { Afi = 2, Safi = 134, Routes = { new FlowSpec { Family = new(2, 134), Distinguisher = 1, Components = { new FlowPrefix6 { Type = 2, Length = 32, Pattern = [0x20, 1, 0xd, 0xb8] } } } } },
        new MpUnreach { Prefixes = PrefixList.Ipv6("2001:db8:2::/47") },
        new MpUnreach { Afi = 25, Safi = 70 },
        new ExtendedCommunities { Values = [0x0002fde800000064, 0x8006000000000001] },
        new As4Path { Path = AsPath.Sequence(true, 4200000001) },
        new As4Aggregator { As = 4200000002, Identifier = Ip4.Parse("192.0.2.3") },
        new DestinationPreference { As = 64496, Value = 3 },
        new PmsiTunnel { TunnelFlags = 1, Label = 0x123450, Identifier = [192, 0, 2, 1] },
        new TunnelEncapsulation { Tunnels = { new() { SubTlvs = { new() { Value = [0, 0, 0, 0, 0, 1] }, new() { Type = 200, Value = new byte[300] } } }, new() { Type = 9 } }, Flags = 0xd0 },
        new Ipv6ExtendedCommunities { Values = { new() { Address = Ip6.Parse("2001:db8::7"), Local = 9 } } },
        new Aigp { Tlvs = { new() { Value = [0, 0, 0, 0, 0, 0, 0, 100] } } },
        new PrefixSid { Tlvs = { new() { Value = [0, 0, 0, 0, 0, 0, 7] }, new() { Type = 3, Value = [0, 0, 0, 0x3e, 0x80, 0, 0x1f, 0x40] } } },
        new AttributeSet { OriginAs = 64500, Attributes = { new Origin(), new LocalPref { Value = 7 } } },
        new LargeCommunities { Values = { new() { GlobalAdministrator = 64496, Local1 = 1, Local2 = 4294967295 } } },
        new OnlyToCustomer { As = 64497 },
        new UnknownAttribute { Flags = 0xf0, Code = 250, Value = [.. Enumerable.Range(0, 300).Select(i => (byte)i)] },
        new LocalPref { Flags = 0x50, Trailing = [1] },
    ];

    /// <summary>What tshark 4.0 reads in another way than the standard, and so cannot judge.</summary>
    public static IReadOnlyList<BgpMessage> BeyondTshark { get; } =
    [
        // ORF type 64 (RFC 5292) is unknown to it; the same with Cisco's type 128 is not.
        new RouteRefresh { HasOrf = true, Orfs = { new PrefixOrf { Entries = [.. Filters] }, new VendorPrefixOrf(), new UnknownOrf { Type = 65, Entries = [0x20, 1] } } },

        // It looks for the action behind code and length; the drafts and FRR have it before them.
        new DynamicCapability { Changes = { new() { Capability = { new Multiprotocol { Afi = 2 } } }, new() { Action = 1, Capability = { new RouteRefreshCapability() } } } },

        // It takes a prefix with an offset for one without (RFC 8956 section 3.1).
        new Update { Attributes = { new MpReach { Afi = 2, Safi = 133, Routes = { new FlowSpec { Family = new(2, 133), Components = { new FlowPrefix6 { Type = 2, Length = 64, Offset = 32, Pattern = [1, 2, 3, 4] } } } } } } },

        // It guesses at path identifiers, and guesses that these are some.
        new Update { Attributes = { new MpReach { NextHop = Ip6.Parse("2001:db8::1").ToBytes(), Prefixes = PrefixList.Ipv6("2001:db8:1::/48", "::/0", "2001:db8::1/128") } } },

        // It stops at a route type that it does not know.
        new Update { Attributes = { new MpReach { Afi = 25, Safi = 70, NextHop = [192, 0, 2, 1], Routes = { new UnknownEvpnRoute { Type = 99, Value = [1, 2] } } } } },

        // Octets behind the end of what is defined are an error to it.
        new Update { Attributes = { new MpReach { Afi = 25, Safi = 70, NextHop = [192, 0, 2, 1], Routes = { new IpPrefixRoute { Trailing = [1] } } } } },

        // It takes the prefixes of ORFs for IPv4's, whatever the message's family.
        new RouteRefresh { Afi = 2, HasOrf = true, Orfs = { new PrefixOrf { AddressBits = 128, Entries = { new() { Sequence = 7, MaxLength = 48, Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 33) } } } } },
    ];

    public static IReadOnlyList<BgpMessage> Messages { get; } =
    [
        .. BeyondTshark,
        new Keepalive(),
        new Keepalive { Marker = new byte[16], Trailing = [0] },
        new Open { MyAs = 23456, HoldTime = 9, Identifier = Ip4.Parse("192.0.2.1"), Parameters = { new CapabilitiesParameter { Capabilities = [.. Capabilities] } } },
        new Open
        {
            IsExtended = true,
            Parameters =
            {
                new CapabilitiesParameter { Capabilities = [.. Capabilities] },
                new UnknownParameter { Type = 7, Value = new byte[300] },
            },
        },
        new Open { Parameters = { new UnknownParameter { Type = 1, Value = [0] }, new CapabilitiesParameter { Capabilities = { new ExtendedMessage() } }, new CapabilitiesParameter() } },
        new Update(),
        new Update { Withdrawn = PrefixList.Ipv4("10.0.0.0/8", "0.0.0.0/0", "192.0.2.128/25"), Attributes = [.. Attributes], Nlri = PrefixList.Ipv4("198.51.100.0/24", "203.0.113.7/32") },
        new Notification { Code = 6, Subcode = 2, Data = [3, (byte)'b', (byte)'y', (byte)'e'] },
        new RouteRefresh { Afi = 2, Subtype = 1 },
        new RouteRefresh { HasOrf = true, When = 2, Orfs = { new VendorPrefixOrf { Entries = [.. Filters] } } },
        new UnknownMessage { Type = 200, Data = [1, 2, 3] },
    ];
}
