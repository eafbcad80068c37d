namespace OpenConfirm.Findings.Logs;

/// <summary>A translation unit whose compiler is speaking.</summary>
internal sealed class Unit(string path)
{
    private const int MaxFunction = 512;

    public string Path { get; } = path;

    /// <summary>The function that gcc named last; gcc names one when it changes, not before each diagnostic.</summary>
    public string? Function
    {
        get;
        set => field = value?.Length > MaxFunction ? value[..MaxFunction] : value;
    }

    public Draft? Last { get; set; }
}

/// <summary>
/// The units seen so far, and through which of them a header was reached last: gcc writes the include chain of a header
/// once per run, not before each diagnostic.
/// </summary>
internal sealed class Units
{
    private const int Max = 20_000;
    private const long MaxCharacters = 2 << 20;
    private readonly Dictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Unit> _reachedThrough = new(StringComparer.Ordinal);
    private TextRoom _room = new(MaxCharacters);
    private Unit? _current;

    /// <summary>The unit that a diagnostic in a file belongs to; null when nothing tells.</summary>
    public Unit? Find(string? path, IncludeChain? chain)
    {
        if (chain?.Root is { } root)
        {
            _current = Named(root);
            foreach (var file in chain.Files.Append(path).OfType<string>())
            {
                if (file != root && (_reachedThrough.ContainsKey(file) || (_reachedThrough.Count < Max && _room.Take(file))))
                    _reachedThrough[file] = _current;
            }

            return _current;
        }

        if (path is null)
            return _current;
        if (_reachedThrough.TryGetValue(path, out var through))
            return _current = through;
        return Tools.IsUnit(path) ? _current = Named(path) : _current;
    }

    /// <summary>Sets unit and function of a new finding.</summary>
    public void Attribute(Draft draft, IncludeChain chain, LogLine line)
    {
        var path = draft.Location?.Path;
        // A chain that stands apart was torn off by other lines: it can only be that of a header.
        var fits = chain.IsDirectlyBefore(line) || (path is not null && !Tools.IsUnit(path));
        var unit = fits && chain.Unit is { } named ? named : Find(path, fits ? chain : null);
        draft.Unit = unit?.Path;
        draft.Function = unit?.Function;
        if (unit is not null)
            unit.Last = draft;
    }

    /// <summary>The finding that a note in another unit than the current one explains.</summary>
    public Draft? OwnerOf(SourceLocation? location) =>
        location is not null && location.Path != _current?.Path && !_reachedThrough.ContainsKey(location.Path)
            ? _units.GetValueOrDefault(location.Path)?.Last
            : null;

    private Unit Named(string path)
    {
        if (_units.TryGetValue(path, out var unit))
            return unit;
        if (_units.Count == Max || !_room.Take(path))
        {
            _units.Clear();
            _reachedThrough.Clear();
            _room = new TextRoom(MaxCharacters);
        }

        return _units[path] = new Unit(path);
    }
}
