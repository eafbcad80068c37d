namespace OpenConfirm.Machines.Containers;

/// <summary>The process that a container or a half-written file belongs to, so that what dead runs left can be told and removed.</summary>
/// <param name="Boot">Boot of the host's kernel.</param>
/// <param name="PidNamespace">Process ids mean nothing outside of their namespace.</param>
/// <param name="Pid">Process id.</param>
/// <param name="Started">Start time in clock ticks since boot: tells a process from a later one of the same id.</param>
internal sealed record Owner(string Boot, string PidNamespace, int Pid, string Started)
{
    /// <summary>Label of everything of ours in an engine.</summary>
    public const string MarkLabel = "openconfirm";

    /// <summary>Label that holds <see cref="ToString"/>.</summary>
    public const string OwnerLabel = "openconfirm.owner";

    /// <summary>This process.</summary>
    public static Owner Current { get; } = new(
        File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
        new FileInfo("/proc/self/ns/pid").LinkTarget ?? "",
        Environment.ProcessId,
        StartOf(Environment.ProcessId) ?? "");

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static Owner? Parse(string? text)
    {
        var parts = text?.Split(' ') ?? [];
        return parts.Length == 4 && int.TryParse(parts[2], out var pid) && pid > 0
            ? new Owner(parts[0], parts[1], pid, parts[3])
            : null;
    }

    /// <summary>Whether the process is surely gone. A process of another namespace of this boot cannot be judged: false.</summary>
    public bool IsDead => Boot != Current.Boot
        || (PidNamespace == Current.PidNamespace && StartOf(Pid) != Started);

    /// <summary>The owner as part of a file's name.</summary>
    public string FileName => ToString().Replace(' ', '_');

    /// <summary>Reads <see cref="FileName"/> out of <c>NAME.OWNER.EXTENSION</c>; null for anything else.</summary>
    public static Owner? OfFile(string name) =>
        name.Split('.') is [.., var owner, _] ? Parse(owner.Replace('_', ' ')) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Boot} {PidNamespace} {Pid} {Started}";

    // Field 22 of /proc/PID/stat; the second field is a name in parentheses that may hold blanks. A zombie runs no more.
    private static string? StartOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
