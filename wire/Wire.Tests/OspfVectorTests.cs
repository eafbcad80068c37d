using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Tests;

/// <summary>What OSPF computes over its own octets, held against its definition.</summary>
public sealed class OspfVectorTests
{
    /// <summary>RFC 2328 section 12.1.7 and ISO 8473: with the checksum in place both sums come to zero.</summary>
    [Test]
    public void The_checksum_of_an_lsa_makes_both_sums_zero()
    {
        foreach (var lsa in OspfSamples.Lsas)
        {
            var octets = WireWriter.Encode(new LinkStateUpdate { Lsas = { lsa } }, WireFacts.Default).AsSpan(28);
            int c0 = 0, c1 = 0;
            foreach (var octet in octets[2..])
                (c0, c1) = ((c0 + octet) % 255, (c1 + c0 + octet) % 255);
            Assert.That((c0, c1), Is.EqualTo((0, 0)));
        }
    }

    /// <summary>RFC 2328 section D.4.1: the sum of all but the authentication, its own octets with it, is all ones; with a digest there is none.</summary>
    [Test]
    public void The_checksum_of_a_packet([Values(0, 1, 2)] int authentication)
    {
        var octets = WireWriter.Encode(new Hello { Router = new(0xc0000201), AuthenticationType = (ushort)authentication, Authentication = [1, 2, 3, 0, 5, 6, 7, 8], Digest = [] }, WireFacts.Default);
        var sum = 0;
        for (var i = 0; i < octets.Length; i += 2)
            sum += i is >= 16 and < 24 ? 0 : (octets[i] << 8) | octets[i + 1];
        Assert.That(authentication == 2 ? (octets[12] << 8) | octets[13] : (sum & 0xffff) + (sum >> 16), Is.EqualTo(authentication == 2 ? 0 : 0xffff));
    }

    [Test]
    public void A_wrong_checksum_stays_and_a_right_one_is_not_said()
    {
        var octets = WireWriter.Encode(OspfSamples.BeyondTshark[0], WireFacts.Default);
        var read = (LinkStateUpdate)WireReader.Decode(octets, OspfPacket.Kinds, WireFacts.Default).Value;
        Assert.That((read.WrongChecksum, read.Lsas[0].WrongChecksum, read.Lsas[1].WrongChecksum), Is.EqualTo(((ushort?)0x1234, (ushort?)0xbeef, (ushort?)null)));
        Assert.That(TextPrinter.Print<OspfPacket>(read, OspfPacket.Kinds, WireFacts.Default), Does.Contain("  Checksum: 0x1234\n").And.Contain("      LS Checksum: 0xbeef\n"));
    }

    [Test]
    public void A_count_that_lies_costs_nothing()
    {
        var octets = WireWriter.Encode(new LinkStateUpdate(), WireFacts.Default);
        octets.AsSpan(24, 4).Fill(0xff);
        var read = WireReader.Decode(octets, OspfPacket.Kinds, WireFacts.Default);
        Assert.That(read.Error!.Message, Is.EqualTo("at octet 24, in Number of LSAs: a count of 4294967295, and 0 octets are there"));
    }
}
