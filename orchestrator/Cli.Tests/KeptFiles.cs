using System.Security.Cryptography;

namespace OpenConfirm.Cli.Tests;

/// <summary>
/// The files that the program keeps, by path and content; but for the objects of its own git repositories, which are the
/// commits that it applied, the locks, and the store, in which every run's findings get their ids.
/// </summary>
internal sealed record KeptFiles(IReadOnlyDictionary<string, string> Hashes)
{
    /// <summary>Reads a data folder.</summary>
    public static async Task<KeptFiles> OfAsync(string data)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(data))
            return new KeptFiles(hashes);
        foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(data, file);
            if (name.StartsWith("trees/", StringComparison.Ordinal) && (name.Contains(".git/", StringComparison.Ordinal) || name.EndsWith(".lock", StringComparison.Ordinal) || name.EndsWith(".adding", StringComparison.Ordinal)))
                continue;
            if (name.StartsWith("store.db", StringComparison.Ordinal))
                continue;
            await using var content = File.OpenRead(file);
            hashes[name] = Convert.ToHexString(await SHA256.HashDataAsync(content));
        }

        foreach (var trees in Directory.EnumerateDirectories(data, "*.worktrees", SearchOption.AllDirectories).SelectMany(d => Directory.EnumerateFileSystemEntries(d)))
            hashes[Path.GetRelativePath(data, trees)] = "a work tree";
        return new KeptFiles(hashes);
    }

    /// <summary>Paths that came, went or changed.</summary>
    public IReadOnlyList<string> Differences(KeptFiles before) =>
    [
        .. Hashes.Keys.Union(before.Hashes.Keys)
            .Where(name => Hashes.GetValueOrDefault(name) != before.Hashes.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal),
    ];
}
