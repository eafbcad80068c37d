using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Trees;

/// <summary>One hunk. Lines are strings of Latin-1 characters that stand for bytes, without line feeds.</summary>
/// <param name="Header">The line that begins with "@@".</param>
/// <param name="OldStart">Line it expects to begin at, from 1.</param>
/// <param name="Lines">Its lines with their first character (' ', '-', '+', '\').</param>
internal sealed record Hunk(string Header, int OldStart, IReadOnlyList<string> Lines)
{
    /// <summary>What a last line without a line feed ends with, here and in the lines of files that hunks are held against.</summary>
    public const string NoLineEnd = "\n\\ No newline at end of file";

    /// <summary>What the file must hold: context and removed lines.</summary>
    public IReadOnlyList<string> Before
    {
        get
        {
            var before = new List<string>();
            var last = ' ';
            foreach (var line in Lines)
            {
                if (line.StartsWith('\\') && last != '+' && before.Count > 0)
                    before[^1] += NoLineEnd;
                last = line.Length == 0 ? ' ' : line[0];
                if (last is ' ' or '-' or '\r')
                    before.Add(line.Length == 0 ? "" : line[1..]);
            }
            return before;
        }
    }

    /// <summary>What it adds, for finding the hunk that a conflict is about.</summary>
    public IEnumerable<string> Added => Lines.Where(l => l.StartsWith('+')).Select(l => l[1..]);
}

/// <summary>What a patch does to one file. Names are as git strips them (without a/ and b/); null stands for /dev/null.</summary>
internal sealed record FilePatch
{
    /// <summary>Name in the base.</summary>
    public string? OldName { get; set; }

    /// <summary>Name in the result.</summary>
    public string? NewName { get; set; }

    /// <summary>Id of the blob that it was made from, as far as its index line has it.</summary>
    public string? OldBlob { get; set; }

    /// <summary>All names as the patch writes them, for the check of where they lead.</summary>
    public List<string> WrittenNames { get; } = [];

    /// <summary>It carries or announces binary content.</summary>
    public bool IsBinary { get; set; }

    /// <summary>What its binary contents claim to grow to, bytes.</summary>
    public long BinaryBytes { get; set; }

    /// <summary>It says "Binary files differ" and leaves the content out.</summary>
    public bool LacksContent { get; set; }

    /// <summary>It makes or changes a submodule.</summary>
    public bool IsSubmodule { get; set; }

    /// <summary>Its hunks.</summary>
    public List<Hunk> Hunks { get; } = [];

    /// <summary>The hunk line that cannot be part of a diff, and what it looks like; null for a sound patch.</summary>
    public string? Damage { get; set; }

    /// <summary>Header of the hunk that holds the damage.</summary>
    public string? DamagedHunk { get; set; }

    /// <summary>The name to show.</summary>
    public string Name => OldName ?? NewName ?? "";
}

/// <summary>
/// Reads the diff of a mailed patch, to check where it writes and to explain why it does not apply; git itself applies it.
/// It never throws: what it cannot read it leaves out, and git has the last word.
/// </summary>
internal static partial class PatchDiff
{
    /// <summary>Reads all files of a patch's body.</summary>
    public static IReadOnlyList<FilePatch> Read(ReadOnlySpan<byte> body)
    {
        var lines = SourceText.Lines(Encoding.Latin1.GetString(body));
        var files = new List<FilePatch>();
        FilePatch? file = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
                files.Add(file = OfGitHeader(line));
            else if (line.StartsWith("--- ", StringComparison.Ordinal) && i + 1 < lines.Length && lines[i + 1].StartsWith("+++ ", StringComparison.Ordinal))
            {
                if (file is null || file.Hunks.Count > 0)
                    files.Add(file = new FilePatch()); // A plain diff without git's header.
                file.OldName = Name(line[4..], file);
                file.NewName = Name(lines[++i].TrimEnd('\r')[4..], file);
            }
            else if (file is not null && HunkHeader().Match(line) is { Success: true } header)
                i = ReadHunk(lines, i, header, file);
            else if (file is not null)
            {
                ReadExtended(line, file);

                // Capped, so that no number of claims goes round.
                if (file.IsBinary)
                    file.BinaryBytes += Math.Min(BinaryContent.Claim(lines, i), int.MaxValue * 2L);
            }
        }
        return files;
    }

    /// <summary>Whether the body holds anything that is meant as a diff.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<byte> body) =>
        DiffLine().IsMatch(Encoding.Latin1.GetString(body));

    private static FilePatch OfGitHeader(string line)
    {
        var file = new FilePatch();
        var names = line["diff --git ".Length..];
        // Unquoted names may hold spaces; where both sides have one name, it is half of the line. Else other lines tell.
        var half = names.Length / 2;
        if (names.StartsWith('"'))
        {
            file.OldName = Name(names, file);
            var rest = names.LastIndexOf(" \"", StringComparison.Ordinal);
            file.NewName = rest > 0 ? Name(names[(rest + 1)..], file) : file.OldName;
        }
        else if (names.Length % 2 == 1 && names[half] == ' ')
        {
            file.OldName = Name(names[..half], file);
            file.NewName = Name(names[(half + 1)..], file);
        }
        return file;
    }

    private static void ReadExtended(string line, FilePatch file)
    {
        if (line == "GIT binary patch")
            file.IsBinary = true;
        if (file.Hunks.Count > 0)
            return;
        if (line.StartsWith("new file mode ", StringComparison.Ordinal))
            file.OldName = null;
        else if (line.StartsWith("deleted file mode ", StringComparison.Ordinal))
            file.NewName = null;
        else if (AfterPrefix(line, "rename from ", "rename old ", "copy from ") is { } from)
            file.OldName = Name(WithSide("a/", from), file, hasTimeStamp: false);
        else if (AfterPrefix(line, "rename to ", "rename new ", "copy to ") is { } to)
            file.NewName = Name(WithSide("b/", to), file, hasTimeStamp: false);
        else if (IndexLine().Match(line) is { Success: true } index)
            file.OldBlob = index.Groups["old"].Value;
        else if (line.StartsWith("Binary files ", StringComparison.Ordinal))
            file.IsBinary = file.LacksContent = true;
        if (line.EndsWith(" 160000", StringComparison.Ordinal) && SubmoduleMode().IsMatch(line))
            file.IsSubmodule = true;
    }

    /// <summary>Reads the lines that a hunk's header promises; gives the index of its last.</summary>
    private static int ReadHunk(string[] lines, int at, Match header, FilePatch file)
    {
        var before = Number(header.Groups["before"].Value);
        var after = Number(header.Groups["after"].Value);
        var taken = new List<string>();
        while (at + 1 < lines.Length && (before > 0 || after > 0 || lines[at + 1].StartsWith('\\')))
        {
            var line = lines[at + 1];
            var sign = line.Length == 0 || line == "\r" ? ' ' : line[0];
            if (sign is not (' ' or '-' or '+' or '\\'))
                break;

            // One for each side is all that a diff can have; a million would be joined to one line.
            if (sign == '\\' && taken.Count > 0 && taken[^1].StartsWith('\\'))
                break;
            before -= sign is ' ' or '-' ? 1 : 0;
            after -= sign is ' ' or '+' ? 1 : 0;
            if (before < 0 || after < 0)
                break;
            taken.Add(line);
            at++;
        }
        if ((before != 0 || after != 0) && file.Damage is null)
        {
            file.Damage = at + 1 < lines.Length ? lines[at + 1] : "";
            file.DamagedHunk = header.Value;
        }
        file.Hunks.Add(new Hunk(header.Value, Number(header.Groups["start"].Value), taken));
        return at;
    }

    private static int Number(string digits) =>
        digits.Length == 0 ? 1 : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    private static string? AfterPrefix(string line, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
            if (line.StartsWith(prefix, StringComparison.Ordinal))
                return line[prefix.Length..];
        return null;
    }

    /// <summary>A name as the other headers have it, with the side before it; in quotes when it was.</summary>
    private static string WithSide(string side, string name) => name.StartsWith('"') ? '"' + side + name[1..] : side + name;

    /// <summary>A name without quotes, time stamp and first component; null for /dev/null.</summary>
    private static string? Name(string written, FilePatch file, bool hasTimeStamp = true)
    {
        var name = written.StartsWith('"') ? Unquoted(written) : hasTimeStamp ? written.Split('\t', 2)[0] : written;
        if (name == "/dev/null")
            return null;
        file.WrittenNames.Add(name);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? name[(slash + 1)..] : name;
    }

    /// <summary>A name in git's C-like quotes.</summary>
    private static string Unquoted(string quoted)
    {
        var name = new StringBuilder();
        for (var i = 1; i < quoted.Length && quoted[i] != '"'; i++)
        {
            if (quoted[i] != '\\' || i + 1 == quoted.Length)
            {
                name.Append(quoted[i]);
                continue;
            }
            var code = quoted[++i];
            if (code is >= '0' and <= '3' && i + 2 < quoted.Length)
            {
                name.Append((char)((((code - '0') * 8) + (quoted[i + 1] - '0')) * 8 + (quoted[i + 2] - '0') & 0xff));
                i += 2;
            }
            else
                name.Append(code switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', _ => code });
        }
        return name.ToString();
    }

    [GeneratedRegex(@"^@@ -(?<start>\d{1,9})(,(?<before>\d{1,9}))? \+\d{1,9}(,(?<after>\d{1,9}))? @@.*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HunkHeader();

    [GeneratedRegex("^index (?<old>[0-9a-f]{4,64})\\.\\.[0-9a-f]{4,64}( [0-7]+)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex IndexLine();

    [GeneratedRegex("^(new file mode|deleted file mode|old mode|new mode|index [0-9a-f]+\\.\\.[0-9a-f]+) 160000$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SubmoduleMode();

    [GeneratedRegex(@"^(diff -|--- \S|\+\+\+ \S|@@ -|Index: |GIT binary patch)", RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DiffLine();
}
