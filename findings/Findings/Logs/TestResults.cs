using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>An assertion that did not hold.</summary>
internal sealed record FailedAssertion(SourceLocation? Location, string Message);

/// <summary>The tests that ran and the findings of those that failed, by name.</summary>
internal sealed partial class TestResults(LogState state)
{
    private const int MaxNames = 200_000;
    private const int MaxName = 300;

    /// <summary>Characters of all names of tests that ran.</summary>
    private const long MaxNameCharacters = 4 << 20;

    private readonly HashSet<string> _ran = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Draft> _failed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failedPrograms = new(StringComparer.Ordinal);
    private readonly TextRoom _names = new(MaxNameCharacters);

    /// <summary>glibc's assert, and what test runners write alike: "prog: dir/file.c:12: main: Assertion `x' failed."</summary>
    [GeneratedRegex(@"(?:^|[\s:])(?<path>[^\s:()]+\.\w+):(?<line>\d+): (?:.*: )?(?<message>Assertion [`'‘].*['’] failed)", RegexOptions.NonBacktracking)]
    private static partial Regex Assertion();

    [GeneratedRegex(@"(?<message>Assertion \(.*\)|Aborted) at (?<path>[^\s:()]+):(?<line>\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex AssertionAt();

    /// <summary>FRR's: "lib/table.c:649: route_table_prefix_iter_cmp(): assertion (x) failed".</summary>
    [GeneratedRegex(@"(?:^|\s)(?<path>[^\s:()]+\.\w+):(?<line>\d+): \w+\(\): (?<message>assertion \(.*\) failed)", RegexOptions.NonBacktracking)]
    private static partial Regex AssertionOf();

    /// <summary>Quagga's and old FRR's own assert: the file has lost its folder.</summary>
    [GeneratedRegex(@"(?<message>Assertion [`'‘].*['’] failed in file [^\s,]+, line \d+, function \w+)", RegexOptions.NonBacktracking)]
    private static partial Regex AssertionIn();

    /// <summary>Targets that exist to run tests.</summary>
    [GeneratedRegex(@"(?:^|/)(?:check|test)[\w-]*$|\.(?:log|trs|xml)$", RegexOptions.NonBacktracking)]
    private static partial Regex TestTarget();

    public IReadOnlySet<string> Ran => _ran;

    public static string Name(string name) => name.Length > MaxName ? name[..MaxName] : name;

    public void AddRun(string name)
    {
        name = Name(name);
        if (_ran.Count < MaxNames && !_ran.Contains(name) && _names.Take(name))
            _ran.Add(name);
    }

    /// <summary>Whether a program failed, or a test in it.</summary>
    public bool AnyFailed(string program) => _failed.ContainsKey(program) || AnyFailedIn(program);

    /// <summary>Whether a test in a program failed ("lib/bitmap_test: t_set_get").</summary>
    public bool AnyFailedIn(string program) => _failedPrograms.Contains(program);

    /// <summary>The finding of a failed test; told twice, it is the same finding.</summary>
    public Draft AddFailed(string tool, string name, string rule, string message)
    {
        name = Name(name);
        if (!_failed.TryGetValue(name, out var draft))
        {
            draft = new Draft { Tool = tool, Rule = rule, Severity = Severity.Error, Message = message, Function = name };
            if (_failed.Count < DraftList.Max && draft.Share(state.Drafts.RoomFor(draft.Severity)))
            {
                _failed.Add(name, draft);
                if (name.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end)
                    _failedPrograms.Add(name[..end]);
            }
        }
        else if (draft.Rule is "test-failed" && rule != draft.Rule)
        {
            (draft.Rule, draft.Message) = (rule, message);
        }

        return draft;
    }

    /// <summary>A line that the test printed; an assertion in it gives place and message.</summary>
    public void AddOutput(Draft draft, LogLine line)
    {
        draft.Add(line);
        Locate(draft, line);
    }

    /// <summary>The first assertion that a test printed gives place and message.</summary>
    public void Locate(Draft draft, LogLine line)
    {
        if (draft.Location is null && Assert(line) is { } assertion && (assertion.Location is not null || draft.Message is "failed" or "aborted"))
            (draft.Location, draft.Message) = (assertion.Location, assertion.Message);
    }

    /// <summary>A failed assertion, and its place when it tells one in the tree.</summary>
    public FailedAssertion? Assert(LogLine line)
    {
        if (!line.Text.Contains("ssertion", StringComparison.Ordinal) && !line.Text.Contains("Aborted", StringComparison.Ordinal))
            return null;
        foreach (var form in new[] { Assertion(), AssertionAt(), AssertionOf(), AssertionIn() })
        {
            if (form.Match(line.Text) is { Success: true } match)
            {
                return new FailedAssertion(
                    match.Groups["path"] is { Success: true } path ? state.Paths.Locate(path.Value, Text.Number(match.Groups["line"].Value)) : null,
                    Text.Plain(match.Groups["message"].Value));
            }
        }

        return null;
    }

    /// <summary>A sanitizer's report says more than the test's own words.</summary>
    public static void Explain(Draft draft, SanitizerReport report)
    {
        (draft.Rule, draft.Message) = ("test-crashed", report.Message);
        draft.Location = report.Location ?? draft.Location;
    }

    /// <summary>Whether failed tests are reason enough for a failed target.</summary>
    public bool Explain(FailedTarget failure) => _failed.Count > 0 && TestTarget().IsMatch(failure.Target);

    /// <summary>Hands the findings over; late, since a test's message is known when its output has been read.</summary>
    public void Finish()
    {
        foreach (var draft in _failed.Values)
            state.Drafts.Add(draft);
    }

    /// <summary>Message of a program that ended with a status as a shell sees it, and the rule that goes with it.</summary>
    public static (string Rule, string Message) Judge(int status) => status switch
    {
        124 => ("test-timeout", "timed out"),
        128 + 6 => ("test-crashed", "aborted"),
        128 + 8 => ("test-crashed", "floating point exception"),
        128 + 11 => ("test-crashed", "segmentation fault"),
        > 128 and < 192 => ("test-crashed", $"received signal {status - 128}"),
        _ => ("test-failed", $"exit status {status}"),
    };
}
