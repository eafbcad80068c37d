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

    /// <summary>RFC 5291 section 4 and RFC 5292 section 3, for IPv6: a filter, the removal of all, and a removal under the number of old.</summary>
    private const string Filters = """
        RouteRefresh
          AFI: 2
          Subtype: 0
          SAFI: 1
          ORF: yes
          When To Refresh: 2
          ORFs:
            - PrefixOrf
              Entries:
                - Entry
                  Action: 0
                  Match: 1
                  Sequence: 5
                  Minlen: 0
                  Maxlen: 64
                  Prefix: 2001:db8::/32
                - Entry
                  Action: 2
                  Match: 0
            - VendorPrefixOrf
              Entries:
                - Entry
                  Action: 1
                  Match: 0
                  Sequence: 7
                  Minlen: 0
                  Maxlen: 0
                  Prefix: ::/0

        """;

    [TestCase(Filters, Header + "0033" + "05" + "0002" + "00" + "01" + "02" + "40" + "000d" + "20" + "00000005" + "00" + "40" + "2020010db8" + "80" + "80" + "0008" + "40" + "00000007" + "00" + "00" + "00")]
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
        Assert.That(() => WireWriter.Encode(update, WireFacts.Default), Throws.TypeOf<WireException>().With.Message.EqualTo("at octet 25, in Path Attributes[0].Length: 256 octets are more than a length here can say, 255"));
    }

    /// <summary>RFC 7606 section 3: a speaker goes on behind an attribute that is wrong, as its length tells where it ends.</summary>
    [Test]
    public void An_attribute_that_is_wrong_hides_nothing_behind_it()
    {
        var octets = Header + "0034" + "02" + "0000" + "0019" + "400100" + "400206" + "0201" + "0000fbf0" + "400304c0000201" + "c0080301" + "0203" + "18c63364";
        var read = WireReader.Decode(Convert.FromHexString(octets), BgpMessage.Kinds, WireFacts.Default);

        Assert.That(read.Error!.Message, Is.EqualTo("at octet 26, in Path Attributes[0].Origin: 1 octets are wanted, 0 are left"));
        var update = (Update)read.Value;
        Assert.That(update.Attributes.Select(a => a.GetType()), Is.EqualTo(new[] { typeof(UnknownAttribute), typeof(AsPathAttribute), typeof(NextHop), typeof(Communities) }));
        Assert.That(update.Nlri.ToString(), Is.EqualTo("198.51.100.0/24"));
        Assert.That(Convert.ToHexStringLower(WireWriter.Encode<BgpMessage>(update, WireFacts.Default)), Is.EqualTo(octets));
    }

    [Test]
    public void Prefixes_before_one_that_is_wrong_are_there()
    {
        var read = WireReader.Decode(Convert.FromHexString(Header + "001f" + "02" + "0000" + "0000" + "18c63364" + "080a" + "21" + "00"), BgpMessage.Kinds, WireFacts.Default);

        Assert.That(read.Error!.Message, Is.EqualTo("at octet 29, in NLRI: a prefix of 33 bits, of at most 32"));
        Assert.That(((Update)read.Value).Nlri.ToString(), Is.EqualTo("198.51.100.0/24, 10.0.0.0/8"));
    }

    /// <summary>RFC 6793 section 4.2.2 and RFC 7911 section 3: one message, written as each session has agreed.</summary>
    [Test]
    public void A_message_is_written_as_the_session_has_agreed()
    {
        var update = new Update { Attributes = { new AsPathAttribute { Path = AsPath.Sequence(true, 64496, 4200000001) }, new Aggregator { As = 4200000001 } }, Nlri = PrefixList.Ipv4("198.51.100.0/24") };
        var old = new WireFacts { FourOctetAs = false, AddPath = new HashSet<Family> { Family.Ipv4Unicast } };

        Assert.That(Convert.ToHexStringLower(WireWriter.Encode<BgpMessage>(update, old)), Does.EndWith("40020602" + "02" + "fbf0" + "5ba0" + "c007065ba000000000" + "00000000" + "18c63364"));
        Assert.That(Convert.ToHexStringLower(WireWriter.Encode<BgpMessage>(update, WireFacts.Default)), Does.EndWith("40020a02" + "02" + "0000fbf0" + "fa56ea01" + "c00708fa56ea0100000000" + "18c63364"));
        var read = WireReader.Decode(WireWriter.Encode<BgpMessage>(update, old), BgpMessage.Kinds, old);
        Assert.That(((Update)read.Value).Nlri.In(PrefixFormat.Ipv4), Is.EqualTo(update.Nlri));
    }

    /// <summary>RFC 6368 section 4: AS numbers in an attribute set have four octets, whatever the session has.</summary>
    [Test]
    public void An_attribute_set_has_as_numbers_of_four_octets()
    {
        var old = new WireFacts { FourOctetAs = false };
        var set = new Update { Attributes = { new AttributeSet { OriginAs = 1, Attributes = { new AsPathAttribute { Path = AsPath.Sequence(true, 4200000001) } } } } };
        var octets = WireWriter.Encode<BgpMessage>(set, old);

        Assert.That(Convert.ToHexStringLower(octets), Does.EndWith("0201" + "fa56ea01"));
        var read = WireReader.Decode(octets, BgpMessage.Kinds, old);
        Assert.That(((AttributeSet)((Update)read.Value).Attributes[0]).Attributes.OfType<AsPathAttribute>().Single().Path.ToString(), Is.EqualTo("sequence 4200000001"));
    }

    /// <summary>RFC 8277 section 2.4: a withdrawal has one field in the place of labels, whatever stands in it.</summary>
    [TestCase("800f08" + "0001" + "04" + "20" + "000010" + "0a")]
    [TestCase("800f0f" + "0001" + "80" + "58" + "800000" + "0000000000000001")]
    public void A_labelled_withdrawal(string attribute)
    {
        var octets = Convert.FromHexString($"{Header}{23 + (attribute.Length / 2):x4}020000{attribute.Length / 2:x4}{attribute}");

        var read = WireReader.Decode(octets, BgpMessage.Kinds, WireFacts.Default);

        Assert.That(read.Error, Is.Null);
        Assert.That(WireWriter.Encode(read.Value, WireFacts.Default), Is.EqualTo(octets));
    }

    /// <summary>RFC 8277 section 2.2: elsewhere the last label says so itself, and 0 is a label like others.</summary>
    [Test]
    public void Labels_end_at_the_one_that_says_so()
    {
        var reach = new MpReach { Afi = 1, Safi = 4, NextHop = [192, 0, 2, 1], Routes = { new LabelledNlri { Family = new(1, 4), Labels = [0, 0x11], Prefix = Prefix.Parse("10.0.0.0/8", PrefixFormat.Ipv4) } } };
        var read = WireReader.Decode(WireWriter.Encode<BgpMessage>(new Update { Attributes = { reach } }, WireFacts.Default), BgpMessage.Kinds, WireFacts.Default);
        Assert.That(((LabelledNlri)((MpReach)((Update)read.Value).Attributes[0]).Routes[0]).Labels, Is.EqualTo(new uint[] { 0, 0x11 }));
    }

    /// <summary>RFC 8955 section 4.1: a length of one octet is below 240.</summary>
    [Test]
    public void A_long_rule_says_so_or_is_none()
    {
        var rule = new FlowSpec { Family = new(1, 133), Components = { new FlowOperators { Operators = [.. Enumerable.Repeat(new FlowOperator { Operator = 0x11, Value = [1, 2] }, 79), new FlowOperator { Operator = 0x91, Value = [1, 2] }] } } };
        var update = new Update { Attributes = { new MpReach { Flags = 0x90, Afi = 1, Safi = 133, Routes = { rule } } } };

        Assert.That(() => WireWriter.Encode<BgpMessage>(update, WireFacts.Default), Throws.TypeOf<WireException>().With.Message.Contains("241 octets are more than a length here can say, 239"));
        rule.IsLong = true;
        Assert.That(WireReader.Decode(WireWriter.Encode<BgpMessage>(update, WireFacts.Default), BgpMessage.Kinds, WireFacts.Default).Error, Is.Null);
    }

    [Test]
    public void A_prefix_longer_than_any_address_can_be_written()
    {
        var octets = new List<byte>();
        Span<byte> one = stackalloc byte[PrefixList.LargestOne];
        octets.AddRange(one[..PrefixList.Write(one, new Prefix(UInt128.MaxValue, 255), PrefixFormat.Ipv6)]);
        Assert.That(octets, Has.Count.EqualTo(33).And.ItemAt(0).EqualTo(255).And.ItemAt(16).EqualTo(255).And.ItemAt(17).EqualTo(0));

        var update = new Update { Nlri = PrefixList.Of(PrefixFormat.Ipv4, new Prefix(0, 200)) };
        Assert.That(WireReader.Decode(WireWriter.Encode<BgpMessage>(update, WireFacts.Default), BgpMessage.Kinds, WireFacts.Default).Error!.Message, Does.Contain("a prefix of 200 bits"));
    }

    /// <summary>What is read can be written; one level more is neither, in octets and in text.</summary>
    [Test]
    public void Nesting_ends_at_the_same_depth_everywhere()
    {
        var facts = WireFacts.Default;
        var deepest = Nested(WireReader.DeepestElements);
        var octets = WireWriter.Encode<BgpMessage>(deepest, facts);
        var read = WireReader.Decode(octets, BgpMessage.Kinds, facts);
        Assert.That(read.Error, Is.Null);
        Assert.That(WireWriter.Encode(read.Value, facts), Is.EqualTo(octets));
        Assert.That(WireWriter.Encode(TextParser.Parse(TextPrinter.Print(read.Value, BgpMessage.Kinds, facts), BgpMessage.Kinds, facts), facts), Is.EqualTo(octets));

        Assert.That(() => WireWriter.Encode<BgpMessage>(Nested(WireReader.DeepestElements + 1), facts), Throws.TypeOf<WireException>());
        var text = TextPrinter.Print(Nested(WireReader.DeepestElements + 1), BgpMessage.Kinds, facts);
        Assert.That(() => TextParser.Parse(text, BgpMessage.Kinds, facts), Throws.TypeOf<FormatException>().With.Message.Contains("nested more than"));

        static Update Nested(int depth)
        {
            List<PathAttribute> inner = [];
            for (var i = 0; i < depth; i++)
                inner = [new AttributeSet { Flags = 0xd0, Attributes = inner }];
            return new Update { Attributes = inner };
        }
    }

    /// <summary>A fuzzer writes into one buffer for hours.</summary>
    [Test]
    public void A_writer_forgets_an_error()
    {
        var map = new List<WireField>();
        var writer = new WireWriter(new byte[16], WireFacts.Default, map);
        for (var i = 0; i < 100; i++)
        {
            try
            {
                new Update { Attributes = { new UnknownAttribute { Value = new byte[256] } } }.Walk(ref writer);
            }
            catch (WireException e)
            {
                Assert.That(e.Path, Is.EqualTo("Path Attributes[0].Length"));
            }

            writer.Clear();
        }

        new Keepalive().Walk(ref writer);
        Assert.That(writer.Written.ToArray(), Is.EqualTo(WireWriter.Encode(new Keepalive(), WireFacts.Default)));
        Assert.That(map, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_path_identifier_that_is_too_large_is_told_with_its_line() => Assert.That(
        () => TextParser.Parse("Update\n  NLRI: 10.0.0.0/8 #4294967296\n", BgpMessage.Kinds, new WireFacts { AddPath = new HashSet<Family> { Family.Ipv4Unicast } }),
        Throws.TypeOf<FormatException>().With.Message.StartsWith("line 2: "));
}
