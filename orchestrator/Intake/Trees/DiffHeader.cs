using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// The header of one file in a diff, read in the order and to the line that <c>git apply</c> reads it: what stands behind
/// the first line that is no header is nothing to git, and must be nothing to us.
/// </summary>
internal static partial class DiffHeader
{
    private const string GitMark = "diff --git ";

    /// <summary>Reads the header that begins at a line and goes behind it; null, and not a line further, where none begins.</summary>
    public static FilePatch? Read(string[] lines, ref int at) =>
        lines[at].StartsWith(GitMark, StringComparison.Ordinal) ? OfGit(lines, ref at)
        : at + 2 < lines.Length && Starts(lines[at], "--- ") && Starts(lines[at + 1], "+++ ") && Starts(lines[at + 2], "@@ -") ? Plain(lines, ref at)
        : null;

    private static FilePatch? OfGit(string[] lines, ref int at)
    {
        var file = new FilePatch();
        var both = DiffName.OfGitHeader(lines[at][GitMark.Length..]);
        if (both is not null)
            file.WrittenNames.Add(both);
        var next = at + 1;
        while (next < lines.Length && ReadLine(lines[next], both, file))
            next++;
        if (next == at + 1)
            return null;
        at = next;
        if (file.OldName is null && file.NewName is null)
            file.OldName = file.NewName = both;
        return file;
    }

    /// <summary>Whether a line belongs to git's header; takes what it says.</summary>
    private static bool ReadLine(string line, string? both, FilePatch file)
    {
        if (After(line, "--- ") is { } old && Name(old, hasSide: true, file) is var oldName)
            file.OldName ??= file.IsNew ? null : oldName;
        else if (After(line, "+++ ") is { } changed && Name(changed, hasSide: true, file) is var newName)
            file.NewName ??= file.IsDeleted ? null : newName;
        else if (After(line, "old mode ", "new mode ") is { } mode)
            ReadMode(mode, file);
        else if (After(line, "deleted file mode ") is { } gone)
        {
            (file.IsDeleted, file.OldName) = (true, both);
            ReadMode(gone, file);
        }
        else if (After(line, "new file mode ") is { } made)
        {
            (file.IsNew, file.NewName) = (true, both);
            ReadMode(made, file);
        }
        else if (After(line, "copy from ", "rename old ", "rename from ") is { } from)
            file.OldName = Name(from, hasSide: false, file);
        else if (After(line, "copy to ", "rename new ", "rename to ") is { } to)
            file.NewName = Name(to, hasSide: false, file);
        else if (After(line, "index ") is { } ids)
            ReadIndex(ids, file);
        else
            return After(line, "similarity index ", "dissimilarity index ") is not null;
        return true;
    }

    private static FilePatch Plain(string[] lines, ref int at)
    {
        var file = new FilePatch();
        var (old, changed) = (lines[at][4..], lines[at + 1][4..]);
        at += 2;
        var oldName = DiffName.IsNone(old) ? null : DiffName.OfPlain(old, null, file);
        var newName = DiffName.IsNone(changed) ? null : DiffName.OfPlain(changed, oldName, file);

        // One name for both sides, which is how git finds the file: a plain diff never is a rename.
        var name = newName ?? oldName;
        file.OldName = DiffName.IsNone(old) ? null : name;
        file.NewName = DiffName.IsNone(changed) ? null : name;
        if (name is null)
            file.Oddity = "is a plain diff whose names have no directory before them (a/ and b/), of which git takes one away; make it with git format-patch";
        return file;
    }

    private static string? Name(string text, bool hasSide, FilePatch file)
    {
        var name = DiffName.OfGit(text, hasSide, out var written);
        if (!hasSide || !DiffName.IsNone(text))
            file.WrittenNames.Add(written);
        return name;
    }

    /// <summary>git takes any octal number in any spelling; what it writes itself is one of a few.</summary>
    private static void ReadMode(string text, FilePatch file)
    {
        var mode = text.TrimEnd('\r');
        file.IsSubmodule |= mode.StartsWith("160", StringComparison.Ordinal);
        if (!Mode().IsMatch(mode))
            file.Oddity ??= "gives a file a mode that git does not write";
    }

    /// <summary>git takes what stands there for the name of an object, whatever it is, and the last of several lines.</summary>
    private static void ReadIndex(string text, FilePatch file)
    {
        if (file.NewBlob is not null)
            file.Oddity ??= "has two index lines for one file";
        if (IndexLine().Match(text.TrimEnd('\r')) is not { Success: true } index)
        {
            file.Oddity ??= "has an index line that does not name two blobs";
            return;
        }

        (file.OldBlob, file.NewBlob) = (index.Groups["old"].Value, index.Groups["new"].Value);
        if (index.Groups["mode"] is { Success: true } mode)
            ReadMode(mode.Value, file);
    }

    private static bool Starts(string line, string with) => line.StartsWith(with, StringComparison.Ordinal);

    private static string? After(string line, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
            if (Starts(line, prefix))
                return line[prefix.Length..];
        return null;
    }

    [GeneratedRegex(@"^(100[0-7]{3}|120000|160000)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Mode();

    [GeneratedRegex(@"^(?<old>[0-9a-fA-F]{1,64})\.\.(?<new>[0-9a-fA-F]{1,64})( (?<mode>.+))?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex IndexLine();
}
