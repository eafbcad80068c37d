using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;

namespace OpenConfirm.Farm;

/// <summary>The text of the files that findings stand in.</summary>
internal static class TreeLines
{
    /// <summary>Files read at most: more places than that are a flood, and match by message alone.</summary>
    private const int MostFiles = 500;

    /// <summary>Reads the files of a commit that the findings name, for <see cref="CheckedTree.Lines"/>.</summary>
    public static async Task<Func<string, IReadOnlyList<string>?>> ReadAsync(
        ProjectTree tree, string commit, IEnumerable<Finding> findings, CancellationToken cancel)
    {
        var files = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.Ordinal);
        var paths = findings.Select(f => f.Location?.Path).OfType<string>().Where(p => p.Length > 0 && p[0] != '/').Distinct();
        foreach (var path in paths.Take(MostFiles))
            files[path] = await tree.ReadLinesAsync(commit, path, cancel);
        return path => files.GetValueOrDefault(path);
    }
}
