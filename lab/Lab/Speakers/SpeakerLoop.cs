using System.Diagnostics;
using System.Runtime.InteropServices;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Speakers;

/// <summary>
/// One thread that runs the state machines of many speakers: it waits for their sockets and their timers with poll(2). What one
/// of them throws ends that one. After the loop's end, what is posted runs at once, where it is posted.
/// </summary>
public sealed class SpeakerLoop : IDisposable
{
    private readonly List<IEndpoint> _endpoints = [];
    private readonly Lock _lock = new();
    private readonly Lock _afterEnd = new();
    private readonly Thread _thread;
    private readonly Descriptor _wakeRead;
    private readonly Descriptor _wakeWrite;
    private List<(IEndpoint? Owner, Action Action)> _posted = [];
    private List<(IEndpoint? Owner, Action Action)> _running = [];
    private Libc.PollFd[] _polled = new Libc.PollFd[16];
    private IEndpoint[] _waiting = new IEndpoint[16];
    private int _count;
    private long _firstDeadline;
    private bool _isStopped;
    private bool _isOver;

    /// <summary>Starts the thread.</summary>
    /// <exception cref="LabException">There are no descriptors left.</exception>
    public SpeakerLoop()
    {
        const int NonBlocking = 0x800;
        (_wakeRead, _wakeWrite) = Descriptor.Pipe(Libc.CloseOnExec | NonBlocking);
        _thread = new Thread(Run) { IsBackground = true, Name = "speakers" };
        _thread.Start();
    }

    /// <summary>Ends the thread. What is still on it ends with that as its cause.</summary>
    public void Dispose()
    {
        Post(null, () => _isStopped = true);
        _thread.Join();
        _wakeRead.Dispose();
        _wakeWrite.Dispose();
    }

    /// <summary>Does something on the loop's thread, some time soon.</summary>
    /// <param name="owner">Whom it ends when it throws.</param>
    /// <param name="action">What.</param>
    internal void Post(IEndpoint? owner, Action action)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _posted.Add((owner, action));
                if (_posted.Count == 1)
                    Wake();
                return;
            }
        }

        lock (_afterEnd)
            Guard(owner, action, static action => action());
    }

    /// <summary>Does something on the loop's thread and waits for it.</summary>
    internal Task<T> InvokeAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(null, () =>
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
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    internal void Add(IEndpoint endpoint)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        _endpoints.Add(endpoint);
    }

    /// <summary>Lets it go; on the loop's thread.</summary>
    internal void Remove(IEndpoint endpoint) => _endpoints.Remove(endpoint);

    private unsafe void Wake()
    {
        byte octet = 0;
        _ = Libc.Write(_wakeWrite, &octet, 1);
    }

    private void Run()
    {
        var cause = new LabException("the loop that ran it has ended");
        try
        {
            // What is posted may close one socket and open another of the same number: it has its turn when no answer of poll is left.
            while (!_isStopped)
            {
                Wait();
                HandOut();
                CallDue();
                RunPosted();
            }
        }
#pragma warning disable CA1031 // It is told as the cause of all their ends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            cause = new LabException($"the loop that ran it has failed: {e.Message}", e);
        }

        while (_endpoints.Count > 0)
            Fail(_endpoints[^1], cause);
        lock (_afterEnd)
        {
            lock (_lock)
                _isOver = true;
            RunPosted();
        }
    }

    /// <summary>Tells endpoints what poll(2) has found.</summary>
    private void HandOut()
    {
        for (var i = 1; i < _count; i++)
        {
            // What an endpoint did may have closed another's socket.
            var (endpoint, polled) = (_waiting[i], _polled[i]);
            if (polled.Returned == 0 || endpoint.Descriptor != polled.Fd)
                continue;
            if ((polled.Returned & Libc.PollFd.Invalid) != 0)
            {
                Fail(endpoint, new LabException("its socket was closed behind its back"));
                continue;
            }

            if ((polled.Returned & Libc.PollFd.Out) != 0 && !Guard(endpoint, endpoint, static e => e.OnWritable()))
                continue;
            if ((polled.Returned & ~Libc.PollFd.Out) != 0 && endpoint.Descriptor == polled.Fd)
                Guard(endpoint, endpoint, static e => e.OnReadable());
        }
    }

    private void CallDue()
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = _endpoints.Count - 1; i >= 0; i--)
        {
            if (i >= _endpoints.Count)
                continue;
            Guard(_endpoints[i], (Endpoint: _endpoints[i], Now: now), static at =>
            {
                if (at.Endpoint.Deadline <= at.Now)
                    at.Endpoint.OnDeadline();
            });
        }
    }

    /// <summary>Does something for an endpoint; what it throws ends it.</summary>
    /// <returns>False when it has thrown.</returns>
    private bool Guard<T>(IEndpoint? endpoint, T argument, Action<T> action)
    {
        try
        {
            action(argument);
            return true;
        }
#pragma warning disable CA1031 // It is told as the cause of its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (endpoint is not null)
                Fail(endpoint, e);
            return false;
        }
    }

    private void Fail(IEndpoint endpoint, Exception cause)
    {
        _endpoints.Remove(endpoint);
        try
        {
            endpoint.OnFailure(cause);
        }
#pragma warning disable CA1031 // It is off the loop; the others go on.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Waits until something is to be done.</summary>
    private unsafe void Wait()
    {
        if (_polled.Length < _endpoints.Count + 1)
        {
            Array.Resize(ref _polled, (_endpoints.Count + 1) * 2);
            Array.Resize(ref _waiting, _polled.Length);
        }

        (_count, _firstDeadline) = (1, long.MaxValue);
        _polled[0] = new Libc.PollFd { Fd = _wakeRead.Number, Events = Libc.PollFd.In };
        for (var i = _endpoints.Count - 1; i >= 0; i--)
        {
            if (i < _endpoints.Count)
                Guard(_endpoints[i], (Loop: this, Endpoint: _endpoints[i]), static at => at.Loop.TakeIn(at.Endpoint));
        }

        // Rounded up, so that a timer is due when it is looked at.
        var left = _firstDeadline == long.MaxValue ? -1 : Math.Max(0, Math.Ceiling(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _firstDeadline).TotalMilliseconds));
        fixed (Libc.PollFd* start = _polled)
        {
            if (Libc.Poll(start, (nuint)_count, (int)Math.Min(left, int.MaxValue)) < 0 && Marshal.GetLastPInvokeError() is not (4 or 11))
                throw new LabException(Libc.Error("poll"));
        }
    }

    private void TakeIn(IEndpoint endpoint)
    {
        _firstDeadline = Math.Min(_firstDeadline, endpoint.Deadline);
        var descriptor = endpoint.Descriptor;
        if (descriptor < 0)
            return;
        _waiting[_count] = endpoint;
        _polled[_count++] = new Libc.PollFd { Fd = descriptor, Events = (short)(Libc.PollFd.In | (endpoint.WantsToWrite ? Libc.PollFd.Out : 0)) };
    }

    /// <summary>Runs what was posted until now; what it posts itself waits for the next turn.</summary>
    private unsafe void RunPosted()
    {
        var sink = stackalloc byte[64];
        while (Libc.Read(_wakeRead, sink, 64) == 64)
        {
        }

        lock (_lock)
            (_posted, _running) = (_running, _posted);
        foreach (var (owner, action) in _running)
            Guard(owner, action, static action => action());
        _running.Clear();
    }
}
