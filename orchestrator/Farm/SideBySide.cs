using System.Runtime.InteropServices;
using OpenConfirm.Findings;

namespace OpenConfirm.Farm;

/// <summary>
/// Two versions of a file as rows: an unchanged line stands beside itself, the lines of a hunk stand beside those that
/// replaced them, and where one side has fewer it has gaps.
/// </summary>
internal sealed class SideBySide
{
    private readonly List<Segment> _segments = [];

    /// <param name="hunks">Base to patched.</param>
    /// <param name="baseCount">Lines of the base's file.</param>
    /// <param name="patchedCount">Lines of the patched file.</param>
    public SideBySide(IReadOnlyList<Hunk> hunks, int baseCount, int patchedCount)
    {
        int old = 1, @new = 1;
        foreach (var hunk in hunks)
        {
            Add(new Hunk(old, hunk.OldStart - old, @new, hunk.NewStart - @new), isChanged: false);
            Add(hunk, isChanged: true);
            (old, @new) = (hunk.OldEnd, hunk.NewEnd);
        }

        Add(new Hunk(old, baseCount - old + 1, @new, patchedCount - @new + 1), isChanged: false);
    }

    /// <summary>Number of rows.</summary>
    public int Count => _segments.Count == 0 ? 0 : _segments[^1].FirstRow + _segments[^1].Rows;

    /// <summary>The row of a line of the base, from 0; null when the file has no such line.</summary>
    public int? RowOfBase(int line) => Row(line, s => (s.Lines.OldStart, s.Lines.OldCount));

    /// <summary>The row of a line of the patched file, from 0; null when it has no such line.</summary>
    public int? RowOfPatched(int line) => Row(line, s => (s.Lines.NewStart, s.Lines.NewCount));

    /// <summary>The lines of both sides in a row, 0 for a gap, and whether the series changed them.</summary>
    public (int Base, int Patched, bool IsChanged) this[int row]
    {
        get
        {
            var segment = _segments[LastBeginningAtOrBefore(row)];
            var offset = row - segment.FirstRow;
            return (
                offset < segment.Lines.OldCount ? segment.Lines.OldStart + offset : 0,
                offset < segment.Lines.NewCount ? segment.Lines.NewStart + offset : 0,
                segment.IsChanged);
        }
    }

    private void Add(Hunk lines, bool isChanged)
    {
        if (Math.Max(lines.OldCount, lines.NewCount) > 0)
            _segments.Add(new Segment(Count, lines, isChanged));
    }

    private int? Row(int line, Func<Segment, (int Start, int Count)> side)
    {
        foreach (var segment in _segments)
        {
            var (start, count) = side(segment);
            if (line >= start && line < start + count)
                return segment.FirstRow + line - start;
        }

        return null;
    }

    private int LastBeginningAtOrBefore(int row)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].FirstRow <= row)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Segment(int FirstRow, Hunk Lines, bool IsChanged)
    {
        public int Rows => Math.Max(Lines.OldCount, Lines.NewCount);
    }
}
