using System.Diagnostics;
using System.Text;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>What to start.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProcessCommand(string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables on top of those that we have.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What it is for people, when the file is but a way to start it.</summary>
    public string Program { get; init; } = File;

    /// <summary>The folder that it works in.</summary>
    public string Folder { get; init; } = "/";

    /// <summary>The kernel may write its memory to that folder when it crashes.</summary>
    public bool KeepsCore { get; init; }

    /// <summary>What it reads from standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>As one writes it in a shell.</summary>
    public override string ToString() => string.Join(' ', (string[])[.. Environment.Select(v => $"{v.Key}={v.Value}"), File, .. Arguments]);
}

/// <summary>What a program that has ended said.</summary>
/// <param name="Code">Its exit code; 128 and the signal when one ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record ProcessResult(int Code, string Output, string Errors);

/// <summary>
/// A process of a node. What it writes is kept, up to a limit; it does not outlive this object. What it has started and left behind
/// ends with the node.
/// </summary>
public sealed class NodeProcess : IDisposable
{
    /// <summary>Characters of output that are kept, of the end.</summary>
    public const int KeptCharacters = 1 << 20;

    private const int LongestLine = 4096;
    private const int LargestAnswer = 1 << 29;
    private const ulong LargestCore = 1UL << 30;
    private static readonly TimeSpan PatienceWithTheKernel = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly Lock _lock = new();

    /// <summary>Starts it and keeps what it writes.</summary>
    /// <exception cref="DaemonException">The file is missing or is no program of this machine.</exception>
    internal NodeProcess(Node node, ProcessCommand command)
    {
        Command = command;
        _process = Begin(node, command);
        Id = _process.Id;
        if (command.KeepsCore)
            AllowCore(Id);
        var (output, errors) = (new ProcessOutput.Lines(Add, LongestLine), new ProcessOutput.Lines(Add, LongestLine));
        Ended = EndAsync(output.Take, errors.Take);
        async Task<int> EndAsync(Action<ReadOnlyMemory<byte>> toOutput, Action<ReadOnlyMemory<byte>> toErrors)
        {
            var code = await RunAsync(_process, command.Input, toOutput, toErrors);
            output.Finish();
            errors.Finish();
            return code;
        }
    }

    /// <summary>What was started.</summary>
    public ProcessCommand Command { get; }

    /// <summary>Its process id, in the lab.</summary>
    public int Id { get; }

    /// <summary>Ends with the process, when all that it wrote was read: its exit code, or 128 and the signal.</summary>
    public Task<int> Ended { get; }

    /// <summary>What it wrote, both streams, in lines.</summary>
    public string Log
    {
        get
        {
            lock (_lock)
                return _log.ToString();
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => _ = Ended.IsCompleted ? 0 : Libc.Signal(Id, signal);

    /// <summary>Asks it to end, and kills it when it has not in this time.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        Signal(Libc.Terminate);
        try
        {
            return await Ended.WaitAsync(patience, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Kill(_process);
            return await Ended;
        }
    }

    /// <summary>Kills it, with what it has started, if it still runs.</summary>
    public void Dispose()
    {
        if (!Ended.IsCompleted)
            Kill(_process);

        // What is killed ends; what the kernel holds back for so long does so with the lab.
        if (Ended.Wait(PatienceWithTheKernel))
            _process.Dispose();
    }

    /// <summary>Runs a program in a node to its end. It is killed, with what it has started, after so long.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    /// <exception cref="DaemonException">It is no program, or says more than can be kept.</exception>
    public static async Task<ProcessResult> RunAsync(Node node, ProcessCommand command, TimeSpan limit, CancellationToken cancel)
    {
        using var process = Begin(node, command);
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var running = RunAsync(process, command.Input, octets => Keep(output, octets), octets => Keep(errors, octets));
        try
        {
            var code = await running.WaitAsync(limit, TimeProvider.System, cancel);
            return output.Length + errors.Length < LargestAnswer
                ? new(code, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length), Encoding.UTF8.GetString(errors.GetBuffer(), 0, (int)errors.Length))
                : throw new DaemonException($"{command.File} says more than {LargestAnswer >> 20} MiB");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{command.File} did not end within {limit.TotalSeconds:0.#} s", e);
        }
        finally
        {
            if (!running.IsCompleted)
            {
                Kill(process);
                await ((Task)running).WaitAsync(PatienceWithTheKernel, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>As large as it may become, but no larger than a lab can hold. Where it cannot be allowed, there is no core.</summary>
    private static unsafe void AllowCore(int id)
    {
        const int Core = 4;
        Libc.Limit limit;
        if (Libc.ProcessLimit(id, Core, null, &limit) != 0)
            return;
        limit.Soft = Math.Min(limit.Hard, LargestCore);
        _ = Libc.ProcessLimit(id, Core, &limit, null);
    }

    /// <summary>Kills it with all that it has started and that has not been left behind by its parent.</summary>
    internal static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile, or one of its children has.
        }
    }

    /// <summary>Only the start is in the node: the threads that read and wait are not to be born there.</summary>
    private static Process Begin(Node node, ProcessCommand command)
    {
        if (Node.IsInside)
            throw new InvalidOperationException("a process is started from outside of Node.Run");
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.Folder,
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        try
        {
            return node.Run(() => Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DaemonException($"{command.File} cannot be started: {Reason(e)}", e);
        }
    }

    private static string Reason(System.ComponentModel.Win32Exception e) => e.NativeErrorCode switch
    {
        2 => "there is no such file",
        8 => "it is no program of this machine and its CPU",
        13 => "it is not executable",
        _ => e.Message,
    };

    /// <summary>Gives a process its input and takes its output, until it has ended; then all three pipes are closed.</summary>
    private static async Task<int> RunAsync(Process process, string input, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> errors)
    {
        var (toRead, toReadErrors, toWrite) = (process.StandardOutput, process.StandardError, process.StandardInput);
        using (toRead)
        using (toReadErrors)
        {
            using var ended = new CancellationTokenSource();
            var streams = Task.WhenAll(
                ProcessOutput.ReadAsync(toRead, output, ended.Token),
                ProcessOutput.ReadAsync(toReadErrors, errors, ended.Token),
                WriteAsync(toWrite.BaseStream, input, ended.Token));
            await process.WaitForExitAsync();
            await ended.CancelAsync();
            await streams;
            return process.ExitCode;
        }
    }

    private static async Task WriteAsync(Stream pipe, string input, CancellationToken ended)
    {
        await using (pipe)
        {
            try
            {
                await pipe.WriteAsync(Encoding.UTF8.GetBytes(input), ended);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // It did not want to read it.
            }
        }
    }

    private static void Keep(MemoryStream stream, ReadOnlyMemory<byte> octets)
    {
        if (stream.Length < LargestAnswer)
            stream.Write(octets.Span);
    }

    private void Add(string line)
    {
        lock (_lock)
        {
            if (_log.Length > KeptCharacters)
                _log.Remove(0, KeptCharacters / 2);
            _log.Append(line).Append('\n');
        }
    }
}
