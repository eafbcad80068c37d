namespace OpenConfirm.Wire;

/// <summary>A field or a list of a message, as one who changes it sees it.</summary>
/// <param name="Index">Its place in the order of the walk, from 0.</param>
/// <param name="Path">The elements that hold it and its name ("Path Attributes[1].Flags").</param>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Of what form it is.</param>
/// <param name="Kind">What it means.</param>
/// <param name="Width">Bits of its number, or of each of its numbers; of prefixes those of an address; 0 where there are none.</param>
/// <param name="Element">Type of the element that holds it; null where that is not known.</param>
public sealed record Leaf(int Index, string Path, string Name, FieldShape Shape, FieldKind Kind, int Width, Type? Element)
{
    /// <summary>The largest number that it can have.</summary>
    public ulong Most => Width >= 64 ? ulong.MaxValue : (1UL << Width) - 1;

    /// <summary>Values that mean something, or bits; none where no registry is known.</summary>
    public IReadOnlyList<NamedValue> Values => FieldNames.Of(Element, Name, Shape == FieldShape.Tag)?.Values ?? [];
}
