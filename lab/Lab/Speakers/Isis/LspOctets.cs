using System.Buffers.Binary;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <summary>The header of an LSP as octets (ISO 10589 section 9.8).</summary>
internal static class LspOctets
{
    public const int HeaderLength = 27;

    /// <summary>System, pseudonode and fragment as one number, which sorts as the octets do.</summary>
    public static ulong IdOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt64BigEndian(lsp[12..]);

    public static ushort LengthOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[8..]);

    /// <summary>The header is there, and the length that it says.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> lsp) => lsp.Length >= HeaderLength && LengthOf(lsp) is var length && length >= HeaderLength && length <= lsp.Length;

    public static ushort LifetimeOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[10..]);

    public static uint SequenceOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt32BigEndian(lsp[20..]);

    public static ushort ChecksumOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[24..]);

    public static byte[] Id(ulong id)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, id);
        return octets;
    }
}
