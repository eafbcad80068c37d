namespace OpenConfirm.Findings.Logs;

/// <summary>What the readers of one log share.</summary>
internal sealed class LogState(LogContext context)
{
    private const int RecentLines = 12;
    private readonly Queue<LogLine> _recent = new();
    private Draft? _tail;
    private int _tailLines;
    private bool _tailIndented;

    public LogContext Context { get; } = context;
    public TreePaths Paths { get; } = new(context.TreeRoot);
    public DraftList Drafts { get; } = new();
    public Explanations Explanations { get; } = new();

    /// <summary>Set once clang has shown itself; see <see cref="CompilerReader"/>.</summary>
    public bool ClangSeen { get; set; }

    /// <summary>Lines that nothing else takes go to this finding, so many of them, or until one is not indented.</summary>
    public void Follow(Draft draft, int lines, bool indented = false) => (_tail, _tailLines, _tailIndented) = (draft, lines, indented);

    /// <summary>Adds a finding, and lets it explain the target that will fail for it.</summary>
    public Draft Add(Draft draft)
    {
        if (draft.Severity == Severity.Error)
            Explanations.Add(draft);
        Drafts.Add(draft);
        return draft;
    }

    /// <summary>The last lines that were read, oldest first.</summary>
    public IEnumerable<LogLine> Recent => _recent;

    public void Read(TextReader log, IReadOnlyList<LineReader> readers)
    {
        foreach (var line in LogLines.Read(log))
        {
            Read(line, readers);
            if (_recent.Count == RecentLines)
                _recent.Dequeue();
            _recent.Enqueue(line);
        }

        foreach (var reader in readers)
            reader.End();
    }

    private void Read(LogLine line, IReadOnlyList<LineReader> readers)
    {
        // What another process wrote behind a diagnostic, on its line, is read as a line of its own; twice at most.
        string? rest = line.Text;
        for (var part = 0; part < 3 && rest is not null; part++)
        {
            var text = line with { Text = rest };
            var tail = _tail;
            if (!Take(text, readers, out rest))
                AddToTail(text);
            else if (part == 0 && ReferenceEquals(tail, _tail))
                _tail = null;
        }
    }

    private static bool Take(LogLine line, IReadOnlyList<LineReader> readers, out string? remainder)
    {
        foreach (var reader in readers)
        {
            if (reader.Take(line, out remainder))
                return true;
        }

        remainder = null;
        return false;
    }

    private void AddToTail(LogLine line)
    {
        if (_tail is null)
            return;
        if (_tail.MessageGoesOn && line.Text.Length > 0)
            _tail.Continue(Text.Plain(line.Text));
        if (--_tailLines < 0 || (_tailIndented && !line.Text.StartsWith(' ')) || !_tail.Add(line))
            _tail = null;
    }
}

/// <summary>Knows the lines of one kind of program.</summary>
internal abstract class LineReader(LogState state)
{
    protected LogState State { get; } = state;

    /// <summary>True when the line is one of this program's. <paramref name="remainder"/> is what another program wrote on the same line.</summary>
    public virtual bool Take(LogLine line, out string? remainder)
    {
        remainder = null;
        return Take(line);
    }

    /// <summary>True when the line is one of this program's.</summary>
    protected abstract bool Take(LogLine line);

    /// <summary>The log has ended.</summary>
    public virtual void End()
    {
    }
}
