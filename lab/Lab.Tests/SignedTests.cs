using System.Text;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Tests;

/// <summary>Link state protocols whose packets are signed, with every daemon that signs: it believes the speaker, and the speaker it.</summary>
[Category("Full")]
public sealed class SignedTests
{
    private const int Count = 20;
    private const int Hellos = 3;
    private const byte Ospf = 89;
    private const byte OsiNetwork = 0xfe;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase("bird", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    [TestCase("bird", RoutingProtocol.Ospfv2, DigestAlgorithm.Sha1)]
    [TestCase("bird", RoutingProtocol.Ospfv2, DigestAlgorithm.Sha512)]
    [TestCase("bird", RoutingProtocol.Ospfv3, DigestAlgorithm.Sha256)]
    [TestCase("frr", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    [TestCase("quagga", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    public async Task Ospf_neighbours_with_a_key_become_full(string name, RoutingProtocol protocol, DigestAlgorithm algorithm)
    {
        await using var show = await OspfShow.StartAsync(InstalledDut.Named(name), protocol, Key(algorithm, "sesame"), Key(algorithm, "sesame"), CancellationToken.None);
        await HoldsAsync(show, 0);
    }

    [Test]
    public async Task Isis_neighbours_with_a_key_exchange_routes([Values("frr", "quagga")] string name, [Values] bool isPointToPoint)
    {
        await using var show = await IsisShow.StartAsync(InstalledDut.Named(name), isPointToPoint, "sesame", "sesame", CancellationToken.None);
        await HoldsAsync(show, Count);

        // Purges are signed too (RFC 5304 section 2).
        Assert.That(await show.WithdrawAsync(Count, CancellationToken.None), Is.EqualTo((0, 0)));
    }

    /// <summary>It has no word for it, and unsigned packets are not what was asked for.</summary>
    [TestCase(RoutingProtocol.Ospfv2, DigestAlgorithm.Sha256)]
    [TestCase(RoutingProtocol.Ospfv3, DigestAlgorithm.Sha256)]
    public void Quagga_refuses_a_key_that_it_cannot_sign_with(RoutingProtocol protocol, DigestAlgorithm algorithm)
    {
        var dut = InstalledDut.Named("quagga");
        Assert.That(
            () => OspfShow.StartAsync(dut, protocol, Key(algorithm, "sesame"), Key(algorithm, "sesame"), CancellationToken.None),
            Throws.TypeOf<DaemonException>().With.Message.Contains("sesame"));
    }

    /// <summary>Neither takes the other's packets; the daemon is heard to speak all the while.</summary>
    [TestCase("bird", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    [TestCase("bird", RoutingProtocol.Ospfv3, DigestAlgorithm.Sha256)]
    [TestCase("frr", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    [TestCase("quagga", RoutingProtocol.Ospfv2, DigestAlgorithm.Md5)]
    public async Task Ospf_neighbours_with_different_keys_stay_strangers(string name, RoutingProtocol protocol, DigestAlgorithm algorithm)
    {
        await using var show = await OspfShow.StartAsync(InstalledDut.Named(name), protocol, Key(algorithm, "sesame"), Key(algorithm, "poppy"), CancellationToken.None);
        var heard = protocol == RoutingProtocol.Ospfv2 ? new HeardFrames(23, Ospf) : new HeardFrames(20, Ospf);
        show.Speaker.OnFrame = heard.Count;
        await show.Speaker.StartAsync();
        await heard.Enough.WaitAsync(Patience);

        Assert.That(await show.Speaker.NeighborsAsync(), Is.Empty);
        Assert.That(await show.Daemon.NeighborsAsync(protocol, CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task Isis_neighbours_with_different_keys_stay_strangers([Values("frr", "quagga")] string name)
    {
        await using var show = await IsisShow.StartAsync(InstalledDut.Named(name), true, "sesame", "poppy", CancellationToken.None);
        var heard = new HeardFrames(14, OsiNetwork);
        show.Speaker.OnFrame = heard.Count;
        await show.Speaker.StartAsync();
        await heard.Enough.WaitAsync(Patience);

        Assert.That(await show.Speaker.AdjacenciesAsync(), Is.Empty);
        Assert.That(await show.Daemon.NeighborsAsync(RoutingProtocol.Isis, CancellationToken.None), Is.Empty);
    }

    private static AuthenticationKey Key(DigestAlgorithm algorithm, string secret) => new(algorithm, 7, Encoding.ASCII.GetBytes(secret));

    private static async Task HoldsAsync(Show show, int count)
    {
        var result = await show.RunAsync(count, CancellationToken.None);

        Assert.That(result.Failure, Is.Null);
        Assert.That(result.Routes.Select(r => r.Prefix).Distinct().Count(), Is.EqualTo(result.Announced));
        Assert.That(result.Neighbors.Single().IsUp, Is.True);
        Assert.That(result.Health.IsGood, Is.True, string.Join('\n', result.Health.Processes.SelectMany(p => p.Alarms)));
        await TestContext.Out.WriteLineAsync($"{result.Dut} {result.Protocol}: up {result.SessionSeconds:0.00} s, {result.Announced} routes {result.RoutesSeconds:0.00} s");
    }

    /// <summary>Counts what the daemon says in its protocol, which an octet tells.</summary>
    private sealed class HeardFrames(int at, byte protocol)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Enough => _enough.Task;

        public void Count(ReadOnlyMemory<byte> frame)
        {
            if (frame.Length > at && frame.Span[at] == protocol && ++_count >= Hellos)
                _enough.TrySetResult();
        }
    }
}
