using Docker.DotNet.Models;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>Builds images by their recipes with mmdebstrap, and finds them in the container engine.</summary>
public sealed class ImageBuilder
{
    /// <summary>First part of every image's name in the engine.</summary>
    internal const string Repository = "openconfirm";

    private readonly ContainerEngine _engine;
    private readonly string _recipesDirectory;
    private readonly string _imagesDirectory;
    private readonly TimeProvider _time;

    /// <summary>Makes a builder for one engine.</summary>
    /// <param name="engine">The engine that images are imported into.</param>
    /// <param name="recipesDirectory">The folder <c>vm-images</c>.</param>
    /// <param name="dataDirectory">Folder of OpenConfirm's data; locks and lists of sources are kept in <c>images/</c> below it.</param>
    /// <param name="time">The clock.</param>
    public ImageBuilder(ContainerEngine engine, string recipesDirectory, string dataDirectory, TimeProvider time)
    {
        _engine = engine;
        _recipesDirectory = recipesDirectory;
        _imagesDirectory = Path.Combine(dataDirectory, "images");
        _time = time;
    }

    /// <summary>Every recipe with its newest image, by name.</summary>
    public async Task<IReadOnlyList<ImageInfo>> ListAsync(CancellationToken cancel)
    {
        var built = await BuiltAsync(cancel);
        return
        [
            .. ImageRecipe.Names(_recipesDirectory)
                .Select(name => ImageRecipe.Read(_recipesDirectory, name))
                .Select(recipe => new ImageInfo(recipe, Best(built, recipe))),
        ];
    }

    /// <summary>One recipe with its newest image.</summary>
    /// <exception cref="UsageException">There is no such recipe.</exception>
    public async Task<ImageInfo> ShowAsync(string name, CancellationToken cancel)
    {
        var recipe = ImageRecipe.Read(_recipesDirectory, name);
        return new ImageInfo(recipe, Best(await BuiltAsync(cancel), recipe));
    }

    /// <summary>The image of a recipe as it is now; null when it must be built.</summary>
    public async Task<BuiltImage?> FindAsync(string name, CancellationToken cancel) =>
        await ShowAsync(name, cancel) is { IsCurrent: true, Built: { } built } ? built : null;

    /// <summary>The image of a recipe as it is now, built when missing. Of several callers, in any process, one builds and the others wait.</summary>
    /// <param name="name">The recipe.</param>
    /// <param name="progress">Gets a line now and then.</param>
    /// <param name="cancel">Stops the building; nothing is left behind.</param>
    public async Task<BuiltImage> EnsureAsync(string name, IProgress<string>? progress, CancellationToken cancel) =>
        await FindAsync(name, cancel) ?? await BuildAsync(name, isForced: false, progress, cancel);

    /// <summary>Builds an image anew even if there is a current one: the archive may have newer packages.</summary>
    /// <inheritdoc cref="EnsureAsync"/>
    public Task<BuiltImage> RebuildAsync(string name, IProgress<string>? progress, CancellationToken cancel) =>
        BuildAsync(name, isForced: true, progress, cancel);

    /// <summary>The engine's id of the image with this tag.</summary>
    internal async Task<string> IdOfTagAsync(string name, string tag, CancellationToken cancel) =>
        (await BuiltAsync(cancel)).FirstOrDefault(b => b.Name == name && b.Image.Tag == tag).Image?.Id
        ?? throw new InfrastructureException($"Image {name}:{tag} is gone from the container engine. Run `openconfirm image build {name}`.");

    private static BuiltImage? Best(IEnumerable<(string Name, BuiltImage Image)> built, ImageRecipe recipe) => built
        .Where(b => b.Name == recipe.Name)
        .Select(b => b.Image)
        .OrderByDescending(b => b.RecipeHash == recipe.Hash)
        .ThenByDescending(b => b.BuiltUtc)
        .FirstOrDefault();

    private async Task<IReadOnlyList<(string Name, BuiltImage Image)>> BuiltAsync(CancellationToken cancel)
    {
        var client = await _engine.ReadyAsync(cancel);
        var images = await EngineFailure.GuardAsync("list its images", () => client.Images.ListImagesAsync(
            new ImagesListParameters
            {
                Filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["label"] = new Dictionary<string, bool> { [ImageLabels.Image] = true },
                },
            },
            cancel));
        return
        [
            .. images.Select(i => (i.Labels?.GetValueOrDefault(ImageLabels.Image) ?? "", Image: ImageLabels.Read(i.ID, i.Size, i.Labels)))
                .Where(i => i.Image is not null)
                .Select(i => (i.Item1, i.Image!)),
        ];
    }

    private async Task<BuiltImage> BuildAsync(string name, bool isForced, IProgress<string>? progress, CancellationToken cancel)
    {
        var recipe = ImageRecipe.Read(_recipesDirectory, name);
        if (!File.Exists(DebianMirror.Keyring))
            throw new InfrastructureException($"{DebianMirror.Keyring} is missing, which verifies what images are made of. Run `./openconfirm setup`.");
        Directory.CreateDirectory(_imagesDirectory);
        using var locked = await LockAsync(Path.Combine(_imagesDirectory, $"{name}.lock"), progress, cancel);
        if (!isForced && await FindAsync(name, cancel) is { } found)
            return found;

        var start = _time.GetTimestamp();
        progress?.Report($"{name}: fetching and installing {recipe.Packages.Count} packages and what they need");
        using var work = new TemporaryDirectory();
        await using var root = await DebianRoot.BuildAsync(recipe, work.Path, progress, cancel);
        File.Move(root.SourcesFile, Path.Combine(_imagesDirectory, $"{recipe.Suite}.sources"), overwrite: true);
        progress?.Report($"{name}: importing");
        var labels = ImageLabels.Of(recipe, root.Packages, _time.GetUtcNow());
        await ImportAsync(recipe, root, labels, cancel);
        var built = await FindAsync(name, cancel)
            ?? throw new InfrastructureException($"The container engine took image {name} and does not list it.");
        progress?.Report(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{name}: built {Repository}/{name}:{built.Tag}, {built.PackageCount} packages, {built.SizeBytes / 1e6:f0} MB, in {_time.GetElapsedTime(start).TotalSeconds:f0} s"));
        return built;
    }

    private async Task ImportAsync(
        ImageRecipe recipe, DebianRoot root, IReadOnlyDictionary<string, string> labels, CancellationToken cancel)
    {
        var client = await _engine.ReadyAsync(cancel);
        string? failure = null;
        await EngineFailure.GuardAsync($"import image {recipe.Name}", () => client.Images.CreateImageAsync(
            new ImagesCreateParameters
            {
                FromSrc = "-",
                Repo = $"{Repository}/{recipe.Name}:{root.Packages.Tag(recipe.Hash)}", // podman reads no Tag of an import
                Changes = [.. labels.Select(l => $"LABEL {l.Key}=\"{l.Value}\""), "USER builder"],
            },
            root.Tar,
            new AuthConfig(),
            new SynchronousProgress<JSONMessage>(m => failure ??= m.Error?.Message),
            cancel));
        await root.FinishAsync();
        if (failure is not null)
            throw new InfrastructureException($"The container engine failed to import image {recipe.Name}: {failure}");
    }

    // The kernel drops the lock with the process, so a killed run blocks nobody.
    private static async Task<FileStream> LockAsync(string path, IProgress<string>? progress, CancellationToken cancel)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (isFirst)
                    progress?.Report($"{Path.GetFileNameWithoutExtension(path)}: being built by another run; waiting");
                await Task.Delay(500, cancel);
            }
        }
    }

    // Progress<T> would report on other threads, after the call has returned.
    private sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}

/// <summary>A folder of our own under the system's temporary one, removed with everything in it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("openconfirm-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
