namespace OpenConfirm.Wire;

/// <summary>The choice of a list whose elements are all of one kind.</summary>
/// <param name="kind">The kind's name in text.</param>
public sealed class Sole<T>(string kind) : IChoice<T>
    where T : class, IWire, new()
{
    /// <inheritdoc/>
    public T Next(ReadOnlySpan<byte> ahead, WireFacts facts) => new();

    /// <inheritdoc/>
    public T? Named(string name) => name == kind ? new() : null;

    /// <inheritdoc/>
    public string NameOf(T element) => kind;
}
