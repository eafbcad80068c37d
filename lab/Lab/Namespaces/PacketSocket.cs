using System.Buffers.Binary;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>A socket that gets and sends whole frames of one port (packet(7)). Reading and sending never wait.</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int PacketFamily = 17;
    private const int RawFrames = 3;
    private const int NonBlocking = 0x800;

    /// <summary>Opens one.</summary>
    /// <param name="port">The port.</param>
    /// <param name="protocol">EtherType; 3 for all frames, also those that go out; 4 for frames of IEEE 802.2.</param>
    /// <param name="groups">Group addresses whose frames it takes as well.</param>
    public PacketSocket(Port port, ushort protocol, params IReadOnlyList<byte[]> groups) =>
        Descriptor = port.Node.Run(() => Open(port, protocol, groups));

    public int Descriptor { get; }

    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>Reads one frame.</summary>
    /// <returns>Its octets; -1 when there is none.</returns>
    public unsafe int Read(Span<byte> to)
    {
        fixed (byte* start = to)
            return (int)Libc.Receive(Descriptor, start, (nuint)to.Length, 0);
    }

    /// <summary>Sends one frame, header and all.</summary>
    /// <returns>False when there is no room for it, or the port is down.</returns>
    public unsafe bool Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
            return Libc.Send(Descriptor, start, (nuint)frame.Length, 0) >= 0;
    }

    private static unsafe int Open(Port port, ushort protocol, IReadOnlyList<byte[]> groups)
    {
        var descriptor = Libc.Socket(PacketFamily, RawFrames | NonBlocking | Libc.CloseOnExec, BinaryPrimitives.ReverseEndianness(protocol));
        if (descriptor < 0)
            throw new LabException(Libc.Error($"a packet socket in {port.Node.Name}"));

        // struct sockaddr_ll: family, protocol, interface, and what only matters for sending.
        var index = (int)Libc.InterfaceIndex(port.Name);
        var address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = PacketFamily;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), protocol);
        *(int*)(address + 4) = index;
        if (Libc.BindSocket(descriptor, address, 20) != 0)
            throw new LabException(Libc.Error($"binding to {port.Name} in {port.Node.Name}"));

        var membership = stackalloc byte[16];
        const int PacketLevel = 263, AddMembership = 1, Multicast = 0;
        foreach (var group in groups)
        {
            // struct packet_mreq: interface, type, length of the address, address.
            new Span<byte>(membership, 16).Clear();
            *(int*)membership = index;
            *(ushort*)(membership + 4) = Multicast;
            *(ushort*)(membership + 6) = (ushort)group.Length;
            group.CopyTo(new Span<byte>(membership + 8, 8));
            if (Libc.SetSocketOption(descriptor, PacketLevel, AddMembership, membership, 16) != 0)
                throw new LabException(Libc.Error($"joining a group on {port.Name}"));
        }

        return descriptor;
    }
}
