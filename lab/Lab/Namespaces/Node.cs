using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// One machine of a lab: a network and a mount namespace of its own, held by a thread that lives in both. What that thread
/// opens or starts belongs to the node, whoever uses it then. A thread is born into the namespaces of the one that starts it: the
/// node's thread starts none, and leaves nothing to be done by the runtime's own.
/// </summary>
public sealed class Node : IDisposable
{
    [ThreadStatic]
    private static bool s_isInside;

    private readonly Queue<Work> _work = [];
    private readonly Thread _thread;
    private readonly List<NodeProcess> _processes = [];
    private readonly NodeFolders _folders = new();
    private bool _isDisposed;
    private Descriptor? _namespace;
    private NodeMembers? _members;

    /// <summary>Makes one, with its loopback interface up.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="LabException">This machine lets us have no namespace.</exception>
    public Node(string name)
    {
        Name = name;
        RuntimeThreads.Have();
        _thread = new Thread(DoWork) { IsBackground = true, Name = $"node {name}" };
        _thread.Start();
        try
        {
            Run(Enter);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether the calling thread is a node's.</summary>
    internal static bool IsInside => s_isInside;

    /// <summary>Its name in messages.</summary>
    public string Name { get; }

    /// <summary>Its network namespace as a descriptor, for moving an interface to it.</summary>
    internal Descriptor NetworkNamespace => _namespace!;

    /// <summary>
    /// Does something in the node, and waits for it: opens a socket, reads or writes a file. Nothing asynchronous, which the
    /// runtime could make a thread for.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The node has ended.</exception>
    public T Run<T>(Func<T> work)
    {
        if (Thread.CurrentThread == _thread)
            return work();
        T result = default!;
        var item = new Work(() => result = work());
        lock (_work)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _work.Enqueue(item);
            Monitor.Pulse(_work);
        }

        item.Wait();
        return result;
    }

    /// <summary>Does something in the node.</summary>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Starts a process in the node.</summary>
    /// <exception cref="DaemonException">The file is missing or is no program of this machine.</exception>
    public NodeProcess Start(ProcessCommand command)
    {
        var process = new NodeProcess(this, command);
        lock (_processes)
            _processes.Add(process);
        return process;
    }

    /// <summary>Runs a program at our own terminal, to its end; it is killed when that is cancelled.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="DaemonException">There is no such program.</exception>
    public async Task<int> RunAtTerminalAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        Process process;
        try
        {
            process = Run(() => Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false })!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DaemonException($"{command[0]} cannot be started: {e.Message}", e);
        }

        using (process)
        {
            try
            {
                await process.WaitForExitAsync(cancel);
                return process.ExitCode;
            }
            finally
            {
                if (!process.HasExited)
                    NodeProcess.Kill(process);
            }
        }
    }

    /// <summary>Asks the kernel for the routes of the node's main table.</summary>
    public IReadOnlyList<KernelRoute> Routes() => Run(() =>
    {
        using var netlink = new Netlink();
        return netlink.Routes();
    });

    /// <summary>
    /// Makes an empty directory that the node can write in, wherever it is: programs have theirs compiled in. The host does not
    /// see it, and what the host has there is not seen in the node.
    /// </summary>
    public void MakeWritable(string directory) => Run(() => _folders.MakeWritable(directory));

    /// <summary>
    /// Puts together a root for daemons from a folder that has another system's; they share /run with the node, and the folders
    /// that are made writable from then on.
    /// </summary>
    /// <param name="folder">The root.</param>
    /// <param name="emulator">A program that runs its programs, when they are of another CPU.</param>
    internal void MakeRoot(string folder, string? emulator) => Run(() => _folders.MakeRoot(folder, emulator));

    /// <summary>Ends what runs in the node, whoever started it, and the node.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            Monitor.Pulse(_work);
        }

        // Nothing is started after the thread's end.
        _thread.Join();
        lock (_processes)
        {
            foreach (var process in _processes)
                process.Dispose();
        }

        _members?.KillAll();
        _namespace?.Dispose();
    }

    private void DoWork()
    {
        s_isInside = true;
        while (true)
        {
            Work? work;
            lock (_work)
            {
                while (!_work.TryDequeue(out work))
                {
                    if (_isDisposed)
                        return;
                    Monitor.Wait(_work);
                }
            }

            work.Do();
        }
    }

    private void Enter()
    {
        if (Libc.Unshare(Libc.CloneNewNet | Libc.CloneNewNs) != 0)
            throw new LabException($"{Libc.Error("unshare")}: a lab needs namespaces; 'openconfirm doctor' tells why there are none");
        _folders.Begin();
        SetgroupsFilter.Install();
        _members = NodeMembers.OfThisThread();
        _namespace = Libc.Open("/proc/thread-self/ns/net", Libc.CloseOnExec);
        if (_namespace.IsInvalid)
            throw new LabException(Libc.Error("/proc/thread-self/ns/net"));

        // An address that is tried out for a second before it may be used would only cost that second.
        foreach (var which in (ReadOnlySpan<string>)["all", "default"])
        {
            Set($"net/ipv6/conf/{which}/accept_dad", "0");
            Set($"net/ipv6/conf/{which}/dad_transmits", "0");
            Set($"net/ipv4/conf/{which}/rp_filter", "0");
        }

        Set("net/ipv4/ip_forward", "1");
        Set("net/ipv6/conf/all/forwarding", "1");
        using var netlink = new Netlink();
        netlink.SetUp("lo", isUp: true);
    }

    /// <summary>A setting that this kernel lacks (IPv6 switched off) is no reason to give up.</summary>
    private static void Set(string name, string value)
    {
        try
        {
            File.WriteAllText($"/proc/sys/{name}", value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Something to be done, and somebody who waits for it. A task would let the runtime's threads have a part in it.</summary>
    private sealed class Work(Action what)
    {
        private readonly object _gate = new();
        private ExceptionDispatchInfo? _thrown;
        private bool _isDone;

        public void Do()
        {
            try
            {
                what();
            }
#pragma warning disable CA1031 // It goes to whoever waits.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _thrown = ExceptionDispatchInfo.Capture(e);
            }

            lock (_gate)
            {
                _isDone = true;
                Monitor.Pulse(_gate);
            }
        }

        public void Wait()
        {
            lock (_gate)
            {
                while (!_isDone)
                    Monitor.Wait(_gate);
            }

            _thrown?.Throw();
        }
    }
}
