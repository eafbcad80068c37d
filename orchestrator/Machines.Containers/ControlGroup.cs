using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OpenConfirm.Machines.Containers;

/// <summary>What a control group counts.</summary>
/// <param name="MemoryKills">Processes killed for want of memory.</param>
/// <param name="RefusedForks">Forks refused by the limit on processes.</param>
internal sealed record ControlGroupCounters(long MemoryKills, long RefusedForks);

/// <summary>Reads a container's own control group from inside, of version 1 or 2.</summary>
internal static class ControlGroup
{
    /// <summary>Prints lines "NAME VALUE": the limits. Files that are not there give nothing.</summary>
    public const string LimitsScript = """
        cd /sys/fs/cgroup || exit 0
        show() { [ -r "$2" ] && echo "$1 $(/bin/cat "$2")"; }
        show memory memory.max; show memory memory/memory.limit_in_bytes
        show swap2 memory.swap.max; show swap1 memory/memory.memsw.limit_in_bytes
        show processes pids.max; show processes pids/pids.max
        show cpu2 cpu.max
        show cpu1 cpu/cpu.cfs_quota_us; show cpu1 cpu,cpuacct/cpu.cfs_quota_us
        true
        """;

    /// <summary>Prints lines "oom_kill N", "refused N" and "free BLOCKS INODES DIRECTORY".</summary>
    public const string CountersScript = """
        cd /sys/fs/cgroup && {
          /bin/cat memory.events memory/memory.oom_control 2>/dev/null | /bin/sed -n '/^oom_kill /p'
          /bin/cat pids.events pids/pids.events 2>/dev/null | /bin/sed -n 's/^max /refused /p'
        }
        /usr/bin/stat -f -c 'free %a %S %d %n' /work /tmp
        """;

    private const long FullBytes = 64 << 10;

    /// <summary>Threads that a runtime needs in the group to start a program there.</summary>
    private const int ProcessesOfExec = 12;

    /// <summary>Limits asked for that the control group does not hold.</summary>
    public static IReadOnlyList<string> Unenforced(string answer, MachineLimits asked)
    {
        var values = Lines(answer).GroupBy(l => l[0]).ToDictionary(g => g.Key, g => g.First());
        long? Value(string name) =>
            values.TryGetValue(name, out var line) ? Parse(line[1]) : null;

        var missing = new List<string>();
        if (Value("memory") is not { } memory || memory > asked.MemoryBytes)
            missing.Add("memory");
        if (!(Value("swap2") == 0 || Value("swap1") <= asked.MemoryBytes) && HasSwap())
            missing.Add("swap");
        if (Value("processes") is not { } processes || processes > asked.Processes)
            missing.Add("processes");
        if (asked.Cpus > 0 && Value("cpu2") is null && Value("cpu1") is null)
            missing.Add("cpu");
        return missing;
    }

    /// <summary>The counters of <see cref="CountersScript"/>'s answer; 0 for those it lacks.</summary>
    public static ControlGroupCounters Counters(string answer) => new(Number(answer, "oom_kill"), Number(answer, "refused"));

    /// <summary>Whether a writable place has no room left, in bytes or in files.</summary>
    public static bool IsDiskFull(string answer) => Lines(answer).Any(l =>
        l is ["free", var blocks, var size, var inodes, _]
        && (Parse(blocks) * Parse(size) < FullBytes || Parse(inodes) == 0));

    /// <summary>
    /// The counters of a process's control group as this host sees them, and whether it has too few processes left to start a program;
    /// null when the process is none of this host. Unlike <see cref="CountersScript"/> it needs no room inside of the machine.
    /// </summary>
    public static (ControlGroupCounters Counters, bool IsClogged)? OfHostProcess(long pid)
    {
        try
        {
            var groups = File.ReadLines($"/proc/{pid}/cgroup").Select(l => l.Split(':', 3)).Where(l => l.Length == 3).ToList();
            string Folder(string controller, string file) => groups
                .Where(l => l[1].Split(',').Contains(controller) || l[1].Length == 0)
                .Select(l => l[1].Length == 0 ? $"/sys/fs/cgroup{l[2]}" : $"/sys/fs/cgroup/{l[1]}{l[2]}")
                .First(d => File.Exists($"{d}/{file}"));
            var pids = Folder("pids", "pids.events");
            var memory = groups.Exists(l => l[1].Split(',').Contains("memory"))
                ? $"{Folder("memory", "memory.oom_control")}/memory.oom_control"
                : $"{Folder("", "memory.events")}/memory.events";
            var counters = new ControlGroupCounters(Number(File.ReadAllText(memory), "oom_kill"), Number(File.ReadAllText($"{pids}/pids.events"), "max"));
            var isClogged = Parse(File.ReadAllText($"{pids}/pids.max")) is { } max
                && Parse(File.ReadAllText($"{pids}/pids.current")) is { } current
                && max - current < ProcessesOfExec;
            return (counters, isClogged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Kills a process of this host if it is in a group of this container: ids are given to others again.</summary>
    public static void Kill(long pid, string container)
    {
        try
        {
            if (pid > 1 && File.ReadAllText($"/proc/{pid}/cgroup").Contains(container, StringComparison.Ordinal))
                Process.GetProcessById((int)pid).Kill();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended, is none of this host, or is not ours to kill: the engine has to do it.
        }
    }

    /// <summary>Processes that the kernel has killed for want of memory since it booted, in any group; 0 where it does not say.</summary>
    public static long MemoryKillsOfHost()
    {
        try
        {
            return Number(File.ReadAllText("/proc/vmstat"), "oom_kill");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static long Number(string answer, string name) =>
        Lines(answer).Where(l => l[0] == name && l.Length == 2).Sum(l => Parse(l[1]) ?? 0);

    private static long? Parse(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<string[]> Lines(string answer) =>
        answer.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(l => l.Length > 1);

    private static bool HasSwap() => File.Exists("/proc/swaps") && File.ReadLines("/proc/swaps").Skip(1).Any();
}
