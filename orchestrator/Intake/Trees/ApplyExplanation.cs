using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>A file that a three-way merge could not merge.</summary>
/// <param name="Path">The file.</param>
/// <param name="Theirs">Lines of the patch's side between the conflict markers.</param>
internal sealed record Conflict(string Path, IReadOnlySet<string> Theirs);

/// <summary>Says why a patch does not apply, from the patch and the tree; git's own words are the last resort.</summary>
internal sealed partial class ApplyExplanation(Git git, string head, IReadOnlyList<Conflict> conflicts)
{
    private const string MailDamage = "looks line-wrapped or whitespace-damaged by a mail program; use git send-email";
    private const int ShownError = 300;

    /// <summary>A patch can name half a million files, or have thousands of hunks for a file of a million lines.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The failure, without the patches that were not tried. What takes too long to find out is left to git's own words.</summary>
    public async Task<ApplyFailure> ExplainAsync(Patch patch, IReadOnlyList<FilePatch> files, string error, CancellationToken cancel)
    {
        var failure = new ApplyFailure { Patch = patch, Reason = OfGit(error) };
        using var late = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return await ExplainAsync(failure, files, error, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return failure;
        }
    }

    private async Task<ApplyFailure> ExplainAsync(ApplyFailure failure, IReadOnlyList<FilePatch> files, string error, CancellationToken cancel)
    {
        if (InvalidPath().Match(error) is { Success: true } path)
            return failure with { File = path.Groups["path"].Value, Reason = "git does not take this path", IsRefusal = true };
        if (files.FirstOrDefault(f => f.Damage is not null) is { } damaged)
            return OfDamage(failure, damaged);
        if (files.Count == 0)
            return failure with { Reason = $"no diff in it can be read: it {MailDamage}" };
        var conflicting = conflicts.Select(c => c.Path).ToHashSet();
        foreach (var file in files.OrderByDescending(f => conflicting.Contains(Shown(f.OldName))))
            if (await OfFileAsync(failure, file, error, cancel) is { } found)
                return found;
        return failure with { File = files.Count == 1 ? SourceText.Shown(files[0].Name) : null };
    }

    private static ApplyFailure OfDamage(ApplyFailure failure, FilePatch file)
    {
        var line = SourceText.Shown(file.Damage!).Trim();
        return failure with
        {
            File = SourceText.Shown(file.Name),
            Hunk = SourceText.Shown(file.DamagedHunk!),
            Reason = line.Length == 0
                ? $"the patch is cut off or has lost lines in this hunk: it {MailDamage}"
                : $"the patch is damaged in this hunk, at \"{(line.Length > 80 ? line[..80] + "..." : line)}\": it {MailDamage}",
        };
    }

    private async Task<ApplyFailure?> OfFileAsync(ApplyFailure failure, FilePatch file, string error, CancellationToken cancel)
    {
        failure = failure with { File = SourceText.Shown(file.Name) };
        var name = Shown(file.OldName ?? file.NewName);
        var there = await TreeFile.FindAsync(git, head, name, cancel);
        if (file.OldName is null)
            return there is null ? null : failure with { Reason = "the patch makes this file, but the tree has one already, with other content" };
        if (there is null)
            return failure with { Reason = "the tree has no such file" };
        if (!there.IsRegular && file.Hunks.Count > 0 && there.Mode != "120000")
            return failure with { Reason = "the tree has no plain file there" };
        if (file.LacksContent)
            return failure with { Reason = "the patch leaves out the content of a binary file; make it with git format-patch --binary" };
        if (file.IsBinary)
            return failure with { Reason = "the tree holds another version of this binary file than the patch was made from" };
        var content = (await git.RunAsync(["cat-file", "blob", there.Blob], cancel)).Output;
        return OfHunks(failure, file, Lines(content.Span), error, cancel);
    }

    private ApplyFailure? OfHunks(ApplyFailure failure, FilePatch file, string[] lines, string error, CancellationToken cancel)
    {
        var theirs = conflicts.FirstOrDefault(c => c.Path == Shown(file.OldName))?.Theirs;
        var bad = file.Hunks.Where(h => !HunkPlace.Holds(lines, h.Before, cancel)).ToList();
        // Hunks that a three-way merge could place are not to blame, though they did not fit as they are.
        if ((bad.Find(h => theirs is not null && h.Added.Any(l => l.Trim().Length > 1 && theirs.Contains(l))) ?? bad.FirstOrDefault()) is not { } hunk)
            return null;
        var place = HunkPlace.Find(lines, hunk.Before, hunk.OldStart);
        var reason = place switch
        {
            { IsWhitespaceOnly: true } => $"the lines differ from the tree's in white space only: the patch {MailDamage}",
            { ActualLine: 0 } => "nothing in the file is like the lines that this hunk expects",
            _ => "the tree holds other lines than this hunk expects",
        };
        if (theirs is not null)
            reason += ", and a three-way merge conflicts here";
        else if (LacksBlob().IsMatch(error))
            reason += ", and the tree has never had the version of the file that the patch was made from";
        return failure with
        {
            Hunk = SourceText.Shown(hunk.Header),
            Reason = reason,
            Expected = place.Expected,
            Actual = place.Actual,
            ActualLine = place.ActualLine,
        };
    }

    /// <summary>Lines of a file as <see cref="PatchDiff"/> gives those of a hunk.</summary>
    private static string[] Lines(ReadOnlySpan<byte> content)
    {
        var text = Encoding.Latin1.GetString(content);
        var lines = SourceText.Lines(text);
        if (text.Length > 0 && text[^1] != '\n')
            lines[^1] += Hunk.NoLineEnd;
        return lines;
    }

    private static string Shown(string? name) => name is null ? "" : SourceText.Shown(name);

    private static string OfGit(string error)
    {
        var said = error.Split('\n').FirstOrDefault(l => l.StartsWith("error: ", StringComparison.Ordinal) || l.StartsWith("fatal: ", StringComparison.Ordinal));
        said = said is null ? "nothing" : said["error: ".Length..].Trim();
        return $"git cannot apply it and says: {(said.Length > ShownError ? said[..ShownError] : said)}";
    }

    [GeneratedRegex("invalid path '(?<path>[^'\n]{1,500})'", RegexOptions.NonBacktracking)]
    private static partial Regex InvalidPath();

    [GeneratedRegex("sha1 information is lacking|lacks necessary blobs|could not build fake ancestor", RegexOptions.NonBacktracking)]
    private static partial Regex LacksBlob();
}
