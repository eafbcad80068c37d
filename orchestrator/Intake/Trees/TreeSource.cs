using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>Head of a branch.</summary>
/// <param name="Name">"master", or "origin/master" for a branch that only a remote has.</param>
/// <param name="Commit">Full object name.</param>
internal sealed record Branch(string Name, string Commit);

/// <summary>
/// Where a project's commits come from: somebody's repository on this machine, or our mirror of a remote one. It is only
/// ever read here (the mirror is written while it is fetched), so what it has does not depend on what we applied before.
/// </summary>
internal sealed partial record TreeSource
{
    /// <summary>What the user called it, without credentials.</summary>
    public required string Name { get; init; }

    /// <summary>Git that reads it.</summary>
    public required Git Git { get; init; }

    /// <summary>Its git directory, which identifies it on this machine.</summary>
    public required string Directory { get; init; }

    /// <summary>Its object directory.</summary>
    public required string Objects { get; init; }

    /// <summary>The file that says where a shallow history ends; it need not exist.</summary>
    public required string Shallow { get; init; }

    /// <summary>Hash that names its objects: sha1 or sha256.</summary>
    public required string Format { get; init; }

    /// <summary>Finds the repository, or mirrors it.</summary>
    /// <exception cref="UsageException">There is no repository at that place.</exception>
    public static async Task<TreeSource> OpenAsync(Git git, string pathOrUrl, string cache, TreeLimits limits, CancellationToken cancel)
    {
        if (pathOrUrl.Length == 0 || pathOrUrl[0] == '-' || pathOrUrl.Any(char.IsControl))
            throw new UsageException($"\"{pathOrUrl}\" is neither a path nor a URL of a git repository; give one of the two.");
        if (System.IO.Directory.Exists(pathOrUrl))
            return await OfDirectoryAsync(git, Path.GetFullPath(pathOrUrl), cancel);
        if (File.Exists(pathOrUrl))
            throw new UsageException($"{pathOrUrl} is a file, not a git repository; give the repository's top directory.");
        if (pathOrUrl.Contains("://", StringComparison.Ordinal) || ScpLike().IsMatch(pathOrUrl))
            return await OfUrlAsync(git, pathOrUrl, cache, limits, cancel);
        throw new UsageException($"There is no directory {Path.GetFullPath(pathOrUrl)}; give the path or the URL of a git repository.");
    }

    /// <summary>Heads of all branches (its own, then those that only a remote had), and the one that is checked out.</summary>
    public async Task<(IReadOnlyList<Branch> All, Branch? Current)> BranchesAsync(CancellationToken cancel)
    {
        var refs = await Git.RunAsync(["for-each-ref", "--format=%(HEAD)%(objectname) %(refname)", "refs/heads", "refs/remotes"], cancel);
        var all = new List<Branch>();
        Branch? current = null;
        foreach (var line in SourceText.Lines(refs.Text).Where(line => !line.EndsWith("/HEAD", StringComparison.Ordinal)))
        {
            var parts = line[1..].Split(' ', 2);
            all.Add(new Branch(parts[1].Split('/', 3)[2], parts[0]));
            if (line[0] == '*')
                current = all[^1];
        }
        return (all, current);
    }

    /// <summary>The branch to work on: the named one, else the one that is checked out.</summary>
    /// <exception cref="UsageException">There is no such branch, or nothing was ever committed.</exception>
    public async Task<Branch> BranchAsync(string? name, IReadOnlyList<Branch> branches, Branch? current, CancellationToken cancel)
    {
        var has = $"It has: {string.Join(", ", branches.Take(10).Select(b => b.Name))}{(branches.Count > 10 ? ", ..." : "")}.";
        if (name is not null)
            return branches.FirstOrDefault(b => b.Name == name) ?? branches.FirstOrDefault(b => b.Name == "origin/" + name)
                ?? throw new UsageException(branches.Count == 0
                    ? $"{Name} has no branch {name}: it is empty. Commit something first, or give another repository."
                    : $"{Name} has no branch {name}. {has}");
        if (current is not null)
            return current;
        if (await FindCommitAsync("HEAD", cancel) is { } head)
            return new Branch("HEAD", head);
        throw new UsageException(branches.Count == 0
            ? $"{Name} is an empty repository: it has no commit. Commit something first, or give another repository."
            : $"{Name} has no commit at its HEAD; name a branch. {has}");
    }

    /// <summary>Full name of the commit that a revision names, or null.</summary>
    public async Task<string?> FindCommitAsync(string revision, CancellationToken cancel)
    {
        if (revision.Length == 0 || revision[0] == '-' || revision.Any(char.IsControl))
            return null;
        var found = await Git.TryAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], cancel);
        return found.Succeeded ? found.Text : null;
    }

    /// <summary>
    /// Whether the branch at hand, or else any branch or tag, leads to the commit. Whatever was fetched once stays in a repository, such as somebody's pull
    /// request; a base must be the project's.
    /// </summary>
    public async Task<bool> IsOnABranchAsync(string commit, string head, CancellationToken cancel) =>
        (await Git.TryAsync(["merge-base", "--is-ancestor", commit, head], cancel)).Succeeded
        || (await Git.RunAsync(["for-each-ref", "--count=1", "--format=%(refname)", $"--contains={commit}", "refs/heads", "refs/remotes", "refs/tags"], cancel)).Output.Length > 0;

    private static async Task<TreeSource> OfDirectoryAsync(Git git, string path, CancellationToken cancel)
    {
        // Without the ceiling git would take any directory inside of a repository for that repository.
        var parent = Path.GetDirectoryName(path);
        var reader = git.In(path).Reading().With("GIT_CEILING_DIRECTORIES", parent ?? "");
        var source = await DescribedAsync(reader, path, cancel)
            ?? throw new UsageException($"{path} is not the top directory of a git repository; give that directory, or a URL.");
        // Older gits know no way to switch lazy fetches off, which run what the repository's configuration names.
        if ((await reader.TryAsync(["config", "--get-regexp", @"^(extensions\.partialclone|remote\..*\.promisor)$"], cancel)).Succeeded)
            throw new UsageException($"{path} is a partial clone: file contents are missing from it. Fetch them with: git -C {path} fetch --refetch --no-filter");
        return source;
    }

    private static async Task<TreeSource?> DescribedAsync(Git git, string name, CancellationToken cancel)
    {
        var facts = await git.TryAsync(
            ["rev-parse", "--show-object-format", "--absolute-git-dir", "--path-format=absolute", "--git-path", "objects", "--git-path", "shallow"], cancel);
        if (!facts.Succeeded)
            return null;
        if (facts.Text.Split('\n') is not [var format, var directory, var objects, var shallow])
            throw new UsageException($"{name} has a line end in its path, which git cannot borrow objects from; move it.");
        return new TreeSource { Name = name, Git = git, Directory = directory, Objects = objects, Shallow = shallow, Format = format };
    }

    private static async Task<TreeSource> OfUrlAsync(Git git, string url, string cache, TreeLimits limits, CancellationToken cancel)
    {
        var name = Credentials().Replace(url, "://");
        var mirror = Path.Combine(cache, CacheName(url, "mirror"));
        using var hold = await FileLock.WaitAsync(mirror + ".lock", limits.FetchTime, cancel);
        await git.RunAsync(["init", "--quiet", "--bare", "--template=", mirror], cancel);
        var there = git.On(mirror) with { Time = limits.FetchTime };
        var fetched = await there.TryAsync(
            ["fetch", "--quiet", "--prune", "--force", "--no-write-fetch-head", "--no-tags", "--", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], cancel);
        if (!fetched.Succeeded)
            throw FetchFailure(name, fetched.Error.Replace(url, name, StringComparison.Ordinal));
        var heads = await there.TryAsync(["ls-remote", "--symref", "--", url, "HEAD"], cancel);
        if (heads.Succeeded && HeadLine().Match(heads.Text) is { Success: true } head)
            await there.RunAsync(["symbolic-ref", "HEAD", head.Groups["name"].Value], cancel);
        return await DescribedAsync(git.On(mirror), name, cancel) ?? throw new InfrastructureException($"{mirror} is no git repository any more; delete it.");
    }

    private static Exception FetchFailure(string name, string error)
    {
        var said = string.Join("; ", error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(4));
        return NoRepository().IsMatch(error)
            ? new UsageException($"There is no git repository that can be read at {name} ({said}); check the URL.")
            : new InfrastructureException($"{name} cannot be fetched: {said}");
    }

    /// <summary>A file name for a place: readable, and unlike that of any other place.</summary>
    public static string CacheName(string place, string ending)
    {
        var tail = Credentials().Replace(place, "://").TrimEnd('/').Split('/', ':').Last(p => p.Length > 0 && p != ".git");
        var readable = string.Concat(tail.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..16];
        return $"{readable}-{hash}.{ending}";
    }

    [GeneratedRegex(@"^[\w.\-]+(@[\w.\-]+)?:[^:]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ScpLike();

    [GeneratedRegex("://[^/@]*@", RegexOptions.NonBacktracking)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"^ref: (?<name>refs/heads/\S+)\tHEAD$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex HeadLine();

    [GeneratedRegex("does not appear to be a git repository|[Nn]ot found|does not exist|transport '.*' not allowed|Unable to find remote helper", RegexOptions.NonBacktracking)]
    private static partial Regex NoRepository();
}
