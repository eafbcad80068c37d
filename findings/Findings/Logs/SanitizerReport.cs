using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// One report of a sanitizer (address, leak, memory, thread, undefined behaviour), read line by line: what it found, the
/// stacks, the summary; not its picture of the memory. Addresses and process ids differ in each run and are left out.
/// </summary>
internal sealed partial class SanitizerReport
{
    private const int MaxLines = 30;

    /// <summary>Frames of the stack that failed, and of those that say where the memory came from.</summary>
    private const int MaxFrames = 6;
    private const int MaxOtherFrames = 2;
    private readonly TreePaths _paths;
    private readonly List<LogLine> _lines = [];
    private int _frames;
    private int _maxFrames = MaxFrames;
    private bool _isSummaryRead;

    [GeneratedRegex(@"^(?:==\d+==)?(?:ERROR|WARNING): (?<tool>Address|Leak|Memory|Thread|UndefinedBehavior)Sanitizer:? (?<what>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Head();

    [GeneratedRegex(@"^(?<path>[^\s:]+):(?<line>\d+):(?<column>\d+): runtime error: (?<what>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Undefined();

    [GeneratedRegex(@"^ +#(?<number>\d+) (?:0x[0-9a-f]+ )?(?:in )?(?<function>.*?) (?<path>[^\s:()]+):(?<line>\d+)(?::(?<column>\d+))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Frame();

    [GeneratedRegex(@"^ +#\d+ ", RegexOptions.NonBacktracking)]
    private static partial Regex AnyFrame();

    [GeneratedRegex(@" (?:on|at|for) (?:unknown )?address 0x.*$| \(pid=\d+\).*$| at 0x[0-9a-f]+\b| \[0x[0-9a-f]+,0x[0-9a-f]+\)", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"^(?:READ|WRITE) of size|^The signal is caused|^(?:0x[0-9a-f]+|Address 0x[0-9a-f]+) is |allocated (?:by|from)|freed by|^(?:Direct|Indirect) leak|^ *(?:Previous |Atomic |Concurrent )?(?:[Rr]ead|[Ww]rite) of size", RegexOptions.NonBacktracking)]
    private static partial Regex Explanation();

    private SanitizerReport(TreePaths paths, string tool, string what, LogLine line)
    {
        _paths = paths;
        Tool = tool;
        var plain = Text.Plain(Address().Replace(what, ""));
        What = plain;
        Add(line, $"{tool}: {plain}");
    }

    /// <summary><c>AddressSanitizer</c>.</summary>
    public string Tool { get; }

    /// <summary><c>heap-buffer-overflow</c>, or a sentence.</summary>
    public string What { get; }

    /// <summary>The innermost place in the tree.</summary>
    public SourceLocation? Location { get; private set; }

    /// <summary>The function at that place.</summary>
    public string? Function { get; private set; }

    /// <summary>What a person needs of it.</summary>
    public IReadOnlyList<LogLine> Lines => _lines;

    /// <summary>One line for a title; the same in each run.</summary>
    public string Message => Function is null ? $"{Tool}: {What}" : $"{Tool}: {What} in {Function}";

    /// <summary>The report that this line begins; null when it begins none.</summary>
    public static SanitizerReport? Begin(LogLine line, TreePaths paths)
    {
        if (line.Text.Contains("Sanitizer", StringComparison.Ordinal) && Head().Match(line.Text) is { Success: true } head)
            return new SanitizerReport(paths, head.Groups["tool"].Value + "Sanitizer", head.Groups["what"].Value, line);
        if (!line.Text.Contains(": runtime error: ", StringComparison.Ordinal) || Undefined().Match(line.Text) is not { Success: true } undefined)
            return null;
        var (path, number) = (undefined.Groups["path"].Value, undefined.Groups["line"].Value);
        // A bare name is that of a file in the folder where it was compiled, and the program runs elsewhere.
        return path.Contains('/')
            ? new SanitizerReport(paths, "UndefinedBehaviorSanitizer", undefined.Groups["what"].Value, line)
            {
                Location = paths.Locate(path, Text.Number(number), Text.Number(undefined.Groups["column"].Value)),
            }
            : new SanitizerReport(paths, "UndefinedBehaviorSanitizer", $"{path}:{number}: {undefined.Groups["what"].Value}", line);
    }

    /// <summary>True when the line is the report's; at false the report has ended.</summary>
    public bool Take(LogLine line)
    {
        var text = line.Text;
        if (AnyFrame().IsMatch(text))
        {
            AddFrame(line);
            return true;
        }

        if (text.StartsWith("SUMMARY: ", StringComparison.Ordinal))
        {
            _isSummaryRead = true;
            return true;
        }

        if (Explanation().IsMatch(text))
        {
            (_frames, _maxFrames) = (0, _lines.Count > 2 ? MaxOtherFrames : MaxFrames);
            text = Address().Replace(text, "");
            Add(line, text.StartsWith("0x", StringComparison.Ordinal) ? "it" + text[text.IndexOf(' ')..] : text);
            return true;
        }

        // The picture of the memory and its legend.
        return text.Length == 0 || text.StartsWith("==", StringComparison.Ordinal) || (_isSummaryRead && IsPicture(text));
    }

    private static bool IsPicture(string text) =>
        text.StartsWith("Shadow byte", StringComparison.Ordinal) || text.StartsWith("=>0x", StringComparison.Ordinal)
        || (text.StartsWith("  ", StringComparison.Ordinal) && text.Contains(':'));

    private void AddFrame(LogLine line)
    {
        if (Frame().Match(line.Text) is not { Success: true } frame ||
            _paths.Locate(frame.Groups["path"].Value, Text.Number(frame.Groups["line"].Value), Text.Number(frame.Groups["column"].Value)) is not { } place ||
            !TreePaths.IsInTree(place))
            return;
        if (Function is null && (Location is null || Location.Line == place.Line))
            (Location, Function) = (Location ?? place, frame.Groups["function"].Value);
        if (_frames++ < _maxFrames)
            Add(line, $"    #{frame.Groups["number"].Value} {frame.Groups["function"].Value} {place}");
    }

    private void Add(LogLine line, string text)
    {
        if (_lines.Count < MaxLines)
            _lines.Add(line with { Text = text });
    }
}
