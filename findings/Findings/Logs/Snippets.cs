using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>The lines of source that compilers print below a head or a note, and whose they are.</summary>
internal sealed partial class Snippets
{
    private const int MaxRecent = 8;

    /// <summary>Newest last; those that a parallel compiler may still add to.</summary>
    private readonly List<Draft> _recent = [];
    private Draft? _snippetOwner;
    private LogLine _source;
    private int _lastTaken;
    private bool _caretWasLast;

    /// <summary>"  12 | code", "     | ^~~", "  +++ |+#include": gcc since 9, clang since 16.</summary>
    [GeneratedRegex(@"^ *(?<line>\d+|\+\+\+)? \|.*$", RegexOptions.NonBacktracking)]
    private static partial Regex Gutter();

    [GeneratedRegex(@"^ {2}(?:['‘].*['’]: events? \d|\([0-9]+\) )", RegexOptions.NonBacktracking)]
    private static partial Regex AnalyzerEvents();

    public Draft? Last => _recent.Count == 0 ? null : _recent[^1];

    public bool IsGutter(string text) => Last is not null && text.Length > 1 && text[0] == ' ' && Gutter().IsMatch(text);

    /// <summary>A head or a note of this finding has been read.</summary>
    public void Open(Draft draft, LogLine line)
    {
        _recent.Remove(draft);
        if (_recent.Count == MaxRecent)
            _recent.RemoveAt(0);
        _recent.Add(draft);
        _snippetOwner = draft;
        _lastTaken = line.Number;
        _source = default;
        _caretWasLast = false;
    }

    public bool Take(LogLine line)
    {
        if (Last is null)
            return false;
        if (line.Text.Length > 1 && line.Text[0] == ' ')
        {
            if (Gutter().Match(line.Text) is { Success: true } gutter)
            {
                TakeGutter(line, gutter.Groups["line"].Value);
                return true;
            }

            if (line.Number - _lastTaken == 1 && AnalyzerEvents().IsMatch(line.Text))
                return AddTo(_snippetOwner, line);
        }

        return TakeBare(line);
    }

    private void TakeGutter(LogLine line, string digits)
    {
        var number = Text.Number(digits);
        if (number > 0 && _snippetOwner?.AwaitedLine != number)
            _snippetOwner = _recent.FindLast(draft => draft.AwaitedLine == number) ?? _snippetOwner;
        AddTo(_snippetOwner, line);
    }

    /// <summary>clang before 16 prints the source as it is; only the carets below tell that it was source.</summary>
    private bool TakeBare(LogLine line)
    {
        if (IsCarets(line.Text))
        {
            if (_source.Text is null || line.Number - _source.Number != 1)
                return false;
            AddTo(Last, _source);
            AddTo(Last, line);
            return _caretWasLast = true;
        }

        // The suggested fix stands below the carets.
        if (_caretWasLast && line.Number - _lastTaken == 1 && line.Text.StartsWith("   ", StringComparison.Ordinal))
        {
            _caretWasLast = false;
            return AddTo(Last, line);
        }

        _caretWasLast = false;
        if (line.Number - _lastTaken == 1)
            _source = line;
        return false;
    }

    private bool AddTo(Draft? draft, LogLine line)
    {
        _lastTaken = line.Number;
        _source = default;
        draft?.Add(line);
        return true;
    }

    private static bool IsCarets(string text) => text.AsSpan().IndexOfAny('^', '~') >= 0 && !text.AsSpan().ContainsAnyExcept(" \t^~");
}
