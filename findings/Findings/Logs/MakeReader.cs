using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>A target that make gave up.</summary>
/// <param name="Target">As make wrote it, relative to make's directory.</param>
/// <param name="Reason"><c>Error 1</c>, <c>Segmentation fault (core dumped)</c>.</param>
/// <param name="Line">The line that said so.</param>
internal sealed record FailedTarget(string Target, string Reason, LogLine Line);

/// <summary>
/// Directories and failures of GNU make, and failures of BSD make. A failed target is a finding only when neither an
/// error nor a failure of a make below explains it.
/// </summary>
internal sealed partial class MakeReader(LogState state, Func<FailedTarget, bool>? tests) : LineReader(state)
{
    private const int MaxLevel = 64;

    /// <summary>Levels of make at which a target failed and no make above has reported it yet.</summary>
    private readonly SortedSet<int> _failed = [];

    [GeneratedRegex(@"^(?:\S*/)?g?make(?:\[(?<level>\d+)\])?: (?<text>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Make();

    [GeneratedRegex(@"^(?<verb>Entering|Leaving) directory ['‘`](?<path>.*)['’]$", RegexOptions.NonBacktracking)]
    private static partial Regex Directory();

    [GeneratedRegex(@"^(?:\S*/)?g?make(?:\[\d+\])?: (?:Entering|Leaving) directory ", RegexOptions.NonBacktracking)]
    private static partial Regex Entering();

    [GeneratedRegex(@"^\*\*\* \[(?:(?<file>[^\s:\]]+):(?<line>\d+): )?(?<target>[^\]]+)\] (?<reason>.+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Failure();

    [GeneratedRegex(@"^\*\*\* (?:\[(?<target>[^\]]+)\] )?(?<reason>(?:Error code|Signal) \d+)$", RegexOptions.NonBacktracking)]
    private static partial Regex BsdFailure();

    [GeneratedRegex(@"^(?<path>[^\s:]+):(?<line>\d+): \*\*\* (?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Makefile();

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text.Contains("make", StringComparison.Ordinal) && Make().Match(text) is { Success: true } make)
            return TakeMake(line, Math.Min(Text.Number(make.Groups["level"].Value), MaxLevel), make.Groups["text"].Value);
        if (!text.Contains("*** ", StringComparison.Ordinal))
            return false;
        if (BsdFailure().Match(text) is { Success: true } bsd)
        {
            Fail(new FailedTarget(bsd.Groups["target"].Value, bsd.Groups["reason"].Value, line), level: 0, location: null);
            return true;
        }

        if (Makefile().Match(text) is not { Success: true } makefile)
            return false;
        var location = State.Paths.Locate(makefile.Groups["path"].Value, Text.Number(makefile.Groups["line"].Value));
        Add(line, "makefile-error", WithoutStop(makefile.Groups["message"].Value), location);
        return true;
    }

    private bool TakeMake(LogLine line, int level, string text)
    {
        if (Directory().Match(text) is { Success: true } directory)
        {
            if (directory.Groups["verb"].Value == "Entering")
                State.Paths.Enter(directory.Groups["path"].Value);
            else
                State.Paths.Leave(directory.Groups["path"].Value);
        }
        else if (Failure().Match(text) is { Success: true } failure)
        {
            var location = failure.Groups["file"].Success
                ? State.Paths.Locate(failure.Groups["file"].Value, Text.Number(failure.Groups["line"].Value))
                : null;
            Fail(new FailedTarget(failure.Groups["target"].Value, failure.Groups["reason"].Value, line), level, location);
        }
        else if (text.StartsWith("*** ", StringComparison.Ordinal))
        {
            TakeComplaint(line, level, WithoutStop(text["*** ".Length..]));
        }
        else if (CompilerReader.IsResource(text))
        {
            Add(line, "resource", text, location: null);
        }

        return true;
    }

    private void TakeComplaint(LogLine line, int level, string message)
    {
        if (message.StartsWith("Waiting for unfinished jobs", StringComparison.Ordinal) ||
            message.StartsWith("Deleting ", StringComparison.Ordinal))
            return;
        _failed.Add(level);
        var rule = message.StartsWith("No rule to make target", StringComparison.Ordinal) ? "no-rule"
            : CompilerReader.IsResource(message) ? "resource" : "makefile-error";
        Add(line, rule, message, location: null);
    }

    private void Fail(FailedTarget failure, int level, SourceLocation? location)
    {
        var below = _failed.RemoveWhere(other => other > level) > 0;
        _failed.Add(level);
        if ((tests?.Invoke(failure) ?? false) | below || State.Explanations.Explain(failure.Target))
            return;
        var killed = failure.Reason.StartsWith("Killed", StringComparison.Ordinal) || failure.Reason == "Error 137";
        var draft = new Draft
        {
            Tool = "make",
            Rule = killed ? "resource" : "target-failed",
            Severity = Severity.Error,
            Message = Text.Plain($"{failure.Target}: {failure.Reason}"),
            Location = location,
        };
        // Nothing that is understood explains it: show what came before, as far as it is this make's.
        foreach (var recent in State.Recent.Reverse().TakeWhile(recent => !Entering().IsMatch(recent.Text)).Reverse())
            draft.Add(recent);
        draft.Add(failure.Line);
        State.Drafts.Add(draft);
    }

    private void Add(LogLine line, string rule, string message, SourceLocation? location)
    {
        var draft = new Draft
        {
            Tool = "make",
            Rule = rule,
            Severity = Severity.Error,
            Message = Text.Plain(message),
            Location = location,
        };
        draft.Add(line);
        State.Add(draft);
    }

    private static string WithoutStop(string message) =>
        message.EndsWith("Stop.", StringComparison.Ordinal) ? message[..^"Stop.".Length].TrimEnd(' ', '.') : message;
}
