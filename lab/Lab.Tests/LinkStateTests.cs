using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;

namespace OpenConfirm.Lab.Tests;

/// <summary>The link state protocols, with every daemon that speaks them.</summary>
[Category("Full")]
public sealed class LinkStateTests
{
    private const int Count = 1000;

    [Test]
    public async Task Ospf_neighbours_exchange_routes(
        [Values("bird", "bird3", "frr", "quagga")] string name, [Values(RoutingProtocol.Ospfv2, RoutingProtocol.Ospfv3)] RoutingProtocol protocol, [Values] bool isPointToPoint)
    {
        await using var show = await OspfShow.StartAsync(InstalledDut.Named(name), protocol, isPointToPoint, null, CancellationToken.None);
        await HoldsAsync(show, Count);
    }

    [Test]
    public async Task Isis_neighbours_exchange_routes([Values("frr", "quagga")] string name, [Values] bool isPointToPoint)
    {
        await using var show = await IsisShow.StartAsync(InstalledDut.Named(name), isPointToPoint, null, CancellationToken.None);
        await HoldsAsync(show, Count);
    }

    private static async Task HoldsAsync(Show show, int count)
    {
        var result = await show.RunAsync(count, CancellationToken.None);

        Assert.That(result.Failure, Is.Null);
        Assert.That(result.RoutesSeconds, Is.Not.Null, $"{result.Routes.Count} of {result.Announced} routes");
        Assert.That(result.Routes.Select(r => r.Prefix).Distinct().Count(), Is.EqualTo(result.Announced));
        Assert.That(result.Fib, Has.Count.EqualTo(result.Announced));
        Assert.That(result.Neighbors.Single().IsUp, Is.True);
        Assert.That(result.Health.IsGood, Is.True, string.Join('\n', result.Health.Processes.SelectMany(p => p.Alarms)));
        Assert.That(await show.WithdrawAsync(count, CancellationToken.None), Is.EqualTo((0, 0)));
        await TestContext.Out.WriteLineAsync($"{result.Dut} {result.Protocol}: up {result.SessionSeconds:0.00} s, {result.Announced} routes {result.RoutesSeconds:0.00} s");
    }
}
