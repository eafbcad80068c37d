namespace OpenConfirm.Findings;

/// <summary>One finding on its way to a verdict.</summary>
internal sealed class Candidate(Finding finding, TreeText text)
{
    private string? events;

    public Finding Finding => finding;

    /// <summary>Where it is; null for findings that are recognised by something else.</summary>
    public SourceLocation? Location => finding.Location;

    /// <summary>The location as the other tree sees it; null without location, and for tests, which go by their names.</summary>
    public required Place? Place { get; init; }

    /// <summary>Path in the patched tree; null when it has none there.</summary>
    public required string? PatchedPath { get; init; }

    /// <summary>Line in the patched tree; null when it has none there.</summary>
    public required int? PatchedLine { get; init; }

    /// <summary>Where its line is or would be in the patched tree; for distances.</summary>
    public required long Axis { get; init; }

    /// <summary>Its translation unit under the patched tree's name.</summary>
    public required string? Unit { get; init; }

    /// <summary>Text of its line and neighbours, in its own tree.</summary>
    public LineContent Content { get; } = text.At(finding.Location);

    public string? Function => finding.Function;

    public string Rule { get; } = Normal.Rule(finding.Rule);

    public string Message { get; } = Normal.Message(finding.Message);

    public bool IsMatched { get; set; }

    /// <summary>The way to it: text of the lines that notes and include chain name, and what is said there.</summary>
    public string Events => events ??= EventPath.Of(finding, text);

    /// <summary>Tool, rule and place in the patched tree; null when it has no line there.</summary>
    public (string Path, int Line, string Tool, string Rule)? Site =>
        PatchedPath is { } path && PatchedLine is { } line ? (path, line, Finding.Tool, Rule) : null;

    public static Candidate OfBase(Finding finding, TreeText text, LineMap map, TreeDiff diff)
    {
        var place = PlaceOf(finding, map.ToPatched);
        return new Candidate(finding, text)
        {
            Place = place,
            PatchedPath = place?.Path,
            PatchedLine = place?.Kind is PlaceKind.Same or PlaceKind.Realigned ? place.Line : null,
            Axis = place?.Kind switch
            {
                PlaceKind.Same or PlaceKind.Realigned => place.Line,
                PlaceKind.Changed => (long)place.Hunk.NewStart + finding.Location!.Line - place.Hunk.OldStart,
                _ => finding.Location?.Line ?? 0,
            },
            Unit = finding.TranslationUnit is { } unit ? diff.FindByBasePath(unit)?.NewPath ?? unit : null,
        };
    }

    public static Candidate OfPatched(Finding finding, TreeText text, LineMap map)
    {
        var place = PlaceOf(finding, map.ToBase);
        return new Candidate(finding, text)
        {
            Place = place,
            PatchedPath = place is null ? null : finding.Location!.Path,
            PatchedLine = place is null ? null : finding.Location!.Line,
            Axis = finding.Location?.Line ?? 0,
            Unit = finding.TranslationUnit,
        };
    }

    private static Place? PlaceOf(Finding finding, Func<SourceLocation, Place> follow) =>
        finding.Location is { } location && !finding.IsTest ? follow(location) : null;
}

/// <summary>
/// How a tool came to a finding (notes, include chain, an analyzer's steps) in a form that outlives moves: no paths and no
/// line numbers, but the text of the lines.
/// </summary>
internal static class EventPath
{
    // An analyzer's path has dozens of steps; a hostile one is not read to its end.
    private const int MaxSteps = 64;

    public static string Of(Finding finding, TreeText text) => finding.Related.Count == 0
        ? ""
        : string.Join('\n', finding.Related.Take(MaxSteps).Select(r => text.At(r.Location).Line + "\t" + Normal.Message(r.Message)));
}
