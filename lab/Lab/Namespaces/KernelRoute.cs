using System.Net;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>A route of the kernel: the forwarding plane itself.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Gateway">The next hop; null on a link, or with several next hops.</param>
/// <param name="Protocol">Who made it (linux/rtnetlink.h): 2 kernel, 11 zebra, 12 BIRD, 186 BGP, 187 IS-IS, 188 OSPF.</param>
/// <param name="Metric">Its priority.</param>
public sealed record KernelRoute(IPNetwork Destination, IPAddress? Gateway, byte Protocol, uint Metric)
{
    /// <summary>The name of the protocol as ip(8) has it.</summary>
    public string ProtocolName => Protocol switch
    {
        2 => "kernel",
        3 => "boot",
        4 => "static",
        9 => "ra",
        11 => "zebra",
        12 => "bird",
        186 => "bgp",
        187 => "isis",
        188 => "ospf",
        189 => "rip",
        196 => "zstatic",
        _ => $"{Protocol}",
    };
}
