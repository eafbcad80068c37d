using System.Runtime.InteropServices;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Where a daemon's programs are.</summary>
/// <param name="Programs">Paths by name, as they are in the root.</param>
/// <param name="Libraries">Folders of its shared libraries, when they are not the system's.</param>
public sealed record Installation(IReadOnlyDictionary<string, string> Programs, IReadOnlyList<string> Libraries)
{
    private static readonly string[] SystemFolders =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Three daemons have a program named bgpd; those that have folders of their own are looked for there first.</summary>
    private static readonly string[] OwnFolders = ["/usr/lib", "/usr/libexec", "/usr/local/lib"];

    private static string[] LibraryFolders { get; } =
        ["usr/lib", "usr/local/lib", "lib", $"usr/lib/{Triplet}", $"usr/local/lib/{Triplet}", "usr/lib/frr", "usr/lib/quagga", "lib/.libs"];

    private static string Triplet => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    /// <summary>The root of the system that they are of; null for this one's.</summary>
    public string? Root { get; private init; }

    /// <summary>What runs them, when they are of another CPU.</summary>
    public string? Emulator { get; private init; }

    /// <summary>Variables with which its programs find their libraries.</summary>
    private IReadOnlyDictionary<string, string> Environment => Libraries.Count == 0
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = string.Join(':', Libraries) };

    /// <summary>Whether there is one.</summary>
    public bool Has(string program) => Programs.ContainsKey(program);

    /// <summary>How one of them is started in a node; in one that has the root (<see cref="Node.MakeRoot"/>), if there is one.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="folder">The folder that it works in, which is the same in the node and in the root.</param>
    /// <param name="arguments">Its arguments.</param>
    public ProcessCommand Command(string program, string folder, params IReadOnlyList<string> arguments)
    {
        var file = Programs[program];
        if (Root is null)
            return new(file, arguments) { Environment = Environment, Folder = folder };
        IEnumerable<string> emulator = Emulator is null ? [] : [NodeFolders.Emulator];
        return new("unshare", [$"--root={NodeFolders.Root}", $"--wd={folder}", "--", .. emulator, file, .. arguments])
        {
            Environment = Environment,
            Folder = folder,
            Program = file,
        };
    }

    /// <summary>Looks for programs.</summary>
    /// <param name="daemon">Name of the driver, for messages.</param>
    /// <param name="package">Debian's package, for messages.</param>
    /// <param name="where">The daemon as it was asked for.</param>
    /// <param name="needed">Those that have to be there.</param>
    /// <param name="optional">Those that need not.</param>
    /// <exception cref="DaemonException">One is missing, or what it takes to run it.</exception>
    public static Installation Find(string daemon, string package, DutPlace where, IReadOnlyList<string> needed, params IReadOnlyList<string> optional)
    {
        var (place, root) = (where.Folder, where.Root ?? "");
        IEnumerable<string> system = [.. OwnFolders.Select(f => $"{f}/{daemon}"), .. SystemFolders];
        var folders = place is null ? system : [place, $"{place}/bin", .. system.Select(f => place + f)];
        var programs = new Dictionary<string, string>();
        foreach (var name in needed.Concat(optional))
        {
            // In a build tree each program is in a folder of its own.
            var file = folders.SelectMany(f => place is null ? [$"{f}/{name}"] : (string[])[$"{f}/{name}", $"{f}/{name}/{name}"])
                .FirstOrDefault(f => File.Exists(root + Links.Resolve(root, f)));
            if (file is not null)
                programs[name] = file;
            else if (needed.Contains(name))
                throw new DaemonException(Missing(daemon, package, name, where));
        }

        return new(programs, place is null ? [] : [.. LibraryFolders.Select(l => $"{place}/{l}").Where(l => Directory.Exists(root + Links.Resolve(root, l)))])
        {
            Root = where.Root,
            Emulator = where.Root is null ? null : Daemons.Emulator.Of(root, programs[needed[0]], System.Environment.GetEnvironmentVariable("PATH") ?? ""),
        };
    }

    private static string Missing(string daemon, string package, string program, DutPlace where) => where switch
    {
        (null, null) => $"{daemon} is not installed: there is no {program}. Install it (Debian: apt-get install {package}), or name a build: --dut {daemon}:/path",
        (null, var root) => $"{daemon} is not installed in {root}: there is no {program}; add its package ({package}) to that root",
        (var folder, var root) => $"there is no {program} of {daemon} in {root}{folder}; it was looked for in this folder, in sbin, bin and lib/{daemon} below it and below its usr and usr/local",
    };
}
