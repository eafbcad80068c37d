using System.Buffers;
using System.Globalization;
using OpenConfirm.Findings;

namespace OpenConfirm.Report;

/// <summary>What one page may quote of code and logs: a reader has no use for more, and hostile text has no end.</summary>
internal sealed class PageBudget
{
    private int _findings = 150;
    private int _characters = 1 << 20;

    /// <summary>What these cost when they stand in HTML ("&amp;quot;").</summary>
    private static readonly SearchValues<char> _costly = SearchValues.Create("&<>\"'");

    /// <summary>Whether one more finding may be shown in full.</summary>
    public bool TakeFinding() => _findings > 0 && _characters > 0 && _findings-- > 0;

    /// <summary>As many of the lines as there is room for.</summary>
    public IReadOnlyList<string> Take(IEnumerable<string> lines)
    {
        var taken = new List<string>();
        foreach (var line in lines)
        {
            if ((_characters -= line.Length + 1 + 5 * line.Count(_costly.Contains)) < 0)
                break;
            taken.Add(line);
        }

        return taken;
    }
}

/// <summary>Findings of one verdict.</summary>
/// <param name="Name">Name of the place in the page.</param>
/// <param name="Title">Its heading.</param>
/// <param name="IsFolded">A reader opens it when it matters.</param>
/// <param name="Findings">The findings; those at the end perhaps by their titles only.</param>
/// <param name="More">What is not on the page; empty when all is.</param>
internal sealed record PageGroup(string Name, string Title, bool IsFolded, IReadOnlyList<PageFinding> Findings, string More)
{
    private const int MaxListed = 200;

    /// <summary>All groups, the new first, empty ones too.</summary>
    public static IReadOnlyList<PageGroup> All(RunReport report, PageBudget budget)
    {
        var fresh = FindingGroup.New(report).SelectMany(g => Heads(g)).ToList();
        var groups = new List<PageGroup> { Of("new", "New", false, fresh.Count, fresh.Select(x => PageFinding.Of(report, x.Finding, Verdict.New, x.Followers, x.IsFollower, budget))) };
        Add(Verdict.Fixed, "Fixed, thank you", [.. report.Findings.Where(f => f.Is(Verdict.Fixed))]);
        foreach (var verdict in FindingGroup.Besides)
        {
            var its = report.Findings.Where(f => FindingGroup.KindOf(f) == verdict).ToList();
            Add(verdict, $"{Words.Count(its.Count, "finding")} that {Words.ThatWhich(verdict, its.Count)}", its);
        }

        return groups;

        void Add(Verdict verdict, string title, List<ReportedFinding> its) => groups.Add(Of(
            verdict.ToString().ToLowerInvariant(), title, verdict != Verdict.Fixed, its.Count, its.Select(f => PageFinding.Of(report, f, verdict, "", true, budget))));
    }

    private static PageGroup Of(string name, string title, bool isFolded, int count, IEnumerable<PageFinding> findings)
    {
        var shown = findings.Take(MaxListed).ToList();
        return new(name, title, isFolded, shown, count > shown.Count ? $"{count - shown.Count} more are not on this page; the logs have them." : "");
    }

    private static IEnumerable<(ReportedFinding Finding, string Followers, bool IsFollower)> Heads(FindingGroup group) =>
        [(group.Head, FindingText.Followers(group), false), .. group.Followers.Select(f => (f, "", true))];
}

/// <summary>A finding on the page.</summary>
internal sealed record PageFinding
{
    private const int MaxExcerpt = 40;
    private const int MaxWidth = 400;
    private const int MaxNotes = 30;

    public required string Id { get; init; }
    public required string Title { get; init; }
    public required string Severity { get; init; }

    /// <summary>A reader opens it when it matters.</summary>
    public required bool IsFolded { get; init; }

    /// <summary>There is more than the title.</summary>
    public required bool IsInFull { get; init; }

    public required IReadOnlyList<PageVerdict> Targets { get; init; }
    public required string Patch { get; init; }
    public required IReadOnlyList<string> Problems { get; init; }
    public required string Unit { get; init; }
    public required PageSides? Code { get; init; }
    public required IReadOnlyList<string> Excerpt { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
    public required PageLink? Log { get; init; }
    public required int LogLine { get; init; }
    public required IReadOnlyList<string> LogLines { get; init; }
    public required string Followers { get; init; }

    public static PageFinding Of(RunReport report, ReportedFinding reported, Verdict verdict, string followers, bool isFolded, PageBudget budget)
    {
        var finding = reported.Judged.Finding;
        var isInFull = budget.TakeFinding();
        return new()
        {
            Id = PlainText.Line(reported.Id, 20),
            Title = FindingText.Title(finding),
            Severity = Words.Of(finding.Severity),
            IsFolded = isFolded,
            IsInFull = isInFull,
            Targets = [.. reported.Targets.Select(t => PageVerdict.Of(t, finding.Severity))],
            Patch = FindingText.Blame(report, reported, verdict),
            Problems = isInFull ? FindingText.PatchProblems(report, reported) : [],
            Unit = FindingText.Unit(finding),
            Code = isInFull && reported.Code is { } code ? PageSides.Of(code, budget) : null,
            Excerpt = isInFull ? Lines(finding, budget) : [],
            Notes = isInFull ? budget.Take(finding.Related.Take(MaxNotes).Select(Note)) : [],
            Log = reported.Log is { } log ? PageLink.Of(log) : null,
            LogLine = finding.LogLine,
            LogLines = isInFull && reported.LogPart is { } part ? Numbered(part, finding.LogLine, budget) : [],
            Followers = followers,
        };
    }

    public static IReadOnlyList<string> Lines(Finding finding, PageBudget budget) =>
        budget.Take(RelevantLines.Choose(finding, MaxWidth, MaxExcerpt));

    private static string Note(RelatedLocation note) =>
        note.Location is { } place ? $"{PlainText.Line(place.ToString())}: {PlainText.Line(note.Message)}" : PlainText.Line(note.Message);

    private static IReadOnlyList<string> Numbered(LogPart part, int marked, PageBudget budget)
    {
        var width = (part.FirstLine + part.Lines.Count).ToString(CultureInfo.InvariantCulture).Length;
        return budget.Take(part.Lines.Select((line, i) =>
            $"{(part.FirstLine + i == marked ? '>' : ' ')} {(part.FirstLine + i).ToString(CultureInfo.InvariantCulture).PadLeft(width)}  {PlainText.Code(line)}"));
    }
}

/// <summary>A verdict on a target, as a small sign.</summary>
internal sealed record PageVerdict(string Target, string Verdict, string Mood)
{
    public static PageVerdict Of(TargetVerdict verdict, Severity severity) => new(
        PlainText.Line(verdict.Target, 60),
        Words.Of(verdict.Verdict),
        verdict.Verdict switch
        {
            Findings.Verdict.New => severity == Severity.Error ? "bad" : "warn",
            Findings.Verdict.Fixed => "good",
            _ => "calm",
        });
}

/// <summary>Base and patched code side by side.</summary>
/// <param name="Base">The base.</param>
/// <param name="Patched">The patched tree.</param>
/// <param name="IsSame">Both show the same lines of the same file, so that a small screen needs but one.</param>
internal sealed record PageSides(PageCode Base, PageCode Patched, bool IsSame)
{
    public static PageSides? Of(CodeSides sides, PageBudget budget)
    {
        var isSame = sides.Base.Path == sides.Patched.Path && sides.Base.Lines.Count > 0
            && !sides.Patched.Lines.Any(l => l.IsChanged) && sides.Base.Lines.Select(l => l.Text).SequenceEqual(sides.Patched.Lines.Select(l => l.Text));
        return new(PageCode.Of("base", sides.Base, '-', budget), PageCode.Of("patched", sides.Patched, '+', budget), isSame);
    }
}

/// <summary>The code of one tree.</summary>
/// <param name="Name">"base" or "patched".</param>
/// <param name="Path">The file; empty when there is none.</param>
/// <param name="Remark">Said where there is no line to show; empty else.</param>
/// <param name="Lines">The lines.</param>
internal sealed record PageCode(string Name, string Path, string Remark, IReadOnlyList<PageLine> Lines)
{
    /// <summary>Rows at most; whoever finds code keeps to it, and this holds for whoever will.</summary>
    private const int MaxLines = 11;

    public static PageCode Of(string name, CodeExcerpt code, char sign, PageBudget budget)
    {
        var lines = code.Lines.Take(MaxLines).ToList();
        var remark = code switch
        {
            { Path: null } => sign == '-' ? "The base has no such file: the series brings it." : "The series takes this file away.",
            { Lines.Count: 0 } => "This file is no text, or too large to be shown.",
            _ when lines.All(l => l.Number == 0) => sign == '-' ? "The base has nothing here: the series brings these lines." : "The series takes these lines away.",
            _ => "",
        };
        if (remark.Length > 0)
            return new(name, PlainText.Line(code.Path), remark, []);
        var width = lines.Max(l => l.Number).ToString(CultureInfo.InvariantCulture).Length;
        var texts = budget.Take(lines.Select(l => PlainText.Code(l.Text)));
        return new(name, PlainText.Line(code.Path), "", [.. texts.Select((text, i) => PageLine.Of(lines[i], text, width, sign))]);
    }
}

/// <summary>A line of code with its number, and signs that say without colours what it is.</summary>
internal sealed record PageLine(string Gutter, string Text, string Kind)
{
    public static PageLine Of(CodeLine line, string text, int width, char sign) => line.Number == 0
        ? new("", "", "gap")
        : new(
            $"{(line.IsMarked ? '>' : ' ')} {line.Number.ToString(CultureInfo.InvariantCulture).PadLeft(width)} {(line.IsChanged ? sign : ' ')} ",
            text,
            (line.IsChanged ? sign == '-' ? "line old" : "line fresh" : "line") + (line.IsMarked ? " marked" : ""));
}
