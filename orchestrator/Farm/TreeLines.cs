using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;

namespace OpenConfirm.Farm;

/// <summary>The text of the files that findings stand in.</summary>
internal static class TreeLines
{
    /// <summary>Files read at most: more places than that are a flood, and match by message alone.</summary>
    private const int MostFiles = 500;

    /// <summary>Characters kept at most, over all files: a build can name any file of a tree that a patch made large.</summary>
    private const long MostCharacters = 32L << 20;

    /// <summary>
    /// Reads the files of a commit that the findings name, for <see cref="CheckedTree.Lines"/>; after those that hold one
    /// also those that notes name, which tell findings apart that are alike otherwise.
    /// </summary>
    public static Task<Func<string, IReadOnlyList<string>?>> ReadAsync(
        ProjectTree tree, string commit, IEnumerable<Finding> findings, CancellationToken cancel)
    {
        var all = findings.ToList();
        var places = all.Select(f => f.Location).Concat(all.SelectMany(f => f.Related).Select(r => r.Location));
        return ReadAsync(tree, commit, places.Select(p => p?.Path).OfType<string>().Where(p => p.Length > 0 && p[0] != '/'), cancel);
    }

    /// <summary>Reads files of a commit by their paths.</summary>
    public static async Task<Func<string, IReadOnlyList<string>?>> ReadAsync(
        ProjectTree tree, string commit, IEnumerable<string> paths, CancellationToken cancel)
    {
        var files = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.Ordinal);
        var budget = MostCharacters;
        foreach (var path in paths.Distinct().Take(MostFiles))
        {
            if (await tree.ReadLinesAsync(commit, path, cancel) is not { } lines)
                continue;

            // An empty line costs a reference too.
            budget -= lines.Sum(l => l.Length + 8L);
            if (budget < 0)
                break;
            files[path] = lines;
        }

        return path => files.GetValueOrDefault(path);
    }
}
