namespace OpenConfirm.Lab.Daemons;

/// <summary>Which daemon to test: "bird", or "frr:/path" for one that is not installed.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Place">A build tree or a staging folder; null for what is installed.</param>
public sealed record Dut(DaemonDriver Driver, string? Place)
{
    /// <summary>All drivers.</summary>
    public static IReadOnlyList<DaemonDriver> Drivers { get; } = [new FrrDriver(), new QuaggaDriver(), new BirdDriver(), new OpenBgpdDriver(), new GobgpDriver()];

    /// <summary>Reads the option's text.</summary>
    /// <exception cref="FormatException">There is no such daemon or place.</exception>
    public static Dut Parse(string text)
    {
        var (name, place) = text.IndexOf(':', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);
        var driver = Drivers.FirstOrDefault(d => d.Name == name)
            ?? throw new FormatException($"there is no daemon '{name}'; there are {string.Join(", ", Drivers.Select(d => d.Name))}");
        if (place is not null && !Directory.Exists(place))
            throw new FormatException($"{place} is no folder; give a build tree or a staging folder ({name}:/path)");
        return new(driver, place is null ? null : Path.GetFullPath(place));
    }

    /// <inheritdoc/>
    public override string ToString() => Place is null ? Driver.Name : $"{Driver.Name}:{Place}";
}
