using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// Python's tracebacks: build steps run scripts. The rule is the exception's type, the place the innermost frame in the
/// tree.
/// </summary>
internal sealed partial class PythonReader(LogState state) : LineReader(state)
{
    private const string Heading = "Traceback (most recent call last):";
    private readonly List<LogLine> _lines = [];
    private readonly List<(LogLine Line, SourceLocation Location, string? Function)> _frames = [];

    [GeneratedRegex(@"^ +File ""(?<path>[^""]+)"", line (?<line>\d+)(?:, in (?<function>.+))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Frame();

    [GeneratedRegex(@"^(?<type>[A-Za-z_][\w.]*)(?:: (?<message>.*))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Exception();

    public override void End() => Finish("traceback", "a traceback without an end");

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text == Heading)
        {
            if (_lines.Count < 200)
                _lines.Add(line);
            return true;
        }

        if (_lines.Count == 0)
        {
            // A syntax error has no heading.
            if (!text.StartsWith("  File \"", StringComparison.Ordinal) || !Frame().IsMatch(text))
                return false;
        }
        else if (text.Length > 0 && text[0] != ' ')
        {
            return TakeEnd(line);
        }

        if (_lines.Count < 200)
            _lines.Add(line);
        if (text.Contains("File \"", StringComparison.Ordinal) && Frame().Match(text) is { Success: true } frame && _frames.Count < 200 &&
            State.Paths.Locate(frame.Groups["path"].Value, Text.Number(frame.Groups["line"].Value)) is { } location)
            _frames.Add((line, location, frame.Groups["function"] is { Success: true } function ? function.Value : null));
        return true;
    }

    private bool TakeEnd(LogLine line)
    {
        var text = line.Text;
        if (Exception().Match(text) is { Success: true } exception)
        {
            _lines.Add(line);
            var type = exception.Groups["type"].Value;
            Finish(type, exception.Groups["message"] is { Success: true } message ? Text.Plain(message.Value) : type);
            return true;
        }

        Finish("traceback", "a traceback without an end");
        return false;
    }

    private void Finish(string rule, string message)
    {
        if (_lines.Count == 0)
            return;
        var inTree = _frames.FindLastIndex(frame => TreePaths.IsInTree(frame.Location));
        var place = inTree >= 0 ? _frames[inTree] : _frames.Count > 0 ? _frames[^1] : default;
        var draft = new Draft
        {
            Tool = "python",
            Rule = rule,
            Severity = Severity.Error,
            Message = message,
            Location = place.Location,
            Function = place.Function,
        };
        // The end says most: of a long traceback show its last lines.
        foreach (var line in _lines.Skip(Math.Max(0, _lines.Count - 30)))
        {
            var at = _frames.FindIndex(frame => frame.Line == line);
            if (at >= 0)
                draft.Add(line, _frames[at].Location, _frames[at].Function is { } function ? $"in {function}" : "");
            else
                draft.Add(line);
        }

        State.Add(draft);
        _lines.Clear();
        _frames.Clear();
    }
}
