using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpenConfirm.Findings;

namespace OpenConfirm.Store;

/// <summary>The findings of a base as they lie in the store: compressed JSON, without what matching does not look at.</summary>
internal static class FindingsBlob
{
    private const int MaxBytes = 64 << 20;
    private const int MaxRelated = 64;

    /// <summary>The blob; null when there is too much to keep.</summary>
    public static byte[]? Write(IReadOnlyList<SeenFinding> findings)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(findings.Select(Short));
        if (json.Length > MaxBytes)
            return null;
        using var packed = new MemoryStream();
        using (var pack = new BrotliStream(packed, CompressionLevel.Fastest))
            pack.Write(json);
        return packed.ToArray();
    }

    /// <summary>The findings; none when the blob is of another version or damaged.</summary>
    public static IReadOnlyList<SeenFinding> Read(byte[]? blob)
    {
        if (blob is null)
            return [];
        try
        {
            using var unpack = new BrotliStream(new MemoryStream(blob), CompressionMode.Decompress);
            return JsonSerializer.Deserialize<List<SeenFinding>>(unpack) ?? [];
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>The same for the same sites and fingerprints, in any order.</summary>
    public static string Digest(IEnumerable<SeenFinding> findings)
    {
        var lines = findings.Select(f => $"{f.Site} {f.Fingerprint}\n").Distinct().Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Fingerprint.Version + "\n" + string.Concat(lines))))[..32];
    }

    private static SeenFinding Short(SeenFinding seen) =>
        seen with { Finding = seen.Finding with { Excerpt = [], LogLine = 0, Related = [.. seen.Finding.Related.Take(MaxRelated)] } };
}
