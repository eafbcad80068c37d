using System.Text.Json;

namespace OpenConfirm.Report;

/// <summary>Reads and writes <c>result.json</c>. What is read may have been written by hostile code: sizes are capped, paths checked.</summary>
public static class ResultFile
{
    /// <summary>Patches that do not build alone, at most.</summary>
    public const int MaxPatchProblems = 1_000;

    private const long MaxBytes = 16 << 20;
    private const int MaxFindings = 10_000;
    private const int MaxFigures = 1_000;
    private const int MaxArtefacts = 100;
    private const int MaxTargets = 1_000;
    private const int MaxText = 4_096;

    /// <summary>Writes a result; the file appears whole or not at all.</summary>
    public static void Write(Result result, string path)
    {
        Check(result);
        var temporary = path + ".part";
        using (var file = File.Create(temporary))
        {
            JsonSerializer.Serialize(file, result, ResultJson.Default.Result);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A result as one JSON document.</summary>
    public static string ToJson(Result result)
    {
        Check(result);
        return JsonSerializer.Serialize(result, ResultJson.Default.Result);
    }

    /// <summary>Reads a result.</summary>
    /// <exception cref="InvalidDataException">It is no result, of another version, or beyond a cap; the message says which.</exception>
    public static Result Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
            throw new InvalidDataException($"{path} is larger than {MaxBytes} bytes");
        try
        {
            var result = JsonSerializer.Deserialize(file, ResultJson.Default.Result) ?? throw new InvalidDataException("the document is null");
            Check(result);
            return result;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is no result: {PlainText.Line(e.Message)}", e);
        }
    }

    private static void Check(Result result)
    {
        if (result.SchemaVersion != Result.CurrentSchemaVersion)
            throw new InvalidDataException($"schemaVersion is {result.SchemaVersion}, this program knows {Result.CurrentSchemaVersion}");
        if (result.Findings.Count > MaxFindings)
            throw new InvalidDataException($"it holds more than {MaxFindings} findings");
        if (result.PatchProblems.Count > MaxPatchProblems || result.PatchProblems.Any(p => p.Targets.Count > MaxTargets))
            throw new InvalidDataException("patches that do not build alone are too many, or one has too many targets");
        if (result.Figures.Count > MaxFigures || result.Figures.Any(f => f.Key.Length > 200 || !double.IsFinite(f.Value)))
            throw new InvalidDataException("figures are too many, or one is not finite");
        string?[] texts =
        [
            result.Tool.Name, result.Tool.Version, result.Verb, result.Project, result.Dut, result.Base, result.Patched,
            result.Target, result.Outcome.Step, result.Outcome.Detail,
        ];
        texts = [.. texts, .. result.Findings.SelectMany(f => (string?[])[f.Id, f.Fingerprint, f.Title]), .. result.PatchProblems.SelectMany(p => p.Targets)];
        if (texts.Any(t => t?.Length > MaxText))
            throw new InvalidDataException($"a text is longer than {MaxText} characters");
        foreach (var finding in result.Findings)
            if (finding.Artefacts.Count > MaxArtefacts || !finding.Artefacts.All(IsInside))
                throw new InvalidDataException("a finding has too many artefacts, or one that is no relative path below the result");
    }

    private static bool IsInside(string path) =>
        path.Length is > 0 and <= MaxText
        && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Any(char.IsControl)
        && path.Split('/').All(s => s.Length > 0 && s is not ("." or ".."));
}
