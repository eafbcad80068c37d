namespace OpenConfirm.Findings.Logs;

/// <summary>Small readings of hostile text.</summary>
internal static class Text
{
    /// <summary>A line or column number; 0 when it is absent or absurd.</summary>
    public static int Number(string digits) => int.TryParse(digits, out var number) ? number : 0;

    /// <summary>
    /// The same message whatever the locale and the age of the tool: curly quotes and the pair <c>`x'</c> become straight.
    /// </summary>
    public static string Plain(string message)
    {
        message = message.Replace('‘', '\'').Replace('’', '\'').Trim();
        return message.Contains('`') && message.Contains('\'') ? message.Replace('`', '\'') : message;
    }

    /// <summary>File name without folder and last extension.</summary>
    public static string Stem(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    public static string Extension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : "";
    }
}
