using System.Buffers.Binary;
using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Lab.Tests;

/// <summary>What real daemons say to each other is read without a leftover octet, and written again to the same octets.</summary>
[Category("Full")]
public sealed class RealCaptureTests
{
    [TestCase(RoutingProtocol.Bgp, "frr", "bird", 12)]
    [TestCase(RoutingProtocol.Bgp, "frr", "gobgp", 10)]
    [TestCase(RoutingProtocol.Bgp, "openbgpd", "bird", 10)]
    [TestCase(RoutingProtocol.Bgp, "gobgp", "openbgpd", 8)]
    [TestCase(RoutingProtocol.Ospfv2, "frr", "bird", 10)]
    [TestCase(RoutingProtocol.Ospfv3, "frr", "bird", 10)]
    [TestCase(RoutingProtocol.Isis, "frr", "frr", 6)]
    public async Task Daemons_that_speak_to_each_other(RoutingProtocol protocol, string first, string second, int atLeast)
    {
        var pcap = Path.Combine(Path.GetTempPath(), $"openconfirm-{Guid.NewGuid():n}.pcap");
        try
        {
            await using (var pair = await DaemonPair.StartAsync(protocol, InstalledDut.Named(first), InstalledDut.Named(second), pcap, CancellationToken.None))
            {
                Assert.That(await pair.IsUpAsync(CancellationToken.None), Is.True);
                if (protocol == RoutingProtocol.Bgp)
                {
                    foreach (var daemon in pair.Daemons)
                        await daemon.WaitAsync(token => daemon.NeighborsAsync(protocol, token), all => all.All(n => n.Received >= 3), TimeSpan.FromSeconds(10), CancellationToken.None);
                }

                await Task.Delay(2500); // Hellos, acknowledgements, keepalives.
            }

            var frames = CapturedFrames.Read(pcap).ToList();
            var count = protocol switch
            {
                RoutingProtocol.Bgp => CapturedFrames.Streams(frames, 179).Sum(Bgp),
                RoutingProtocol.Ospfv2 => frames.Sum(Ospf),
                RoutingProtocol.Ospfv3 => frames.Sum(Ospf3),
                _ => frames.Sum(Isis),
            };
            Assert.That(count, Is.GreaterThanOrEqualTo(atLeast));
            await TestContext.Out.WriteLineAsync($"{protocol} {first} - {second}: {count} messages");
        }
        finally
        {
            File.Delete(pcap);
        }
    }

    private static int Bgp(byte[] stream)
    {
        var count = 0;
        for (var at = 0; at < stream.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at + 16));
            Check(stream.AsMemory(at, length), BgpMessage.Kinds, WireFacts.Default);
            at += length;
            count++;
        }

        return count;
    }

    private static int Ospf(ReadOnlyMemory<byte> frame)
    {
        var octets = frame.Span;
        if (octets.Length < 34 || octets[12] != 8 || octets[13] != 0 || octets[23] != 89)
            return 0;
        var header = (octets[14] & 15) * 4;
        Check(frame.Slice(14 + header, BinaryPrimitives.ReadUInt16BigEndian(octets[16..]) - header), OspfPacket.Kinds, WireFacts.Default);
        return 1;
    }

    private static int Ospf3(ReadOnlyMemory<byte> frame)
    {
        var octets = frame.Span;
        if (octets.Length < 54 || octets[12] != 0x86 || octets[13] != 0xdd || octets[20] != 89)
            return 0;
        var facts = new WireFacts { Source = new(BinaryPrimitives.ReadUInt128BigEndian(octets[22..])), Destination = new(BinaryPrimitives.ReadUInt128BigEndian(octets[38..])) };
        Check(frame.Slice(54, BinaryPrimitives.ReadUInt16BigEndian(octets[18..])), Ospf3Packet.Kinds, facts);
        return 1;
    }

    private static int Isis(ReadOnlyMemory<byte> frame)
    {
        var octets = frame.Span;
        if (octets.Length < 17 || octets[14] != 0xfe || octets[15] != 0xfe)
            return 0;
        Check(frame.Slice(17, BinaryPrimitives.ReadUInt16BigEndian(octets[12..]) - 3), IsisPdu.Kinds, WireFacts.Default);
        return 1;
    }

    private static void Check<T>(ReadOnlyMemory<byte> octets, Registry<T> kinds, WireFacts facts)
        where T : class, IWire
    {
        var read = WireReader.Decode(octets.Span, kinds, facts);
        Assert.That(read.Error, Is.Null, Convert.ToHexString(octets.Span));
        Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, facts)), Is.EqualTo(Convert.ToHexString(octets.Span)));
        var text = TextPrinter.Print(read.Value, kinds, facts);
        Assert.That(Convert.ToHexString(WireWriter.Encode(TextParser.Parse(text, kinds, facts), facts)), Is.EqualTo(Convert.ToHexString(octets.Span)), text);
        Assert.That(WrongChecksums(read.Value), Has.All.Null, text);
        Assert.That(text, Does.Not.Contain("Trailing:"));
    }

    private static IEnumerable<ushort?> WrongChecksums(IWire message) => message switch
    {
        LinkStateUpdate update => update.Lsas.Select(l => l.WrongChecksum).Append(update.WrongChecksum),
        OspfPacket packet => [packet.WrongChecksum],
        LinkStateUpdate3 update => update.Lsas.Select(l => l.WrongChecksum).Append(update.WrongChecksum),
        Ospf3Packet packet => [packet.WrongChecksum],
        LinkState lsp => [lsp.WrongChecksum],
        _ => [],
    };
}
