namespace OpenConfirm.Findings;

/// <summary>
/// What a stage really looked at in one tree. A finding that is absent where nothing was checked is
/// <see cref="Verdict.NotTested"/>, never <see cref="Verdict.Fixed"/>.
/// </summary>
public sealed record Coverage
{
    /// <summary>Steps of the recipe that ran to their end, well or badly.</summary>
    public IReadOnlySet<string> StepsRun { get; init; } = new HashSet<string>();

    /// <summary>Steps of the recipe that ended well.</summary>
    public IReadOnlySet<string> StepsPassed { get; init; } = new HashSet<string>();

    /// <summary>Translation units compiled to an object, relative to the tree.</summary>
    public IReadOnlySet<string> UnitsCompiled { get; init; } = new HashSet<string>();

    /// <summary>Translation units whose compiler gave up, relative to the tree.</summary>
    public IReadOnlySet<string> UnitsFailed { get; init; } = new HashSet<string>();

    /// <summary>Tests that ran to a result, good or bad, by name.</summary>
    public IReadOnlySet<string> TestsRun { get; init; } = new HashSet<string>();

    /// <summary>
    /// Whether the test of this name ran: by itself, or in a program (<c>lib/bitmap_test</c>) that says nothing of its tests
    /// that pass (<c>lib/bitmap_test: t_set_get</c>).
    /// </summary>
    public bool RanTest(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var end = name.IndexOf(": ", StringComparison.Ordinal);
        return TestsRun.Contains(name) || (end > 0 && TestsRun.Contains(name[..end]));
    }
}
