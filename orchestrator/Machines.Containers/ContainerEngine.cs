using System.Net.Sockets;
using Docker.DotNet;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>
/// A connection to Docker or podman through the Docker API. Where no engine listens but podman is installed, podman's own
/// service is started on a private socket; it ends with <see cref="DisposeAsync"/>, or by itself some minutes after its last use.
/// </summary>
public sealed class ContainerEngine : IAsyncDisposable
{
    /// <summary>An engine that is busy with others, or waits for one of them to be ended, still answers within this.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private readonly PodmanService? _podman;
    private readonly SemaphoreSlim _gate = new(1);

    private ContainerEngine(Uri endpoint, PodmanService? podman)
    {
        Endpoint = endpoint;
        _podman = podman;
        Client = new DockerClientBuilder().WithEndpoint(endpoint).WithTimeout(Timeout.InfiniteTimeSpan).Build();
    }

    /// <summary>Where the engine listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>Whether it runs on this machine and so can mount our files.</summary>
    public bool IsLocal => Endpoint.Scheme == "unix";

    /// <summary>Whether it is podman behind Docker's API.</summary>
    public bool IsPodman => Name.StartsWith("Podman", StringComparison.OrdinalIgnoreCase);

    /// <summary>Name and version ("Podman Engine 4.3.1"), for people.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Limits that the engine itself says it cannot hold here ("memory", "swap", "cpu", "processes").</summary>
    public IReadOnlyList<string> UnenforcedLimits { get; private set; } = [];

    internal IDockerClient Client { get; }

    /// <summary>
    /// Connects to the engine of <c>DOCKER_HOST</c>, else to the first that listens on the usual sockets, else starts podman's.
    /// </summary>
    /// <exception cref="InfrastructureException">No engine answers; the message says what was tried and what to install.</exception>
    public static async Task<ContainerEngine> ConnectAsync(CancellationToken cancel)
    {
        var tried = new List<string>();
        foreach (var endpoint in Endpoints())
        {
            var engine = new ContainerEngine(endpoint, podman: null);
            try
            {
                await engine.DescribeAsync(cancel);
                return engine;
            }
            catch (Exception e) when (EngineFailure.IsOne(e))
            {
                tried.Add($"{endpoint}: {EngineFailure.Reason(e)}");
                await engine.DisposeAsync();
            }
        }

        var named = Environment.GetEnvironmentVariable("DOCKER_HOST");
        if (string.IsNullOrEmpty(named) && PodmanService.IsInstalled)
            return await StartPodmanAsync(cancel);
        var detail = tried.Count == 0 ? "no socket of Docker or podman, and no podman" : string.Join("; ", tried);
        throw new InfrastructureException(string.IsNullOrEmpty(named)
            ? $"No container engine ({detail}). Run `./openconfirm setup`, which installs podman, or start Docker."
            : $"The container engine of DOCKER_HOST does not answer ({detail}). Correct DOCKER_HOST or unset it.");
    }

    /// <summary>Makes sure that the engine answers: podman's service ends when it has been idle for long.</summary>
    internal async Task<IDockerClient> ReadyAsync(CancellationToken cancel)
    {
        if (_podman is null || _podman.IsRunning)
            return Client;
        await _gate.WaitAsync(cancel);
        try
        {
            if (!_podman.IsRunning)
                await _podman.StartAsync(cancel);
        }
        finally
        {
            _gate.Release();
        }

        return Client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _gate.Dispose();
        if (_podman is not null)
            await _podman.DisposeAsync();
    }

    private static async Task<ContainerEngine> StartPodmanAsync(CancellationToken cancel)
    {
        var podman = new PodmanService();
        var engine = new ContainerEngine(podman.Endpoint, podman);
        try
        {
            await podman.StartAsync(cancel);
            await engine.DescribeAsync(cancel);
            return engine;
        }
        catch (Exception e)
        {
            await engine.DisposeAsync();
            if (EngineFailure.IsOne(e))
                throw new InfrastructureException($"podman's service does not answer: {EngineFailure.Reason(e)}", e);
            throw;
        }
    }

    private static IEnumerable<Uri> Endpoints()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } named)
        {
            yield return Uri.TryCreate(named, UriKind.Absolute, out var uri)
                ? uri
                : throw new UsageException($"DOCKER_HOST is no address such as unix:///var/run/docker.sock: {named}");
            yield break;
        }

        string[] sockets =
        [
            "/var/run/docker.sock",
            "/run/podman/podman.sock",
            Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "", "podman/podman.sock"),
        ];
        foreach (var socket in sockets.Where(s => Path.IsPathRooted(s) && File.Exists(s)))
            yield return new Uri($"unix://{socket}");
    }

    private async Task DescribeAsync(CancellationToken cancel)
    {
        var version = await Client.System.GetVersionAsync(cancel).WaitAsync(AnswerTimeout, cancel);
        var info = await Client.System.GetSystemInfoAsync(cancel).WaitAsync(AnswerTimeout, cancel);
        Name = $"{version.Components?.FirstOrDefault()?.Name ?? "Docker"} {version.Version}";
        UnenforcedLimits =
        [
            .. info.MemoryLimit ? Array.Empty<string>() : ["memory"],
            .. info.SwapLimit ? Array.Empty<string>() : ["swap"],
            .. info.CPUCfsQuota ? Array.Empty<string>() : ["cpu"],
            .. info.PidsLimit ? Array.Empty<string>() : ["processes"],
        ];
    }
}

/// <summary>Which exceptions mean that the engine failed, and how to say so.</summary>
internal static class EngineFailure
{
    public static bool IsOne(Exception e) =>
        e is DockerApiException or HttpRequestException or IOException or SocketException or TimeoutException
            or ObjectDisposedException or System.Text.Json.JsonException;

    /// <summary>The innermost message on one line: outer ones only say "error while sending the request".</summary>
    public static string Reason(Exception e) =>
        (e is DockerApiException ? e.Message : e.GetBaseException().Message).ReplaceLineEndings(" ").Trim();

    /// <summary>Runs an engine call; its failures become <see cref="InfrastructureException"/>.</summary>
    public static async Task<T> GuardAsync<T>(string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsOne(e))
        {
            throw new InfrastructureException($"The container engine failed to {what}: {Reason(e)}", e);
        }
    }

    /// <inheritdoc cref="GuardAsync{T}"/>
    public static Task GuardAsync(string what, Func<Task> call) => GuardAsync(what, async () =>
    {
        await call();
        return true;
    });
}
