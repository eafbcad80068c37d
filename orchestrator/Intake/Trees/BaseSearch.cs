using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// Finds the commit that a series was made on. What the tree has is asked of the source: commits that we made prove
/// nothing. What these commits hold is asked of our own repository, whose configuration is known.
/// </summary>
internal sealed class BaseSearch(TreeSource source, Git own, Branch branch, IReadOnlyList<Branch> branches, TreeLimits limits)
{
    private const int CommitsAtATime = 50;

    private readonly Git git = own with { Time = limits.SearchTime * 2 };

    /// <summary>The base, and why it is that.</summary>
    public async Task<SeriesBase> ChooseAsync(Series series, CancellationToken cancel)
    {
        var named = series.Base.BaseCommit?.ToLowerInvariant();
        if (named is { Length: 40 or 64 } && named.All(char.IsAsciiHexDigitLower)
            && await source.FindCommitAsync(named, cancel) is { } commit && await source.IsOnABranchAsync(commit, branch.Commit, cancel))
            return new SeriesBase(commit, BaseSource.BaseCommit, "the series names it as its base-commit");

        using var time = new CancellationTokenSource(limits.SearchTime, TimeProvider.System);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        var late = "";
        try
        {
            if (await ByBlobsAsync(series.Base.BlobIds, any.Token) is { } found)
                return found;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            late = $", and the search for the files that the patches name was given up after {limits.SearchTime.TotalSeconds:0} seconds";
        }
        var why = named is null
            ? "the series names no base that this tree has"
            : "the base-commit that the series names is on no branch of this tree";
        return new SeriesBase(branch.Commit, BaseSource.BranchHead, $"head of {branch.Name}; {why}{late}");
    }

    private async Task<SeriesBase?> ByBlobsAsync(IReadOnlyDictionary<string, string> hints, CancellationToken cancel)
    {
        // An id of zeros is a file that the series makes; ids under four digits git does not read as such.
        var blobs = hints
            .Where(h => h.Value.Length >= 4 && h.Value.All(char.IsAsciiHexDigit) && h.Value.Any(c => c != '0') && !h.Key.Any(char.IsControl))
            .ToDictionary(h => h.Key, h => h.Value.ToLowerInvariant());
        if (blobs.Count == 0 || !blobs.Keys.All(IsInTree) || !await HasAllAsync(blobs.Values, cancel))
            return null;
        var files = blobs.Count == 1 ? "the file as the patches know it" : $"the {blobs.Count} files as the patches know them";

        // The line of first parents is where people branch off; and there "youngest" has a plain meaning.
        if (await YoungestAsync([branch], firstParents: true, blobs, cancel) is { } onBranch)
            return new SeriesBase(onBranch, BaseSource.Blobs, $"youngest commit on {branch.Name} that holds {files}");
        if (await YoungestAsync([branch, .. branches], firstParents: false, blobs, cancel) is { } elsewhere)
            return new SeriesBase(elsewhere, BaseSource.Blobs, $"youngest commit of any branch that holds {files}; {branch.Name} itself has none");
        return null;
    }

    private static bool IsInTree(string path) => !path.Split('/').Any(part => part is "" or "." or "..");

    /// <summary>Whether the tree has ever had these blobs; most series of other trees end here.</summary>
    private async Task<bool> HasAllAsync(IEnumerable<string> ids, CancellationToken cancel)
    {
        var found = await source.Git.RunAsync(["cat-file", "--batch-check=%(objectname)"], cancel, Lines(ids.Select(id => id + "^{blob}")));
        return !SourceText.Lines(found.Text).Any(line => line.EndsWith(" missing", StringComparison.Ordinal));
    }

    /// <summary>
    /// The tree's state at these paths changes only in commits that touch them. It becomes the wanted one in a commit
    /// whose diff has a wanted blob on its right side, and the youngest commit that still has it is a head or the
    /// parent of a commit with a wanted blob on its left side. Only such commits are looked into.
    /// </summary>
    private async Task<string?> YoungestAsync(
        IReadOnlyList<Branch> heads, bool firstParents, IReadOnlyDictionary<string, string> blobs, CancellationToken cancel)
    {
        string[] walk = firstParents ? ["--first-parent"] : ["--full-history", "-m"];
        var input = Lines([.. heads.Select(h => h.Commit).Distinct(), "--", .. blobs.Keys]);
        var log = await git.RunAsync(["log", "--raw", "--no-abbrev", "--no-renames", "--format=%H %P", .. walk, "--stdin"], cancel, input);

        var candidates = new List<string>(heads.Select(h => h.Commit));
        string[] names = [];
        foreach (var line in SourceText.Lines(log.Text))
        {
            if (line.Length == 0)
                continue;
            if (line[0] != ':')
            {
                names = line.Split(' ');
                continue;
            }
            var fields = line.Split(' ', 5);
            if (blobs.Values.Any(id => fields[3].StartsWith(id, StringComparison.Ordinal)))
                candidates.Add(names[0]);
            if (blobs.Values.Any(id => fields[2].StartsWith(id, StringComparison.Ordinal)))
                candidates.AddRange(firstParents ? names.Skip(1).Take(1) : names.Skip(1));
        }
        var holding = new List<string>();
        foreach (var some in candidates.Distinct().Take(limits.SearchCommits).Chunk(CommitsAtATime))
        {
            holding.AddRange(await HoldingAsync(some, blobs, cancel));
            if (firstParents && holding.Count > 0)
                return holding[0]; // They stand in the order of the line, youngest first.
        }
        if (holding.Count == 0)
            return null;
        return (await git.RunAsync(["rev-list", "--no-walk=sorted", "--max-count=1", "--stdin"], cancel, Lines(holding))).Text;
    }

    private async Task<List<string>> HoldingAsync(string[] commits, IReadOnlyDictionary<string, string> blobs, CancellationToken cancel)
    {
        var paths = blobs.ToArray();
        var input = Lines(commits.SelectMany(c => paths.Select(p => $"{c}:{p.Key}")));
        var answers = SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objectname)"], cancel, input)).Text);
        return [.. commits.Index()
            .Where(c => paths.Index().All(p => answers[c.Index * paths.Length + p.Index].StartsWith(p.Item.Value, StringComparison.Ordinal)))
            .Select(c => c.Item)];
    }

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
}
