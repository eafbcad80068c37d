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

    /// <summary>What it reads from standard input.</summary>
    public string Input { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', (string[])[File, .. Arguments]);
}

/// <summary>What a program that has ended said.</summary>
/// <param name="Code">Its exit code; 128 and the signal when one ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record ProcessResult(int Code, string Output, string Errors);

/// <summary>A process of a node. What it writes is kept, up to a limit; it does not outlive this object.</summary>
public sealed class NodeProcess : IDisposable
{
    /// <summary>Characters of output that are kept, of the end.</summary>
    public const int KeptCharacters = 1 << 20;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Starts it; to be called on the thread of its node.</summary>
    internal NodeProcess(ProcessCommand command)
    {
        Command = command;
        _process = Begin(command);
        Id = _process.Id;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = EndedAsync(command.Input);
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
            Signal(Libc.Kill);
            return await Ended;
        }
    }

    /// <summary>Kills it if it still runs.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Signal(Libc.Kill);
        Ended.GetAwaiter().GetResult();
        _process.Dispose();
    }

    /// <summary>Runs a program in a node to its end. It is killed after so long.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<ProcessResult> RunAsync(Node node, ProcessCommand command, TimeSpan limit, CancellationToken cancel)
    {
        using var process = node.Run(() => Begin(command));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.StandardInput.WriteAsync(command.Input.AsMemory(), cancel);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancel).WaitAsync(limit, TimeProvider.System, cancel);
            return new(process.ExitCode, await output, await errors);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{command.File} did not end within {limit.TotalSeconds:0.#} s", e);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Starts a program in the namespaces of the calling thread.</summary>
    private static Process Begin(ProcessCommand command)
    {
        var start = new ProcessStartInfo(command.File, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
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

    private async Task<int> EndedAsync(string input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to read it.
        }

        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lock)
        {
            if (_log.Length > KeptCharacters)
                _log.Remove(0, KeptCharacters / 2);
            _log.Append(line.Length > 4096 ? line.AsSpan(0, 4096) : line).Append('\n');
        }
    }
}
