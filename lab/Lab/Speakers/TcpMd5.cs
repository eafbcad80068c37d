using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Speakers;

/// <summary>TCP's MD5 signature option (RFC 2385; tcp(7), TCP_MD5SIG).</summary>
internal static class TcpMd5
{
    private const int Tcp = 6;
    private const int Option = 14;
    private const int AddressRoom = 128;
    private const int LongestKey = 80;

    /// <summary>Sets the key for segments from and to an address; before connecting or listening.</summary>
    public static unsafe void Set(Socket socket, IPAddress peer, string password)
    {
        // struct tcp_md5sig: address, flags, prefix length, length of the key, interface, key.
        var key = Encoding.UTF8.GetBytes(password);
        if (key.Length > LongestKey)
            throw new ArgumentException($"a key of TCP has at most {LongestKey} octets", nameof(password));
        Span<byte> option = stackalloc byte[AddressRoom + 8 + LongestKey];
        option.Clear();
        var endpoint = new IPEndPoint(peer, 0).Serialize();
        endpoint.Buffer.Span[..endpoint.Size].CopyTo(option);
        BitConverter.TryWriteBytes(option[(AddressRoom + 2)..], (ushort)key.Length);
        key.CopyTo(option[(AddressRoom + 8)..]);
        fixed (byte* start = option)
        {
            if (Libc.SetSocketOption(socket.SafeHandle, Tcp, Option, start, (uint)option.Length) != 0)
                throw new LabException(Libc.Error("TCP_MD5SIG: this kernel may lack it"));
        }
    }
}
