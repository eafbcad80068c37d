using System.Globalization;
using System.Text;

namespace OpenConfirm.Findings;

/// <summary>Reads git's extended diff format (git-diff(1), "Generating patch text with -p"), counting through hunk bodies.</summary>
/// <remarks>
/// A removed line "-- a/x" looks like a file header, so bodies are skipped by the counts of their hunk header and never by
/// their looks. Context lines are tolerated.
/// </remarks>
internal sealed class TreeDiffParser(TextReader reader)
{
    // Line and column counts of one file stay far from int overflow when added to each other.
    private const int MaxLine = 1 << 29;
    private static readonly Hunk WholeFile = new(1, MaxLine, 1, MaxLine);

    private readonly DiffLineReader lines = new(reader);

    public List<FileChange> ReadFiles()
    {
        var files = new List<FileChange>();
        var line = lines.Read();
        while (line is not null)
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
                files.Add(ReadFile(line, out line));
            else
                throw Malformed("expected \"diff --git\"");
        }

        return files;
    }

    private FileChange ReadFile(string header, out string? next)
    {
        // Only a file without rename, hunks or /dev/null has to be named by the header, and then both names are equal.
        string? oldPath = null, newPath = null, sameName = null;
        bool isNew = false, isDeleted = false, isCopy = false, isBinary = false;
        var hunks = new List<Hunk>();
        for (next = lines.Read(); next is not null && !next.StartsWith("diff --git ", StringComparison.Ordinal); next = lines.Read())
        {
            if (next.StartsWith("@@ ", StringComparison.Ordinal))
                ReadHunk(next, hunks);
            else if (After(next, "rename from ", "copy from ") is { } from)
            {
                oldPath = Unquote(from);
                isCopy = next[0] == 'c';
            }
            else if (After(next, "rename to ", "copy to ") is { } to)
                newPath = Unquote(to);
            else if (next.StartsWith("new file mode ", StringComparison.Ordinal))
                isNew = true;
            else if (next.StartsWith("deleted file mode ", StringComparison.Ordinal))
                isDeleted = true;
            else if (next.StartsWith("Binary files ", StringComparison.Ordinal) || next == "GIT binary patch")
                isBinary = true;
            else if (hunks.Count == 0 && (After(next, "--- ") ?? After(next, "+++ ")) is { } named && SideName(named) is { } name)
                sameName = name;
        }

        if (oldPath is null || newPath is null)
        {
            sameName ??= HeaderName(header["diff --git ".Length..]);
            oldPath ??= sameName;
            newPath ??= sameName;
        }

        return new FileChange
        {
            OldPath = isNew ? null : oldPath,
            NewPath = isDeleted ? null : newPath,
            IsCopy = isCopy,
            IsBinary = isBinary,
            Hunks = isBinary ? [WholeFile] : hunks,
        };
    }

    /// <summary>Reads "@@ -a,b +c,d @@" and its body, and adds each run of changed lines.</summary>
    private void ReadHunk(string header, List<Hunk> hunks)
    {
        var parts = header.Split(' ', 4);
        if (parts.Length < 4 || !TryRange(parts[1], '-', out var oldLine, out var oldLeft)
            || !TryRange(parts[2], '+', out var newLine, out var newLeft) || !parts[3].StartsWith("@@", StringComparison.Ordinal))
            throw Malformed("hunk header is wrong");

        int oldRun = 0, newRun = 0;
        while (oldLeft > 0 || newLeft > 0)
        {
            var line = lines.Read() ?? throw Malformed("hunk is cut off");
            switch (line.Length > 0 ? line[0] : ' ')
            {
                case '-' when oldLeft > 0:
                    oldLeft--;
                    oldRun++;
                    break;
                case '+' when newLeft > 0:
                    newLeft--;
                    newRun++;
                    break;
                case ' ' when oldLeft > 0 && newLeft > 0:
                    oldLeft--;
                    newLeft--;
                    EndRun();
                    oldLine++;
                    newLine++;
                    break;
                case '\\': // "\ No newline at end of file"
                    break;
                default:
                    throw Malformed("hunk holds more or other lines than its header says");
            }
        }

        EndRun();

        void EndRun()
        {
            if (oldRun + newRun > 0)
                hunks.Add(new Hunk(oldLine, oldRun, newLine, newRun));
            oldLine += oldRun;
            newLine += newRun;
            oldRun = newRun = 0;
        }
    }

    private static bool TryRange(string text, char sign, out int start, out int count)
    {
        start = 0;
        count = 1;
        if (text.Length < 2 || text[0] != sign)
            return false;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var first = comma < 0 ? text.AsSpan(1) : text.AsSpan(1, comma - 1);
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out start) || start > MaxLine)
            return false;
        if (comma >= 0 && (!int.TryParse(text.AsSpan(comma + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > MaxLine))
            return false;
        if (count == 0)
            start++;
        return true;
    }

    private static string? After(string line, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                return line[prefix.Length..];
        }

        return null;
    }

    /// <summary>The path of a "---" or "+++" line; null for /dev/null. Git ends names that hold blanks with a tab.</summary>
    private string? SideName(string text) => text == "/dev/null" ? null : WithoutPrefix(Unquote(text.TrimEnd('\t')));

    /// <summary>The name N of <c>a/N b/N</c>, quoted or not.</summary>
    private string HeaderName(string names)
    {
        if (names.StartsWith('"'))
            return WithoutPrefix(Unquote(names, allowRest: true));
        // "a/" N " b/" N
        var length = (names.Length - 5) / 2;
        if (length <= 0 || names.Length % 2 == 0 || names.AsSpan(2, length) is var name && !names.AsSpan(names.Length - length).SequenceEqual(name))
            throw Malformed("header does not name one file");
        return names.Substring(2, length);
    }

    private string WithoutPrefix(string path) =>
        path.Length > 2 && path[1] == '/' && path[0] is 'a' or 'b' ? path[2..] : throw Malformed("path lacks its a/ or b/");

    /// <summary>Undoes git's C-style quoting (core.quotePath in git-config(1)); a name without quotes is returned as it is.</summary>
    private string Unquote(string text, bool allowRest = false)
    {
        if (!text.StartsWith('"'))
            return text;
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return allowRest || i == text.Length - 1 ? Encoding.UTF8.GetString([.. bytes]) : throw Malformed("text after a quoted path");
            if (text[i] != '\\')
            {
                var rune = Rune.TryGetRuneAt(text, i, out var valid) ? valid : Rune.ReplacementChar;
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += rune.Utf16SequenceLength - 1;
            }
            else if (++i < text.Length)
                bytes.Add(Escape(text, ref i));
        }

        throw Malformed("quoted path does not end");
    }

    private byte Escape(string text, ref int i)
    {
        switch (text[i])
        {
            case 'a': return (byte)'\a';
            case 'b': return (byte)'\b';
            case 'f': return (byte)'\f';
            case 'n': return (byte)'\n';
            case 'r': return (byte)'\r';
            case 't': return (byte)'\t';
            case 'v': return (byte)'\v';
            case '"': return (byte)'"';
            case '\\': return (byte)'\\';
            case >= '0' and <= '3' when i + 2 < text.Length && text[i + 1] is >= '0' and <= '7' && text[i + 2] is >= '0' and <= '7':
                i += 2;
                return (byte)(((text[i - 2] - '0') << 6) | ((text[i - 1] - '0') << 3) | (text[i] - '0'));
            default: throw Malformed("unknown escape in a quoted path");
        }
    }

    private FormatException Malformed(string what) => new($"Line {lines.LineNumber} of the tree diff: {what}.");
}

/// <summary>Lines that end in LF only (a CR belongs to the text, which <see cref="TextReader.ReadLine"/> would split at) and of bounded length.</summary>
internal sealed class DiffLineReader(TextReader reader)
{
    // A header holds two paths of at most 4,096 bytes, each byte quoted in four characters; only bodies are longer.
    private const int MaxLength = 1 << 16;

    private readonly char[] buffer = new char[1 << 16];
    private readonly StringBuilder line = new();
    private int position;
    private int filled;

    public long LineNumber { get; private set; }

    /// <summary>The next line, cut off at <see cref="MaxLength"/> characters, or null at the end.</summary>
    public string? Read()
    {
        line.Clear();
        var any = false;
        while (position < filled || Fill())
        {
            any = true;
            var end = Array.IndexOf(buffer, '\n', position, filled - position);
            var stop = end < 0 ? filled : end;
            line.Append(buffer, position, Math.Min(stop - position, MaxLength - line.Length));
            position = end < 0 ? filled : end + 1;
            if (end >= 0)
                break;
        }

        if (!any)
            return null;
        LineNumber++;
        return line.ToString();
    }

    private bool Fill()
    {
        filled = reader.Read(buffer, 0, buffer.Length);
        position = 0;
        return filled > 0;
    }
}
