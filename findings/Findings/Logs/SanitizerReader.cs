namespace OpenConfirm.Findings.Logs;

/// <summary>Reports of sanitizers that stand in the output by themselves. A test that fails right after one claims it.</summary>
internal sealed class SanitizerReader(LogState state) : LineReader(state)
{
    private const int MaxWaiting = 64;
    private readonly List<SanitizerReport> _waiting = [];
    private SanitizerReport? _report;

    /// <summary>The reports since the last claim.</summary>
    public IReadOnlyList<SanitizerReport> Claim()
    {
        Close();
        SanitizerReport[] claimed = [.. _waiting];
        _waiting.Clear();
        return claimed;
    }

    public override void End()
    {
        foreach (var report in Claim())
            Add(report);
    }

    protected override bool Take(LogLine line)
    {
        if (_report is not null && _report.Take(line))
            return true;
        Close();
        _report = SanitizerReport.Begin(line, State.Paths);
        return _report is not null;
    }

    private void Close()
    {
        if (_report is null)
            return;
        if (_waiting.Count == MaxWaiting)
        {
            Add(_waiting[0]);
            _waiting.RemoveAt(0);
        }

        _waiting.Add(_report);
        _report = null;
    }

    private void Add(SanitizerReport report)
    {
        var draft = new Draft
        {
            Tool = "sanitizer",
            Rule = report.Tool,
            Severity = Severity.Error,
            Message = report.Message,
            Location = report.Location,
            Function = report.Function,
        };
        foreach (var line in report.Lines)
            draft.Add(line);
        State.Add(draft);
    }
}
