using System.Text.Json.Serialization;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>
/// The one document that every verb and stage leaves behind (<c>result.json</c>; schema in docs/schemas/result.schema.json).
/// It names private findings too: it is for programs, mail and page never read it.
/// </summary>
public sealed record Result
{
    /// <summary>The version written and read.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Version of this envelope.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>What wrote it.</summary>
    public required ResultTool Tool { get; init; }

    /// <summary>The verb or stage: <c>build</c>, <c>unit</c>, <c>check</c>, ...</summary>
    public required string Verb { get; init; }

    /// <summary>The project, when there is one.</summary>
    public string? Project { get; init; }

    /// <summary>Daemon under test and its version, for stages that run one.</summary>
    public string? Dut { get; init; }

    /// <summary>Base commit.</summary>
    public string? Base { get; init; }

    /// <summary>Patched commit or tree.</summary>
    public string? Patched { get; init; }

    /// <summary>The target; null for a verb that covers several.</summary>
    public string? Target { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long? Seed { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedUtc { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset EndedUtc { get; init; }

    /// <summary>How it ended.</summary>
    public required ResultOutcome Outcome { get; init; }

    /// <summary>What it found.</summary>
    public IReadOnlyList<ResultFinding> Findings { get; init; } = [];

    /// <summary>Patches that do not build alone; the series as a whole does.</summary>
    public IReadOnlyList<ResultPatchProblem> PatchProblems { get; init; } = [];

    /// <summary>Measurements; the unit is part of the name (<c>buildSeconds</c>, <c>rssPeakBytes</c>).</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();
}

/// <summary>A patch that does not build alone.</summary>
/// <param name="Patch">Its number in the series.</param>
/// <param name="RepairedBy">Number of the patch with which the tree builds again.</param>
/// <param name="Targets">The targets that show it.</param>
public sealed record ResultPatchProblem(int Patch, int RepairedBy, IReadOnlyList<string> Targets);

/// <summary>A program and its version.</summary>
public sealed record ResultTool(string Name, string Version);

/// <summary>Kinds of <see cref="Model.Outcome"/>.</summary>
public enum OutcomeKind
{
    /// <summary><see cref="Outcome.Completed"/>.</summary>
    Completed,

    /// <summary><see cref="Outcome.CodeLimit"/>.</summary>
    CodeLimit,

    /// <summary><see cref="Outcome.Infra"/>.</summary>
    Infra,

    /// <summary><see cref="Outcome.ApplyFailed"/>.</summary>
    ApplyFailed,

    /// <summary><see cref="Outcome.Cancelled"/>.</summary>
    Cancelled,

    /// <summary><see cref="Outcome.Skipped"/>.</summary>
    Skipped,
}

/// <summary>An outcome, flat.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Step">Step that broke a limit.</param>
/// <param name="Detail">The limit, our failure, or the reason.</param>
public sealed record ResultOutcome(OutcomeKind Kind, string? Step = null, string? Detail = null)
{
    /// <summary>The flat form of an outcome.</summary>
    public static ResultOutcome Of(Outcome outcome) => outcome switch
    {
        Outcome.Completed => new(OutcomeKind.Completed),
        Outcome.CodeLimit limit => new(OutcomeKind.CodeLimit, limit.Step, limit.Limit),
        Outcome.Infra infra => new(OutcomeKind.Infra, Detail: infra.What),
        Outcome.ApplyFailed => new(OutcomeKind.ApplyFailed),
        Outcome.Cancelled => new(OutcomeKind.Cancelled),
        Outcome.Skipped skipped => new(OutcomeKind.Skipped, Detail: skipped.Reason),
        _ => throw new InvalidOperationException($"An outcome without a flat form: {outcome.GetType().Name}"),
    };

    /// <summary>The outcome itself.</summary>
    public Outcome ToOutcome() => Kind switch
    {
        OutcomeKind.Completed => new Outcome.Completed(),
        OutcomeKind.CodeLimit => new Outcome.CodeLimit(Step ?? "", Detail ?? ""),
        OutcomeKind.Infra => new Outcome.Infra(Detail ?? ""),
        OutcomeKind.ApplyFailed => new Outcome.ApplyFailed(),
        OutcomeKind.Cancelled => new Outcome.Cancelled(),
        _ => new Outcome.Skipped(Detail ?? ""),
    };
}

/// <summary>A finding in a result.</summary>
public sealed record ResultFinding
{
    /// <summary>Stored short id; null until it has one.</summary>
    public string? Id { get; init; }

    /// <summary>Versioned content hash; null where none was made.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The verdict; null where there was no base to compare with.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The patch that brought or fixed it, by its number in the series; null when it is unknown or nobody's.</summary>
    public int? Patch { get; init; }

    /// <summary>Who may read it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One line, with the place when there is one.</summary>
    public required string Title { get; init; }

    /// <summary>Files that belong to it, relative to the result, with '/'.</summary>
    public IReadOnlyList<string> Artefacts { get; init; } = [];
}

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    MaxDepth = 8,
    Converters = [typeof(NamedEnum<OutcomeKind>), typeof(NamedEnum<Verdict>), typeof(NamedEnum<Visibility>), typeof(NamedEnum<Severity>)])]
[JsonSerializable(typeof(Result))]
internal sealed partial class ResultJson : JsonSerializerContext;

/// <summary>Enumerations by their names in camelCase; numbers are refused.</summary>
internal sealed class NamedEnum<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
