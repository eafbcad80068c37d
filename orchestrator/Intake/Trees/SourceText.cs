using System.Text;

namespace OpenConfirm.Intake.Trees;

/// <summary>Bytes of sources as text. Sources come in any charset; no byte may be lost or make reading fail.</summary>
internal static class SourceText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 where the bytes are valid UTF-8, else Latin-1, which every byte string is.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>A string of Latin-1 characters that stand for bytes (what <see cref="PatchDiff"/> works on) for a person's eyes.</summary>
    public static string Shown(string latin1) => Decode(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Lines without their line feeds; a carriage return stays.</summary>
    public static string[] Lines(string text)
    {
        if (text.Length == 0)
            return [];
        var lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
