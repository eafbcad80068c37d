using System.Text;

namespace OpenConfirm.Findings.Logs;

/// <summary>One line of a log as a person would see it.</summary>
/// <param name="Text">Without colours, links, control characters and trailing blanks; at most <see cref="LogLines.MaxLength"/> characters.</param>
/// <param name="Number">Line of the file, from 1. Parts of a line that a carriage return overwrites share a number.</param>
internal readonly record struct LogLine(string Text, int Number);

/// <summary>Streams the lines of a log; memory does not grow with the log or with its longest line.</summary>
internal static class LogLines
{
    public const int MaxLength = 4096;

    /// <summary>Within an escape sequence of ECMA-48: CSI is colour and cursor, Text is OSC (hyperlinks), DCS and the like.</summary>
    private enum Escape
    {
        None,
        Begun,
        Csi,
        Charset,
        Text,
        TextEnding,
    }

    public static IEnumerable<LogLine> Read(TextReader log)
    {
        var buffer = new char[32 * 1024];
        var line = new StringBuilder(256);
        var escape = Escape.None;
        var carriageReturn = false;
        var number = 1;
        int count;
        while ((count = log.Read(buffer, 0, buffer.Length)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                var c = buffer[i];
                if (c == '\n' || (carriageReturn && c != '\r'))
                {
                    // A sequence that was not closed ends with its line, or it would swallow the rest of the log.
                    escape = Escape.None;
                    carriageReturn = false;
                    yield return Take(line, number);
                    if (c == '\n')
                    {
                        number++;
                        continue;
                    }
                }

                if (c == '\r')
                    carriageReturn = true;
                else if (escape != Escape.None)
                    escape = Next(escape, c);
                else if (c == '\u001b')
                    escape = Escape.Begun;
                else if ((c == '\t' || !char.IsControl(c)) && line.Length < MaxLength)
                    line.Append(c);
            }
        }

        if (line.Length > 0)
            yield return Take(line, number);
    }

    private static Escape Next(Escape escape, char c) => escape switch
    {
        Escape.Begun when c == '[' => Escape.Csi,
        Escape.Begun when c is ']' or 'P' or '_' or '^' or 'X' => Escape.Text,
        Escape.Begun when c is >= ' ' and <= '/' => Escape.Charset,
        Escape.Csi when c is < '@' or > '~' => Escape.Csi,
        Escape.Charset when c is >= ' ' and <= '/' => Escape.Charset,
        Escape.Text or Escape.TextEnding when c == '\u001b' => Escape.TextEnding,
        Escape.Text when c != '\a' => Escape.Text,
        Escape.TextEnding when c != '\\' => Escape.Text,
        _ => Escape.None,
    };

    private static LogLine Take(StringBuilder line, int number)
    {
        if (line.Length == MaxLength && char.IsHighSurrogate(line[^1]))
            line.Length--;
        var text = line.ToString().TrimEnd();
        line.Clear();
        return new LogLine(text, number);
    }
}
