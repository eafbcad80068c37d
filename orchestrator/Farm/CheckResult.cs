using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>A judged finding and the patch that brings or fixes it.</summary>
/// <param name="Judged">The finding.</param>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="Patch">Number of the patch; null when it is not known, or when the finding is neither new nor fixed.</param>
public sealed record BlamedFinding(JudgedFinding Judged, string Fingerprint, int? Patch)
{
    /// <summary>Fingerprint of its base side in the base; null when it has none.</summary>
    public string? BaseFingerprint { get; init; }

    /// <summary>Its short id; null until it has one.</summary>
    public string? Id { get; init; }

    /// <summary>What a person wrote about it, when it is suppressed.</summary>
    public Suppression? Suppression { get; init; }
}

/// <summary>What became of a series on one target.</summary>
/// <param name="Name">The target.</param>
/// <param name="Base">The base tree.</param>
/// <param name="Patched">The patched tree.</param>
/// <param name="Findings">All findings of both, judged.</param>
public sealed record TargetResult(string Name, TreeResult Base, TreeResult Patched, IReadOnlyList<BlamedFinding> Findings);

/// <summary>What became of a series.</summary>
/// <param name="Series">The series.</param>
/// <param name="Applied">The trees.</param>
/// <param name="Targets">The targets; empty when nothing had to be built.</param>
public sealed record CheckResult(Series Series, AppliedSeries Applied, IReadOnlyList<TargetResult> Targets)
{
    /// <summary>Suppressions whose finding the base has no more.</summary>
    public IReadOnlyList<StaleSuppression> Stale { get; init; } = [];
}
