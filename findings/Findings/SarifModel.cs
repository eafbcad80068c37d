using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenConfirm.Findings;

// The part of SARIF 2.1.0 (OASIS, errata 01) that OpenConfirm writes and reads; names are the standard's. Whatever else a
// log holds is skipped.

/// <summary>Section 3.13, sarifLog.</summary>
internal sealed record SarifLog
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<SarifRun> Runs { get; init; }
}

/// <summary>Section 3.14, run.</summary>
internal sealed record SarifRun
{
    public required SarifTool Tool { get; init; }

    public IReadOnlyDictionary<string, SarifArtifactLocation>? OriginalUriBaseIds { get; init; }

    public IReadOnlyList<SarifResult>? Results { get; init; }
}

/// <summary>Section 3.18, tool.</summary>
internal sealed record SarifTool(SarifDriver Driver);

/// <summary>Section 3.19, toolComponent.</summary>
internal sealed record SarifDriver(string Name, string? Version = null, IReadOnlyList<SarifRule>? Rules = null);

/// <summary>Section 3.49, reportingDescriptor.</summary>
internal sealed record SarifRule(string Id);

/// <summary>Section 3.27, result.</summary>
internal sealed record SarifResult
{
    public string? RuleId { get; init; }

    public int? RuleIndex { get; init; }

    public string? Kind { get; init; }

    public string? Level { get; init; }

    public required SarifMessage Message { get; init; }

    public IReadOnlyList<SarifLocation>? Locations { get; init; }

    public IReadOnlyList<SarifLocation>? RelatedLocations { get; init; }

    public string? CorrelationGuid { get; init; }

    public IReadOnlyDictionary<string, string>? PartialFingerprints { get; init; }

    public string? BaselineState { get; init; }

    public IReadOnlyList<SarifSuppression>? Suppressions { get; init; }

    // A foreign tool's bag has any shape, so only ours is typed, under one name.
    public SarifResultProperties? Properties { get; init; }
}

/// <summary>Section 3.35, suppression.</summary>
internal sealed record SarifSuppression(string? Kind = null, string? Status = null, string? Justification = null);

/// <summary>Section 3.8, property bag: what a finding has and SARIF has no place for.</summary>
internal sealed record SarifResultProperties([property: JsonPropertyName("openconfirm")] SarifFindingProperties? OpenConfirm = null);

internal sealed record SarifFindingProperties
{
    // The short id that people use.
    public string? Id { get; init; }

    public string? Tool { get; init; }

    public string? Step { get; init; }

    public string? TranslationUnit { get; init; }

    public IReadOnlyList<string>? Excerpt { get; init; }

    public int? LogLine { get; init; }

    public string? Verdict { get; init; }

    // Only where SARIF's escapes make the message ambiguous (a backslash before a bracket).
    public string? Message { get; init; }
}

/// <summary>Section 3.11, message.</summary>
internal sealed record SarifMessage(string? Text = null);

/// <summary>Section 3.28, location.</summary>
internal sealed record SarifLocation
{
    // Keeps two notes with the same words apart: section 3.27.22 wants unique elements.
    public int? Id { get; init; }

    public SarifPhysicalLocation? PhysicalLocation { get; init; }

    public IReadOnlyList<SarifLogicalLocation>? LogicalLocations { get; init; }

    public SarifMessage? Message { get; init; }
}

/// <summary>Section 3.29, physicalLocation.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifactLocation? ArtifactLocation = null, SarifRegion? Region = null);

/// <summary>Section 3.4, artifactLocation.</summary>
internal sealed record SarifArtifactLocation
{
    public string? Uri { get; init; }

    public string? UriBaseId { get; init; }

    public SarifMessage? Description { get; init; }
}

/// <summary>Section 3.30, region.</summary>
internal sealed record SarifRegion(int? StartLine = null, int? StartColumn = null);

/// <summary>Section 3.33, logicalLocation.</summary>
internal sealed record SarifLogicalLocation(string? Name = null, string? FullyQualifiedName = null, string? Kind = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = SarifFile.MaxDepth,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(SarifLog))]
internal sealed partial class SarifJson : JsonSerializerContext;
