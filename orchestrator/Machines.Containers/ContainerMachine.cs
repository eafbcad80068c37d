using System.Diagnostics;
using System.IO.Pipelines;
using Docker.DotNet;
using Docker.DotNet.Models;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>One container. Programs of ours inside of it are named by absolute paths on its read-only root.</summary>
internal sealed class ContainerMachine : IMachine
{
    /// <summary>Wall time of a command of ours; a built FRR is taken out in well under a minute.</summary>
    private static readonly TimeSpan OwnTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Wall time of a look at a machine whose command failed: a few lines from a shell.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(20);

    private const int MostRemovals = 5;

    /// <summary>How long an engine may take to notice that a container has ended, or to remove it.</summary>
    private static readonly TimeSpan NoticeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Where a frozen work disk is mounted, read-only: many times faster than through the engine's streams.</summary>
    public const string DiskPath = "/run/disk.tar";

    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly string _imageId;
    private readonly MachineLimits _limits;
    private readonly SnapshotStore _snapshots;
    private readonly long _hostKills = ControlGroup.MemoryKillsOfHost();
    private ControlGroupCounters _before = new(0, 0);
    private long _firstProcess;
    private bool _isRemoved;

    public ContainerMachine(
        ContainerEngine engine, string id, string imageId, Snapshot origin, MachineLimits limits, SnapshotStore snapshots)
    {
        _engine = engine;
        _id = id;
        _imageId = imageId;
        Origin = origin;
        _limits = limits;
        _snapshots = snapshots;
    }

    public Snapshot Origin { get; }

    public bool IsAlive { get; private set; } = true;

    public async Task PutAsync(Stream tar, string directory, bool touch, CancellationToken cancel)
    {
        string[] times = touch ? ["--touch"] : [];
        await UnpackAsync("-", tar, directory, times, cancel);
    }

    /// <summary>Unpacks a frozen work disk: the stream, or without one the file mounted at <see cref="DiskPath"/>.</summary>
    public Task RestoreAsync(Stream? tar, CancellationToken cancel) =>
        UnpackAsync(tar is null ? DiskPath : "-", tar, MachineCommand.WorkDirectory, [], cancel);

    public async Task<CommandResult> RunAsync(MachineCommand command, Stream output, CancellationToken cancel)
    {
        if (command.Arguments.Count == 0)
            throw new ArgumentException("no program", nameof(command));

        // One pipe for both outputs keeps their order; the arguments are never read as shell words.
        string[] arguments =
        [
            "/bin/sh", "-c", "cd -- \"$1\" && shift || exit 125; exec \"$@\" 2>&1 </dev/null", "sh", command.Directory, .. command.Arguments,
        ];
        var watch = Stopwatch.StartNew();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(command.Timeout);
        long written = 0;
        try
        {
            var client = await AliveClientAsync(cancel);
            var (code, error) = await new ContainerExec(client, _id).RunAsync(arguments, command.Environment, null, WriteAsync, limited.Token);
            var elapsed = watch.Elapsed;
            if (error.Length > 0)
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{error}\n"), cancel);
            return new CommandResult(code, code == 0 ? LimitKind.None : await BrokenLimitAsync(cancel), elapsed);
        }
        catch (OutputLimitException)
        {
            await KillAsync();
            return new CommandResult(-1, LimitKind.Output, watch.Elapsed);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            cancel.ThrowIfCancellationRequested();
            return new CommandResult(-1, LimitKind.Time, watch.Elapsed);
        }
        catch (Exception e) when (EngineFailure.IsOne(e))
        {
            if (await FatalLimitAsync(cancel) is not LimitKind.None and var limit)
                return new CommandResult(-1, limit, watch.Elapsed);
            throw new InfrastructureException($"The container engine failed to run {command.Arguments[0]}: {EngineFailure.Reason(e)}", e);
        }

        async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            var room = command.OutputBytes - written;
            written += bytes.Length;
            await output.WriteAsync(bytes.Length <= room ? bytes : bytes[..(int)room], limited.Token);
            if (bytes.Length > room)
                throw new OutputLimitException();
        }
    }

    public async Task GetAsync(string directory, string hostDirectory, long maxBytes, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 8 << 20, resumeWriterThreshold: 4 << 20)); // few hand-overs between both sides
        var sending = SendAsync();
        Directory.CreateDirectory(hostDirectory);
        try
        {
            await HostileTar.UnpackAsync(pipe.Reader.AsStream(), hostDirectory, maxBytes, cancel);
            await pipe.Reader.CopyToAsync(Stream.Null, cancel); // what follows the end mark
            await sending;
        }
        catch (MachineOutputException e)
        {
            await stop.CancelAsync();
            await SettleAsync(sending); // an engine that failed is why the tar ended early
            throw new MachineOutputException($"Files in {directory} of the machine cannot be taken out: {e.Message}", e);
        }
        catch (IOException e)
        {
            await stop.CancelAsync();
            await SettleAsync(sending);
            throw new InfrastructureException($"Files of a machine cannot be written to {hostDirectory}: {e.Message}", e);
        }

        async Task SendAsync()
        {
            Exception? failure = null;
            try
            {
                // A directory that is not there, or files that cannot be read, are the code's own affair: what there is comes.
                await OursAsync(
                    "take files out",
                    ["/bin/tar", "-c", "-f", "-", "--format=posix", "--hard-dereference", "--pax-option=delete=atime,delete=ctime", "-C", directory, "."],
                    null,
                    async bytes => await pipe.Writer.WriteAsync(bytes, stop.Token),
                    stop.Token);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
            finally
            {
                await pipe.Writer.CompleteAsync(failure is InfrastructureException ? new EndOfStreamException() : null);
            }
        }
    }

    public async Task<Snapshot> FreezeAsync(string id, CancellationToken cancel)
    {
        if (id.StartsWith(ContainerPool.CleanPrefix, StringComparison.Ordinal))
            throw new ArgumentException($"'{ContainerPool.CleanPrefix}' begins the ids of clean snapshots", nameof(id));
        await _snapshots.WriteAsync(id, Origin.Image, _imageId, FreezeToAsync, cancel);
        return new Snapshot(id, Origin.Image);

        async Task FreezeToAsync(Stream file)
        {
            long bytes = 0;
            var (code, error) = await OursAsync(
                "freeze the work disk",
                ["/bin/tar", "-c", "-f", "-", "--format=posix", "--pax-option=delete=atime,delete=ctime", "-C", MachineCommand.WorkDirectory, "."],
                null,
                async chunk =>
                {
                    if ((bytes += chunk.Length) > (_limits.DiskBytes * 2) + (64 << 20))
                        throw new MachineOutputException("The files on the work disk claim to be larger than the disk.");
                    await file.WriteAsync(chunk, cancel);
                },
                cancel);
            if (code != 0)
                throw new InfrastructureException($"The work disk of a machine could not be frozen: {error}");
        }
    }

    /// <summary>Starts the container.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        var client = await AliveClientAsync(cancel);
        await EngineFailure.GuardAsync("start a container", () => client.Containers.StartContainerAsync(_id, new ContainerStartParameters(), cancel));
        _firstProcess = (await EngineFailure.GuardAsync("look at a container", () => client.Containers.InspectContainerAsync(_id, cancel))).State?.Pid ?? 0;
    }

    /// <summary>Reads the limits of the machine's own control group and names those that are not as asked for.</summary>
    public async Task<IReadOnlyList<string>> UnenforcedLimitsAsync(CancellationToken cancel)
    {
        using var text = new MemoryStream();
        await OursAsync("read its limits", ["/bin/sh", "-c", ControlGroup.LimitsScript], null, Collect(text), cancel);
        return ControlGroup.Unenforced(System.Text.Encoding.ASCII.GetString(text.ToArray()), _limits);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        catch (InfrastructureException)
        {
            // It must not hide why the machine is given up; the next start of a pool removes what is left.
        }
    }

    /// <summary>Kills and removes a container; one that is gone already is fine.</summary>
    public static Task RemoveAsync(IDockerClient client, string id, CancellationToken cancel) =>
        EngineFailure.GuardAsync("remove a container", async () =>
        {
            try
            {
                await client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancel);
            }
            catch (DockerContainerNotFoundException)
            {
            }
        });

    // The entry "." is left out: the work disk itself is root's, and only its owner may set its mode and times.
    private async Task UnpackAsync(string file, Stream? input, string directory, string[] options, CancellationToken cancel)
    {
        var (code, error) = await OursAsync(
            "unpack files",
            [
                "/bin/sh", "-c", "/bin/mkdir -p -- \"$1\" && cd -- \"$1\" && shift && exec /bin/tar \"$@\"", "sh", directory,
                "-x", "-f", file, "--preserve-permissions", "--no-same-owner", "--anchored", "--no-recursion", "--exclude=.", "--exclude=./", .. options,
            ],
            input,
            NoOutput,
            cancel);
        if (code == 0)
            return;
        var what = $"Files could not be put into {directory} of a machine: {error}";
        throw await BrokenLimitAsync(cancel) is not LimitKind.None and var limit
            ? new MachineLimitException(limit, what)
            : new InfrastructureException(what);
    }

    private static ValueTask NoOutput(ReadOnlyMemory<byte> bytes) => ValueTask.CompletedTask;

    // Answers of ours are a few lines; hostile processes of the same user could have lengthened them.
    private static Func<ReadOnlyMemory<byte>, ValueTask> Collect(MemoryStream text) => bytes =>
    {
        text.Write(bytes.Span[..(int)Math.Min(bytes.Length, 65536 - text.Length)]);
        return ValueTask.CompletedTask;
    };

    private static async Task SettleAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (OperationCanceledException)
        {
            // Asked for.
        }
    }

    private async Task<IDockerClient> AliveClientAsync(CancellationToken cancel) =>
        IsAlive ? await _engine.ReadyAsync(cancel) : throw new InfrastructureException("The machine has ended.");

    private async Task<(int ExitCode, string Error)> OursAsync(
        string what, string[] arguments, Stream? input, Func<ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancel)
    {
        // What runs in there besides may stop our own programs: nothing waits for them without end.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(OwnTimeout);
        try
        {
            var client = await AliveClientAsync(limit.Token);
            return await EngineFailure.GuardAsync(what, () => new ContainerExec(client, _id).RunAsync(arguments, null, input, output, limit.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new InfrastructureException($"The machine did not {what} within {OwnTimeout.TotalMinutes:0} minutes.");
        }
    }

    // Which limit a failed command ran into, by the counters of the control group and the free space.
    private async Task<LimitKind> BrokenLimitAsync(CancellationToken cancel)
    {
        var client = await AliveClientAsync(cancel);
        var state = (await client.Containers.InspectContainerAsync(_id, cancel)).State;
        var host = state is { Running: true } ? ControlGroup.OfHostProcess(state.Pid) : null;

        // Read from outside first: the code may have left no room to run anything inside.
        if (host is { } seen && Exceeded(seen.Counters) is not LimitKind.None and var limit)
            return limit;
        if (host is { IsClogged: true })
            return LimitKind.None;
        try
        {
            if (await LookAsync(cancel) is not { } answer)
            {
                // The code has stopped our program. Then its exit code has to do, and nothing more is asked of that machine.
                await KillAsync();
                return LimitKind.None;
            }

            return host is null && Exceeded(ControlGroup.Counters(answer)) is not LimitKind.None and var counted ? counted
                : ControlGroup.IsDiskFull(answer) ? LimitKind.Disk
                : LimitKind.None;
        }
        catch (InfrastructureException)
        {
            if (await FatalLimitAsync(cancel) is not LimitKind.None and var fatal)
                return fatal;

            // It runs, and the code has killed our program in it.
            if ((await client.Containers.InspectContainerAsync(_id, cancel)).State is not { Running: true })
                throw;
            await KillAsync();
            return LimitKind.None;
        }
    }

    private LimitKind Exceeded(ControlGroupCounters now)
    {
        var before = _before;
        _before = now;
        return now.MemoryKills > before.MemoryKills ? LimitKind.Memory
            : now.RefusedForks > before.RefusedForks ? LimitKind.Processes
            : LimitKind.None;
    }

    // Null when it takes too long.
    private async Task<string?> LookAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(LookTimeout);
        using var text = new MemoryStream();
        try
        {
            var (code, error) = await OursAsync("look at a failed command", ["/bin/sh", "-c", ControlGroup.CountersScript], null, Collect(text), limit.Token);
            return code == 0
                ? System.Text.Encoding.ASCII.GetString(text.ToArray())
                : throw new InfrastructureException($"The machine could not be looked at after a command failed: {error}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    // Why nothing can be run in it any more: all of it was killed for its memory, or what the code left running takes every process
    // or all the memory it may have. None when neither is so: then the failure is ours.
    private async Task<LimitKind> FatalLimitAsync(CancellationToken cancel)
    {
        var limit = LimitKind.None;
        try
        {
            var client = await _engine.ReadyAsync(cancel);
            var state = await SettledStateAsync(client, cancel);
            var host = state is { Running: true } ? ControlGroup.OfHostProcess(state.Pid) : null;
            limit = state is { Running: false } && WasKilledForMemory(state) ? LimitKind.Memory
                : host is not { } seen ? LimitKind.None
                : Exceeded(seen.Counters) is not LimitKind.None and var exceeded ? exceeded
                : seen.IsClogged ? LimitKind.Processes
                : LimitKind.None;
        }
        catch (Exception e) when (EngineFailure.IsOne(e))
        {
            // The engine is what failed.
        }

        if (limit != LimitKind.None)
            await KillAsync();
        return limit;
    }

    // An engine still calls a container running for a moment after its first process was killed.
    private async Task<State?> SettledStateAsync(IDockerClient client, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var state = (await client.Containers.InspectContainerAsync(_id, cancel)).State;
            if (state is not { Running: true } || ControlGroup.OfHostProcess(state.Pid) is not null || watch.Elapsed > NoticeTimeout)
                return state;
            await Task.Delay(100, cancel);
        }
    }

    // With control groups of version 1 podman does not say why; then the kernel's own count of such kills has to speak for it.
    private bool WasKilledForMemory(State state) =>
        state.OOMKilled || (state.ExitCode == 128 + 9 && ControlGroup.MemoryKillsOfHost() > _hostKills);

    // With the container every process of it is gone, however hostile.
    private async Task EndAsync()
    {
        IsAlive = false;
        if (_isRemoved)
            return;
        var client = await _engine.ReadyAsync(CancellationToken.None);
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                await RemoveOrKillAsync(client);
                _isRemoved = true;
                return;
            }
            catch (InfrastructureException) when (attempts < MostRemovals)
            {
                // podman itself tidies up after a container whose first process has died, and then both get in each other's way.
                await Task.Delay(250 * attempts, CancellationToken.None);
            }
        }
    }

    // podman waits up to four minutes, and for so long lets nobody at the container, when the code stops a program just as it is
    // started in there. With the first process all the others die, and it goes on.
    private async Task RemoveOrKillAsync(IDockerClient client)
    {
        var removing = RemoveAsync(client, _id, CancellationToken.None);
        if (await Task.WhenAny(removing, Task.Delay(NoticeTimeout, CancellationToken.None)) != removing)
            ControlGroup.Kill(_firstProcess, _id);
        await removing;
    }

    // By one signal, whatever goes on in there: the engine takes long to get a turn beside thousands of processes.
    private async Task KillAsync()
    {
        IsAlive = false;
        if (!_isRemoved)
            ControlGroup.Kill(_firstProcess, _id);
        await EndAsync();
    }

    private sealed class OutputLimitException : Exception;
}
