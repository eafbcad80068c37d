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

    /// <summary>Reads the files of a commit that the findings name, for <see cref="CheckedTree.Lines"/>.</summary>
    public static async Task<Func<string, IReadOnlyList<string>?>> ReadAsync(
        ProjectTree tree, string commit, IEnumerable<Finding> findings, CancellationToken cancel)
    {
        var files = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.Ordinal);
        // Files that notes name tell findings apart that are alike otherwise: after those that hold a finding.
        var all = findings.ToList();
        var paths = all.Select(f => f.Location?.Path).Concat(all.SelectMany(f => f.Related).Select(r => r.Location?.Path))
            .OfType<string>().Where(p => p.Length > 0 && p[0] != '/').Distinct();
        var budget = MostCharacters;
        foreach (var path in paths.Take(MostFiles))
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
