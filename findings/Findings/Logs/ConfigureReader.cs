using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>Errors and warnings of configure scripts, whose messages may go on for many lines.</summary>
internal sealed partial class ConfigureReader(LogState state) : LineReader(state)
{
    private const int LinesAfterError = 25;
    private LogLine _where;

    [GeneratedRegex(@"^(?:configure|config\.status): (?<word>error|WARNING|warning): *(?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Message();

    [GeneratedRegex(@"^in ['‘`].*['’]:$", RegexOptions.NonBacktracking)]
    private static partial Regex Where();

    /// <summary>A macro that autoconf did not expand reaches the shell.</summary>
    [GeneratedRegex(@"^(?:\S*/)?configure: (?:line )?(?<line>\d+): (?<message>.*[Ss]yntax error.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex ShellError();

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (!text.Contains("config", StringComparison.Ordinal))
            return false;
        if (ShellError().Match(text) is { Success: true } shell)
        {
            Add(line, Severity.Error, shell.Groups["message"].Value);
            return true;
        }

        if (Message().Match(text) is not { Success: true } match)
            return false;
        var message = match.Groups["message"].Value;
        if (Where().IsMatch(message))
            _where = line;
        else
            Add(line, match.Groups["word"].Value == "error" ? Severity.Error : Severity.Warning, message);
        return true;
    }

    private void Add(LogLine line, Severity severity, string message)
    {
        var draft = new Draft
        {
            Tool = "configure",
            Rule = severity == Severity.Error ? CompilerReader.IsResource(message) ? "resource" : "error" : "warning",
            Severity = severity,
            Message = Text.Plain(message),
        };
        if (severity == Severity.Error && State.Recent.LastOrDefault() is { Text: { } check } last && check.StartsWith("checking ", StringComparison.Ordinal))
            draft.Add(last);
        if (_where.Text is not null && line.Number - _where.Number == 1)
            draft.Add(_where);
        _where = default;
        draft.Add(line);
        State.Add(draft);
        if (severity == Severity.Error)
            State.Follow(draft, LinesAfterError);
    }
}
