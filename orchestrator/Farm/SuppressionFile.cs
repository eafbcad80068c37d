using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Model;
using OpenConfirm.Store;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OpenConfirm.Farm;

/// <summary>
/// Reads and adds to a project's known false positives (<c>NAME.suppressions.yaml</c> beside <c>NAME.yaml</c>, described by
/// <c>docs/schemas/suppressions.schema.json</c>). Whatever is wrong in it is a <see cref="UsageException"/> that names file,
/// line and column.
/// </summary>
public static class SuppressionFile
{
    private const string Ending = ".suppressions.yaml";
    private const int MaxCharacters = 4 << 20;
    private const string Head = "# Known false positives, an entry a finding: docs/identity.md. Entries are added by \"openconfirm findings suppress\".\nsuppressions:\n";

    private static readonly string[] Keys = ["id", "fingerprints", "file", "title", "reason", "author", "date"];
    private static readonly Regex FingerprintPattern = new("^openconfirm/v[0-9]{1,3}:[0-9a-f]{32}$", RegexOptions.NonBacktracking);

    /// <summary>The file that belongs to a project's file.</summary>
    public static string Beside(string projectFile) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(projectFile))!, Path.GetFileNameWithoutExtension(projectFile) + Ending);

    /// <summary>Whether a file holds suppressions rather than a project.</summary>
    public static bool Is(string path) => path.EndsWith(Ending, StringComparison.Ordinal);

    /// <summary>The entries of a file; none when there is no such file.</summary>
    public static IReadOnlyList<Suppression> Load(string path) => Text(path) is { } text ? Parse(text, path) : [];

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="origin">Where the text came from, for errors.</param>
    public static IReadOnlyList<Suppression> Parse(string text, string origin)
    {
        if (List(text, origin) is not { } list)
            return [];
        var entries = new List<Suppression>();
        foreach (var node in list.Children)
        {
            var entry = Entry(node, origin);
            if (entries.Exists(e => e.Id == entry.Id))
                throw Wrong(origin, node, $"{entry.Id} is there twice.");
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>
    /// Adds an entry behind the others and changes nothing else. The file is replaced as a whole, so it is never half
    /// written; of two processes at once only one may be here.
    /// </summary>
    /// <exception cref="UsageException">The id is there already, or the file is written in a way that this cannot add to.</exception>
    public static void Add(string path, Suppression entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var old = Text(path);
        var text = With(old ?? Head, entry, path);
        var part = $"{path}.{Guid.NewGuid():N}.part";
        using (var stream = File.Create(part))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        if (old is not null)
            File.SetUnixFileMode(part, File.GetUnixFileMode(path));
        File.Move(part, path, overwrite: true);
    }

    /// <summary>A file's text with one more entry.</summary>
    internal static string With(string text, Suppression entry, string origin)
    {
        var before = Parse(text, origin);
        if (before.Any(e => e.Id == entry.Id))
            throw new UsageException($"{origin}: {entry.Id} is suppressed already.");
        var dash = List(text, origin) is { Children: [var first, ..] } ? Math.Max(0, (int)first.Start.Column - 3) : 2;
        var added = (text.Length == 0 ? Head : text.EndsWith('\n') ? text : text + "\n") + Lines(entry, new string(' ', dash));
        try
        {
            // Only what reads back as it should is written: a list in brackets, or a file that ends in something else, cannot grow at its end.
            if (Parse(added, origin) is { } after && after.Count == before.Count + 1 && after[^1].Id == entry.Id && after[^1].Reason == entry.Reason)
                return added;
        }
        catch (UsageException)
        {
            // Said below.
        }

        throw new UsageException($"{origin}: its 'suppressions' cannot be added to; write them as a list of lines that begin with '- id:', at the end of the file.");
    }

    private static string Lines(Suppression entry, string indent)
    {
        var lines = new StringBuilder();
        var lead = indent + "- ";
        foreach (var (key, value) in new[]
        {
            ("id", entry.Id),
            ("title", entry.Title is null ? null : Quoted(entry.Title)),
            ("file", entry.File is null ? null : Quoted(entry.File)),
            ("fingerprints", $"[{string.Join(", ", entry.Fingerprints.Select(f => $"\"{f}\""))}]"),
            ("reason", Quoted(entry.Reason)),
            ("author", Quoted(entry.Author)),
            ("date", entry.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        }.Where(l => l.Item2 is not null))
        {
            lines.Append(lead).Append(key).Append(": ").Append(value).Append('\n');
            lead = indent + "  ";
        }

        return lines.ToString();
    }

    /// <summary>A double-quoted scalar (YAML 1.2 section 7.3.1); what could be invisible or reorder text is written as its code.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            var isPlain = char.IsLetterOrDigit(c) || char.IsPunctuation(c) || c is ' ' or '+' or '=' or '<' or '>' or '|' or '~' or '^' or '`' or '$';
            quoted.Append(c is '"' or '\\' ? $"\\{c}" : isPlain && !char.IsSurrogate(c) ? c.ToString() : $"\\u{(int)c:x4}");
        }

        return quoted.Append('"').ToString();
    }

    private static string? Text(string path)
    {
        if (!File.Exists(path))
            return null;
        var text = File.ReadAllText(path);
        return text.Length <= MaxCharacters ? text : throw new UsageException($"{path}: the file is longer than {MaxCharacters} characters.");
    }

    private static YamlSequenceNode? List(string text, string origin)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new UsageException($"{origin}:{e.Start.Line}:{e.Start.Column}: {(e.InnerException?.Message ?? e.Message).ReplaceLineEndings(" ")}", e);
        }
        catch (InvalidOperationException e)
        {
            // The scanner's own way to say that a bracket or quotation mark is never closed.
            throw new UsageException($"{origin}: the file is no YAML; a bracket or quotation mark may be open.", e);
        }

        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
            return null;
        var root = stream.Documents[0].RootNode as YamlMappingNode
            ?? throw Wrong(origin, stream.Documents[0].RootNode, "there must be a key 'suppressions' with a list.");
        YamlSequenceNode? list = null;
        foreach (var (key, value) in root.Children)
        {
            if (key is not YamlScalarNode { Value: "suppressions" })
                throw Wrong(origin, key, $"the key '{key}' is not known; there is 'suppressions'.");
            list = value as YamlSequenceNode ?? (value is YamlScalarNode { Value: null or "" } ? null : throw Wrong(origin, value, "'suppressions' is no list."));
        }

        return list;
    }

    private static Suppression Entry(YamlNode node, string origin)
    {
        if (node is not YamlMappingNode map)
            throw Wrong(origin, node, "an entry must have keys: " + string.Join(", ", Keys) + ".");
        var values = new Dictionary<string, YamlNode>();
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || !Keys.Contains(name))
                throw Wrong(origin, key, $"the key '{key}' is not known; there are {string.Join(", ", Keys)}.");
            values[name] = value;
        }

        var id = Scalar("id");
        var date = Scalar("date");
        return new Suppression
        {
            Id = FindingId.Parse(id) ?? throw Wrong(origin, values["id"], $"'{id}' is no id of a finding, such as F-7KQ2M."),
            Fingerprints = Fingerprints(),
            File = values.ContainsKey("file") ? Scalar("file") : null,
            Title = values.ContainsKey("title") ? Scalar("title") : null,
            Reason = Scalar("reason"),
            Author = Scalar("author"),
            Date = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : throw Wrong(origin, values["date"], $"'{date}' is no date such as 2026-03-31."),
        };

        string Scalar(string key)
        {
            var value = values.GetValueOrDefault(key) ?? throw Wrong(origin, node, $"the entry has no '{key}'.");
            return value is YamlScalarNode { Value: { } text } && !string.IsNullOrWhiteSpace(text) ? text : throw Wrong(origin, value, $"'{key}' is empty or no text.");
        }

        IReadOnlyList<string> Fingerprints()
        {
            var value = values.GetValueOrDefault("fingerprints") ?? throw Wrong(origin, node, "the entry has no 'fingerprints'.");
            if (value is not YamlSequenceNode { Children.Count: > 0 } list)
                throw Wrong(origin, value, "'fingerprints' is no list, or an empty one.");
            return [.. list.Children.Select(f => f is YamlScalarNode { Value: { } hash } && FingerprintPattern.IsMatch(hash)
                ? hash
                : throw Wrong(origin, f, $"'{f}' is no fingerprint of the form openconfirm/v1:32 hex digits."))];
        }
    }

    private static UsageException Wrong(string origin, YamlNode at, string what) => new($"{origin}:{at.Start.Line}:{at.Start.Column}: {what}");
}
