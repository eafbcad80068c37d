using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Reads the tables that Quagga's vtysh prints.</summary>
internal static partial class QuaggaText
{
    /// <summary>"show ip bgp neighbors": paragraphs, one a neighbour.</summary>
    public static IEnumerable<Neighbor> BgpNeighbors(string text)
    {
        foreach (var paragraph in BgpNeighborStart().Split(text).Skip(1).Chunk(2).Where(c => c.Length == 2))
        {
            var state = BgpState().Match(paragraph[1]).Groups["state"].Value;
            var received = Accepted().Matches(paragraph[1]).Sum(m => int.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture));
            yield return new(RoutingProtocol.Bgp, paragraph[0], state, state == "Established", received);
        }
    }

    /// <summary>"show ip ospf neighbor" and "show ipv6 ospf6 neighbor": the state stands in different columns, and has the interface's beside it.</summary>
    public static IEnumerable<Neighbor> OspfNeighbors(RoutingProtocol protocol, string text) => OspfNeighbor().Matches(text)
        .Select(m => new Neighbor(protocol, m.Groups["router"].Value, m.Groups["state"].Value, m.Groups["state"].Value == "Full"));

    /// <summary>"show isis neighbor".</summary>
    public static IEnumerable<Neighbor> IsisNeighbors(string text) => IsisNeighbor().Matches(text)
        .Select(m => new Neighbor(RoutingProtocol.Isis, m.Groups["system"].Value, m.Groups["state"].Value, m.Groups["state"].Value == "Up"));

    /// <summary>
    /// "show ip bgp" and "show bgp". A prefix or next hop that is too long for its column ends its line; a line without a prefix
    /// is another route to the one above; and a prefix length that is the natural one of its class is not printed.
    /// </summary>
    public static IEnumerable<DaemonRoute> BgpRoutes(string text)
    {
        var prefix = "";
        foreach (Match route in BgpRoute().Matches(text))
        {
            if (route.Groups["prefix"] is { Success: true } named)
                prefix = named.Value.Contains('/', StringComparison.Ordinal) ? named.Value : $"{named.Value}/{NaturalLength(named.Value)}";
            yield return new(RoutingProtocol.Bgp, prefix, route.Groups["hop"].Value, route.Groups["best"].Value == ">");
        }
    }

    /// <summary>"show ip route" and "show ipv6 route": OSPF of both versions is O.</summary>
    public static IEnumerable<DaemonRoute> ZebraRoutes(RoutingProtocol protocol, string text) => ZebraRoute().Matches(text)
        .Where(m => m.Groups["code"].Value == (protocol == RoutingProtocol.Isis ? "I" : "O"))
        .Select(m => new DaemonRoute(protocol, m.Groups["prefix"].Value, m.Groups["hop"] is { Success: true } hop ? hop.Value : null, m.Groups["best"].Value == ">"));

    /// <summary>Classes A, B and C (RFC 791 section 3.2), and the default route.</summary>
    private static int NaturalLength(string address) => int.Parse(address.Split('.')[0], CultureInfo.InvariantCulture) switch
    {
        0 => 0,
        < 128 => 8,
        < 192 => 16,
        _ => 24,
    };

    [GeneratedRegex(@"^BGP neighbor is (?<address>[0-9a-f.:]+),", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BgpNeighborStart();

    [GeneratedRegex(@"BGP state = (?<state>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BgpState();

    [GeneratedRegex(@"^ +(?<count>\d+) accepted prefixes", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Accepted();

    [GeneratedRegex(@"^ *(?<router>\d+\.\d+\.\d+\.\d+) .*?\b(?<state>Full|Down|Deleted|Attempt|Init|2-Way|Twoway|ExStart|Exchange|ExChange|Loading)/", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OspfNeighbor();

    [GeneratedRegex(@"^ *(?<system>\S+) +\S+ +[123] +(?<state>Up|Down|Initializing|Unknown)\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsisNeighbor();

    [GeneratedRegex(@"^(([ *sSRrhd](?<best>[ >=hd])[ i](?<prefix>[0-9a-f]+[.:][0-9a-f.:]*(/\d+)?))|([*sSRrhd](?<best>[ >=hd])[ i]))\s+(?<hop>[0-9a-f]+[.:][0-9a-f.:]*|::)\s", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BgpRoute();

    [GeneratedRegex(@"^(?<code>[OI])(?<best>[> ])[* ] (?<prefix>[0-9a-f.:]+/\d+) (\[\d+/\d+\] )?(via (?<hop>[0-9a-f.:]+))?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ZebraRoute();
}
