using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

// dotnet run -c Release --project lab/bench/LabBench [-- ROUNDS]
// Prints for each measurement the times of all rounds in seconds, the best and the worst marked by their places.
if (!Sandbox.IsInside)
    return await Sandbox.RunInsideAsync(args, CancellationToken.None);
Sandbox.Enter();
var rounds = args.Length > 0 ? int.Parse(args[0]) : 5;

await MeasureAsync("lab of 2 nodes and a cable (goal 0.3)", () => Task.FromResult(Lab(2)));
await MeasureAsync("lab of 20 nodes in a row (goal 2)", () => Task.FromResult(Lab(20)));
await MeasureAsync("BGP speaker to a sink: 1,000,000 routes, 100,000 attribute sets (goal 0.8)", SinkAsync);
foreach (var driver in Dut.Drivers)
{
    var dut = new Dut(driver, null);
    try
    {
        dut.Find();
    }
    catch (DaemonException e)
    {
        Console.WriteLine($"{driver.Name}: {e.Message}");
        continue;
    }

    foreach (var protocol in driver.Protocols.Order())
    {
        var announced = protocol == RoutingProtocol.Bgp ? 50 : 1000;
        await MeasureAsync($"{driver.Name} {protocol}: session", () => ShowAsync(dut, protocol, announced, r => r.SessionSeconds));
        await MeasureAsync($"{driver.Name} {protocol}: {(protocol is RoutingProtocol.Bgp or RoutingProtocol.Isis ? 2 : 1) * announced} routes visible", () => ShowAsync(dut, protocol, announced, r => r.RoutesSeconds ?? double.NaN));
    }
}

return 0;

async Task MeasureAsync(string what, Func<Task<double>> measure)
{
    var times = new List<double>();
    for (var i = 0; i < rounds; i++)
        times.Add(await measure());
    Console.WriteLine($"{what}: {string.Join(" ", times.Order().Select(t => t.ToString("0.000")))}");
}

static double Lab(int nodes)
{
    var clock = Stopwatch.StartNew();
    using var network = new LabNetwork();
    var all = Enumerable.Range(0, nodes).Select(i => network.AddNode($"n{i}")).ToList();
    for (var i = 1; i < nodes; i++)
        network.Connect(all[i - 1], all[i]);
    return clock.Elapsed.TotalSeconds;
}

static async Task<double> ShowAsync(Dut dut, RoutingProtocol protocol, int announce, Func<ShowResult, double> figure)
{
    await using var show = await Show.StartAsync(protocol, dut, null, CancellationToken.None);
    return figure(await show.RunAsync(announce, CancellationToken.None));
}

static async Task<double> SinkAsync()
{
    const int Prefixes = 1_000_000, Sets = 100_000, Each = Prefixes / Sets;
    var random = new Random(4271);
    var prefixes = Enumerable.Range(0, Prefixes).Select(i => Prefix.Of(new Ip4((uint)(0x01000000 + (i << 8))), 24)).ToArray();
    var sets = Enumerable.Range(0, Sets).Select(i => (List<PathAttribute>)
    [
        new Origin(),
        new AsPathAttribute { Path = AsPath.Sequence(true, Enumerable.Range(0, random.Next(2, 7)).Select(_ => (uint)random.Next(1, 400_000))) },
        new NextHop { Address = Ip4.Parse("192.0.2.1") },
        new MultiExitDisc { Value = (uint)i },
    ]).ToArray();

    using var network = new LabNetwork();
    using var loop = new SpeakerLoop();
    var node = network.AddNode("both");
    using var listener = node.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
    listener.Bind(new IPEndPoint(IPAddress.Loopback, 179));
    listener.Listen();
    using var speaker = new BgpSpeaker(loop, node, new BgpSpeakerConfig { Local = IPAddress.Loopback, Peer = IPAddress.Loopback, As = 64496, Identifier = Ip4.Parse("192.0.2.1"), QueueBytes = 256 << 20 });
    await speaker.StartAsync();
    using var sink = await listener.AcceptAsync();
    var open = new Open { MyAs = 64497, Identifier = Ip4.Parse("192.0.2.2"), Parameters = { new CapabilitiesParameter { Capabilities = { new Multiprotocol(), new FourOctetAs { As = 64497 } } } } };
    await sink.SendAsync((byte[])[.. WireWriter.Encode<BgpMessage>(open, WireFacts.Default), .. WireWriter.Encode<BgpMessage>(new Keepalive(), WireFacts.Default)]);
    while (speaker.State != BgpState.Established)
        await Task.Yield();

    // A thread of its own, since a sink is to take octets and nothing else.
    var taken = 0L;
    var reader = new Thread(() =>
    {
        var buffer = new byte[1 << 20];
        while (sink.Receive(buffer, SocketFlags.None, out var error) is var count && count > 0 && error == SocketError.Success)
            Interlocked.Add(ref taken, count);
    });
    reader.Start();
    await Task.Delay(100);
    var before = Interlocked.Read(ref taken);
    var clock = Stopwatch.StartNew();
    var sent = 0L;
    const int SetsAtOnce = 4096;
    for (var i = 0; i < Sets; i += SetsAtOnce)
    {
        var packer = new UpdatePacker(speaker.Sending, capacity: SetsAtOnce * 128);
        for (var set = i; set < Math.Min(i + SetsAtOnce, Sets); set++)
            packer.Announce(sets[set], prefixes.AsSpan(set * Each, Each));
        sent += packer.Written.Length;
        speaker.Send(packer.Written);
    }

    while (Interlocked.Read(ref taken) - before < sent)
        await Task.Yield();
    var seconds = clock.Elapsed.TotalSeconds;
    await speaker.AbortAsync();
    sink.Close();
    reader.Join();
    return seconds;
}
