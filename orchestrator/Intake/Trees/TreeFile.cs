using System.Globalization;
using System.Text;

namespace OpenConfirm.Intake.Trees;

/// <summary>An entry of a commit's tree.</summary>
/// <param name="Mode">Mode as git writes it: 100644, 100755, 120000 (link), 160000 (submodule), 040000 (directory).</param>
/// <param name="Blob">Full object name.</param>
/// <param name="Size">Bytes; 0 for what is no blob.</param>
internal sealed record TreeFile(string Mode, string Blob, long Size)
{
    /// <summary>A plain file, executable or not.</summary>
    public bool IsRegular => Mode.StartsWith("100", StringComparison.Ordinal);

    /// <summary>The entry at a path, or null. Names of files are bytes and come as a .NET string that stands for UTF-8.</summary>
    public static async Task<TreeFile?> FindAsync(Git git, string commit, string path, CancellationToken cancel)
    {
        if (path.Length == 0 || path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            return null;
        var listed = await git.TryAsync(["ls-tree", "-z", "--long", "--full-tree", commit, "--", path], cancel);
        if (!listed.Succeeded || listed.Output.Length == 0)
            return null; // Paths that leave the tree are an error to git; there is no such file.
        var fields = listed.Text.Split('\t', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _ = long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size);
        return new TreeFile(fields[0], fields[2], size);
    }
}
