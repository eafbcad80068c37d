using System.Runtime.CompilerServices;

namespace OpenConfirm.Wire.Tests;

/// <summary>Files of "name: text" lines that results are held against; OPENCONFIRM_UPDATE_GOLDENS=1 writes them anew.</summary>
internal static class Golden
{
    private static readonly Lock Gate = new();

    /// <summary>Holds a file of the fuzzer's corpus against octets.</summary>
    public static void CompareFile(string file, byte[] actual, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "fuzz", "SharpFuzz", "corpus", file);
        if (Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, actual);
        }

        Assert.That(File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(actual), Is.True, $"{file} is not what its sample is; OPENCONFIRM_UPDATE_GOLDENS=1 writes it anew");
    }

    /// <summary>Holds one line of a file against a result.</summary>
    public static void Compare(string file, string name, string actual, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "Goldens", file);
        lock (Gate)
        {
            var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
                lines[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            if (Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                lines[name] = actual;
                File.WriteAllLines(path, lines.Select(l => $"{l.Key}: {l.Value}".TrimEnd()));
            }

            Assert.That(actual, Is.EqualTo(lines.GetValueOrDefault(name)), $"{file}, {name}");
        }
    }
}
