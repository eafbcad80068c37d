namespace OpenConfirm.Findings;

/// <summary>
/// Pairs two lists of positions on one axis so that as many as possible are paired and the distances add up to the least
/// possible. Cheapest pair first would not do: for 10 and 13 against 4, 12 and 17 it takes 13-12 and is left with 10-4.
/// </summary>
internal static class NearestAssignment
{
    // A byte per eight cells: 25 MB at the most.
    private const long MaxCells = 200_000_000;

    /// <summary>For each position of <paramref name="few"/> the index in <paramref name="many"/> that it is paired with.</summary>
    /// <param name="few">Positions, ascending.</param>
    /// <param name="many">Positions, ascending; not fewer.</param>
    /// <param name="maxCells">Above this many cells the first ones are paired in their order.</param>
    /// <remarks>
    /// Of all cheapest assignments one never crosses, so only the number of skipped positions has to be tried:
    /// few x (many - few + 1) cells, which is linear where the lists are equally long.
    /// </remarks>
    public static int[] Pair(IReadOnlyList<long> few, IReadOnlyList<long> many, long maxCells = MaxCells)
    {
        var skips = many.Count - few.Count;
        ArgumentOutOfRangeException.ThrowIfNegative(skips, nameof(many));
        var pairs = new int[few.Count];
        var width = skips + 1;
        if (skips == 0 || (long)few.Count * width > maxCells)
        {
            for (var i = 0; i < pairs.Length; i++)
                pairs[i] = i;
            return pairs;
        }

        var isPaired = Cheapest(few, many, width);
        for (int row = few.Count, skipped = skips; row > 0;)
        {
            if (isPaired[row - 1][skipped])
                pairs[row - 1] = --row + skipped;
            else
                skipped--;
        }

        return pairs;
    }

    /// <summary>Whether, with so many skipped, the last one of the first few is paired with the last position rather than skipping that.</summary>
    private static System.Collections.BitArray[] Cheapest(IReadOnlyList<long> few, IReadOnlyList<long> many, int width)
    {
        var isPaired = new System.Collections.BitArray[few.Count];
        var costs = new long[width];
        for (var row = 0; row < few.Count; row++)
        {
            var bits = new System.Collections.BitArray(width);
            for (var skipped = 0; skipped < width; skipped++)
            {
                var paired = costs[skipped] + Math.Abs(few[row] - many[row + skipped]);
                bits[skipped] = skipped == 0 || paired <= costs[skipped - 1];
                costs[skipped] = bits[skipped] ? paired : costs[skipped - 1];
            }

            isPaired[row] = bits;
        }

        return isPaired;
    }
}
