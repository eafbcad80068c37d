using System.Runtime.InteropServices;

namespace OpenConfirm.Findings;

/// <summary>
/// Where each line of one tree stands in another, from the output of git diff. Files it does not name are the same in
/// both trees and map to themselves.
/// </summary>
public sealed class TreeDiff
{
    private readonly Dictionary<string, FileChange> byOldPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileChange> byNewPath = new(StringComparer.Ordinal);

    internal TreeDiff(IReadOnlyList<FileChange> files)
    {
        Files = files;
        foreach (var file in files)
        {
            if (file.OldPath is { } old && !file.IsCopy)
                byOldPath[old] = file;
            if (file.NewPath is { } @new)
                byNewPath[@new] = file;
        }
    }

    /// <summary>Two trees without a difference.</summary>
    public static TreeDiff Empty { get; } = new([]);

    /// <summary>
    /// Arguments of the git command whose output <see cref="Parse"/> reads; base and patched commit follow. They override
    /// what a user's configuration could change in the form of the output.
    /// </summary>
    public static IReadOnlyList<string> GitArguments { get; } =
    [
        "diff", "-M", "--no-rename-empty", "--no-color", "--full-index", "-U0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/",
        "--no-ext-diff", "--no-textconv", "--no-relative", "--submodule=short",
    ];

    /// <summary>Changed files in the order of the output.</summary>
    public IReadOnlyList<FileChange> Files { get; }

    /// <summary>Reads the output of <see cref="GitArguments"/>, in time and memory linear in its size.</summary>
    /// <exception cref="FormatException">The output is cut off or is no git diff; says at which line.</exception>
    public static TreeDiff Parse(TextReader reader) => new(new TreeDiffParser(reader).ReadFiles());

    /// <summary>Whether the file of this path, in either tree, differs from the other tree (contents, mode, name or existence).</summary>
    public bool Touches(string path) => byOldPath.ContainsKey(path) || byNewPath.ContainsKey(path);

    /// <summary>The change of the file that has this path in the base, or null.</summary>
    public FileChange? FindByBasePath(string path) => byOldPath.GetValueOrDefault(path);

    /// <summary>The change of the file that has this path in the patched tree, or null.</summary>
    public FileChange? FindByPatchedPath(string path) => byNewPath.GetValueOrDefault(path);

    /// <summary>What became of a line of the base. Line 0 stands for the file as a whole.</summary>
    public LineFate ToPatched(string path, int line) =>
        byOldPath.TryGetValue(path, out var file)
            ? Follow(file.NewPath, file.Hunks, line, forward: true)
            : new LineFate.Kept(path, line);

    /// <summary>Where a line of the patched tree came from: as <see cref="ToPatched"/>, the other way.</summary>
    public LineFate ToBase(string path, int line) =>
        byNewPath.TryGetValue(path, out var file)
            ? Follow(file.OldPath, file.Hunks, line, forward: false)
            : new LineFate.Kept(path, line);

    private static LineFate Follow(string? otherPath, IReadOnlyList<Hunk> hunks, int line, bool forward)
    {
        if (otherPath is null)
            return new LineFate.NoFile();
        var before = LastStartingAtOrBefore(hunks, line, forward);
        if (line <= 0 || before < 0)
            return new LineFate.Kept(otherPath, line);
        var hunk = forward ? hunks[before] : hunks[before].Reversed;
        return line < hunk.OldEnd
            ? new LineFate.Changed(otherPath, hunk.NewStart, hunk.NewCount, hunks[before])
            : new LineFate.Kept(otherPath, line - hunk.OldEnd + hunk.NewEnd);
    }

    private static int LastStartingAtOrBefore(IReadOnlyList<Hunk> hunks, int line, bool forward)
    {
        int low = 0, high = hunks.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if ((forward ? hunks[middle].OldStart : hunks[middle].NewStart) <= line)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}

/// <summary>One file that differs between the trees.</summary>
public sealed record FileChange
{
    /// <summary>Path in the base; null for a new file.</summary>
    public string? OldPath { get; init; }

    /// <summary>Path in the patched tree; null for a deleted file.</summary>
    public string? NewPath { get; init; }

    /// <summary>The file at <see cref="OldPath"/> is still there besides this copy of it.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Git took the contents for binary; one hunk then stands for all lines.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Changed ranges of lines, in order, without context.</summary>
    public IReadOnlyList<Hunk> Hunks { get; init; } = [];
}

/// <summary>
/// Lines [OldStart, OldStart + OldCount) of the base were replaced by [NewStart, NewStart + NewCount) of the patched tree;
/// lines count from 1. With a count of 0 the start is the line before which the other side's lines stand. (Git's own
/// header names the line <i>after</i> which they stand.)
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Hunk(int OldStart, int OldCount, int NewStart, int NewCount)
{
    /// <summary>The line after the last old one.</summary>
    public int OldEnd => OldStart + OldCount;

    /// <summary>The line after the last new one.</summary>
    public int NewEnd => NewStart + NewCount;

    /// <summary>The same seen from the patched tree.</summary>
    public Hunk Reversed => new(NewStart, NewCount, OldStart, OldCount);
}

/// <summary>What became of a line on its way to the other tree. Each case is a type.</summary>
public abstract record LineFate
{
    private LineFate()
    {
    }

    /// <summary>The same line stands in the other tree.</summary>
    /// <param name="Path">Path in the other tree.</param>
    /// <param name="Line">Line in the other tree, from 1; 0 when 0 was asked for.</param>
    public sealed record Kept(string Path, int Line) : LineFate;

    /// <summary>The line has no equal in the other tree.</summary>
    /// <param name="Path">Path of the file in the other tree.</param>
    /// <param name="Start">First line of the other tree's lines in its place.</param>
    /// <param name="Count">Number of them; 0 when it was only removed (or, towards the base, only added).</param>
    /// <param name="Hunk">The hunk, base to patched whatever the direction of the question.</param>
    public sealed record Changed(string Path, int Start, int Count, Hunk Hunk) : LineFate;

    /// <summary>The other tree has no such file.</summary>
    public sealed record NoFile : LineFate;
}
