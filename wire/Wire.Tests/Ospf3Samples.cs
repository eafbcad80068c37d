using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire.Tests;

/// <summary>At least one sample of every kind of OSPFv3 element that is registered.</summary>
internal static class Ospf3Samples
{
    private static readonly Ip4 Router = Ip4.Parse("192.0.2.1");
    private static readonly Ip6 LinkLocal = Ip6.Parse("fe80::1");

    /// <summary>The addresses that the checksum covers.</summary>
    public static WireFacts Facts { get; } = new() { Source = LinkLocal, Destination = Ip6.Parse("ff02::5") };

    public static IReadOnlyList<Lsa3> Lsas { get; } =
    [
        new RouterLsa3 { Router = Router, Flags = 2, Links = { new() { Interface = 5, NeighborInterface = 6, Neighbor = Ip4.Parse("192.0.2.2") }, new() { Type = 2, Metric = 65535 } } },
        new NetworkLsa3 { Id = new(5), Router = Router, Routers = [0xc0000201, 0xc0000202] },
        new InterAreaPrefixLsa { Id = new(1), Router = Router, Metric = 0xabcdef, Prefix = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 33) } } },
        new InterAreaRouterLsa { Id = new(2), Router = Router, Destination = Ip4.Parse("192.0.2.9") },
        new AsExternalLsa3 { Id = new(3), Router = Router, Prefix = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8:1::"), 48) } } },
        new AsExternalLsa3 { Id = new(4), Router = Router, Flags = 7, Prefix = { new() { Extra = 0x2001, Prefix = Prefix.Of(Ip6.Parse("2001:db8:2::1"), 128) } }, Forwarding = Ip6.Parse("2001:db8::9"), Tag = 7, Referenced = Router },
        new NssaLsa3 { Id = new(5), Router = Router, Flags = 0, Prefix = { new() } },
        new LinkLsa { Id = new(5), Router = Router, LinkLocal = LinkLocal, Prefixes = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8:3::"), 64) }, new() { Options = 2, Prefix = Prefix.Of(Ip6.Parse("2001:db8:3::1"), 128) } } },
        new IntraAreaPrefixLsa { Router = Router, ReferencedRouter = Router, Prefixes = { new() { Extra = 10, Prefix = Prefix.Of(Ip6.Parse("2001:db8:4::"), 64) } } },
        new GraceLsa { Id = new(5), Router = Router, Tlvs = { new GracePeriod(), new GraceReason() } },
        new RouterInformationLsa { Router = Router, Tlvs = { new InformationalCapabilities { Bits = 0xc0000000 } } },
    ];

    /// <summary>What is wrong or not known to tshark.</summary>
    public static IReadOnlyList<Ospf3Packet> BeyondTshark { get; } =
    [
        new UnknownPacket3 { Type = 9, Router = Router, Data = [1] },
        new LinkStateUpdate3 { Router = Router, WrongChecksum = 0x1234, Lsas = { new UnknownLsa3 { Type = 0xbfff, Data = [1, 2] }, new NetworkLsa3 { WrongChecksum = 1, Trailing = [1] } } },
        new LinkStateUpdate3 { Router = Router, Lsas = { new InterAreaPrefixLsa { Prefix = { new() { Prefix = Prefix.Of(Ip6.Parse("2001:db8::"), 33), Padding = [1, 2, 3] } } } } },
        new Hello3 { Router = Router, Behind = [0, 1, 0, 20, 0, 0, 0, 1] },
        new Hello3 { Router = Router, Options = 0x613, LinkLocal = { WrongChecksum = 1 }, Trailer = { Digest = [1, 2, 3] }, Behind = [1] },
    ];

    public static IReadOnlyList<Ospf3Packet> Packets { get; } =
    [
        .. BeyondTshark,
        new Hello3 { Router = Router, Area = new(1), Instance = 64, Designated = Router, Backup = Ip4.Parse("192.0.2.2"), Neighbors = [0xc0000202] },
        new Hello3 { Router = Router, Options = 0x213, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 1 } } } },
        new DatabaseDescription3 { Router = Router, Flags = 7, Sequence = 77 },
        new DatabaseDescription3 { Router = Router, Headers = { new() { Id = Router, Router = Router, Checksum = 0x1234, Length = 40 } } },
        new LinkStateRequest3 { Router = Router, Requests = { new() { Router = Router }, new() { Type = 0x4005 } } },
        new LinkStateAck3 { Router = Router, Headers = { new() { Id = Router, Router = Router, Checksum = 0xcdef, Length = 24 } } },
        .. Lsas.Select(l => new LinkStateUpdate3 { Router = Router, Lsas = { l } }),
        new LinkStateUpdate3 { Router = Router, Lsas = [.. Lsas] },
    ];

    /// <summary>A session with a key.</summary>
    public static WireFacts Keyed { get; } = Facts with { Key = new(DigestAlgorithm.Sha256, 7, "secret-7"u8.ToArray()) };

    /// <summary>Packets that are signed; the digests come when they are written.</summary>
    public static IReadOnlyList<Ospf3Packet> Signed { get; } = Sign(
        new Hello3 { Router = Router, Neighbors = [0xc0000202] },
        new Hello3 { Router = Router, Options = 0x213, LinkLocal = { Tlvs = { new ExtendedOptions { Bits = 2 } } } },
        new DatabaseDescription3 { Router = Router, Flags = 7, Sequence = 77 },
        new LinkStateUpdate3 { Router = Router, Lsas = { Lsas[0] } });

    private static Ospf3Packet[] Sign(params Ospf3Packet[] packets)
    {
        foreach (var packet in packets)
            packet.Sign(Keyed.Key!, 0x100000002);
        return packets;
    }
}
