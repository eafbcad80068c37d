using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Wire.Tests;

/// <summary>At least one sample of every kind of IS-IS element that is registered.</summary>
internal static class IsisSamples
{
    private static readonly byte[] System = [0, 0, 0, 0, 0, 1];
    private static readonly byte[] Node = [.. System, 2];
    private static readonly byte[] Fragment = [.. Node, 0];
    private static readonly SubTlv Sub = new() { Type = 3, Value = [0, 0, 0, 1] };

    public static IReadOnlyList<IsisTlv> Tlvs { get; } =
    [
        new AreaAddresses { Areas = { new() { Value = [0x49, 0, 1] }, new() { Value = [0x49, 0, 2] } } },
        new NarrowNeighbors { Neighbors = { new() { Metric = 0x4a, Neighbor = Node }, new() { Delay = 1, Neighbor = [.. System, 0] } } },
        new LanNeighbors { Neighbors = { new() { Mac = [2, 0, 0, 0, 0, 1] }, new() } },
        new PaddingTlv { Value = new byte[255] },
        new LspEntries { Entries = { new() { Lifetime = 1199, Id = Fragment, Sequence = 7, Checksum = 0xabcd } } },
        new AuthenticationTlv { Value = "secret"u8.ToArray() },
        new AuthenticationTlv { Type = 54, Digest = new byte[16] },
        new AuthenticationTlv { Type = 3, Key = 7, Digest = new byte[20] },
        new ExtendedReachability { Neighbors = { new() { Neighbor = Node, SubTlvs = { Sub } }, new() { Metric = 0xffffff } } },
        new InternalReachability { Networks = { new() { Address = Ip4.Parse("192.0.2.0") } } },
        new ProtocolsSupported { Protocols = [0xcc, 0x8e] },
        new ExternalReachability { Networks = { new() { Metric = 0x4a, Address = Ip4.Parse("198.51.100.0") } } },
        new InterfaceAddresses { Addresses = [0xc0000201, 0xc0000202] },
        new TeRouterId { Router = Ip4.Parse("192.0.2.1") },
        new ExtendedIpReachability { Networks = { new() { IsDown = true, Prefix = Prefix.Of(Ip4.Parse("198.51.100.0"), 24) }, new() { HasSubTlvs = true, Prefix = Prefix.Of(Ip4.Parse("192.0.2.1"), 32), SubTlvs = { new() { Type = 1, Value = [0, 0, 0, 9] } } }, new() } },
        new Hostname { Name = "r1"u8.ToArray() },
        new Restart { Flags = 1 },
        new Restart { Flags = 2, HasTime = true, Time = 60, Neighbor = System },
        new MultiTopologyNeighbors { Topology = 2, Neighbors = { new() { Neighbor = Node } } },
        new MultiTopology { Topologies = { new(), new() { Flags = 4, Id = 2 } } },
        new Ipv6InterfaceAddresses { Addresses = { new() { Value = Ip6.Parse("fe80::1") } } },
        new MultiTopologyIpReachability { Topology = 3, Networks = { new() { Prefix = Prefix.Of(Ip4.Parse("198.51.100.0"), 23) } } },
        new Ipv6Reachability { Networks = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 32) }, new() { Flags = 0x60, Prefix = Prefix.Of(Ip6.Parse("2001:db8::1"), 128), SubTlvs = { new() { Type = 1, Value = [0, 0, 0, 9] } } } } },
        new MultiTopologyIpv6Reachability { Networks = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8:1::"), 48) } } },
        new ThreeWayAdjacency(),
        new ThreeWayAdjacency { State = 1, HasCircuit = true, Circuit = 5 },
        new ThreeWayAdjacency { State = 0, HasCircuit = true, Circuit = 5, HasNeighbor = true, Neighbor = System, NeighborCircuit = 9 },
        new RouterCapability { Router = Ip4.Parse("192.0.2.1"), Flags = 1, SubTlvs = { new() { Type = 19, Value = [1] } } },
    ];

    /// <summary>What is wrong or not known to tshark.</summary>
    public static IReadOnlyList<IsisPdu> BeyondTshark { get; } =
    [
        new UnknownPdu { Type = 9, HeaderLength = 8, Data = [1, 2, 3] },
        new LinkState { Id = Fragment, WrongChecksum = 0x1234, Tlvs = { new UnknownTlv { Code = 250, Value = [1] }, new TeRouterId { Trailing = [1] } } },
        new LanHello { Source = System, Lan = Node, Behind = [0, 0, 0] },
        new PartialSequenceNumbers { IdLength = 3, Source = [1, 2, 3, 4] },
        new LinkState { Id = Fragment, Tlvs = { new PaddingTlv { Value = [1] } } },
    ];

    public static IReadOnlyList<IsisPdu> Pdus { get; } =
    [
        .. BeyondTshark,
        new LanHello { Type = 16, CircuitType = 2, Source = System, Lan = Node, Tlvs = { Tlvs[0], Tlvs[2], Tlvs[3] } },
        new PointToPointHello { Source = System, Tlvs = { Tlvs[0], Tlvs[26] } },
        new CompleteSequenceNumbers { Source = Node, Tlvs = { Tlvs[4] } },
        new PartialSequenceNumbers { Type = 27, Source = Node, Tlvs = { Tlvs[4] } },
        .. Tlvs.Select(t => Of(t)),
    ];

    /// <summary>PDUs that are signed; the digests come when they are written.</summary>
    public static IReadOnlyList<IsisPdu> Signed(DigestAlgorithm algorithm)
    {
        var tlv = AuthenticationTlv.With(OspfSamples.Keyed(algorithm).Key!);
        return
        [
            new LanHello { Type = 16, Source = System, Lan = Node, Tlvs = { tlv, Tlvs[0] } },
            new PointToPointHello { Source = System, Tlvs = { Tlvs[0], tlv }, Behind = [0, 0] },
            new LinkState { Type = 20, Id = Fragment, Sequence = 5, Tlvs = { tlv, Tlvs[0] } },
            new CompleteSequenceNumbers { Source = Node, Tlvs = { tlv, Tlvs[4] } },
            new PartialSequenceNumbers { Type = 27, Source = Node, Tlvs = { Tlvs[4], tlv } },
        ];
    }

    /// <summary>A TLV in a PDU that it belongs to.</summary>
    public static IsisPdu Of(IsisTlv tlv) => tlv switch
    {
        LanNeighbors or PaddingTlv => new LanHello { Source = System, Lan = Node, Tlvs = { tlv } },
        Restart or ThreeWayAdjacency => new PointToPointHello { Source = System, Tlvs = { tlv } },
        LspEntries => new CompleteSequenceNumbers { Type = 25, Source = Node, Tlvs = { tlv } },
        _ => new LinkState { Type = 20, Id = Fragment, Sequence = 5, Tlvs = { tlv } },
    };
}
