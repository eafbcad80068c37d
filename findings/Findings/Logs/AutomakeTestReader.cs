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

    /// <summary>A test died, and the next line has to tell which.</summary>
    private (LogLine Line, string How)? _death;

    [GeneratedRegex(@"^(?<result>X?PASS|X?FAIL|ERROR|SKIP|UNRESOLVED|UNTESTED|UNSUPPORTED): (?<name>\S.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Result();

    /// <summary>The shell that ran the test says how it died.</summary>
    [GeneratedRegex(@"^\S*test-driver: line \d+: +\d+ (?<how>[A-Z][A-Za-z ]*[a-z])(?: \(core dumped\))? {2,}", RegexOptions.NonBacktracking)]
    private static partial Regex Died();

    [GeneratedRegex(@"^(?:X?PASS|X?FAIL|ERROR|SKIP) .* \(exit status: (?<status>\d+)\)$", RegexOptions.NonBacktracking)]
    private static partial Regex Status();

    protected override bool Take(LogLine line)
    {
        SettleDeath(line);
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

    public override void End()
    {
        SettleDeath(default);
        Close();
    }

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

    /// <summary>
    /// The shell speaks before the result is printed, but on another stream: where make gathers the output of each target
    /// (<c>-O</c>), the result comes first, perhaps with "Leaving directory" between them. What follows tells.
    /// </summary>
    private bool TakeDeath(LogLine line)
    {
        if (!line.Text.Contains("test-driver", StringComparison.Ordinal) || Died().Match(line.Text) is not { Success: true } died)
            return false;
        _death = (line, died.Groups["how"].Value.ToLowerInvariant());
        return true;
    }

    private void SettleDeath(LogLine next)
    {
        if (_death is not var (line, how))
            return;
        _death = null;
        var name = next.Text is not null && Result().Match(next.Text) is { Success: true } result && result.Groups["result"].Value == "FAIL" && next.Number - line.Number == 1
            ? NameOf(result.Groups["name"].Value)
            : line.Number - _headingLine <= 2 ? _heading : null;
        if (name is not null)
            Failed(name, "test-crashed", how).Add(line);
    }

    private string NameOf(string name) => TestResults.Name(State.Paths.Directory.Length == 0 ? name : $"{State.Paths.Directory}/{name}");

    private void TakeResult(LogLine line, string result, string name)
    {
        Close();
        name = NameOf(name);
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
