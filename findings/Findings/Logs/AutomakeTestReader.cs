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
    private TestOutput? _output;

    [GeneratedRegex(@"^(?<result>X?PASS|X?FAIL|ERROR|SKIP|UNRESOLVED|UNTESTED|UNSUPPORTED): (?<name>\S.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Result();

    /// <summary>The shell that ran the test says how it died.</summary>
    [GeneratedRegex(@"^\S*test-driver: line \d+: +\d+ (?<how>[A-Z][A-Za-z ]*[a-z])(?: \(core dumped\))? {2,}", RegexOptions.NonBacktracking)]
    private static partial Regex Died();

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
            if (line.Number - _headingLine == 1 && _heading is not null)
                (_section, _output) = (_heading, new TestOutput(State.Paths));
            return true;
        }

        if (_section is null)
            return TakeDeath(line);
        if (text.StartsWith("# TOTAL", StringComparison.Ordinal) || text.StartsWith("make", StringComparison.Ordinal))
        {
            Close();
            return false;
        }

        results.Locate(Failed(_section, "test-failed", "failed"), line);
        _output!.Add(line);
        return true;
    }

    public override void End() => Close();

    /// <summary>The section has been read: its test gets what is worth showing of it.</summary>
    private void Close()
    {
        if (_section is null)
            return;
        var draft = Failed(_section, "test-failed", "failed");
        foreach (var line in _output!.Lines())
            draft.Add(line);
        if (_output.Reports is [var report, ..])
            TestResults.Explain(draft, report);
        (_section, _output) = (null, null);
    }

    private bool TakeDeath(LogLine line)
    {
        if (line.Number - _headingLine != 1 || _heading is null || Died().Match(line.Text) is not { Success: true } died)
            return false;
        var draft = Failed(_heading, "test-crashed", died.Groups["how"].Value.ToLowerInvariant());
        draft.Add(line);
        return true;
    }

    private void TakeResult(LogLine line, string result, string name)
    {
        Close();
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
        Close();
        draft.Add(line);
        if (draft.Rule == "test-failed" && draft.Message == "failed")
            (draft.Rule, draft.Message) = TestResults.Judge(status);
    }

    private Draft Failed(string name, string rule, string message) => results.AddFailed("automake", name, rule, message);
}
