namespace OpenConfirm.Findings.Logs;

/// <summary>A finding whose notes and lines are still being read.</summary>
internal sealed class Draft
{
    private const int MaxMessage = 1000;
    private const int MaxExcerptLines = 40;
    private const int MaxExcerptCharacters = 8192;
    private readonly List<string> _excerpt = [];
    private readonly List<RelatedLocation> _related = [];
    private readonly HashSet<string> _otherUnits = new(StringComparer.Ordinal);
    private int _characters;
    private TextRoom? _room;

    public required string Tool { get; init; }
    public required string Rule { get; set; }
    public required Severity Severity { get; set; }
    public required string Message { get; set; }
    public SourceLocation? Location { get; set; }
    public string? Function { get; set; }
    public string? Unit { get; set; }
    public int LogLine { get; private set; }

    /// <summary>The source line that the last head or note names: its snippet is to follow.</summary>
    public int AwaitedLine { get; set; }

    /// <summary>The message ends in a colon: the next line of text belongs to it.</summary>
    public bool MessageGoesOn => Message.Length == 0 || Message.EndsWith(':');

    /// <summary>From here on its text takes of the log's room; false, and it is as it was, when what it holds already does not fit.</summary>
    public bool Share(TextRoom room)
    {
        if (_room is null && room.Take([Message, Location?.Path, Function, Unit, .. _excerpt, .. _related.SelectMany(r => new[] { r.Location?.Path, r.Message })]))
            _room = room;
        return _room is not null;
    }

    /// <summary>Adds a line to the excerpt, while there is room.</summary>
    public bool Add(LogLine line)
    {
        if (_excerpt.Count == MaxExcerptLines || _characters + line.Text.Length > MaxExcerptCharacters || _room?.Take(line.Text) == false)
            return false;
        if (LogLine == 0)
            LogLine = line.Number;
        _characters += line.Text.Length;
        _excerpt.Add(line.Text);
        return true;
    }

    /// <summary>Adds a line that names another place; places beyond the excerpt's room are dropped with it.</summary>
    public void Add(LogLine line, SourceLocation? location, string message)
    {
        if (Add(line) && _room?.Take(location?.Path, message) != false)
            _related.Add(new RelatedLocation(location, Text.Plain(message)));
    }

    /// <summary>Adds another place that the line of the finding itself names.</summary>
    public void Relate(SourceLocation? location, string message)
    {
        if (_related.Count < MaxExcerptLines && _room?.Take(location?.Path, message) != false)
            _related.Add(new RelatedLocation(location, message));
    }

    /// <summary>Another unit shows it too; true when that is news.</summary>
    public bool AddUnit(string? unit) =>
        unit is not null && unit != Unit && _otherUnits.Count < Finding.MaxOtherUnits && _otherUnits.Add(unit);

    public void Continue(string message) => Message = Message.Length == 0 ? message : $"{Message} {message}";

    public Finding ToFinding(string step, string compiler) => new()
    {
        Tool = Tool == Tools.Compiler ? compiler : Tool,
        Rule = Rule,
        Severity = Severity,
        Message = Message.Length > MaxMessage ? Message[..MaxMessage] : Message,
        Location = Location,
        Function = Function,
        TranslationUnit = Unit,
        OtherUnits = [.. _otherUnits],
        Step = step,
        Related = _related,
        Excerpt = _excerpt,
        LogLine = LogLine,
    };
}
