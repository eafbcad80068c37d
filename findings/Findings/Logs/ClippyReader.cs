using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// FRR's parser of command definitions, which runs while FRR is built (clippy) and in its daemons. It says of a definition what
/// is wrong and goes on: what fails is the compiler, much later and elsewhere.
/// </summary>
internal sealed partial class ClippyReader(LogState state) : LineReader(state)
{
    private Draft? _last;

    [GeneratedRegex(@"^cmd_yyerror: FATAL parse error: (?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Error();

    protected override bool Take(LogLine line)
    {
        if (!line.Text.StartsWith("cmd_yyerror: ", StringComparison.Ordinal))
            return false;
        if (Error().Match(line.Text) is { Success: true } error)
        {
            _last = new Draft { Tool = "clippy", Rule = "error", Severity = Severity.Error, Message = Text.Plain(error.Groups["message"].Value) };
            _last.Add(line);
            State.Add(_last);
        }
        else
        {
            _last?.Add(line);
        }

        return true;
    }
}
