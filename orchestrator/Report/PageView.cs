using System.Globalization;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>What the page's template prints. Nothing is encoded here but addresses: the template's writer encodes every value.</summary>
internal sealed record PageView
{
    private const int MaxListed = 200;

    public required string Project { get; init; }
    public required string Subject { get; init; }
    public required string Submitter { get; init; }
    public required string Verdict { get; init; }
    public required string Mood { get; init; }
    public required PageApply? Apply { get; init; }
    public required IReadOnlyList<string> Stages { get; init; }
    public required IReadOnlyList<PageTarget> Targets { get; init; }
    public required IReadOnlyList<PageFinding> New { get; init; }
    public required IReadOnlyList<PageNotice> Notices { get; init; }
    public required IReadOnlyList<PageFinding> Fixed { get; init; }
    public required IReadOnlyList<PageFinding> Old { get; init; }
    public required int OldCount { get; init; }
    public required IReadOnlyList<string> Remarks { get; init; }
    public required IReadOnlyList<PagePatch> Patches { get; init; }
    public required string Missing { get; init; }
    public required IReadOnlyList<PageFact> Facts { get; init; }
    public required string Reproduce { get; init; }
    public required string Version { get; init; }
    public required string Contact { get; init; }

    /// <summary>The view of a report that holds public findings only.</summary>
    public static PageView Of(RunReport report)
    {
        var assessment = Assessment.Of(report);
        var stages = report.Targets.SelectMany(t => t.Stages).Select(s => s.Name).Distinct().ToList();
        var old = report.Findings.Where(f => !f.Is(Findings.Verdict.New) && f.Is(Findings.Verdict.PreExisting)).ToList();
        var series = report.Series;
        return new PageView
        {
            Project = PlainText.Line(report.Project),
            Subject = PlainText.Line(series.Subject) + (series.Version > 1 ? $" (v{series.Version})" : ""),
            Submitter = PlainText.Line(series.Submitter.Name.Length > 0 ? series.Submitter.Name : series.Submitter.Address, 120),
            Verdict = assessment.Sentence,
            Mood = MoodOf(assessment.Kind),
            Apply = PageApply.Of(report),
            Stages = [.. stages.Select(Words.Stage)],
            Targets = [.. report.Targets.Select(t => PageTarget.Of(report, t, stages))],
            New = [.. FindingGroup.New(report).Take(MaxListed).Select(g => PageFinding.Of(report, g, Findings.Verdict.New))],
            Notices = [.. Notice.All(report).Select(n => new PageNotice(n.Text, n.Finding is null ? "" : FindingText.Title(n.Finding), n.Finding is null ? [] : PageFinding.Lines(n.Finding)))],
            Fixed = All(report, Findings.Verdict.Fixed),
            Old = [.. old.Take(MaxListed).Select(f => PageFinding.Of(report, new FindingGroup(f, []), Findings.Verdict.PreExisting))],
            OldCount = old.Count,
            Remarks = [.. Notice.Remarks(report).Skip(old.Count > 0 ? 1 : 0), .. StaleLines(report)],
            Patches = [.. series.Patches.Select(p => PagePatch.Of(report, p))],
            Missing = Words.Patches(series, series.Missing.Take(20).Select(n => (int?)n)) ?? "",
            Facts = PageFact.All(report),
            Reproduce = PlainText.Line(report.Reproduce, 2000),
            Version = PlainText.Line(report.ToolVersion, 40),
            Contact = PlainText.Line(report.Contact, 120),
        };
    }

    private static List<PageFinding> All(RunReport report, Verdict verdict) =>
        [.. report.Findings.Where(f => f.Is(verdict)).Take(MaxListed).Select(f => PageFinding.Of(report, new FindingGroup(f, []), verdict))];

    private static IEnumerable<string> StaleLines(RunReport report)
    {
        var ids = report.StaleSuppressions.Take(MaxListed).Select(id => PlainText.Line(id, 20)).ToList();
        if (ids.Count > 0)
            yield return $"{Words.Count(report.StaleSuppressions.Count, "suppression")} of findings that the base has no more: {Words.List(ids)}";
    }

    private static string MoodOf(AssessmentKind kind) => kind switch
    {
        AssessmentKind.Fine => "good",
        AssessmentKind.Warns => "warn",
        AssessmentKind.Breaks or AssessmentKind.DoesNotApply => "bad",
        _ => "calm",
    };
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
        var counts = new[] { Verdict.New, Verdict.Fixed, Verdict.PreExisting, Verdict.Flaky, Verdict.NotTested }
            .Select(v => (Verdict: v, Count: FindingGroup.Count(report, target.Name, name, v)))
            .Where(x => x.Count > 0)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Count} {Words.Of(x.Verdict)}"));
        return new(Words.Stage(name), Words.Of(stage.State), mood, [.. counts], [PageSide.Of("patched", stage.Patched), PageSide.Of("base", stage.Base)]);
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

/// <summary>A finding on the page.</summary>
internal sealed record PageFinding(
    string Id, string Title, string Severity, string Where, string Patch, string Unit, IReadOnlyList<string> Excerpt,
    IReadOnlyList<string> Followers, string FollowersTitle, PageLink? Log, int LogLine)
{
    private const int MaxExcerpt = 40;
    private const int MaxWidth = 400;

    public static PageFinding Of(RunReport report, FindingGroup group, Verdict verdict)
    {
        var finding = group.Head.Judged.Finding;
        return new(
            PlainText.Line(group.Head.Id, 20),
            FindingText.Title(finding),
            Words.Of(finding.Severity),
            FindingText.Where(report, group.Head, verdict),
            FindingText.Patch(report, group.Head),
            FindingText.Unit(finding),
            Lines(finding),
            [.. group.Followers.Select(f => FindingText.Title(f.Judged.Finding))],
            FindingText.Followers(group),
            group.Head.Log is { } log ? PageLink.Of(log) : null,
            finding.LogLine);
    }

    public static IReadOnlyList<string> Lines(Finding finding) =>
        RelevantLines.Choose(finding, MaxWidth, MaxExcerpt);
}

/// <summary>A paragraph about a target.</summary>
internal sealed record PageNotice(string Text, string Title, IReadOnlyList<string> Excerpt);

/// <summary>A patch of the series.</summary>
internal sealed record PagePatch(int Number, string Title, string Author, string State)
{
    public static PagePatch Of(RunReport report, Patch patch)
    {
        var author = patch.Author.Name.Length > 0 ? patch.Author.Name : patch.Author.Address;
        var state = report.ApplyFailure switch
        {
            { } failure when failure.Patch.Number == patch.Number => "does not apply",
            { } failure when failure.NotTried.Any(p => p.Number == patch.Number) => "not tried",
            _ => report.AlreadyApplied.Contains(patch.Number) ? "already in the base" : "",
        };
        return new(patch.Number, PlainText.Line(patch.Title), PlainText.Line(author, 120), state);
    }
}

/// <summary>Why a series does not apply.</summary>
internal sealed record PageApply(string File, string Hunk, string Reason, int ActualLine, IReadOnlyList<string> Expected, IReadOnlyList<string> Actual)
{
    public static PageApply? Of(RunReport report) => report.ApplyFailure is not { } failure
        ? null
        : new(
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
        facts.AddRange(report.Tools.Take(50).Select(t => new PageFact(PlainText.Line(t.Name, 60), PlainText.Line(t.Version, 120))));
        return facts;
    }
}
