using System.Globalization;

namespace OpenConfirm.Machines.Containers;

/// <summary>The labels that images carry: they are found and told apart by these, never by names.</summary>
internal static class ImageLabels
{
    public const string Image = "openconfirm.image";
    private const string Tag = "openconfirm.tag";
    private const string Recipe = "openconfirm.recipe";
    private const string Packages = "openconfirm.packages";
    private const string Count = "openconfirm.package-count";
    private const string Built = "openconfirm.built";
    private const string Version = "openconfirm.version.";

    /// <summary>Labels of a new image.</summary>
    public static IReadOnlyDictionary<string, string> Of(ImageRecipe recipe, PackageList packages, DateTimeOffset built)
    {
        var labels = new Dictionary<string, string>
        {
            [Image] = recipe.Name,
            [Tag] = packages.Tag(recipe.Hash),
            [Recipe] = recipe.Hash,
            [Packages] = packages.Hash,
            [Count] = packages.Versions.Count.ToString(CultureInfo.InvariantCulture),
            [Built] = built.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
        foreach (var (name, version) in packages.Notable)
            labels[Version + name] = version;
        return labels;
    }

    /// <summary>Reads an image's labels; null when it is none of ours or they are not whole.</summary>
    public static BuiltImage? Read(string id, long size, IDictionary<string, string>? labels)
    {
        if (labels is null
            || labels.GetValueOrDefault(Tag) is not { } tag
            || labels.GetValueOrDefault(Recipe) is not { } recipe
            || labels.GetValueOrDefault(Packages) is not { } packages
            || !int.TryParse(labels.GetValueOrDefault(Count), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !DateTimeOffset.TryParse(labels.GetValueOrDefault(Built), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var built))
            return null;
        return new BuiltImage
        {
            Id = id,
            Tag = tag,
            RecipeHash = recipe,
            PackageHash = packages,
            PackageCount = count,
            SizeBytes = size,
            BuiltUtc = built,
            Versions = labels
                .Where(l => l.Key.StartsWith(Version, StringComparison.Ordinal))
                .ToDictionary(l => l.Key[Version.Length..], l => l.Value),
        };
    }
}
