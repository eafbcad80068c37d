namespace OpenConfirm.Findings.Logs;

/// <summary>The translation units of a build, as the compiler wrapper noted them.</summary>
/// <param name="Compiled">Units whose last compilation succeeded, relative to the tree.</param>
/// <param name="Failed">Units whose last compilation failed, relative to the tree.</param>
public sealed record UnitLog(IReadOnlySet<string> Compiled, IReadOnlySet<string> Failed)
{
    private const int MaxUnits = 200_000;

    /// <summary>
    /// Reads lines of <c>status TAB cwd TAB source</c>: the compiler's exit status, its working directory, and a source
    /// relative to it or absolute. Of several compilations of one source the last counts. Left out: sources outside of
    /// the tree, configure's <c>conftest.*</c>, and lines of any other form.
    /// </summary>
    /// <param name="units">The wrapper's notes, hostile like all that a build writes.</param>
    /// <param name="treeRoot">Absolute path of the tree where the build ran.</param>
    public static UnitLog Read(TextReader units, string treeRoot)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(treeRoot);
        var compiled = new HashSet<string>(StringComparer.Ordinal);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var paths = new TreePaths(treeRoot);
        foreach (var line in LogLines.Read(units))
        {
            // A cut line would name another file.
            var fields = line.Text.Length < LogLines.MaxLength ? line.Text.Split('\t') : [];
            if (fields.Length != 3 || !int.TryParse(fields[0], out var status) || !fields[1].StartsWith('/') || fields[2].Length == 0)
                continue;
            var path = paths.Resolve(fields[2].StartsWith('/') ? fields[2] : $"{fields[1]}/{fields[2]}");
            if (path.Length == 0 || path.StartsWith('/') || path[(path.LastIndexOf('/') + 1)..].StartsWith("conftest.", StringComparison.Ordinal))
                continue;
            (status == 0 ? failed : compiled).Remove(path);
            if (compiled.Count + failed.Count < MaxUnits)
                (status == 0 ? compiled : failed).Add(path);
        }

        return new UnitLog(compiled, failed);
    }
}
