namespace OpenConfirm.Findings.Logs;

/// <summary>
/// The findings of one log. The same one again (rule, place, message) is dropped, so that a header's warning counts
/// once however many units include it, and belongs to the first of them.
/// </summary>
internal sealed class DraftList
{
    public const int Max = 10_000;

    /// <summary>Room kept for errors behind a flood of warnings.</summary>
    private const int ErrorReserve = 1_000;

    /// <summary>Further units of all findings together.</summary>
    private const int MaxOtherUnits = 100_000;

    /// <summary>Characters kept of one log's warnings, and as many of its errors: thousands of findings with all that was said of them.</summary>
    private const long MaxCharacters = 4 << 20;

    private readonly TextRoom _warnings = new(MaxCharacters);
    private readonly TextRoom _errors = new(MaxCharacters);
    private readonly Dictionary<(string Rule, SourceLocation? Location, string Message, string? Function), Draft> _drafts = [];
    private int _dropped;
    private int _otherUnits;

    /// <summary>Room for the text of findings of this severity.</summary>
    public TextRoom RoomFor(Severity severity) => severity == Severity.Error ? _errors : _warnings;

    public void Add(Draft draft)
    {
        // Without a place only the function tells two apart; with one it would make parallel builds differ. A test is its name.
        var isNamed = draft.Location is null || draft.Rule.StartsWith("test-", StringComparison.Ordinal);
        var key = (draft.Rule, draft.Location, draft.Message, isNamed ? draft.Function : null);
        if (_drafts.TryGetValue(key, out var kept))
        {
            // A warning in one unit and an error (-Werror) in the next: the error must not be lost.
            if (draft.Severity > kept.Severity)
                kept.Severity = draft.Severity;
            if (_otherUnits < MaxOtherUnits && kept.AddUnit(draft.Unit))
                _otherUnits++;
        }
        else if (_drafts.Count < (draft.Severity == Severity.Error ? Max : Max - ErrorReserve) && draft.Share(RoomFor(draft.Severity)))
        {
            _drafts.Add(key, draft);
        }
        else
        {
            _dropped++;
        }
    }

    public IReadOnlyList<Finding> ToFindings(string step, string compiler)
    {
        // Dictionaries that never remove keep the order of insertion.
        List<Finding> findings = [.. _drafts.Values.Select(draft => draft.ToFinding(step, compiler))];
        if (_dropped > 0)
        {
            findings.Add(new Finding
            {
                Tool = "openconfirm",
                Rule = "too-many-findings",
                Severity = Severity.Note,
                Message = $"More than {findings.Count} findings; the rest of them are not shown",
                Step = step,
            });
        }

        return findings;
    }
}
