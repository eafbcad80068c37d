using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// What git itself reads. Limits are held against what <see cref="PatchDiff"/> has read, so both must have read the same;
/// a patch on which they differ is refused, whoever of the two is right.
/// </summary>
internal static class GitView
{
    /// <summary>The bytes that <c>git am</c> gives to <c>git apply</c>: git's own mail reader parts message and diff.</summary>
    /// <param name="git">Runs it.</param>
    /// <param name="mail">The mail as <c>git am</c> will get it.</param>
    /// <param name="scratch">A file that may be written; it is gone after.</param>
    /// <param name="cancel">Stops git.</param>
    /// <returns>Error: what git says of a mail that it cannot read.</returns>
    public static async Task<(byte[] Diff, string? Error)> PatchAsync(Git git, byte[] mail, string scratch, CancellationToken cancel)
    {
        try
        {
            var read = await git.TryAsync(["mailinfo", "-b", "--no-scissors", "--quoted-cr=nowarn", "/dev/null", scratch], cancel, mail);
            return read.Succeeded ? (await File.ReadAllBytesAsync(scratch, cancel), null) : ([], read.Error);
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    /// <summary>Whether git reads the same files, names and counts of lines from a patch; else why not.</summary>
    /// <returns>Error: what git says of a patch that it cannot read. Refused: the file on which the two differ.</returns>
    public static async Task<(string? Error, (string File, string Reason)? Refused)> CompareAsync(
        Git git, ReadOnlyMemory<byte> patch, IReadOnlyList<FilePatch> files, CancellationToken cancel)
    {
        var forward = await git.TryAsync(["apply", "--numstat", "-z", "-p1", "-"], cancel, patch);
        if (!forward.Succeeded)
            return (forward.Error, null);

        // It gives the new name of each file, and backwards the old one.
        var backward = await git.TryAsync(["apply", "--numstat", "-z", "-p1", "--reverse", "-"], cancel, patch);
        if (!backward.Succeeded)
            return (backward.Error, null);
        var changed = Entries(forward);
        var differs = changed.Zip(files.Select(Entry)).FirstOrDefault(e => e.First != e.Second).First
            ?? changed.Skip(files.Count).FirstOrDefault()
            ?? files.Skip(changed.Count).Select(Entry).FirstOrDefault()
            ?? Entries(backward).Select(Name).Order(StringComparer.Ordinal).Zip(files.Select(f => f.OldName ?? f.NewName ?? "").Order(StringComparer.Ordinal))
                .FirstOrDefault(e => e.First != e.Second).First;
        return differs is null
            ? default
            : (null, (SourceText.Shown(Name(differs)), "the headers of the patch do not agree on this file, or git reads them in another way than usual; make it with git format-patch"));
    }

    private static List<string> Entries(GitResult result) =>
        [.. Encoding.Latin1.GetString(result.Output.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries)];

    private static string Name(string entry) => entry.Split('\t', 3)[^1];

    /// <summary>A file as git apply --numstat writes it: lines added, lines removed, name.</summary>
    private static string Entry(FilePatch file)
    {
        var name = file.NewName ?? file.OldName;
        if (file.IsBinary)
            return $"-\t-\t{name}";
        var lines = file.Hunks.SelectMany(h => h.Lines);
        return $"{lines.Count(l => l.StartsWith('+'))}\t{lines.Count(l => l.StartsWith('-'))}\t{name}";
    }
}
