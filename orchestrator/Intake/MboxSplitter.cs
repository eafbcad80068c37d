namespace OpenConfirm.Intake;

/// <summary>A mail's bytes. They stay valid until the next one is read.</summary>
/// <param name="Origin">Where it came from, for a person.</param>
/// <param name="Bytes">Header and body, the mbox separator and its quoting undone; of a mail over the limit the beginning only.</param>
/// <param name="IsFormatPatch">It is a file of <c>git format-patch</c> that has not travelled.</param>
/// <param name="Failure">Why it cannot be taken; null for a usual mail.</param>
internal readonly record struct RawMail(string Origin, ArraySegment<byte> Bytes, bool IsFormatPatch, string? Failure);

/// <summary>
/// Cuts a stream into mails, holding one at a time. A stream that begins with "From " is an mbox, any other one mail.
/// Both quotings are undone: mboxrd ("&gt;&gt;From ") and mboxo ("&gt;From "). Files of <c>git format-patch</c> do not
/// quote; their separator is a line that nobody writes by chance, and in them no other separates.
/// </summary>
internal sealed class MboxSplitter(Stream stream, string name)
{
    /// <summary>Longest mail that is read: what public lists let through is far below.</summary>
    public const int MaxMailBytes = 25 * 1024 * 1024;

    private const int MaxSeparator = 1000;

    private readonly byte[] _input = new byte[128 * 1024];
    private byte[] _mail = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _offset;
    private bool _isAtEnd;

    private int _mails;
    private int _mailLength;
    private long _mailSize;
    private bool _isMbox;
    private bool _isFormatPatch;
    private bool _isQuoted;

    /// <summary>Reads the next mail; false at the end.</summary>
    public bool TryRead(out RawMail mail)
    {
        mail = default;
        if (!Fill())
            return false;
        var begin = _offset;
        (_mailLength, _mailSize, _isQuoted) = (0, 0, false);
        if (_mails++ == 0)
            _isMbox = Rest.StartsWith("From "u8);
        if (_isMbox)
        {
            _isQuoted = !MessageText.IsFormatPatchLine(TakeLine());
            _isFormatPatch |= _mails == 1 && !_isQuoted;
        }

        TakeMail();
        var origin = _isMbox ? $"{name}, mail {_mails} at byte {begin}" : name;
        var failure = _mailSize > MaxMailBytes
            ? $"too large: {_mailSize:N0} bytes, mails of up to {MaxMailBytes / 1024 / 1024} MiB are read"
            : null;
        mail = new RawMail(origin, new ArraySegment<byte>(_mail, 0, _mailLength), _isMbox && !_isQuoted, failure);
        return true;
    }

    private ReadOnlySpan<byte> Rest => _input.AsSpan(_start, _end - _start);

    private void TakeMail()
    {
        var isLineStart = true;
        var isAfterBlank = false;
        while (Fill())
        {
            if (isLineStart && isAfterBlank && _isMbox && (_isFormatPatch ? MessageText.IsFormatPatchLine(Rest) : IsSeparator(Rest)))
                return;
            if (isLineStart && _isQuoted && IsQuotedFrom(Rest))
                Skip(1);
            var line = TakeLine();
            isAfterBlank = isLineStart && line is [(byte)'\n'] or [(byte)'\r', (byte)'\n'];
            isLineStart = line[^1] == (byte)'\n';
            Keep(line);
        }
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        _mailSize += line.Length;
        if (_mailSize > MaxMailBytes)
            return;
        if (_mailLength + line.Length > _mail.Length)
            Array.Resize(ref _mail, Math.Max(_mail.Length * 2, _mailLength + line.Length));
        line.CopyTo(_mail.AsSpan(_mailLength));
        _mailLength += line.Length;
    }

    /// <summary>The next line with its line feed, or as much of it as the buffer holds.</summary>
    private ReadOnlySpan<byte> TakeLine()
    {
        var line = Rest;
        if (line.IndexOf((byte)'\n') is >= 0 and var end)
            line = line[..(end + 1)];
        Skip(line.Length);
        return line;
    }

    private void Skip(int count)
    {
        _start += count;
        _offset += count;
    }

    /// <summary>Sees to it that the buffer holds a separator line's length, if the stream has that much; false at the end.</summary>
    private bool Fill()
    {
        if (_end - _start >= MaxSeparator || _isAtEnd)
            return _end > _start;
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        while (_end < MaxSeparator && !_isAtEnd)
        {
            var read = stream.Read(_input, _end, _input.Length - _end);
            _end += read;
            _isAtEnd = read == 0;
        }

        return _end > 0;
    }

    /// <summary>"From ", anything, "hh:mm", anything, a year: a sentence that begins with "From " is none.</summary>
    private static bool IsSeparator(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("From "u8) || text.IndexOf((byte)'\n') is var end && end is < 0 or > MaxSeparator)
            return false;
        var line = text[..end];
        var colon = line.LastIndexOf((byte)':');
        if (colon < 2 || colon + 2 >= line.Length || !IsDigits(line.Slice(colon - 2, 2)) || !IsDigits(line.Slice(colon + 1, 2)))
            return false;
        for (var at = colon + 3; at + 4 <= line.Length; at++)
        {
            if (line[at - 1] == (byte)' ' && IsDigits(line.Slice(at, 4)))
                return true;
        }

        return false;
    }

    private static bool IsQuotedFrom(ReadOnlySpan<byte> text) =>
        text[0] == (byte)'>' && text.TrimStart((byte)'>').StartsWith("From "u8);

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
