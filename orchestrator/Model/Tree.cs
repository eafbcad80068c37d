namespace OpenConfirm.Model;

/// <summary>How the commit that a series is tested on was found; in order of trust.</summary>
public enum BaseSource
{
    /// <summary>The series names it (<c>base-commit:</c>) and the tree has it.</summary>
    BaseCommit,

    /// <summary>The youngest commit of the branch that holds every blob the patches name.</summary>
    Blobs,

    /// <summary>Head of the configured branch: nothing better was known.</summary>
    BranchHead,

    /// <summary>The user named it (<c>--base COMMIT</c>).</summary>
    Asked,

    /// <summary>The range the user gave (<c>--git REPO A..B</c>).</summary>
    Range,
}

/// <summary>The commit that a series is tested on.</summary>
/// <param name="Commit">Full object name.</param>
/// <param name="Source">How it was found.</param>
/// <param name="Reason">The same for a person, one sentence without a full stop at its end.</param>
public sealed record SeriesBase(string Commit, BaseSource Source, string Reason);

/// <summary>A patch as it stands in the tree.</summary>
/// <param name="Patch">The patch.</param>
/// <param name="Commit">Commit with this patch and all before it.</param>
/// <param name="WasAlreadyApplied">The base holds this change already; the commit equals the one before.</param>
public sealed record AppliedPatch(Patch Patch, string Commit, bool WasAlreadyApplied);

/// <summary>Why a series does not apply, so that its author can act without asking.</summary>
public sealed record ApplyFailure
{
    /// <summary>The patch that failed.</summary>
    public required Patch Patch { get; init; }

    /// <summary>The file, relative to the tree; null when git could not even read the patch.</summary>
    public string? File { get; init; }

    /// <summary>The hunk's header ("@@ -10,7 +10,8 @@ ..."), when one hunk is to blame.</summary>
    public string? Hunk { get; init; }

    /// <summary>It was not even tried: it is over a limit, or it writes where no patch may.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>One sentence: what is wrong.</summary>
    public required string Reason { get; init; }

    /// <summary>Context and removed lines that the hunk expects, as far as they matter.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    /// <summary>What the tree holds at the likeliest place.</summary>
    public IReadOnlyList<string> Actual { get; init; } = [];

    /// <summary>Line of <see cref="Actual"/>'s beginning in the file, from 1; 0 when no place is alike.</summary>
    public int ActualLine { get; init; }

    /// <summary>Patches after it, which were not tried.</summary>
    public IReadOnlyList<Patch> NotTried { get; init; } = [];
}

/// <summary>A series laid on its base.</summary>
/// <param name="Base">The commit it was laid on.</param>
/// <param name="Patches">The patches that apply, in order.</param>
/// <param name="Failure">Null when all of them do.</param>
public sealed record AppliedSeries(SeriesBase Base, IReadOnlyList<AppliedPatch> Patches, ApplyFailure? Failure)
{
    /// <summary>Commit with the patches that apply.</summary>
    public string Head => Patches.Count > 0 ? Patches[^1].Commit : Base.Commit;

    /// <summary>The base holds every patch already.</summary>
    public bool IsAlreadyApplied => Failure is null && Patches.Count > 0 && Patches.All(p => p.WasAlreadyApplied);
}
