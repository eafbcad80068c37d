using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// Result lines of automake's test harness and of DejaGnu, and the sections of <c>test-suite.log</c> when the step printed it.
/// </summary>
internal sealed partial class AutomakeTestReader(LogState state, TestResults results) : LineReader(state)
{
    /// <summary>The test whose name was just read: a line of '=' below it makes it the heading of a section.</summary>
    private string? _heading;
    private int _headingLine;
    private string? _section;

    [GeneratedRegex(@"^(?<result>X?PASS|X?FAIL|ERROR|SKIP|UNRESOLVED|UNTESTED|UNSUPPORTED): (?<name>\S.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Result();

    [GeneratedRegex(@"^(?:X?PASS|X?FAIL|ERROR|SKIP) .* \(exit status: (?<status>\d+)\)$", RegexOptions.NonBacktracking)]
    private static partial Regex Status();

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text.Length > 5 && text[0] is 'P' or 'X' or 'F' or 'E' or 'S' or 'U')
        {
            if (Result().Match(text) is { Success: true } result)
            {
                TakeResult(line, result.Groups["result"].Value, result.Groups["name"].Value);
                return true;
            }

            if (_section is not null && Status().Match(text) is { Success: true } status)
            {
                TakeStatus(line, Text.Number(status.Groups["status"].Value));
                return true;
            }
        }

        if (text.Length > 2 && !text.AsSpan().ContainsAnyExcept('='))
        {
            _section = line.Number - _headingLine == 1 ? _heading : null;
            return true;
        }

        if (_section is null)
            return false;
        if (text.StartsWith("# TOTAL", StringComparison.Ordinal) || text.StartsWith("make", StringComparison.Ordinal))
        {
            _section = null;
            return false;
        }

        if (text.Length > 0)
            results.AddOutput(Failed(_section, "test-failed", "failed"), line);
        return true;
    }

    private void TakeResult(LogLine line, string result, string name)
    {
        _section = null;
        var folder = State.Paths.Directory;
        name = TestResults.Name(folder.Length == 0 ? name : $"{folder}/{name}");
        if (result is not ("SKIP" or "UNTESTED" or "UNSUPPORTED"))
            results.AddRun(name);
        var (rule, message) = result switch
        {
            "FAIL" => ("test-failed", "failed"),
            "XPASS" => ("test-unexpected-pass", "passed, though it was expected to fail"),
            "ERROR" or "UNRESOLVED" => ("test-error", "could not run"),
            _ => (null, ""),
        };
        (_heading, _headingLine) = (rule is null ? null : name, line.Number);
        if (rule is null)
            return;
        var draft = Failed(name, rule, message);
        if (draft.LogLine == 0)
            draft.Add(line);
    }

    private void TakeStatus(LogLine line, int status)
    {
        var draft = Failed(_section!, "test-failed", "failed");
        draft.Add(line);
        if (draft.Rule == "test-failed" && draft.Message == "failed")
            (draft.Rule, draft.Message) = TestResults.Judge(status);
        _section = null;
    }

    private Draft Failed(string name, string rule, string message) => results.AddFailed("automake", name, rule, message);
}
