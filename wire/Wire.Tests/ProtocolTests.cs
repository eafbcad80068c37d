using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>What is registered, and that every visitor can do with it.</summary>
public sealed class ProtocolTests
{
    private static readonly List<(Protocol Protocol, Element Element)> Elements = [.. Protocol.All.SelectMany(p => p.Elements.Select(e => (p, e)))];

    [Test]
    public void Everything_is_registered_once()
    {
        Assert.That(Elements.Select(e => (e.Protocol.Name, e.Element.Registry, e.Element.Name, e.Element.Create().GetType())), Is.Unique);
        Assert.That(Protocol.All.Select(p => p.Name), Is.EqualTo(new[] { "bgp", "ospfv2", "ospfv3", "isis" }));
        Assert.That(Elements, Has.Count.GreaterThan(130));
    }

    /// <summary>Every registry that a list of a message takes its elements from is one that is known.</summary>
    [Test]
    public void No_registry_is_left_out()
    {
        var known = Protocol.All.SelectMany(p => p.Registries).Select(r => r.Name).ToHashSet();
        foreach (var (_, element) in Elements)
            Assert.That(Registries(Describer.Describe(element).Fields).Except(known).Except(["OSPF TLV"]), Is.Empty, element.Name);
    }

    [Test]
    public void Every_visitor_walks_every_element()
    {
        foreach (var (protocol, element) in Elements)
        {
            var name = $"{protocol.Name}: {element.Registry} {element.Name}";
            foreach (var facts in (WireFacts[])[WireFacts.Default, new() { FourOctetAs = false, AddPath = WireFacts.EveryFamily }])
            {
                var octets = WireWriter.Encode(element.Create(), facts);
                var copy = element.Create();
                Copier.Copy(element.Create(), copy);
                Assert.That(WireWriter.Encode(copy, facts), Is.EqualTo(octets), name);
                Assert.That(() => WireReader.Decode(octets, element.Create(), facts), Throws.Nothing, name);
                var random = new Random(1);
                for (var i = Mutator.Count(element.Create(), facts) - 1; i >= 0; i--)
                {
                    var changed = element.Create();
                    Assert.That(Mutator.Mutate(changed, facts, i, new RandomMutation(random)), Is.True, name);
                    Assert.That(() => Encode(changed, facts), Throws.Nothing, name);
                }

                Assert.That(EncodedMessage.Of(element.Create(), facts).Octets.ToArray(), Is.EqualTo(octets), name);
            }

            Assert.That(Describer.Describe(element).ToText(), Does.StartWith($"{element.Name}: {element.Registry} ").And.Contain(element.Standard), name);
        }
    }

    /// <summary>Whatever a walk over a sample shows, the description has it.</summary>
    [Test]
    public void A_description_has_every_field_that_a_sample_has()
    {
        var described = Elements.Where(e => e.Element.Registry == e.Protocol.Registries[0].Name)
            .ToDictionary(e => e.Element.Create().GetType(), e => Describer.Describe(e.Element).Fields.Select(f => f.Name).ToHashSet());
        foreach (var sample in Sample.All)
        {
            var names = MutatorTests.Leaves(sample.Message, sample.Facts).Where(l => l.Path == l.Name).Select(l => l.Name);
            Assert.That(names.Except(described[sample.Message.GetType()]), Is.Empty, sample.Name);
        }

        var attributes = PathAttribute.Kinds.Elements.ToDictionary(e => e.Create().GetType(), e => Describer.Describe(e).Fields.Select(f => f.Name).ToHashSet());
        foreach (var attribute in BgpSamples.Attributes)
        {
            var names = MutatorTests.Leaves(attribute, WireFacts.Default).Where(l => l.Path == l.Name).Select(l => l.Name);
            Assert.That(names.Except(attributes[attribute.GetType()]), Is.Empty, attribute.GetType().Name);
        }
    }

    [Test]
    public void A_description_says_when_a_field_is_there()
    {
        var text = Describer.Describe(PathAttribute.Kinds.Elements.Single(e => e.Name == "MpReach")).ToText();
        Assert.That(text, Does.Contain("list of Labelled").And.Contain("with SAFI 4").And.Contain("list of EVPN route").And.Contain("with AFI 25 and SAFI 70"));
        Assert.That(text, Does.Contain("Route Distinguisher").And.Match(@"0x80 optional, 0x40\s+transitive"));
        Assert.That(text.Split('\n').Select(l => l.Length), Is.All.LessThanOrEqualTo(80));
    }

    /// <summary>All samples of a protocol as one text, with comments between them.</summary>
    [Test]
    public void Messages_one_below_the_other_are_read_again()
    {
        foreach (var group in Sample.All.GroupBy(s => (s.Protocol, s.Facts)))
        {
            var text = string.Join("\n# and\n", group.Select(s => s.Text));
            var read = group.Key.Protocol.Parse(text, group.Key.Facts);
            Assert.That(read.Select(m => Convert.ToHexString(WireWriter.Encode(m, group.Key.Facts))), Is.EqualTo(group.Select(s => Convert.ToHexString(s.Octets))));
        }
    }

    /// <summary>A row of the tables whose field or element has another name by now would be of no use.</summary>
    [Test]
    public void Every_name_is_that_of_a_field()
    {
        var named = new HashSet<(Type, string)>();
        foreach (var (_, element) in Elements)
            Collect(Describer.Describe(element).Fields, named);
        Assert.That(FieldNames.All.Select(n => (n.Element, n.Field)), Is.Unique);
        Assert.That(FieldNames.All.Where(n => !named.Contains((n.Element, n.Field))).Select(n => $"{n.Element.Name} has no {n.Field}"), Is.Empty);
    }

    private static void Encode(IWire element, WireFacts facts)
    {
        try
        {
            WireWriter.Encode(element, facts);
        }
        catch (WireException)
        {
            // A part is longer than its length can say.
        }
    }

    private static IEnumerable<string> Registries(IEnumerable<FieldDescription> fields) => fields.SelectMany(f =>
        Registries(f.Fields).Concat(f.Shape == FieldShape.Elements && f.Fields.Count == 0 ? [f.ElementsOf!] : []));

    private static void Collect(IEnumerable<FieldDescription> fields, HashSet<(Type Element, string Field)> named)
    {
        foreach (var field in fields)
        {
            if (field.Names is { } names)
                named.Add((names.Element, names.Field));
            Collect(field.Fields, named);
        }
    }
}
