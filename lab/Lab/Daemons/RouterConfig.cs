using System.Net;
using System.Text;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Daemons;

/// <summary>The protocols that a lab speaks.</summary>
public enum RoutingProtocol
{
    /// <summary>BGP-4, RFC 4271.</summary>
    Bgp,

    /// <summary>OSPF version 2, RFC 2328.</summary>
    Ospfv2,

    /// <summary>OSPF version 3, RFC 5340.</summary>
    Ospfv3,

    /// <summary>IS-IS, ISO 10589 and RFC 1195.</summary>
    Isis,
}

/// <summary>How a router is to be configured, whichever daemon it is. The templates in templates/daemons/ make it theirs.</summary>
public sealed record RouterConfig
{
    /// <summary>Name of the router.</summary>
    public string Name { get; init; } = "dut";

    /// <summary>Router identifier of all protocols.</summary>
    public required IPAddress RouterId { get; init; }

    /// <summary>BGP, or null for none.</summary>
    public BgpConfig? Bgp { get; init; }

    /// <summary>OSPFv2, or null for none.</summary>
    public OspfConfig? Ospfv2 { get; init; }

    /// <summary>OSPFv3, or null for none.</summary>
    public OspfConfig? Ospfv3 { get; init; }

    /// <summary>IS-IS, or null for none.</summary>
    public IsisConfig? Isis { get; init; }

    /// <summary>More lines in the daemon's own language, at the end.</summary>
    public string Extra { get; init; } = "";

    /// <summary>What it speaks.</summary>
    public IEnumerable<RoutingProtocol> Protocols
    {
        get
        {
            if (Bgp is not null)
                yield return RoutingProtocol.Bgp;
            if (Ospfv2 is not null)
                yield return RoutingProtocol.Ospfv2;
            if (Ospfv3 is not null)
                yield return RoutingProtocol.Ospfv3;
            if (Isis is not null)
                yield return RoutingProtocol.Isis;
        }
    }
}

/// <summary>BGP of a router.</summary>
public sealed record BgpConfig
{
    /// <summary>Its AS.</summary>
    public required uint As { get; init; }

    /// <summary>Its neighbours.</summary>
    public IReadOnlyList<BgpNeighborConfig> Neighbors { get; init; } = [];

    /// <summary>Networks that it announces as its own.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Those of IPv4.</summary>
    public IEnumerable<IPNetwork> Ip4Networks => Networks.Where(n => n.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork);

    /// <summary>Those of IPv6.</summary>
    public IEnumerable<IPNetwork> Ip6Networks => Networks.Where(n => n.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
}

/// <summary>A neighbour in BGP. It may announce all that it likes, and gets all that there is.</summary>
public sealed record BgpNeighborConfig
{
    /// <summary>Its address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The router's own address towards it.</summary>
    public required IPAddress Local { get; init; }

    /// <summary>Its AS.</summary>
    public required uint As { get; init; }

    /// <summary>The router waits for it to connect.</summary>
    public bool IsPassive { get; init; }

    /// <summary>Key of TCP's MD5 option (RFC 2385), or null.</summary>
    public string? Password { get; init; }

    /// <summary>Hold time, seconds.</summary>
    public int HoldTime { get; init; } = 90;

    /// <summary>IPv4 unicast.</summary>
    public bool Ip4 { get; init; } = true;

    /// <summary>IPv6 unicast.</summary>
    public bool Ip6 { get; init; } = true;

    /// <summary>ADD-PATH both ways.</summary>
    public bool AddPath { get; init; }
}

/// <summary>OSPF of a router, either version.</summary>
public sealed record OspfConfig
{
    /// <summary>The area of all its interfaces.</summary>
    public IPAddress Area { get; init; } = IPAddress.Any;

    /// <summary>The interfaces that speak it.</summary>
    public required IReadOnlyList<OspfInterfaceConfig> Interfaces { get; init; }
}

/// <summary>An interface that speaks OSPF.</summary>
public sealed record OspfInterfaceConfig
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Point-to-point, not broadcast.</summary>
    public bool IsPointToPoint { get; init; } = true;

    /// <summary>Seconds between hellos.</summary>
    public int HelloInterval { get; init; } = 1;

    /// <summary>Seconds until a silent neighbour is dead.</summary>
    public int DeadInterval { get; init; } = 4;

    /// <summary>Cost.</summary>
    public int Cost { get; init; } = 10;

    /// <summary>Seconds until what was not acknowledged is sent again.</summary>
    public int RetransmitInterval { get; init; } = 2;

    /// <summary>Priority to become the designated router.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Key that packets are signed with, or null.</summary>
    public AuthenticationKey? Key { get; init; }

    /// <summary>Its secret as text.</summary>
    public string KeyText => Encoding.ASCII.GetString(Key?.Secret ?? []);

    /// <summary>Its algorithm as routers' languages have it.</summary>
    public string KeyAlgorithm => Key?.Algorithm switch
    {
        null => "",
        DigestAlgorithm.Md5 => "md5",
        DigestAlgorithm.Sha1 => "sha1",
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.Sha384 => "sha384",
        _ => "sha512",
    };
}

/// <summary>IS-IS of a router.</summary>
public sealed record IsisConfig
{
    /// <summary>Network entity title: area, system, zero.</summary>
    public required string Net { get; init; }

    /// <summary>1, 2, or 3 for both.</summary>
    public int Level { get; init; } = 2;

    /// <summary>The level as routers' languages have it.</summary>
    public string LevelName => Level switch { 1 => "level-1", 2 => "level-2-only", _ => "level-1-2" };

    /// <summary>The interfaces that speak it.</summary>
    public required IReadOnlyList<IsisInterfaceConfig> Interfaces { get; init; }

    /// <summary>Secret of HMAC-MD5 (RFC 5304) that all PDUs are signed with, or null.</summary>
    public string? Secret { get; init; }
}

/// <summary>An interface that speaks IS-IS.</summary>
public sealed record IsisInterfaceConfig
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Point-to-point, not a LAN.</summary>
    public bool IsPointToPoint { get; init; } = true;

    /// <summary>Seconds between hellos.</summary>
    public int HelloInterval { get; init; } = 1;
}
