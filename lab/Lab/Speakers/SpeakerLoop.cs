using System.Diagnostics;
using System.Runtime.InteropServices;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Speakers;

/// <summary>Something with a socket that lives on a <see cref="SpeakerLoop"/>. All its methods are called on the loop's thread.</summary>
internal interface IEndpoint
{
    /// <summary>The socket, or -1 while there is none.</summary>
    int Descriptor { get; }

    /// <summary>There is something to send, or a connection is being made.</summary>
    bool WantsToWrite { get; }

    /// <summary>When it wants to be called again, by <see cref="Stopwatch.GetTimestamp"/>; <see cref="long.MaxValue"/> for never.</summary>
    long Deadline { get; }

    /// <summary>The socket can be read, or has failed.</summary>
    void OnReadable();

    /// <summary>The socket takes more.</summary>
    void OnWritable();

    /// <summary>The deadline has come.</summary>
    void OnDeadline();
}

/// <summary>One thread that runs the state machines of many speakers: it waits for their sockets and their timers with poll(2).</summary>
public sealed class SpeakerLoop : IDisposable
{
    private readonly List<IEndpoint> _endpoints = [];
    private readonly Queue<Action> _posted = [];
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private Libc.PollFd[] _polled = new Libc.PollFd[16];
    private IEndpoint[] _waiting = new IEndpoint[16];
    private bool _isStopped;

    /// <summary>Starts the thread.</summary>
    public unsafe SpeakerLoop()
    {
        const int NonBlocking = 0x800;
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec | NonBlocking) != 0)
            throw new LabException(Libc.Error("pipe"));
        (_wakeRead, _wakeWrite) = (ends[0], ends[1]);
        _thread = new Thread(Run) { IsBackground = true, Name = "speakers" };
        _thread.Start();
    }

    /// <summary>Ends the thread. What is on it is not closed: each speaker does that.</summary>
    public void Dispose()
    {
        if (_isStopped)
            return;
        Post(() => _isStopped = true);
        _thread.Join();
        _ = Libc.Close(_wakeRead);
        _ = Libc.Close(_wakeWrite);
    }

    /// <summary>Does something on the loop's thread, some time soon.</summary>
    internal unsafe void Post(Action action)
    {
        lock (_lock)
            _posted.Enqueue(action);
        byte octet = 0;
        _ = Libc.Write(_wakeWrite, &octet, 1);
    }

    /// <summary>Does something on the loop's thread and waits for it.</summary>
    internal Task<T> InvokeAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
#pragma warning disable CA1031 // It goes to whoever asked.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Takes an endpoint in; on the loop's thread.</summary>
    internal void Add(IEndpoint endpoint) => _endpoints.Add(endpoint);

    /// <summary>Lets it go; on the loop's thread.</summary>
    internal void Remove(IEndpoint endpoint) => _endpoints.Remove(endpoint);

    private void Run()
    {
        while (!_isStopped)
        {
            var count = Wait();
            RunPosted();
            for (var i = 1; i < count; i++)
            {
                // What an endpoint did may have closed another's socket.
                var (endpoint, polled) = (_waiting[i], _polled[i]);
                if (polled.Returned == 0 || endpoint.Descriptor != polled.Fd)
                    continue;
                if ((polled.Returned & Libc.PollFd.Out) != 0)
                    endpoint.OnWritable();
                if ((polled.Returned & ~Libc.PollFd.Out) != 0 && endpoint.Descriptor == polled.Fd)
                    endpoint.OnReadable();
            }

            var now = Stopwatch.GetTimestamp();
            for (var i = _endpoints.Count - 1; i >= 0; i--)
            {
                if (i < _endpoints.Count && _endpoints[i].Deadline <= now)
                    _endpoints[i].OnDeadline();
            }
        }
    }

    private unsafe int Wait()
    {
        if (_polled.Length < _endpoints.Count + 1)
        {
            Array.Resize(ref _polled, (_endpoints.Count + 1) * 2);
            Array.Resize(ref _waiting, _polled.Length);
        }

        var count = 0;
        _polled[count++] = new Libc.PollFd { Fd = _wakeRead, Events = Libc.PollFd.In };
        var deadline = long.MaxValue;
        foreach (var endpoint in _endpoints)
        {
            deadline = Math.Min(deadline, endpoint.Deadline);
            if (endpoint.Descriptor < 0)
                continue;
            _waiting[count] = endpoint;
            _polled[count++] = new Libc.PollFd { Fd = endpoint.Descriptor, Events = (short)(Libc.PollFd.In | (endpoint.WantsToWrite ? Libc.PollFd.Out : 0)) };
        }

        // Rounded up, so that a timer is due when it is looked at.
        var left = deadline == long.MaxValue ? -1 : Math.Max(0, Math.Ceiling(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline).TotalMilliseconds));
        fixed (Libc.PollFd* start = _polled)
        {
            if (Libc.Poll(start, (nuint)count, (int)Math.Min(left, int.MaxValue)) < 0 && Marshal.GetLastPInvokeError() is not (4 or 11))
                throw new LabException(Libc.Error("poll"));
        }

        return count;
    }

    private unsafe void RunPosted()
    {
        if (_polled[0].Returned == 0)
            return;
        var sink = stackalloc byte[64];
        while (Libc.Read(_wakeRead, sink, 64) == 64)
        {
        }

        while (true)
        {
            Action action;
            lock (_lock)
            {
                if (!_posted.TryDequeue(out action!))
                    return;
            }

            action();
        }
    }
}
