using OpenConfirm.Lab.Daemons;

namespace OpenConfirm.Lab.Tests;

/// <summary>What people read in Quagga's tables, and programs have to.</summary>
public sealed class QuaggaTextTests
{
    [Test]
    public void A_prefix_without_length_has_the_one_of_its_class()
    {
        const string Table = """
            BGP table version is 0, local router ID is 10.0.1.2
            Status codes: s suppressed, d damped, h history, * valid, > best, = multipath,
                          i internal, r RIB-failure, S Stale, R Removed
            Origin codes: i - IGP, e - EGP, ? - incomplete

               Network          Next Hop            Metric LocPrf Weight Path
            *> 0.0.0.0          10.0.1.1                               0 64496 i
            *> 10.0.0.0         10.0.1.1                               0 64496 i
            *> 172.16.0.0       10.0.1.1                               0 64496 i
            *> 192.0.2.0        10.0.1.1                               0 64496 i
            *  198.18.0.0/15    10.0.1.1                               0 64496 64500 i
            *>                  10.0.2.1                               0 64498 i
               203.0.113.0/25   10.0.9.9                               0 64496 i

            Displayed  6 out of 7 total prefixes
            """;

        Assert.That(QuaggaText.BgpRoutes(Table).Select(r => (r.Prefix, r.NextHop, r.IsBest)), Is.EqualTo(new[]
        {
            ("0.0.0.0/0", "10.0.1.1", true),
            ("10.0.0.0/8", "10.0.1.1", true),
            ("172.16.0.0/16", "10.0.1.1", true),
            ("192.0.2.0/24", "10.0.1.1", true),
            ("198.18.0.0/15", "10.0.1.1", false),
            ("198.18.0.0/15", "10.0.2.1", true),
            ("203.0.113.0/25", "10.0.9.9", false),
        }));
    }

    [Test]
    public void What_is_too_long_for_its_column_ends_the_line()
    {
        const string Table = """
               Network          Next Hop            Metric LocPrf Weight Path
            *> 2001:db8::/32    fd00:1::1                              0 64496 i
            *>i2001:db8:1111:2222::/64
                                fd00:1:2222:3333:4444::1
                                                           100      0 64496 i
            *                   fd00:2::1                              0 64498 i
            """;

        Assert.That(QuaggaText.BgpRoutes(Table).Select(r => (r.Prefix, r.NextHop, r.IsBest)), Is.EqualTo(new[]
        {
            ("2001:db8::/32", "fd00:1::1", true),
            ("2001:db8:1111:2222::/64", "fd00:1:2222:3333:4444::1", true),
            ("2001:db8:1111:2222::/64", "fd00:2::1", false),
        }));
    }

    [Test]
    public void Neighbours_of_all_protocols()
    {
        const string Bgp = """
            BGP neighbor is 10.0.1.1, remote AS 64496, local AS 64497, external link
              BGP state = Established, up for 00:00:07
             For address family: IPv4 Unicast
              3 accepted prefixes
             For address family: IPv6 Unicast
              4 accepted prefixes
            BGP neighbor is fd00:2::1, remote AS 64498, local AS 64497, external link
              BGP state = Active
            """;
        const string Ospf = """
                Neighbor ID Pri State           Dead Time Address         Interface            RXmtL RqstL DBsmL
            10.0.1.1          1 Full/DROther       3.290s 10.0.1.1        eth0:10.0.1.2            0     0     0
            10.0.2.1          1 ExStart/DR         3.290s 10.0.2.1        eth1:10.0.2.2            0     0     0
            """;
        const string Ospf6 = """
            Neighbor ID     Pri    DeadTime  State/IfState         Duration I/F[State]
            10.0.1.1          1    00:00:03   Full/PointToPoint    00:00:02 eth0[PointToPoint]
            """;
        const string Isis = """
            Area lab:
              System Id           Interface   L  State        Holdtime SNPA
              speaker             eth0        2  Up            27       2020.2020.2020
              0000.0000.0003      eth1        3  Initializing  27       2020.2020.2020
            """;

        Assert.That(QuaggaText.BgpNeighbors(Bgp).Select(n => (n.Name, n.State, n.IsUp, n.Received)), Is.EqualTo(new[] { ("10.0.1.1", "Established", true, (int?)7), ("fd00:2::1", "Active", false, 0) }));
        Assert.That(QuaggaText.OspfNeighbors(RoutingProtocol.Ospfv2, Ospf).Select(n => (n.Name, n.State, n.IsUp)), Is.EqualTo(new[] { ("10.0.1.1", "Full", true), ("10.0.2.1", "ExStart", false) }));
        Assert.That(QuaggaText.OspfNeighbors(RoutingProtocol.Ospfv3, Ospf6).Select(n => (n.Name, n.State, n.IsUp)), Is.EqualTo(new[] { ("10.0.1.1", "Full", true) }));
        Assert.That(QuaggaText.IsisNeighbors(Isis).Select(n => (n.Name, n.State, n.IsUp)), Is.EqualTo(new[] { ("speaker", "Up", true), ("0000.0000.0003", "Initializing", false) }));
    }
}
