using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// The namespaces that a lab lives in: the program runs itself again inside of new ones (network, mounts, processes, IPC,
/// and of users where it is not root). Nothing of them is seen outside, and when the inner program ends, however it ends,
/// the kernel ends all that it started, and takes the interfaces and mounts away.
/// </summary>
public static class Sandbox
{
    private const string Variable = "OPENCONFIRM_LAB_PIPE";
    private const byte Stop = 1;
    private const int SetDescriptorFlags = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly string? Inherited = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Whether this program is the inner one.</summary>
    public static bool IsInside => Inherited is not null;

    /// <summary>Runs this program again, inside, with these arguments; it has our terminal.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="LabException">This machine lets us have no such namespaces.</exception>
    public static async Task<int> RunInsideAsync(IEnumerable<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false };
        if (!Environment.IsPrivilegedProcess)
        {
            start.ArgumentList.Add("--user");
            start.ArgumentList.Add("--map-root-user");
        }

        foreach (var option in (string[])["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc", "--", Environment.ProcessPath!, .. arguments])
            start.ArgumentList.Add(option);

        var (read, write) = Descriptor.Pipe(Libc.CloseOnExec);
        using (read)
        using (write)
        {
            // The inner program inherits the end to read from; ours closes with us.
            if (Libc.Fcntl(read, SetDescriptorFlags, 0) != 0)
                throw new LabException(Libc.Error("fcntl"));
            start.Environment[Variable] = read.Number.ToString(CultureInfo.InvariantCulture);
            Process inner;
            try
            {
                inner = Process.Start(start)!;
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                throw new LabException("a lab needs the program 'unshare': install util-linux", e);
            }

            using (inner)
            {
                read.Dispose();
                await using var told = cancel.Register(() => Tell(write));
                await EndOf(inner, cancel);
                return inner.ExitCode;
            }
        }
    }

    /// <summary>
    /// What the inner program calls first: from then on it ends with the outer one, and is cancelled when that is.
    /// </summary>
    public static CancellationToken Enter()
    {
        var fd = new Descriptor(int.Parse(Inherited!, CultureInfo.InvariantCulture));

        // What we start does not have that pipe, even if it is this program once more.
        Environment.SetEnvironmentVariable(Variable, null);
        _ = Libc.Fcntl(fd, SetDescriptorFlags, 1);
        var cancel = new CancellationTokenSource();
        new Thread(() => Watch(fd, cancel)) { IsBackground = true, Name = "outer program" }.Start();
        return cancel.Token;
    }

    private static unsafe void Watch(Descriptor fd, CancellationTokenSource cancel)
    {
        byte octet;
        while (Libc.Read(fd, &octet, 1) is var count && (count > 0 || (count < 0 && Marshal.GetLastPInvokeError() == 4)))
        {
            if (count > 0)
                cancel.Cancel();
        }

        // The outer one is gone. We are the first process here, and all others end with us.
        Libc.Exit(137);
    }

    private static async Task EndOf(Process inner, CancellationToken cancel)
    {
        var end = inner.WaitForExitAsync(CancellationToken.None);
        try
        {
            await end.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // It was told, and cleans up.
            if (await Task.WhenAny(end, Task.Delay(Patience, TimeProvider.System, CancellationToken.None)) != end)
                inner.Kill();
            await end;
        }
    }

    private static unsafe void Tell(Descriptor fd)
    {
        var octet = Stop;
        _ = Libc.Write(fd, &octet, 1);
    }
}
