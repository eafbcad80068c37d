namespace OpenConfirm.Intake.Trees;

/// <summary>Where in a file a hunk that does not fit was probably meant to go, and the stretch that differs.</summary>
/// <param name="Expected">What the hunk expects there.</param>
/// <param name="Actual">What the file holds there.</param>
/// <param name="ActualLine">Line of Actual's beginning, from 1; 0 when no place is alike.</param>
/// <param name="IsWhitespaceOnly">The two differ in white space only.</param>
internal sealed record HunkPlace(IReadOnlyList<string> Expected, IReadOnlyList<string> Actual, int ActualLine, bool IsWhitespaceOnly)
{
    private const int ShownLines = 20;
    private const int LinesAround = 2;
    private const int HunkLines = 400;
    private const int CommonLine = 50;

    /// <summary>Whether the file holds these lines (of very long hunks the first 400) in a row.</summary>
    public static bool Holds(string[] file, IReadOnlyList<string> before, CancellationToken cancel)
    {
        var lines = before.Take(HunkLines).ToArray();
        for (var start = 0; start <= file.Length - lines.Length; start++)
        {
            cancel.ThrowIfCancellationRequested();
            var i = 0;
            while (i < lines.Length && file[start + i] == lines[i])
                i++;
            if (i == lines.Length)
                return true;
        }
        return false;
    }

    /// <summary>Finds the likeliest place of lines that the file does not hold in a row.</summary>
    /// <param name="file">Lines of the file.</param>
    /// <param name="before">What the hunk expects; of very long ones the first 400 lines count.</param>
    /// <param name="expectedStart">Line that the hunk names, from 1; it decides between equals.</param>
    public static HunkPlace Find(string[] file, IReadOnlyList<string> before, int expectedStart)
    {
        var wanted = before.Take(HunkLines).ToArray();
        if (Offset(file, wanted, expectedStart) is not { } offset)
            return new HunkPlace(Cut(wanted), [], 0, false);
        var slack = Math.Max(8, wanted.Length / 4);
        var from = Math.Max(0, offset - slack);
        var window = file[from..Math.Min(file.Length, offset + wanted.Length + slack)];
        var (ofWanted, ofWindow) = Stretch(wanted, window, Math.Max(0, offset) - from);
        var whitespace = wanted[ofWanted].Select(Bare).SequenceEqual(window[ofWindow].Select(Bare));
        return new HunkPlace(Cut(wanted[ofWanted]), Cut(window[ofWindow]), from + ofWindow.Start.Value + 1, whitespace);
    }

    /// <summary>Each line votes for where the hunk would begin if it stood at its place in the file.</summary>
    private static int? Offset(string[] file, string[] wanted, int expectedStart)
    {
        var places = new Dictionary<string, List<int>>();
        for (var i = 0; i < file.Length; i++)
        {
            var bare = Bare(file[i]);
            if (bare.Length > 0)
                (places.TryGetValue(bare, out var at) ? at : places[bare] = []).Add(i);
        }
        var votes = new Dictionary<int, int>();
        foreach (var (i, line) in wanted.Index())
            if (places.TryGetValue(Bare(line), out var at) && at.Count <= CommonLine)
                foreach (var place in at)
                    votes[place - i] = votes.GetValueOrDefault(place - i) + 1;
        return votes.Count == 0
            ? null
            : votes.OrderByDescending(v => v.Value).ThenBy(v => Math.Abs(v.Key - (expectedStart - 1))).First().Key;
    }

    /// <summary>Aligns both and gives, with a few lines around, the part of each from the first to the last difference.</summary>
    private static (Range Wanted, Range Window) Stretch(string[] wanted, string[] window, int begin)
    {
        var pairs = CommonLines(wanted, window);
        if (pairs.Count == 0)
            return (0..wanted.Length, begin..Math.Min(window.Length, begin + wanted.Length));
        // Pairs that follow one another on both sides from the first line on are the agreement before the difference.
        var head = 0;
        while (head < pairs.Count && pairs[head].Wanted == head && pairs[head].Window == pairs[0].Window + head)
            head++;
        var tail = 0;
        while (tail < pairs.Count - head
            && pairs[^(tail + 1)].Wanted == wanted.Length - 1 - tail
            && pairs[^(tail + 1)].Window == pairs[^1].Window - tail)
            tail++;
        var wantedFrom = head;
        var wantedTo = wanted.Length - tail;
        var windowFrom = head > 0 ? pairs[head - 1].Window + 1 : Math.Max(0, pairs[0].Window - pairs[0].Wanted);
        var windowTo = tail > 0 ? pairs[^tail].Window : Math.Min(window.Length, pairs[^1].Window + (wanted.Length - pairs[^1].Wanted));
        var before = Math.Min(LinesAround, head);
        var after = Math.Min(LinesAround, tail);
        return ((wantedFrom - before)..(wantedTo + after), (windowFrom - before)..(Math.Max(windowFrom, windowTo) + after));
    }

    /// <summary>Longest common subsequence, as pairs of indices.</summary>
    private static List<(int Wanted, int Window)> CommonLines(string[] wanted, string[] window)
    {
        var length = new int[wanted.Length + 1, window.Length + 1];
        for (var i = wanted.Length - 1; i >= 0; i--)
            for (var j = window.Length - 1; j >= 0; j--)
                length[i, j] = wanted[i] == window[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        var pairs = new List<(int, int)>();
        for (int i = 0, j = 0; i < wanted.Length && j < window.Length;)
        {
            if (wanted[i] == window[j])
                pairs.Add((i++, j++));
            else if (length[i + 1, j] >= length[i, j + 1])
                i++;
            else
                j++;
        }
        return pairs;
    }

    private static string[] Cut(IReadOnlyCollection<string> lines) => [.. lines.SelectMany(l => l.Split('\n')).Take(ShownLines).Select(SourceText.Shown)];

    private static string Bare(string line) => string.Concat(line.Where(c => !char.IsWhiteSpace(c)));
}
