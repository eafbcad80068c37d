using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire.Tests;

/// <summary>The same messages in sessions that have agreed on something else: the old AS numbers, path identifiers.</summary>
public sealed class BgpOldAsNumbersCodecTests() : CodecTests<BgpMessage>(BgpMessage.Kinds, BgpSamples.Messages, new WireFacts { FourOctetAs = false });

/// <summary>The same messages in sessions that have agreed on something else: the old AS numbers, path identifiers.</summary>
public sealed class BgpAddPathCodecTests() : CodecTests<BgpMessage>(
    BgpMessage.Kinds, BgpSamples.Messages, new WireFacts { AddPath = new HashSet<Family>([.. BgpSamples.Attributes.OfType<MpReach>().Select(m => new Family(m.Afi, m.Safi)), Family.Ipv4Unicast]) });

/// <summary>What BGP's definitions must hold to.</summary>
public sealed class BgpCodecTests() : CodecTests<BgpMessage>(BgpMessage.Kinds, BgpSamples.Messages)
{
    [Test]
    public void Every_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("bgp");

    [Test]
    public void Every_kind_that_is_registered_has_a_sample()
    {
        HasSamples(BgpMessage.Kinds, BgpSamples.Messages);
        HasSamples(Capability.Kinds, BgpSamples.Capabilities);
        HasSamples(PathAttribute.Kinds, BgpSamples.Attributes);
        HasSamples(EvpnRoute.Kinds, BgpSamples.EvpnRoutes);
        HasSamples(Orf.KindsOf(1), BgpSamples.Messages.OfType<RouteRefresh>().SelectMany(r => r.Orfs));
        HasSamples(FlowComponent.KindsOf(1), BgpSamples.Attributes.OfType<MpReach>().Where(m => m.Afi == 1).SelectMany(m => m.Routes).OfType<FlowSpec>().SelectMany(f => f.Components));
        HasSamples(FlowComponent.KindsOf(2), BgpSamples.Attributes.OfType<MpReach>().Where(m => m.Afi == 2).SelectMany(m => m.Routes).OfType<FlowSpec>().SelectMany(f => f.Components));
    }

    [Test]
    public void Every_kind_carries_the_number_that_it_is_registered_with()
    {
        CarryTheirCodes(BgpMessage.Kinds, m => m.Type);
        CarryTheirCodes(Capability.Kinds, c => c.Code);
        CarryTheirCodes(PathAttribute.Kinds, a => a.Code);
        CarryTheirCodes(Orf.KindsOf(1), o => o.Type);
        CarryTheirCodes(EvpnRoute.Kinds, r => ((EvpnRoute)r).Type);
    }

    /// <summary>Sixteen ones go without saying, and nothing else does.</summary>
    [Test]
    public void A_marker_of_ones_that_is_too_long_is_said()
    {
        var text = TextPrinter.Print<BgpMessage>(new Keepalive { Marker = [.. Enumerable.Repeat((byte)0xff, 17)] }, BgpMessage.Kinds, WireFacts.Default);
        Assert.That(text, Does.Contain("Marker: ffffffffffffffffffffffffffffffffff"));
        Assert.That(TextPrinter.Print<BgpMessage>(new Keepalive(), BgpMessage.Kinds, WireFacts.Default), Is.EqualTo("Keepalive\n"));
    }

    [Test]
    public void The_length_is_that_of_the_message()
    {
        foreach (var message in BgpSamples.Messages)
        {
            var map = new List<WireField>();
            var octets = WireWriter.Encode(message, WireFacts.Default, map);
            var length = map.Single(f => f.Path == "Length");
            Assert.That((length.Offset, length.Length, length.Kind), Is.EqualTo((16, 2, FieldKind.Length)));
            Assert.That((octets[16] << 8) | octets[17], Is.EqualTo(octets.Length));
        }
    }
}

/// <summary>What OSPFv2's definitions must hold to.</summary>
public sealed class OspfCodecTests() : CodecTests<OspfPacket>(OspfPacket.Kinds, OspfSamples.Packets)
{
    [Test]
    public void Every_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("ospfv2");

    [Test]
    public void Every_kind_that_is_registered_has_a_sample()
    {
        HasSamples(OspfPacket.Kinds, OspfSamples.Packets);
        HasSamples(Lsa.Kinds, OspfSamples.Lsas);
        HasSamples(LinkLocalSignalling.Kinds, OspfSamples.Packets.SelectMany(p => p.LinkLocal.Tlvs));
        foreach (var opaque in (byte[])[1, 3, 4, 7, 8])
            HasSamples(OspfTlv.KindsOf(opaque), OspfSamples.Lsas.OfType<OpaqueLsa>().Where(l => l.Id.Value >> 24 == opaque).SelectMany(l => l.Tlvs));
    }

    [Test]
    public void Every_kind_carries_the_number_that_it_is_registered_with()
    {
        CarryTheirCodes(OspfPacket.Kinds, p => p.Type);
        CarryTheirCodes(Lsa.Kinds, l => l.Type);
        CarryTheirCodes(LinkLocalSignalling.Kinds, t => t.Type);
        foreach (var opaque in (byte[])[1, 3, 4, 7, 8])
            CarryTheirCodes(OspfTlv.KindsOf(opaque), t => t.Type);
    }
}

/// <summary>The same in sessions with a key, where digests are made and judged.</summary>
[TestFixture(DigestAlgorithm.Md5)]
[TestFixture(DigestAlgorithm.Sha256)]
public sealed class OspfKeyedCodecTests(DigestAlgorithm algorithm) : CodecTests<OspfPacket>(OspfPacket.Kinds, [.. OspfSamples.Signed(algorithm), .. OspfSamples.Packets], OspfSamples.Keyed(algorithm))
{
    [Test]
    public void Every_signed_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("ospfv2", $"{algorithm}-", 4);
}

/// <summary>The same in sessions with a key, where digests are made and judged.</summary>
public sealed class Ospf3KeyedCodecTests() : CodecTests<Ospf3Packet>(Ospf3Packet.Kinds, [.. Ospf3Samples.Signed, .. Ospf3Samples.Packets], Ospf3Samples.Keyed)
{
    [Test]
    public void Every_signed_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("ospfv3", "Sha256-", 4);
}

/// <summary>The same in sessions with a key, where digests are made and judged.</summary>
[TestFixture(DigestAlgorithm.Md5)]
[TestFixture(DigestAlgorithm.Sha256)]
public sealed class IsisKeyedCodecTests(DigestAlgorithm algorithm) : CodecTests<IsisPdu>(IsisPdu.Kinds, [.. IsisSamples.Signed(algorithm), .. IsisSamples.Pdus], OspfSamples.Keyed(algorithm))
{
    [Test]
    public void Every_signed_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("isis", $"{algorithm}-", 5);
}

/// <summary>What IS-IS's definitions must hold to.</summary>
public sealed class IsisCodecTests() : CodecTests<IsisPdu>(IsisPdu.Kinds, IsisSamples.Pdus)
{
    [Test]
    public void Every_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("isis");

    [Test]
    public void Every_kind_that_is_registered_has_a_sample()
    {
        HasSamples(IsisPdu.Kinds, IsisSamples.Pdus);
        HasSamples(IsisTlv.Kinds, IsisSamples.Tlvs);
    }

    [Test]
    public void Every_kind_carries_the_number_that_it_is_registered_with()
    {
        CarryTheirCodes(IsisPdu.Kinds, p => p.Type);
        CarryTheirCodes(IsisTlv.Kinds, t => t.Code);
    }
}

/// <summary>What OSPFv3's definitions must hold to.</summary>
public sealed class Ospf3CodecTests() : CodecTests<Ospf3Packet>(Ospf3Packet.Kinds, Ospf3Samples.Packets, Ospf3Samples.Facts)
{
    [Test]
    public void Every_sample_is_in_the_corpus_of_the_fuzzer() => AreInCorpus("ospfv3");

    [Test]
    public void Every_kind_that_is_registered_has_a_sample()
    {
        HasSamples(Ospf3Packet.Kinds, Ospf3Samples.Packets);
        HasSamples(Lsa3.Kinds, Ospf3Samples.Lsas);
    }

    [Test]
    public void Every_kind_carries_the_number_that_it_is_registered_with()
    {
        CarryTheirCodes(Ospf3Packet.Kinds, p => p.Type);
        CarryTheirCodes(Lsa3.Kinds, l => l.Type & 0x1fff);
    }
}

/// <summary>The same where the addresses are not known: a checksum can be neither made nor judged, and stays as it is.</summary>
public sealed class Ospf3WithoutAddressesCodecTests() : CodecTests<Ospf3Packet>(Ospf3Packet.Kinds, [.. Ospf3Samples.Packets.Where(p => p.WrongChecksum is not null)]);

/// <summary>What every definition must hold to, whatever it defines.</summary>
public abstract class CodecTests<T>(Registry<T> kinds, IReadOnlyList<T> samples, WireFacts? facts = null)
    where T : class, IWire
{
    private WireFacts Facts { get; } = facts ?? WireFacts.Default;

    [Test]
    public void What_is_written_reads_back_to_the_same_octets_and_text()
    {
        foreach (var (i, message) in samples.Index())
        {
            var octets = WireWriter.Encode(message, Facts);
            var read = WireReader.Decode(octets, kinds, Facts);
            Assert.That(read.Error, Is.Null, $"sample {i}");
            Assert.That(read.Value, Is.TypeOf(message.GetType()));
            Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, Facts)), Is.EqualTo(Convert.ToHexString(octets)), $"sample {i}");

            var text = TextPrinter.Print(message, kinds, Facts);
            Assert.That(TextPrinter.Print(read.Value, kinds, Facts), Is.EqualTo(text));
            var parsed = TextParser.Parse(text, kinds, Facts);
            Assert.That(Convert.ToHexString(WireWriter.Encode(parsed, Facts)), Is.EqualTo(Convert.ToHexString(octets)), text);
        }
    }

    /// <summary>A message can go to many sessions, each of which has agreed on something else.</summary>
    [Test]
    public void Writing_and_printing_leave_a_message_as_it_is()
    {
        foreach (var (i, message) in samples.Index())
        {
            var before = WireWriter.Encode(message, Facts);
            foreach (var other in (WireFacts[])[new() { FourOctetAs = false }, new() { AddPath = new HashSet<Family> { Family.Ipv4Unicast, Family.Ipv6Unicast } }])
            {
                var octets = WireWriter.Encode(message, other);
                TextPrinter.Print(message, kinds, other);
                Assert.That(WireReader.Decode(octets, kinds, other).Error, Is.Null, $"sample {i}");
            }

            Assert.That(Convert.ToHexString(WireWriter.Encode(message, Facts)), Is.EqualTo(Convert.ToHexString(before)), $"sample {i}");
        }
    }

    /// <summary>A part of a message is none, and says so at a place within it; what came before is there.</summary>
    [Test]
    public void Cut_off_at_every_octet()
    {
        foreach (var (i, message) in samples.Index())
        {
            var octets = WireWriter.Encode(message, Facts);
            for (var length = 0; length < octets.Length; length++)
            {
                var read = WireReader.Decode(octets.AsSpan(0, length), kinds, Facts);
                if (read.Error is null)
                    Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, Facts)), Is.EqualTo(Convert.ToHexString(octets, 0, length)), $"sample {i}, {length} octets, of which what is cut off is not part of the message's own length");
                else
                    Assert.That((read.Error.Offset <= length, read.Error.Message.StartsWith($"at octet {read.Error.Offset}, in {read.Error.Path}: ", StringComparison.Ordinal)), Is.EqualTo((true, true)));
            }
        }
    }

    /// <summary>Octets turned into others: nothing but a message that is written the same way or an error that names its place comes of it.</summary>
    [Test]
    public void Every_octet_changed()
    {
        foreach (var (i, message) in samples.Index())
        {
            var octets = WireWriter.Encode(message, Facts);
            for (var at = 0; at < octets.Length; at++)
            {
                var good = octets[at];
                foreach (var bad in (byte[])[0, 1, (byte)(good + 1), (byte)(good - 1), (byte)(good ^ 0x80), 0xff])
                {
                    octets[at] = bad;
                    var read = WireReader.Decode(octets, kinds, Facts);
                    if (read.Error is null)
                    {
                        Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, Facts)), Is.EqualTo(Convert.ToHexString(octets)), $"sample {i}, octet {at} is {bad}");
                        var text = TextPrinter.Print(read.Value, kinds, Facts);
                        Assert.That(Convert.ToHexString(WireWriter.Encode(TextParser.Parse(text, kinds, Facts), Facts)), Is.EqualTo(Convert.ToHexString(octets)), $"sample {i}, octet {at} is {bad}\n{text}");
                    }
                    else
                        Assert.That(read.Error.Offset, Is.InRange(0, octets.Length));
                }

                octets[at] = good;
            }
        }
    }

    /// <summary>The fields cover all octets.</summary>
    [Test]
    public void The_map_covers_every_octet()
    {
        foreach (var message in samples)
        {
            var map = new List<WireField>();
            var octets = WireWriter.Encode(message, Facts, map);
            var covered = new bool[octets.Length];
            foreach (var field in map)
                covered.AsSpan(field.Offset, field.Length).Fill(true);
            Assert.That(covered, Has.All.True);
        }
    }

    protected void AreInCorpus(string target, string prefix = "", int count = int.MaxValue)
    {
        foreach (var (i, message) in samples.Take(count).Index())
        {
            Golden.CompareFile(Path.Combine(target, $"{prefix}{kinds.NameOf(message)}-{i}"), WireWriter.Encode(message, Facts));
            Golden.CompareFile(Path.Combine("text", $"{target}-{prefix}{kinds.NameOf(message)}-{i}"), System.Text.Encoding.UTF8.GetBytes(TextPrinter.Print(message, kinds, Facts)));
        }
    }

    protected static void HasSamples<TKind>(Registry<TKind> registry, IEnumerable<TKind> samples)
        where TKind : class, IWire
    {
        Assert.That(samples.Select(registry.NameOf), Is.SupersetOf(registry.Kinds.Select(k => k.Name)));
        Assert.That(registry.Kinds.Select(k => k.Standard), Has.All.Match("^(RFC [0-9]+|ISO 10589|draft-[a-z0-9-]+)( section [0-9A-Z.]+)?$"));
    }

    protected static void CarryTheirCodes<TKind>(Registry<TKind> registry, Func<TKind, int> codeOf)
        where TKind : class, IWire
    {
        foreach (var kind in registry.Kinds)
            Assert.That(codeOf(kind.Create()), Is.EqualTo(kind.Code), kind.Name);
    }
}
