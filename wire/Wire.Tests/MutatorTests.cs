using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Ospf;

namespace OpenConfirm.Wire.Tests;

/// <summary>Exactly the leaf that is named changes, whatever it is.</summary>
public sealed class MutatorTests
{
    private const int Times = 3;

    [Test]
    public void Every_leaf_of_every_sample_can_be_changed_and_what_comes_of_it_written_printed_and_copied()
    {
        foreach (var sample in Sample.All)
        {
            var random = new Random(4271);
            var count = Mutator.Count(sample.Message, sample.Facts);
            Assert.That(Leaves(sample.Message, sample.Facts).Select(l => l.Index), Is.EqualTo(Enumerable.Range(0, count)), sample.Name);
            for (var i = 0; i < Times * count; i++)
            {
                var message = sample.Protocol.Copy(sample.Message);
                Assert.That(Mutator.Mutate(message, sample.Facts, i % count, new RandomMutation(random)), Is.True);
                Try(sample, message, i % count);
            }

            Assert.That(Mutator.Mutate(sample.Message, sample.Facts, count, new RandomMutation(random)), Is.False);
        }
    }

    /// <summary>Only this leaf: a number that is offered is told apart from all others by its value.</summary>
    [Test]
    public void A_leaf_is_the_same_by_index_and_by_path()
    {
        // Codes and flags, and the reference of a route (RFC 5340 section A.4.7), decide whether other fields are there.
        foreach (var sample in Sample.All)
        {
            foreach (var leaf in Leaves(sample.Message, sample.Facts).Where(l => l is { Shape: FieldShape.Number, Kind: not (FieldKind.Flags or FieldKind.Code), Name: not "Extra" }))
            {
                var (byIndex, byPath) = (sample.Protocol.Copy(sample.Message), sample.Protocol.Copy(sample.Message));
                Mutator.Mutate(byIndex, sample.Facts, leaf.Index, new Setting(leaf.Most));
                Assert.That(Mutator.Mutate(byPath, sample.Facts, leaf.Path, new Setting(leaf.Most)), Is.True, leaf.Path);
                Assert.That(sample.Protocol.Print(byPath, sample.Facts), Is.EqualTo(sample.Protocol.Print(byIndex, sample.Facts)), $"{sample.Name}: {leaf.Path}");
                Assert.That(Differences(sample.Text, sample.Protocol.Print(byIndex, sample.Facts)), Is.LessThanOrEqualTo(1), $"{sample.Name}: {leaf.Path}");
            }
        }
    }

    /// <summary>A list that is read anew because its family changes may hold what cannot be written.</summary>
    [Test]
    public void A_route_too_long_for_its_length_does_not_stop_a_change_of_family()
    {
        var reach = new MpReach { Afi = 25, Safi = 70, Routes = { new UnknownEvpnRoute { Type = 99, Value = new byte[300] } } };
        reach.Afi = 1;
        Assert.That(Mutator.Mutate(new Update { Attributes = { reach } }, WireFacts.Default, "Path Attributes[0].SAFI", new Setting(128)), Is.True);
        Assert.That(reach.Routes, Has.None.TypeOf<UnknownEvpnRoute>());
    }

    [Test]
    public void The_same_seed_makes_the_same_message()
    {
        foreach (var sample in Sample.All)
        {
            var texts = Enumerable.Range(0, 2).Select(_ =>
            {
                var (message, random) = (sample.Protocol.Copy(sample.Message), new Random(7));
                Mutator.Mutate(message, sample.Facts, random.Next(Mutator.Count(message, sample.Facts)), new RandomMutation(random));
                return sample.Protocol.Print(message, sample.Facts);
            }).Distinct().ToList();
            Assert.That(texts, Has.Count.EqualTo(1));
        }
    }

    /// <summary>A campaign does this for every case: what is not changed costs nothing.</summary>
    [Test]
    public void Counting_and_changing_a_leaf_make_hardly_any_garbage()
    {
        var message = new Update { Attributes = [.. Enumerable.Range(0, 200).Select(i => new MultiExitDisc { Value = (uint)i })] };
        Mutator.Count(message, WireFacts.Default);
        Mutator.Mutate(message, WireFacts.Default, 300, new Setting(7));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Mutator.Count(message, WireFacts.Default);
        Mutator.Mutate(message, WireFacts.Default, 300, new Setting(7));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2000));
    }

    [Test]
    public void A_leaf_knows_its_width_and_what_its_values_are_called()
    {
        var message = new Update { Attributes = { new Origin(), new Communities { Values = [1] }, new UnknownAttribute { Code = 99 } }, Nlri = PrefixList.Ipv4("10.0.0.0/8") };
        var leaves = Leaves(message, WireFacts.Default).ToDictionary(l => l.Path);
        Assert.That((leaves["Path Attributes[0].Origin"].Width, leaves["Path Attributes[0].Origin"].Kind), Is.EqualTo((8, FieldKind.Code)));
        Assert.That(leaves["Path Attributes[0].Origin"].Values.Select(v => v.Name), Is.EqualTo(new[] { "IGP", "EGP", "INCOMPLETE" }));
        Assert.That(leaves["Path Attributes[0].Flags"].Values.Select(v => v.Value), Is.EqualTo(new[] { 0x80, 0x40, 0x20, 0x10 }));
        Assert.That(leaves["Path Attributes[1].Communities"], Has.Property("Shape").EqualTo(FieldShape.Numbers).And.Property("Width").EqualTo(32));
        Assert.That(leaves["Path Attributes[2].Type Code"].Values.Select(v => v.Name), Does.Contain("AsPath"));
        Assert.That(leaves["NLRI"].Shape, Is.EqualTo(FieldShape.Prefixes));
        Assert.That(leaves.Keys, Has.None.EqualTo("Length").And.None.EqualTo("Path Attributes[0].Type Code"), "these follow from the rest");
    }

    [Test]
    public void Lists_lose_repeat_move_and_gain_elements()
    {
        var update = new Update { Attributes = { new Origin(), new LocalPref() } };
        Edit<PathAttribute>(update, list => list.Repeat(0));
        Assert.That(Kinds(update), Is.EqualTo("Origin Origin LocalPref"));
        Assert.That(update.Attributes[1], Is.Not.SameAs(update.Attributes[0]));
        Edit<PathAttribute>(update, list => list.Move(2, 0));
        Edit<PathAttribute>(update, list => list.Remove(1));
        Edit<PathAttribute>(update, list => list.Insert(1, "AtomicAggregate"));
        Assert.That(Kinds(update), Is.EqualTo("LocalPref AtomicAggregate Origin"));
        var donor = new AttributeSet { Attributes = { new MultiExitDisc { Value = 5 } } };
        Edit<PathAttribute>(update, list => list.Graft(3, donor.Attributes[0]));
        Assert.That(Kinds(update), Is.EqualTo("LocalPref AtomicAggregate Origin MultiExitDisc"));
        Assert.That(() => Edit<PathAttribute>(update, list => list.Insert(0, "Nonsense")), Throws.ArgumentException.With.Message.Contains("AtomicAggregate"));
    }

    /// <summary>A new address family makes other routes of the same octets.</summary>
    [Test]
    public void Elements_that_a_list_cannot_hold_any_more_are_read_anew()
    {
        var update = new Update { Attributes = { new MpReach { Afi = 1, Safi = 4, NextHop = [192, 0, 2, 1], Routes = { new LabelledNlri { Family = new(1, 4), Labels = [0x000101], Prefix = Prefix.Of(Ip4.Parse("198.51.100.0"), 24) } } } } };
        var before = WireWriter.Encode(update, WireFacts.Default);
        Mutator.Mutate(update, WireFacts.Default, "Path Attributes[0].AFI", new Setting(2));
        before[27] = 2;
        Assert.That(WireWriter.Encode(update, WireFacts.Default), Is.EqualTo(before));
        Assert.That(((MpReach)update.Attributes[0]).Routes[0].Family, Is.EqualTo(new Family(2, 4)));
        Assert.That(TextPrinter.Print<BgpMessage>(update, BgpMessage.Kinds, WireFacts.Default), Does.Contain("Prefix: c633:6400::/24"));
    }

    [Test]
    public void A_wrong_checksum_is_put_in_and_taken_out()
    {
        var packet = new LinkStateUpdate { Lsas = { new NetworkLsa() } };
        Mutator.Mutate(packet, WireFacts.Default, "LSAs[0].LS Checksum", new Sums(0xbeef));
        Assert.That(packet.Lsas[0].WrongChecksum, Is.EqualTo(0xbeef));
        Mutator.Mutate(packet, WireFacts.Default, "LSAs[0].LS Checksum", new Sums(null));
        Assert.That(packet.Lsas[0].WrongChecksum, Is.Null);
    }

    internal static IReadOnlyList<Leaf> Leaves(IWire message, WireFacts facts)
    {
        var collector = new Collector();
        Mutator.MutateAll(message, facts, collector);
        return collector.Leaves;
    }

    private static void Try(Sample sample, IWire message, int leaf)
    {
        byte[] octets;
        try
        {
            octets = WireWriter.Encode(message, sample.Facts);
        }
        catch (WireException)
        {
            // Longer than its length can say: no such message can be.
            return;
        }

        var text = sample.Protocol.Print(message, sample.Facts);
        var because = $"{sample.Name}, leaf {leaf}\n{text}";
        Assert.That(WireWriter.Encode(sample.Protocol.Parse(text, sample.Facts)[0], sample.Facts), Is.EqualTo(octets), because);
        Assert.That(WireWriter.Encode(sample.Protocol.Copy(message), sample.Facts), Is.EqualTo(octets), because);
        Assert.That(() => sample.Protocol.Decode(octets, sample.Facts), Throws.Nothing, because);
    }

    private static int Differences(string left, string right)
    {
        var (a, b) = (left.Split('\n').ToList(), right.Split('\n').ToList());
        foreach (var line in a.ToList())
        {
            if (b.Remove(line))
                a.Remove(line);
        }

        return Math.Max(a.Count, b.Count);
    }

    private static string Kinds(Update update) => string.Join(' ', update.Attributes.Select(PathAttribute.Kinds.NameOf));

    private static void Edit<T>(IWire message, Action<ElementList<T>> edit)
        where T : class, IWire => Assert.That(Mutator.Mutate(message, WireFacts.Default, "Path Attributes", new Edits<T>(edit)), Is.True);

    private sealed class Setting(ulong value) : IMutation
    {
        public ulong Number(Leaf leaf, ulong value1) => value;
    }

    private sealed class Sums(ushort? value) : IMutation
    {
        public ushort? Checksum(Leaf leaf, ushort? value1) => value;
    }

    private sealed class Edits<TWanted>(Action<ElementList<TWanted>> edit) : IMutation
        where TWanted : class, IWire
    {
        public void Elements<T>(Leaf leaf, ElementList<T> list)
            where T : class, IWire => edit((ElementList<TWanted>)(object)list);
    }

    private sealed class Collector : IMutation
    {
        public List<Leaf> Leaves { get; } = [];

        public ulong Number(Leaf leaf, ulong value) => Keep(leaf, value);

        public Ip4 Ip4(Leaf leaf, Ip4 value) => Keep(leaf, value);

        public Ip6 Ip6(Leaf leaf, Ip6 value) => Keep(leaf, value);

        public byte[] Octets(Leaf leaf, byte[] value) => Keep(leaf, value);

        public Prefix Prefix(Leaf leaf, Prefix value) => Keep(leaf, value);

        public PrefixList Prefixes(Leaf leaf, PrefixList value) => Keep(leaf, value);

        public AsPath AsPath(Leaf leaf, AsPath value) => Keep(leaf, value);

        public ulong[] Numbers(Leaf leaf, ulong[] value) => Keep(leaf, value);

        public ushort? Checksum(Leaf leaf, ushort? value) => Keep(leaf, value);

        public byte[]? Digest(Leaf leaf, byte[]? value) => Keep(leaf, value);

        public bool Choice(Leaf leaf, bool value) => Keep(leaf, value);

        public void Elements<T>(Leaf leaf, ElementList<T> list)
            where T : class, IWire => Leaves.Add(leaf);

        private T Keep<T>(Leaf leaf, T value)
        {
            Leaves.Add(leaf);
            return value;
        }
    }
}
