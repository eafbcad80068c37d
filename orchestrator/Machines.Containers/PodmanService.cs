using System.Net.Sockets;
using System.Text;
using CliWrap;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>
/// podman's Docker-compatible service on a private socket. Containers outlive it: it is only the way to them. It itself does not
/// outlive us, however we end: a shell beside it waits for the end of a pipe that only we hold, and then removes it with its folder.
/// </summary>
internal sealed class PodmanService : IAsyncDisposable
{
    private const int IdleSeconds = 600;

    /// <summary>
    /// The folder stays when the service has ended by itself: it is started there again. One that hangs in a request whose
    /// asker is gone holds locks that stop podman for everybody, so it is killed after ten seconds.
    /// </summary>
    private const string Watch = """
        directory=$1; shift
        exec 3<&0
        gone=
        "$@" 3<&- </dev/null & service=$!
        trap 'gone=1; kill "$service"' USR1
        { while read -r _; do :; done; kill -USR1 $$; } <&3 3<&- 2>/dev/null & watch=$!
        exec 3<&-
        wait "$service"; status=$?
        if [ -z "$gone" ]; then kill "$watch"; exit "$status"; fi
        n=0
        while [ "$n" -lt 100 ] && read -r state 2>/dev/null <"/proc/$service/stat"; do
            case $state in *') Z '*) break ;; esac
            sleep 0.1; n=$((n + 1))
        done
        kill -9 "$service" 2>/dev/null
        wait "$service"
        rm -rf -- "$directory"
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("openconfirm-podman-").FullName; // mode 0700
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly StringBuilder _errors = new();
    private Task? _service;

    /// <summary>Whether podman can be found on the PATH.</summary>
    public static bool IsInstalled => Find("podman") is not null;

    public Uri Endpoint => new($"unix://{SocketPath}");

    public bool IsRunning => _service is { IsCompleted: false };

    private string SocketPath => Path.Combine(_directory, "podman.sock");

    /// <summary>Starts it and waits until it accepts connections.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        // crun refuses the hybrid of cgroup versions 1 and 2; runc works there.
        var isUnified = File.Exists("/sys/fs/cgroup/cgroup.controllers");
        string[] runtime = !isUnified && Find("runc") is not null ? ["--runtime", "runc"] : [];
        File.Delete(SocketPath);
        _errors.Clear();

        // A session of its own: an interrupt typed at the terminal must leave it for our own cleaning up.
        _service = Cli.Wrap("setsid")
            .WithArguments(
            [
                "sh", "-c", Watch, "openconfirm-podman", _directory,
                "podman", .. runtime, "system", "service", "--time", $"{IdleSeconds}", Endpoint.ToString(),
            ])
            .WithStandardInputPipe(PipeSource.Create(HoldAsync))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Remember))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(_kill.Token).Task;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            while (!await AcceptsAsync(timeout.Token))
            {
                if (_service.IsCompleted)
                    throw Failure("ended at once");
                await Task.Delay(20, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failure("did not answer within 60 s");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _kill.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if (_service is not null)
                await _service;
        }
        catch (OperationCanceledException)
        {
            // This is how a stopped command ends.
        }

        _stop.Dispose();
        _kill.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    // Nothing is ever written: that the pipe is open says that we are there.
    private async Task HoldAsync(Stream pipe, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancel);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Append("/usr/sbin")
            .Where(Path.IsPathRooted)
            .Select(d => Path.Combine(d, program))
            .FirstOrDefault(File.Exists);

    private async Task<bool> AcceptsAsync(CancellationToken cancel)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Remember(string line)
    {
        lock (_errors)
        {
            if (_errors.Length < 4096)
                _errors.Append(line).Append(' ');
        }
    }

    private InfrastructureException Failure(string how)
    {
        lock (_errors)
            return new InfrastructureException($"podman's service {how}. {_errors}".TrimEnd());
    }
}
