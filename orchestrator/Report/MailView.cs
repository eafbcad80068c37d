using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>What the mail's template prints: lines that are harmless, wrapped and indented already.</summary>
internal sealed record MailView
{
    private const int MaxInFull = 10;
    private const int MaxShort = 10;
    private const int MaxProblems = 4;
    private const string Indent = "  ";

    public required IReadOnlyList<string> Verdict { get; init; }
    public required IReadOnlyList<string> Early { get; init; }
    public required MailApply? Apply { get; init; }
    public required IReadOnlyList<string> AtHand { get; init; }
    public required IReadOnlyList<MailFinding> New { get; init; }
    public required IReadOnlyList<string> NewMore { get; init; }
    public required IReadOnlyList<MailNotice> Problems { get; init; }
    public required IReadOnlyList<string> ProblemsMore { get; init; }
    public required IReadOnlyList<MailNotice> Notices { get; init; }
    public required IReadOnlyList<string> Fixed { get; init; }
    public required IReadOnlyList<string> Tested { get; init; }
    public required IReadOnlyList<string> Remarks { get; init; }
    public required IReadOnlyList<string> Base { get; init; }
    public required IReadOnlyList<string> Reproduce { get; init; }
    public required IReadOnlyList<string> Page { get; init; }
    public required IReadOnlyList<string> Footer { get; init; }

    /// <summary>The view of a report that holds public findings only.</summary>
    public static MailView Of(RunReport report)
    {
        // What is not a finding of the series is little and comes first to the lines there are; the findings get the rest.
        var budget = new SnippetBudget();
        var notices = Notice.All(report).Select(n => MailNotice.Of(n, Indent, budget)).ToList();
        var problems = report.PatchProblems.Take(MaxProblems).Select(p => MailNotice.Of(report, p, Indent, budget)).ToList();
        var groups = FindingGroup.New(report);
        var inFull = new List<MailFinding>();
        foreach (var group in groups.Take(MaxInFull).TakeWhile(_ => !budget.IsSpent))
            inFull.Add(MailFinding.Of(report, group, Indent, budget));
        return new MailView
        {
            Verdict = Columns.Wrap(Assessment.Of(report).Sentence),
            Early = report.IsEarly ? Columns.Wrap(Words.Early) : [],
            Apply = MailApply.Of(report),
            AtHand = AtHandLines(report),
            New = inFull,
            NewMore = More(report, groups.Count - inFull.Count),
            Problems = problems,
            ProblemsMore = More(report, report.PatchProblems.Count - problems.Count),
            Notices = notices,
            Fixed = FixedLines(report),
            Tested = MailTable.Of(report),
            Remarks = RemarkLines(report),
            Base = BaseLines(report),
            Reproduce = report.Targets.Count > 0 || report.ApplyFailure is not null
                ? Columns.WrapCommand(PlainText.Line(report.Reproduce, 2000), Indent, Indent + Indent)
                : [],
            Page = PageLines(report),
            Footer =
            [
                .. Columns.Wrap(
                    $"OpenConfirm {PlainText.Line(report.ToolVersion, 40)}, automatic"
                    + (report.Contact is null ? "" : $"; replies reach {PlainText.Line(report.Contact, 120)}")),
                .. Columns.Wrap($"Run {PlainText.Line(report.RunId, 60)}, {Words.Duration(report.Elapsed)}"),
            ],
        };
    }

    private static IReadOnlyList<string> More(RunReport report, int count) =>
        count > 0 ? [$"and {count} more{(report.Page is null ? "" : ", see page")}"] : [];

    /// <summary>The page's URL, never cut; a path of this machine means nothing to a reader elsewhere.</summary>
    private static IReadOnlyList<string> PageLines(RunReport report)
    {
        if (report.Page?.StartsWith("http", StringComparison.Ordinal) != true)
            return [];
        var what = report.Targets.Count > 0 ? "Full report and logs:" : "Full report:";
        var url = PlainText.Line(report.Page, 1000);
        return Columns.Width(what) + 1 + Columns.Width(url) <= Columns.Mail ? [$"{what} {url}"] : [what, Indent + url];
    }

    private static IReadOnlyList<string> AtHandLines(RunReport report)
    {
        var series = report.Series;
        if (series.IsComplete)
            return [];
        var numbers = series.Patches.Take(50).Select(p => $"{p.Number}").ToList();
        var atHand = numbers.Count == 0 ? "None of its patches is at hand." : $"At hand: {(numbers.Count == 1 ? "patch" : "patches")} {Words.List(numbers)} of {series.Total}.";
        return Columns.Wrap(report.Targets.Count == 0 ? atHand + " Nothing was tested." : atHand + " Only these were tested.");
    }

    private static List<string> FixedLines(RunReport report)
    {
        var all = report.Findings.Where(f => f.Is(Findings.Verdict.Fixed)).ToList();
        var lines = new List<string>();
        foreach (var finding in all.Take(MaxShort))
        {
            var where = FindingText.Where(report, finding, Findings.Verdict.Fixed);
            var patch = Words.Patch(report.Series, finding.Patch) is { } number ? $", patch {number}" : "";
            lines.AddRange(Columns.Wrap($"{FindingText.Title(finding.Judged.Finding)} ({where}{patch})", hanging: Indent));
        }

        lines.AddRange(More(report, all.Count - MaxShort));
        return lines;
    }

    private static List<string> RemarkLines(RunReport report) => Notice.Remarks(report) is { Count: > 0 } remarks ? [.. Columns.Wrap($"Besides: {string.Join("; ", remarks)}.")] : [];

    private static IReadOnlyList<string> BaseLines(RunReport report)
    {
        if (report.Base is not { } found)
            return [];
        var title = report.BaseTitle.Length > 0 ? $" \"{PlainText.Line(report.BaseTitle, 120)}\"" : "";
        var reason = PlainText.Line(found.Reason);
        return Columns.Wrap(
            $"Base: {Words.Commit(found.Commit)}{title} on {PlainText.Line(report.Branch, 60)}; {(reason.Length > 0 ? reason : Words.Of(found.Source))}.",
            hanging: Indent);
    }
}

/// <summary>A new finding in the mail.</summary>
internal sealed record MailFinding(IReadOnlyList<string> Title, IReadOnlyList<string> Where, IReadOnlyList<string> Excerpt, IReadOnlyList<string> Followers)
{
    public static MailFinding Of(RunReport report, FindingGroup group, string indent, SnippetBudget budget)
    {
        var finding = group.Head.Judged.Finding;
        string[] facts =
        [
            FindingText.Where(report, group.Head, Verdict.New),
            FindingText.Blame(report, group.Head, Verdict.New),
            FindingText.Unit(finding),
            PlainText.Line(group.Head.Id, 20),
        ];
        return new(
            Columns.Wrap(FindingText.Title(finding), hanging: indent),
            Columns.Wrap(string.Join(", ", facts.Where(f => f.Length > 0)), indent: indent),
            budget.Take(finding, indent + indent),
            Columns.Wrap(FindingText.Followers(group), indent: indent));
    }
}

/// <summary>A paragraph of the mail, with the finding it is about.</summary>
internal sealed record MailNotice(IReadOnlyList<string> Text, IReadOnlyList<string> Excerpt)
{
    /// <summary>Lines of a notice's snippet, at most.</summary>
    private const int MaxSnippet = 8;

    public static MailNotice Of(Notice notice, string indent, SnippetBudget budget) =>
        new(Columns.Wrap(notice.Text), Lines(notice.Finding, indent, budget));

    public static MailNotice Of(RunReport report, PatchProblem problem, string indent, SnippetBudget budget) => new(
        Columns.Wrap(Notice.Problem(report, problem) + (problem.Finding is null ? "." : ":")),
        Lines(problem.Finding, indent, budget));

    private static IReadOnlyList<string> Lines(Finding? finding, string indent, SnippetBudget budget) => finding is null
        ? []
        : [.. Columns.Wrap(FindingText.Title(finding), indent: indent, hanging: indent + indent), .. budget.Take(finding, indent + indent, MaxSnippet)];
}

/// <summary>The lines of tools' output that one mail may hold: people read mails, and a page holds the rest.</summary>
internal sealed class SnippetBudget
{
    private const int PerFinding = 15;

    private int _left = 100;

    /// <summary>There is nothing left for a further finding.</summary>
    public bool IsSpent => _left == 0;

    /// <summary>A finding's snippet, indented; shorter when little is left.</summary>
    public IReadOnlyList<string> Take(Finding finding, string indent, int most = PerFinding)
    {
        var lines = RelevantLines.Choose(finding, Columns.Mail - indent.Length, Math.Min(most, _left)).Take(Math.Min(most, _left));
        var fitted = lines.Select(l => Columns.Cut(indent + l, Columns.Most)).ToList();
        _left -= fitted.Count;
        return fitted;
    }
}

/// <summary>Why a series does not apply, in the mail.</summary>
internal sealed record MailApply(
    IReadOnlyList<string> Facts,
    string ActualPlace,
    IReadOnlyList<string> Expected,
    IReadOnlyList<string> Actual,
    IReadOnlyList<string> NotTried,
    IReadOnlyList<string> Hint)
{
    private const int MaxContext = 12;

    public static MailApply? Of(RunReport report)
    {
        if (report.ApplyFailure is not { } failure)
            return null;
        var facts = new List<string>();
        var number = Words.Patch(report.Series, failure.Patch.Number);
        facts.AddRange(Columns.Wrap($"{(number is null ? "" : $"Patch {number}: ")}{PlainText.Line(failure.Patch.Title)}", hanging: "  "));
        if (failure.File is { } file)
            facts.AddRange(Columns.Wrap("File: " + PlainText.Line(file), hanging: "  "));
        if (failure.Hunk is { } hunk)
            facts.Add(Columns.Cut("Hunk: " + PlainText.Line(hunk), Columns.Mail));
        facts.AddRange(Columns.Wrap("Reason: " + PlainText.Line(failure.Reason, 500), hanging: "  "));
        var notTried = Words.Patches(report.Series, failure.NotTried.Take(20).Select(p => (int?)p.Number));
        return new(
            facts,
            failure.ActualLine > 0 ? $"from line {failure.ActualLine} on" : "at the likeliest place",
            Context(failure.Expected),
            Context(failure.Actual),
            notTried is null ? [] : Columns.Wrap($"Not tried: {notTried}."),
            report.Base is { Source: not (BaseSource.BaseCommit or BaseSource.Range or BaseSource.Asked) }
                ? Columns.Wrap("If it was made on another commit, git format-patch --base=COMMIT would have told us which.")
                : []);
    }

    private static List<string> Context(IReadOnlyList<string> lines) =>
        [.. lines.Take(MaxContext).Select(l => Columns.Cut("  | " + PlainText.Code(l), Columns.Mail))];
}
