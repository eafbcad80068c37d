using OpenConfirm.Intake;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm series</c>.</summary>
internal static class SeriesVerbAction
{
    /// <summary>Prints the series of a source of mails, or of a range of commits.</summary>
    public static async Task<int> RunAsync(string? source, GitRange? git, bool json, CancellationToken cancel)
    {
        if (git is null)
        {
            return source is null
                ? throw new UsageException("Nothing to read: give a mailbox, a folder of patches, - or --git REPO A..B.")
                : await SeriesCommand.RunAsync(source, json, Console.Out, Console.Error, cancel);
        }

        using var cache = new TemporaryDirectory();
        var tree = await ProjectTree.OpenAsync(git.Repository, null, cache.Path, cancel);
        var series = await tree.SeriesOfRangeAsync(git.Range, cancel);
        var assembly = new SeriesAssembly([series], [], series.Patches.Count);
        if (json)
            SeriesPrinter.WriteJson(Console.Out, $"{git.Repository} {git.Range}", assembly);
        else
            SeriesPrinter.WriteText(Console.Out, assembly);
        return ExitCode.Good;
    }
}

/// <summary>A directory that goes with its owner.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("openconfirm-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
