using System.Text;
using Wcwidth;

namespace OpenConfirm.Report;

/// <summary>Text laid out in columns of a terminal, in which a wide character takes two.</summary>
internal static class Columns
{
    /// <summary>Columns of a mail.</summary>
    public const int Mail = 72;

    /// <summary>Columns of a mail's line that holds a path.</summary>
    public const int Most = 80;

    /// <summary>Columns that a text takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>The text filled up with blanks.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>
    /// Breaks a text at blanks. A word that is too long for a line is shortened in its middle; one with a '/' only beyond
    /// <see cref="Most"/>: a path is little use in parts.
    /// </summary>
    public static IReadOnlyList<string> Wrap(string text, int width = Mail, string indent = "", string? hanging = null)
    {
        hanging ??= indent;
        var lines = new List<string>();
        var line = indent;
        var isEmpty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var room = (word.Contains('/', StringComparison.Ordinal) ? Math.Max(width, Most) : width) - Math.Max(Width(indent), Width(hanging));
            var fitted = CutMiddle(word, room);
            if (!isEmpty && Width(line) + 1 + Width(fitted) > width)
            {
                lines.Add(line);
                line = hanging;
                isEmpty = true;
            }

            line += isEmpty ? fitted : " " + fitted;
            isEmpty = false;
        }

        if (!isEmpty)
            lines.Add(line);
        return lines;
    }

    /// <summary>A command for a shell on lines of at most 72 columns, as far as its words allow; what is quoted stays together.</summary>
    public static IReadOnlyList<string> WrapCommand(string command, string indent, string hanging)
    {
        var lines = new List<string>();
        var line = indent;
        foreach (var word in Words(command))
        {
            // The sign that the next line belongs to it takes two columns.
            if (line.Trim().Length > 0 && Width(line) + 1 + Width(word) > Mail - 2)
            {
                lines.Add(line + " \\");
                line = hanging;
            }

            line += line.Trim().Length > 0 ? " " + word : word;
        }

        if (line.Trim().Length > 0)
            lines.Add(line);
        return lines;
    }

    private static IEnumerable<string> Words(string command)
    {
        var word = new StringBuilder();
        bool isQuoted = false, isEscaped = false;
        foreach (var c in command)
        {
            if (c == ' ' && !isQuoted && !isEscaped)
            {
                if (word.Length > 0)
                    yield return word.ToString();
                word.Clear();
                continue;
            }

            word.Append(c);
            if (c == '\'' && !isEscaped)
                isQuoted = !isQuoted;
            isEscaped = c == '\\' && !isQuoted && !isEscaped;
        }

        if (word.Length > 0)
            yield return word.ToString();
    }

    /// <summary>The beginning of a text, with an ellipsis when something is missing.</summary>
    public static string Cut(string text, int width) =>
        Width(text) <= width ? text : Slice(text, 0, width - 1) + "…";

    /// <summary>Beginning and end of a text around an ellipsis.</summary>
    public static string CutMiddle(string text, int width)
    {
        var full = Width(text);
        if (full <= width)
            return text;
        var head = width * 2 / 3;
        return Slice(text, 0, head) + "…" + Slice(text, full - (width - head - 1), full);
    }

    /// <summary>The columns from <paramref name="start"/> up to <paramref name="end"/>; half of a wide character is left out.</summary>
    public static string Slice(string text, int start, int end)
    {
        var slice = new StringBuilder();
        var column = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var width = Width(rune);
            if (column >= start && column + width <= end)
                slice.Append(rune.ToString());
            column += width;
        }

        return slice.ToString();
    }

    private static int Width(Rune rune) => Math.Max(0, UnicodeCalculator.GetWidth(rune.Value));
}
