using System.Globalization;

namespace OpenConfirm.Machines.Containers;

/// <summary>Resource limits of this process: a container may ask for no more where CAP_SYS_RESOURCE is missing.</summary>
/// <param name="OpenFiles">Hard limit of open files.</param>
/// <param name="Processes">Hard limit of processes of one user.</param>
internal sealed record HostLimits(long OpenFiles, long Processes)
{
    /// <summary>Reads <c>/proc/self/limits</c>; a missing line counts as unlimited.</summary>
    public static HostLimits Read() => Parse(File.Exists("/proc/self/limits") ? File.ReadAllText("/proc/self/limits") : "");

    /// <summary>Parses the kernel's table: name, soft limit, hard limit, unit.</summary>
    public static HostLimits Parse(string table) =>
        new(Hard(table, "Max open files"), Hard(table, "Max processes"));

    private static long Hard(string table, string name)
    {
        var line = table.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        var columns = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return columns.Length > 1 && long.TryParse(columns[1], NumberStyles.None, CultureInfo.InvariantCulture, out var hard)
            ? hard
            : long.MaxValue;
    }
}
