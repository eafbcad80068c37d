using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OpenConfirm.Architecture.Tests;

/// <summary>A project file and the projects that it names.</summary>
/// <param name="File">Path below the root, with '/'.</param>
/// <param name="Names">Names of the projects in its ProjectReference items.</param>
public sealed record ProjectFile(string File, IReadOnlyList<string> Names)
{
    /// <summary>Name of the project: that of its file.</summary>
    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>Folder of the project, below the root.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>Whether it only measures others.</summary>
    public bool IsBench => File.Split('/').Contains("bench");

    /// <summary>Whether it holds tests.</summary>
    public bool IsTest => Name.EndsWith(".Tests", StringComparison.Ordinal);
}

/// <summary>The source tree as the rules see it.</summary>
public sealed partial class Repository(string root)
{
    /// <summary>The tree that this test was built from.</summary>
    public static Repository Own { get; } = new(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../..")));

    /// <summary>All project files, sorted by path.</summary>
    public IReadOnlyList<ProjectFile> Projects { get; } =
    [
        .. Directory.EnumerateFiles(root, "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "out"))
            .Order(StringComparer.Ordinal)
            .Select(file => new ProjectFile(file, References(Path.Combine(root, file)))),
    ];

    /// <summary>Paths of the projects in ci.sln, with '/'.</summary>
    public IReadOnlyList<string> InSolution { get; } =
        [.. SolutionProject().Matches(File.ReadAllText(Path.Combine(root, "ci.sln"))).Select(m => m.Groups[1].Value.Replace('\\', '/'))];

    /// <summary>Whether there is a file of this path below the root.</summary>
    public bool Has(string file) => File.Exists(Path.Combine(root, file));

    private static List<string> References(string file) =>
        [.. XDocument.Load(file).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string?)r.Attribute("Include") ?? "").Replace('\\', '/')))];

    private static string Here([CallerFilePath] string file = "") => file;

    [GeneratedRegex("\"([^\"]*\\.csproj)\"")]
    private static partial Regex SolutionProject();
}
