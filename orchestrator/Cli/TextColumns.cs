namespace OpenConfirm.Cli;

/// <summary>Text for a terminal.</summary>
internal static class TextColumns
{
    /// <summary>What fits any terminal.</summary>
    public const int Width = 80;

    /// <summary>Breaks text between words into lines of a width; a longer word has a line to itself.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        yield return line;
    }
}
