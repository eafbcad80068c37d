using System.Globalization;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// The processes that live in a node's namespaces, whoever started them and whoever is their parent now: a daemon leaves children
/// behind that nobody else finds.
/// </summary>
/// <param name="Network">Its network namespace, as the link in /proc names it (namespaces(7)).</param>
/// <param name="Mounts">Its mount namespace.</param>
internal sealed record NodeMembers(string Network, string Mounts)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The namespaces of the calling thread.</summary>
    public static NodeMembers OfThisThread() => new(Link("thread-self", "net")!, Link("thread-self", "mnt")!);

    /// <summary>Process ids, without our own. One that has ended and is not yet waited for is in no namespace.</summary>
    public IReadOnlyList<int> Find()
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            var name = Path.GetFileName(folder);
            if (int.TryParse(name, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && (Link(name, "net") == Network || Link(name, "mnt") == Mounts))
                found.Add(id);
        }

        return found;
    }

    /// <summary>Kills them all, until none is left; they may start more meanwhile.</summary>
    /// <returns>Those that the kernel does not let go; they end with the lab's process namespace.</returns>
    public IReadOnlyList<int> KillAll()
    {
        const int BetweenLooks = 2;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var left = Find();
            if (left.Count == 0 || clock.Elapsed > Patience)
                return left;
            foreach (var id in left)
                _ = Libc.Signal(id, Libc.Kill);
            Pause(BetweenLooks);
        }
    }

    /// <summary>Nothing tells when the last of a namespace is gone, other than looking.</summary>
    private static unsafe void Pause(int milliseconds) => _ = Libc.Poll(null, 0, milliseconds);

    private static string? Link(string process, string kind)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/{kind}", returnFinalTarget: false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended.
        }
    }
}
