using System.Diagnostics;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>What a daemon says of a neighbour.</summary>
/// <param name="Protocol">In which protocol.</param>
/// <param name="Name">Its address, router or system identifier, as the daemon names it.</param>
/// <param name="State">The state, in the daemon's words.</param>
/// <param name="IsUp">Routes are exchanged: Established, Full, Up.</param>
/// <param name="Received">Prefixes that it has sent and that are kept; null when the daemon does not say.</param>
public sealed record Neighbor(RoutingProtocol Protocol, string Name, string State, bool IsUp, int? Received = null);

/// <summary>A route that a daemon knows.</summary>
/// <param name="Protocol">From which protocol.</param>
/// <param name="Prefix">Where to.</param>
/// <param name="NextHop">By whom; null when it does not say.</param>
/// <param name="IsBest">It is the one that is used.</param>
public sealed record DaemonRoute(RoutingProtocol Protocol, string Prefix, string? NextHop, bool IsBest);

/// <summary>A daemon that runs in a node.</summary>
public abstract class Daemon(DaemonDriver driver, Node node, Installation installation) : IAsyncDisposable
{
    /// <summary>How long a daemon may take to start or to answer; far more than any needs.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<NodeProcess> _processes = [];
    private readonly Dictionary<NodeProcess, CrashStack> _stacks = [];

    /// <summary>The driver's name.</summary>
    public string Name { get; } = driver.Name;

    /// <summary>Its routes get to the kernel as it is packaged.</summary>
    public bool InstallsRoutes { get; } = driver.InstallsRoutes;

    /// <summary>Where it runs.</summary>
    public Node Node { get; } = node;

    /// <summary>Its processes, in the order of their start.</summary>
    public IReadOnlyList<NodeProcess> Processes => _processes;

    /// <summary>Where its programs are.</summary>
    protected Installation Installation { get; } = installation;

    /// <summary>Its version, as it says it.</summary>
    public abstract Task<string> VersionAsync(CancellationToken cancel);

    /// <summary>Asks on its control channel, in its own language.</summary>
    public abstract Task<string> AskAsync(string command, CancellationToken cancel);

    /// <summary>Gives it another configuration while it runs.</summary>
    /// <exception cref="DaemonException">It refuses: its message, with the line.</exception>
    public abstract Task ReconfigureAsync(RouterConfig config, CancellationToken cancel);

    /// <summary>Its neighbours in a protocol.</summary>
    public abstract Task<IReadOnlyList<Neighbor>> NeighborsAsync(RoutingProtocol protocol, CancellationToken cancel);

    /// <summary>The routes that it has learned by a protocol.</summary>
    public abstract Task<IReadOnlyList<DaemonRoute>> RoutesAsync(RoutingProtocol protocol, CancellationToken cancel);

    /// <summary>How it is.</summary>
    public async Task<Health> HealthAsync(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        string? silent = null;
        try
        {
            await VersionAsync(cancel);
        }
        catch (Exception e) when (e is DaemonException or TimeoutException)
        {
            silent = e.Message;
        }

        var latency = clock.Elapsed;
        var processes = new List<ProcessHealth>();
        foreach (var process in Processes)
        {
            var health = ProcessHealth.Of(process, Name);
            processes.Add(health.Signal is null ? health : health with { Stack = await StackAsync(process, cancel) });
        }

        return new(processes, latency, silent);
    }

    /// <summary>Waits until something that the daemon says holds.</summary>
    /// <param name="ask">Asks it.</param>
    /// <param name="holds">What is waited for.</param>
    /// <param name="limit">How long.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>The last answer, whether it holds or not.</returns>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> ask, Func<T, bool> holds, TimeSpan limit, CancellationToken cancel)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var answer = await ask(cancel);
            if (holds(answer) || clock.Elapsed > limit || Dead is not null)
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }
    }

    /// <summary>How one of its programs is run in its node by hand, as one writes it in a shell.</summary>
    public string ByHand(string program, params IReadOnlyList<string> arguments) => Installation.Command(program, "/", arguments).ToString();

    /// <summary>Asks it to end; kills it when it does not.</summary>
    public async Task StopAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
            await process.StopAsync(TimeSpan.FromSeconds(5));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            process.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts it with a configuration, and waits until it answers.</summary>
    internal abstract Task StartAsync(RouterConfig config, CancellationToken cancel);

    /// <summary>A process that has ended, or null.</summary>
    internal NodeProcess? Dead => _processes.FirstOrDefault(p => p.Ended.IsCompleted);

    /// <summary>Ends when one of its processes does.</summary>
    internal Task Ended => Task.WhenAny(_processes.Select(p => p.Ended));

    /// <summary>Looked for once.</summary>
    private async Task<CrashStack> StackAsync(NodeProcess process, CancellationToken cancel) =>
        _stacks.TryGetValue(process, out var stack) ? stack : _stacks[process] = await CrashStack.FindAsync(Node, process, Installation, cancel);

    /// <summary>Starts one of its programs.</summary>
    protected NodeProcess Start(string program, params IReadOnlyList<string> arguments)
    {
        // Each in a folder of its own, where its core would be.
        var folder = $"/run/openconfirm/process{_processes.Count}";
        Node.Run(() => Directory.CreateDirectory(folder));
        var process = Node.Start(Installation.Command(program, folder, arguments) with { KeepsCore = true });
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs one of its programs to its end.</summary>
    protected Task<ProcessResult> RunAsync(string program, CancellationToken cancel, params IReadOnlyList<string> arguments) =>
        NodeProcess.RunAsync(Node, Installation.Command(program, "/", arguments), Patience, cancel);

    /// <summary>Waits until the daemon answers.</summary>
    /// <param name="answers">Asks; false, or an exception of the daemon's, when it does not answer yet.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="DaemonException">It has ended, or does not answer in time; with the end of its log.</exception>
    protected async Task WaitUntilAnsweringAsync(Func<Task<bool>> answers, CancellationToken cancel)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            if (Dead is { } dead)
                throw new DaemonException($"{Name} ended at start: {await EndOfAsync(dead)}");
            if (await answers())
                return;
            if (clock.Elapsed > Patience)
                throw new DaemonException($"{Name} does not answer, {Patience.TotalSeconds:0} s after its start{EndOfLog(_processes[^1])}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
        }
    }

    private static async Task<string> EndOfAsync(NodeProcess process)
    {
        var code = await process.Ended;
        return $"{process.Command.Program} {(code > 128 ? $"was ended by {ProcessHealth.NameOf(code - 128)}" : $"with code {code}")}{EndOfLog(process)}";
    }

    private static string EndOfLog(NodeProcess process)
    {
        var lines = process.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? "; it said nothing" : $"; the end of its log:\n{string.Join('\n', lines.TakeLast(8))}";
    }
}
