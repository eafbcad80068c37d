using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OpenConfirm.Wire;

/// <summary>An IPv4 address, or an identifier of four octets that is written like one (router, area, originator).</summary>
/// <param name="Value">The address; its first octet is the highest.</param>
public readonly record struct Ip4(uint Value)
{
    /// <summary>Reads "192.0.2.1".</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static Ip4 Parse(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3
            ? new(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()))
            : throw new FormatException($"'{text}' is no IPv4 address");

    /// <inheritdoc/>
    public override string ToString() => $"{Value >> 24}.{Value >> 16 & 0xff}.{Value >> 8 & 0xff}.{Value & 0xff}";
}

/// <summary>An IPv6 address.</summary>
/// <param name="Value">The address; its first octet is the highest.</param>
public readonly record struct Ip6(UInt128 Value)
{
    /// <summary>Reads "2001:db8::1".</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static Ip6 Parse(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !text.Contains('%', StringComparison.Ordinal)
            ? new(BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes()))
            : throw new FormatException($"'{text}' is no IPv6 address");

    /// <summary>Its sixteen octets.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => new IPAddress(ToBytes()).ToString();
}
