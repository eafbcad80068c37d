using System.Buffers;
using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>The few lines of a tool's output that a person needs beside the finding's own title.</summary>
internal static class RelevantLines
{
    private static readonly SearchValues<char> _gutterCharacters = SearchValues.Create(" 0123456789");

    /// <summary>Snippet, caret and notes; without the line that the title repeats, function headers and include chains.</summary>
    public static IReadOnlyList<string> Choose(Finding finding, int width, int maxLines)
    {
        var message = PlainText.Line(finding.Message);
        var isHeadSeen = false;
        var kept = new List<string>();
        foreach (var line in finding.Excerpt.Select(l => PlainText.Code(l)))
        {
            if (line.Length == 0 || IsSetting(line))
                continue;
            if (!isHeadSeen && message.Length > 0 && line.Contains(message, StringComparison.Ordinal))
            {
                isHeadSeen = true;
                continue;
            }

            kept.Add(line);
            if (kept.Count == maxLines)
                break;
        }

        return Fit(kept.Exists(l => Gutter(l) > 0) ? kept : Outdent(kept), width);
    }

    /// <summary>Lines made to fit; a snippet and its carets are shifted and cut as one, or they would point elsewhere.</summary>
    public static IReadOnlyList<string> Fit(IReadOnlyList<string> lines, int width)
    {
        var fitted = new List<string>();
        for (var i = 0; i < lines.Count;)
        {
            var gutter = Gutter(lines[i]);
            var end = i + 1;
            while (gutter > 0 && end < lines.Count && Gutter(lines[end]) == gutter)
                end++;
            if (gutter > 0)
                fitted.AddRange(FitSnippet([.. lines.Skip(i).Take(end - i)], gutter, width));
            else
                fitted.Add(FitLine(lines[i], width));
            i = end;
        }

        return fitted;
    }

    private static List<string> Outdent(List<string> lines)
    {
        var indent = lines.Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return [.. lines.Select(l => l[indent..])];
    }

    private static bool IsSetting(string line) =>
        line.StartsWith("In file included from ", StringComparison.Ordinal)
        || line.StartsWith("                 from ", StringComparison.Ordinal)
        || line.Contains(": In function ", StringComparison.Ordinal)
        || line.EndsWith(": At top level:", StringComparison.Ordinal)
        || line == "compilation terminated.";

    /// <summary>Columns up to and with the '|' of a compiler's snippet ("   84 | code", "      | ^~~"); 0 for any other line.</summary>
    private static int Gutter(string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && line.AsSpan(0, bar).IndexOfAnyExcept(_gutterCharacters) < 0 ? bar + 1 : 0;
    }

    private static IEnumerable<string> FitSnippet(IReadOnlyList<string> lines, int gutter, int width)
    {
        var bodies = lines.Select(l => l[gutter..]).ToList();
        var indent = bodies.Where(b => b.Length > 0).Select(b => b.Length - b.TrimStart().Length).DefaultIfEmpty().Min();
        var start = Math.Max(0, indent - 1);
        var room = width - gutter;
        if (bodies.Any(b => Columns.Width(b) - start > room))
        {
            var caret = CaretColumn(lines, gutter);
            if (caret - start > room - 12)
                start = caret - room / 2;
        }

        return lines.Select((line, i) => line[..gutter] + FitBody(bodies[i], start, room, isCode: !IsMarker(line, gutter))).Select(l => l.TrimEnd());
    }

    private static string FitBody(string body, int start, int room, bool isCode)
    {
        var end = start + room;
        if (!isCode)
            return Columns.Slice(body, start, end);
        var isLong = Columns.Width(body) > end;
        var isShifted = Columns.Slice(body, 0, start).AsSpan().Trim().Length > 0;
        return (isShifted ? " …" + Columns.Slice(body, start + 2, isLong ? end - 1 : end) : Columns.Slice(body, start, isLong ? end - 1 : end))
            + (isLong ? "…" : "");
    }

    private static int CaretColumn(IReadOnlyList<string> lines, int gutter)
    {
        foreach (var line in lines)
            if (IsMarker(line, gutter) && line.IndexOf('^', gutter) is var caret and >= 0)
                return caret - gutter;
        return 0;
    }

    private static bool IsMarker(string line, int gutter) => line.AsSpan(0, gutter - 1).IndexOfAnyInRange('0', '9') < 0;

    /// <summary>A line that begins with a path keeps it whole.</summary>
    private static string FitLine(string line, int width)
    {
        if (Columns.Width(line) <= width)
            return line;
        var indent = line.Length - line.TrimStart().Length;
        var first = line.IndexOf(' ', indent);
        var isPath = first > 0 && line.AsSpan(0, first).Contains('/');
        return Columns.Cut(line, isPath ? Math.Max(width, first + 2) : width);
    }
}
