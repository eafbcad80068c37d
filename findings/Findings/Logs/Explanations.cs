namespace OpenConfirm.Findings.Logs;

/// <summary>
/// Which errors have been seen, to tell whether a target of make failed for one of them. Make names the target, the
/// compiler the source: they are brought together by file name, so equal names in two folders count as one.
/// </summary>
internal sealed class Explanations
{
    private readonly HashSet<string> _stems = new(StringComparer.Ordinal);
    private readonly TextRoom _room = new(2 << 20);
    private bool _placeless;
    private bool _unclaimed;
    private int _failedLinks;

    public void Add(Draft error)
    {
        _unclaimed = true;
        _placeless |= error.Location is null && error.Unit is null;
        foreach (var path in new[] { error.Unit, error.Location?.Path })
        {
            if (path is not null && _stems.Count < 2 * DraftList.Max && Text.Stem(path) is var stem && !_stems.Contains(stem) && _room.Take(stem))
                _stems.Add(stem);
        }
    }

    /// <summary>The compiler's driver said that the linker failed.</summary>
    public void AddFailedLink() => _failedLinks++;

    public bool Explain(string target)
    {
        var explained = IsNamed(target);
        if (!explained && Text.Extension(target) is ".o" or ".lo" or ".obj" or ".os")
        {
            explained = _placeless;
        }
        else if (!explained)
        {
            explained = _unclaimed || _failedLinks > 0;
            _failedLinks = Math.Max(0, _failedLinks - 1);
        }

        if (explained)
            _unclaimed = _placeless = false;
        return explained;
    }

    private bool IsNamed(string target)
    {
        var stem = Text.Stem(target);
        // automake puts the program before the source: libbgp_la-open.lo
        return _stems.Contains(stem) || _stems.Contains(stem[(stem.LastIndexOf('-') + 1)..]);
    }
}
