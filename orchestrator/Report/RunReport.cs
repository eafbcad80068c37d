using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>Who may read a finding.</summary>
public enum Visibility
{
    /// <summary>Only the security contact; no trace of it in mail or page.</summary>
    Private,

    /// <summary>Everybody.</summary>
    Public,
}

/// <summary>
/// All that a mail and a page say of one run. Every string but those of the configuration comes from outside and is
/// shown encoded; nothing here is encoded yet.
/// </summary>
public sealed record RunReport
{
    /// <summary>Id of the run; sorts by time.</summary>
    public required string RunId { get; init; }

    /// <summary>Name of the project.</summary>
    public required string Project { get; init; }

    /// <summary>The series that was tested.</summary>
    public required Series Series { get; init; }

    /// <summary>The branch the project is tested on ("master").</summary>
    public required string Branch { get; init; }

    /// <summary>The commit the series was laid on; null when it never came to that.</summary>
    public SeriesBase? Base { get; init; }

    /// <summary>Title of the base commit; empty when unknown.</summary>
    public string BaseTitle { get; init; } = "";

    /// <summary>Set when the series does not apply.</summary>
    public ApplyFailure? ApplyFailure { get; init; }

    /// <summary>Numbers of the patches that the base holds already.</summary>
    public IReadOnlyList<int> AlreadyApplied { get; init; } = [];

    /// <summary>What ran where; empty when nothing was built.</summary>
    public IReadOnlyList<TargetReport> Targets { get; init; } = [];

    /// <summary>Everything found, public and private, in the order of the output; one entry for all targets that show it.</summary>
    public IReadOnlyList<ReportedFinding> Findings { get; init; } = [];

    /// <summary>Ids of public findings that are suppressed and gone from the base. For those who run this: on the page, in no mail.</summary>
    public IReadOnlyList<string> StaleSuppressions { get; init; } = [];

    /// <summary>One command that repeats the run.</summary>
    public string? Reproduce { get; init; }

    /// <summary>Where the page is: an http(s) URL, or a path.</summary>
    public string? Page { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Wall time of the run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>OpenConfirm's version.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>Versions of what did the work, for the page: images, compilers.</summary>
    public IReadOnlyList<ToolVersion> Tools { get; init; } = [];

    /// <summary>Address that reaches the people who run this; null when nobody reads replies.</summary>
    public string? Contact { get; init; }

    /// <summary>The base holds every patch already.</summary>
    public bool IsAlreadyApplied =>
        Series.Patches.Count > 0 && Series.Patches.All(p => AlreadyApplied.Contains(p.Number));

    /// <summary>This report without its private findings: all that the writers ever look at.</summary>
    internal RunReport OnlyPublic() =>
        this with { Findings = [.. Findings.Where(f => f.Visibility == Visibility.Public)] };
}

/// <summary>A program and its version.</summary>
public sealed record ToolVersion(string Name, string Version);

/// <summary>What ran on one target.</summary>
/// <param name="Name">Name of the image ("debian-13").</param>
/// <param name="System">The system in words ("Debian 13").</param>
/// <param name="Architecture">Architecture ("amd64").</param>
/// <param name="Stages">Stages in their order.</param>
public sealed record TargetReport(string Name, string System, string Architecture, IReadOnlyList<StageReport> Stages)
{
    /// <summary>A stage by its name, or null.</summary>
    public StageReport? Stage(string name) => Stages.FirstOrDefault(s => s.Name == name);
}

/// <summary>A link to an archived log.</summary>
/// <param name="Label">What it is ("compile").</param>
/// <param name="Path">Relative to the page, with '/'; anything else is not linked.</param>
public sealed record LogLink(string Label, string Path);

/// <summary>One tree's run of a stage.</summary>
/// <param name="Outcome">How it ended; null while it runs.</param>
/// <param name="Passed">
/// Every step ended well; means something only with <see cref="Outcome.Completed"/>. It is printed, so a private finding
/// must not turn it to false.
/// </param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Logs">Its logs, in order.</param>
public sealed record StageSide(Outcome? Outcome, bool Passed, TimeSpan Elapsed, IReadOnlyList<LogLink> Logs)
{
    /// <summary>It ran to its end, and well.</summary>
    public bool IsGood => Outcome is Outcome.Completed && Passed;

    /// <summary>It ran to its end, and badly.</summary>
    public bool IsBad => Outcome is Outcome.Completed && !Passed;
}

/// <summary>One stage on one target, base and patched.</summary>
/// <param name="Name"><c>build</c>, <c>unit</c>, ...</param>
/// <param name="Base">The base's run.</param>
/// <param name="Patched">The patched tree's run.</param>
public sealed record StageReport(string Name, StageSide Base, StageSide Patched)
{
    /// <summary>Name of the stage without which no other makes sense.</summary>
    public const string Build = "build";

    /// <summary>Name of the stage of the project's own tests.</summary>
    public const string Unit = "unit";

    /// <summary>The finding in the base that breaks it there, when the base does not get through.</summary>
    public Finding? BaseBreaker { get; init; }

    /// <summary>What both sides together mean for the series.</summary>
    public StageState State => (Patched.Outcome, Base.Outcome) switch
    {
        (null, _) => StageState.Running,
        (Outcome.Infra, _) => StageState.NotTested,
        (Outcome.Cancelled, _) => StageState.Cancelled,
        (Outcome.Skipped or Outcome.ApplyFailed, _) => StageState.NotRun,
        (_, Outcome.Infra) => StageState.NotTested,
        (Outcome.Completed, _) when Patched.Passed => StageState.Good,
        (_, null) => StageState.Running,
        (_, Outcome.Completed) when !Base.Passed => StageState.BadBefore,
        (_, Outcome.CodeLimit) => StageState.BadBefore,
        (_, not Outcome.Completed) => StageState.NotTested,
        (Outcome.CodeLimit, _) => StageState.OverLimit,
        _ => StageState.Bad,
    };
}

/// <summary>What a stage on a target means for the series.</summary>
public enum StageState
{
    /// <summary>The patched tree gets through.</summary>
    Good,

    /// <summary>The base gets through, the patched tree does not.</summary>
    Bad,

    /// <summary>The base gets through, the patched tree ran into a limit.</summary>
    OverLimit,

    /// <summary>Neither gets through: nobody is blamed.</summary>
    BadBefore,

    /// <summary>Something of ours kept us from judging.</summary>
    NotTested,

    /// <summary>Left out, since it would have shown nothing.</summary>
    NotRun,

    /// <summary>A person stopped it.</summary>
    Cancelled,

    /// <summary>Not at its end yet.</summary>
    Running,
}

/// <summary>A verdict on one target.</summary>
public sealed record TargetVerdict(string Target, Verdict Verdict);

/// <summary>A finding with all that the report says of it.</summary>
public sealed record ReportedFinding
{
    private readonly Visibility? _visibility;

    /// <summary>The finding, with the most telling of its verdicts.</summary>
    public required JudgedFinding Judged { get; init; }

    /// <summary>Its short id (<c>F-7KQ2M</c>); null when it has none.</summary>
    public string? Id { get; init; }

    /// <summary>The stage that saw it.</summary>
    public required string Stage { get; init; }

    /// <summary>The verdict on every target that knows it.</summary>
    public required IReadOnlyList<TargetVerdict> Targets { get; init; }

    /// <summary>Number of the patch that brings (or fixes) it; null when unknown.</summary>
    public int? Patch { get; init; }

    /// <summary>A remark on the patch ("patch 2/4 does not build alone, repaired by 3/4").</summary>
    public string? PatchNote { get; init; }

    /// <summary>The log that holds it; the line is <see cref="Finding.LogLine"/>.</summary>
    public LogLink? Log { get; init; }

    /// <summary>Who may read it; unless set, what build and unit tests say is public and all else private.</summary>
    public Visibility Visibility
    {
        get => _visibility ?? (Stage is StageReport.Build or StageReport.Unit ? Visibility.Public : Visibility.Private);
        init => _visibility = value;
    }

    /// <summary>Targets with this verdict, in order.</summary>
    public IReadOnlyList<string> TargetsWith(Verdict verdict) =>
        [.. Targets.Where(t => t.Verdict == verdict).Select(t => t.Target)];

    /// <summary>Whether any target has this verdict.</summary>
    public bool Is(Verdict verdict) => Targets.Any(t => t.Verdict == verdict);
}
