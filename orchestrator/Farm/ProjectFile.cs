using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Model;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace OpenConfirm.Farm;

/// <summary>
/// Reads project files (<c>projects/NAME.yaml</c>, described by <c>docs/schemas/project.schema.json</c>). A key that is not
/// known, a value of the wrong form and a missing one are <see cref="UsageException"/>s that name file, line and column.
/// </summary>
public static class ProjectFile
{
    private static readonly string[] StepNames = ["bootstrap", "configure", "compile", "install", "version", "test"];
    private static readonly Regex DurationPattern = new("^(?<count>[0-9]{1,5})(?<unit>[smh])$", RegexOptions.NonBacktracking);
    private static readonly Regex SizePattern = new("^(?<count>[0-9]{1,5}) ?(?<unit>[MG]iB)$", RegexOptions.NonBacktracking);

    /// <summary>Finds a project by name in the folder of project files, or reads the file when a path is given.</summary>
    public static Project Load(string nameOrPath, string projectsDirectory)
    {
        var path = Find(nameOrPath, projectsDirectory);
        var name = Path.GetFileNameWithoutExtension(path);
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name.Length is > 0 and <= 40
            ? Parse(File.ReadAllText(path), name, path)
            : throw new UsageException($"{path}: the file's name is the project's name, and that is of up to 40 letters, digits, '-', '_' and '.'.");
    }

    /// <summary>The file of a project, by its name in the folder of project files or by a path.</summary>
    public static string Find(string nameOrPath, string projectsDirectory)
    {
        var isPath = nameOrPath.EndsWith(".yaml", StringComparison.Ordinal) || nameOrPath.Contains('/', StringComparison.Ordinal);
        var path = isPath ? nameOrPath : Path.Combine(projectsDirectory, nameOrPath + ".yaml");
        if (!File.Exists(path))
        {
            throw new UsageException(isPath
                ? $"There is no project file {path}."
                : $"There is no project '{nameOrPath}'. Known are: {string.Join(", ", Names(projectsDirectory))}. A path to a YAML file works as well.");
        }

        return SuppressionFile.Is(path) ? throw new UsageException($"{path} holds suppressions and is no project file.") : path;
    }

    /// <summary>Names of the projects in a folder.</summary>
    public static IReadOnlyList<string> Names(string projectsDirectory) =>
        Directory.Exists(projectsDirectory)
            ? [.. Directory.EnumerateFiles(projectsDirectory, "*.yaml").Where(f => !SuppressionFile.Is(f)).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Reads the text of a project file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="origin">Where the text came from, for errors.</param>
    public static Project Parse(string text, string name, string origin)
    {
        Document document;
        try
        {
            document = new DeserializerBuilder()
                .WithNamingConvention(CamelCaseNamingConvention.Instance)
                .WithDuplicateKeyChecking()
                .Build()
                .Deserialize<Document>(text) ?? throw new UsageException($"{origin}: the file is empty.");
        }
        catch (YamlException e)
        {
            var reason = (e.InnerException?.Message ?? e.Message).ReplaceLineEndings(" ");
            throw new UsageException($"{origin}:{e.Start.Line}:{e.Start.Column}: {reason}", e);
        }

        var steps = Steps(document.Build, StageKind.Build, origin).Concat(Steps(document.Unit, StageKind.Unit, origin)).ToList();
        if (steps.Count == 0)
            throw new UsageException($"{origin}: 'build' has no steps.");
        if (steps.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new UsageException($"{origin}: the step '{twice.Key}' is there twice.");
        if (document.Targets.Count == 0)
            throw new UsageException($"{origin}: 'targets' names no image.");
        return new Project
        {
            Name = name,
            Title = document.Title ?? name,
            Tree = document.Tree,
            Branch = document.Branch,
            Targets = document.Targets,
            Steps = steps,
            MemoryBytes = Size(document.Memory, "memory", origin),
            DiskBytes = Size(document.Disk, "disk", origin),
            RecipeHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16],
        };
    }

    private static IEnumerable<RecipeStep> Steps(List<StepDocument>? steps, StageKind stage, string origin)
    {
        foreach (var step in steps ?? [])
        {
            if (!StepNames.Contains(step.Name))
                throw new UsageException($"{origin}: '{step.Name}' is no name of a step; known are {string.Join(", ", StepNames)}.");
            if (string.IsNullOrWhiteSpace(step.Run))
                throw new UsageException($"{origin}: the step '{step.Name}' has nothing to run.");
            if (step.Expect is not null && !IsRegex(step.Expect))
                throw new UsageException($"{origin}: 'expect' of the step '{step.Name}' is no regular expression.");
            yield return new RecipeStep
            {
                Name = step.Name,
                Stage = stage,
                Run = step.Run,
                Timeout = Duration(step.Timeout, step.Name, origin),
                Inputs = step.Inputs,
                Expect = step.Expect,
            };
        }
    }

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static TimeSpan Duration(string? text, string step, string origin)
    {
        var match = DurationPattern.Match(text ?? "30m");
        if (!match.Success)
            throw new UsageException($"{origin}: timeout '{text}' of the step '{step}' is not of the form 90s, 30m or 2h.");
        var count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromHours(count),
        };
    }

    private static long Size(string? text, string key, string origin)
    {
        var match = SizePattern.Match(text ?? "4 GiB");
        if (!match.Success)
            throw new UsageException($"{origin}: {key} '{text}' is not of the form 512 MiB or 4 GiB.");
        return long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) << (match.Groups["unit"].Value == "MiB" ? 20 : 30);
    }

    private sealed class Document
    {
        public string? Title { get; set; }

        public string? Tree { get; set; }

        public string? Branch { get; set; }

        public List<string> Targets { get; set; } = [];

        public string? Memory { get; set; }

        public string? Disk { get; set; }

        public List<StepDocument>? Build { get; set; }

        public List<StepDocument>? Unit { get; set; }
    }

    private sealed class StepDocument
    {
        public string Name { get; set; } = "";

        public string Run { get; set; } = "";

        public string? Timeout { get; set; }

        public List<string> Inputs { get; set; } = [];

        public string? Expect { get; set; }
    }
}
