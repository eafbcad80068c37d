using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// Refuses patches that write anywhere but into the tree. git refuses most of these itself; this comes first so that
/// nothing is tried and the answer is clear, whether a plain application or a three-way merge would have come to it.
/// </summary>
internal static class PatchSafety
{
    /// <summary>The kernel's own limit on a path (PATH_MAX), bytes.</summary>
    private const int MostPath = 4095;

    /// <summary>Directories in one path; no project is near it.</summary>
    private const int MostParts = 100;

    /// <summary>Characters of all directories that a patch's files lie in, each once.</summary>
    private const long MostParents = 32 << 20;

    /// <summary>Why the patch of one file is refused, or null.</summary>
    public static (string File, string Reason)? Check(FilePatch file)
    {
        // "diff -u ./dir/file.orig ./dir/file" has a first directory like any other, which git takes away.
        var written = file.WrittenNames.Select(n => n.StartsWith("./", StringComparison.Ordinal) ? n[2..] : n);
        foreach (var name in written.Concat([file.OldName, file.NewName]).OfType<string>())
        {
            var parts = name.Split('/', '\\');
            var reason = name.StartsWith('/') || name.Contains("//", StringComparison.Ordinal) ? "names an absolute path"
                : parts.Contains("..") || parts.Contains(".") ? "names a path that leaves the tree"
                : name.Any(c => c is < ' ' or '\x7f') ? "names a path with a control character"
                : name.Length > MostPath || parts.Length > MostParts ? $"names a path of {name.Length} bytes in {parts.Length} parts; at most {MostPath} and {MostParts} are taken"
                : parts.Any(IsGitDirectory) ? "writes into git's own directory"
                : null;
            if (reason is not null)
                return (SourceText.Shown(name.Length > 200 ? name[..200] + "..." : name), $"the patch {reason}");
        }
        var why = file.IsSubmodule ? "makes or changes a submodule" : file.Oddity;
        return why is null ? null : (SourceText.Shown(file.Name.Length > 0 ? file.Name : file.WrittenNames.FirstOrDefault() ?? ""), $"the patch {why}");
    }

    /// <summary>
    /// Paths that lead through a symbolic link or a plain file of the tree. A patch may replace a link by a directory, so
    /// what it takes away does not count; and it may not make a link and go through it.
    /// </summary>
    public static async Task<(string File, string Reason)?> CheckLinksAsync(Git git, string head, IReadOnlyList<FilePatch> files, CancellationToken cancel)
    {
        var made = files.Select(f => f.NewName).OfType<string>().ToHashSet();
        var gone = files.Select(f => f.OldName).OfType<string>().Where(name => !made.Contains(name)).ToHashSet();
        var names = files.SelectMany(f => new[] { f.OldName, f.NewName }).OfType<string>().ToHashSet();
        var parents = new HashSet<string>();
        var characters = 0L;
        foreach (var parent in names.SelectMany(Parents))
        {
            if (parents.Add(parent) && (characters += parent.Length) > MostParents)
                return (SourceText.Shown(names.First()), "the patch names files in too many directories");
        }

        var asked = parents.ToList();
        var input = Encoding.Latin1.GetBytes(string.Concat(asked.Select(p => $"{head}:{p}\n")));
        var types = SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objecttype)"], cancel, input)).Text);
        var leaves = asked.Zip(types).Where(t => t.Second == "blob" && !gone.Contains(t.First)).Select(t => t.First).ToHashSet();
        leaves.UnionWith(parents.Where(made.Contains));
        if (leaves.Count == 0)
            return null;
        foreach (var (name, parent) in names.SelectMany(name => Parents(name).Select(parent => (name, parent))))
            if (leaves.Contains(parent))
                return (SourceText.Shown(name), $"the patch goes through {SourceText.Shown(parent)}, which is no directory but a symbolic link or a file");
        return null;
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
