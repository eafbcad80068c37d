using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>
/// A patch with which the tree does not build and which a later one repairs: nothing new for the series as a whole, but a
/// bisection stops there.
/// </summary>
/// <param name="Patch">Number of the patch.</param>
/// <param name="Targets">The targets that show it.</param>
/// <param name="RepairedBy">Number of the patch with which it builds again.</param>
/// <param name="Finding">What shows it; null when there is nothing to show.</param>
public sealed record PatchProblem(int Patch, IReadOnlyList<string> Targets, int RepairedBy, Finding? Finding = null)
{
    /// <summary>The log that shows it; null when there is none.</summary>
    public LogLink? Log { get; init; }
}
