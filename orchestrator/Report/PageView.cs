using System.Globalization;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>What the page's template prints. Nothing is encoded here but addresses: the template's writer encodes every value.</summary>
internal sealed record PageView
{
    public required string Project { get; init; }
    public required string Subject { get; init; }
    public required string Submitter { get; init; }
    public required string Verdict { get; init; }
    public required string Mood { get; init; }
    public required PageHistory History { get; init; }
    public required PageApply? Apply { get; init; }
    public required IReadOnlyList<string> Stages { get; init; }
    public required IReadOnlyList<PageTarget> Targets { get; init; }
    public required IReadOnlyList<PageGroup> Groups { get; init; }
    public required IReadOnlyList<PageNotice> Notices { get; init; }
    public required IReadOnlyList<PageNotice> Problems { get; init; }
    public required IReadOnlyList<PagePatch> Patches { get; init; }
    public required string Missing { get; init; }
    public required IReadOnlyList<PageFact> Facts { get; init; }
    public required IReadOnlyList<string> Reproduce { get; init; }
    public required string Version { get; init; }
    public required string Contact { get; init; }

    /// <summary>The view of a report that holds public findings only.</summary>
    public static PageView Of(RunReport report)
    {
        var assessment = Assessment.Of(report);
        var stages = report.Targets.SelectMany(t => t.Stages).Select(s => s.Name).Distinct().ToList();
        var series = report.Series;
        var budget = new PageBudget();
        return new PageView
        {
            Project = PlainText.Line(report.Project),
            Subject = PlainText.Line(series.Subject) + (series.Version > 1 ? $" (v{series.Version})" : ""),
            Submitter = PlainText.Line(series.Submitter.Name.Length > 0 ? series.Submitter.Name : series.Submitter.Address, 120),
            Verdict = assessment.Sentence,
            Mood = report.IsEarly && assessment.Kind == AssessmentKind.Fine ? "calm" : MoodOf(assessment.Kind),
            History = PageHistory.Of(report),
            Apply = PageApply.Of(report),
            Stages = [.. stages.Select(Words.Stage)],
            Targets = [.. report.Targets.Select(t => PageTarget.Of(report, t, stages))],
            Notices = [.. Notice.All(report).Select(n => PageNotice.Of(n.Text, n.Finding, null, budget))],
            Problems = [.. report.PatchProblems.Take(50).Select(p => PageNotice.Of(Notice.Problem(report, p) + ".", p.Finding, p.Log, budget))],
            Groups = PageGroup.All(report, budget),
            Patches = [.. series.Patches.Select(p => PagePatch.Of(report, p))],
            Missing = Words.Patches(series, series.Missing.Take(20).Select(n => (int?)n)) ?? "",
            Facts = PageFact.All(report),
            Reproduce = Columns.WrapCommand(PlainText.Line(report.Reproduce, 2000), "", "  "),
            Version = PlainText.Line(report.ToolVersion, 40),
            Contact = PlainText.Line(report.Contact, 120),
        };
    }

    private static string MoodOf(AssessmentKind kind) => kind switch
    {
        AssessmentKind.Fine => "good",
        AssessmentKind.Warns or AssessmentKind.FineAsAWhole => "warn",
        AssessmentKind.Breaks or AssessmentKind.DoesNotApply => "bad",
        _ => "calm",
    };
}

/// <summary>Which state of the page this is, and where the others are.</summary>
/// <param name="Line">"Revision 2, confirmed, 14:09 UTC"; empty when the page was never written.</param>
/// <param name="Earlier">The states before it.</param>
/// <param name="Early">What to think of an early answer; empty for a confirmed one.</param>
/// <param name="Newest">Where the newest state is; empty when this is it.</param>
internal sealed record PageHistory(string Line, IReadOnlyList<PageLink> Earlier, string Early, string Newest)
{
    public static PageHistory Of(RunReport report) => new(
        report.Written is { } written ? $"Revision {report.Revision}, {Kind(report.IsEarly)}, {Time(report, written)}" : "",
        [.. report.Earlier.Select(r => new PageLink($"{r.Number}: {Kind(r.IsEarly)}, {Time(report, r.Written)}", "./" + PageRevisions.NameOf(r.Number)))],
        report.IsEarly ? Words.Early + (report.IsSuperseded ? "" : " It will then stand here, at this same address.") : "",
        report.IsSuperseded ? "./" + PageRevisions.Newest : "");

    private static string Kind(bool isEarly) => isEarly ? "early verdict" : "confirmed";

    /// <summary>The time of day, with the day when it is not that of the run's beginning.</summary>
    private static string Time(RunReport report, DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return utc.ToString(utc.Date == report.Started.UtcDateTime.Date ? "HH:mm 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
    }
}

/// <summary>A row of the matrix.</summary>
internal sealed record PageTarget(string Name, string System, IReadOnlyList<PageCell> Cells)
{
    public static PageTarget Of(RunReport report, TargetReport target, IReadOnlyList<string> stages) => new(
        PlainText.Line(target.Name, 60),
        MailTable.System(target),
        [.. stages.Select(name => PageCell.Of(report, target, name))]);
}

/// <summary>A stage on a target.</summary>
internal sealed record PageCell(string Stage, string State, string Mood, IReadOnlyList<string> Counts, IReadOnlyList<PageSide> Sides)
{
    public static PageCell Of(RunReport report, TargetReport target, string name)
    {
        if (target.Stage(name) is not { } stage)
            return new(Words.Stage(name), "-", "calm", [], []);
        var mood = stage.State switch
        {
            StageState.Good => "good",
            StageState.Bad or StageState.OverLimit => "bad",
            _ => "calm",
        };
        var counts = new[] { Verdict.New, Verdict.Fixed }.Concat(FindingGroup.Besides)
            .Select(v => (Verdict: v, Count: FindingGroup.Count(report, target.Name, name, v)))
            .Where(x => x.Count > 0)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Count} {Words.Of(x.Verdict)}"));
        var soFar = report.IsEarly && stage.State == StageState.Good ? " so far" : "";
        return new(Words.Stage(name), Words.Of(stage.State) + soFar, mood, [.. counts], [PageSide.Of("patched", stage.Patched), PageSide.Of("base", stage.Base)]);
    }
}

/// <summary>Base or patched in a cell.</summary>
internal sealed record PageSide(string Name, string Outcome, string Elapsed, IReadOnlyList<PageLink> Logs)
{
    public static PageSide Of(string name, StageSide side) => new(
        name,
        side.Outcome switch
        {
            Model.Outcome.CodeLimit limit => $"over limit ({PlainText.Line(limit.Step, 60)}: {PlainText.Line(limit.Limit, 80)})",
            Model.Outcome.Skipped skipped => $"not run ({PlainText.Line(skipped.Reason, 120)})",
            var outcome => Words.Of(outcome, side.Passed),
        },
        side.Outcome is Model.Outcome.Completed or Model.Outcome.CodeLimit ? Words.Duration(side.Elapsed) : "",
        [.. side.Logs.Select(PageLink.Of)]);
}

/// <summary>A link that cannot leave the page's folder; without an address when the path would.</summary>
internal sealed record PageLink(string Label, string Address)
{
    public static PageLink Of(LogLink link)
    {
        var segments = link.Path.Split('/');
        var isInside = link.Path.Length <= 1000 && segments.All(s => s.Length > 0 && s is not ("." or ".."));
        return new(PlainText.Line(link.Label, 60), isInside ? "./" + string.Join('/', segments.Select(Uri.EscapeDataString)) : "");
    }
}

/// <summary>A paragraph about a target or a patch, and what shows it.</summary>
internal sealed record PageNotice(string Text, string Title, IReadOnlyList<string> Excerpt, PageLink? Log, int LogLine)
{
    public static PageNotice Of(string text, Finding? finding, LogLink? log, PageBudget budget) => new(
        text,
        finding is null ? "" : FindingText.Title(finding),
        finding is null ? [] : PageFinding.Lines(finding, budget),
        log is null ? null : PageLink.Of(log),
        finding?.LogLine ?? 0);
}

/// <summary>A patch of the series.</summary>
internal sealed record PagePatch(int Number, string Title, string Author, string State, IReadOnlyList<string> Problems)
{
    public static PagePatch Of(RunReport report, Patch patch)
    {
        var author = patch.Author.Name.Length > 0 ? patch.Author.Name : patch.Author.Address;
        var state = report.ApplyFailure switch
        {
            { } failure when failure.Patch.Number == patch.Number => failure.IsRefusal ? "refused" : "does not apply",
            { } failure when failure.NotTried.Any(p => p.Number == patch.Number) => "not tried",
            _ => report.AlreadyApplied.Contains(patch.Number) ? "already in the base" : Changes(report, patch.Number),
        };
        return new(
            patch.Number,
            PlainText.Line(patch.Title),
            PlainText.Line(author, 120),
            state,
            [.. report.PatchProblems.Where(p => p.Patch == patch.Number).Select(p => Words.Problem(report, p))]);
    }

    /// <summary>"brings 2 new, fixes 1"; empty for a patch that is not known to do either.</summary>
    private static string Changes(RunReport report, int number)
    {
        var its = report.Findings.Where(f => f.Patch == number).ToList();
        var fresh = FindingGroup.New(report).Sum(g => g.Head.Patch == number ? 1 + g.Followers.Count : 0);
        var gone = its.Count(f => f.Is(Findings.Verdict.Fixed));
        string?[] parts = [fresh > 0 ? $"brings {fresh} new" : null, gone > 0 ? $"fixes {gone}" : null];
        return string.Join(", ", parts.OfType<string>());
    }
}

/// <summary>Why a series does not apply.</summary>
internal sealed record PageApply(bool IsRefusal, string File, string Hunk, string Reason, int ActualLine, IReadOnlyList<string> Expected, IReadOnlyList<string> Actual)
{
    public static PageApply? Of(RunReport report) => report.ApplyFailure is not { } failure
        ? null
        : new(
            failure.IsRefusal,
            PlainText.Line(failure.File),
            PlainText.Line(failure.Hunk),
            PlainText.Line(failure.Reason, 500),
            failure.ActualLine,
            [.. failure.Expected.Take(40).Select(l => PlainText.Code(l))],
            [.. failure.Actual.Take(40).Select(l => PlainText.Code(l))]);
}

/// <summary>A line of the page's provenance.</summary>
internal sealed record PageFact(string Name, string Text)
{
    public static IReadOnlyList<PageFact> All(RunReport report)
    {
        List<PageFact> facts = [new("Run", PlainText.Line(report.RunId, 120))];
        if (report.Base is { } found)
        {
            facts.Add(new("Base", $"{PlainText.Line(found.Commit, 64)} {PlainText.Line(report.BaseTitle)}".TrimEnd()));
            facts.Add(new("Why this base", PlainText.Line(found.Reason)));
        }

        facts.Add(new("Branch", PlainText.Line(report.Branch, 60)));
        facts.Add(new("Started", report.Started.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)));
        facts.Add(new("Took", Words.Duration(report.Elapsed)));
        var stale = report.StaleSuppressions.Take(50).Select(id => PlainText.Line(id, 20)).ToList();
        if (stale.Count > 0)
            facts.Add(new("Suppressions that can go", string.Join(", ", stale)));
        facts.AddRange(report.Tools.Take(50).Select(t => new PageFact(PlainText.Line(t.Name, 60), PlainText.Line(t.Version, 120))));
        return facts;
    }
}
