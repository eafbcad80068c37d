namespace OpenConfirm.Wire;

/// <summary>The choice of a list whose elements are all of one kind.</summary>
/// <param name="kind">The kind's name in text.</param>
/// <param name="create">Makes an empty one, where what holds the list has a say in it.</param>
public sealed class Sole<T>(string kind, Func<T>? create = null) : IChoice<T>
    where T : class, IWire, new()
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [kind];

    /// <inheritdoc/>
    public T Next(ReadOnlySpan<byte> ahead, WireFacts facts) => create is null ? new() : create();

    /// <inheritdoc/>
    public T? Named(string name) => name == kind ? Next([], WireFacts.Default) : null;

    /// <inheritdoc/>
    public string NameOf(T element) => kind;
}
