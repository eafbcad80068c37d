namespace OpenConfirm.Intake;

/// <summary>
/// Where commit message and diff lie in the text of a mail. Works on bytes, since sources come in any charset.
/// The rules for the end of the message are those of <c>git mailinfo</c>, so that a person reads what git will take.
/// </summary>
internal static class DiffText
{
    private static ReadOnlySpan<byte> GitHeader => "diff --git "u8;

    /// <summary>Offset of the first line of the first diff that git can apply, or -1. A quoted diff ("&gt; diff") is none.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at = NextLine(text, at))
        {
            var line = text[at..];
            if (line[0] == (byte)'d' && line.StartsWith(GitHeader) && IsExtendedHeader(text[NextLine(text, at)..]))
                return at;
            if (line[0] == (byte)'-' && line.StartsWith("--- "u8) && IsHunkAfter(text, NextLine(text, at)))
                return at;
        }

        return -1;
    }

    /// <summary>Whether a diff stands in the text behind quote marks.</summary>
    public static bool IsQuotedIn(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at = NextLine(text, at))
        {
            var line = Line(text, at);
            var inner = line.TrimStart("> "u8);
            if (line[0] == (byte)'>' && (inner.StartsWith(GitHeader) || inner.StartsWith("@@ -"u8)))
                return true;
        }

        return false;
    }

    /// <summary>Offset at which git stops taking lines for the commit message: "---", "diff -", "Index: " or "--- file".</summary>
    public static int EndOfMessage(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at = NextLine(text, at))
        {
            var line = Line(text, at);
            if (line.StartsWith("diff -"u8) || line.StartsWith("Index: "u8))
                return at;
            if (line.StartsWith("---"u8) && (line[3..].Trim(" \t\r\n"u8).IsEmpty || (line.Length > 4 && line[3] == ' ' && !" \t\r\n"u8.Contains(line[4]))))
                return at;
        }

        return text.Length;
    }

    /// <summary>
    /// Takes the CR off line ends that transport has put there. A diff's own header lines never end in CR, so when
    /// they do, all do; when they do not, a CR in the diff belongs to the source.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutTransportCr(ReadOnlySpan<byte> text, int diff)
    {
        if (diff >= 0 ? !EndsInCr(Line(text, diff)) : text.IndexOf("\r\n"u8) < 0)
            return text;
        var plain = new byte[text.Length];
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var next = NextLine(text, at);
            var line = text[at..next];
            if (line.EndsWith("\r\n"u8))
            {
                line[..^2].CopyTo(plain.AsSpan(length));
                length += line.Length - 1;
                plain[length - 1] = (byte)'\n';
            }
            else
            {
                line.CopyTo(plain.AsSpan(length));
                length += line.Length;
            }

            at = next;
        }

        return plain.AsSpan(0, length);
    }

    /// <summary>Offset behind the line that begins at <paramref name="at"/>.</summary>
    public static int NextLine(ReadOnlySpan<byte> text, int at) =>
        text[at..].IndexOf((byte)'\n') is >= 0 and var end ? at + end + 1 : text.Length;

    /// <summary>The line that begins at <paramref name="at"/>, with its line feed.</summary>
    public static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text, int at) =>
        text[at..].IndexOf((byte)'\n') is >= 0 and var end ? text.Slice(at, end + 1) : text[at..];

    private static bool EndsInCr(ReadOnlySpan<byte> line) => line.EndsWith("\r\n"u8);

    private static bool IsExtendedHeader(ReadOnlySpan<byte> line) =>
        line.StartsWith("index "u8) || line.StartsWith("old mode "u8) || line.StartsWith("new mode "u8)
        || line.StartsWith("new file mode "u8) || line.StartsWith("deleted file mode "u8)
        || line.StartsWith("similarity index "u8) || line.StartsWith("dissimilarity index "u8)
        || line.StartsWith("rename from "u8) || line.StartsWith("copy from "u8) || line.StartsWith("--- "u8);

    private static bool IsHunkAfter(ReadOnlySpan<byte> text, int at) =>
        text[at..].StartsWith("+++ "u8) && text[NextLine(text, at)..].StartsWith("@@ -"u8);
}
