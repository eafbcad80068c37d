using OpenConfirm.Findings;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>How one step of the recipe ended.</summary>
public sealed record StepResult
{
    /// <summary>The step's name.</summary>
    public required string Name { get; init; }

    /// <summary>The stage it belongs to.</summary>
    public required StageKind Stage { get; init; }

    /// <summary>Whether it did what it should.</summary>
    public required bool Passed { get; init; }

    /// <summary>The limit it broke.</summary>
    public LimitKind Limit { get; init; }

    /// <summary>Wall time, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The log, relative to the folder of the result.</summary>
    public required string Log { get; init; }
}

/// <summary>What became of one tree on one target.</summary>
public sealed record TreeResult
{
    /// <summary>How it ended, apart from what was found.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The steps that ran, in order.</summary>
    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What was looked at.</summary>
    public Coverage Coverage { get; init; } = new();

    /// <summary>The built tree, when it was frozen.</summary>
    public Snapshot? Built { get; init; }

    /// <summary>Whether it came from the cache.</summary>
    public bool FromCache { get; init; }

    /// <summary>The step that stopped the rest, or null.</summary>
    public StepResult? FailedStep => Steps.FirstOrDefault(s => !s.Passed);
}
