using System.Buffers;
using System.Globalization;
using OpenConfirm.Intake;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary>
/// Reads octets from hexadecimal text: plain, with blanks, colons or commas between them, or as a dump that hexdump -C, xxd, od -tx1,
/// tcpdump -x or tshark -x made, with its offsets and its column of characters. "#" begins a comment.
/// </summary>
internal sealed class HexText
{
    private const int OctetsOfLine = 16;

    /// <summary>od and hexdump without -C have offsets of seven digits.</summary>
    private const int DigitsOfOd = 7;

    /// <summary>No message is longer; a dump whose repetitions say so is none.</summary>
    private const int MostRepeated = 1 << 20;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly List<byte> _octets = [];
    private bool _isRepeated;

    /// <summary>Reads all.</summary>
    /// <exception cref="UsageException">There is something else; the message names the line.</exception>
    public static byte[] Read(string text)
    {
        var hex = new HexText();
        foreach (var (i, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
            hex.Line(i + 1, line);
        return [.. hex._octets];
    }

    private void Line(int number, string line)
    {
        var rest = line.Split('#', 2)[0].Split('|', 2)[0].Trim();
        if (rest == "*" && _octets.Count >= OctetsOfLine)
        {
            // Lines like the one before are left out, up to the next offset.
            _isRepeated = true;
            return;
        }

        var dump = WithoutOffset(rest);
        if (dump is null)
        {
            foreach (var word in rest.Split([' ', '\t', ':', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
                Word(number, word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word);
            return;
        }

        // Behind the octets stand the same as characters: sixteen are full, a shorter line has a wide gap.
        var end = dump.IndexOf("   ", StringComparison.Ordinal);
        var before = _octets.Count;
        foreach (var word in (end < 0 ? dump : dump[..end]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (rest.IndexOfAny([' ', '\t', ':']) == DigitsOfOd && word.Length != 2)
                throw new UsageException($"line {number}: '{TerminalText.Escape(word)}' is no octet, and the order of octets in such words is not known; take hexdump -C or od -tx1");
            if (_octets.Count - before < OctetsOfLine)
                Word(number, word);
        }
    }

    /// <summary>What stands behind an offset that is the count of octets so far; null when the line does not begin with one.</summary>
    private string? WithoutOffset(string line)
    {
        var end = line.IndexOfAny([' ', '\t', ':']);
        var word = end < 0 ? line : line[..end];
        var digits = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word;
        if (digits.Length < 4 || OffsetOf(digits) is not { } offset || !Reach(offset))
            return null;
        if (end < 0)
            return _octets.Count > 0 ? "" : null;

        // An odd number of digits is no octets; else a colon or two blanks tell that it is none.
        var isOffset = digits.Length % 2 == 1 || (line[end] == ':' && line.Length > end + 1 && line[end + 1] == ' ') || line[end..].StartsWith("  ", StringComparison.Ordinal);
        return isOffset ? line[end..].TrimStart(':').TrimStart() : null;
    }

    /// <summary>od counts in octal digits, all others in hexadecimal ones.</summary>
    private static int? OffsetOf(string digits)
    {
        if (digits.Length == DigitsOfOd)
            return digits.All(c => c is >= '0' and < '8') ? Convert.ToInt32(digits, 8) : null;
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset) ? offset : null;
    }

    /// <summary>Whether an offset is that of the next octet, once the lines that were left out are there.</summary>
    private bool Reach(int offset)
    {
        if (_isRepeated && offset > _octets.Count && offset <= MostRepeated && (offset - _octets.Count) % OctetsOfLine == 0)
        {
            while (_octets.Count < offset)
                _octets.AddRange(_octets[^OctetsOfLine..]);
        }

        _isRepeated &= offset != _octets.Count;
        return offset == _octets.Count;
    }

    private void Word(int line, string word)
    {
        if (word.AsSpan().IndexOfAnyExcept(Digits) is var bad and >= 0)
            throw new UsageException($"line {line}: '{TerminalText.Escape($"{word[bad]}")}' is no hexadecimal digit; --binary takes octets as they are");
        if (word.Length % 2 == 1)
            throw new UsageException($"line {line}: '{word}' ends within an octet");
        _octets.AddRange(Convert.FromHexString(word));
    }
}
