using Docker.DotNet;
using Docker.DotNet.Models;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>Machines that are containers of Docker or podman: no network, no capability, a plain user, a read-only root.</summary>
public sealed class ContainerPool : IMachinePool
{
    /// <summary>Ids of clean snapshots begin with it; frozen ones may not.</summary>
    internal const string CleanPrefix = "clean-";

    private const string WritableTemporary = "rw,nosuid,nodev,mode=1777";

    private const long MemoryOfProcess = 2 << 20;

    private const long FewestProcesses = 64;

    private readonly ContainerEngine _engine;
    private readonly SnapshotStore _snapshots;
    private readonly string? _seccomp;
    private IReadOnlyList<string>? _measuredUnenforced;

    private ContainerPool(ContainerEngine engine, ImageBuilder images, SnapshotStore snapshots, string? seccomp)
    {
        _engine = engine;
        Images = images;
        _snapshots = snapshots;
        _seccomp = seccomp;
    }

    /// <summary>The engine's name and version.</summary>
    public string Engine => _engine.Name;

    /// <summary>The images that machines start from.</summary>
    public ImageBuilder Images { get; }

    /// <summary>
    /// Limits that this host does not hold machines to ("memory", "swap", "cpu", "processes"); empty when all are held. Until the first machine
    /// is taken it is what the engine says; from then on what that machine's own control group holds.
    /// </summary>
    public IReadOnlyList<string> UnenforcedLimits => _measuredUnenforced ?? _engine.UnenforcedLimits;

    /// <summary>Connects to the container engine and removes what dead runs left in it.</summary>
    /// <param name="dataDirectory">Folder of OpenConfirm's data; snapshots are kept in <c>snapshots/</c> below it.</param>
    /// <param name="recipesDirectory">The folder <c>vm-images</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="InfrastructureException">No container engine.</exception>
    public static async Task<ContainerPool> StartAsync(
        string dataDirectory, string recipesDirectory, TimeProvider time, CancellationToken cancel)
    {
        var engine = await ContainerEngine.ConnectAsync(cancel);
        try
        {
            var snapshots = new SnapshotStore(Path.Combine(dataDirectory, "snapshots"), time);
            var seccomp = engine.IsPodman && engine.IsLocal ? SeccompProfile.WriteTo(dataDirectory) : null;
            var pool = new ContainerPool(engine, new ImageBuilder(engine, recipesDirectory, dataDirectory, time), snapshots, seccomp);
            await pool.SweepAsync(cancel);
            return pool;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Snapshot> CleanAsync(string image, CancellationToken cancel)
    {
        var found = await Images.FindAsync(image, cancel)
            ?? throw new UsageException($"Image {image} is not built, or its recipe has changed since. Run `openconfirm image build {image}`.");
        return new Snapshot($"{CleanPrefix}{image}-{found.Tag}", image);
    }

    /// <inheritdoc/>
    public async Task<Snapshot?> FindAsync(string id, CancellationToken cancel)
    {
        var disk = await _snapshots.FindAsync(id, cancel);
        if (disk is null)
            return null;
        var client = await _engine.ReadyAsync(cancel);
        var images = await EngineFailure.GuardAsync("list its images", () => client.Images.ListImagesAsync(new ImagesListParameters(), cancel));
        return images.Any(i => i.ID == disk.ImageId) ? new Snapshot(id, disk.Image) : null;
    }

    /// <inheritdoc/>
    public Task DropAsync(string id, CancellationToken cancel) => _snapshots.DropAsync(id, cancel);

    /// <inheritdoc/>
    public async Task<IMachine> TakeAsync(Snapshot snapshot, MachineLimits limits, CancellationToken cancel)
    {
        var client = await _engine.ReadyAsync(cancel);
        var disk = snapshot.Id.StartsWith(CleanPrefix, StringComparison.Ordinal)
            ? null
            : await _snapshots.FindAsync(snapshot.Id, cancel)
              ?? throw new InfrastructureException($"Snapshot {snapshot.Id} is gone.");
        var imageId = disk?.ImageId ?? await Images.IdOfTagAsync(snapshot.Image, snapshot.Id[(CleanPrefix.Length + snapshot.Image.Length + 1)..], cancel);
        var parameters = Parameters(imageId, limits);
        var isMounted = disk is not null && _engine.IsLocal;
        if (_seccomp is not null)
            parameters.HostConfig!.SecurityOpt!.Add($"seccomp={_seccomp}");
        parameters.HostConfig!.Binds = isMounted ? [$"{_snapshots.TarPath(disk!)}:{ContainerMachine.DiskPath}:ro"] : [];
        var machine = await StartAsync(client, parameters, snapshot, limits, cancel);
        try
        {
            _measuredUnenforced ??= await machine.UnenforcedLimitsAsync(cancel);
            if (disk is not null)
            {
                await using var tar = isMounted ? null : _snapshots.OpenTar(disk);
                await machine.RestoreAsync(tar, cancel);
            }

            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static CreateContainerParameters Parameters(string imageId, MachineLimits limits)
    {
        var host = HostLimits.Read();
        var files = Math.Min(host.OpenFiles, 65536);

        // This limit counts a user's processes of the whole host, so it stays well above what one machine may have; the control
        // group's own limit is the one that holds a machine.
        var userProcesses = Math.Min(host.Processes, Math.Max(16384, limits.Processes));
        var disk = Math.Min(limits.DiskBytes, limits.MemoryBytes / 4 * 3);
        var temporary = Math.Min(limits.MemoryBytes / 4, 1L << 30);
        return new CreateContainerParameters
        {
            Image = imageId,
            User = "builder",
            Hostname = "machine",
            WorkingDir = "/",

            // A first process that ignores SIGCHLD makes the kernel reap every orphan; no init program is needed.
            Entrypoint = [],
            Cmd = ["/usr/bin/env", "--ignore-signal=CHLD", "/bin/sleep", "12h"],
            Env = ["HOME=/work", "LC_ALL=C.UTF-8"],
            StopSignal = "SIGKILL",
            StopTimeout = TimeSpan.Zero,
            Labels = new Dictionary<string, string> { [Owner.MarkLabel] = "1", [Owner.OwnerLabel] = Owner.Current.ToString() },
            HostConfig = new HostConfig
            {
                NetworkMode = "none",
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges"],
                ReadonlyRootfs = true,
                IpcMode = "private",
                ShmSize = 64L << 20,
                Memory = limits.MemoryBytes,
                MemorySwap = limits.MemoryBytes, // memory and swap together: no swap
                NanoCPUs = (long)(limits.Cpus * 1e9),
                PidsLimit = Math.Min(limits.Processes, Math.Max(FewestProcesses, limits.MemoryBytes / MemoryOfProcess)),
                Ulimits =
                [
                    new Ulimit { Name = "nofile", Soft = Math.Min(files, 1024), Hard = files },
                    new Ulimit { Name = "nproc", Soft = userProcesses, Hard = userProcesses },
                    new Ulimit { Name = "core", Soft = 0, Hard = 0 },
                ],

                // Every writable place has a size: podman would add /run and /var/tmp without one.
                Tmpfs = new Dictionary<string, string>
                {
                    [MachineCommand.WorkDirectory] = $"{WritableTemporary},exec,size={disk}",
                    ["/tmp"] = $"{WritableTemporary},exec,size={temporary}",
                    ["/var/tmp"] = $"{WritableTemporary},size={16 << 20}",
                    ["/run"] = $"rw,nosuid,nodev,mode=755,size={1 << 20}",
                },
                LogConfig = new LogConfig { Type = "none" },
            },
        };
    }

    private async Task<ContainerMachine> StartAsync(
        IDockerClient client, CreateContainerParameters parameters, Snapshot snapshot, MachineLimits limits, CancellationToken cancel)
    {
        var created = await EngineFailure.GuardAsync(
            $"make a container of image {snapshot.Image}",
            () => client.Containers.CreateContainerAsync(parameters, cancel));
        var machine = new ContainerMachine(_engine, created.ID, parameters.Image, snapshot, limits, _snapshots);
        try
        {
            await machine.StartAsync(cancel);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        _snapshots.Sweep();
        var client = await _engine.ReadyAsync(cancel);
        var ours = await EngineFailure.GuardAsync("list its containers", () => client.Containers.ListContainersAsync(
            new ContainersListParameters
            {
                All = true,
                Filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["label"] = new Dictionary<string, bool> { [$"{Owner.MarkLabel}=1"] = true },
                },
            },
            cancel));
        foreach (var container in ours.Where(c => Owner.Parse(c.Labels?.GetValueOrDefault(Owner.OwnerLabel)) is { IsDead: true }))
            await ContainerMachine.RemoveAsync(client, container.ID, cancel);
    }
}

internal static class LabelExtensions
{
    /// <summary>A label's value, or null.</summary>
    public static string? GetValueOrDefault(this IDictionary<string, string> labels, string key) =>
        labels.TryGetValue(key, out var value) ? value : null;
}
