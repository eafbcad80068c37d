namespace OpenConfirm.Findings;

/// <summary>SARIF's shape to findings. Lists of outside data may hold nulls, which are skipped.</summary>
internal static class SarifReader
{
    public static IEnumerable<Finding> Findings(SarifRun run) => (run.Results ?? [])
        .Where(r => r is not null && r.Kind is not ("pass" or "notApplicable" or "informational"))
        .Select(r => ToFinding(r, run.Tool.Driver.Name));

    private static Finding ToFinding(SarifResult result, string driver)
    {
        var own = result.Properties?.OpenConfirm;
        var location = result.Locations?.FirstOrDefault(l => l is not null);
        var logical = location?.LogicalLocations?.FirstOrDefault(l => l is not null);
        return new Finding
        {
            Tool = own?.Tool ?? driver,
            Rule = result.RuleId ?? "",
            Severity = result.Level switch
            {
                "error" => Severity.Error,
                "note" or "none" => Severity.Note,
                _ => Severity.Warning,
            },
            Message = OneLine(own?.Message ?? Text(result.Message)),
            Location = Location(location?.PhysicalLocation),
            Function = logical?.FullyQualifiedName ?? logical?.Name,
            TranslationUnit = own?.TranslationUnit,
            OtherUnits = [.. (own?.OtherUnits ?? []).Where(u => u is not null).Take(Finding.MaxOtherUnits)],
            Step = own?.Step ?? "",
            Related = [.. (result.RelatedLocations ?? []).Where(r => r is not null)
                .Select(r => new RelatedLocation(Location(r.PhysicalLocation), OneLine(Text(r.Message))))],
            Excerpt = [.. (own?.Excerpt ?? []).Where(l => l is not null)],
            LogLine = Math.Max(0, own?.LogLine ?? 0),
        };
    }

    private static SourceLocation? Location(SarifPhysicalLocation? physical)
    {
        if (physical?.ArtifactLocation?.Uri is not { } uri)
            return null;
        const string file = "file://";
        var path = Uri.UnescapeDataString(uri.StartsWith(file, StringComparison.Ordinal) ? uri[file.Length..] : uri);
        return new SourceLocation(path, Math.Max(0, physical.Region?.StartLine ?? 0), Math.Max(0, physical.Region?.StartColumn ?? 0));
    }

    /// <summary>The message without SARIF's escapes of placeholders and links.</summary>
    public static string Text(SarifMessage? message) => (message?.Text ?? "")
        .Replace("{{", "{", StringComparison.Ordinal)
        .Replace("}}", "}", StringComparison.Ordinal)
        .Replace("\\[", "[", StringComparison.Ordinal)
        .Replace("\\]", "]", StringComparison.Ordinal);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
