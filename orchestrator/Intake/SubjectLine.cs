using System.Text;

namespace OpenConfirm.Intake;

/// <summary>The subject of a mail taken apart: reply marks, bracketed tags, title.</summary>
public sealed record SubjectLine
{
    /// <summary>Most patches a series may promise. More is a mistake or an attack: every missing one is listed by number.</summary>
    public const int MaxTotal = 1000;

    /// <summary>Highest version taken from a subject.</summary>
    public const int MaxVersion = 1000;

    private const int MaxLength = 2000;

    private static readonly string[] ReplyMarks = ["re", "aw", "antw", "sv", "vs", "odp"];
    private static readonly string[] ForwardMarks = ["fwd", "fw", "wg"];

    private readonly List<string> _tags = [];

    private SubjectLine()
    {
    }

    /// <summary>The whole subject on one line, cut at 2,000 characters.</summary>
    public string Text { get; private init; } = "";

    /// <summary>It begins with "Re:" or the like, before or behind a list's tag.</summary>
    public bool IsReply { get; private set; }

    /// <summary>It begins with "Fwd:" or the like.</summary>
    public bool IsForward { get; private set; }

    /// <summary>A bracket says PATCH, RFC, a version or "n/m".</summary>
    public bool IsPatch { get; private set; }

    /// <summary>A bracket says RFC.</summary>
    public bool IsRfc { get; private set; }

    /// <summary>A bracket says RESEND or REPOST.</summary>
    public bool IsResend { get; private set; }

    /// <summary>"2" of "v2"; 1 without.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>"2" of "2/4"; null without.</summary>
    public int? Number { get; private set; }

    /// <summary>"4" of "2/4"; null without.</summary>
    public int? Total { get; private set; }

    /// <summary>What the numbers say that cannot be, for a person; null when they make sense.</summary>
    public string? Impossible { get; private set; }

    /// <summary>Words in brackets besides PATCH, version and numbers; a list's counter ("[quagga-dev 1234]") is left out.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>What remains.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Takes a decoded subject apart. Never fails.</summary>
    public static SubjectLine Parse(string subject)
    {
        var text = OneLine(subject, MaxLength);
        var line = new SubjectLine { Text = text };
        var rest = text.AsSpan();
        while (true)
        {
            rest = rest.TrimStart();
            if (rest.StartsWith("[", StringComparison.Ordinal) && rest.IndexOf(']') is > 0 and var end)
            {
                line.ReadBracket(rest[1..end]);
                rest = rest[(end + 1)..];
            }
            else if (line.ReadMark(rest) is > 0 and var length)
            {
                rest = rest[length..];
            }
            else
            {
                break;
            }
        }

        line.Title = rest.ToString();
        return line;
    }

    /// <summary>The same numbers and tags with another subject's title.</summary>
    public SubjectLine WithTitleOf(string subject) => this with { Title = Parse(subject).Title };

    /// <summary>Text from outside on one line: control characters and runs of white space become one space.</summary>
    internal static string OneLine(string text, int maxLength)
    {
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var c in text)
        {
            if (!char.IsControl(c) && !char.IsWhiteSpace(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
            if (line.Length >= maxLength)
                break;
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Length of a "Re:", "Re[2]:" or "Fwd:" at the beginning, 0 when there is none.</summary>
    private int ReadMark(ReadOnlySpan<char> rest)
    {
        var colon = rest.IndexOf(':');
        if (colon is < 2 or > 8)
            return 0;
        var word = rest[..colon].TrimEnd();
        if (word.IndexOf('[') is > 0 and var bracket)
            word = word[..bracket];
        var mark = word.ToString();
        if (ReplyMarks.Contains(mark, StringComparer.OrdinalIgnoreCase))
            IsReply = true;
        else if (ForwardMarks.Contains(mark, StringComparer.OrdinalIgnoreCase))
            IsForward = true;
        else
            return 0;
        return colon + 1;
    }

    private void ReadBracket(ReadOnlySpan<char> bracket)
    {
        var words = bracket.ToString().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        var others = new List<string>();
        var wasPatch = IsPatch;
        IsPatch = false;
        foreach (var word in words)
        {
            if (!ReadNumbers(word) && !word.Split('/').All(ReadWord))
                others.Add(word);
        }

        var isListCounter = !IsPatch && words.Length > 1 && words[^1].All(char.IsAsciiDigit);
        if (!isListCounter)
            _tags.AddRange(others);
        IsPatch |= wasPatch;
    }

    /// <summary>PATCH, PATCHv2, v2, RFC or RESEND.</summary>
    private bool ReadWord(string word)
    {
        var upper = word.ToUpperInvariant();
        if (upper is "RFC")
        {
            IsRfc = IsPatch = true;
            _tags.Add(word);
            return true;
        }

        if (upper is "RESEND" or "REPOST")
        {
            IsResend = IsPatch = true;
            _tags.Add(word);
            return true;
        }

        var version = upper;
        if (upper.StartsWith("PATCH", StringComparison.Ordinal))
        {
            version = upper["PATCH".Length..].TrimStart('-', '_');
            if (version.Length == 0 || version is "ES")
                return IsPatch = true;
        }

        return ReadVersion(version);
    }

    private bool ReadVersion(string word)
    {
        var digits = word.AsSpan(Math.Min(1, word.Length)).TrimEnd('.');
        if (!word.StartsWith('V') || digits.IsEmpty || !char.IsAsciiDigit(digits[0]))
            return false;
        if (digits.IndexOf('.') is > 0 and var point)
            digits = digits[..point];
        if (digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        IsPatch = true;
        if (int.TryParse(digits, out var version) && version <= MaxVersion)
            Version = version;
        else
            Impossible = $"its subject says version {digits}; versions up to {MaxVersion} are taken";
        return true;
    }

    /// <summary>"2/4", also with a sign, which no program writes.</summary>
    private bool ReadNumbers(string word)
    {
        var slash = word.IndexOf('/');
        if (slash < 1 || !IsNumber(word.AsSpan(0, slash)) || !IsNumber(word.AsSpan(slash + 1)))
            return false;
        IsPatch = true;
        if (!int.TryParse(word.AsSpan(0, slash), out var number) || !int.TryParse(word.AsSpan(slash + 1), out var total)
            || total > MaxTotal)
            Impossible = $"its subject says patch {word}; series of up to {MaxTotal} patches are taken";
        else if (number < 0 || total < 1 || number > total)
            Impossible = $"its subject says patch {word}, which cannot be";
        else
            (Number, Total) = (number, total);
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text.TrimStart('-') is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9');
}
