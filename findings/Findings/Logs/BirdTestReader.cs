using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// BIRD's unit test runner. A program <c>obj/lib/bitmap_test</c> runs suites, each in a process of its own, and prints
/// <c>PROGRAM: SUITE SECONDSs</c>, padded to 80 columns, and <c>[ OK ]</c> or <c>[FAIL]</c>; suites that passed only with
/// <c>-v</c>. Longer lines are broken every 80 columns. The last line is the program's own. Errors go nowhere
/// (<c>2&gt;/dev/null</c> in the Makefile): a program that dies is known only from make.
/// </summary>
internal sealed partial class BirdTestReader(LogState state, TestResults results, SanitizerReader sanitizers) : LineReader(state)
{
    private const int Columns = 80;
    private const int MaxBroken = 130 * Columns;
    private const int MaxPending = 64;
    private const int MaxPendingCharacters = 1 << 20;

    /// <summary>What programs said since their last result; one that dies leaves only this.</summary>
    private readonly Dictionary<string, List<LogLine>> _pending = new(StringComparer.Ordinal);
    private int _pendingCharacters;
    private StringBuilder? _broken;
    private LogLine _brokenStart;

    [GeneratedRegex(@"^(?<program>[^\s:]+_test)(?:: (?<suite>\S+))?(?: \d+\.\d+s)?(?:: (?<message>.*))?\s*\[(?<result> OK |FAIL)\]$", RegexOptions.NonBacktracking)]
    private static partial Regex Result();

    [GeneratedRegex(@"^[^\s:]+_test: \S+ \d+\.\d+s: ", RegexOptions.NonBacktracking)]
    private static partial Regex BrokenResult();

    [GeneratedRegex(@"^(?<program>[^\s:]+_test): (?:(?<suite>[A-Za-z_]\w*): )?(?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Message();

    [GeneratedRegex(@"^(?:Segmentation fault|Signal \d+ received|.*received signal \d+.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Crash();

    [GeneratedRegex(@"^(?<program>[^\s:]+_test)(?:\.ok)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Target();

    public override void End() => _broken = null;

    protected override bool Take(LogLine line)
    {
        if (_broken is not null)
            return TakeBroken(line);
        if (!line.Text.Contains("_test", StringComparison.Ordinal))
            return false;
        if (Result().Match(line.Text) is { Success: true } result)
        {
            TakeResult(line, result);
            return true;
        }

        if (BrokenResult().IsMatch(line.Text))
        {
            _broken = new StringBuilder(line.Text.PadRight(Columns));
            _brokenStart = line;
            return true;
        }

        if (Message().Match(line.Text) is not { Success: true } message || message.Groups["program"].Value.Contains('='))
            return false;
        TakeMessage(line, message);
        return true;
    }

    /// <summary>A failed target that is a test program: true when the program failed, and has a finding for it.</summary>
    public bool Claim(FailedTarget failure)
    {
        if (Target().Match(failure.Target) is not { Success: true } match || !failure.Target.EndsWith(".ok", StringComparison.Ordinal))
            return false;
        var program = NameOf(match.Groups["program"].Value);
        if (results.AnyFailed(program))
            return true;
        var status = failure.Reason.StartsWith("Error ", StringComparison.Ordinal) ? Text.Number(failure.Reason["Error ".Length..]) : 0;
        var (rule, message) = status > 0 ? TestResults.Judge(status) : ("test-crashed", failure.Reason);
        var draft = results.AddFailed("bird-test", program, rule, message);
        AddPending(program, draft);
        draft.Add(failure.Line);
        return true;
    }

    private bool TakeBroken(LogLine line)
    {
        // make is another process, and may speak in between.
        if (line.Text.StartsWith("make", StringComparison.Ordinal))
            return false;
        var text = _broken!.ToString();
        _broken.Append(line.Text.PadRight(Columns));
        var whole = _broken.ToString().TrimEnd();
        if (whole.EndsWith("[ OK ]", StringComparison.Ordinal) || whole.EndsWith("[FAIL]", StringComparison.Ordinal))
        {
            _broken = null;
            if (Result().Match(whole) is { Success: true } result)
                TakeResult(_brokenStart with { Text = whole }, result);
            return true;
        }

        if (_broken.Length < MaxBroken && !BrokenResult().IsMatch(line.Text))
            return true;
        // The program died in the middle of it.
        _broken = null;
        if (Message().Match(text) is { Success: true } message)
            TakeMessage(_brokenStart with { Text = text.TrimEnd() }, message);
        return Take(line);
    }

    private void TakeResult(LogLine line, Match match)
    {
        var program = NameOf(match.Groups["program"].Value);
        var suite = match.Groups["suite"];
        var name = suite.Success ? $"{program}: {suite.Value}" : program;
        var said = match.Groups["message"].Value.Trim();
        if (said.Length == 0)
            results.AddRun(name);
        if (match.Groups["result"].Value == "FAIL" && (suite.Success || !results.AnyFailedIn(program)))
        {
            var draft = results.AddFailed("bird-test", name, "test-failed", said.Length > 0 ? Text.Plain(said) : "failed");
            if (draft is { Rule: "test-failed", Message: "failed" } && said.Length > 0)
                draft.Message = Text.Plain(said);
            AddPending(name, draft);
            AddReports(draft);
            // The verdict on the whole suite says nothing that a message has not said.
            if (said.Length > 0 || draft.LogLine == 0)
                results.AddOutput(draft, line);
        }

        if (said.Length == 0)
            _pending.Remove(name);
    }

    private void TakeMessage(LogLine line, Match match)
    {
        var program = NameOf(match.Groups["program"].Value);
        var name = match.Groups["suite"] is { Success: true } suite ? $"{program}: {suite.Value}" : program;
        var message = match.Groups["message"].Value;
        var rule = message == "Timeout expired" ? "test-timeout" : Crash().IsMatch(message) ? "test-crashed" : null;
        if (rule is not null)
        {
            var draft = results.AddFailed("bird-test", name, rule, message);
            AddPending(name, draft);
            draft.Add(line);
            return;
        }

        if (!_pending.TryGetValue(name, out var lines))
        {
            if (_pending.Count == MaxPending || _pendingCharacters > MaxPendingCharacters)
            {
                _pending.Clear();
                _pendingCharacters = 0;
            }

            _pending[name] = lines = [];
        }

        if (lines.Count < MaxPending && _pendingCharacters <= MaxPendingCharacters)
        {
            lines.Add(line);
            _pendingCharacters += line.Text.Length;
        }
    }

    /// <summary>What a sanitizer has just said; the program itself is silent then.</summary>
    private void AddReports(Draft draft)
    {
        foreach (var report in sanitizers.Claim())
        {
            TestResults.Explain(draft, report);
            foreach (var line in report.Lines)
                draft.Add(line);
        }
    }

    private void AddPending(string name, Draft draft)
    {
        if (!_pending.Remove(name, out var lines))
            return;
        foreach (var line in lines)
            results.AddOutput(draft, line);
    }

    /// <summary>Without the folder of objects, which is a choice of the build.</summary>
    private string NameOf(string program)
    {
        var path = State.Paths.Resolve(program);
        return TestResults.Name(path.StartsWith("obj/", StringComparison.Ordinal) ? path["obj/".Length..] : path);
    }
}
