using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Tests;

/// <summary>At least one sample of every kind of OSPFv2 element that is registered.</summary>
internal static class OspfSamples
{
    private static readonly Ip4 Router = Ip4.Parse("192.0.2.1");

    public static IReadOnlyList<OspfTlv> Tlvs { get; } =
    [
        new TeRouterAddress { Address = Router },
        new TeLink { SubTlvs = { new UnknownTlv { Type = 1, Value = [1] }, new UnknownTlv { Type = 2, Value = [192, 0, 2, 9] } } },
        new GracePeriod { Seconds = 180 },
        new GraceReason { Reason = 2 },
        new GraceAddress { Address = Router },
        new InformationalCapabilities { Bits = 0xc0000000 },
        new ExtendedPrefix { RouteType = 3, Flags = 0x40, Address = Router, SubTlvs = { new UnknownTlv { Type = 2, Value = [0, 0, 0, 0, 0, 0, 0, 1] } } },
        new ExtendedLink { LinkId = Router, LinkData = Router, SubTlvs = { new UnknownTlv { Type = 2, Value = [0x60, 0, 0, 0, 0, 0, 1] } } },
    ];

    public static IReadOnlyList<Lsa> Lsas { get; } =
    [
        new RouterLsa { Id = Router, Router = Router, Flags = 3, Links = { new() { Id = Ip4.Parse("192.0.2.0"), Data = new(0xffffff00) }, new() { Type = 1, Id = Ip4.Parse("192.0.2.2"), Data = Router, Metric = 65535 } } },
        new NetworkLsa { Id = Router, Router = Router, Routers = [0xc0000201, 0xc0000202] },
        new SummaryNetworkLsa { Id = Ip4.Parse("198.51.100.0"), Router = Router, Costs = { new() { Metric = 0xabcdef } } },
        new SummaryAsbrLsa { Id = Router, Router = Router, Mask = new(0), Costs = { new() } },
        new AsExternalLsa { Age = 3600, Id = Ip4.Parse("203.0.113.0"), Router = Router, Sequence = 0x7fffffff, Routes = { new() { Tag = 7 } } },
        new NssaLsa { Options = 8, Id = Ip4.Parse("203.0.113.0"), Router = Router, Routes = { new() { Flags = 0, Forwarding = Router } } },
        new OpaqueLinkLsa { Id = Ip4.Parse("3.0.0.0"), Router = Router, Tlvs = { Tlvs[2], Tlvs[3], Tlvs[4] } },
        new OpaqueAreaLsa { Id = Ip4.Parse("1.0.0.1"), Router = Router, Tlvs = { Tlvs[0] } },
        new OpaqueAreaLsa { Id = Ip4.Parse("1.0.0.2"), Router = Router, Tlvs = { Tlvs[1] } },
        new OpaqueAreaLsa { Id = Ip4.Parse("4.0.0.0"), Router = Router, Tlvs = { Tlvs[5] } },
        new OpaqueAreaLsa { Id = Ip4.Parse("7.0.0.1"), Router = Router, Tlvs = { Tlvs[6] } },
        new OpaqueAreaLsa { Id = Ip4.Parse("8.0.0.1"), Router = Router, Tlvs = { Tlvs[7] } },
        new OpaqueAsLsa { Id = Ip4.Parse("4.0.0.1"), Router = Router, Tlvs = { Tlvs[5] } },
    ];

    /// <summary>What is wrong or not known to tshark.</summary>
    public static IReadOnlyList<OspfPacket> BeyondTshark { get; } =
    [
        new LinkStateUpdate { Router = Router, WrongChecksum = 0x1234, Lsas = { new NetworkLsa { WrongChecksum = 0xbeef, Trailing = [1, 2] }, new UnknownLsa { Type = 200, Data = [1, 2, 3, 4] } } },
        new LinkStateUpdate { Router = Router, Lsas = { new RouterLsa { Links = { new() { Services = { new() { Service = 4, Metric = 3 } } } } }, new OpaqueLinkLsa { Id = Ip4.Parse("3.0.0.0"), Tlvs = { new GraceReason { Padding = [1, 2, 3] } } } } },
        new LinkStateUpdate { Router = Router, Lsas = { new OpaqueAsLsa { Id = Ip4.Parse("99.0.0.1"), Router = Router, Tlvs = { new UnknownTlv { Type = 5, Value = [1, 2, 3, 4] } } } } },
        new UnknownPacket { Type = 9, Router = Router, Data = [1] },
        new Hello { Router = Router, Behind = [0xff, 0xf6, 0, 3, 0, 1, 0, 4, 0, 0, 0, 1] },
        new Hello { Router = Router, AuthenticationType = 2, KeyId = 1, CryptographicSequence = 5, Digest = new byte[16], Trailing = [0] },
        new Hello { Router = Router, Options = 0x12, LinkLocal = { WrongChecksum = 1, Tlvs = { new UnknownTlv { Type = 9, Value = [1, 2, 3, 4, 5] } } }, Behind = [1] },
    ];

    public static IReadOnlyList<OspfPacket> Packets { get; } =
    [
        .. BeyondTshark,
        new Hello { Router = Router, Area = Ip4.Parse("0.0.0.1"), Designated = Router, Backup = Ip4.Parse("192.0.2.2"), Neighbors = [0xc0000202, 0xc0000203] },
        new Hello { Router = Router, AuthenticationType = 1, Authentication = "secret\0\0"u8.ToArray() },
        new Hello { Router = Router, Options = 0x12, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 1 } } } },
        new Hello { Router = Router, Options = 0x12, AuthenticationType = 2, KeyId = 9, CryptographicSequence = 5, Digest = Octets(16), LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 2 }, new LinkLocalAuthentication { Sequence = 5, Digest = Octets(16) } } } },
        new DatabaseDescription { Router = Router, Options = 0x12, Flags = 7, Sequence = 76, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 3 } } } },
        new DatabaseDescription { Router = Router, Flags = 7, Sequence = 77 },
        new DatabaseDescription { Router = Router, Headers = { new() { Id = Router, Router = Router, Checksum = 0x1234, Length = 48 } } },
        new LinkStateRequest { Router = Router, Requests = { new() { Id = Router, Router = Router }, new() { Type = 5 } } },
        new LinkStateUpdate { Router = Router },
        .. Lsas.Select(l => new LinkStateUpdate { Router = Router, Lsas = { l } }),
        new LinkStateUpdate { Router = Router, Lsas = [.. Lsas] },
        new LinkStateAck { Router = Router, Headers = { new() { Id = Router, Router = Router, Checksum = 0xcdef, Length = 36 } } },
    ];

    /// <summary>A session with a key.</summary>
    public static WireFacts Keyed(DigestAlgorithm algorithm) => new() { Key = new(algorithm, 7, "secret-7"u8.ToArray()) };

    /// <summary>Packets that are signed; the digests come when they are written.</summary>
    public static IReadOnlyList<OspfPacket> Signed(DigestAlgorithm algorithm)
    {
        OspfPacket[] packets =
        [
            new Hello { Router = Router, Neighbors = [0xc0000202] },
            new Hello { Router = Router, Options = 0x12, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 1 }, new LinkLocalAuthentication() } } },
            new DatabaseDescription { Router = Router, Flags = 7, Sequence = 77 },
            new LinkStateUpdate { Router = Router, Lsas = { Lsas[0] } },
        ];
        foreach (var packet in packets)
            packet.Sign(Keyed(algorithm).Key!, 0x01020304);
        return packets;
    }

    private static byte[] Octets(int count) => [.. Enumerable.Range(1, count).Select(i => (byte)i)];
}
