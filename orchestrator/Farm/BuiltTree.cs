using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines;

namespace OpenConfirm.Farm;

/// <summary>A built tree in a machine, moved from commit to commit by writing only what differs: make builds only that again.</summary>
/// <param name="machine">A machine that holds the built tree.</param>
/// <param name="tree">The project's tree.</param>
/// <param name="commit">The commit that the machine's tree stands at.</param>
internal sealed class BuiltTree(IMachine machine, ProjectTree tree, string commit)
{
    /// <summary>Names in one command at most: the kernel bounds its length.</summary>
    private const int NamesAtOnce = 200;

    private string _commit = commit;

    /// <summary>Brings the tree to a commit.</summary>
    /// <returns>Every path that changed.</returns>
    public async Task<IReadOnlyCollection<string>> MoveToAsync(string commit, CancellationToken cancel)
    {
        var changes = await tree.ChangesAsync(_commit, commit, cancel);
        foreach (var chunk in changes.Deleted.Chunk(NamesAtOnce))
        {
            await machine.RunAsync(
                new MachineCommand
                {
                    Arguments = ["/bin/rm", "-rf", "--", .. chunk.Select(path => Path.Combine(RecipeRunner.TreeDirectory, path))],
                    Timeout = TimeSpan.FromMinutes(1),
                },
                Stream.Null,
                cancel);
        }

        List<string> written = [.. changes.Added, .. changes.Modified];
        if (written.Count > 0)
        {
            // Newer than every object file: the archive's own times would be the commit's.
            await using var archive = await tree.ArchiveAsync(commit, written, cancel);
            await machine.PutAsync(archive, RecipeRunner.TreeDirectory, touch: true, cancel);
        }

        _commit = commit;
        return [.. written, .. changes.Deleted];
    }
}
