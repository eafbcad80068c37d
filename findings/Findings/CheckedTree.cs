namespace OpenConfirm.Findings;

/// <summary>One of the two trees that <see cref="FindingMatcher"/> compares.</summary>
/// <param name="Findings">What a stage found in it.</param>
/// <param name="Coverage">What the stage looked at.</param>
/// <param name="Lines">
/// The lines of a file of the tree as applied, without line ends, or null when there is none. Asked once per file, and only
/// for relative paths without <c>..</c>; the names are a compiler's output and hostile all the same (links).
/// </param>
public sealed record CheckedTree(
    IReadOnlyList<Finding> Findings,
    Coverage Coverage,
    Func<string, IReadOnlyList<string>?> Lines);

/// <summary>The text of a tree, each file asked for once.</summary>
internal sealed class TreeText(Func<string, IReadOnlyList<string>?> read)
{
    private readonly Dictionary<string, IReadOnlyList<string>?> files = new(StringComparer.Ordinal);

    public IReadOnlyList<string>? Lines(string path)
    {
        if (!files.TryGetValue(path, out var lines))
        {
            lines = IsInside(path) ? read(path) : null;
            files.Add(path, lines);
        }

        return lines;
    }

    public LineContent At(SourceLocation? location) =>
        location is null ? LineContent.None : LineContent.At(Lines(location.Path), location.Line);

    private static bool IsInside(string path) =>
        path.Length > 0 && path[0] != '/' && !path.Contains('\0', StringComparison.Ordinal) && !path.Split('/').Contains("..");
}
