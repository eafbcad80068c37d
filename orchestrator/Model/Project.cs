namespace OpenConfirm.Model;

/// <summary>The stages a step can belong to.</summary>
public enum StageKind
{
    /// <summary>From source to an installed daemon that answers.</summary>
    Build,

    /// <summary>The project's own tests.</summary>
    Unit,
}

/// <summary>One command of a recipe, run by <c>/bin/sh -c</c> in the root of the tree.</summary>
public sealed record RecipeStep
{
    /// <summary>Short name: <c>bootstrap</c>, <c>configure</c>, <c>compile</c>, <c>install</c>, <c>version</c>, <c>test</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The stage it belongs to.</summary>
    public required StageKind Stage { get; init; }

    /// <summary>
    /// Shell text. Set for it: <c>JOBS</c> (processors), <c>STAGING</c> (folder to install into), <c>TREE</c> (root of the tree).
    /// </summary>
    public required string Run { get; init; }

    /// <summary>Wall time after which the step is killed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Globs of files that this step reads. On a tree that is built already the step runs again only when one of them
    /// changed; empty means always.
    /// </summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Regular expression that the output must match; null when the exit code says it all.</summary>
    public string? Expect { get; init; }
}

/// <summary>A daemon's code base as configured.</summary>
public sealed record Project
{
    /// <summary>Name on the command line (<c>bird2</c>).</summary>
    public required string Name { get; init; }

    /// <summary>Name for people ("BIRD 2").</summary>
    public required string Title { get; init; }

    /// <summary>Git tree: path or URL; null when it must be given with <c>--tree</c>.</summary>
    public string? Tree { get; init; }

    /// <summary>Branch that a series without a better hint is tested on; null for the tree's HEAD.</summary>
    public string? Branch { get; init; }

    /// <summary>Names of the images it is built on.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<RecipeStep> Steps { get; init; }

    /// <summary>Memory of a machine, bytes; the work disk is part of it.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Work disk of a machine, bytes.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>Hash of the file it was read from: part of the key of cached base results.</summary>
    public required string RecipeHash { get; init; }
}
