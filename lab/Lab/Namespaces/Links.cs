namespace OpenConfirm.Lab.Namespaces;

/// <summary>Symbolic links, as they lead below a folder that some process has for its root.</summary>
internal static class Links
{
    /// <summary>As many as the kernel follows (path_resolution(7)).</summary>
    private const int Most = 40;

    /// <summary>The path without links, of which what is not there is none: /var/run is /run on most systems.</summary>
    /// <param name="root">The folder; empty for our own root.</param>
    /// <param name="path">An absolute path, below it.</param>
    /// <returns>An absolute path below it too.</returns>
    public static string Resolve(string root, string path)
    {
        var real = "";
        var left = new Stack<string>(Parts(path));
        for (var followed = 0; left.TryPop(out var part);)
        {
            if (part == "..")
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
            else if (new FileInfo($"{root}{real}/{part}").LinkTarget is not { } target || ++followed > Most)
                real = $"{real}/{part}";
            else
            {
                real = target.StartsWith('/') ? "" : real;
                foreach (var next in Parts(target))
                    left.Push(next);
            }
        }

        return real.Length > 0 ? real : "/";
    }

    /// <summary>The last one first.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
