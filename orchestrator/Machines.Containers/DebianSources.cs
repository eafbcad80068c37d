using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>A source package as downloaded; apt has checked every file against the archive's signature.</summary>
/// <param name="Dsc">The description (<c>.dsc</c>).</param>
/// <param name="Orig">The upstream tarball (<c>.orig.tar.*</c>).</param>
/// <param name="Others">The rest: <c>.debian.tar.*</c>, further upstream tarballs, signatures.</param>
public sealed record DebianSource(string Dsc, string Orig, IReadOnlyList<string> Others);

/// <summary>Fetches source packages from the archive that images are built from, with apt but apart from the system's own apt state.</summary>
public static partial class DebianSources
{
    /// <summary>Downloads the newest version of a source package of a release, security updates included.</summary>
    /// <param name="package">Source package ("bird2").</param>
    /// <param name="suite">Release by its code name; need not be the host's.</param>
    /// <param name="directory">Where its files go; made when missing.</param>
    /// <param name="dataDirectory">Folder of OpenConfirm's data, which knows where the images came from.</param>
    /// <param name="cancel">Ends the download.</param>
    /// <exception cref="InfrastructureException">No apt, no mirror known, or the download failed; the message says what to do.</exception>
    public static async Task<DebianSource> FetchAsync(
        string package, string suite, string directory, string dataDirectory, CancellationToken cancel)
    {
        if (!Name().IsMatch(package) || !Name().IsMatch(suite))
            throw new ArgumentException($"no source package or suite: '{package}', '{suite}'", nameof(package));
        if (!File.Exists(DebianMirror.Keyring))
            throw new InfrastructureException($"{DebianMirror.Keyring} is missing, which verifies source packages. Run `./openconfirm setup`.");
        using var work = new TemporaryDirectory();
        await File.WriteAllTextAsync(Path.Combine(work.Path, "sources.list"), await SourcesAsync(suite, dataDirectory, cancel), cancel);
        Directory.CreateDirectory(Path.Combine(work.Path, "lists", "partial"));
        var download = Directory.CreateDirectory(Path.Combine(work.Path, "download")).FullName;
        await AptGetAsync(work.Path, download, ["update"], cancel);
        await AptGetAsync(work.Path, download, ["source", "--download-only", package], cancel);

        Directory.CreateDirectory(directory);
        var files = Directory.GetFiles(download).Select(f => Path.Combine(directory, Path.GetFileName(f))).ToList();
        foreach (var file in files)
            File.Copy(Path.Combine(download, Path.GetFileName(file)), file, overwrite: true);
        string Only(Func<string, bool> isIt) => files.Where(isIt).ToList() is [var one]
            ? one
            : throw new InfrastructureException($"Source package {package} of {suite} has not the usual files: {string.Join(", ", files.Select(Path.GetFileName))}");
        var dsc = Only(f => f.EndsWith(".dsc", StringComparison.Ordinal));
        var orig = Only(f => OrigTar().IsMatch(f));
        return new DebianSource(dsc, orig, [.. files.Where(f => f != dsc && f != orig).Order(StringComparer.Ordinal)]);
    }

    /// <summary>One-line sources for a suite's source packages: this machine's mirror, else where the suite's image came from.</summary>
    private static async Task<string> SourcesAsync(string suite, string dataDirectory, CancellationToken cancel)
    {
        if (await DebianMirror.FindAsync(cancel) is { } mirror)
            return mirror.Sources(suite, "deb-src");
        var recorded = Path.Combine(dataDirectory, "images", $"{suite}.sources");
        return File.Exists(recorded)
            ? OfSources(await File.ReadAllTextAsync(recorded, cancel))
            : throw new InfrastructureException($"No Debian mirror is known here. Set {DebianMirror.Variable} to the address of one.");
    }

    /// <summary>Turns one-line sources of binary packages into those of source packages.</summary>
    internal static string OfSources(string lines) => string.Concat(lines
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(l => l.StartsWith("deb ", StringComparison.Ordinal))
        .Select(l => l.Contains("signed-by=", StringComparison.Ordinal) ? $"deb-src {l[4..]}\n"
            : $"deb-src [signed-by={DebianMirror.Keyring}] {(l[4..].StartsWith('[') ? l[(l.IndexOf(']') + 1)..] : l[4..])}\n"));

    private static async Task AptGetAsync(string work, string download, string[] verb, CancellationToken cancel)
    {
        var output = new StringBuilder();
        var settings = new Dictionary<string, string>
        {
            ["Dir::Etc::sourcelist"] = $"{work}/sources.list",
            ["Dir::Etc::sourceparts"] = "-",
            ["Dir::Etc::preferences"] = "-",
            ["Dir::Etc::preferencesparts"] = "-",
            ["Dir::State"] = work,
            ["Dir::State::lists"] = $"{work}/lists",
            ["Dir::State::status"] = "/dev/null",
            ["Dir::Cache"] = work,
            ["APT::Sandbox::User"] = "root", // its own user could not write into our folder
            ["APT::Get::AllowUnauthenticated"] = "false",
            ["Acquire::Languages"] = "none",
            ["Acquire::Retries"] = "3",
        };
        try
        {
            var result = await Cli.Wrap("apt-get")
                .WithArguments([.. settings.SelectMany(s => new[] { "-o", $"{s.Key}={s.Value}" }), "-q", "-y", .. verb])
                .WithWorkingDirectory(download)
                .WithEnvironmentVariables(v => v.Set("LC_ALL", "C"))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(output))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancel);
            if (result.ExitCode != 0)
                throw new InfrastructureException($"apt-get {string.Join(' ', verb)} failed: {Last(output.ToString())}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InfrastructureException("apt-get, which fetches source packages, is not installed.", e);
        }
    }

    private static string Last(string output) =>
        string.Join(" | ", output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("E:", StringComparison.Ordinal)).TakeLast(3));

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\.orig\.tar\.[a-z0-9]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OrigTar();
}
