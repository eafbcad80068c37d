using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// The folders and files that a node has in other places, or has for itself. All of this runs on the node's thread and is seen in
/// the node alone.
/// </summary>
internal sealed class NodeFolders
{
    /// <summary>Where a root of another system lies, once there is one (<see cref="MakeRoot"/>).</summary>
    public const string Root = "/run/openconfirm/root";

    /// <summary>The emulator of its CPU, as it is seen from within.</summary>
    public const string Emulator = "/.emulator";

    private const string Own = "/run/openconfirm";
    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom", "tty"];
    private static readonly string[] NotOfRoot = ["run", "proc", "sys", "dev", "tmp"];

    /// <summary>Folders that lie on a file system of the node's own, so that more can be made in them.</summary>
    private readonly HashSet<string> _own = ["/run"];
    private int _stages;
    private bool _hasRoot;

    /// <summary>Makes /run, and the accounts.</summary>
    public void Begin()
    {
        Mount("none", "/", null, Libc.Recursive | Libc.Private, null);
        Mount("tmpfs", "/run", "tmpfs", 0, "mode=0755");

        // The interfaces in /sys are those of the namespace that mounted it. Some containers refuse; nothing here reads them.
        _ = Libc.Mount("sysfs", "/sys", "sysfs", 0, null);
        Directory.CreateDirectory(Own);
        File.WriteAllText($"{Own}/passwd", Accounts.Passwd);
        File.WriteAllText($"{Own}/group", Accounts.Group);
        PutAccounts("");
    }

    /// <summary>Makes an empty directory that the node can write in, wherever it is.</summary>
    public void MakeWritable(string directory)
    {
        var real = Links.Resolve("", directory);
        if (!IsOwn(real))
        {
            MakeDirectory(real);
            Mount("tmpfs", real, "tmpfs", 0, "mode=0755");
            _own.Add(real);
        }

        Directory.CreateDirectory(real);
        if (!_hasRoot)
            return;

        // /run is the same one there.
        var inRoot = Links.Resolve(Root, directory);
        if (inRoot == real && real.StartsWith("/run/", StringComparison.Ordinal))
            return;
        MakeDirectory(Root + inRoot);
        Mount(real, Root + inRoot, null, Libc.Bind | Libc.Recursive, null);
    }

    /// <summary>
    /// Puts together a root for processes: what a folder has, and /run, /proc, /sys, devices and accounts of the node. Nothing is
    /// written to the folder.
    /// </summary>
    /// <param name="folder">The root of another system.</param>
    /// <param name="emulator">A program that runs its programs, to be seen there as <see cref="Emulator"/>; null for none.</param>
    public void MakeRoot(string folder, string? emulator)
    {
        Directory.CreateDirectory(Root);
        _own.Add(Root);
        PutEntries(folder, Root, NotOfRoot);

        // A root that was only unpacked may lack the links that newer systems have.
        foreach (var name in (string[])["bin", "sbin", "lib", "lib64"])
        {
            if (!Path.Exists($"{Root}/{name}") && Directory.Exists($"{Root}/usr/{name}"))
                File.CreateSymbolicLink($"{Root}/{name}", $"usr/{name}");
        }

        foreach (var name in NotOfRoot)
            Directory.CreateDirectory($"{Root}/{name}");
        Mount("/run", $"{Root}/run", null, Libc.Bind, null);
        Mount("/proc", $"{Root}/proc", null, Libc.Bind | Libc.Recursive, null);
        Mount("/sys", $"{Root}/sys", null, Libc.Bind | Libc.Recursive, null);
        foreach (var device in Devices.Where(d => File.Exists($"/dev/{d}")))
            PutFile($"/dev/{device}", $"{Root}/dev/{device}");
        File.CreateSymbolicLink($"{Root}/dev/fd", "/proc/self/fd");
        Directory.CreateDirectory($"{Root}/dev/shm");
        if (emulator is not null)
            PutFile(emulator, Root + Emulator);
        PutAccounts(Root);
        _hasRoot = true;
    }

    private static void Mount(string source, string target, string? type, nuint flags, string? data)
    {
        if (Libc.Mount(source, target, type, flags, data) != 0)
            throw new LabException($"cannot mount {source} on {target}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Puts a file in the place of another one, which has to be there if its folder is not ours.</summary>
    private static void PutFile(string source, string target)
    {
        if (!File.Exists(target))
            File.WriteAllBytes(target, []);
        Mount(source, target, null, Libc.Bind, null);
    }

    /// <summary>Puts all that is in a folder into one of our own.</summary>
    private static void PutEntries(string folder, string into, params IReadOnlyList<string> except)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => !except.Contains(e.Name)))
        {
            var copy = Path.Combine(into, entry.Name);
            if (entry.LinkTarget is { } target)
            {
                File.CreateSymbolicLink(copy, target);
                continue;
            }

            if (entry is DirectoryInfo)
                Directory.CreateDirectory(copy);
            else
                File.WriteAllBytes(copy, []);
            Mount(entry.FullName, copy, null, Libc.Bind | Libc.Recursive, null);
        }
    }

    private void PutAccounts(string root)
    {
        foreach (var name in (string[])["passwd", "group"])
        {
            var file = root + Links.Resolve(root, $"/etc/{name}");
            if (!File.Exists(file))
                MakeDirectory(Path.GetDirectoryName(file)!, isToBeOwn: true);
            PutFile($"{Own}/{name}", file);
        }
    }

    /// <summary>It lies on a file system of ours; what was put into one does not.</summary>
    private bool IsOwn(string path)
    {
        for (; path.Length > 1; path = Path.GetDirectoryName(path)!)
        {
            if (_own.Contains(path))
                return true;
            if (Directory.Exists(path))
                return path.StartsWith("/run/", StringComparison.Ordinal) && !path.StartsWith(Root, StringComparison.Ordinal);
        }

        return false;
    }

    /// <summary>
    /// Makes a directory where we cannot write: a directory of the node's own takes the place of the nearest one that is there,
    /// with all that is in it, so that more can be made beside. (An overlay would do it at once, and is refused where a plain
    /// user's directory has other mounts in it.)
    /// </summary>
    private void MakeDirectory(string missing, bool isToBeOwn = false)
    {
        var there = missing;
        while (!Directory.Exists(there))
            there = Path.GetDirectoryName(there)!;
        if (!IsOwn(there) && (there != missing || isToBeOwn))
        {
            if (there == "/")
                throw new LabException($"{missing} cannot be made for a node: there is nothing above it but /");
            var stage = $"{Own}/above{_stages++}";
            Directory.CreateDirectory(stage);
            PutEntries(there, stage);
            Mount(stage, there, null, Libc.Bind | Libc.Recursive, null);
            _own.Add(there);
        }

        Directory.CreateDirectory(missing);
    }
}
