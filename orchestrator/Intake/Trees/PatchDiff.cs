using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// Reads the diff of a mailed patch, to check where it writes, to count what it costs and to explain why it does not apply;
/// git itself applies it, and <see cref="GitView"/> holds the two readings together. It never throws: what it cannot read
/// it leaves out, and git has the last word.
/// </summary>
internal static partial class PatchDiff
{
    /// <summary>What a patch of the largest size has with lines of sixteen bytes; shorter ones are no source code.</summary>
    public const int MostLines = 2 << 20;

    /// <summary>Reads all files of the patch that <c>git mailinfo</c> takes from a mail.</summary>
    public static IReadOnlyList<FilePatch> Read(ReadOnlySpan<byte> patch)
    {
        var lines = SourceText.Lines(Encoding.Latin1.GetString(patch));
        var files = new List<FilePatch>();
        for (var at = 0; at < lines.Length;)
        {
            if (DiffHeader.Read(lines, ref at) is not { } file)
            {
                at++;
                continue;
            }

            ReadContent(lines, ref at, file);
            file.End = at;
            files.Add(file);
        }
        return files;
    }

    /// <summary>Whether the body holds anything that is meant as a diff.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<byte> body) =>
        DiffLine().IsMatch(Encoding.Latin1.GetString(body));

    /// <summary>What follows the header at once: hunks, or a binary content, or the mark of one that is left out.</summary>
    private static void ReadContent(string[] lines, ref int at, FilePatch file)
    {
        while (at < lines.Length && HunkHeader().Match(lines[at].TrimEnd('\r')) is { Success: true } header)
            at = ReadHunk(lines, at, header, file) + 1;
        if (file.Hunks.Count > 0 || at >= lines.Length)
            return;
        if (lines[at].TrimEnd('\r') == "GIT binary patch")
        {
            at++;
            file.IsBinary = true;
            file.BinaryBytes = BinaryContent.Claim(lines, ref at);
            if (file.BinaryBytes >= BinaryContent.MostClaim)
                file.Oddity ??= "has a binary content whose size cannot be read; a mail program may have changed it";
        }
        else if (LeftOut().IsMatch(lines[at].TrimEnd('\r')))
        {
            at++;
            file.IsBinary = file.LacksContent = true;
        }
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

    [GeneratedRegex(@"^@@ -(?<start>\d{1,9})(,(?<before>\d{1,9}))? \+\d{1,9}(,(?<after>\d{1,9}))? @@.*$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HunkHeader();

    [GeneratedRegex("^(Binary files|Files) .* differ$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LeftOut();

    [GeneratedRegex(@"^(diff -|--- \S|\+\+\+ \S|@@ -|Index: |GIT binary patch)", RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DiffLine();
}
