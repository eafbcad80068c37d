using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.NetworkInformation;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Lab.Speakers.Isis;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Isis;

namespace OpenConfirm.Lab.Tests;

/// <summary>A PDU that has come to a puppet.</summary>
internal sealed record IsisIncoming(IsisPdu Pdu, byte[] Octets)
{
    public IEnumerable<LspEntries.Entry> Entries => Pdu.Tlvs.OfType<LspEntries>().SelectMany(t => t.Entries);

    public ulong Id => Pdu is LinkState ? LspOctets.IdOf(Octets) : 0;
}

/// <summary>An IS-IS system without a will of its own, of level 2: a test says each PDU, and reads what comes back.</summary>
internal sealed class IsisPuppet : IDisposable
{
    private static readonly byte[] Level2 = [0x01, 0x80, 0xc2, 0, 0, 0x15];
    private static readonly byte[] All = [0x09, 0, 0x2b, 0, 0, 0x05];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PacketSocket _socket;
    private readonly byte[] _frame = new byte[1 << 16];
    private readonly byte[] _speakerMac;
    private readonly bool _isPointToPoint;

    public IsisPuppet(Port port, Port speaker, bool isPointToPoint)
    {
        (_isPointToPoint, Mac, _speakerMac) = (isPointToPoint, MacOf(port), MacOf(speaker));
        _socket = new PacketSocket(port, 4, Level2, All);

        static byte[] MacOf(Port port) =>
            port.Node.Run(() => NetworkInterface.GetAllNetworkInterfaces().Single(i => i.Name == port.Name)).GetPhysicalAddress().GetAddressBytes();
    }

    public static byte[] Speaker { get; } = [0, 0, 0, 0, 0, 9];

    public static byte[] System { get; } = [0, 0, 0, 0, 0, 1];

    public byte[] Mac { get; }

    public void Dispose() => _socket.Dispose();

    public void Send(ReadOnlySpan<byte> pdu) => _socket.Send(Frames.IsIs(Mac, _isPointToPoint ? All : Level2, pdu));

    public void Send(IsisPdu pdu) => Send(WireWriter.Encode(pdu, WireFacts.Default));

    public IsisPdu Hello(byte priority = 0, byte[]? system = null, byte[]? lan = null) => _isPointToPoint
        ? new PointToPointHello
        {
            CircuitType = 2,
            Source = system ?? System,
            HoldingTime = 300,
            Tlvs = { new AreaAddresses { Areas = { new() { Value = [0x49, 0, 1] } } }, new ThreeWayAdjacency { State = 1, HasCircuit = true, Circuit = 1, HasNeighbor = true, Neighbor = Speaker, NeighborCircuit = 1 } },
        }
        : new LanHello
        {
            Type = 16,
            CircuitType = 2,
            Source = system ?? System,
            HoldingTime = 300,
            Priority = priority,
            Lan = lan ?? [.. system ?? System, 0],
            Tlvs = { new AreaAddresses { Areas = { new() { Value = [0x49, 0, 1] } } }, new LanNeighbors { Neighbors = [new() { Mac = _speakerMac }] } },
        };

    /// <summary>Says hello until the adjacency is up, which on a link between two the sequence numbers tell.</summary>
    public async Task BecomeUpAsync()
    {
        if (_isPointToPoint)
            await UntilAsync(p => p.Pdu is CompleteSequenceNumbers, () => Send(Hello()));
        else
            await UntilAsync(p => p.Pdu is LanHello hello && hello.Tlvs.OfType<LanNeighbors>().Any(n => n.Neighbors.Any(m => m.Mac.AsSpan().SequenceEqual(Mac))), () => Send(Hello()));
    }

    /// <summary>Waits for a PDU that is looked for; others are thrown away.</summary>
    /// <param name="isIt">Whether it is that one.</param>
    /// <param name="ask">Asks for it, at once and every second, since a socket that overflows loses frames.</param>
    public async Task<IsisIncoming> UntilAsync(Func<IsisIncoming, bool> isIt, Action? ask = null)
    {
        var clock = Stopwatch.StartNew();
        for (var asked = -1; clock.Elapsed < Patience;)
        {
            if (asked < (int)clock.Elapsed.TotalSeconds)
            {
                ask?.Invoke();
                asked = (int)clock.Elapsed.TotalSeconds;
            }

            if (Next() is not { } pdu)
                await Task.Delay(1);
            else if (isIt(pdu))
                return pdu;
        }

        throw new TimeoutException("the PDU that the test waits for did not come");
    }

    /// <summary>A PDU that is there already.</summary>
    public IsisIncoming? Next()
    {
        const int Headers = Frames.EthernetHeader + 3;
        if (_socket.Read(_frame) < Headers)
            return null;
        var octets = _frame.AsSpan(Headers, BinaryPrimitives.ReadUInt16BigEndian(_frame.AsSpan(12)) - 3);
        return new IsisIncoming(WireReader.Decode(octets, IsisPdu.Kinds, WireFacts.Default).Value, octets.ToArray());
    }

    /// <summary>An LSP with a good checksum, whatever is in it.</summary>
    public static byte[] Lsp(ulong id, uint sequence, byte[] tlvs, ushort lifetime = 1200)
    {
        byte[] lsp = [0x83, 27, 1, 0, 20, 1, 0, 0, 0, 0, 0, 0, .. LspOctets.Id(id), 0, 0, 0, 0, 0, 0, 3, .. tlvs];
        BinaryPrimitives.WriteUInt16BigEndian(lsp.AsSpan(8), (ushort)lsp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(lsp.AsSpan(10), lifetime);
        BinaryPrimitives.WriteUInt32BigEndian(lsp.AsSpan(20), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(lsp.AsSpan(24), Checksum.Of(SumKind.Fletcher, lsp.AsSpan(12), 12, WireFacts.Default)!.Value);
        return lsp;
    }

    /// <summary>Asks for LSPs by listing them as older than they can be.</summary>
    public static PartialSequenceNumbers Request(params IEnumerable<ulong> ids) => new()
    {
        Type = 27,
        Source = [.. System, 0],
        Tlvs = [.. ids.Chunk(15).Select(some => new LspEntries { Entries = [.. some.Select(id => new LspEntries.Entry { Id = LspOctets.Id(id), Lifetime = 1200, Sequence = 0 })] })],
    };
}
