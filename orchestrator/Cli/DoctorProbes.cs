using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OpenConfirm.Cli;

/// <summary>Looks at each thing that OpenConfirm can use on a machine. Installs, starts and writes nothing.</summary>
internal sealed class DoctorProbes(DoctorTools tools, string dataDirectory)
{
    private const string Setup = "./openconfirm setup";
    private static readonly string[] PodmanLimits = ["memory", "pids", "cpu"];
    private static readonly string[] DockerLimits = ["MemoryLimit", "PidsLimit", "CpuCfsQuota"];
    private const long NeededDiskBytes = 10L << 30; // two images, two built trees and their snapshots

    /// <summary>All capabilities, in the order in which a user needs them.</summary>
    public async Task<IReadOnlyList<DoctorCapability>> RunAsync(CancellationToken cancel)
    {
        // podman's own start takes most of the time: one question answers for engine and images.
        var engine = AskEngineAsync(cancel);
        return await Task.WhenAll(
            Task.FromResult(Dotnet()),
            GitAsync(cancel),
            Task.FromResult(Prlimit()),
            ContainersAsync(engine),
            ImagesAsync(engine, cancel),
            MmdebstrapAsync(cancel),
            DiskAsync(cancel),
            new LabProbe(tools).RunAsync(cancel),
            Task.FromResult(VirtualMachines()),
            Task.FromResult(Analyzers()),
            Task.FromResult(ForeignProcessors()));
    }

    private static DoctorCapability There(string name, string detail, string enables, bool needed = false) =>
        new(name, DoctorState.There, detail, enables, Command: null, needed);

    private static DoctorCapability Missing(string name, string detail, string enables, string? command, bool needed = false) =>
        new(name, DoctorState.Missing, detail, enables, command, needed);

    private static DoctorCapability Broken(string name, string detail, string enables, string? command, bool needed = false) =>
        new(name, DoctorState.Broken, detail, enables, command, needed);

    private static string AsRoot(string command) => Environment.IsPrivilegedProcess ? command : $"sudo {command}";

    private static DoctorCapability Dotnet()
    {
        const string name = "dotnet", enables = "OpenConfirm itself";
        // .../shared/Microsoft.NETCore.App/10.0.x/ lies beside .../sdk/
        var sdks = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../sdk");
        var sdk = Directory.Exists(sdks)
            ? Directory.EnumerateDirectories(sdks, "10.*").Select(Path.GetFileName).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        return sdk is null
            ? Broken(name, $"runs on {RuntimeInformation.FrameworkDescription}, but no .NET 10 SDK lies beside it: changed sources cannot be built", enables, Setup)
            : There(name, $"SDK {sdk}, runtime {Environment.Version}", enables, needed: true);
    }

    private async Task<DoctorCapability> GitAsync(CancellationToken cancel)
    {
        const string name = "git", enables = "trees, and applying the patches of a series";
        return await tools.AskAsync("git", ["--version"], cancel) switch
        {
            null => Missing(name, "git is not installed", enables, Setup, needed: true),
            { IsGood: false } bad => Broken(name, bad.Reason, enables, Setup, needed: true),
            var good => There(name, good.Output.Replace("git version ", "", StringComparison.Ordinal), enables, needed: true),
        };
    }

    /// <summary>Without it git runs all the same, but a patch made to cost memory has no limit but the machine's.</summary>
    private DoctorCapability Prlimit()
    {
        const string name = "prlimit", enables = "a limit on the memory that git takes for a patch";
        return tools.Find("prlimit") is { } file
            ? There(name, file, enables)
            : Missing(name, "not installed: git has no limit on memory", enables, AsRoot("apt-get install util-linux"));
    }

    private sealed record Engine(string Kind, DoctorAnswer Answer);

    private async Task<Engine?> AskEngineAsync(CancellationToken cancel)
    {
        if (await tools.AskAsync("podman", ["info", "--format", "json"], cancel) is { } podman)
            return new Engine("podman", podman);
        return await tools.AskAsync("docker", ["info", "--format", "{{json .}}"], cancel) is { } docker ? new Engine("docker", docker) : null;
    }

    private async Task<DoctorCapability> ContainersAsync(Task<Engine?> asked)
    {
        const string name = "containers", enables = "building and testing patches, each in a machine of its own";
        if (await asked is not { } engine)
            return Missing(name, "neither podman nor Docker is installed", enables, Setup, needed: true);
        if (!engine.Answer.IsGood)
            return Broken(name, $"{engine.Kind}: {engine.Answer.Reason}", enables, engine.Kind == "docker" ? AsRoot("systemctl start docker") : "podman info", needed: true);
        try
        {
            using var info = JsonDocument.Parse(engine.Answer.Output);
            return engine.Kind == "podman" ? Podman(info.RootElement) : Docker(info.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Broken(name, $"{engine.Kind}'s description of itself is not understood: {e.Message}", enables, null, needed: true);
        }

        DoctorCapability Podman(JsonElement info)
        {
            var host = info.GetProperty("host");
            var version = host.GetProperty("cgroupVersion").GetString();
            var isRootless = host.GetProperty("security").GetProperty("rootless").GetBoolean();
            var controllers = host.TryGetProperty("cgroupControllers", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(c => c.GetString()).ToList()
                : [];
            var unlimited = PodmanLimits.Except(controllers).ToList();
            // crun refuses a mixture of the two versions of cgroups, so runc is taken unless all is version 2.
            var runtime = version == "v2" ? host.GetProperty("ociRuntime").GetProperty("name").GetString() : "runc";
            var detail = $"podman {info.GetProperty("version").GetProperty("Version").GetString()} with {runtime}, "
                + $"{(isRootless ? "rootless" : "as root")}, cgroups {version}";
            if (runtime == "runc" && tools.Find("runc") is null)
                return Broken(name, $"{detail}: runc is not installed", enables, Setup, needed: true);
            if (unlimited.Count > 0)
            {
                return Broken(name, $"{detail}: no limits on {string.Join(", ", unlimited)}", enables,
                    isRootless ? "sudo ./openconfirm check ..." : null, needed: true);
            }

            if (isRootless && !HasSubordinateIds())
            {
                var user = Environment.UserName;
                return Broken(name, $"{detail}: no subordinate ids in /etc/subuid for {user}", enables,
                    $"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}", needed: true);
            }

            return There(name, $"{detail}, limits work", enables, needed: true);
        }

        DoctorCapability Docker(JsonElement info)
        {
            var unlimited = DockerLimits.Where(l => !info.GetProperty(l).GetBoolean()).ToList();
            var detail = $"Docker {info.GetProperty("ServerVersion").GetString()}, cgroups v{info.GetProperty("CgroupVersion").GetString()}";
            return unlimited.Count > 0
                ? Broken(name, $"{detail}: without {string.Join(", ", unlimited)}", enables, null, needed: true)
                : There(name, $"{detail}, limits work", enables, needed: true);
        }
    }

    private static bool HasSubordinateIds() =>
        File.Exists("/etc/subuid")
        && File.ReadLines("/etc/subuid").Any(l => l.StartsWith($"{Environment.UserName}:", StringComparison.Ordinal));

    private async Task<DoctorCapability> ImagesAsync(Task<Engine?> asked, CancellationToken cancel)
    {
        const string name = "images", enables = "the systems that patches are tested on", command = "./openconfirm image build";
        if (await asked is not { Answer.IsGood: true } engine)
            return Missing(name, "no container engine to hold them", enables, Setup);
        var answer = await tools.AskAsync(engine.Kind, ["images", "--format", "{{.Repository}}"], cancel);
        if (answer is not { IsGood: true })
            return Broken(name, $"{engine.Kind} images: {answer?.Reason}", enables, command);
        var names = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('/')).Where(parts => parts.Length > 1 && parts[^2] == "openconfirm")
            .Select(parts => parts[^1]).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0
            ? Missing(name, "none is built yet", enables, command)
            : There(name, string.Join(", ", names), enables);
    }

    private async Task<DoctorCapability> MmdebstrapAsync(CancellationToken cancel)
    {
        const string name = "mmdebstrap", enables = "building the images of Debian systems";
        return await tools.AskAsync("mmdebstrap", ["--version"], cancel) switch
        {
            null => Missing(name, "mmdebstrap is not installed", enables, Setup, needed: true),
            { IsGood: false } bad => Broken(name, bad.Reason, enables, Setup, needed: true),
            _ when !File.Exists("/usr/share/keyrings/debian-archive-keyring.gpg") =>
                Broken(name, "debian-archive-keyring is not installed", enables, Setup, needed: true),
            var good => There(name, good.Output.Replace("mmdebstrap ", "", StringComparison.Ordinal), enables, needed: true),
        };
    }

    private async Task<DoctorCapability> DiskAsync(CancellationToken cancel)
    {
        const string name = "disk", enables = "trees, snapshots, results and logs";
        var folder = Path.GetFullPath(dataDirectory);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!; // "/" is always there
        if (await tools.AskAsync("test", ["-w", folder], cancel) is { IsGood: false })
            return Broken(name, $"{folder} cannot be written", enables, "export OPENCONFIRM_DATA=FOLDER", needed: true);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:f1} GB free for {dataDirectory}");
        return free < NeededDiskBytes
            ? Broken(name, $"{detail}, {NeededDiskBytes >> 30} GiB are needed", enables, "export OPENCONFIRM_DATA=FOLDER", needed: true)
            : There(name, detail, enables, needed: true);
    }

    private DoctorCapability VirtualMachines()
    {
        const string name = "vms", enables = "machines for patches of unknown authors and for other systems (planned)";
        if (tools.Lacking("qemu-system-x86_64", "qemu-img", "virsh") is { Count: > 0 } lacking)
        {
            return Missing(name, $"not installed: {string.Join(", ", lacking)}", enables,
                AsRoot("apt-get install qemu-system-x86 qemu-utils libvirt-daemon-system"));
        }

        if (!File.Exists("/dev/kvm"))
            return There(name, "by emulation, ten times slower and more: this machine has no /dev/kvm", enables);
        try
        {
            using var kvm = File.Open("/dev/kvm", FileMode.Open, FileAccess.ReadWrite);
            return There(name, "QEMU with KVM", enables);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Broken(name, $"/dev/kvm: {e.Message}", enables, $"sudo adduser {Environment.UserName} kvm");
        }
    }

    private DoctorCapability Analyzers()
    {
        const string name = "analyzers", enables = "reading code without running it, outside of images (planned)";
        string[] all = ["clang", "clang-tidy", "cppcheck", "gcc"];
        return tools.Lacking(all) is { Count: > 0 } lacking
            ? Missing(name, $"not installed: {string.Join(", ", lacking)}", enables, AsRoot("apt-get install clang clang-tidy cppcheck gcc"))
            : There(name, string.Join(", ", all), enables);
    }

    private DoctorCapability ForeignProcessors()
    {
        const string name = "foreign", enables = "targets of other processors, by emulation (lab show --dut-root; more is planned)";
        string[] others = ["aarch64", "arm", "ppc64le", "s390x"];
        var emulated = others.Where(o => tools.Find($"qemu-{o}-static") is not null || tools.Find($"qemu-{o}") is not null).ToList();
        if (emulated.Count == 0)
            return Missing(name, "no qemu-user is installed", enables, AsRoot("apt-get install qemu-user-static binfmt-support arch-test"));
        var registered = emulated.Where(o => File.Exists($"/proc/sys/fs/binfmt_misc/qemu-{o}")).ToList();
        return registered.Count == 0
            ? Broken(name, "qemu-user is installed, but binfmt_misc has no entry for it", enables,
                AsRoot("sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; update-binfmts --enable'"))
            : There(name, string.Join(", ", registered), enables);
    }
}
