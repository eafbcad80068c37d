namespace OpenConfirm.Findings.Logs;

/// <summary>Lines of a log around given places, by the numbers of <see cref="Finding.LogLine"/>.</summary>
public static class LogWindows
{
    /// <summary>Characters of a line at most.</summary>
    private const int MaxLength = 400;

    /// <summary>Reads a log once and no further than the last place asks for.</summary>
    /// <param name="log">The log.</param>
    /// <param name="places">Lines, from 1.</param>
    /// <param name="before">Lines kept before each place.</param>
    /// <param name="after">Lines kept after each place.</param>
    /// <returns>
    /// For each place that the log has, the lines from <paramref name="before"/> lines before it on (or from the log's first), as
    /// a person would see them: without colours and cursor movements, each cut at 400 characters.
    /// </returns>
    public static IReadOnlyDictionary<int, IReadOnlyList<string>> Read(TextReader log, IReadOnlyCollection<int> places, int before, int after)
    {
        var windows = new Dictionary<int, IReadOnlyList<string>>();
        var open = new Queue<(int Place, List<string> Lines)>();
        var ahead = new Queue<int>(places.Where(p => p > 0).Distinct().Order());
        if (ahead.Count == 0)
            return windows;

        // What a carriage return overwrites is gone from the screen: the last part of a line stands for it.
        foreach (var line in LastParts(LogLines.Read(log)))
        {
            while (ahead.TryPeek(out var next) && line.Number >= next - before)
                open.Enqueue((ahead.Dequeue(), []));
            while (open.TryPeek(out var window) && line.Number > window.Place + after)
                Close(open.Dequeue());
            if (open.Count == 0 && ahead.Count == 0)
                break;
            var text = Shown(line);
            foreach (var window in open)
                window.Lines.Add(text);
        }

        foreach (var window in open)
            Close(window);
        return windows;

        void Close((int Place, List<string> Lines) window)
        {
            if (window.Lines.Count > window.Place - Math.Max(1, window.Place - before))
                windows[window.Place] = window.Lines;
        }
    }

    /// <summary>Reads a log to its end and keeps its last lines, as a person would see them.</summary>
    /// <param name="log">The log.</param>
    /// <param name="count">Lines kept at most.</param>
    /// <returns>The lines, each cut at 400 characters, and the number of the first of them, from 1.</returns>
    public static (IReadOnlyList<string> Lines, int First) Tail(TextReader log, int count)
    {
        var tail = new Queue<LogLine>();
        foreach (var line in LastParts(LogLines.Read(log)))
        {
            tail.Enqueue(line);
            if (tail.Count > count)
                tail.Dequeue();
        }

        return ([.. tail.Select(Shown)], tail.TryPeek(out var first) ? first.Number : 1);
    }

    private static string Shown(LogLine line) => line.Text.Length > MaxLength ? line.Text[..MaxLength] : line.Text;

    private static IEnumerable<LogLine> LastParts(IEnumerable<LogLine> lines)
    {
        LogLine? held = null;
        foreach (var line in lines)
        {
            if (held is { } last && last.Number != line.Number)
                yield return last;
            held = line;
        }

        if (held is { } end)
            yield return end;
    }
}
