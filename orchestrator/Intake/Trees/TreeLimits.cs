namespace OpenConfirm.Intake.Trees;

/// <summary>What one series and one git command may cost. Patches come from strangers, so nothing is unlimited.</summary>
public sealed record TreeLimits
{
    /// <summary>Patches of one series.</summary>
    public int Patches { get; init; } = 500;

    /// <summary>Body of one patch, bytes.</summary>
    public int PatchBytes { get; init; } = 32 << 20;

    /// <summary>Lines of one patch; each is held with some thirty bytes of its own.</summary>
    public int PatchLines { get; init; } = PatchDiff.MostLines;

    /// <summary>
    /// What the copies, renames and binary contents of one series come to at most, and what one patch makes git hold in
    /// memory, bytes: the files that it names, once for each time, and binary contents.
    /// </summary>
    public long ExpandedBytes { get; init; } = 256L << 20;

    /// <summary>The files that all patches of a series name, each time counted, bytes: git writes every version to the disk.</summary>
    public long SeriesBytes { get; init; } = 4L << 30;

    /// <summary>Wall time of one git command.</summary>
    public TimeSpan CommandTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Wall time of reading and applying one patch, and of finding out why it does not apply. It is the patch that takes it
    /// (a thousand hunks that each fit nowhere in a large file), so it is told as the patch's failure.
    /// </summary>
    public TimeSpan PatchTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wall time of laying one series on its base; with hundreds of patches each within <see cref="PatchTime"/> it would be hours.</summary>
    public TimeSpan SeriesTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Memory of a git that reads a patch, bytes, held by the kernel: far more than the sums before it allow, for what they
    /// do not see.
    /// </summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>Wall time of a fetch, and of waiting for another run's fetch into the same cache.</summary>
    public TimeSpan FetchTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Wall time of the search for a base by blobs; the head of the branch is taken after it. FRR takes one to three seconds.</summary>
    public TimeSpan SearchTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Commits that the search for a base looks into.</summary>
    public int SearchCommits { get; init; } = 2000;

    /// <summary>Output of one git command held in memory, bytes.</summary>
    public long OutputBytes { get; init; } = 256L << 20;

    /// <summary>An archive of a tree, bytes.</summary>
    public long ArchiveBytes { get; init; } = 4L << 30;

    /// <summary>A source file that is read line by line, bytes; a larger one counts as binary, and no series may make one.</summary>
    public int FileBytes { get; init; } = 16 << 20;
}
