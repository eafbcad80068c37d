using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// What the contents of a "GIT binary patch" grow to. They are deflated, so a small mail can carry gigabytes, and a delta
/// of a few bytes can repeat its source as often as it likes; git finds that out with the memory in hand.
/// </summary>
internal static partial class BinaryContent
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

    /// <summary>More than any limit, and little enough that no number of claims goes round.</summary>
    public const long MostClaim = int.MaxValue * 2L;

    /// <summary>Lines of a delta that are looked at: its two sizes stand in the first bytes.</summary>
    private const int DeltaLines = 64;

    /// <summary>
    /// Bytes that the contents from a line on claim (one to apply, one to take it back), and goes behind them;
    /// <see cref="MostClaim"/> where a claim cannot be read.
    /// </summary>
    public static long Claim(string[] lines, ref int at)
    {
        var claim = 0L;
        for (var content = 0; content < 2 && at < lines.Length && Kind(lines[at]) is not null; content++)
        {
            claim += Math.Min(Claim(lines, at), MostClaim);
            while (++at < lines.Length && lines[at].TrimEnd('\r').Length > 0)
            {
            }

            at++;
        }

        at = Math.Min(at, lines.Length);
        return claim;
    }

    private static long Claim(ReadOnlySpan<string> lines, int at)
    {
        if (Header().Match(lines[at]) is not { Success: true } header || !int.TryParse(header.Groups["size"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            return MostClaim;
        return Kind(lines[at]) == "literal " ? size
            : ResultSize(lines[(at + 1)..]) is { } result ? size + result
            : MostClaim;
    }

    /// <summary>git takes anything behind the word for a number.</summary>
    private static string? Kind(string line) =>
        line.StartsWith("literal ", StringComparison.Ordinal) ? "literal " : line.StartsWith("delta ", StringComparison.Ordinal) ? "delta " : null;

    /// <summary>The second of the two sizes that a delta begins with; null when it has none.</summary>
    private static long? ResultSize(ReadOnlySpan<string> lines)
    {
        using var deflated = new MemoryStream();
        foreach (var line in lines[..Math.Min(lines.Length, DeltaLines)])
        {
            if (line.TrimEnd('\r').Length == 0)
                break;
            if (!Decode(line.TrimEnd('\r'), deflated))
                return null;
        }

        deflated.Position = 0;
        using var delta = new ZLibStream(deflated, CompressionMode.Decompress);
        try
        {
            return Size(delta) is null ? null : Size(delta);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>One size: seven bits a byte, lowest first, the eighth says that more follow.</summary>
    private static long? Size(Stream delta)
    {
        var size = 0L;
        for (var shift = 0; shift < 56; shift += 7)
        {
            var part = delta.ReadByte();
            if (part < 0)
                return null;
            size |= (long)(part & 0x7f) << shift;
            if (part < 0x80)
                return size;
        }

        return null;
    }

    /// <summary>One line: its count of bytes as a letter, then five digits of base 85 for four bytes.</summary>
    private static bool Decode(string line, MemoryStream into)
    {
        var count = line[0] switch { >= 'A' and <= 'Z' and var c => c - 'A' + 1, >= 'a' and <= 'z' and var c => c - 'a' + 27, _ => 0 };
        if (count == 0 || line.Length != 1 + ((count + 3) / 4 * 5))
            return false;
        for (var i = 1; i < line.Length; i += 5, count -= 4)
        {
            var word = 0L;
            foreach (var c in line.AsSpan(i, 5))
            {
                var digit = Digits.IndexOf(c, StringComparison.Ordinal);
                if (digit < 0)
                    return false;
                word = (word * 85) + digit;
            }

            for (var b = 0; b < Math.Min(count, 4); b++)
                into.WriteByte((byte)(word >> (24 - (8 * b))));
        }

        return true;
    }

    [GeneratedRegex(@"^(literal|delta) (?<size>[0-9]+)\r?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Header();
}
