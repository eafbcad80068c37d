using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.NetworkInformation;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Lab.Speakers.Ospf;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Tests;

/// <summary>An OSPF router without a will of its own: a test says each packet, and reads what comes back.</summary>
internal sealed class OspfPuppet : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PacketSocket _socket;
    private readonly byte[] _frame = new byte[1 << 16];

    /// <summary>Makes one.</summary>
    /// <param name="port">Its interface.</param>
    /// <param name="config">What its packets say.</param>
    /// <param name="speaker">The speaker, whose packets alone it hears.</param>
    public OspfPuppet(Port port, OspfSpeakerConfig config, uint speaker)
    {
        (Port, Config, Speaker) = (port, config, speaker);
        Mac = port.Node.Run(() => NetworkInterface.GetAllNetworkInterfaces().Single(i => i.Name == port.Name)).GetPhysicalAddress().GetAddressBytes();
        LinkLocal = new(BinaryPrimitives.ReadUInt128BigEndian([0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(Mac[0] ^ 2), Mac[1], Mac[2], 0xff, 0xfe, Mac[3], Mac[4], Mac[5]]));
        Packets = Speak(config, Ip4.Parse(port.Ip4.ToString()));
        _socket = new PacketSocket(port, Packets.EtherType);
    }

    public Port Port { get; }

    public OspfSpeakerConfig Config { get; }

    public uint Speaker { get; }

    public byte[] Mac { get; }

    public Ip6 LinkLocal { get; }

    public OspfPackets Packets { get; }

    /// <summary>Acknowledges at once what comes while it waits for something.</summary>
    public bool IsAcknowledging { get; set; } = true;

    public void Dispose() => _socket.Dispose();

    /// <summary>The packets of another router behind the same port.</summary>
    public OspfPackets Speak(OspfSpeakerConfig config, Ip4 address) => config.Version == 2
        ? new Ospf2Packets(config, Mac, address, new(0xffffff00))
        : new Ospf3Packets(config, Mac, LinkLocal, Prefix.Of(new Ip6(Ip6.Parse(Port.Ip6.ToString()).Value >> 64 << 64), 64), 1);

    public void SendFrame(byte[] frame) => _socket.Send(frame);

    public void Send(byte[] packet) => SendFrame(Packets.ToGroup(packet, isToDesignated: false));

    /// <summary>Sends octets as a packet with a good checksum, whatever is in them.</summary>
    public void SendRaw(ReadOnlySpan<byte> packet)
    {
        var octets = packet.ToArray();
        if (Config.Version == 2 && octets.Length >= 14)
        {
            octets.AsSpan(12, 2).Clear();
            var length = BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(2));
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(12), Checksum.Of(SumKind.OspfV2, octets.AsSpan(0, Math.Min(length, octets.Length)), 12, WireFacts.Default)!.Value);
        }

        if (Config.Version == 3 && octets.Length < 14)
            SendFrame(Frames.OspfV3(Mac, Frames.GroupOf(Ip6.Parse("ff02::5")), LinkLocal, Ip6.Parse("ff02::5"), octets));
        else
            Send(octets);
    }

    public HelloInfo Hello(byte priority = 0, uint designated = 0, uint backup = 0) =>
        new(Config.HelloInterval, Config.DeadInterval, priority, designated, backup, 1, [Speaker]);

    /// <summary>Waits for a packet that is looked for; others are thrown away.</summary>
    /// <param name="isIt">Whether it is that one.</param>
    /// <param name="ask">Asks for it, at once and every second, since a socket that overflows loses frames.</param>
    public async Task<OspfIncoming> UntilAsync(Func<OspfIncoming, bool> isIt, Action? ask = null)
    {
        var clock = Stopwatch.StartNew();
        for (var asked = -1; clock.Elapsed < Patience;)
        {
            if (asked < (int)clock.Elapsed.TotalSeconds)
            {
                ask?.Invoke();
                asked = (int)clock.Elapsed.TotalSeconds;
            }

            if (Next() is not { } packet)
                await Task.Delay(1);
            else if (isIt(packet))
                return packet;
        }

        throw new TimeoutException("the packet that the test waits for did not come");
    }

    /// <summary>A packet that is there already.</summary>
    public OspfIncoming? Next()
    {
        while (_socket.Read(_frame) is var length && length >= 0)
        {
            if (Packets.Read(_frame.AsSpan(0, length)) is not { } packet || packet.Router != Speaker)
                continue;
            if (IsAcknowledging && packet.Lsas is { Count: > 0 } lsas)
                Send(Packets.Ack(lsas.Select(l => l[..LsaOctets.HeaderLength])));
            return packet;
        }

        return null;
    }

    /// <summary>Says hello until the speaker opens an exchange.</summary>
    public async Task<OspfIncoming> OpenedAsync()
    {
        Send(Packets.Hello(Hello()));
        return await UntilAsync(p => p.Description is { Flags: 7 });
    }

    /// <summary>The whole way up, as the slave with an empty database.</summary>
    public async Task BecomeFullAsync(IReadOnlyList<byte[]>? headers = null)
    {
        var description = (await OpenedAsync()).Description!;
        Send(Packets.Description(0, description.Sequence, headers ?? []));
        while (true)
        {
            description = (await UntilAsync(p => p.Description is { } d && (d.Flags & DescriptionInfo.First) == 0 && d.Sequence != description.Sequence)).Description!;
            Send(Packets.Description(0, description.Sequence, []));
            if ((description.Flags & DescriptionInfo.More) == 0)
                return;
        }
    }
}
