using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// A project's git tree, and the place where series are laid on it. Somebody's repository is only read: commits made here
/// go to a bare repository of our own in the cache directory, which borrows the other's objects. Several runs, in one or
/// more processes, may use one cache directory at a time. Every member throws <see cref="InfrastructureException"/> when
/// git itself fails, and takes and gives full object names of commits.
/// </summary>
public sealed class ProjectTree
{
    // Attributes of the tree itself must not change what we see of it: files left out of an archive, keywords expanded,
    // sources called binary, merges always in favour of one side. This file has the last word (gitattributes(5)).
    private const string Attributes =
        "* -export-ignore -export-subst -text -ident -filter -working-tree-encoding !eol !crlf !diff !merge !whitespace !conflict-marker-size\n";

    /// <summary>Much longer than a run may take; what a hostile series wrote is gone after it.</summary>
    private static readonly TimeSpan ObjectLife = TimeSpan.FromDays(7);

    private readonly TreeSource source;
    private readonly Git git;
    private readonly string repository;
    private readonly Branch branch;
    private readonly IReadOnlyList<Branch> branches;
    private readonly TreeLimits limits;

    private ProjectTree(TreeSource source, Git git, string repository, Branch branch, IReadOnlyList<Branch> branches, TreeLimits limits)
    {
        this.source = source;
        this.git = git;
        this.repository = repository;
        this.branch = branch;
        this.branches = branches;
        this.limits = limits;
    }

    /// <summary>The path or the URL it came from, without credentials.</summary>
    public string Name => source.Name;

    /// <summary>The configured branch, else the one that was checked out.</summary>
    public string BranchName => branch.Name;

    /// <summary>Head of that branch when the tree was opened.</summary>
    public string BranchHead => branch.Commit;

    /// <summary>Opens a repository of this machine, or mirrors a remote one (all branches and tags; again on every open).</summary>
    /// <param name="pathOrUrl">Top directory of a repository, bare or not, or a URL (https, http, git, ssh, file, host:path).</param>
    /// <param name="branch">Branch that series are for; null for the one that is checked out.</param>
    /// <param name="cacheDirectory">Directory of ours for mirrors, commits and work trees; made when it is missing.</param>
    /// <param name="cancel">Stops git and cleans up.</param>
    /// <param name="limits">What a series and a command may cost.</param>
    /// <exception cref="UsageException">No repository, an empty one, or no such branch.</exception>
    public static async Task<ProjectTree> OpenAsync(
        string pathOrUrl, string? branch, string cacheDirectory, CancellationToken cancel, TreeLimits? limits = null)
    {
        limits ??= new TreeLimits();
        var cache = Path.GetFullPath(cacheDirectory);
        Directory.CreateDirectory(cache);
        var any = new Git { Time = limits.CommandTime, OutputBytes = limits.OutputBytes };
        var from = await TreeSource.OpenAsync(any, pathOrUrl, cache, limits, cancel);
        var (heads, current) = await from.BranchesAsync(cancel);
        var chosen = await from.BranchAsync(branch, heads, current, cancel);
        var own = await OwnRepositoryAsync(any, from, cache, limits, cancel);
        WorkTree.Prune(own);
        DropOldObjects(own);
        return new ProjectTree(from, any.On(own), own, chosen, heads, limits);
    }

    /// <summary>A commit that the user names as the base, by any name that git knows.</summary>
    public async Task<SeriesBase> BaseAtAsync(string revision, CancellationToken cancel) =>
        await source.FindCommitAsync(revision, cancel) is { } commit
            ? new SeriesBase(commit, BaseSource.Asked, "it was asked for")
            : throw new UsageException($"{source.Name} has no commit '{revision}'.");

    /// <summary>
    /// The commit to test a series on: its base-commit when a branch of the tree leads to it, else the youngest commit that holds the
    /// blobs the patches name, else the head of the branch. The reason says which.
    /// </summary>
    public Task<SeriesBase> ChooseBaseAsync(Series series, CancellationToken cancel) =>
        new BaseSearch(source, git, branch, branches, limits).ChooseAsync(series, cancel);

    /// <summary>
    /// Applies the patches at hand in their order with <c>git am --3way</c>, in a work tree that is gone after. The same
    /// series on the same base gives the same commits. A patch that does not apply ends it and is described in the result.
    /// </summary>
    public Task<AppliedSeries> ApplyAsync(Series series, SeriesBase seriesBase, CancellationToken cancel) =>
        new SeriesApplication(git, repository, limits).ApplyAsync(series, seriesBase, cancel);

    /// <summary>The commits of <c>A..B</c> as a series: first parents only, oldest first, without merges.</summary>
    /// <exception cref="UsageException">It is no range, names a revision that the tree does not have, or holds no patch.</exception>
    public async Task<Series> SeriesOfRangeAsync(string range, CancellationToken cancel) =>
        (await CommitRange.ReadAsync(source, git, range, limits, cancel)).Series;

    /// <summary>The same range as an applied series: the commits are there already.</summary>
    /// <exception cref="UsageException">As <see cref="SeriesOfRangeAsync"/>.</exception>
    public async Task<AppliedSeries> AppliedRangeAsync(string range, CancellationToken cancel) =>
        (await CommitRange.ReadAsync(source, git, range, limits, cancel)).Applied;

    /// <summary>
    /// A tar stream of a commit's tree, every file as git holds it whatever the tree's attributes say; submodules are empty
    /// directories. Files carry the time of the commit: whoever unpacks them over a built tree must touch them.
    /// </summary>
    /// <param name="commit">The commit.</param>
    /// <param name="paths">Only these files (each must exist); null for all. More than a megabyte of names gives all.</param>
    /// <param name="cancel">Stops git.</param>
    public async Task<Stream> ArchiveAsync(string commit, IReadOnlyCollection<string>? paths, CancellationToken cancel)
    {
        if (paths is { Count: 0 })
            return new MemoryStream(new byte[1024]); // Two blocks of zeros: an empty tar.
        var spool = Path.Combine(Path.GetDirectoryName(repository)!, $"archive-{Guid.NewGuid():N}");
        var file = new FileStream(spool, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        try
        {
            File.Delete(spool); // It lives as long as it is open, so nothing stays behind whatever happens.
            var all = paths is null || paths.Sum(p => (long)p.Length) > 1 << 20;
            string[] arguments = ["archive", "--format=tar", Checked(commit), .. all ? [] : paths!.Prepend("--")];
            await (git with { OutputBytes = limits.ArchiveBytes }).RunToAsync(arguments, file, cancel);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>A tar stream of a commit's whole tree.</summary>
    public Task<Stream> ArchiveAsync(string commit, CancellationToken cancel) => ArchiveAsync(commit, null, cancel);

    /// <summary>Paths that differ between two commits.</summary>
    public async Task<TreeDelta> ChangesAsync(string from, string to, CancellationToken cancel)
    {
        var result = await git.RunAsync(["diff-tree", "-r", "-z", "--no-renames", "--name-status", Checked(from), Checked(to)], cancel);
        var parts = result.Output.Span.Length == 0 ? [] : SourceText.Decode(result.Output.Span).TrimEnd('\0').Split('\0');
        var changes = parts.Chunk(2).ToLookup(c => c[0], c => c[1]);
        return new TreeDelta([.. changes["A"]], [.. changes["M"], .. changes["T"]], [.. changes["D"]]);
    }

    /// <summary>The difference of two commits for mapping positions: <c>git diff -M -U0</c> with full blob names; odd paths are quoted.</summary>
    public async Task<string> DiffAsync(string from, string to, CancellationToken cancel)
    {
        var result = await git.RunAsync(
            [.. TreeDiff.GitArguments, Checked(from), Checked(to), "--"], cancel);
        return SourceText.Decode(result.Output.Span);
    }

    /// <summary>
    /// Lines of a file without their ends, in UTF-8 or else Latin-1; null when it is absent, no regular file, binary (holds a
    /// zero byte, as git judges) or larger than <see cref="TreeLimits.FileBytes"/>.
    /// </summary>
    public async Task<IReadOnlyList<string>?> ReadLinesAsync(string commit, string path, CancellationToken cancel)
    {
        var file = await TreeFile.FindAsync(git, Checked(commit), path, cancel);
        if (file is not { IsRegular: true } || file.Size > limits.FileBytes)
            return null;
        var content = (await git.RunAsync(["cat-file", "blob", file.Blob], cancel)).Output;
        if (content.Span.Contains((byte)0))
            return null;
        return [.. SourceText.Lines(SourceText.Decode(content.Span)).Select(line => line.TrimEnd('\r'))];
    }

    /// <summary>Those of some commits that are ancestors of a commit (or it itself), the nearest first; of a very long history the last 100,000 commits count.</summary>
    public async Task<IReadOnlyList<string>> AncestorsAsync(string commit, IReadOnlyCollection<string> among, CancellationToken cancel)
    {
        if (among.Count == 0)
            return [];
        var history = await git.RunAsync(["rev-list", "--max-count=100000", Checked(commit), "--"], cancel);
        return [.. history.Text.Split('\n').Where(among.ToHashSet().Contains)];
    }

    /// <summary>A commit's title.</summary>
    public async Task<string> TitleAsync(string commit, CancellationToken cancel) =>
        (await git.RunAsync(["log", "-1", "--format=%s", Checked(commit), "--"], cancel)).Text;

    /// <summary>Names of commits go into arguments; anything but an object name would be a mistake of ours.</summary>
    internal static string Checked(string commit) =>
        commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigitLower)
            ? commit
            : throw new ArgumentException($"\"{commit}\" is not a full object name.");

    private static async Task<string> OwnRepositoryAsync(Git git, TreeSource source, string cache, TreeLimits limits, CancellationToken cancel)
    {
        var own = Path.Combine(cache, TreeSource.CacheName(source.Directory, source.Format + ".git"));
        using var hold = await FileLock.WaitAsync(own + ".lock", limits.FetchTime, cancel);
        if (!Directory.Exists(own))
        {
            await git.RunAsync(["init", "--quiet", "--bare", "--template=", $"--object-format={source.Format}", own + ".new"], cancel);
            Directory.Move(own + ".new", own); // What has the name is complete, whenever we are killed.
        }
        await ReplaceAsync(Path.Combine(own, "objects", "info", "alternates"), source.Objects + "\n", cancel);
        await ReplaceAsync(Path.Combine(own, "info", "attributes"), Attributes, cancel);
        // History ends where it ends in the source; without this git would miss the parents there.
        await ReplaceAsync(Path.Combine(own, "shallow"), File.Exists(source.Shallow) ? await File.ReadAllTextAsync(source.Shallow, cancel) : null, cancel);
        return own;
    }

    /// <summary>
    /// What series wrote into our repository: no ref leads to it, git's own collection is off, and each run writes again what
    /// it needs (which makes it young again). In a source's folder nothing is touched.
    /// </summary>
    private static void DropOldObjects(string own)
    {
        var old = TimeProvider.System.GetUtcNow().UtcDateTime - ObjectLife;
        foreach (var file in new DirectoryInfo(Path.Combine(own, "objects")).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }))
        {
            if (file.LastWriteTimeUtc < old && file.Directory!.Name.Length == 2) // objects/ab/...: neither packs nor info
                file.Delete();
        }
    }

    /// <summary>Other runs read these files while we write: they see the old one or the new one.</summary>
    private static async Task ReplaceAsync(string path, string? content, CancellationToken cancel)
    {
        if (content is null)
        {
            File.Delete(path);
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path + ".new", content, cancel);
        File.Move(path + ".new", path, overwrite: true);
    }
}
