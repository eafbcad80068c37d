using System.Buffers;
using System.Text;

namespace OpenConfirm.Intake;

/// <summary>A path as git writes it in a diff: plain, or quoted like a C string when it holds unusual bytes.</summary>
internal static class GitPath
{
    /// <summary>Without the "a/" or "b/" before it and a time stamp behind it; null when it has no side.</summary>
    public static string? ReadSide(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)'\t') is >= 0 and var tab && text[0] != '"')
            text = text[..tab];
        var path = Read(text);
        return path is ['a' or 'b', '/', _, ..] ? path[2..] : null;
    }

    /// <summary>The path itself; null when its quoting is broken.</summary>
    public static string? Read(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'"', .., (byte)'"'] || text.Length < 2)
            return text.IsEmpty ? null : Encoding.UTF8.GetString(text);
        text = text[1..^1];
        var path = new ArrayBufferWriter<byte>(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '\\')
            {
                if (Escape(text[(i + 1)..], out var length) is not { } escaped)
                    return null;
                b = escaped;
                i += length;
            }

            path.Write([b]);
        }

        return Encoding.UTF8.GetString(path.WrittenSpan);
    }

    private static byte? Escape(ReadOnlySpan<byte> text, out int length)
    {
        length = 1;
        if (text.Length >= 3 && !text[..3].ContainsAnyExceptInRange((byte)'0', (byte)'7'))
        {
            length = 3;
            return (byte)(((text[0] - '0') << 6) | ((text[1] - '0') << 3) | (text[2] - '0'));
        }

        return text.IsEmpty ? null : text[0] switch
        {
            (byte)'a' => (byte)'\a',
            (byte)'b' => (byte)'\b',
            (byte)'t' => (byte)'\t',
            (byte)'n' => (byte)'\n',
            (byte)'v' => (byte)'\v',
            (byte)'f' => (byte)'\f',
            (byte)'r' => (byte)'\r',
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            _ => null,
        };
    }
}
