using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm;

/// <summary>
/// The code around findings, base beside patched, from both trees as applied. Where one tree alone shows a finding, the diff
/// says which place of the other belongs beside it.
/// </summary>
internal sealed class FindingCode
{
    /// <summary>Rows above and below the marked one.</summary>
    private const int Context = 5;

    /// <summary>Characters of a line at most.</summary>
    private const int MaxLength = 400;

    /// <summary>Findings of a target that get their code at most, the new ones first.</summary>
    private const int MostFindings = 300;

    private readonly TreeDiff _diff;
    private readonly Func<string, IReadOnlyList<string>?> _base;
    private readonly Func<string, IReadOnlyList<string>?> _patched;
    private readonly Dictionary<(string? Base, string? Patched), SideBySide> _files = [];

    /// <param name="diff">Base to patched.</param>
    /// <param name="baseLines">Lines of a file of the base; null where there is none that can be shown.</param>
    /// <param name="patchedLines">The same of the patched tree.</param>
    public FindingCode(TreeDiff diff, Func<string, IReadOnlyList<string>?> baseLines, Func<string, IReadOnlyList<string>?> patchedLines)
    {
        (_diff, _base, _patched) = (diff, baseLines, patchedLines);
    }

    /// <summary>Finds the code of judged findings; what the two trees have not read yet is read.</summary>
    /// <returns>The code of a finding; null for one without a place in a file of the tree, and for those beyond the cap.</returns>
    public static async Task<Func<JudgedFinding, CodeSides?>> ReadAsync(
        ProjectTree tree, AppliedSeries applied, CheckedTree before, CheckedTree after, TreeDiff diff, IReadOnlyList<JudgedFinding> judged, CancellationToken cancel)
    {
        var chosen = judged.Where(j => PlaceOf(j.Base) is not null || PlaceOf(j.Patched) is not null).Take(MostFindings).ToList();
        var oldPaths = chosen.Select(j => PlaceOf(j.Base)?.Path ?? OldPath(diff, PlaceOf(j.Patched)!.Path)).OfType<string>().Distinct();
        var newPaths = chosen.Select(j => PlaceOf(j.Patched)?.Path ?? NewPath(diff, PlaceOf(j.Base)!.Path)).OfType<string>().Distinct();
        var moreOld = await TreeLines.ReadAsync(tree, applied.Base.Commit, oldPaths.Where(p => before.Lines(p) is null), cancel);
        var moreNew = await TreeLines.ReadAsync(tree, applied.Head, newPaths.Where(p => after.Lines(p) is null), cancel);
        var code = new FindingCode(diff, p => before.Lines(p) ?? moreOld(p), p => after.Lines(p) ?? moreNew(p));
        var sides = new Dictionary<JudgedFinding, CodeSides>(ReferenceEqualityComparer.Instance);
        foreach (var finding in chosen)
            if (code.Of(finding) is { } found)
                sides[finding] = found;
        return finding => sides.GetValueOrDefault(finding);
    }

    /// <summary>The code of one finding; null when neither tree has its place as a file.</summary>
    public CodeSides? Of(JudgedFinding judged)
    {
        var old = PlaceOf(judged.Base);
        var @new = PlaceOf(judged.Patched);
        if (@new is null)
            return old is null ? null : OfBase(old);
        var oldPath = OldPath(_diff, @new.Path);
        var file = Rows(oldPath, @new.Path);
        if (file.RowOfPatched(@new.Line) is not { } row)
            return null;

        // Code that moved stands elsewhere in the base than the diff says: then each side shows its own place.
        var here = Window(file, oldPath, @new.Path, row, old, @new);
        return old is null || here.Base.Lines.Any(l => l.IsMarked) ? here : here with { Base = OfBase(old)?.Base ?? here.Base };
    }

    private CodeSides? OfBase(SourceLocation place)
    {
        var newPath = NewPath(_diff, place.Path);
        var file = Rows(place.Path, newPath);
        return file.RowOfBase(place.Line) is { } row ? Window(file, place.Path, newPath, row, place, null) : null;
    }

    private SideBySide Rows(string? oldPath, string? newPath)
    {
        if (!_files.TryGetValue((oldPath, newPath), out var file))
        {
            var change = newPath is null ? _diff.FindByBasePath(oldPath!) : _diff.FindByPatchedPath(newPath);
            file = new SideBySide(change?.Hunks ?? [], Lines(_base, oldPath)?.Count ?? 0, Lines(_patched, newPath)?.Count ?? 0);
            _files.Add((oldPath, newPath), file);
        }

        return file;
    }

    private CodeSides Window(SideBySide file, string? oldPath, string? newPath, int row, SourceLocation? old, SourceLocation? @new)
    {
        var first = Math.Max(0, row - Context);
        var last = Math.Min(file.Count - 1, row + Context);
        var rows = Enumerable.Range(first, last - first + 1).Select(r => file[r]).ToList();
        return new CodeSides(
            Side(oldPath, Lines(_base, oldPath), rows.Select(r => (r.Base, r.IsChanged)), old is not null && old.Path == oldPath ? old.Line : 0),
            Side(newPath, Lines(_patched, newPath), rows.Select(r => (r.Patched, r.IsChanged)), @new?.Line ?? 0));
    }

    private static CodeExcerpt Side(string? path, IReadOnlyList<string>? lines, IEnumerable<(int Number, bool IsChanged)> rows, int marked) => new(
        path,
        lines is null ? [] : [.. rows.Select(r => Line(lines, r.Number, r.IsChanged, marked))]);

    private static CodeLine Line(IReadOnlyList<string> lines, int number, bool isChanged, int marked)
    {
        if (number < 1 || number > lines.Count)
            return new CodeLine(0, "");
        var text = lines[number - 1];
        return new CodeLine(number, text.Length > MaxLength ? text[..MaxLength] + "…" : text, isChanged, number == marked);
    }

    private static IReadOnlyList<string>? Lines(Func<string, IReadOnlyList<string>?> read, string? path) => path is null ? null : read(path);

    private static string? OldPath(TreeDiff diff, string path) => diff.FindByPatchedPath(path) is { } change ? change.OldPath : path;

    private static string? NewPath(TreeDiff diff, string path) => diff.FindByBasePath(path) is { } change ? change.NewPath : path;

    /// <summary>A line of a file of the tree; a compiler names what it likes.</summary>
    private static SourceLocation? PlaceOf(Finding? finding) =>
        finding?.Location is { Line: > 0, Path: { Length: > 0 } path } place && path[0] != '/' && !path.Split('/').Contains("..") ? place : null;
}
