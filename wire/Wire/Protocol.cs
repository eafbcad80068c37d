using OpenConfirm.Wire.Bgp;
using OpenConfirm.Wire.Isis;
using OpenConfirm.Wire.Ospf;
using OpenConfirm.Wire.Ospf3;

namespace OpenConfirm.Wire;

/// <summary>A protocol, its messages and all that is registered of it: for those who take whatever there is.</summary>
public abstract class Protocol
{
    private protected Protocol(string name, IReadOnlyList<IKinds> registries) => (Name, Registries) = (name, registries);

    /// <summary>All protocols.</summary>
    public static IReadOnlyList<Protocol> All { get; } =
    [
        new Protocol<BgpMessage>(
            "bgp",
            BgpMessage.Kinds,
            BgpMessage.LengthOf,
            OpenParameter.Kinds,
            Capability.Kinds,
            PathAttribute.Kinds,
            EvpnRoute.Kinds,
            FlowComponent.KindsOf(1),
            FlowComponent.KindsOf(2),
            Orf.KindsOf(1)),
        new Protocol<OspfPacket>("ospfv2", OspfPacket.Kinds, null, [Lsa.Kinds, .. OspfTlv.AllKinds, LinkLocalSignalling.Kinds]),
        new Protocol<Ospf3Packet>("ospfv3", Ospf3Packet.Kinds, null, Lsa3.Kinds),
        new Protocol<IsisPdu>("isis", IsisPdu.Kinds, null, IsisTlv.Kinds),
    ];

    /// <summary>Its name: bgp, ospfv2, ospfv3, isis.</summary>
    public string Name { get; }

    /// <summary>All registries, that of its messages first.</summary>
    public IReadOnlyList<IKinds> Registries { get; }

    /// <summary>Everything that is registered.</summary>
    public IEnumerable<Element> Elements => Registries.SelectMany(r => r.Elements);

    /// <summary>Whether messages follow one another in a stream, each with its length.</summary>
    public abstract bool IsStream { get; }

    /// <summary>The protocol of that name, or null.</summary>
    public static Protocol? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>Length of the message that a stream goes on with, as it says; null when its header has not come yet.</summary>
    public abstract int? LengthOf(ReadOnlySpan<byte> stream);

    /// <summary>Decodes a message that takes up all of these octets.</summary>
    public abstract Decoded<IWire> Decode(ReadOnlySpan<byte> octets, WireFacts facts);

    /// <summary>A copy of a message.</summary>
    public abstract IWire Copy(IWire message);

    /// <summary>A message as text.</summary>
    public abstract string Print(IWire message, WireFacts facts);

    /// <summary>Reads messages from text.</summary>
    /// <exception cref="FormatException">There is none, or something that is none; the exception's message names the line.</exception>
    public abstract IReadOnlyList<IWire> Parse(string text, WireFacts facts);
}

/// <inheritdoc/>
internal sealed class Protocol<T>(string name, Registry<T> messages, Protocol<T>.Length? length, params ReadOnlySpan<IKinds> others)
    : Protocol(name, [messages, .. others])
    where T : class, IWire
{
    public delegate int? Length(ReadOnlySpan<byte> stream);

    public override bool IsStream => length is not null;

    public override int? LengthOf(ReadOnlySpan<byte> stream) => length is null ? stream.Length : length(stream);

    public override Decoded<IWire> Decode(ReadOnlySpan<byte> octets, WireFacts facts)
    {
        var (message, error) = WireReader.Decode(octets, messages, facts);
        return new(message, error);
    }

    public override IWire Copy(IWire message) => Copier.Copy((T)message, messages);

    public override string Print(IWire message, WireFacts facts) => TextPrinter.Print((T)message, messages, facts);

    public override IReadOnlyList<IWire> Parse(string text, WireFacts facts) => TextParser.ParseAll(text, messages, facts);
}
