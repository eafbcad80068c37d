using System.Globalization;
using System.Text;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// Refuses patches that write anywhere but into the tree. git refuses most of these itself; this comes first so that
/// nothing is tried and the answer is clear, whether a plain application or a three-way merge would have come to it.
/// </summary>
internal static class PatchSafety
{
    /// <summary>Why the patch of one file is refused, or null.</summary>
    public static (string File, string Reason)? Check(FilePatch file)
    {
        foreach (var name in file.WrittenNames)
        {
            var parts = name.Split('/', '\\');
            var reason = name.StartsWith('/') || name.Contains("//", StringComparison.Ordinal) ? "names an absolute path"
                : parts.Contains("..") || parts.Contains(".") ? "names a path that leaves the tree"
                : name.Any(char.IsControl) ? "names a path with a control character"
                : parts.Any(IsGitDirectory) ? "writes into git's own directory"
                : null;
            if (reason is not null)
                return (SourceText.Shown(name), $"refused: the patch {reason}");
        }
        return file.IsSubmodule ? (SourceText.Shown(file.Name), "refused: the patch makes or changes a submodule") : null;
    }

    /// <summary>
    /// Paths that lead through a symbolic link or a plain file of the tree. A patch may replace a link by a directory, so
    /// what it takes away does not count; and it may not make a link and go through it.
    /// </summary>
    public static async Task<(string File, string Reason)?> CheckLinksAsync(Git git, string head, IReadOnlyList<FilePatch> files, CancellationToken cancel)
    {
        var made = files.Select(f => f.NewName).OfType<string>().ToHashSet();
        var gone = files.Select(f => f.OldName).OfType<string>().Where(name => !made.Contains(name)).ToHashSet();
        var ways = files.SelectMany(f => new[] { f.OldName, f.NewName }).OfType<string>().Distinct()
            .SelectMany(name => Parents(name).Select(parent => (Name: name, Parent: parent))).ToList();
        var asked = ways.Select(w => w.Parent).Distinct().ToList();
        var input = Encoding.Latin1.GetBytes(string.Concat(asked.Select(p => $"{head}:{p}\n")));
        var types = SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objecttype)"], cancel, input)).Text);
        var leaves = asked.Zip(types).Where(t => t.Second == "blob" && !gone.Contains(t.First)).Select(t => t.First).ToHashSet();
        foreach (var (name, parent) in ways)
            if (made.Contains(parent) || leaves.Contains(parent))
                return (SourceText.Shown(name), $"refused: the patch goes through {SourceText.Shown(parent)}, which is no directory but a symbolic link or a file");
        return null;
    }

    /// <summary>What a patch costs git: a line of a mail can name or copy a whole file, and binary contents are deflated.</summary>
    /// <returns>
    /// Held: bytes in memory at once, every file once for each time the patch names it. Made: bytes that come into the tree
    /// by copies, renames and binary contents.
    /// </returns>
    public static async Task<(long Held, long Made)> CostAsync(Git git, string head, IReadOnlyList<FilePatch> files, CancellationToken cancel)
    {
        var binary = files.Sum(f => f.BinaryBytes);
        var sources = files.Where(f => f.OldName is not null).ToList();
        if (sources.Count == 0)
            return (binary, binary);

        // What a patch before it in the same mail made is not in the tree yet; git refuses to copy it.
        var input = Encoding.Latin1.GetBytes(string.Concat(sources.Select(f => $"{head}:{f.OldName}\n")));
        var answers = SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objectsize)"], cancel, input)).Text);
        var sizes = answers.Select(a => long.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0).ToList();
        return (binary + sizes.Sum(), binary + sources.Zip(sizes).Where(s => s.First.NewName is not null && s.First.NewName != s.First.OldName).Sum(s => s.Second));
    }

    private static IEnumerable<string> Parents(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }

    /// <summary>".git" in the spellings that file systems take for it.</summary>
    private static bool IsGitDirectory(string part)
    {
        var plain = string.Concat(part.Where(char.IsAscii)).TrimEnd(' ', '.');
        return plain.Equals(".git", StringComparison.OrdinalIgnoreCase) || plain.Equals("git~1", StringComparison.OrdinalIgnoreCase);
    }
}
