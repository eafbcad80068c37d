using System.Buffers.Binary;

namespace OpenConfirm.Wire;

/// <summary>Where a field stands in an encoded message.</summary>
/// <param name="Group">The elements that hold it ("Path Attributes[1]."), or nothing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its first octet, from 0.</param>
/// <param name="Length">Its octets. Bits that share octets with others have all of these.</param>
/// <param name="Kind">What it means.</param>
public readonly record struct WireField(string Group, string Name, int Offset, int Length, FieldKind Kind)
{
    /// <summary>Of what form it is.</summary>
    public FieldShape Shape { get; init; }

    /// <summary>Bits of its number; 0 where it is none.</summary>
    public int Width { get; init; }

    /// <summary>Bits of its last octet that are behind it and not its own.</summary>
    public int Shift { get; init; }

    /// <summary>First octet of what a length counts behind itself, or a checksum sums up.</summary>
    public int Start { get; init; }

    /// <summary>The octet behind that.</summary>
    public int End { get; init; }

    /// <summary>What a checksum sums up, and how; null where the message holds a wrong one, which is to stay.</summary>
    public SumKind? Sum { get; init; }

    /// <summary>What a digest covers, and how it is made; null where the message holds one of its own.</summary>
    public DigestKind? Digest { get; init; }

    /// <summary>Type of the element that holds it; null where it was not written as part of one.</summary>
    public Type? Element { get; init; }

    /// <summary>"Path Attributes[1].Flags".</summary>
    public string Path => Group + Name;

    /// <summary>Whether it has a number.</summary>
    public bool IsNumber => Width > 0;

    /// <summary>The largest number that it can have.</summary>
    public ulong Most => Width == 64 ? ulong.MaxValue : (1UL << Width) - 1;

    /// <summary>Its number.</summary>
    public ulong Read(ReadOnlySpan<byte> message) => Whole(message.Slice(Offset, Length)) >> Shift & Most;

    /// <summary>Sets its number, and nothing else; what is beyond its width is cut off.</summary>
    public void Write(Span<byte> message, ulong value)
    {
        var octets = message.Slice(Offset, Length);
        var whole = (Whole(octets) & ~(Most << Shift)) | (value & Most) << Shift;
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(all, whole);
        all[^Length..].CopyTo(octets);
    }

    private static ulong Whole(ReadOnlySpan<byte> octets)
    {
        var whole = 0UL;
        foreach (var octet in octets)
            whole = whole << 8 | octet;
        return whole;
    }
}
