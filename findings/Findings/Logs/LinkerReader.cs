using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// GNU ld, gold, lld and mold; all are called <c>ld</c>. "collect2: ld returned 1 exit status" and clang's "linker
/// command failed" close what the linker said, and are a finding only when it said nothing.
/// </summary>
internal sealed partial class LinkerReader(LogState state) : LineReader(state)
{
    private const int SpareLines = 20;
    private Draft? _last;
    private bool _errorSeen;

    /// <summary>"in function `x':", which the complaints on the next lines are about.</summary>
    private LogLine _context;
    private string? _function;

    [GeneratedRegex(@"^(?:\S*/)?(?:[\w.+-]+-)?(?<program>ld(?:\.\w+)?|mold|collect2): (?<text>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Linker();

    [GeneratedRegex(@"^\S+\.(?:o|a|lo|so)\S*: [iI]n function ['‘`](?<function>.*)['’]:$", RegexOptions.NonBacktracking)]
    private static partial Regex InFunction();

    [GeneratedRegex(@"(?:^|[: ])(?<path>[^\s:()]+):(?<line>\d+):(?:\([^)]*\):)? *$", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"^>>> (?:referenced by|defined at) (?<path>[^\s:]+):(?<line>\d+)(?: \((?<full>[^:()]+):\d+\))?", RegexOptions.NonBacktracking)]
    private static partial Regex LldPlace();

    [GeneratedRegex(@"^>>> .*:\((?<function>[A-Za-z_]\w*)\)(?: in archive .*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex LldFunction();

    /// <summary>The place of a warning of GNU ld: section and offset, or a line without a column.</summary>
    [GeneratedRegex(@"^(?<place>[^\s]+:(?:\d+|(?:\d+:)?\([^)]*\))): (?<text>warning:.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex PlacedWarning();

    public override bool Take(LogLine line, out string? remainder)
    {
        remainder = null;
        // ld writes a line in pieces: under a parallel make the line of another ld can begin in the middle of it.
        var second = line.Text.LastIndexOf("/ld: ", StringComparison.Ordinal);
        var start = second > 0 ? line.Text.LastIndexOf(' ', second) + 1 : 0;
        if (start == 0 || !Take(line with { Text = line.Text[..start].TrimEnd() }))
            return Take(line);
        remainder = line.Text[start..];
        return true;
    }

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text.StartsWith(">>> ", StringComparison.Ordinal))
            return TakeLldPlace(line);
        if (text.Contains("linker command failed", StringComparison.Ordinal))
            return Close(line, State.ClangSeen = true);
        if (text.Length > 0 && text[^1] == ':' && TakeInFunction(line, text))
            return true;
        if (text.Contains("ld", StringComparison.Ordinal) | text.Contains("collect2: ", StringComparison.Ordinal) &&
            Linker().Match(text) is { Success: true } linker)
            return TakeLinker(line, linker.Groups["text"].Value);
        if (text.Contains("undefined reference", StringComparison.Ordinal) || text.Contains("multiple definition of ", StringComparison.Ordinal))
            return TakeSymbol(line, text);
        if (_context.Text is not null && line.Number - _context.Number == 1 && PlacedWarning().Match(text) is { Success: true } warning)
            return TakePlaced(line, warning);
        return false;
    }

    private bool TakeInFunction(LogLine line, string text)
    {
        if (InFunction().Match(text) is not { Success: true } match)
            return false;
        _context = line;
        _function = match.Groups["function"].Value;
        return true;
    }

    private bool TakeLinker(LogLine line, string text)
    {
        if (text.StartsWith("error: ld returned", StringComparison.Ordinal))
            return Close(line, true);
        if (TakeInFunction(line, text) || TakeSymbol(line, text))
            return true;
        if (PlacedWarning().Match(text) is { Success: true } warning)
            return TakePlaced(line, warning);
        var isWarning = text.Contains("warning: ", StringComparison.Ordinal) || text.StartsWith("skipping incompatible", StringComparison.Ordinal);
        if (text.StartsWith("DWARF error: ", StringComparison.Ordinal) || text.StartsWith("NOTE: ", StringComparison.Ordinal) || text.StartsWith("note: ", StringComparison.Ordinal))
            _last?.Add(line);
        else if (isWarning)
            Add(line, "link-warning", Severity.Warning, text[(text.IndexOf("warning: ", StringComparison.Ordinal) is var at and >= 0 ? at + "warning: ".Length : 0)..], location: null);
        else if (text.StartsWith("final link failed: bad value", StringComparison.OrdinalIgnoreCase) || text.StartsWith("final link failed: symbol needs", StringComparison.Ordinal))
            _last?.Add(line);
        else
            AddError(line, text.StartsWith("error: ", StringComparison.Ordinal) ? text["error: ".Length..] : text);
        return true;
    }

    private void AddError(LogLine line, string text)
    {
        var rule = text switch
        {
            _ when CompilerReader.IsResource(text) => "resource",
            _ when text.StartsWith("undefined symbol: ", StringComparison.Ordinal) => "undefined-reference",
            _ when text.StartsWith("duplicate symbol: ", StringComparison.Ordinal) => "multiple-definition",
            _ when text.StartsWith("cannot find -l", StringComparison.Ordinal) || text.StartsWith("unable to find library", StringComparison.Ordinal)
                || text.StartsWith("library not found", StringComparison.Ordinal) => "missing-library",
            _ => "link-error",
        };
        Add(line, rule, Severity.Error, text, location: null);
    }

    private bool TakeSymbol(LogLine line, string text)
    {
        var at = text.IndexOf("undefined reference to ", StringComparison.Ordinal);
        if (at < 0 && text.Contains("more undefined references to ", StringComparison.Ordinal))
        {
            _last?.Add(line);
            return true;
        }

        var rule = "undefined-reference";
        if (at < 0)
        {
            at = text.IndexOf("multiple definition of ", StringComparison.Ordinal);
            rule = "multiple-definition";
        }

        if (at < 0)
            return false;
        var message = text[at..];
        var first = message.IndexOf("; ", StringComparison.Ordinal);
        var draft = Add(line, rule, Severity.Error, first < 0 ? message.TrimEnd(';') : message[..first], LocateEnd(text[..at]), inFunction: true);
        if (first >= 0 && message.EndsWith(": first defined here", StringComparison.Ordinal))
            draft.Relate(LocateEnd(message[(first + 2)..^"first defined here".Length]), "first defined here");
        return true;
    }

    private bool TakePlaced(LogLine line, Match warning)
    {
        var draft = Add(line, "link-warning", Severity.Warning, warning.Groups["text"].Value["warning:".Length..], LocateEnd(warning.Groups["place"].Value + ":"), inFunction: true);
        _context = _context.Text is null ? default : line;
        if (draft.MessageGoesOn)
            State.Follow(draft, 1);
        return true;
    }

    private bool TakeLldPlace(LogLine line)
    {
        if (_last is null)
            return false;
        if (LldPlace().Match(line.Text) is { Success: true } match)
        {
            var path = match.Groups["full"] is { Success: true } full ? full.Value : match.Groups["path"].Value;
            var location = State.Paths.Locate(path, Text.Number(match.Groups["line"].Value));
            _last.Location ??= location;
            _last.Add(line, location, line.Text[4..(match.Groups["path"].Index - 1)]);
        }
        else
        {
            if (LldFunction().Match(line.Text) is { Success: true } function)
                _last.Function ??= function.Groups["function"].Value;
            _last.Add(line);
        }

        return true;
    }

    private bool Close(LogLine line, bool taken)
    {
        State.Explanations.AddFailedLink();
        if (_errorSeen)
            _last?.Add(line);
        else
            Add(line, "link-error", Severity.Error, "the linker failed", location: null);
        return taken;
    }

    /// <summary>A file and line at the end; null for "file.c:(.text+0x10):", whose file has lost its folder.</summary>
    private SourceLocation? LocateEnd(string text) =>
        Place().Match(text) is { Success: true } place ? State.Paths.Locate(place.Groups["path"].Value, Text.Number(place.Groups["line"].Value)) : null;

    private Draft Add(LogLine line, string rule, Severity severity, string message, SourceLocation? location, bool inFunction = false)
    {
        inFunction &= _context.Text is not null && line.Number - _context.Number <= SpareLines;
        var draft = new Draft
        {
            Tool = "ld",
            Rule = rule,
            Severity = severity,
            Message = Text.Plain(message),
            Location = location,
            Function = inFunction ? _function : null,
        };
        if (inFunction)
            draft.Add(_context);
        draft.Add(line);
        _errorSeen |= severity == Severity.Error;
        return _last = State.Add(draft);
    }
}
