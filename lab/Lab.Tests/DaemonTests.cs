using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Tests;

/// <summary>Every daemon that is installed, with a speaker of ours. One that is not is skipped, and its test says so.</summary>
[TestFixtureSource(nameof(Names)), Category("Full")]
public sealed class DaemonTests(string name)
{
    private const int Count = 100;
    private const int Abort = 6;
    private const int Segmentation = 11;

    public static IEnumerable<string> Names => InstalledDut.Names;

    [Test]
    public async Task Learns_routes_and_forgets_them()
    {
        await using var show = await StartAsync();
        var result = await show.RunAsync(Count, CancellationToken.None);

        Assert.That(result.Failure, Is.Null);
        Assert.That(result.RoutesSeconds, Is.Not.Null, $"{result.Routes.Count} of {result.Announced} routes");
        Assert.That(result.Routes.Select(r => r.Prefix).Distinct().Count(), Is.EqualTo(2 * Count));
        Assert.That(result.Routes.Select(r => r.NextHop), Has.All.EqualTo(show.SpeakerPort.Ip4.ToString()).Or.EqualTo(show.SpeakerPort.Ip6.ToString()));
        Assert.That(result.Neighbors.Single().Received, Is.EqualTo(2 * Count));
        Assert.That(result.Fib, Has.Count.EqualTo(result.InstallsRoutes ? 2 * Count : 0));
        Assert.That(result.Health.IsGood, Is.True, string.Join('\n', result.Health.Processes.SelectMany(p => p.Alarms)));
        Assert.That(result.Health.Processes.Sum(p => p.ResidentBytes), Is.GreaterThan(1 << 20));
        Assert.That(await show.WithdrawAsync(Count, CancellationToken.None), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Says_goodbye_and_comes_again()
    {
        await using var show = await StartAsync();
        Assert.That(await show.Speaker.EstablishAsync(CancellationToken.None), Is.Null);
        var end = await show.Speaker.CloseAsync();
        Assert.That(end.Kind, Is.EqualTo(BgpEndKind.Closed));
        var neighbors = await show.Daemon.WaitAsync(token => show.Daemon.NeighborsAsync(RoutingProtocol.Bgp, token), all => !all.Any(n => n.IsUp), TimeSpan.FromSeconds(10), CancellationToken.None);
        Assert.That(neighbors.Any(n => n.IsUp), Is.False);
    }

    [Test]
    public async Task Takes_another_configuration_while_it_runs()
    {
        await using var show = await StartAsync();
        Assert.That(await show.Speaker.EstablishAsync(CancellationToken.None), Is.Null);
        var heard = new List<Prefix>();
        show.Speaker.OnMessage = decoded =>
        {
            if (decoded.Value is not Wire.Bgp.Update update)
                return;
            lock (heard)
            {
                foreach (var prefix in update.Nlri)
                    heard.Add(prefix);
            }
        };

        var network = System.Net.IPNetwork.Parse("192.0.2.0/24");
        await show.Daemon.ReconfigureAsync(show.Config with { Bgp = show.Config.Bgp! with { Networks = [network] } }, CancellationToken.None);

        Assert.That(
            () =>
            {
                lock (heard)
                    return heard.ToList();
            },
            Does.Contain(Prefix.Parse("192.0.2.0/24", PrefixFormat.Ipv4)).After(10_000, 50));
    }

    [Test]
    public void Tells_of_a_configuration_that_it_refuses()
    {
        var dut = InstalledDut.Named(name);
        var wrong = name == "gobgp" ? "neighbours: [{colour: blue}" : "colour blue;";
        Assert.That(
            () => BgpShow.StartAsync(dut, null, (router, speaker) => (router with { Extra = wrong }, speaker), CancellationToken.None),
            Throws.TypeOf<DaemonException>().With.Message.Match(dut.Driver.Name switch
            {
                "frr" or "quagga" => "Unknown command.*colour blue",
                "bird" => @"bird\.conf:\d+:.*syntax error",
                "openbgpd" => @"bgpd\.conf:\d+: syntax error",
                _ => "yaml",
            }));
    }

    [Test]
    public async Task Signs_its_segments()
    {
        // OpenBGPD as packaged does not take signed connections, and makes them.
        var isPassive = name != "openbgpd";
        await using var show = await StartAsync((router, speaker) => (
            router with { Bgp = router.Bgp! with { Neighbors = [.. router.Bgp.Neighbors.Select(n => n with { Password = "sesame", IsPassive = isPassive })] } },
            speaker with { Password = "sesame", IsPassive = !isPassive }));
        Assert.That(await show.Speaker.EstablishAsync(CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Is_ended_by_a_signal_and_that_is_seen([Values(Segmentation, Abort)] int signal)
    {
        await using var show = await StartAsync();
        var process = show.Daemon.Processes[^1];
        process.Signal(signal);
        await process.Ended.WaitAsync(TimeSpan.FromSeconds(10));
        var health = await show.Daemon.HealthAsync(CancellationToken.None);

        Assert.That(health.IsGood, Is.False);
        Assert.That(health.Processes[^1].IsAlive, Is.False);
        Assert.That(health.Processes[^1].Ending, Does.StartWith("ended "));

        // Go's runtime ends with a code of its own, and so do FRR's and Quagga's handlers, after a look at the stack.
        var stack = health.Processes[^1].Stack;
        if (name == "gobgp")
            return;
        Assert.That(health.Processes[^1].SignalName, Is.EqualTo(signal == Segmentation ? "SIGSEGV" : "SIGABRT").Or.EqualTo("SIGABRT"));
        await TestContext.Out.WriteLineAsync($"{stack!.Source ?? stack.Missing}\n{string.Join('\n', stack.Frames)}");
        if (name == "bird" && MayHaveCores())
            Assert.That(stack.Source, Is.EqualTo("gdb"));
        if (stack.Missing is null)
            Assert.That(stack.Frames, Is.Not.Empty);
        else
            Assert.That(stack.Missing, Does.Contain("core"));
    }

    private static bool MayHaveCores() =>
        CrashStack.NoCores(File.ReadAllText("/proc/sys/kernel/core_pattern").Trim()) is null
        && File.Exists("/usr/bin/gdb")
        && File.ReadLines("/proc/self/limits").Any(l => l.StartsWith("Max core file size", StringComparison.Ordinal) && l.Contains("unlimited", StringComparison.Ordinal));

    private async Task<BgpShow> StartAsync(Func<RouterConfig, BgpSpeakerConfig, (RouterConfig, BgpSpeakerConfig)>? change = null)
    {
        return await BgpShow.StartAsync(InstalledDut.Named(name), null, change, CancellationToken.None);
    }
}
