using System.Text;

namespace OpenConfirm.Findings;

/// <summary>Normal forms of outside text: what two trees must share for a finding to be the same one.</summary>
internal static class Normal
{
    // Generated code has lines of megabytes; what tells them apart stands in front.
    private const int MaxLength = 4096;

    /// <summary>Text without indentation and trailing blanks, each run of blanks one space.</summary>
    public static string Text(string text)
    {
        var trimmed = text.AsSpan(0, Math.Min(text.Length, MaxLength)).Trim();
        if (!HasRunsOfBlanks(trimmed))
            return trimmed.Length == text.Length ? text : trimmed.ToString();
        var result = new StringBuilder(trimmed.Length);
        foreach (var c in trimmed)
        {
            if (!char.IsWhiteSpace(c))
                result.Append(c);
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString();
    }

    private static bool HasRunsOfBlanks(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || text[i - 1] == ' ')) // Trimmed: there is one before it.
                return true;
        }

        return false;
    }

    /// <summary>
    /// <see cref="Text"/> with each number that is no part of an identifier as <c>#</c> (line numbers, sizes; but
    /// <c>ipv4</c> stays unlike <c>ipv6</c>), and quotation marks as compilers print them in the C locale.
    /// </summary>
    public static string Message(string message)
    {
        var text = Text(message);
        if (!text.AsSpan().ContainsAnyInRange('0', '9') && !text.AsSpan().ContainsAny('‘', '’', '`'))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i] is '‘' or '’' or '`' ? '\'' : text[i];
            if (!char.IsAsciiDigit(c) || i > 0 && IsIdentifier(text[i - 1]))
            {
                result.Append(c);
                continue;
            }

            while (i + 1 < text.Length && IsIdentifier(text[i + 1])) // 12, 0x1f, 10ul
                i++;
            result.Append('#');
        }

        return result.ToString();
    }

    /// <summary>A rule without what depends on the tool's options: <c>-Werror=x</c> is <c>-Wx</c>.</summary>
    public static string Rule(string rule)
    {
        const string asError = "-Werror=";
        return Text(rule.StartsWith(asError, StringComparison.Ordinal) ? "-W" + rule[asError.Length..] : rule);
    }

    /// <summary>Whether a normal line says enough to recognise a place by: it holds a letter or digit.</summary>
    public static bool IsTelling(string? line) => line is not null && line.Any(char.IsLetterOrDigit);

    private static bool IsIdentifier(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}

/// <summary>The normal text of a finding's line and of the lines with text before and after it; null where there is none.</summary>
internal sealed record LineContent(string? Line, string? Previous, string? Next)
{
    private const int MaxBlankLines = 20;

    public static readonly LineContent None = new(null, null, null);

    public static LineContent At(IReadOnlyList<string>? lines, int line)
    {
        if (lines is null || line < 1 || line > lines.Count)
            return None;
        return new LineContent(Normal.Text(lines[line - 1]), Neighbour(lines, line, -1), Neighbour(lines, line, +1));
    }

    private static string? Neighbour(IReadOnlyList<string> lines, int line, int step)
    {
        var index = line - 1 + step;
        for (var left = MaxBlankLines; left > 0 && index >= 0 && index < lines.Count; left--, index += step)
        {
            if (Normal.Text(lines[index]) is { Length: > 0 } text)
                return text;
        }

        return null;
    }
}
