using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>What is wrong in the middle of a series and right again at its end.</summary>
public enum PatchProblemKind
{
    /// <summary>With the patches up to this one the tree does not build.</summary>
    DoesNotBuild,

    /// <summary>With the patches up to this one the unit tests fail.</summary>
    TestsFail,
}

/// <summary>A patch that breaks what a later one repairs: nothing new for the series as a whole, but a bisection stops there.</summary>
/// <param name="Patch">Number of the patch.</param>
/// <param name="Targets">The targets that show it.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="RepairedBy">Number of the patch with which it is right again; null when unknown.</param>
/// <param name="Finding">What shows it; null when there is nothing to show.</param>
public sealed record PatchProblem(
    int Patch, IReadOnlyList<string> Targets, PatchProblemKind Kind, int? RepairedBy = null, Finding? Finding = null)
{
    /// <summary>The log that shows it; null when there is none.</summary>
    public LogLink? Log { get; init; }
}
