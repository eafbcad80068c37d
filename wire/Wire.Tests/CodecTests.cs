using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>What every definition must hold to, whatever it defines.</summary>
public sealed class CodecTests
{
    private static readonly WireFacts Facts = WireFacts.Default;

    private static IEnumerable<TestCaseData> Messages => Samples.Messages.Select((m, i) => new TestCaseData(m).SetArgDisplayNames($"{i} {BgpMessage.Kinds.NameOf(m)}"));

    [Test]
    public void Every_kind_that_is_registered_has_a_sample()
    {
        Assert.That(Samples.Messages.Select(BgpMessage.Kinds.NameOf), Is.SupersetOf(BgpMessage.Kinds.Kinds.Select(k => k.Name)));
        Assert.That(Samples.Capabilities.Select(Capability.Kinds.NameOf), Is.SupersetOf(Capability.Kinds.Kinds.Select(k => k.Name)));
        Assert.That(Samples.EvpnRoutes.Select(EvpnRoute.Kinds.NameOf), Is.SupersetOf(EvpnRoute.Kinds.Kinds.Select(k => k.Name)));
        Assert.That(Samples.Attributes.Select(PathAttribute.Kinds.NameOf), Is.SupersetOf(PathAttribute.Kinds.Kinds.Select(k => k.Name)));
    }

    [Test]
    public void Every_kind_carries_the_number_that_it_is_registered_with_and_its_standard()
    {
        foreach (var kind in Capability.Kinds.Kinds)
            Assert.That(kind.Create().Code, Is.EqualTo(kind.Code), kind.Name);
        foreach (var kind in PathAttribute.Kinds.Kinds)
            Assert.That(kind.Create().Code, Is.EqualTo(kind.Code), kind.Name);
        foreach (var kind in BgpMessage.Kinds.Kinds)
            Assert.That(kind.Create().Type, Is.EqualTo(kind.Code), kind.Name);
        string[] standards = [.. Capability.Kinds.Kinds.Select(k => k.Standard), .. PathAttribute.Kinds.Kinds.Select(k => k.Standard), .. BgpMessage.Kinds.Kinds.Select(k => k.Standard)];
        Assert.That(standards, Has.All.Match("^(RFC [0-9]+|draft-[a-z0-9-]+)( section [0-9.]+)?$"));
    }

    [TestCaseSource(nameof(Messages))]
    public void What_is_written_reads_back_to_the_same_octets_and_text(BgpMessage message)
    {
        var octets = WireWriter.Encode(message, Facts);
        var read = WireReader.Decode(octets, BgpMessage.Kinds, Facts);
        Assert.That(read.Error, Is.Null);
        Assert.That(read.Value, Is.TypeOf(message.GetType()));
        Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, Facts)), Is.EqualTo(Convert.ToHexString(octets)));

        var text = TextPrinter.Print(message, BgpMessage.Kinds, Facts);
        Assert.That(TextPrinter.Print(read.Value, BgpMessage.Kinds, Facts), Is.EqualTo(text));
        var parsed = TextParser.Parse(text, BgpMessage.Kinds, Facts);
        Assert.That(Convert.ToHexString(WireWriter.Encode(parsed, Facts)), Is.EqualTo(Convert.ToHexString(octets)), text);
    }

    /// <summary>A part of a message is none, and says so at a place within it; what came before is there.</summary>
    [TestCaseSource(nameof(Messages))]
    public void Cut_off_at_every_octet(BgpMessage message)
    {
        var octets = WireWriter.Encode(message, Facts);
        for (var length = 0; length < octets.Length; length++)
        {
            var read = WireReader.Decode(octets.AsSpan(0, length), BgpMessage.Kinds, Facts);
            Assert.That(read.Error, Is.Not.Null, $"{length} octets");
            Assert.That(read.Error!.Offset, Is.InRange(0, length));
            Assert.That(read.Error.Message, Does.StartWith($"at octet {read.Error.Offset}, in {read.Error.Path}: "));
        }
    }

    /// <summary>Every octet turned into every other: nothing but a message or an error that names its place comes of it.</summary>
    [TestCaseSource(nameof(Messages))]
    public void Every_octet_changed(BgpMessage message)
    {
        var octets = WireWriter.Encode(message, Facts);
        for (var at = 0; at < octets.Length; at++)
        {
            var good = octets[at];
            foreach (var bad in (byte[])[0, 1, (byte)(good + 1), (byte)(good - 1), (byte)(good ^ 0x80), 0xff])
            {
                octets[at] = bad;
                var read = WireReader.Decode(octets, BgpMessage.Kinds, Facts);
                if (read.Error is null)
                    Assert.That(Convert.ToHexString(WireWriter.Encode(read.Value, Facts)), Is.EqualTo(Convert.ToHexString(octets)), $"octet {at} is {bad}");
                else
                    Assert.That(read.Error.Offset, Is.InRange(0, octets.Length));
            }

            octets[at] = good;
        }
    }

    /// <summary>The fields cover all octets in order, and each holds what its name says.</summary>
    [TestCaseSource(nameof(Messages))]
    public void The_map_covers_every_octet(BgpMessage message)
    {
        var map = new List<WireField>();
        var octets = WireWriter.Encode(message, Facts, map);
        var covered = new bool[octets.Length];
        foreach (var field in map)
            for (var i = field.Offset; i < field.Offset + field.Length; i++)
                covered[i] = true;
        Assert.That(covered, Has.All.True);
        Assert.That(map.Select(f => f.Path).Distinct().Count(), Is.GreaterThan(map.Count / 2));
        var length = map.Single(f => f.Path == "Length");
        Assert.That((length.Offset, length.Length, length.Kind), Is.EqualTo((16, 2, FieldKind.Length)));
        Assert.That((octets[16] << 8) | octets[17], Is.EqualTo(octets.Length));
    }
}
