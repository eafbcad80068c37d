namespace OpenConfirm.Findings;

/// <summary>
/// Pairs the old and new lines of a hunk that differ in blanks only, in order: the heaviest common subsequence. So a line
/// inside a re-indented block keeps its identity, as in <c>git diff -w</c>.
/// </summary>
internal static class HunkAlignment
{
    /// <summary>For each old line the index of the new line that it became, or -1.</summary>
    /// <param name="old">Normal texts of the old lines.</param>
    /// <param name="new">Normal texts of the new lines.</param>
    /// <param name="budget">Table cells that may be spent; reduced by those spent. Without enough only equal ends are paired.</param>
    public static int[] Align(IReadOnlyList<string> old, IReadOnlyList<string> @new, ref long budget)
    {
        var pairs = new int[old.Count];
        Array.Fill(pairs, -1);
        var head = 0;
        while (head < old.Count && head < @new.Count && old[head] == @new[head])
            pairs[head] = head++;
        int oldEnd = old.Count, newEnd = @new.Count;
        while (oldEnd > head && newEnd > head && old[oldEnd - 1] == @new[newEnd - 1])
            pairs[--oldEnd] = --newEnd;

        var cells = (long)(oldEnd - head + 1) * (newEnd - head + 1);
        if (oldEnd > head && newEnd > head && cells <= budget)
        {
            budget -= cells;
            AlignMiddle(old, @new, head, oldEnd, newEnd, pairs);
        }

        return pairs;
    }

    private static void AlignMiddle(IReadOnlyList<string> old, IReadOnlyList<string> @new, int head, int oldEnd, int newEnd, int[] pairs)
    {
        int rows = oldEnd - head, columns = newEnd - head;
        var best = new int[rows + 1, columns + 1]; // heaviest pairing of old[head + row..] with new[head + column..]
        for (var row = rows - 1; row >= 0; row--)
        {
            var text = old[head + row];
            var weight = Weight(text);
            for (var column = columns - 1; column >= 0; column--)
            {
                var skip = Math.Max(best[row + 1, column], best[row, column + 1]);
                best[row, column] = text == @new[head + column] ? Math.Max(skip, best[row + 1, column + 1] + weight) : skip;
            }
        }

        for (int row = 0, column = 0; row < rows && column < columns;)
        {
            if (old[head + row] == @new[head + column] && best[row, column] == best[row + 1, column + 1] + Weight(old[head + row]))
                pairs[head + row++] = head + column++;
            else if (best[row + 1, column] >= best[row, column + 1])
                row++;
            else
                column++;
        }
    }

    // A brace alone says nothing of where a line came from.
    private static int Weight(string text) => text.Length == 0 ? 0 : Normal.IsTelling(text) ? 8 : 1;
}
