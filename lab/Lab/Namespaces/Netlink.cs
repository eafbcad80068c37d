using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// Route netlink (rtnetlink(7)): interfaces, addresses and routes of the namespace in which it was made. Numbers are in the
/// byte order of the machine.
/// </summary>
internal sealed class Netlink : IDisposable
{
    private const int NewLink = 16;
    private const int SetLink = 19;
    private const int NewAddress = 20;
    private const int NewRoute = 24;
    private const int GetRoute = 26;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const ushort Create = 0x400;
    private const ushort Exclusive = 0x200;
    private const ushort Nested = 0x8000;
    private const int HeaderLength = 16;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly Descriptor _socket;
    private int _sequence;

    public Netlink()
    {
        const int AddressFamilyNetlink = 16, Raw = 3, RouteProtocol = 0;
        _socket = Libc.OpenSocket(AddressFamilyNetlink, Raw | Libc.CloseOnExec, RouteProtocol);
        if (_socket.IsInvalid)
            throw new LabException(Libc.Error("a netlink socket"));
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Makes two interfaces that are the ends of one cable, each in a namespace.</summary>
    public void MakeVeth(string name, Descriptor space, string peer, Descriptor peerSpace)
    {
        const ushort PeerInfo = 1, SpaceDescriptor = 28;
        var message = new Message(NewLink, Create | Exclusive);
        message.InterfaceHeader(0, 0, 0);
        message.Name(name);
        message.Number(SpaceDescriptor, space.Number);
        using (message.Nest(18))
        {
            message.Text(1, "veth");
            using (message.Nest(2))
            using (message.Nest(PeerInfo))
            {
                message.InterfaceHeader(0, 0, 0);
                message.Name(peer);
                message.Number(SpaceDescriptor, peerSpace.Number);
            }
        }

        Do(message, $"making the link {name} - {peer}");
    }

    /// <summary>Makes a bridge, which is up.</summary>
    public void MakeBridge(string name)
    {
        var message = new Message(NewLink, Create | Exclusive);
        message.InterfaceHeader(0, 1, 1);
        message.Name(name);
        using (message.Nest(18))
        {
            message.Text(1, "bridge");
            using (message.Nest(2))
            {
                // Frames of IS-IS go to 01:80:c2:00:00:14 and 15, which no group mask holds back; snooping of multicast could.
                message.Octets(23, [0]);
            }
        }

        Do(message, $"making the bridge {name}");
    }

    /// <summary>Puts an interface into a bridge.</summary>
    public void SetMaster(string name, string bridge)
    {
        var message = new Message(SetLink, 0);
        message.InterfaceHeader(Index(name), 1, 1);
        message.Number(10, Index(bridge));
        Do(message, $"putting {name} into {bridge}");
    }

    /// <summary>Switches an interface on or off.</summary>
    public void SetUp(string name, bool isUp)
    {
        var message = new Message(SetLink, 0);
        message.InterfaceHeader(Index(name), isUp ? 1u : 0, 1);
        Do(message, $"switching {name} {(isUp ? "on" : "off")}");
    }

    /// <summary>Sets the largest packet of an interface.</summary>
    public void SetMtu(string name, int mtu)
    {
        var message = new Message(SetLink, 0);
        message.InterfaceHeader(Index(name), 0, 0);
        message.Number(4, mtu);
        Do(message, $"setting the MTU of {name} to {mtu}");
    }

    /// <summary>Gives an interface an address, with the length of its network.</summary>
    public void AddAddress(string name, IPAddress address, int length)
    {
        const ushort Flags = 8;
        const int NoDuplicateDetection = 2;
        var octets = address.GetAddressBytes();
        var message = new Message(NewAddress, Create | Exclusive);
        message.Raw([Family(address), (byte)length, 0, 0]);
        message.Raw(Index(name));
        message.Octets(2, octets);
        message.Octets(1, octets);
        if (octets.Length == 16)
            message.Number(Flags, NoDuplicateDetection);
        Do(message, $"giving {name} the address {address}/{length}");
    }

    /// <summary>Adds a route by a gateway.</summary>
    public void AddRoute(IPNetwork to, IPAddress gateway)
    {
        const byte MainTable = 254, Static = 4, Universe = 0, Unicast = 1;
        var message = new Message(NewRoute, Create | Exclusive);
        message.Raw([Family(gateway), (byte)to.PrefixLength, 0, 0, MainTable, Static, Universe, Unicast, 0, 0, 0, 0]);
        message.Octets(1, to.BaseAddress.GetAddressBytes());
        message.Octets(5, gateway.GetAddressBytes());
        Do(message, $"adding a route to {to} by {gateway}");
    }

    /// <summary>All routes of the main table that go somewhere.</summary>
    /// <exception cref="LabException">The kernel refuses, or the table changes faster than it can be read.</exception>
    public IReadOnlyList<KernelRoute> Routes() => [.. RoutesOf(2), .. RoutesOf(10)];

    private List<KernelRoute> RoutesOf(byte family)
    {
        const int Tries = 20;
        var what = $"reading the routes of IPv{(family == 2 ? 4 : 6)}";
        for (var i = 0; i < Tries; i++)
        {
            // One that was interrupted by a change may lack routes, or have some twice (linux/netlink.h, NLM_F_DUMP_INTR).
            var routes = new List<KernelRoute>();
            var message = new Message(GetRoute, Dump);
            message.Raw([family, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            var answer = Ask(message, what, body =>
            {
                if (RouteOf(body) is { } route)
                    routes.Add(route);
            });
            if (!answer.IsInterrupted)
                return routes;
        }

        throw new LabException($"{what}: the table changed during each of {Tries} readings");
    }

    private static KernelRoute? RouteOf(ReadOnlySpan<byte> body)
    {
        const byte MainTable = 254, Unicast = 1;
        const uint IsCached = 0x200;
        if (body.Length < 12 || body[4] != MainTable || body[7] != Unicast || (BitConverter.ToUInt32(body[8..]) & IsCached) != 0)
            return null;
        var size = body[0] == 2 ? 4 : 16;
        var (length, protocol, metric) = (body[1], body[5], 0u);
        var destination = new IPAddress(new byte[size]);
        IPAddress? gateway = null;
        for (var rest = body[12..]; rest.Length >= 4;)
        {
            var attribute = BitConverter.ToUInt16(rest);
            if (attribute < 4 || attribute > rest.Length)
                break;
            var value = rest[4..attribute];
            switch (BitConverter.ToUInt16(rest[2..]))
            {
                case 1:
                    destination = new(value);
                    break;
                case 5:
                    gateway = new(value);
                    break;
                case 6:
                    metric = BitConverter.ToUInt32(value);
                    break;
                case 18 when value.Length > 4: // RTA_VIA: a gateway of the other family
                    gateway = new(value[2..]);
                    break;
            }

            rest = rest[Math.Min(rest.Length, attribute + 3 & ~3)..];
        }

        return new(new IPNetwork(destination, length), gateway, protocol, metric);
    }

    private static byte Family(IPAddress address) => (byte)(address.GetAddressBytes().Length == 4 ? 2 : 10);

    private static int Index(string name) => Libc.InterfaceIndex(name) is var index and not 0 ? (int)index : throw new LabException($"there is no interface {name}");

    private void Do(Message message, string what)
    {
        message.Flags |= Acknowledge;
        Ask(message, what, _ => { });
    }

    /// <summary>Asks, and reads all that the kernel answers.</summary>
    private NetlinkAnswer Ask(Message message, string what, NetlinkAnswer.Body body)
    {
        var answer = new NetlinkAnswer(what, Send(message, what));
        while (!answer.IsComplete)
            answer.Take(Receive(what), body);
        return answer;
    }

    private unsafe int Send(Message message, string what)
    {
        var octets = message.Finish(++_sequence);
        fixed (byte* start = octets)
        {
            if (Libc.Send(_socket, start, (nuint)octets.Length, 0) < 0)
                throw new LabException(Libc.Error($"{what}: asking the kernel"));
        }

        return _sequence;
    }

    /// <summary>Reads one datagram of answers.</summary>
    private unsafe ReadOnlySpan<byte> Receive(string what)
    {
        const int Truncate = 0x20, Interrupted = 4, NoBuffers = 105;
        nint count;
        do
        {
            fixed (byte* start = _buffer)
                count = Libc.Receive(_socket, start, (nuint)_buffer.Length, Truncate);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (count < 0 && Marshal.GetLastPInvokeError() == NoBuffers)
            throw new LabException($"{what}: the kernel had more to say than there was room for, and dropped some of it");
        if (count < 0)
            throw new LabException(Libc.Error($"{what}: hearing the kernel"));
        return count <= _buffer.Length
            ? _buffer.AsSpan(0, (int)count)
            : throw new LabException($"{what}: an answer of {count} octets, and there is room for {_buffer.Length}");
    }

    /// <summary>A request under construction: header, then fields and attributes, each at a multiple of four octets.</summary>
    private sealed class Message(ushort type, ushort flags)
    {
        private readonly List<byte> _octets = [.. new byte[HeaderLength]];

        public ushort Flags { get; set; } = (ushort)(flags | Request);

        public void InterfaceHeader(int index, uint flags, uint change)
        {
            Raw([0, 0, 0, 0]);
            Raw(index);
            Raw((int)flags);
            Raw((int)change);
        }

        public void Raw(ReadOnlySpan<byte> octets) => _octets.AddRange(octets);

        public void Raw(int number) => _octets.AddRange(BitConverter.GetBytes(number));

        public void Name(string name) => Text(3, name);

        public void Text(ushort attribute, string text) => Octets(attribute, [.. Encoding.UTF8.GetBytes(text), 0]);

        public void Number(ushort attribute, int number) => Octets(attribute, BitConverter.GetBytes(number));

        public void Octets(ushort attribute, ReadOnlySpan<byte> value)
        {
            _octets.AddRange(BitConverter.GetBytes((ushort)(value.Length + 4)));
            _octets.AddRange(BitConverter.GetBytes(attribute));
            _octets.AddRange(value);
            while (_octets.Count % 4 != 0)
                _octets.Add(0);
        }

        public Nesting Nest(ushort attribute)
        {
            var start = _octets.Count;
            Octets((ushort)(attribute | Nested), []);
            return new(_octets, start);
        }

        public byte[] Finish(int sequence)
        {
            byte[] header = [.. BitConverter.GetBytes(_octets.Count), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(Flags), .. BitConverter.GetBytes(sequence), 0, 0, 0, 0];
            return [.. header, .. _octets.Skip(HeaderLength)];
        }

        [StructLayout(LayoutKind.Auto)]
        public readonly struct Nesting(List<byte> octets, int start) : IDisposable
        {
            public void Dispose()
            {
                var length = BitConverter.GetBytes((ushort)(octets.Count - start));
                (octets[start], octets[start + 1]) = (length[0], length[1]);
            }
        }
    }
}
