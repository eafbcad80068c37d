using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>Octets and text of messages, written by hand from the standards; each is held in both directions.</summary>
public sealed class BgpVectorTests
{
    private const string Header = "ffffffffffffffffffffffffffffffff";

    /// <summary>RFC 4271 section 4.2; capabilities of RFC 4760, 2918 and 6793 in one parameter.</summary>
    private const string Open = """
        Open
          Version: 4
          My Autonomous System: 23456
          Hold Time: 180
          BGP Identifier: 192.0.2.1
          Optional Parameters:
            - Capabilities
              Capabilities:
                - Multiprotocol
                  AFI: 1
                  Reserved: 0
                  SAFI: 1
                - RouteRefresh
                - FourOctetAs
                  AS Number: 4200000001

        """;

    /// <summary>RFC 4271 section 4.3: a withdrawn prefix, three attributes, two prefixes.</summary>
    private const string Update = """
        Update
          Withdrawn Routes: 10.0.0.0/8
          Path Attributes:
            - Origin
              Flags: 0x40
              Origin: 0
            - AsPath
              Flags: 0x40
              AS Path: sequence 64496 64497 | set 64498
            - NextHop
              Flags: 0x40
              Next Hop: 192.0.2.1
          NLRI: 198.51.100.0/24, 203.0.113.128/25

        """;

    [TestCase(Open, Header + "002d" + "01" + "04" + "5ba0" + "00b4" + "c0000201" + "10" + "020e" + "01040001" + "0001" + "0200" + "4104" + "fa56ea01")]
    [TestCase(Update, Header + "0040" + "02" + "0002" + "080a" + "001e" + "40010100" + "400210" + "0202" + "0000fbf0" + "0000fbf1" + "0101" + "0000fbf2" + "400304c0000201" + "18c63364" + "19cb007180")]
    [TestCase("Keepalive\n", Header + "0013" + "04")]
    [TestCase("Notification\n  Error Code: 6\n  Error Subcode: 2\n  Data: 03627965\n", Header + "0019" + "03" + "0602" + "03627965")]
    [TestCase("RouteRefresh\n  AFI: 2\n  Subtype: 1\n  SAFI: 1\n", Header + "0017" + "05" + "0002" + "01" + "01")]
    public void A_message(string text, string octets)
    {
        text = text.ReplaceLineEndings("\n");
        var read = WireReader.Decode(Convert.FromHexString(octets), BgpMessage.Kinds, WireFacts.Default);
        Assert.That(read.Error, Is.Null);
        Assert.That(TextPrinter.Print(read.Value, BgpMessage.Kinds, WireFacts.Default), Is.EqualTo(text));
        Assert.That(Convert.ToHexStringLower(WireWriter.Encode(TextParser.Parse(text, BgpMessage.Kinds, WireFacts.Default), WireFacts.Default)), Is.EqualTo(octets));
    }

    /// <summary>RFC 6793 section 4.1: the same path has two octets a number before the capability is agreed on.</summary>
    [Test]
    public void As_numbers_of_two_octets()
    {
        var facts = new WireFacts { FourOctetAs = false };
        var read = WireReader.Decode(Convert.FromHexString(Header + "0025" + "02" + "0000" + "000e" + "400206" + "0202" + "fbf0" + "5ba0" + "c0070400" + "01"), BgpMessage.Kinds, facts);
        var path = ((Update)read.Value).Attributes.OfType<AsPathAttribute>().Single();
        Assert.That(path.Path.ToString(), Is.EqualTo("sequence 64496 23456"));
        Assert.That(read.Error!.Path, Is.EqualTo("Path Attributes[1].Length"), "an aggregator that is cut off");
    }

    /// <summary>RFC 7911 section 3: a path identifier before each prefix, in both places of an UPDATE.</summary>
    [Test]
    public void Path_identifiers()
    {
        var facts = new WireFacts { AddPath = new HashSet<Family> { Family.Ipv4Unicast } };
        var octets = Header + "001f" + "02" + "0000" + "0000" + "00000007" + "18c63364";
        var read = WireReader.Decode(Convert.FromHexString(octets), BgpMessage.Kinds, facts);
        Assert.That(((Update)read.Value).Nlri.ToString(), Is.EqualTo("198.51.100.0/24 #7"));
        Assert.That(Convert.ToHexStringLower(WireWriter.Encode(read.Value, facts)), Is.EqualTo(octets));
    }

    /// <summary>What stands before the mistake is there, and the place is named as a person would look for it.</summary>
    [Test]
    public void A_wrong_message_is_read_as_far_as_it_goes()
    {
        var octets = Header + "002a" + "02" + "0000" + "0013" + "40010102" + "40020602" + "01" + "0000fbf0" + "80040300" + "0001";
        var read = WireReader.Decode(Convert.FromHexString(octets), BgpMessage.Kinds, WireFacts.Default);
        Assert.That(read.Error!.Message, Is.EqualTo("at octet 39, in Path Attributes[2].MED: 4 octets are wanted, 3 are left"));
        Assert.That(((Update)read.Value).Attributes.OfType<Origin>().Single().Value, Is.EqualTo(2));
        Assert.That(((Update)read.Value).Attributes.OfType<AsPathAttribute>().Single().Path.ToString(), Is.EqualTo("sequence 64496"));
    }

    [TestCase("Open\n  Colour: 3\n", "line 2: Open has no field 'Colour'")]
    [TestCase("Opn\n", "line 1: 'Opn' is no kind of message")]
    [TestCase("Open\n  Hold Time: 70000\n", "line 2: Hold Time: 70000 is more than 65535")]
    [TestCase("Open\n  Hold Time: soon\n", "line 2: Hold Time: 'soon' is no number")]
    [TestCase("Update\n  NLRI: 10.0.0.0/33\n", "line 2: NLRI: '10.0.0.0/33' is no prefix of up to 32 bits")]
    [TestCase("Update\n  Path Attributes:\n    - Orgin\n", "line 3: 'Orgin' is nothing that Path Attributes can hold")]
    [TestCase("Update\n  Path Attributes:\n    Origin\n", "line 3: an element begins with '- '")]
    [TestCase("Update\n\tNLRI: 10.0.0.0/8\n", "line 2: a tab; indent by blanks")]
    [TestCase("Update\n  Path Attributes:\n    - AsPath\n      AS Path: sequence x\n", "line 4: AS Path: 'x' is no AS number of four octets")]
    [TestCase("", "there is no message")]
    [TestCase("Keepalive\nKeepalive\n", "line 2: one message is wanted, and another one begins here")]
    public void Wrong_text_is_told_with_its_line(string text, string reason) =>
        Assert.That(() => TextParser.Parse(text, BgpMessage.Kinds, WireFacts.Default), Throws.TypeOf<FormatException>().With.Message.EqualTo(reason));

    [Test]
    public void What_does_not_fit_into_its_length_is_told()
    {
        var update = new Update { Attributes = { new UnknownAttribute { Code = 250, Value = new byte[256] } } };
        Assert.That(() => WireWriter.Encode(update, WireFacts.Default), Throws.TypeOf<WireException>().With.Message.EqualTo("at octet 25, in Path Attributes[0].Length: 256 octets are more than a length of 8 bits can say"));
    }
}
