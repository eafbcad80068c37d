namespace OpenConfirm.Wire;

/// <summary>
/// A message or a part of one. Its <see cref="Walk"/> names its fields in the order of the wire to a visitor, and that one
/// definition reads, writes, prints, parses, mutates and describes it.
/// </summary>
public interface IWire
{
    /// <summary>Shows each field to the visitor and takes back what it answers: a reader answers what it read.</summary>
    void Walk<TVisitor>(ref TVisitor v)
        where TVisitor : struct, IVisitor, allows ref struct;
}
