using System.Globalization;
using System.Text;
using CliWrap;
using OpenConfirm.Report;

namespace OpenConfirm.Cli.Tests;

/// <summary>A <c>check</c> that runs.</summary>
internal sealed class StartedCheck : IAsyncDisposable
{
    private readonly CancellationTokenSource _kill = new();
    private readonly StringBuilder _terminal = new();
    private readonly CommandTask<CommandResult> _running;
    private readonly string _folder;
    private long _peakBytes;

    private StartedCheck(TestTree tree, string mbox, string folder, string temporary)
    {
        _folder = folder;
        _running = CliWrap.Cli.Wrap(Path.Combine(AppContext.BaseDirectory, "openconfirm"))
            .WithArguments(["check", mbox, "--project", tree.ProjectFile, "--tree", tree.Tree, "--out", folder])
            .WithEnvironmentVariables(v => v.Set("OPENCONFIRM_DATA", tree.Data).Set("TMPDIR", temporary))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(_terminal))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_terminal))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token);
    }

    /// <summary>Process id of the program.</summary>
    public int Id => _running.ProcessId;

    /// <summary>Starts one.</summary>
    public static StartedCheck Of(TestTree tree, string mbox, string folder, string temporary) => new(tree, mbox, folder, temporary);

    /// <summary>Waits for its end; a program that is still there when the time is over is killed and fails the test.</summary>
    public async Task<HostileRun> EndAsync(CancellationToken limit)
    {
        var code = await ExitCodeAsync(limit);
        var result = Path.Combine(_folder, "result.json");
        Assert.That(result, Does.Exist, $"exit code {code}: {_terminal}");
        return new HostileRun
        {
            ExitCode = code,
            Mail = await File.ReadAllTextAsync(Path.Combine(_folder, "mail.txt"), CancellationToken.None),
            Terminal = _terminal.ToString(),
            Folder = _folder,
            Outcome = ResultFile.Read(result).Outcome,
            PeakBytes = _peakBytes,
        };
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync(CancellationToken limit)
    {
        while (!_running.Task.IsCompleted)
        {
            if (limit.IsCancellationRequested)
            {
                await DisposeAsync();
                Assert.Fail($"The program does not end: {_terminal}");
            }

            _peakBytes = Math.Max(_peakBytes, Peak());
            await Task.WhenAny(_running.Task, Task.Delay(100, CancellationToken.None));
        }

        return (await _running).ExitCode;
    }

    /// <summary>Sends it a signal ("INT").</summary>
    public async Task SignalAsync(string signal) =>
        // The shell's own: a minimal system has no program of that name.
        await CliWrap.Cli.Wrap("/bin/sh").WithArguments(["-c", "kill -\"$1\" \"$2\"", "sh", signal, Id.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kill.CancelAsync();
        await _running.Task.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private long Peak()
    {
        try
        {
            var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return 0; // It has ended.
        }
    }
}
