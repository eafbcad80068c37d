using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>
/// Results of base trees, kept so that a base is built once for all series on it. Only what ran on a base is ever kept:
/// nothing that a patch wrote is seen by another run.
/// </summary>
/// <param name="directory">Folder of the store, ours alone.</param>
public sealed class BaseStore(string directory)
{
    /// <summary>
    /// Bases kept of a project on a target: a built FRR is 2 GiB. Each has its own, or a project that is built often would push
    /// out one that takes long.
    /// </summary>
    private const int Kept = 4;

    /// <summary>Bases kept in all, so that projects and systems that are not tested any more go too.</summary>
    private const int KeptInAll = 24;

    /// <summary>Changed whenever the same logs are read in another way.</summary>
    private const int Format = 2;

    private static readonly JsonSerializerOptions Options = new() { Converters = { new SetConverter() } };

    /// <summary>The key of a base: same commit, same recipe, same image, same reader.</summary>
    public static string Key(Project project, string commit, Snapshot clean) => string.Create(
        CultureInfo.InvariantCulture,
        $"base-{project.Name}-{clean.Image}-{Hash($"{Format}\n{project.RecipeHash}\n{commit}\n{clean.Id}")}");

    /// <summary>Folder that holds the logs of a key.</summary>
    public string LogDirectory(string key) => Path.Combine(directory, key, "logs");

    /// <summary>The result of a key, or null.</summary>
    public async Task<TreeResult?> FindAsync(string key, CancellationToken cancel)
    {
        var file = ResultFile(key);
        if (!File.Exists(file))
            return null;
        try
        {
            await using var stream = File.OpenRead(file);
            var result = await JsonSerializer.DeserializeAsync<TreeResult>(stream, Options, cancel);
            Directory.SetLastWriteTimeUtc(Path.Combine(directory, key), TimeProvider.System.GetUtcNow().UtcDateTime);
            return result is null ? null : result with { FromCache = true };
        }
        catch (JsonException)
        {
            // Written by another version, or cut off: build it again.
            return null;
        }
    }

    /// <summary>Keeps a result whose logs stand in <see cref="LogDirectory"/> already.</summary>
    public async Task SaveAsync(string key, TreeResult result, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.Combine(directory, key));
        var part = $"{ResultFile(key)}.{Guid.NewGuid():n}.part";
        await using (var stream = File.Create(part))
        {
            await JsonSerializer.SerializeAsync(stream, result, Options, cancel);
        }

        File.Move(part, ResultFile(key), overwrite: true);
    }

    /// <summary>Drops the results that were used longest ago; returns their keys, so that their snapshots can go too.</summary>
    public IReadOnlyList<string> DropOldest()
    {
        if (!Directory.Exists(directory))
            return [];
        var youngest = new DirectoryInfo(directory).EnumerateDirectories("base-*").OrderByDescending(d => d.LastWriteTimeUtc).ToList();
        var kept = youngest.GroupBy(d => d.Name[..d.Name.LastIndexOf('-')]).SelectMany(g => g.Take(Kept)).Select(d => d.Name).ToHashSet();
        var dropped = youngest.Except(youngest.Where(d => kept.Contains(d.Name)).Take(KeptInAll)).ToList();
        foreach (var old in dropped)
            old.Delete(recursive: true);
        return [.. dropped.Select(d => d.Name)];
    }

    private string ResultFile(string key) => Path.Combine(directory, key, "result.json");

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    /// <summary>Read-only sets, which the serializer writes and cannot make.</summary>
    private sealed class SetConverter : JsonConverter<IReadOnlySet<string>>
    {
        public override IReadOnlySet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<HashSet<string>>(ref reader, options) ?? throw new JsonException("A set is null.");

        public override void Write(Utf8JsonWriter writer, IReadOnlySet<string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize<IEnumerable<string>>(writer, value, options);
    }
}
