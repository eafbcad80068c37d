using System.Buffers.Binary;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>A socket that gets and sends whole frames of one port (packet(7)). Reading and sending never wait.</summary>
internal sealed class PacketSocket : IDisposable
{
    private const int PacketFamily = 17;
    private const int RawFrames = 3;
    private const int NonBlocking = 0x800;
    private const int PacketLevel = 263;

    private readonly Descriptor _descriptor;

    /// <summary>Opens one.</summary>
    /// <param name="port">The port.</param>
    /// <param name="protocol">EtherType; 3 for all frames, also those that go out; 4 for frames of IEEE 802.2.</param>
    /// <param name="groups">Group addresses whose frames it takes as well.</param>
    public PacketSocket(Port port, ushort protocol, params IReadOnlyList<byte[]> groups) =>
        _descriptor = port.Node.Run(() => Open(port, protocol, groups));

    /// <summary>Its number, for poll(2); -1 when it is closed.</summary>
    public int Descriptor => _descriptor.IsClosed ? -1 : _descriptor.Number;

    /// <summary>Closes it.</summary>
    public void Dispose() => _descriptor.Dispose();

    /// <summary>Reads one frame.</summary>
    /// <returns>Its octets; -1 when there is none.</returns>
    public unsafe int Read(Span<byte> to)
    {
        fixed (byte* start = to)
            return (int)Libc.Receive(_descriptor, start, (nuint)to.Length, 0);
    }

    /// <summary>Sends one frame, header and all.</summary>
    /// <returns>False when there is no room for it, or the port is down.</returns>
    public unsafe bool Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* start = frame)
            return Libc.Send(_descriptor, start, (nuint)frame.Length, 0) >= 0;
    }

    /// <summary>Frames that the kernel had no room for since this was asked last (packet(7), PACKET_STATISTICS).</summary>
    public unsafe long TakeLost()
    {
        // struct tpacket_stats: frames, dropped frames; reading sets both to zero.
        const int Statistics = 6;
        var counts = stackalloc uint[2];
        uint length = 8;
        return Libc.GetSocketOption(_descriptor, PacketLevel, Statistics, counts, &length) == 0
            ? counts[1]
            : throw new LabException(Libc.Error("PACKET_STATISTICS"));
    }

    /// <summary>Asks for room for so many octets of frames; the kernel gives a plain user less.</summary>
    public unsafe void AskForRoom(int octets)
    {
        const int SocketLevel = 1, ReceiveBuffer = 8, ReceiveBufferForce = 33;
        if (Libc.SetSocketOption(_descriptor, SocketLevel, ReceiveBufferForce, &octets, sizeof(int)) != 0)
            _ = Libc.SetSocketOption(_descriptor, SocketLevel, ReceiveBuffer, &octets, sizeof(int));
    }

    /// <summary>From now on nothing more comes; what has come can still be read. (A filter that lets nothing pass.)</summary>
    public unsafe void TakeNoMore()
    {
        // struct sock_fprog: number of instructions, where they are; the one is "return 0".
        const int SocketLevel = 1, AttachFilter = 26;
        const ulong ReturnZero = 6;
        var instruction = ReturnZero;
        var program = stackalloc ulong[] { 1, (ulong)&instruction };
        if (Libc.SetSocketOption(_descriptor, SocketLevel, AttachFilter, program, 16) != 0)
            throw new LabException(Libc.Error("SO_ATTACH_FILTER"));
    }

    private static Descriptor Open(Port port, ushort protocol, IReadOnlyList<byte[]> groups)
    {
        var descriptor = Libc.OpenSocket(PacketFamily, RawFrames | NonBlocking | Libc.CloseOnExec, BinaryPrimitives.ReverseEndianness(protocol));
        try
        {
            if (descriptor.IsInvalid)
                throw new LabException(Libc.Error($"a packet socket in {port.Node.Name}"));
            var index = (int)Libc.InterfaceIndex(port.Name);
            Bind(descriptor, port, protocol, index);
            foreach (var group in groups)
                Join(descriptor, port, index, group);
            return descriptor;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static unsafe void Bind(Descriptor descriptor, Port port, ushort protocol, int index)
    {
        // struct sockaddr_ll: family, protocol, interface, and what only matters for sending.
        var address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = PacketFamily;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), protocol);
        *(int*)(address + 4) = index;
        if (Libc.BindSocket(descriptor, address, 20) != 0)
            throw new LabException(Libc.Error($"binding to {port.Name} in {port.Node.Name}"));
    }

    private static unsafe void Join(Descriptor descriptor, Port port, int index, byte[] group)
    {
        // struct packet_mreq: interface, type, length of the address, address.
        const int AddMembership = 1, Multicast = 0;
        var membership = stackalloc byte[16];
        new Span<byte>(membership, 16).Clear();
        *(int*)membership = index;
        *(ushort*)(membership + 4) = Multicast;
        *(ushort*)(membership + 6) = (ushort)group.Length;
        group.CopyTo(new Span<byte>(membership + 8, 8));
        if (Libc.SetSocketOption(descriptor, PacketLevel, AddMembership, membership, 16) != 0)
            throw new LabException(Libc.Error($"joining a group on {port.Name}"));
    }
}
