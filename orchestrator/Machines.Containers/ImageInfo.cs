namespace OpenConfirm.Machines.Containers;

/// <summary>An image in the engine, as its labels tell.</summary>
public sealed record BuiltImage
{
    /// <summary>The engine's id of it.</summary>
    public required string Id { get; init; }

    /// <summary>First 12 hex digits of the hash over recipe and package versions.</summary>
    public required string Tag { get; init; }

    /// <summary>SHA-256 of the recipe that it was built from.</summary>
    public required string RecipeHash { get; init; }

    /// <summary>SHA-256 of the installed packages with their versions.</summary>
    public required string PackageHash { get; init; }

    /// <summary>Number of installed packages.</summary>
    public required int PackageCount { get; init; }

    /// <summary>Versions of the packages that matter most to a result, by name ("gcc", "clang", "make", "libyang2-dev").</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Size as the engine counts it, bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>When it was built.</summary>
    public required DateTimeOffset BuiltUtc { get; init; }
}

/// <summary>A recipe and its newest image.</summary>
/// <param name="Recipe">The recipe as it is now.</param>
/// <param name="Built">Null when it was never built here.</param>
public sealed record ImageInfo(ImageRecipe Recipe, BuiltImage? Built)
{
    /// <summary>Built from the recipe as it is now.</summary>
    public bool IsCurrent => Built?.RecipeHash == Recipe.Hash;

    /// <summary>Name and tag, as a container engine shows it.</summary>
    public string? Reference => Built is null ? null : $"{ImageBuilder.Repository}/{Recipe.Name}:{Built.Tag}";
}
