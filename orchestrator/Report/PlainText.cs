using System.Globalization;
using System.Text;

namespace OpenConfirm.Report;

/// <summary>
/// Text from outside, made harmless for a terminal and a mail: nothing that moves the cursor, hides, or turns the
/// direction of writing survives. It is shown as an escape, so that a reader sees that it was there.
/// </summary>
internal static class PlainText
{
    private const int TabStop = 8;

    /// <summary>One line for use in a sentence: runs of white space become one space.</summary>
    public static string Line(string? text, int maxLength = 300) =>
        Encode(string.Join(' ', Clip(text ?? "", maxLength).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>One line of code: leading blanks stay, tabs become blanks.</summary>
    public static string Code(string text, int maxLength = 400)
    {
        var line = new StringBuilder();
        foreach (var rune in Clip(text, maxLength).EnumerateRunes())
            if (rune.Value == '\t')
                line.Append(' ', TabStop - line.Length % TabStop);
            else
                line.Append(rune.ToString());
        return Encode(line.ToString().ReplaceLineEndings(" ").TrimEnd());
    }

    /// <summary>The text with every invisible character but the line feed as an escape.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (!IsHidden(rune))
                encoded.Append(rune.ToString());
            else if (rune.Value < 0x100)
                encoded.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else
                encoded.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        return encoded.ToString();
    }

    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        '\n' => false,
        0x200C or 0x200D => false, // joiners: Persian and Indic names cannot be written without them
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.OtherNotAssigned,
    };

    private static string Clip(string text, int maxLength) =>
        text.Length <= maxLength ? text : string.Concat(text.AsSpan(0, maxLength), "…");
}
