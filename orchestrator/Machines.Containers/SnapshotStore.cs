using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>A frozen work disk: which image it belongs to and the file with its tar.</summary>
/// <param name="Image">The image ("debian-12").</param>
/// <param name="ImageId">The engine's id of the image that it was made on.</param>
/// <param name="Tar">File name of the tar, in the store's folder.</param>
/// <param name="CreatedUtc">When it was frozen.</param>
internal sealed record FrozenDisk(string Image, string ImageId, string Tar, DateTimeOffset CreatedUtc);

/// <summary>
/// Frozen work disks as files: <c>ID.json</c> names <c>ID-UNIQUE.tar</c>. Renaming the JSON into place is the moment a snapshot
/// comes to be, so a kill at any instant leaves the old one, the new one, or a file that the next start removes. The tars were
/// written inside of machines and are never read here, only fed back into machines.
/// </summary>
internal sealed partial class SnapshotStore
{
    private readonly string _directory;
    private readonly TimeProvider _time;

    public SnapshotStore(string directory, TimeProvider time)
    {
        _directory = Path.GetFullPath(directory);
        _time = time;
        Directory.CreateDirectory(directory);
    }

    /// <summary>Throws unless the id can be a file name.</summary>
    public static void CheckId(string id)
    {
        if (!SafeId().IsMatch(id))
            throw new ArgumentException($"A snapshot's id is up to 128 letters, digits, '.', '_' and '-', not a '.' first: '{id}'", nameof(id));
    }

    public async Task<FrozenDisk?> FindAsync(string id, CancellationToken cancel)
    {
        CheckId(id);
        try
        {
            await using var json = File.OpenRead(JsonPath(id));
            var disk = await JsonSerializer.DeserializeAsync(json, SnapshotJson.Default.FrozenDisk, cancel);
            return disk is not null && File.Exists(TarPath(disk)) ? disk : null;
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    public FileStream OpenTar(FrozenDisk disk) => new(TarPath(disk), new FileStreamOptions
    {
        Mode = FileMode.Open,
        Share = FileShare.Read | FileShare.Delete,
        BufferSize = 0,
        Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
    });

    /// <summary>Writes a new disk under this id in place of an old one.</summary>
    public async Task WriteAsync(string id, string image, string imageId, Func<Stream, Task> write, CancellationToken cancel)
    {
        CheckId(id);
        var old = await FindAsync(id, cancel);
        var disk = new FrozenDisk(image, imageId, $"{id}-{Guid.NewGuid():n}.tar", _time.GetUtcNow());
        var draft = $"{TarPath(disk)}.{Owner.Current.FileName}.draft";
        var jsonDraft = $"{TarPath(disk)}.{Owner.Current.FileName}.json-draft";
        try
        {
            await using (var tar = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, useAsync: true))
                await write(tar);

            // The plain user of a machine reads it where it is mounted, and nobody changes it.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            await File.WriteAllBytesAsync(jsonDraft, JsonSerializer.SerializeToUtf8Bytes(disk, SnapshotJson.Default.FrozenDisk), cancel);
            File.Move(draft, TarPath(disk));
            File.Move(jsonDraft, JsonPath(id), overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(draft);
            File.Delete(jsonDraft);
            File.Delete(TarPath(disk));
            throw e is IOException ? new InfrastructureException($"Snapshot {id} cannot be written to {_directory}: {e.Message}", e) : e;
        }

        if (old is not null)
            File.Delete(TarPath(old));
    }

    /// <summary>Deletes a snapshot: first what names it, then its disk.</summary>
    public async Task DropAsync(string id, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } disk)
            return;
        File.Delete(JsonPath(id));
        File.Delete(TarPath(disk));
    }

    /// <summary>Removes what killed runs left: half-written files of dead processes, and what no snapshot refers to and is older than a day.</summary>
    public void Sweep()
    {
        var limit = _time.GetUtcNow().UtcDateTime.AddDays(-1);
        var named = Directory.EnumerateFiles(_directory, "*.json")
            .Select(f => TarOf(f))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_directory).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)))
        {
            if (Owner.OfFile(Path.GetFileName(file)) is { IsDead: true } || (!named.Contains(Path.GetFileName(file)) && File.GetLastWriteTimeUtc(file) < limit))
                File.Delete(file);
        }
    }

    private static string? TarOf(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(json), SnapshotJson.Default.FrozenDisk)?.Tar;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    private string JsonPath(string id) => Path.Combine(_directory, $"{id}.json");

    // Our own file, yet a name only: whatever it says stays in the folder.
    public string TarPath(FrozenDisk disk) => Path.Combine(_directory, Path.GetFileName(disk.Tar));

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SafeId();
}

[JsonSerializable(typeof(FrozenDisk))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
