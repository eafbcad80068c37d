using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary>What a run could leave behind on this machine. Others may use the same engine at the same time.</summary>
internal static partial class Leftovers
{
    /// <summary>podman when it is there, as the program chooses where no engine listens; else Docker.</summary>
    private static readonly string Engine = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(d => d.Length > 0 && File.Exists(Path.Combine(d, "podman"))) ? "podman" : "docker";

    /// <summary>Asserts that a run that has ended left no container, process, mount and temporary file.</summary>
    /// <param name="run">Process id of the run.</param>
    /// <param name="temporary">Its own folder of temporary files.</param>
    public static async Task AssertNoneAsync(int run, string temporary)
    {
        Assert.That(await ContainersAsync(run), Is.Empty, "containers");
        Assert.That(Temporary(temporary), Is.Empty, "temporary files");
        Assert.That(Processes(p => p.Contains(temporary, StringComparison.Ordinal)), Is.Empty, "processes");
        await AssertNothingWithoutContainerAsync();
    }

    /// <summary>Ids of the containers that a run made.</summary>
    public static async Task<IReadOnlyList<string>> ContainersAsync(int run)
    {
        var ids = Lines(await EngineAsync("ps", "-a", "--no-trunc", "--filter", "label=openconfirm=1", "--format", "{{.ID}}"));
        if (ids.Length == 0)
            return [];
        var owners = Lines(await EngineAsync(["inspect", "--format", "{{.Id}} {{index .Config.Labels \"openconfirm.owner\"}}", .. ids]));

        // The owner is boot, process namespace, process id and start.
        return [.. owners.Select(l => l.Split(' ')).Where(l => l is [_, _, _, var id, _] && id == $"{run}").Select(l => l[0])];
    }

    /// <summary>
    /// Asserts that every mount and every process of a container belongs to a container that is there. Containers of others
    /// come and go meanwhile, so it may take a few looks.
    /// </summary>
    public static async Task AssertNothingWithoutContainerAsync()
    {
        IReadOnlyList<string> left = [];
        for (var looks = 0; looks < 20; looks++)
        {
            // In this order: what is made after the first look has its container in the second.
            var (mounts, groups) = (Mounts(), Groups());
            var ids = Lines(await EngineAsync("ps", "-a", "--no-trunc", "--format", "{{.ID}}")).ToHashSet(StringComparer.Ordinal);
            left = [.. mounts.Concat(groups).Where(id => !ids.Contains(id)).Distinct()];
            if (left.Count == 0)
                return;
            await Task.Delay(250);
        }

        Assert.Fail($"Mounts or processes of containers that are gone: {string.Join(", ", left)}");
    }

    /// <summary>Command lines of the processes that fulfil a condition.</summary>
    public static IReadOnlyList<string> Processes(Func<string, bool> condition) =>
        [.. Directory.EnumerateDirectories("/proc").Where(IsProcess).Select(d => ReadOrEmpty($"{d}/cmdline").Replace('\0', ' ')).Where(condition)];

    /// <summary>What lies in a folder of temporary files. The runtime's own sockets stay behind when it is killed.</summary>
    public static IReadOnlyList<string> Temporary(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Where(e => !Path.GetFileName(e).StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) && !Path.GetFileName(e).StartsWith("clr-debug-pipe-", StringComparison.Ordinal))];

    private static List<string> Mounts() =>
        [.. File.ReadLines("/proc/mounts").Select(l => ContainerMount().Match(l)).Where(m => m.Success).Select(m => m.Groups["id"].Value)];

    private static List<string> Groups() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(IsProcess)
            .Select(d => ContainerGroup().Match(ReadOrEmpty($"{d}/cgroup")))
            .Where(m => m.Success)
            .Select(m => m.Groups["id"].Value),
    ];

    private static bool IsProcess(string directory) => char.IsAsciiDigit(Path.GetFileName(directory)[0]);

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or is none of ours.
        }
    }

    private static async Task<string> EngineAsync(params string[] arguments) =>
        (await CliWrap.Cli.Wrap(Engine).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync()).StandardOutput;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("/overlay-containers/(?<id>[0-9a-f]{64})/|/docker/containers/(?<id>[0-9a-f]{64})/", RegexOptions.NonBacktracking)]
    private static partial Regex ContainerMount();

    [GeneratedRegex("(?:libpod-|docker-|/docker/)(?<id>[0-9a-f]{64})", RegexOptions.NonBacktracking)]
    private static partial Regex ContainerGroup();
}
