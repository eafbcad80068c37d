using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// The runtime makes its threads for signals and for sockets when they are first needed, where that is. That may be on a thread of
/// a node, at the first start of a process or a connection: the thread would be in that node's network for good.
/// </summary>
internal static class RuntimeThreads
{
    private static readonly Lazy<bool> Started = new(Start);

    /// <summary>Has them made; on a thread that is no node's.</summary>
    public static void Have() => _ = Started.Value;

    private static bool Start()
    {
        PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => { }).Dispose();
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using var cancel = new CancellationTokenSource();
        var read = pipe.ReadAsync(new byte[1], cancel.Token).AsTask();
        cancel.Cancel();
        ((IAsyncResult)read).AsyncWaitHandle.WaitOne();
        return true;
    }
}
