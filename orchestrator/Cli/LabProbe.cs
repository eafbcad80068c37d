namespace OpenConfirm.Cli;

/// <summary>
/// Whether labs can be made on this machine: tries what a lab does, in namespaces that end with the trial. What usually forbids it
/// are three settings, and the seccomp profile of a container.
/// </summary>
/// <param name="tools">The machine's tools.</param>
/// <param name="root">The folder that /proc and the marks of containers are below; another one in tests.</param>
internal sealed class LabProbe(DoctorTools tools, string root = "/")
{
    private const string Name = "lab";
    private const string Enables = "networks of real daemons without root: lab show, lab shell; later conform, fuzz, scale";

    /// <summary>A lab's namespaces (Lab/Namespaces/Sandbox.cs), then a node's first two steps, and a cable.</summary>
    private const string Trial = "mount -t tmpfs none /run && ip link add name veth1 type veth peer name veth2";

    private static readonly (string Setting, string Forbids, string Allows, string Who)[] Switches =
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "0", "AppArmor, as Ubuntu has it since 24.04,"),
        ("kernel/unprivileged_userns_clone", "0", "1", "this kernel, as Debian has patched it,"),
        ("user/max_user_namespaces", "0", "10000", "this machine"),
    ];

    /// <summary>Tries it.</summary>
    public async Task<DoctorCapability> RunAsync(CancellationToken cancel)
    {
        if (tools.Lacking("unshare", "ip") is { Count: > 0 } lacking)
            return new(Name, DoctorState.Missing, $"not installed: {string.Join(", ", lacking)}", Enables, AsRoot("apt-get install util-linux iproute2"), NeededForCheck: false);
        var plain = await TryAsync(asPlainUser: true, cancel);
        if (plain.IsGood)
            return new(Name, DoctorState.There, "namespaces, mounts and cables work for plain users", Enables, Command: null, NeededForCheck: false);
        var (why, command) = Cause(plain);
        var isRoot = Environment.IsPrivilegedProcess;
        return isRoot && (await TryAsync(asPlainUser: false, cancel)).IsGood
            ? new(Name, DoctorState.There, $"namespaces, mounts and cables work for root; not for plain users: {why}", Enables, Command: null, NeededForCheck: false)
            : new(Name, DoctorState.Broken, why, Enables, command, NeededForCheck: false);
    }

    /// <summary>Who forbids it, and the command that allows it; null where there is none.</summary>
    internal (string Why, string? Command) Cause(DoctorAnswer answer)
    {
        if (Switches.FirstOrDefault(s => Read($"proc/sys/{s.Setting}") == s.Forbids) is { Setting: { } setting } found)
        {
            var name = setting.Replace('/', '.');
            return ($"{found.Who} forbids plain users to have namespaces: {name} is {found.Forbids}", AsRoot($"sysctl -w {name}={found.Allows}"));
        }

        if (!answer.Reason.Contains("not permitted", StringComparison.Ordinal) && !answer.Reason.Contains("denied", StringComparison.Ordinal))
            return (answer.Reason, null);

        // Mode 2 is a filter (proc(5)); Docker's forbids unshare(2), and hides parts of /proc, so that no other may be mounted.
        var isFiltered = (Read("proc/self/status") ?? "").Contains("Seccomp:\t2", StringComparison.Ordinal);
        if (File.Exists(Path.Combine(root, ".dockerenv")))
        {
            return ($"Docker's {(isFiltered ? "seccomp profile" : "container")} forbids namespaces ({answer.Reason}); start it with these options",
                "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined ...");
        }

        if (File.Exists(Path.Combine(root, "run/.containerenv")))
            return ($"the container forbids namespaces ({answer.Reason}); start it with these options", "podman run --security-opt seccomp=unconfined --security-opt unmask=ALL ...");
        return ($"{answer.Reason}{(isFiltered ? " (a seccomp filter is set, which may forbid it)" : "")}", null);
    }

    private static string AsRoot(string command) => Environment.IsPrivilegedProcess ? command : $"sudo {command}";

    private async Task<DoctorAnswer> TryAsync(bool asPlainUser, CancellationToken cancel)
    {
        IEnumerable<string> user = asPlainUser ? ["--user", "--map-root-user"] : [];
        return (await tools.AskAsync("unshare", [.. user, "--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc", "--", "/bin/sh", "-c", Trial], cancel))!;
    }

    private string? Read(string name)
    {
        var file = Path.Combine(root, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
