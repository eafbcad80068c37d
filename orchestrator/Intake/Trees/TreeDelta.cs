namespace OpenConfirm.Intake.Trees;

/// <summary>Paths that differ between two trees, relative to the root with '/'; a rename is one deleted and one added path.</summary>
/// <param name="Added">In the second tree only.</param>
/// <param name="Modified">In both, with other content, mode or type.</param>
/// <param name="Deleted">In the first tree only.</param>
public sealed record TreeDelta(IReadOnlyList<string> Added, IReadOnlyList<string> Modified, IReadOnlyList<string> Deleted);
