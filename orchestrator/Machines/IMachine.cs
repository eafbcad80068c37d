namespace OpenConfirm.Machines;

/// <summary>A frozen state that machines are taken from.</summary>
/// <param name="Id">The backend's own name of it, stable and safe as a file name.</param>
/// <param name="Image">The image it descends from ("debian-12").</param>
public sealed record Snapshot(string Id, string Image);

/// <summary>What a machine may use. Nothing is unlimited: the code inside is hostile.</summary>
public sealed record MachineLimits
{
    /// <summary>Processors; 0 for all of the host's.</summary>
    public double Cpus { get; init; }

    /// <summary>Memory, bytes, the work disk included where the backend keeps it in memory.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>
    /// Processes and threads at one time; a backend gives no more than one for every 2 MiB of <see cref="MemoryBytes"/>, or code that
    /// forks without end would take the kernel from one kill for want of memory to the next.
    /// </summary>
    public int Processes { get; init; } = 2048;

    /// <summary>
    /// Size of the writable work disk, bytes. A backend that keeps it in memory gives at most three quarters of
    /// <see cref="MemoryBytes"/>, so that a full disk shows as a full disk.
    /// </summary>
    public long DiskBytes { get; init; } = 3L << 30;
}

/// <summary>A command to run in a machine.</summary>
public sealed record MachineCommand
{
    /// <summary>Program and arguments; no shell is put in between.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Working directory inside of the machine.</summary>
    public string Directory { get; init; } = WorkDirectory;

    /// <summary>Variables set besides the image's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Wall time after which it is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Output after which it is killed, bytes.</summary>
    public long OutputBytes { get; init; } = 64L << 20;

    /// <summary>The one writable directory of a machine.</summary>
    public const string WorkDirectory = "/work";
}

/// <summary>A limit that the code in a machine ran into.</summary>
public enum LimitKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Wall time.</summary>
    Time,

    /// <summary>Memory: the kernel killed a process.</summary>
    Memory,

    /// <summary>Bytes of output.</summary>
    Output,

    /// <summary>Processes at one time: a fork was refused.</summary>
    Processes,

    /// <summary>The work disk, or the machine's other writable places, were full when the command failed.</summary>
    Disk,
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">The exit code; 128 + n for signal n; -1 when a limit ended it.</param>
/// <param name="Limit">The limit it broke.</param>
/// <param name="Elapsed">Wall time from start to end.</param>
public sealed record CommandResult(int ExitCode, LimitKind Limit, TimeSpan Elapsed)
{
    /// <summary>Exit code 0 within all limits.</summary>
    public bool Succeeded => ExitCode == 0 && Limit == LimitKind.None;
}

/// <summary>What a machine handed out breaks the caps on it: the fault of the code inside, never ours.</summary>
public sealed class MachineOutputException : Exception
{
    /// <summary>Says which cap was broken.</summary>
    public MachineOutputException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>What was to be put into a machine does not fit it, or the code in it left no room: the code's fault, never ours.</summary>
public sealed class MachineLimitException : Exception
{
    /// <summary>Says which limit, and what did not fit.</summary>
    public MachineLimitException(LimitKind limit, string message, Exception? inner = null)
        : base(message, inner) => Limit = limit;

    /// <summary>The limit.</summary>
    public LimitKind Limit { get; }
}

/// <summary>One use of a snapshot, thrown away after. Failures of ours throw <see cref="OpenConfirm.Model.InfrastructureException"/>.</summary>
public interface IMachine : IAsyncDisposable
{
    /// <summary>
    /// False once a limit or a cancellation ended it: nothing runs in it any more, and it can only be disposed of.
    /// </summary>
    bool IsAlive { get; }

    /// <summary>The snapshot it was taken from.</summary>
    Snapshot Origin { get; }

    /// <summary>
    /// Unpacks a tar stream below a directory of the work disk, made when missing, as the machine's plain user.
    /// Modification times are the archive's, or with <paramref name="touch"/> the present: newer than every object file.
    /// What does not fit throws <see cref="MachineLimitException"/>.
    /// </summary>
    Task PutAsync(Stream tar, string directory, bool touch, CancellationToken cancel);

    /// <summary>
    /// Runs a command; standard output and error arrive interleaved in <paramref name="output"/> as they come.
    /// A program that cannot be started gives 126 or 127, a missing directory 125. Breaking the limit on time or output,
    /// or cancelling, ends the whole machine: nothing of the command goes on running.
    /// </summary>
    Task<CommandResult> RunAsync(MachineCommand command, Stream output, CancellationToken cancel);

    /// <summary>
    /// Copies regular files of a directory of the machine into <paramref name="hostDirectory"/>. What comes out is hostile:
    /// links, devices and paths that leave the directory are left out, and more than <paramref name="maxBytes"/> (or too many
    /// files) throws <see cref="MachineOutputException"/>. A directory that is not there gives no files.
    /// </summary>
    Task GetAsync(string directory, string hostDirectory, long maxBytes, CancellationToken cancel);

    /// <summary>
    /// Freezes the work disk as a new snapshot under this id; an existing one of that id is replaced. Files that claim to be
    /// larger than the disk throw <see cref="MachineOutputException"/>.
    /// </summary>
    Task<Snapshot> FreezeAsync(string id, CancellationToken cancel);
}

/// <summary>A source of machines: containers here, virtual machines later.</summary>
public interface IMachinePool : IAsyncDisposable
{
    /// <summary>The clean snapshot of an image, or an error that says how to build it.</summary>
    Task<Snapshot> CleanAsync(string image, CancellationToken cancel);

    /// <summary>A frozen snapshot by its id, or null.</summary>
    Task<Snapshot?> FindAsync(string id, CancellationToken cancel);

    /// <summary>Deletes a frozen snapshot; machines taken from it live on. One that is gone already is fine.</summary>
    Task DropAsync(string id, CancellationToken cancel);

    /// <summary>Takes a machine with an own copy of the snapshot's work disk.</summary>
    Task<IMachine> TakeAsync(Snapshot snapshot, MachineLimits limits, CancellationToken cancel);
}
