using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// The names in a diff's headers as <c>git apply -p1</c> finds them. git is lenient in many ways and refuses in others; where
/// this differs from it, <see cref="GitView"/> finds out and the patch is refused. Strings are Latin-1 characters that stand for bytes.
/// </summary>
internal static partial class DiffName
{
    /// <summary>Longer header lines hold no two paths (PATH_MAX is 4096), and git looks at every blank of them.</summary>
    private const int MostHeader = 4 * 4096;

    /// <summary>The name that both sides of "diff --git a/NAME b/NAME" have; null when they differ, or it cannot be told.</summary>
    public static string? OfGitHeader(string sides)
    {
        if (sides.Length > MostHeader)
            return null;
        if (sides.StartsWith('"'))
            return Unquote(sides, out var end) is { } first && WithoutSide(first) is { } name
                && sides[end..].TrimStart(' ', '\t', '\r') is ['"', ..] second && Unquote(second, out _) is { } other && WithoutSide(other) == name
                ? name
                : null;
        if (WithoutSide(sides) is not { } left)
            return null;
        if (left.IndexOf('"', StringComparison.Ordinal) is >= 0 and var quote)
            return Unquote(left[quote..], out _) is { } right && WithoutSide(right) is { } name
                && name.Length < quote && left.StartsWith(name, StringComparison.Ordinal) && left[name.Length] is ' ' or '\t' or '\r'
                ? name
                : null;

        return SameOnBothSides(left);
    }

    /// <summary>NAME of "NAME b/NAME". Names hold blanks too: the one in the middle has the same on both sides.</summary>
    private static string? SameOnBothSides(string left)
    {
        var slash = 0;
        for (var blank = left.IndexOfAny([' ', '\t']); blank >= 0; blank = left.IndexOfAny([' ', '\t'], blank + 1))
        {
            if (slash <= blank && (slash = left.IndexOf('/', blank + 1)) < 0)
                return null;
            if (slash > blank + 1 && left.Length - slash - 1 == blank && left.AsSpan(slash + 1).SequenceEqual(left.AsSpan(0, blank)))
                return left[..blank];
        }

        return null;
    }

    /// <summary>The name behind "--- ", "+++ " or "rename from " of a git header.</summary>
    /// <param name="text">What stands behind these.</param>
    /// <param name="hasSide">It has an "a/" before it, and a tab ends it.</param>
    /// <param name="written">The name with its side.</param>
    public static string? OfGit(string text, bool hasSide, out string written)
    {
        written = Quoted(text) ?? (text.IndexOfAny(hasSide ? ['\r', '\t'] : ['\r']) is >= 0 and var end ? text[..end] : text);
        var name = hasSide ? WithoutFirst(written) : written;
        return string.IsNullOrEmpty(name) ? null : WithoutDoubleSlashes(name);
    }

    /// <summary>The name of a plain diff, which has a time stamp behind a tab or behind blanks.</summary>
    /// <param name="text">What stands behind "--- " or "+++ ".</param>
    /// <param name="other">Name of the other side; it is taken when this one only adds to it (".orig").</param>
    /// <param name="file">Gets the name with its first directory.</param>
    public static string? OfPlain(string text, string? other, FilePatch file)
    {
        if (Quoted(text) is { } quoted && WithoutFirst(quoted) is { } plain)
        {
            file.WrittenNames.Add(quoted);
            return WithoutDoubleSlashes(plain);
        }

        var written = TimeStamp().Match(text) is { Success: true } stamp ? text[..stamp.Index]
            : text.IndexOfAny(['\r', '\t']) is >= 0 and var end ? text[..end]
            : text;
        file.WrittenNames.Add(written);
        var name = WithoutFirst(written);
        return string.IsNullOrEmpty(name) || (other is not null && name.Length > other.Length && name.StartsWith(other, StringComparison.Ordinal))
            ? other
            : WithoutDoubleSlashes(name);
    }

    /// <summary>Whether it is the file that is none.</summary>
    public static bool IsNone(string text) =>
        text.StartsWith("/dev/null", StringComparison.Ordinal) && (text.Length == 9 || text[9] is ' ' or '\t' or '\r');

    private static string? Quoted(string text) => text.StartsWith('"') ? Unquote(text, out _) : null;

    private static string? WithoutFirst(string name) => name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? name[(slash + 1)..] : null;

    /// <summary>Both sides of git's header have something before the first slash.</summary>
    private static string? WithoutSide(string name) => name.StartsWith('/') ? null : WithoutFirst(name);

    private static string WithoutDoubleSlashes(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c != '/' || plain.Length == 0 || plain[^1] != '/')
                plain.Append(c);
        }

        return plain.ToString();
    }

    /// <summary>A name in git's C-like quotes; null when they are broken.</summary>
    private static string? Unquote(string quoted, out int end)
    {
        var name = new StringBuilder();
        for (end = 1; end < quoted.Length; end++)
        {
            if (quoted[end] == '"')
            {
                end++;
                return name.ToString();
            }

            if (quoted[end] != '\\')
                name.Append(quoted[end]);
            else if (Escaped(quoted, ref end) is { } c)
                name.Append(c);
            else
                return null;
        }

        return null;
    }

    private static char? Escaped(string text, ref int at)
    {
        if (++at >= text.Length)
            return null;
        if (text[at] is not (>= '0' and <= '3'))
            return text[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', '"' => '"', '\\' => '\\', _ => null };
        if (at + 2 >= text.Length || text[at + 1] is not (>= '0' and <= '7') || text[at + 2] is not (>= '0' and <= '7'))
            return null;
        at += 2;
        return (char)(((((text[at - 2] - '0') * 8) + (text[at - 1] - '0')) * 8) + (text[at] - '0'));
    }

    /// <summary>Date, time and zone as GNU diff and POSIX write them; time and zone may lack.</summary>
    [GeneratedRegex(@"(\t| +)([0-9]{2})?[0-9]{2}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?)?( [+-][0-9]{2}:?[0-9]{2})?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TimeStamp();
}
