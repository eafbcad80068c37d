using System.Buffers.Binary;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>Packed UPDATEs hold what was given, in its order, in as few messages as can be.</summary>
public sealed class UpdatePackerTests
{
    private static readonly List<PathAttribute> Attributes = [new Origin(), new AsPathAttribute { Path = AsPath.Sequence(true, 64496) }, new NextHop { Address = Ip4.Parse("192.0.2.1") }];

    [TestCase(1, 1)]
    [TestCase(2000, 2)]
    [TestCase(100_000, 99)]
    public void Announced_and_withdrawn_routes_come_out_as_they_went_in(int count, int atMost)
    {
        var prefixes = Enumerable.Range(0, count).Select(i => Prefix.Of(new Ip4((uint)(0x0a000000 + (i << 8))), 24)).ToArray();
        var packer = new UpdatePacker(WireFacts.Default, capacity: 16);

        packer.Announce(Attributes, prefixes);
        var announced = Messages(packer.Written, WireFacts.Default);
        packer.Clear();
        packer.Withdraw(prefixes);
        var withdrawn = Messages(packer.Written, WireFacts.Default);

        Assert.That(announced.SelectMany(u => Of(u.Nlri)), Is.EqualTo(prefixes));
        Assert.That(announced.Select(u => u.Attributes.Count), Has.All.EqualTo(3));
        Assert.That(withdrawn.SelectMany(u => Of(u.Withdrawn)), Is.EqualTo(prefixes));
        Assert.That((announced.Count, withdrawn.Count), Is.EqualTo((atMost, atMost)));
    }

    [Test]
    public void The_session_decides_on_path_identifiers_and_as_numbers()
    {
        var facts = new WireFacts { FourOctetAs = false, AddPath = new HashSet<Family> { Family.Ipv4Unicast } };
        var packer = new UpdatePacker(facts);

        packer.Announce(Attributes, [Prefix.Of(Ip4.Parse("192.0.2.0"), 24, pathId: 7)]);

        var update = Messages(packer.Written, facts).Single();
        Assert.That(update.Nlri.ToString(), Is.EqualTo("192.0.2.0/24 #7"));
        Assert.That(update.Attributes.OfType<AsPathAttribute>().Single().Path.IsFourOctets, Is.False);
    }

    [Test]
    public void Attributes_that_fill_a_message_are_refused() => Assert.That(
        () => new UpdatePacker(WireFacts.Default).Announce([new UnknownAttribute { Flags = 0xd0, Code = 250, Value = new byte[4060] }], [Prefix.Of(Ip4.Parse("10.0.0.0"), 8)]),
        Throws.TypeOf<WireException>().With.Message.Contains("4064 octets of attributes leave no room"));

    private static List<Update> Messages(ReadOnlyMemory<byte> octets, WireFacts facts)
    {
        var updates = new List<Update>();
        for (var rest = octets; !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest.Span[16..]);
            Assert.That(length, Is.InRange(23, 4096));
            var read = WireReader.Decode(rest.Span[..length], BgpMessage.Kinds, facts);
            Assert.That(read.Error, Is.Null);
            updates.Add((Update)read.Value);
            rest = rest[length..];
        }

        return updates;
    }

    private static List<Prefix> Of(PrefixList list)
    {
        var all = new List<Prefix>();
        foreach (var prefix in list)
            all.Add(prefix);
        return all;
    }
}
