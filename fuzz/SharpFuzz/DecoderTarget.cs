using System.Text;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Fuzz.Decoders;

/// <summary>
/// A decoder to fuzz. Whatever the octets are: nothing is thrown but what the decoder's documentation names; a message that was read
/// without an error is written to the same octets, and so is what its text says; one that was read with an error can be printed, and
/// the error lies within the octets.
/// </summary>
/// <param name="Name">Its name, and that of its folder of the corpus.</param>
/// <param name="Run">Takes the octets; throws where they show a fault of ours.</param>
public sealed record DecoderTarget(string Name, Action<byte[]> Run)
{
    private static readonly WireFacts OldSession = new() { FourOctetAs = false, AddPath = new HashSet<Family> { Family.Ipv4Unicast, Family.Ipv6Unicast, new(1, 128), new(25, 70) } };

    // The keys are those of the signed messages of the corpus.
    private static readonly WireFacts KeyedMd5 = new() { Key = new(DigestAlgorithm.Md5, 7, "secret-7"u8.ToArray()) };

    private static readonly WireFacts KeyedSha256 = new() { Key = new(DigestAlgorithm.Sha256, 7, "secret-7"u8.ToArray()) };

    private static readonly WireFacts BetweenTwo = new() { Source = Ip6.Parse("fe80::1"), Destination = Ip6.Parse("ff02::5") };

    /// <summary>All targets.</summary>
    public static IReadOnlyList<DecoderTarget> All { get; } =
    [
        new("bgp", octets =>
        {
            Decode(octets, BgpMessage.Kinds, WireFacts.Default);
            Decode(octets, BgpMessage.Kinds, OldSession);
        }),
        new("ospfv2", octets =>
        {
            Decode(octets, OspfPacket.Kinds, WireFacts.Default);
            Decode(octets, OspfPacket.Kinds, KeyedMd5);
            Decode(octets, OspfPacket.Kinds, KeyedSha256);
        }),
        new("ospfv3", octets =>
        {
            Decode(octets, Ospf3Packet.Kinds, BetweenTwo);
            Decode(octets, Ospf3Packet.Kinds, BetweenTwo with { Key = KeyedSha256.Key });
            Decode(octets, Ospf3Packet.Kinds, WireFacts.Default);
        }),
        new("isis", octets =>
        {
            Decode(octets, IsisPdu.Kinds, WireFacts.Default);
            Decode(octets, IsisPdu.Kinds, KeyedMd5);
            Decode(octets, IsisPdu.Kinds, KeyedSha256);
        }),
        new("text", octets =>
        {
            var text = Encoding.Latin1.GetString(octets);
            Parse(text, BgpMessage.Kinds);
            Parse(text, OspfPacket.Kinds);
            Parse(text, Ospf3Packet.Kinds);
            Parse(text, IsisPdu.Kinds);
        }),
    ];

    private static void Decode<T>(byte[] octets, Registry<T> kinds, WireFacts facts)
        where T : class, IWire
    {
        var (message, error) = WireReader.Decode(octets, kinds, facts);
        var text = TextPrinter.Print(message, kinds, facts);
        if (error is not null)
        {
            if (error.Offset < 0 || error.Offset > octets.Length)
                throw new InvalidOperationException($"an error at octet {error.Offset} of {octets.Length}");
            return;
        }

        Same(octets, WireWriter.Encode(message, facts), "read and written");
        Same(octets, WireWriter.Encode(TextParser.Parse(text, kinds, facts), facts), "printed and parsed");
    }

    private static void Parse<T>(string text, Registry<T> kinds)
        where T : class, IWire
    {
        T message;
        try
        {
            message = TextParser.Parse(text, kinds, WireFacts.Default);
        }
        catch (FormatException)
        {
            return;
        }

        try
        {
            // What a person writes may be wrong as a message; what comes of it is then as it was written.
            var octets = WireWriter.Encode(message, WireFacts.Default);
            WireReader.Decode(octets, kinds, WireFacts.Default);
        }
        catch (WireException)
        {
        }
    }

    private static void Same(byte[] wanted, byte[] got, string how)
    {
        if (!wanted.AsSpan().SequenceEqual(got))
            throw new InvalidOperationException($"{how}, {Convert.ToHexStringLower(wanted)} becomes {Convert.ToHexStringLower(got)}");
    }
}
