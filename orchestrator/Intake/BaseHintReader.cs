using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Collects what a series says of its base.</summary>
internal static class BaseHintReader
{
    private const int MaxPrerequisites = 1000;
    private const int MaxBlobs = 20_000;

    /// <summary>Longer paths are no hint: Linux has none (PATH_MAX).</summary>
    private const int MaxPath = 4096;

    /// <summary>Characters of all paths together: a base is searched by asking for all of them in many commits at once.</summary>
    private const int MaxPaths = 1 << 20;

    /// <summary>Reads the trailers of the cover letter and of the patches, and the patches' index lines.</summary>
    /// <param name="cover">Text of the cover letter, or null.</param>
    /// <param name="patches">In order: a later patch's index line may name a blob that an earlier one makes.</param>
    public static BaseHints Read(string? cover, IReadOnlyList<Patch> patches)
    {
        var reader = new Reader();
        if (cover is not null)
            reader.Trailers(Encoding.UTF8.GetBytes(cover));
        foreach (var patch in patches)
        {
            reader.Trailers(patch.Body.Span);
            reader.Blobs(patch.Body.Span);
        }

        return reader.Hints;
    }

    private sealed class Reader
    {
        private readonly List<string> _prerequisites = [];
        private readonly Dictionary<string, string> _blobs = new(StringComparer.Ordinal);
        private readonly HashSet<string> _mentioned = new(StringComparer.Ordinal);
        private int _pathLength;
        private string? _baseCommit;

        public BaseHints Hints => new(_baseCommit, _prerequisites, _blobs);

        /// <summary>Lines at the margin: the diff's own lines have a mark before them.</summary>
        public void Trailers(ReadOnlySpan<byte> text)
        {
            for (var at = 0; at < text.Length; at = DiffText.NextLine(text, at))
            {
                var line = DiffText.Line(text, at);
                if (_baseCommit is null && ObjectId(line, "base-commit: "u8) is { } commit)
                    _baseCommit = commit;
                else if (_prerequisites.Count < MaxPrerequisites && ObjectId(line, "prerequisite-patch-id: "u8) is { } patch)
                    _prerequisites.Add(patch);
            }
        }

        public void Blobs(ReadOnlySpan<byte> text)
        {
            for (var at = 0; at < text.Length;)
            {
                var isHeader = DiffText.Line(text, at).StartsWith("diff --git "u8);
                at = isHeader ? File(text, at) : DiffText.NextLine(text, at);
            }
        }

        /// <summary>One file's extended header; returns the offset behind it.</summary>
        private int File(ReadOnlySpan<byte> text, int at)
        {
            var oldPath = SamePath(Value(DiffText.Line(text, at), "diff --git "u8));
            var newPath = oldPath;
            string? blob = null;
            for (at = DiffText.NextLine(text, at); at < text.Length; at = DiffText.NextLine(text, at))
            {
                var line = DiffText.Line(text, at);
                if (line.StartsWith("index "u8))
                    blob = LeftBlob(Value(line, "index "u8));
                else if (line.StartsWith("rename from "u8) || line.StartsWith("copy from "u8))
                    oldPath = GitPath.Read(Value(line, line[0] == 'r' ? "rename from "u8 : "copy from "u8));
                else if (line.StartsWith("rename to "u8) || line.StartsWith("copy to "u8))
                    newPath = GitPath.Read(Value(line, line[0] == 'r' ? "rename to "u8 : "copy to "u8));
                else if (line.StartsWith("--- a/"u8) || line.StartsWith("--- \"a/"u8))
                    oldPath = GitPath.ReadSide(Value(line, "--- "u8));
                else if (line.StartsWith("+++ "u8) || line.StartsWith("@@ "u8) || line.StartsWith("diff "u8) || line.StartsWith("GIT binary"u8))
                    break;
            }

            Mention(oldPath, newPath, blob);
            return at;
        }

        private void Mention(string? oldPath, string? newPath, string? blob)
        {
            if (oldPath is { Length: <= MaxPath } && _mentioned.Count < MaxBlobs && _pathLength + oldPath.Length <= MaxPaths
                && _mentioned.Add(oldPath) && blob is not null)
            {
                _blobs[oldPath] = blob;
                _pathLength += oldPath.Length;
            }

            if (newPath is { Length: <= MaxPath })
                _mentioned.Add(newPath);
        }
    }

    private static string? ObjectId(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var id = line.StartsWith(name) ? Value(line, name) : [];
        return id.Length is 40 or 64 && MailText.IsHex(id) ? Encoding.ASCII.GetString(id) : null;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line[name.Length..].TrimEnd(" \t\r\n"u8);

    /// <summary>"aaaa" of "aaaa..bbbb 100644"; null for a new file's zeros and for what is no object name.</summary>
    private static string? LeftBlob(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf(".."u8);
        if (end is < 4 or > 64 || !MailText.IsHex(value[..end]) || !value[..end].ContainsAnyExcept((byte)'0'))
            return null;
        return Encoding.ASCII.GetString(value[..end]);
    }

    /// <summary>The path of "a/PATH b/PATH" when both sides name the same one, which is sure only then.</summary>
    private static string? SamePath(ReadOnlySpan<byte> sides)
    {
        var middle = sides.Length / 2;
        if (sides.Length < 5 || sides.Length % 2 == 0 || sides[middle] != ' ')
            return null;
        var (left, right) = (GitPath.ReadSide(sides[..middle]), GitPath.ReadSide(sides[(middle + 1)..]));
        return left == right ? left : null;
    }
}
