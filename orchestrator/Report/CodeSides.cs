namespace OpenConfirm.Report;

/// <summary>The code that a finding stands in, in both trees. Row by row the two sides show the same place.</summary>
/// <param name="Base">The base's side.</param>
/// <param name="Patched">The patched tree's side.</param>
public sealed record CodeSides(CodeExcerpt Base, CodeExcerpt Patched);

/// <summary>Some lines of a file of one tree.</summary>
/// <param name="Path">Path in this tree; null when this tree has no such file.</param>
/// <param name="Lines">The lines in order; empty when the file is no text or too large.</param>
public sealed record CodeExcerpt(string? Path, IReadOnlyList<CodeLine> Lines);

/// <summary>A line of code.</summary>
/// <param name="Number">Line in its file, from 1; 0 for a gap that keeps both sides level where the other has more lines.</param>
/// <param name="Text">Its text, as it stands in the file; the end of a long one may be missing.</param>
/// <param name="IsChanged">The series changed, removed or added it.</param>
/// <param name="IsMarked">The finding is about this line.</param>
public sealed record CodeLine(int Number, string Text, bool IsChanged = false, bool IsMarked = false);
