namespace OpenConfirm.Lab.Daemons;

/// <summary>
/// qemu-user, which runs programs of other CPUs. It is started by name, so that binfmt_misc need not be set up; what such a program
/// starts itself is then run by nobody.
/// </summary>
internal static class Emulator
{
    /// <summary>The emulator that runs a program.</summary>
    /// <param name="root">The root that it is in.</param>
    /// <param name="program">Its path there.</param>
    /// <param name="searchPath">Folders to look for emulators in, in PATH's form.</param>
    /// <returns>Its path here; null when the program runs here without one.</returns>
    /// <exception cref="DaemonException">There is none, or the root lacks what the program is loaded by.</exception>
    public static string? Of(string root, string program, string searchPath)
    {
        if (ElfHeader.Read(root + Namespaces.Links.Resolve(root, program)) is not { } header)
            return null;
        if (header.Loader is { } loader && !Exists(root, loader))
            throw new DaemonException($"{root} has no {loader}, by which {program} is loaded: it is no whole root; install the C library in it");
        if (header.IsOurs)
            return null;
        if (header.Cpu is not { } cpu)
            throw new DaemonException($"{root}{program} is for a CPU that is not known here (ELF machine {header.Machine})");
        return Find(cpu, searchPath)
            ?? throw new DaemonException($"{root}{program} is for {cpu}, and there is no qemu-{cpu}-static to run it: install it (Debian 12: apt-get install qemu-user-static; Debian 13: qemu-user)");
    }

    /// <summary>It has to be linked statically, since it finds no libraries of ours in the root.</summary>
    private static string? Find(string cpu, string searchPath) =>
        searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => (string[])[$"{folder}/qemu-{cpu}-static", $"{folder}/qemu-{cpu}"])
            .FirstOrDefault(file => File.Exists(file) && ElfHeader.Read(file) is { Loader: null });

    /// <summary>Roots that were only unpacked may have /lib64 in /usr alone; a lab makes the link.</summary>
    private static bool Exists(string root, string file) =>
        ((string[])[file, "/usr" + file]).Any(f => File.Exists(root + Namespaces.Links.Resolve(root, f)));
}
