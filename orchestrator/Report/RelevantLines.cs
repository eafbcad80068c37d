using System.Buffers;
using System.Text.RegularExpressions;
using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>The few lines of a tool's output that a person needs beside the finding's own title.</summary>
internal static partial class RelevantLines
{
    /// <summary>Lines that one long line of output may take.</summary>
    private const int MaxWrapped = 3;

    /// <summary>A message of so many characters says nothing new when it comes with other words before it.</summary>
    private const int LongMessage = 30;

    /// <summary>What programs put before a message: nothing that a person needs.</summary>
    [GeneratedRegex(@"^(?:[^\s:]+: )?(?:\*\*\* )?(?:(?:fatal )?(?:error|warning|WARNING|Error): )?$", RegexOptions.NonBacktracking)]
    private static partial Regex Announcement();

    /// <summary>A failure as BIRD's test runner prints it.</summary>
    [GeneratedRegex(@"^\S+_test(?:: \S+)?(?: [\d.]+s)?(?:: (?<said>.*?))? *\[FAIL\]$", RegexOptions.NonBacktracking)]
    private static partial Regex BirdResult();

    private static readonly SearchValues<char> _gutterCharacters = SearchValues.Create(" 0123456789");

    /// <summary>Snippet, caret and notes; without the line that the title repeats, function headers and include chains.</summary>
    /// <remarks>
    /// When there are more than <paramref name="maxLines"/>: the source line first, then the notes that name another place,
    /// then all other lines, and the inner steps of macros last; what is kept stays in its order. Of a traceback, and of the
    /// output before a target that failed for reasons of its own, the last lines.
    /// </remarks>
    public static IReadOnlyList<string> Choose(Finding finding, int width, int maxLines)
    {
        var lines = Telling(finding);
        if (!lines.Exists(l => Gutter(l) > 0))
            lines = Outdent(lines);
        var lastStep = lines.FindLastIndex(IsMacroStep);
        var parts = new List<Part>();
        for (var i = 0; i < lines.Count;)
        {
            var end = i + 1;
            while (end < lines.Count && Gutter(lines[end]) > 0)
                end++;
            parts.Add(new Part(Rank(lines[i], isFirst: i == 0, isLastStep: i == lastStep), Fit(lines.GetRange(i, end - i), width)));
            i = end;
        }

        return Best(EndSaysMost(finding) ? [.. parts.Select((p, i) => p with { Rank = parts.Count - i })] : parts, maxLines);
    }

    private static bool EndSaysMost(Finding finding) => finding.Tool is "python" or "make" or "openconfirm";

    private static List<string> Telling(Finding finding)
    {
        var message = PlainText.Line(finding.Message);
        var isHeadSeen = false;
        var kept = new List<string>();
        foreach (var line in finding.Excerpt.Select(l => WithoutMargin(finding, WithoutLinker(finding, PlainText.Code(l)))))
        {
            if (line.Length == 0 || IsSetting(line) || IsEcho(finding, line))
                continue;
            if (!isHeadSeen && message.Length > 0 && IsHead(finding, line, message))
                isHeadSeen = true;
            else
                kept.Add(line);
        }

        return kept;
    }

    /// <summary>The title says all that the line does: a test's line can name a place and values, a linker's another object file.</summary>
    private static bool IsHead(Finding finding, string line, string message)
    {
        // The title has no room for the type of an exception.
        if (finding.IsTest || finding.Tool == "python")
            return false;
        var at = line.Replace('`', '\'').IndexOf(message.Replace('`', '\''), StringComparison.Ordinal);
        return at >= 0 && finding.Location is not null
            ? finding.Tool != "ld" || at + message.Length == line.Length
            : at >= 0 && Announcement().IsMatch(line.AsSpan(0, at));
    }

    /// <summary>Test runners and make name once more what the title names, and sanitizers what they are.</summary>
    private static bool IsEcho(Finding finding, string line)
    {
        if (finding.Tool == "make")
            return line.Contains(" *** [", StringComparison.Ordinal);
        if (finding.Tool == "python")
            return !line.AsSpan().ContainsAnyExcept(" ^~");
        if (!finding.IsTest)
            return false;
        var name = line.StartsWith("FAIL: ", StringComparison.Ordinal) ? line["FAIL: ".Length..] : null;
        var message = PlainText.Line(finding.Message);
        if (line == message || (message.Length >= LongMessage && line.Replace('`', '\'').TrimEnd('.').EndsWith(message, StringComparison.Ordinal)))
            return true;
        if (finding.Tool == "bird-test" && BirdResult().Match(line) is { Success: true } result)
            return result.Groups["said"].Value.Replace('`', '\'').Trim() is var said
                && (said.Length == 0 || said == message.Replace('`', '\'') || said == $"{message} at {finding.Location}");
        return (name is { Length: > 0 } && finding.Function!.EndsWith(name, StringComparison.Ordinal))
            || (line.Contains("Sanitizer: ", StringComparison.Ordinal) && finding.Message.StartsWith(line, StringComparison.Ordinal));
    }

    /// <summary>"/usr/bin/ld: " before each line is no news.</summary>
    private static string WithoutLinker(Finding finding, string line)
    {
        var end = finding.Tool == "ld" ? line.IndexOf("ld: ", StringComparison.Ordinal) : -1;
        return end >= 0 && !line.AsSpan(0, end).Contains(' ') ? line[(end + "ld: ".Length)..] : line;
    }

    /// <summary>pytest puts its marks far from what they mark.</summary>
    private static string WithoutMargin(Finding finding, string line) =>
        finding.Tool == "pytest" && line.Length > 2 && line[0] is '>' or 'E' && line[1] == ' ' ? $"{line[0]} {line[1..].TrimStart()}" : line;

    /// <summary>A line that is no source, and the source below it, as they are shown.</summary>
    private sealed record Part(int Rank, IReadOnlyList<string> Lines);

    private static List<string> Best(List<Part> parts, int maxLines)
    {
        var room = maxLines;
        var chosen = new Dictionary<Part, int>(ReferenceEqualityComparer.Instance);
        foreach (var part in parts.OrderBy(p => p.Rank))
        {
            chosen[part] = Math.Min(room, part.Lines.Count);
            room -= chosen[part];
        }

        return [.. parts.SelectMany(p => p.Lines.Take(chosen[p]))];
    }

    /// <summary>The last step of a macro is where it was written: the place to look at.</summary>
    private static int Rank(string line, bool isFirst, bool isLastStep) => line switch
    {
        _ when isFirst => 0,
        _ when IsMacroStep(line) => isLastStep ? 1 : 3,
        _ when line.Contains(" note: ", StringComparison.Ordinal) || IsDifference(line) => 1,
        _ => 2,
    };

    /// <summary>What pytest shows of two values: the lines in which they differ.</summary>
    private static bool IsDifference(string line) =>
        (line.StartsWith("E -", StringComparison.Ordinal) && !line.StartsWith("E --- ", StringComparison.Ordinal))
        || (line.StartsWith("E +", StringComparison.Ordinal) && !line.StartsWith("E +++ ", StringComparison.Ordinal));

    private static bool IsMacroStep(string line) =>
        line.Contains(" note: in expansion of macro", StringComparison.Ordinal) || line.Contains(" note: in definition of macro", StringComparison.Ordinal);

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
                fitted.AddRange(FitLine(lines[i], width));
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
        || line.Contains(": note: each undeclared identifier is reported only once", StringComparison.Ordinal)
        || line is "compilation terminated." or "collect2: error: ld returned 1 exit status" or "cc1: some warnings being treated as errors" or "cc1: all warnings being treated as errors";

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
        // A caret beyond the source line (behind a macro, gcc counts another one) is no reason to shift it.
        if (bodies.Where((_, i) => !IsMarker(lines[i], gutter)).Any(b => Columns.Width(b) - start > room))
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

    /// <summary>Words are wrapped: their end often says most. A word with a '/' stays whole.</summary>
    private static IReadOnlyList<string> FitLine(string line, int width)
    {
        if (Columns.Width(line) <= width)
            return [line];
        var indent = new string(' ', Math.Min(line.Length - line.TrimStart().Length, width / 2));
        var wrapped = Columns.Wrap(line, width, indent, indent + "  ");
        return wrapped.Count <= MaxWrapped ? wrapped : [.. wrapped.Take(MaxWrapped - 1), Columns.Cut(wrapped[MaxWrapped - 1] + " …", width)];
    }
}
