namespace OpenConfirm.Wire;

/// <summary>A kind of element that is registered.</summary>
/// <param name="Registry">What it is ("path attribute").</param>
/// <param name="Code">Its number on the wire; -1 for what carries all that have no kind of their own.</param>
/// <param name="Name">Its name in text.</param>
/// <param name="Standard">Document and section that define it.</param>
/// <param name="Create">Makes an empty one.</param>
public sealed record Element(string Registry, int Code, string Name, string Standard, Func<IWire> Create);

/// <summary>A registry, whatever it holds.</summary>
public interface IKinds
{
    /// <summary>What its elements are.</summary>
    string Name { get; }

    /// <summary>Its elements, by number; last the one for all that have no kind of their own.</summary>
    IEnumerable<Element> Elements { get; }
}
