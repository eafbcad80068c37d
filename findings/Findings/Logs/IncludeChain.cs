using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>What a compiler says before a diagnostic: how its file came to be included, and which function holds it.</summary>
internal sealed partial class IncludeChain(TreePaths paths)
{
    private const int MaxLines = 40;
    private readonly List<(LogLine Line, SourceLocation? Location, string Message)> _pending = [];
    private int _lastLine;
    private bool _open;

    [GeneratedRegex(@"^(?:In file included|\s+) ?from (?<path>[^:]+):(?<line>\d+)(?::\d+)?(?<end>[,:])$", RegexOptions.NonBacktracking)]
    private static partial Regex Included();

    [GeneratedRegex(@"^(?:(?<path>[^\s:]+): )?In [a-z ]*['‘`](?<function>.*)['’][:,]$", RegexOptions.NonBacktracking)]
    private static partial Regex InFunction();

    [GeneratedRegex(@"^(?:(?<path>[^\s:]+): )?At (?:top level|global scope):$", RegexOptions.NonBacktracking)]
    private static partial Regex AtTopLevel();

    [GeneratedRegex(@"^\s+inlined from ['‘](?<function>.*)['’] at (?<path>[^\s:]+):(?<line>\d+)(?::(?<column>\d+))?[,:]$", RegexOptions.NonBacktracking)]
    private static partial Regex Inlined();

    [GeneratedRegex(@"^(?<path>[^\s:]+): Assembler messages:$", RegexOptions.NonBacktracking)]
    private static partial Regex Assembler();

    /// <summary>File at the root of the chain that awaits its diagnostic.</summary>
    public string? Root { get; private set; }

    /// <summary>Files of that chain.</summary>
    public IEnumerable<string> Files => _pending.Where(entry => entry.Message == "included from").Select(entry => entry.Location?.Path).OfType<string>();

    /// <summary>The unit of the "In function" line that awaits its diagnostic.</summary>
    public Unit? Unit { get; private set; }

    /// <summary>True when the diagnostic on this line is the one the chain was written for.</summary>
    public bool IsDirectlyBefore(LogLine line) => _pending.Count > 0 && line.Number - _lastLine <= 1;

    public bool Take(LogLine line, Units units)
    {
        var text = line.Text;
        if (text.Length == 0 || text[^1] is not (':' or ','))
            return false;
        if (Included().Match(text) is { Success: true } included)
        {
            AddIncluded(line, included);
            return true;
        }

        if (Inlined().Match(text) is { Success: true } inlined)
        {
            // The function that was compiled says more than the library's one that was inlined into it.
            if (Unit is not null)
                Unit.Function = inlined.Groups["function"].Value;
            Add(line, Locate(inlined), $"inlined into {inlined.Groups["function"].Value}");
            return true;
        }

        var context = InFunction().Match(text);
        if (!context.Success)
            context = AtTopLevel().Match(text);
        if (!context.Success)
            return Assembler().IsMatch(text);
        var path = context.Groups["path"].Success ? paths.Resolve(context.Groups["path"].Value) : null;
        Unit = units.Find(path, IsDirectlyBefore(line) ? this : null);
        if (Unit is not null)
            Unit.Function = context.Groups["function"] is { Success: true } function ? function.Value : null;
        Add(line, null, "");
        return true;
    }

    /// <summary>Gives the lines that wait to the diagnostic they were written for.</summary>
    public void MoveTo(Draft draft, LogLine line)
    {
        foreach (var (pendingLine, location, message) in _pending)
        {
            if (message.Length > 0)
                draft.Add(pendingLine, location, message);
            else
                draft.Add(pendingLine);
        }

        Clear();
    }

    private void AddIncluded(LogLine line, Match match)
    {
        // gcc: one "In file included from", then "from" lines outwards. clang: one "In file included" each, inwards.
        var inwards = line.Text[0] == 'I';
        if (inwards && (_open || !IsDirectlyBefore(line)))
            Clear();
        var location = Locate(match);
        if (Root is null || !inwards)
            Root = location?.Path;
        _open = match.Groups["end"].Value == ",";
        Add(line, location, "included from");
    }

    private SourceLocation? Locate(Match match) =>
        paths.Locate(match.Groups["path"].Value, Text.Number(match.Groups["line"].Value), Text.Number(match.Groups["column"].Value));

    private void Add(LogLine line, SourceLocation? location, string message)
    {
        _lastLine = line.Number;
        if (_pending.Count < MaxLines)
            _pending.Add((line, location, message));
    }

    private void Clear()
    {
        _pending.Clear();
        Root = null;
        Unit = null;
        _open = false;
    }
}
