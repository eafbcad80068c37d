namespace OpenConfirm.Findings;

/// <summary>How a place of one tree is found in the other.</summary>
internal enum PlaceKind
{
    /// <summary>The line is unchanged.</summary>
    Same,

    /// <summary>The line differs in blanks only.</summary>
    Realigned,

    /// <summary>The line was changed, removed or added.</summary>
    Changed,

    /// <summary>The other tree has no such file.</summary>
    NoFile,
}

/// <summary>
/// A place of one tree as the other sees it. Path and line are the other tree's, line 0 when there is none; the hunk is that
/// of a changed line, base to patched.
/// </summary>
internal sealed record Place(PlaceKind Kind, string? Path, int Line, Hunk Hunk)
{
    /// <summary>The series took the line away and put nothing in its place (seen from the base).</summary>
    public bool IsPureDeletion => Kind == PlaceKind.Changed && Hunk.NewCount == 0;
}

/// <summary>A <see cref="TreeDiff"/> that also follows lines whose blanks alone changed: its hunks split at such lines.</summary>
internal sealed class LineMap
{
    // One hunk of 1,400 lines against 1,400; some thirty such hunks in all.
    private const long CellsPerHunk = 2_000_000;
    private const long CellsInAll = 64_000_000;

    private readonly TreeDiff exact;
    private readonly TreeDiff loose;
    private long cellsLeft = CellsInAll;

    /// <param name="exact">The diff.</param>
    /// <param name="baseText">Text of the base.</param>
    /// <param name="patchedText">Text of the patched tree.</param>
    /// <param name="isOfInterest">Whether lines of this file will be asked for.</param>
    public LineMap(TreeDiff exact, TreeText baseText, TreeText patchedText, Func<FileChange, bool> isOfInterest)
    {
        this.exact = exact;
        loose = new TreeDiff([.. exact.Files.Select(Loosened)]);

        FileChange Loosened(FileChange file) =>
            file is { OldPath: { } old, NewPath: { } @new, Hunks.Count: > 0 } && isOfInterest(file)
                && baseText.Lines(old) is { } oldLines && patchedText.Lines(@new) is { } newLines
                ? file with { Hunks = [.. file.Hunks.SelectMany(h => Split(h, oldLines, newLines))] }
                : file;
    }

    public Place ToPatched(SourceLocation at) => Combine(exact.ToPatched(at.Path, at.Line), loose.ToPatched(at.Path, at.Line));

    public Place ToBase(SourceLocation at) => Combine(exact.ToBase(at.Path, at.Line), loose.ToBase(at.Path, at.Line));

    private static Place Combine(LineFate exact, LineFate loose) => loose switch
    {
        LineFate.Kept kept => new Place(exact is LineFate.Kept ? PlaceKind.Same : PlaceKind.Realigned, kept.Path, kept.Line, default),
        LineFate.Changed changed => new Place(PlaceKind.Changed, changed.Path, 0, changed.Hunk),
        _ => new Place(PlaceKind.NoFile, null, 0, default),
    };

    private List<Hunk> Split(Hunk hunk, IReadOnlyList<string> oldLines, IReadOnlyList<string> newLines)
    {
        var old = Texts(oldLines, hunk.OldStart, hunk.OldCount);
        var @new = Texts(newLines, hunk.NewStart, hunk.NewCount);
        var budget = Math.Min(CellsPerHunk, cellsLeft);
        cellsLeft -= budget;
        var pairs = HunkAlignment.Align(old, @new, ref budget);
        cellsLeft += budget;

        var parts = new List<Hunk>();
        int oldStart = hunk.OldStart, newStart = hunk.NewStart;
        for (var i = 0; i < pairs.Length; i++)
        {
            if (pairs[i] < 0)
                continue;
            AddUpTo(hunk.OldStart + i, hunk.NewStart + pairs[i]);
            oldStart = hunk.OldStart + i + 1;
            newStart = hunk.NewStart + pairs[i] + 1;
        }

        AddUpTo(hunk.OldEnd, hunk.NewEnd);
        return parts;

        void AddUpTo(int oldEnd, int newEnd)
        {
            if (oldEnd > oldStart || newEnd > newStart)
                parts.Add(new Hunk(oldStart, oldEnd - oldStart, newStart, newEnd - newStart));
        }
    }

    private static List<string> Texts(IReadOnlyList<string> lines, int start, int count)
    {
        var texts = new List<string>();
        for (var line = start; line < start + count && line <= lines.Count; line++)
            texts.Add(Normal.Text(lines[line - 1]));
        return texts;
    }
}
