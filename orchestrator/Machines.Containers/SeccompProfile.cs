using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenConfirm.Machines.Containers;

/// <summary>
/// podman's own filter of system calls with less in it. Sockets of the hypervisor (AF_VSOCK) belong to no network namespace, so
/// having no network does not keep a machine from them; Docker's filter refuses them, podman's of before 2023 does not.
/// </summary>
internal static class SeccompProfile
{
    /// <summary>Address families (sys/socket.h) that a build or a lab in namespaces of its own may want: UNIX, INET, INET6, PACKET, ALG.</summary>
    private static readonly int[] Families = [1, 2, 10, 17, 38];

    /// <summary>Netlink protocols (linux/netlink.h): ROUTE, SOCK_DIAG, XFRM, NETFILTER, KOBJECT_UEVENT, GENERIC.</summary>
    private static readonly int[] NetlinkProtocols = [0, 4, 6, 12, 15, 16];

    /// <summary>They make sockets where the filter cannot see of which family.</summary>
    private static readonly string[] Refused = ["socketcall", "io_uring_setup", "io_uring_enter", "io_uring_register"];

    private static readonly string[] Places = ["/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"];

    /// <summary>Writes it for podman to read, and gives its path; null where podman has its filter built in only.</summary>
    public static string? WriteTo(string directory)
    {
        if (Array.Find(Places, File.Exists) is not { } place || Strict(File.ReadAllText(place)) is not { } profile)
            return null;
        var path = Path.Combine(Path.GetFullPath(directory), "seccomp.json");
        if (File.Exists(path) && File.ReadAllText(path) == profile)
            return path;
        var draft = $"{path}.{Guid.NewGuid():n}";
        File.WriteAllText(draft, profile);
        File.Move(draft, path, overwrite: true);
        return path;
    }

    /// <summary>The filter with its rules on sockets replaced; null for what is none.</summary>
    internal static string? Strict(string profile)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(profile);
        }
        catch (JsonException)
        {
            return null;
        }

        if (root?["syscalls"] is not JsonArray rules)
            return null;
        foreach (var rule in rules.OfType<JsonObject>())
        {
            if (rule["names"] is JsonArray names)
                names.RemoveAll(n => n?.GetValueKind() == JsonValueKind.String && (n.GetValue<string>() == "socket" || Refused.Contains(n.GetValue<string>())));
        }

        rules.RemoveAll(r => r is JsonObject rule && rule["names"] is JsonArray { Count: 0 });

        // Equal to, never unlike: the kernel looks at the lower half of such an argument, the filter at all of it.
        foreach (var family in Families)
            rules.Add(Allow((0, family)));
        foreach (var protocol in NetlinkProtocols)
            rules.Add(Allow((0, 16), (2, protocol)));
        return root.ToJsonString();
    }

    private static JsonObject Allow(params ReadOnlySpan<(int Index, int Value)> conditions)
    {
        var arguments = new JsonArray();
        foreach (var (index, value) in conditions)
            arguments.Add((JsonNode)new JsonObject { ["index"] = index, ["value"] = value, ["op"] = "SCMP_CMP_EQ" });
        return new JsonObject { ["names"] = new JsonArray("socket"), ["action"] = "SCMP_ACT_ALLOW", ["args"] = arguments };
    }
}
