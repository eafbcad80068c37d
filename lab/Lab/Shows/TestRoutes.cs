using System.Net;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Shows;

/// <summary>Routes for labs, from the blocks that are set aside for measuring: 198.18.0.0/15 (RFC 2544), 2001:2::/48 (RFC 5180).</summary>
public static class TestRoutes
{
    /// <summary>Routes of each family that there can be.</summary>
    public const int Most = 1 << 17;

    private static readonly Ip4 First4 = Ip4.Parse("198.18.0.0");
    private static readonly Ip6 First6 = Ip6.Parse("2001:2::");

    /// <summary>IPv4 host routes.</summary>
    public static Prefix Of4(int index) => Prefix.Of(new Ip4(First4.Value + (uint)index), 32);

    /// <summary>IPv6 host routes.</summary>
    public static Prefix Of6(int index) => Prefix.Of(new Ip6(First6.Value + (UInt128)index), 128);

    /// <summary>Whether it is one of them.</summary>
    public static bool Contains(IPNetwork network) => Block4.Contains(network.BaseAddress) || Block6.Contains(network.BaseAddress);

    private static IPNetwork Block4 { get; } = IPNetwork.Parse("198.18.0.0/15");

    private static IPNetwork Block6 { get; } = IPNetwork.Parse("2001:2::/48");
}
