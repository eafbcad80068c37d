using OpenConfirm.Machines;
using OpenConfirm.Machines.Containers;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm image</c>.</summary>
internal static class ImageCommand
{
    /// <summary>Builds images.</summary>
    public static async Task<int> BuildAsync(IReadOnlyList<string> names, string data, CancellationToken cancel)
    {
        await using var pool = await ContainerPool.StartAsync(data, Places.Images, TimeProvider.System, cancel);
        foreach (var name in names.Count > 0 ? names : ImageRecipe.Names(Places.Images))
        {
            var built = await pool.Images.RebuildAsync(name, new LineProgress(), cancel);
            await Console.Out.WriteLineAsync($"{name}:{built.Tag}  {built.SizeBytes >> 20} MiB, {built.PackageCount} packages");
        }

        return ExitCode.Good;
    }

    /// <summary>Lists images.</summary>
    public static async Task<int> ListAsync(string data, CancellationToken cancel)
    {
        await using var pool = await ContainerPool.StartAsync(data, Places.Images, TimeProvider.System, cancel);
        foreach (var image in await pool.Images.ListAsync(cancel))
        {
            var state = image switch
            {
                { Built: null } => "not built",
                { IsCurrent: false } => "recipe has changed since it was built",
                { Built: var built } => $"{built.Tag}  {built.SizeBytes >> 20} MiB  built {built.BuiltUtc:yyyy-MM-dd HH:mm} UTC",
            };
            await Console.Out.WriteLineAsync($"{image.Recipe.Name,-12} {image.Recipe.Architecture,-8} {state}");
        }

        return ExitCode.Good;
    }

    /// <summary>Shows an image.</summary>
    public static async Task<int> ShowAsync(string name, string data, CancellationToken cancel)
    {
        await using var pool = await ContainerPool.StartAsync(data, Places.Images, TimeProvider.System, cancel);
        var image = await pool.Images.ShowAsync(name, cancel);
        var output = Console.Out;
        await output.WriteLineAsync($"name          {image.Recipe.Name}");
        await output.WriteLineAsync($"system        {image.Recipe.Description}, {image.Recipe.Architecture}");
        await output.WriteLineAsync($"recipe        {image.Recipe.Hash}{(image.IsCurrent ? "" : "  (not what is built)")}");
        if (image.Built is not { } built)
        {
            await output.WriteLineAsync($"built         no; run: openconfirm image build {name}");
            return ExitCode.Good;
        }

        await output.WriteLineAsync($"reference     {image.Reference}");
        await output.WriteLineAsync($"built         {built.BuiltUtc:yyyy-MM-dd HH:mm} UTC, {built.SizeBytes >> 20} MiB, {built.PackageCount} packages");
        foreach (var (tool, version) in built.Versions.OrderBy(v => v.Key, StringComparer.Ordinal))
            await output.WriteLineAsync($"{tool,-13} {version}");
        return ExitCode.Good;
    }
}

/// <summary>Progress as lines on standard error.</summary>
internal sealed class LineProgress : IProgress<string>
{
    /// <inheritdoc/>
    public void Report(string value) => Console.Error.WriteLine(value);
}
