using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Model;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace OpenConfirm.Machines;

/// <summary>How an image is made: <c>vm-images/NAME/image.yaml</c> and the <c>provision.sh</c> beside it.</summary>
public sealed partial record ImageRecipe
{
    /// <summary>The definition's file name.</summary>
    public const string FileName = "image.yaml";

    /// <summary>The script that runs inside of the new root as its last step.</summary>
    public const string ProvisionName = "provision.sh";

    /// <summary>The folder's name ("debian-12").</summary>
    [YamlIgnore]
    public string Name { get; init; } = "";

    /// <summary>Folder of the recipe.</summary>
    [YamlIgnore]
    public string Directory { get; init; } = "";

    /// <summary>SHA-256 of the recipe's files, 64 hex digits.</summary>
    [YamlIgnore]
    public string Hash { get; init; } = "";

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>The distribution whose archive it comes from; only "debian" so far.</summary>
    public required string Distribution { get; init; }

    /// <summary>Release by its code name ("bookworm").</summary>
    public required string Suite { get; init; }

    /// <summary>Architecture as the distribution names it ("amd64").</summary>
    public required string Architecture { get; init; }

    /// <summary>Packages besides the minimal system; no recommended ones come along.</summary>
    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>Path patterns that packages are not unpacked to (dpkg's path-exclude), such as "/usr/share/doc/*".</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Names of the recipes in a folder, sorted.</summary>
    public static IReadOnlyList<string> Names(string recipesDirectory) => !System.IO.Directory.Exists(recipesDirectory)
        ? []
        :
        [
            .. System.IO.Directory.EnumerateDirectories(recipesDirectory)
                .Where(d => File.Exists(Path.Combine(d, FileName)))
                .Select(d => Path.GetFileName(d))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Reads a recipe by its name.</summary>
    /// <exception cref="UsageException">There is none of that name, or it is wrong: the message has file, line and column.</exception>
    public static ImageRecipe Read(string recipesDirectory, string name)
    {
        var directory = Path.Combine(recipesDirectory, name);
        var file = Path.Combine(directory, FileName);
        var provision = Path.Combine(directory, ProvisionName);
        if (!SafeName().IsMatch(name) || !File.Exists(file))
            throw new UsageException($"There is no image {name}. Known: {string.Join(", ", Names(recipesDirectory))} (folders of {recipesDirectory} with {FileName}).");
        if (!File.Exists(provision))
            throw new UsageException($"{directory}: {ProvisionName} is missing.");
        var text = File.ReadAllText(file);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{text}\0{File.ReadAllText(provision)}"));
        return Parse(text, file) with { Name = name, Directory = directory, Hash = Convert.ToHexStringLower(hash) };
    }

    /// <summary>Reads the definition alone; <paramref name="file"/> is for messages.</summary>
    /// <exception cref="UsageException">Unknown or missing key, wrong value; the message has line and column where there is one.</exception>
    public static ImageRecipe Parse(string yaml, string file)
    {
        ImageRecipe recipe;
        try
        {
            recipe = new DeserializerBuilder()
                .WithNamingConvention(CamelCaseNamingConvention.Instance)
                .WithTypeMapping<IReadOnlyList<string>, List<string>>()
                .WithDuplicateKeyChecking()
                .WithEnforceRequiredMembers()
                .Build()
                .Deserialize<ImageRecipe?>(yaml) ?? throw new UsageException($"{file}: it is empty.");
        }
        catch (YamlException e)
        {
            throw new UsageException($"{file}:{e.Start.Line}:{e.Start.Column}: {Inner(e)}", e);
        }

        Check(file, "distribution", recipe.Distribution, recipe.Distribution == "debian");
        Check(file, "suite", recipe.Suite, Word().IsMatch(recipe.Suite));
        Check(file, "architecture", recipe.Architecture, Word().IsMatch(recipe.Architecture));
        foreach (var package in recipe.Packages)
            Check(file, "packages", package, PackageName().IsMatch(package));
        foreach (var pattern in recipe.Exclude)
            Check(file, "exclude", pattern, PathPattern().IsMatch(pattern));
        return recipe;
    }

    private static string Inner(YamlException e) =>
        (e.InnerException is YamlException inner ? Inner(inner) : e.InnerException?.Message ?? e.Message).ReplaceLineEndings(" ");

    private static void Check(string file, string key, string value, bool isGood)
    {
        if (!isGood)
            throw new UsageException($"{file}: {key}: '{value}' is not allowed here.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{0,63}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SafeName();

    [GeneratedRegex(@"\A[a-z][a-z0-9]*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PackageName();

    [GeneratedRegex(@"\A/[A-Za-z0-9/._*?-]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathPattern();
}
