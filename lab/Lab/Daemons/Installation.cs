using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Daemons;

/// <summary>Where a daemon's programs are.</summary>
/// <param name="Programs">Paths by name.</param>
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

    /// <summary>Variables with which its programs find their libraries.</summary>
    public IReadOnlyDictionary<string, string> Environment => Libraries.Count == 0
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = string.Join(':', Libraries) };

    /// <summary>A program by name.</summary>
    public string this[string program] => Programs[program];

    /// <summary>Whether there is one.</summary>
    public bool Has(string program) => Programs.ContainsKey(program);

    /// <summary>Looks for programs.</summary>
    /// <param name="daemon">Name of the driver, for messages.</param>
    /// <param name="package">Debian's package, for messages.</param>
    /// <param name="place">A build tree or a staging folder; null for what is installed.</param>
    /// <param name="needed">Those that have to be there.</param>
    /// <param name="optional">Those that need not.</param>
    /// <exception cref="DaemonException">One is missing.</exception>
    public static Installation Find(string daemon, string package, string? place, IReadOnlyList<string> needed, params IReadOnlyList<string> optional)
    {
        IEnumerable<string> system = [.. OwnFolders.Select(f => $"{f}/{daemon}"), .. SystemFolders];
        var folders = place is null ? system : [place, $"{place}/bin", .. system.Select(f => place + f)];
        var programs = new Dictionary<string, string>();
        foreach (var name in needed.Concat(optional))
        {
            // In a build tree each program is in a folder of its own.
            var file = folders.SelectMany(f => place is null ? [$"{f}/{name}"] : (string[])[$"{f}/{name}", $"{f}/{name}/{name}"]).FirstOrDefault(File.Exists);
            if (file is not null)
                programs[name] = file;
            else if (needed.Contains(name))
                throw new DaemonException(place is null
                    ? $"{daemon} is not installed: there is no {name}. Install it (Debian: apt-get install {package}), or name a build: --dut {daemon}:/path"
                    : $"there is no {name} of {daemon} in {place}; it was looked for in this folder, in sbin, bin and lib/{daemon} below it and below its usr and usr/local");
        }

        return new(programs, place is null ? [] : [.. LibraryFolders.Select(l => $"{place}/{l}").Where(Directory.Exists)]);
    }
}
