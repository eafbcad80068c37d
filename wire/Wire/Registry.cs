namespace OpenConfirm.Wire;

/// <summary>Makes the element that a list goes on with.</summary>
public interface IChoice<T>
    where T : class, IWire
{
    /// <summary>An empty element of the kind that these octets begin. It must be able to carry anything that is unknown.</summary>
    T Next(ReadOnlySpan<byte> ahead, WireFacts facts);

    /// <summary>An empty element by the name of its kind; null when there is none.</summary>
    T? Named(string name);

    /// <summary>An empty element of the kind that carries what is not known; null when there is none.</summary>
    T? Unknown() => null;

    /// <summary>Name of an element's kind.</summary>
    string NameOf(T element);

    /// <summary>Names of all kinds.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether it could have made an element: one that was made for another list may be none for this one.</summary>
    bool Holds(T element) => true;
}

/// <summary>One kind of element.</summary>
/// <param name="Code">Its number on the wire.</param>
/// <param name="Name">Its name, in the words of its standard, without blanks.</param>
/// <param name="Standard">Document and section that define it.</param>
/// <param name="Create">Makes an empty one.</param>
public sealed record Kind<T>(int Code, string Name, string Standard, Func<T> Create);

/// <summary>The kinds of elements that one list can hold, by their numbers. What is registered here is tested.</summary>
public sealed class Registry<T> : IChoice<T>, IKinds
    where T : class, IWire
{
    private readonly Dictionary<int, Kind<T>> _byCode = [];
    private readonly Dictionary<string, Kind<T>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, Kind<T>> _byType = [];
    private readonly CodeOf _codeOf;
    private readonly Kind<T> _unknown;

    /// <summary>Makes one.</summary>
    /// <param name="name">What its elements are ("path attribute").</param>
    /// <param name="codeOf">Reads the number from the first octets of an element; -1 when they are too few.</param>
    /// <param name="unknown">The kind that carries what is not known.</param>
    /// <param name="kinds">The kinds that are known.</param>
    public Registry(string name, CodeOf codeOf, Kind<T> unknown, params ReadOnlySpan<Kind<T>> kinds)
    {
        Name = name;
        _codeOf = codeOf;
        _unknown = unknown;
        foreach (var kind in kinds)
        {
            _byCode.Add(kind.Code, kind);
            Add(kind);
        }

        Add(unknown);
    }

    /// <summary>Reads a number from the first octets of an element.</summary>
    public delegate int CodeOf(ReadOnlySpan<byte> ahead, WireFacts facts);

    /// <summary>What the elements are.</summary>
    public string Name { get; }

    /// <summary>Whether elements of its kinds were made for it, where the kinds alone do not say.</summary>
    public Func<T, bool>? Accepts { get; init; }

    /// <summary>All that is known, by number.</summary>
    public IEnumerable<Kind<T>> Kinds => _byCode.Values.OrderBy(k => k.Code);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. _byName.Keys];

    /// <inheritdoc/>
    public IEnumerable<Element> Elements => Kinds.Append(_unknown).Select(k => new Element(Name, k.Code, k.Name, k.Standard, k.Create));

    /// <inheritdoc/>
    public bool Holds(T element) => _byType.ContainsKey(element.GetType()) && Accepts?.Invoke(element) != false;

    /// <inheritdoc/>
    public T Next(ReadOnlySpan<byte> ahead, WireFacts facts) =>
        (_byCode.TryGetValue(_codeOf(ahead, facts), out var kind) ? kind : _unknown).Create();

    /// <inheritdoc/>
    public T? Named(string name) => _byName.TryGetValue(name, out var kind) ? kind.Create() : null;

    /// <inheritdoc/>
    public T? Unknown() => _unknown.Create();

    /// <summary>The same kinds, of which some are made in another way.</summary>
    public Registry<T> With(params IEnumerable<(int Code, Func<T> Create)> others)
    {
        var creates = others.ToDictionary(o => o.Code, o => o.Create);
        return new(Name, _codeOf, _unknown, [.. Kinds.Select(k => creates.TryGetValue(k.Code, out var create) ? k with { Create = create } : k)]) { Accepts = Accepts };
    }

    /// <inheritdoc/>
    public string NameOf(T element) =>
        _byType.TryGetValue(element.GetType(), out var kind) ? kind.Name : throw new ArgumentException($"{element.GetType().Name} is not registered as {Name}", nameof(element));

    private void Add(Kind<T> kind)
    {
        _byName.Add(kind.Name, kind);
        _byType.Add(kind.Create().GetType(), kind);
    }
}
