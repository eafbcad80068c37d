using System.Globalization;
using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>A range of commits, as a series and as what it is already: an applied one.</summary>
/// <param name="Series">Its commits as patches.</param>
/// <param name="Applied">The same with their commits.</param>
internal sealed record CommitRange(Series Series, AppliedSeries Applied)
{
    private const int Fields = 7;

    private sealed record Commit(string Id, string[] Parents, Person Author, DateTimeOffset? Date, string Title, byte[] Message);

    /// <summary>Reads <c>A..B</c>.</summary>
    /// <param name="source">Knows the revisions by their names.</param>
    /// <param name="git">Reads the commits, with our configuration instead of the user's.</param>
    /// <param name="range">Two revisions; an empty one stands for HEAD.</param>
    /// <param name="limits">How many commits are taken.</param>
    /// <param name="cancel">Stops git.</param>
    public static async Task<CommitRange> ReadAsync(TreeSource source, Git git, string range, TreeLimits limits, CancellationToken cancel)
    {
        var dots = range.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0 || range.Contains("...", StringComparison.Ordinal))
            throw new UsageException($"\"{range}\" is no range of commits; write it A..B, for example master..topic or HEAD~3..HEAD.");
        var from = await ResolveAsync(source, range[..dots], range, cancel);
        var to = await ResolveAsync(source, range[(dots + 2)..], range, cancel);
        var all = await CommitsAsync(git, from, to, limits, cancel);
        var patches = all.Where(c => c.Parents.Length == 1).ToList();
        var skipped = all.Except(patches).ToList();
        if (patches.Count == 0)
            throw new UsageException(Empty(range, source.Name, skipped));
        if (patches.Count > limits.Patches)
            throw new UsageException($"{range} has more than {limits.Patches} commits; give a shorter range.");

        var applied = new List<AppliedPatch>();
        foreach (var (i, commit) in patches.Index())
            applied.Add(new AppliedPatch(await PatchAsync(git, i + 1, commit, cancel), commit.Id, WasAlreadyApplied: false));
        var start = patches[0].Parents[0];
        var reason = start == from ? $"the range {range} begins there" : $"the first commit of {range} was made on it";
        if (skipped.Count > 0)
            reason += $"; merges in the range are no patches: {string.Join(", ", skipped.Take(5).Select(Short))}{(skipped.Count > 5 ? ", ..." : "")}";
        var series = new Series
        {
            Subject = patches[0].Title,
            Version = 1,
            Total = patches.Count,
            Submitter = patches[0].Author,
            Patches = [.. applied.Select(a => a.Patch)],
            Base = new BaseHints(start, [], new Dictionary<string, string>()),
            Date = patches[0].Date,
        };
        return new CommitRange(series, new AppliedSeries(new SeriesBase(start, BaseSource.Range, reason), applied, null));
    }

    private static async Task<string> ResolveAsync(TreeSource source, string revision, string range, CancellationToken cancel) =>
        await source.FindCommitAsync(revision.Length == 0 ? "HEAD" : revision, cancel)
        ?? throw new UsageException($"{source.Name} has no commit \"{revision}\" (in the range {range}); check the name, or fetch it.");

    /// <summary>Commits of the first-parent line, oldest first. Roots have nothing to be compared with and count as merges do.</summary>
    private static async Task<List<Commit>> CommitsAsync(Git git, string from, string to, TreeLimits limits, CancellationToken cancel)
    {
        var log = await git.RunAsync(
            ["log", "-z", "--first-parent", $"--max-count={2 * limits.Patches + 1}", "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%s%x00%b", $"{from}..{to}", "--"], cancel);
        var text = Encoding.Latin1.GetString(log.Output.Span);
        return [.. text.Split('\0').Chunk(Fields).Where(f => f.Length == Fields).Select(f => new Commit(
            f[0],
            f[1].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new Person(SourceText.Shown(f[2]), SourceText.Shown(f[3])),
            DateTimeOffset.TryParse(f[4], CultureInfo.InvariantCulture, out var date) ? date : null,
            SourceText.Shown(f[5]),
            Encoding.Latin1.GetBytes(f[6]))).Reverse()];
    }

    private static async Task<Patch> PatchAsync(Git git, int number, Commit commit, CancellationToken cancel)
    {
        var diff = await git.RunAsync(
            ["diff-tree", "-p", "-M", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", commit.Parents[0], commit.Id, "--"], cancel);
        return new Patch
        {
            Number = number,
            Title = commit.Title,
            Author = commit.Author,
            Date = commit.Date,
            Body = (byte[])[.. commit.Message, .. "---\n\n"u8, .. diff.Output.Span],
        };
    }

    private static string Empty(string range, string name, List<Commit> skipped) => skipped.FirstOrDefault(c => c.Parents.Length > 1) switch
    {
        null => $"{range} holds no commit of {name} that has a parent: is it the other way round?",
        { } merge => $"{range} holds only merges ({string.Join(", ", skipped.Take(5).Select(Short))}) on its first-parent line; "
            + $"name the merged commits, for example {Short(merge)}^1..{Short(merge)}^2.",
    };

    private static string Short(Commit commit) => commit.Id[..12];
}
