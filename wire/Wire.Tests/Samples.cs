namespace OpenConfirm.Wire.Tests;

/// <summary>A sample message with what its session has agreed on.</summary>
internal sealed record Sample(Protocol Protocol, IWire Message, WireFacts Facts, string Name)
{
    /// <summary>Those of all protocols; BGP's in sessions of several kinds.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Of("bgp", BgpSamples.Messages, WireFacts.Default),
        .. Of("bgp", BgpSamples.Messages, new WireFacts { FourOctetAs = false, AddPath = WireFacts.EveryFamily }),
        .. Of("ospfv2", OspfSamples.Packets, WireFacts.Default),
        .. Of("ospfv3", Ospf3Samples.Packets, Ospf3Samples.Facts),
        .. Of("isis", IsisSamples.Pdus, WireFacts.Default),
        .. Of("ospfv2", OspfSamples.Signed(DigestAlgorithm.Sha256), OspfSamples.Keyed(DigestAlgorithm.Sha256)),
        .. Of("ospfv3", Ospf3Samples.Signed, Ospf3Samples.Keyed),
        .. Of("isis", IsisSamples.Signed(DigestAlgorithm.Md5), OspfSamples.Keyed(DigestAlgorithm.Md5)),
    ];

    public byte[] Octets => WireWriter.Encode(Message, Facts);

    public string Text => Protocol.Print(Message, Facts);

    /// <summary>The same as a decoder makes it: a test that changes it leaves the sample.</summary>
    public IWire Fresh() => Protocol.Decode(Octets, Facts).Value;

    private static IEnumerable<Sample> Of(string protocol, IEnumerable<IWire> messages, WireFacts facts) =>
        messages.Select((m, i) => new Sample(Protocol.Find(protocol)!, m, facts, $"{protocol} {m.GetType().Name} {i}"));
}
