using System.Globalization;
using System.Text;

namespace OpenConfirm.Intake;

/// <summary>Text from outside made harmless for a terminal.</summary>
public static class TerminalText
{
    /// <summary>
    /// Replaces what could move the cursor, change colours, reorder or hide text (control and format characters, line
    /// separators, lone surrogates) by its code: "\u001b".
    /// </summary>
    public static string Escape(string text)
    {
        if (text.All(c => c is >= ' ' and < '\x7f'))
            return text;
        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text, i) && !IsUnsafe(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                safe.Append(text[i]).Append(text[++i]);
            else if (IsUnsafe(char.GetUnicodeCategory(text[i])))
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            else
                safe.Append(text[i]);
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(UnicodeCategory category) => category
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;
}
