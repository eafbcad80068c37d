using System.Collections;

namespace OpenConfirm.Wire;

/// <summary>The set of all families. Nobody can list it or compare it: it only answers whether a family is in it.</summary>
internal sealed class EveryFamily : IReadOnlySet<Family>
{
    public int Count => 0;

    public bool Contains(Family item) => true;

    public bool IsProperSubsetOf(IEnumerable<Family> other) => throw new NotSupportedException();

    public bool IsProperSupersetOf(IEnumerable<Family> other) => throw new NotSupportedException();

    public bool IsSubsetOf(IEnumerable<Family> other) => throw new NotSupportedException();

    public bool IsSupersetOf(IEnumerable<Family> other) => throw new NotSupportedException();

    public bool Overlaps(IEnumerable<Family> other) => throw new NotSupportedException();

    public bool SetEquals(IEnumerable<Family> other) => throw new NotSupportedException();

    public IEnumerator<Family> GetEnumerator() => throw new NotSupportedException();

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException();
}
