using CsCheck;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Wire.Tests;

/// <summary>A copy is the same, and has nothing in common with the original.</summary>
public sealed class CopierTests
{
    [Test]
    public void A_copy_has_the_text_and_the_octets_of_the_original()
    {
        foreach (var sample in Sample.All)
        {
            var copy = Copy(sample);
            Assert.That(sample.Protocol.Print(copy, sample.Facts), Is.EqualTo(sample.Text), sample.Name);
            Assert.That(WireWriter.Encode(copy, sample.Facts), Is.EqualTo(sample.Octets), sample.Name);
        }
    }

    /// <summary>Whatever happens to the copy, once or several times over.</summary>
    [Test]
    public void Changing_a_copy_leaves_the_original() => Gen.Select(Gen.Int[0, Sample.All.Count - 1], Gen.Int, Gen.Int[1, 5]).Sample((which, seed, times) =>
    {
        var sample = Sample.All[which];
        var (text, octets) = (sample.Text, sample.Octets);
        var copy = Copy(sample);
        var random = new Random(seed);
        for (var i = 0; i < times; i++)
            Mutator.Mutate(copy, sample.Facts, random.Next(Math.Max(1, Mutator.Count(copy, sample.Facts))), new RandomMutation(random));
        var again = WireOrNull(copy, sample.Facts) is null ? copy : Copy(sample.Protocol, copy, sample.Facts);
        return sample.Text == text && sample.Octets.AsSpan().SequenceEqual(octets) && sample.Protocol.Print(again, sample.Facts) == sample.Protocol.Print(copy, sample.Facts);
    });

    [Test]
    public void The_octets_of_a_copy_are_its_own()
    {
        var original = new Keepalive();
        var copy = (Keepalive)Copier.Copy<BgpMessage>(original, BgpMessage.Kinds);
        copy.Marker[0] = 0;
        Assert.That(original.Marker[0], Is.EqualTo(0xff));
    }

    [Test]
    public void Path_identifiers_are_copied_whatever_the_session()
    {
        var update = new Update { Attributes = { new MpReach { Afi = 25, Safi = 70, Routes = { new InclusiveMulticast { PathId = 7 } } } } };
        var copy = (Update)Copier.Copy<BgpMessage>(update, BgpMessage.Kinds);
        Assert.That(((MpReach)copy.Attributes[0]).Routes[0].PathId, Is.EqualTo(7));
    }

    private static IWire Copy(Sample sample) => Copy(sample.Protocol, sample.Message, sample.Facts);

    private static IWire Copy(Protocol protocol, IWire message, WireFacts facts)
    {
        var copy = protocol.Copy(message);
        Assert.That(copy, Is.Not.SameAs(message).And.TypeOf(message.GetType()), facts.ToString());
        return copy;
    }

    private static byte[]? WireOrNull(IWire message, WireFacts facts)
    {
        try
        {
            return WireWriter.Encode(message, facts);
        }
        catch (WireException)
        {
            return null;
        }
    }
}
