using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary>Where the program finds what it ships and keeps what it makes.</summary>
internal static class Places
{
    /// <summary>Project files.</summary>
    public static string Projects => Path.Combine(AppContext.BaseDirectory, "projects");

    /// <summary>
    /// Project files as people edit them: those of the sources that the program was built from, where there are any; what
    /// lies beside the program is a copy that the next build may replace.
    /// </summary>
    public static string ProjectSources
    {
        get
        {
            for (var folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "ci.sln")) && Directory.Exists(Path.Combine(folder, "projects")))
                    return Path.Combine(folder, "projects");
            }

            return Projects;
        }
    }

    /// <summary>Image recipes.</summary>
    public static string Images => Path.Combine(AppContext.BaseDirectory, "vm-images");

    /// <summary>The demo's series.</summary>
    public static string Demo => Path.Combine(AppContext.BaseDirectory, "demo");

    /// <summary>The folder of all data: the option, else <c>OPENCONFIRM_DATA</c>, else XDG's.</summary>
    public static string Data(string? option)
    {
        var chosen = option ?? Environment.GetEnvironmentVariable("OPENCONFIRM_DATA");
        if (string.IsNullOrEmpty(chosen))
        {
            var xdg = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            var home = Environment.GetEnvironmentVariable("HOME");
            if (string.IsNullOrEmpty(xdg) && string.IsNullOrEmpty(home))
                throw new UsageException("Where shall data go? HOME is not set; give --data DIR or OPENCONFIRM_DATA.");
            chosen = Path.Combine(string.IsNullOrEmpty(xdg) ? Path.Combine(home!, ".local", "share") : xdg, "openconfirm");
        }

        return Path.GetFullPath(chosen);
    }
}
