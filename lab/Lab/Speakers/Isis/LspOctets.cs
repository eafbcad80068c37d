using System.Buffers.Binary;
using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Isis;

/// <summary>The header of an LSP as octets (ISO 10589 section 9.8).</summary>
internal static class LspOctets
{
    public const int HeaderLength = 27;
    private const int SequenceAt = 20;
    private const int ChecksumAt = 24;
    private const int SummedFrom = 12;

    /// <summary>System, pseudonode and fragment as one number, which sorts as the octets do.</summary>
    public static ulong IdOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt64BigEndian(lsp[12..]);

    public static ushort LengthOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[8..]);

    /// <summary>The header is there, and the length that it says.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> lsp) => lsp.Length >= HeaderLength && LengthOf(lsp) is var length && length >= HeaderLength && length <= lsp.Length;

    public static ushort LifetimeOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[10..]);

    public static uint SequenceOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt32BigEndian(lsp[SequenceAt..]);

    public static ushort ChecksumOf(ReadOnlySpan<byte> lsp) => BinaryPrimitives.ReadUInt16BigEndian(lsp[ChecksumAt..]);

    /// <summary>From the identifier to the end; a purge may have any (ISO 10589 section 7.3.11).</summary>
    public static bool IsWrong(ReadOnlySpan<byte> lsp) => LifetimeOf(lsp) > 0 && RightChecksum(lsp) != ChecksumOf(lsp);

    /// <summary>Another instance of an LSP of ours.</summary>
    public static byte[] Renewed(ReadOnlySpan<byte> lsp, uint sequence)
    {
        var renewed = lsp.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(renewed.AsSpan(SequenceAt), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(renewed.AsSpan(ChecksumAt), RightChecksum(renewed));
        return renewed;
    }

    /// <summary>The end of an LSP: its header, with nothing left of its lifetime (ISO 10589 section 7.3.16.4).</summary>
    public static byte[] Purged(ReadOnlySpan<byte> lsp, uint sequence)
    {
        var end = lsp[..HeaderLength].ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(end.AsSpan(8), HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(end.AsSpan(10), 0);
        return Renewed(end, sequence);
    }

    public static byte[] Id(ulong id)
    {
        var octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, id);
        return octets;
    }

    private static ushort RightChecksum(ReadOnlySpan<byte> lsp) => Checksum.Of(SumKind.Fletcher, lsp[SummedFrom..], ChecksumAt - SummedFrom, WireFacts.Default)!.Value;
}
