namespace OpenConfirm.Wire;

/// <summary>Where a field stands in an encoded message.</summary>
/// <param name="Group">The elements that hold it ("Path Attributes[1]."), or nothing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Its first octet, from 0.</param>
/// <param name="Length">Its octets. Bits that share octets with others have all of these.</param>
/// <param name="Kind">What it means.</param>
public readonly record struct WireField(string Group, string Name, int Offset, int Length, FieldKind Kind)
{
    /// <summary>"Path Attributes[1].Flags".</summary>
    public string Path => Group + Name;
}
