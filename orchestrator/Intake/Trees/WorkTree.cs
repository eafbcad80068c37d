using System.Diagnostics;
using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// A git work tree of one run's own, gone after it. Only the files that a patch names are ever written to it: checking
/// out all of FRR takes a second, and git needs no other file to apply a patch.
/// </summary>
internal sealed class WorkTree : IAsyncDisposable
{
    private readonly string repository;
    private readonly string folder;
    private readonly FileLock alive;

    private WorkTree(Git git, string repository, string folder, FileLock alive)
    {
        this.repository = repository;
        this.folder = folder;
        this.alive = alive;
        Git = git.In(folder);
    }

    /// <summary>A file beside it, for what is of one patch only.</summary>
    public string Scratch => folder + ".patch";

    /// <summary>Git in it.</summary>
    public Git Git { get; }

    /// <summary>Makes one of a bare repository, beside it, at a commit.</summary>
    public static async Task<WorkTree> CreateAsync(Git git, string repository, string commit, CancellationToken cancel)
    {
        var below = Directory.CreateDirectory(Below(repository)).FullName;
        var place = Path.Combine(below, $"{Guid.NewGuid():N}");
        // Held for a moment only when another run looks for dead ones right now.
        var mark = await FileLock.WaitAsync(place + ".lock", TimeSpan.FromSeconds(10), cancel);
        var tree = new WorkTree(git, repository, place, mark);
        try
        {
            // git reads every other work tree's files when it adds one, and fails on those it finds half made.
            using (await FileLock.WaitAsync(repository + ".adding", TimeSpan.FromMinutes(5), cancel))
                await git.On(repository).RunAsync(["worktree", "add", "--quiet", "--detach", "--no-checkout", place, commit], cancel);
            await tree.Git.RunAsync(["read-tree", "HEAD"], cancel);
            return tree;
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes the work trees of a repository whose runs died without doing so.</summary>
    public static void Prune(string repository)
    {
        if (!Directory.Exists(Below(repository)))
            return;
        foreach (var path in Directory.EnumerateFiles(Below(repository), "*.lock"))
        {
            using var held = FileLock.TryTake(path);
            if (held is not null)
                Remove(repository, Path.ChangeExtension(path, null));
        }
    }

    /// <summary>Writes those of the files that the index has.</summary>
    public async Task MaterialiseAsync(IEnumerable<string> paths, CancellationToken cancel)
    {
        var input = Encoding.Latin1.GetBytes(string.Concat(paths.Select(p => p + "\0")));
        // Exit code 1 says that the index lacks some: the patch makes these, or it fails and says so better.
        await Git.TryAsync(["checkout-index", "--force", "--quiet", "--index", "-z", "--stdin"], cancel, input);
    }

    /// <summary>What a failed three-way merge left unmerged.</summary>
    public async Task<IReadOnlyList<Conflict>> ConflictsAsync(TreeLimits limits, CancellationToken cancel)
    {
        var unmerged = await Git.TryAsync(["diff", "--name-only", "--diff-filter=U", "-z"], cancel);
        var conflicts = new List<Conflict>();
        foreach (var path in unmerged.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var file = new FileInfo(Path.Combine(folder, path));
            if (file is { Exists: true, LinkTarget: null } && file.Length <= limits.FileBytes)
                conflicts.Add(new Conflict(path, Theirs(SourceText.Lines(await File.ReadAllTextAsync(file.FullName, Encoding.Latin1, cancel)))));
        }
        return conflicts;
    }

    private static HashSet<string> Theirs(string[] lines)
    {
        var theirs = new HashSet<string>();
        var inside = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("=======", StringComparison.Ordinal) || line.StartsWith(">>>>>>> ", StringComparison.Ordinal))
                inside = line[0] == '=';
            else if (inside)
                theirs.Add(line);
        }
        return theirs;
    }

    /// <summary>Back to a clean state after a patch that failed.</summary>
    public async Task ResetAsync(CancellationToken cancel)
    {
        await Git.TryAsync(["am", "--quit"], cancel);
        Run("find", folder, "-mindepth", "1", "-maxdepth", "1", "!", "-name", ".git", "-exec", "rm", "-rf", "--", "{}", "+");
        await Git.RunAsync(["read-tree", "--reset", "HEAD"], cancel);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Remove(repository, folder);
        alive.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Below(string repository) => repository + ".worktrees";

    /// <summary>git worktree prune would do, but it keeps what a killed git worktree add left half made.</summary>
    private static void Remove(string repository, string folder)
    {
        // Out of git's sight in one step, for the same reason.
        var known = Path.Combine(repository, "worktrees", Path.GetFileName(folder));
        var gone = folder + ".gone";
        if (Directory.Exists(known))
            Directory.Move(known, gone);
        if (Directory.Exists(folder) || Directory.Exists(gone))
            Run("rm", "-rf", "--", folder, gone);
        File.Delete(folder + ".patch");
        File.Delete(folder + ".lock");
    }

    /// <summary>A patch can make files whose names are no UTF-8; .NET sees them and cannot name them.</summary>
    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })
            ?? throw new InfrastructureException($"{program} cannot be started.");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InfrastructureException($"Files of a work tree cannot be removed: {TerminalText.Escape(error.Split('\n')[0])}");
    }
}
