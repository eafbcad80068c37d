namespace OpenConfirm.Wire;

/// <summary>A list of elements and what can be done to it.</summary>
/// <param name="elements">The list itself.</param>
/// <param name="choice">What it can hold.</param>
public readonly struct ElementList<T>(List<T> elements, IChoice<T> choice)
    where T : class, IWire
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<T> Elements => elements;

    /// <summary>Names of the kinds that it can hold.</summary>
    public IReadOnlyList<string> Kinds => choice.Names;

    /// <summary>Leaves one out.</summary>
    public void Remove(int at) => elements.RemoveAt(at);

    /// <summary>Has one twice, a copy behind it.</summary>
    public void Repeat(int at) => elements.Insert(at + 1, Copier.Copy(elements[at], choice));

    /// <summary>Puts one to another place: the one that it has when it was taken out.</summary>
    public void Move(int from, int to)
    {
        var element = elements[from];
        elements.RemoveAt(from);
        elements.Insert(to, element);
    }

    /// <summary>Puts in an empty one.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public void Insert(int at, string kind) =>
        elements.Insert(at, choice.Named(kind) ?? throw new ArgumentException($"'{kind}' is none of {string.Join(", ", Kinds)}", nameof(kind)));

    /// <summary>Puts in a copy of one from elsewhere.</summary>
    /// <exception cref="ArgumentException">It was made for a list that holds something else.</exception>
    public void Graft(int at, T element)
    {
        if (!choice.Holds(element))
            throw new ArgumentException($"{element.GetType().Name} cannot be held here", nameof(element));
        elements.Insert(at, Copier.Copy(element, choice));
    }
}
