using System.Text.Json;

namespace OpenConfirm.Findings;

/// <summary>Findings to SARIF's shape.</summary>
internal static class SarifWriter
{
    public const string SourceRoot = "SRCROOT";

    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public sealed record Entry(Finding Finding, string? Fingerprint, JudgedFinding? Judged = null, SarifIdentity? Identity = null);

    public static void Write(Stream stream, IEnumerable<Entry> entries, string toolVersion)
    {
        var rules = new Dictionary<string, int>(StringComparer.Ordinal);
        List<SarifResult> results = [.. entries.Select(e => Result(e, rules))];
        var log = new SarifLog
        {
            Schema = Schema,
            Version = "2.1.0",
            Runs =
            [
                new SarifRun
                {
                    Tool = new SarifTool(new SarifDriver("OpenConfirm", toolVersion, [.. rules.Keys.Select(r => new SarifRule(r))])),
                    OriginalUriBaseIds = new Dictionary<string, SarifArtifactLocation>
                    {
                        [SourceRoot] = new() { Description = new SarifMessage("Root of the tested source tree.") },
                    },
                    Results = results,
                },
            ],
        };
        JsonSerializer.Serialize(stream, log, SarifJson.Default.SarifLog);
    }

    private static SarifResult Result(Entry entry, Dictionary<string, int> rules)
    {
        var finding = entry.Finding;
        if (!rules.TryGetValue(finding.Rule, out var ruleIndex))
            rules.Add(finding.Rule, ruleIndex = rules.Count);
        var message = Message(finding.Message);
        return new SarifResult
        {
            RuleId = finding.Rule,
            RuleIndex = ruleIndex,
            Level = finding.Severity switch
            {
                Severity.Note => "note",
                Severity.Warning => "warning",
                _ => "error",
            },
            Message = message,
            Locations = Locations(finding),
            RelatedLocations = finding.Related.Count == 0
                ? null
                : [.. finding.Related.Select((r, i) => new SarifLocation { Id = i, PhysicalLocation = Physical(r.Location), Message = Message(r.Message) })],
            CorrelationGuid = entry.Identity?.Correlation,
            PartialFingerprints = entry.Fingerprint is { } hash ? new Dictionary<string, string> { [Fingerprint.Version] = hash } : null,
            BaselineState = entry.Judged is { } judged ? BaselineState(judged) : null,
            Suppressions = entry.Identity?.Suppression is { } reason ? [new SarifSuppression("external", "accepted", reason)] : null,
            Properties = new SarifResultProperties(new SarifFindingProperties
            {
                Id = entry.Identity?.Id,
                Tool = finding.Tool,
                Step = finding.Step.Length == 0 ? null : finding.Step,
                TranslationUnit = finding.TranslationUnit,
                Excerpt = finding.Excerpt.Count == 0 ? null : finding.Excerpt,
                LogLine = finding.LogLine == 0 ? null : finding.LogLine,
                Verdict = entry.Judged?.Verdict.ToString(),
                Message = SarifReader.Text(message) == finding.Message ? null : finding.Message,
            }),
        };
    }

    private static SarifLocation[]? Locations(Finding finding)
    {
        if (finding.Location is null && finding.Function is null)
            return null;
        return
        [
            new SarifLocation
            {
                PhysicalLocation = Physical(finding.Location),
                LogicalLocations = finding.Function is { } function ? [new SarifLogicalLocation(function, Kind: "function")] : null,
            },
        ];
    }

    private static SarifPhysicalLocation? Physical(SourceLocation? location)
    {
        if (location is null)
            return null;
        // Compilers' paths hold anything: each segment is encoded, so that none can pass for a scheme, host or query.
        var path = string.Join('/', location.Path.Split('/').Select(Uri.EscapeDataString));
        var artifact = location.Path.StartsWith('/')
            ? new SarifArtifactLocation { Uri = "file://" + path }
            : new SarifArtifactLocation { Uri = path, UriBaseId = SourceRoot };
        var region = location.Line > 0 ? new SarifRegion(location.Line, location.Column > 0 ? location.Column : null) : null;
        return new SarifPhysicalLocation(artifact, region);
    }

    /// <summary>
    /// Plain text has placeholders (section 3.11.5) and links (section 3.11.6): braces are doubled, and no link can come from
    /// a tool's words.
    /// </summary>
    private static SarifMessage Message(string text)
    {
        var escaped = text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        return new SarifMessage(escaped.Contains("](", StringComparison.Ordinal)
            ? escaped.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)
            : escaped);
    }

    private static string BaselineState(JudgedFinding judged) => judged.Verdict switch
    {
        Verdict.New => "new",
        Verdict.Fixed or Verdict.Removed => "absent",
        _ => judged.Patched is null && judged.Verdict == Verdict.NotTested ? "absent" : "unchanged",
    };
}
