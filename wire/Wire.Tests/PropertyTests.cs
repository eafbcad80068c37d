using CsCheck;
using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Tests;

/// <summary>What holds for all values, tried with many.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<(PrefixFormat Format, Prefix[] Prefixes)> Lists = Gen.Select(Gen.Bool, Gen.Bool).SelectMany((isIp6, hasIds) =>
    {
        var format = new PrefixFormat(isIp6 ? 128 : 32, hasIds);
        return Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, format.AddressBits], Gen.UInt, (high, low, length, id) =>
        {
            // The bits beyond the last octet are not on the wire.
            var octets = (length + 7) / 8 * 8;
            var address = new UInt128(high, low);
            return new Prefix(octets == 0 ? 0 : address >> (128 - octets) << (128 - octets), (byte)length, hasIds ? id : 0);
        }).Array[0, 40].Select(all => (format, all));
    });

    private static readonly Gen<AsSegment[]> Paths = Gen.Select(Gen.Byte, Gen.UInt.Array[0, 255], (type, numbers) => new AsSegment(type, numbers)).Array[0, 4];

    [Test]
    public void A_list_of_prefixes_holds_them_in_octets_and_text() => Lists.Sample(t =>
    {
        var list = PrefixList.Of(t.Format, t.Prefixes);
        var back = new List<Prefix>();
        foreach (var prefix in list)
            back.Add(prefix);
        return back.SequenceEqual(t.Prefixes) && PrefixList.Check(list.Bytes, t.Format) is null && PrefixList.Parse(list.ToString(), t.Format) == list;
    });

    [Test]
    public void Octets_that_are_prefixes_are_found_to_be_some_up_to_the_first_that_is_none() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool, Gen.Bool).Sample((octets, isIp6, hasIds) =>
    {
        var format = new PrefixFormat(isIp6 ? 128 : 32, hasIds);
        return PrefixList.Check(octets, format) is not { } bad || (bad.Good <= bad.Offset && bad.Offset <= octets.Length && PrefixList.Check(octets.AsSpan(0, bad.Good), format) is null);
    });

    [Test]
    public void An_as_path_holds_its_segments_in_octets_and_text() => Paths.Sample(segments =>
    {
        var path = AsPath.Of(true, segments);
        return AsPath.Parse(path.ToString(), true) == path
            && path.Segments.Zip(segments).All(p => p.First.Type == p.Second.Type && p.First.Numbers.SequenceEqual(p.Second.Numbers))
            && path.In(false).Segments.Zip(segments).All(p => p.First.Numbers.Zip(p.Second.Numbers).All(n => n.First == (n.Second > 65535 ? AsPath.Trans : n.Second)));
    });

    [Test]
    public void Any_octets_are_a_message_or_an_error_within_them() => Gen.Byte.Array[0, 120].Sample(octets =>
    {
        foreach (var type in (byte[])[1, 2, 3, 5, 6])
        {
            byte[] message = [.. Enumerable.Repeat((byte)0xff, 16), 0, (byte)(19 + octets.Length), type, .. octets];
            var read = WireReader.Decode(message, BgpMessage.Kinds, WireFacts.Default);
            if (read.Error is { } error ? error.Offset > message.Length : !WireWriter.Encode(read.Value, WireFacts.Default).AsSpan().SequenceEqual(message))
                return false;
        }

        return true;
    });

    /// <summary>Both sums of Fletcher's come to zero over all octets, and the Internet's to zero with its own value in place.</summary>
    [Test]
    public void Checksums_check() => Gen.Byte.Array[20, 80].Sample(octets =>
    {
        octets[17] = 0;
        octets[18] = 0;
        octets[19] = (byte)octets.Length;
        octets[16] = 0;
        octets[18] = (byte)(octets.Length >> 8);
        var sum = Checksum.Of(SumKind.Lsa, octets, 16, WireFacts.Default)!.Value;
        (octets[16], octets[17]) = ((byte)(sum >> 8), (byte)sum);
        int c0 = 0, c1 = 0;
        foreach (var octet in octets.AsSpan(2))
            (c0, c1) = ((c0 + octet) % 255, (c1 + c0 + octet) % 255);
        return (c0, c1) == (0, 0);
    });

    [Test]
    public void A_text_that_is_printed_is_parsed_to_the_same() => Gen.Select(Gen.UInt, Gen.UShort, Gen.UInt.Array[0, 20], Gen.Byte).Sample((router, interval, neighbors, priority) =>
    {
        var hello = new Hello { Router = new(router), Interval = interval, Neighbors = neighbors, Priority = priority };
        var text = TextPrinter.Print<OspfPacket>(hello, OspfPacket.Kinds, WireFacts.Default);
        return WireWriter.Encode(TextParser.Parse(text, OspfPacket.Kinds, WireFacts.Default), WireFacts.Default).AsSpan().SequenceEqual(WireWriter.Encode<OspfPacket>(hello, WireFacts.Default));
    });
}
