namespace OpenConfirm.Lab.Daemons;

/// <summary>Which daemon to test: "bird", or "frr:/path" for one that is not installed.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Place">A build tree or a staging folder, as it is in the root; null for what is installed.</param>
/// <param name="Root">The root of another system, or of another CPU's, that it is in; null for this one's.</param>
public sealed record Dut(DaemonDriver Driver, string? Place, string? Root = null)
{
    /// <summary>All drivers.</summary>
    public static IReadOnlyList<DaemonDriver> Drivers { get; } = [new FrrDriver(), new QuaggaDriver(), new BirdDriver(), new OpenBgpdDriver(), new GobgpDriver()];

    /// <summary>Reads the options' texts.</summary>
    /// <param name="text">"bird" or "frr:/path".</param>
    /// <param name="root">The root of another system, or null.</param>
    /// <exception cref="FormatException">There is no such daemon or place.</exception>
    public static Dut Parse(string text, string? root = null)
    {
        var (name, place) = text.IndexOf(':', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);
        var driver = Drivers.FirstOrDefault(d => d.Name == name)
            ?? throw new FormatException($"there is no daemon '{name}'; there are {string.Join(", ", Drivers.Select(d => d.Name))}");
        if (root is not null && !Directory.Exists(root))
            throw new FormatException($"{root} is no folder; give the root of a system");
        root = root is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (place is not null && !Directory.Exists(root + place))
            throw new FormatException($"{root}{place} is no folder; give a build tree or a staging folder ({name}:/path)");
        return new(driver, place is null ? null : Path.GetFullPath(place), root == "/" ? null : root);
    }

    /// <summary>Finds its programs.</summary>
    /// <exception cref="DaemonException">There are none, or none that run here.</exception>
    public Installation Find() => Driver.Find(new DutPlace(Place, Root));

    /// <inheritdoc/>
    public override string ToString() => $"{Driver.Name}{(Place is null ? "" : $":{Place}")}{(Root is null ? "" : $" in {Root}")}";
}
