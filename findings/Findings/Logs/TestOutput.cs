using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// What is worth showing of all that a failed test printed: reports of sanitizers, the paragraphs that tell of a failure
/// (their beginning, and what stands around the telling line), and the last lines.
/// </summary>
internal sealed partial class TestOutput(TreePaths paths)
{
    private const int Heads = 2;
    private const int Before = 7;
    private const int After = 5;
    private const int Last = 4;
    private const int MaxShown = 30;
    private readonly List<LogLine> _head = [];
    private readonly Queue<LogLine> _recent = new();
    private readonly Queue<LogLine> _last = new();
    private readonly List<LogLine> _shown = [];
    private readonly List<SanitizerReport> _reports = [];
    private SanitizerReport? _report;
    private int _after;

    [GeneratedRegex(@"\b(?:[Ff]ail(?:ed|ure)?|FAIL(?:ED)?|[Aa]ssert(?:ion)?|[Ee]rror|ERROR|Aborted|[Ss]egmentation|[Mm]ismatch|differs?|panic|Traceback)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Telling();

    [GeneratedRegex(@"[Cc]orrectly failed|\b0 (?:failures|failed|errors)\b|\b(?:failures|errors?|failed): 0\b", RegexOptions.NonBacktracking)]
    private static partial Regex Harmless();

    public IReadOnlyList<SanitizerReport> Reports => _reports;

    public void Add(LogLine line)
    {
        if (_report is not null && _report.Take(line))
            return;
        _report = SanitizerReport.Begin(line, paths);
        if (_report is not null)
        {
            if (_reports.Count < MaxShown)
                _reports.Add(_report);
            return;
        }

        if (line.Text.Length == 0)
        {
            _head.Clear();
            _recent.Clear();
            _after = 0;
            return;
        }

        Push(_last, line, Last);
        if (Telling().IsMatch(line.Text) && !Harmless().IsMatch(line.Text))
            Show(line);
        else if (_after-- > 0 && _shown.Count < MaxShown - Last)
            _shown.Add(line);
        else if (_head.Count < Heads)
            _head.Add(line);
        else
            Push(_recent, line, Before);
    }

    /// <summary>The lines to show, in their order; a sanitizer's report says it all.</summary>
    public IEnumerable<LogLine> Lines() =>
        _reports.Count > 0 ? _reports.SelectMany(r => r.Lines).Take(MaxShown) : _shown.Concat(_last.Where(l => !_shown.Contains(l))).Take(MaxShown);

    private void Show(LogLine line)
    {
        foreach (var shown in _head.Concat(_recent).Append(line))
        {
            if (_shown.Count < MaxShown - Last && !_shown.Contains(shown))
                _shown.Add(shown);
        }

        _head.Clear();
        _recent.Clear();
        _after = After;
    }

    private static void Push(Queue<LogLine> lines, LogLine line, int count)
    {
        if (lines.Count == count)
            lines.Dequeue();
        lines.Enqueue(line);
    }
}
