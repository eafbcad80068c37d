using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire.Tests;

/// <summary>The map of the fields: it names, reads and writes every one of them, and knows what a length or a checksum is of.</summary>
public sealed class EncodedMessageTests
{
    /// <summary>Every length at every level counts what the map says it does.</summary>
    [Test]
    public void A_length_is_that_of_what_it_counts()
    {
        var seen = 0;
        foreach (var sample in Sample.All)
        {
            var message = EncodedMessage.Of(sample.Message, sample.Facts);
            foreach (var field in message.Fields.Where(f => f.Shape == FieldShape.Length && f.End > 0))
            {
                var counted = field.End - field.Start;
                Assert.That(field.Start, Is.EqualTo(field.Offset + field.Length), $"{sample.Name}: {field.Path}");

                // Words of four octets in link-local signalling (RFC 5613 section 2.2); up to 33 octets before it are counted too.
                var octets = (int)field.Read(message.Octets) * (field.Name == "LLS Data Length" ? 4 : 1);
                Assert.That(octets - counted, Is.InRange(0, 33), $"{sample.Name}: {field.Path}");
                seen++;
            }
        }

        Assert.That(seen, Is.GreaterThan(500));
    }

    /// <summary>What is read from a field and written to it again changes nothing; and what is set is read, and nothing beside it changes.</summary>
    [Test]
    public void Every_number_is_read_and_set_where_it_stands()
    {
        foreach (var sample in Sample.All)
        {
            var message = EncodedMessage.Of(sample.Message, sample.Facts);
            var before = message.Octets.ToArray();
            foreach (var field in message.Fields.Where(f => f.IsNumber))
            {
                var value = field.Read(before);
                message.Set(field, ~value);
                Assert.That(field.Read(message.Octets), Is.EqualTo(~value & field.Most), $"{sample.Name}: {field.Path}");
                foreach (var other in message.Fields.Where(f => f.IsNumber && !f.Equals(field)))
                    Assert.That(other.Read(message.Octets), Is.EqualTo(other.Read(before)), $"{sample.Name}: {field.Path} changes {other.Path}");
                message.Set(field, value);
                Assert.That(message.Octets.SequenceEqual(before), Is.True, $"{sample.Name}: {field.Path}");
            }
        }
    }

    /// <summary>Whatever goes and comes, fields stay within the octets and sums are made.</summary>
    [Test]
    public void Octets_that_are_replaced_anywhere_leave_a_map_of_what_is_there()
    {
        var random = new Random(4271);
        foreach (var sample in Sample.All.SelectMany(s => Enumerable.Repeat(s, 50)))
        {
            var message = EncodedMessage.Of(sample.Message, sample.Facts);
            var start = random.Next(message.Octets.Length);
            message.Replace(start, start + random.Next(Math.Min(40, message.Octets.Length - start + 1)), new byte[random.Next(20)]);
            Assert.That(message.SumUp, Throws.Nothing, sample.Name);
            foreach (var field in message.Fields)
                Assert.That(field.Offset + field.Length, Is.InRange(0, message.Octets.Length), $"{sample.Name}: {field.Path}");
        }
    }

    [Test]
    public void A_field_without_octets_holds_those_that_it_gets()
    {
        var message = EncodedMessage.Of(new Update(), WireFacts.Default);
        var index = message.Fields.ToList().FindIndex(f => f.Length == 0);
        var at = message.Fields[index].Offset;
        message.Mutate(index, new Three());
        Assert.That((message.Fields[index].Offset, message.Fields[index].Length), Is.EqualTo((at, 3)));
    }

    /// <summary>Spoiled and summed up again, inner and outer ones, they are what the writer makes.</summary>
    [Test]
    public void Checksums_and_digests_are_made_right_again_at_every_level()
    {
        var (seen, digests) = (0, 0);
        foreach (var sample in Sample.All)
        {
            var message = EncodedMessage.Of(sample.Message, sample.Facts);
            var before = message.Octets.ToArray();
            foreach (var field in message.Fields.Where(f => f.Sum is not null))
            {
                message.Set(field, 0x5555);
                seen++;
            }

            foreach (var field in message.Fields.Where(f => f.Digest is not null).ToList())
            {
                Assert.That(message.Mutate(message.Fields.ToList().IndexOf(field), new Zeros()), Is.True);
                Assert.That(message.Octets.SequenceEqual(before), Is.False, sample.Name);
                digests++;
            }

            message.SumUp();
            Assert.That(Convert.ToHexString(message.Octets), Is.EqualTo(Convert.ToHexString(before)), sample.Name);
        }

        Assert.That(seen, Is.GreaterThan(70));
        Assert.That(digests, Is.GreaterThan(10));
    }

    [Test]
    public void A_length_that_lies_goes_out_under_right_checksums()
    {
        var message = EncodedMessage.Of(new LinkStateUpdate { Lsas = { new NetworkLsa { Routers = [1, 2] } } }, WireFacts.Default);
        message.Set(message.Find("LSAs[0].Length")!.Value, 28);
        message.SumUp();
        var read = (LinkStateUpdate)WireReader.Decode(message.Octets, OspfPacket.Kinds, WireFacts.Default).Value;
        Assert.That((read.WrongChecksum, read.Lsas[0].WrongChecksum), Is.EqualTo(((ushort?)null, (ushort?)null)));
        Assert.That(((NetworkLsa)read.Lsas[0]).Routers, Is.EqualTo(new[] { 1u }));
    }

    [Test]
    public void A_checksum_that_the_message_itself_has_wrong_stays_wrong()
    {
        var message = EncodedMessage.Of(new LinkStateUpdate { Lsas = { new NetworkLsa { WrongChecksum = 0xbeef } } }, WireFacts.Default);
        message.SumUp();
        Assert.That(message.Find("LSAs[0].LS Checksum")!.Value.Read(message.Octets), Is.EqualTo(0xbeef));
    }

    [Test]
    public void Elements_are_cut_out_and_fields_behind_them_move()
    {
        var message = EncodedMessage.Of(new Update { Attributes = { new Origin(), new LocalPref() }, Nlri = PrefixList.Ipv4("10.0.0.0/8") }, WireFacts.Default);
        Assert.That(message.Extent("Path Attributes[0]"), Is.EqualTo((23, 27)));
        message.Replace(23, 27, []);
        Assert.That(message.Find("Path Attributes[1].Flags")!.Value.Offset, Is.EqualTo(23));
        Assert.That(message.Find("Path Attributes[0].Flags"), Is.Null);
        Assert.That(message.Find("Total Path Attribute Length")!.Value.Read(message.Octets), Is.EqualTo(11), "it lies");
        Assert.That(message.Octets[^2..].ToArray(), Is.EqualTo(new byte[] { 8, 10 }));
        Assert.That(message.Octets.Length, Is.EqualTo(19 + 4 + 7 + 2));
    }

    /// <summary>Every field of every sample, tags, lengths and counts too: what comes of it is a message or an error within it.</summary>
    [Test]
    public void Every_field_can_be_changed()
    {
        foreach (var sample in Sample.All)
        {
            var random = new Random(4271);
            var whole = EncodedMessage.Of(sample.Message, sample.Facts);
            for (var i = 0; i < whole.Fields.Count; i += whole.Fields.Count > 400 ? 7 : 1)
            {
                var message = EncodedMessage.Of(sample.Message, sample.Facts);
                Assert.That(message.Mutate(i, new RandomMutation(random)), Is.True);
                Assert.That(message.Fields.All(f => f.Offset + f.Length <= message.Octets.Length), Is.True, $"{sample.Name}: {whole.Fields[i].Path}");
                message.SumUp();
                var error = sample.Protocol.Decode(message.Octets, sample.Facts).Error;
                Assert.That(error?.Offset ?? 0, Is.InRange(0, message.Octets.Length), $"{sample.Name}: {whole.Fields[i].Path}");
            }

            Assert.That(whole.Mutate(whole.Fields.Count, new RandomMutation(random)), Is.False);
        }
    }

    [Test]
    public void A_field_knows_its_element_and_what_its_values_are_called()
    {
        var message = EncodedMessage.Of(new Update { Attributes = { new Origin() } }, WireFacts.Default);
        var type = message.Find("Path Attributes[0].Type Code")!.Value;
        Assert.That((type.Element, type.Shape), Is.EqualTo((typeof(Origin), FieldShape.Tag)));
        var mutation = new Recording();
        Assert.That(message.Mutate(message.Fields.ToList().IndexOf(type), mutation), Is.True);
        Assert.That(mutation.Seen!.Values.Select(v => v.Name), Does.Contain("AsPath").And.Contain("MpReach"));
    }

    /// <summary>OSPFv3's checksum is of the pseudo-header too.</summary>
    [Test]
    public void Addresses_of_the_session_are_summed_up()
    {
        var message = EncodedMessage.Of(new Hello3(), Ospf3Samples.Facts);
        message.Set(message.Find("Hello Interval")!.Value, 99);
        message.SumUp();
        Assert.That(((Hello3)WireReader.Decode(message.Octets, Ospf3Packet.Kinds, Ospf3Samples.Facts).Value).WrongChecksum, Is.Null);
    }

    private sealed class Zeros : IMutation
    {
        public byte[] Octets(Leaf leaf, byte[] value) => new byte[value.Length];
    }

    private sealed class Recording : IMutation
    {
        public Leaf? Seen { get; private set; }

        public ulong Number(Leaf leaf, ulong value)
        {
            Seen = leaf;
            return value;
        }
    }

    private sealed class Three : IMutation
    {
        public byte[] Octets(Leaf leaf, byte[] value) => [1, 2, 3];
    }
}
