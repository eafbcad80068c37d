using CliWrap;
using CliWrap.Exceptions;
using OpenConfirm.Machines.Containers;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm demo</c>: the main job on real input.</summary>
internal static class DemoCommand
{
    private const string Package = "bird2";
    private const string Suite = "bookworm";

    /// <summary>Fetches BIRD's source, checks the demo's series on it, prints mail and page.</summary>
    public static async Task<int> RunAsync(string? output, string data, TimeProvider time, CancellationToken cancel)
    {
        var tree = await TreeAsync(data, cancel);
        var code = await CheckCommand.RunAsync(
            new CheckArguments
            {
                Source = Path.Combine(Places.Demo, "bird-series.mbox"),
                Project = "bird2",
                Tree = tree,
                Out = output,
                From = "OpenConfirm <openconfirm@openconfirm.invalid>",
                Data = data,
            },
            time,
            cancel);

        // The demo's series is meant to break something, and nothing else will do.
        return code switch
        {
            ExitCode.Findings => ExitCode.Good,
            ExitCode.Good => throw new InfrastructureException("The demo's series broke nothing, which it should have; please report it with the page above."),
            _ => code,
        };
    }

    /// <summary>A git tree with the distribution's pristine source; its commit id is the same on every machine.</summary>
    private static async Task<string> TreeAsync(string data, CancellationToken cancel)
    {
        var tree = Path.Combine(data, "demo", Package);
        if (Directory.Exists(tree))
            return tree;

        await Console.Error.WriteLineAsync($"demo: fetching the source package of {Package} ({Suite})");
        using var download = new TemporaryDirectory();
        var source = await DebianSources.FetchAsync(Package, Suite, download.Path, data, cancel);

        var part = tree + ".part";
        if (Directory.Exists(part))
            Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part);
        await RunAsync("tar", ["-xf", source.Orig, "-C", part, "--strip-components=1", "--no-same-owner"], cancel);
        await RunAsync("git", ["-C", part, "init", "-q", "-b", "master"], cancel);
        await RunAsync("git", ["-C", part, "add", "-A", "-f"], cancel);
        await RunAsync("git", ["-C", part, "commit", "-q", "-m", $"{Package} {Suite}"], cancel);
        Directory.Move(part, tree);
        return tree;
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        try
        {
            await CliWrap.Cli.Wrap(program)
                .WithArguments(arguments)
                .WithEnvironmentVariables(variables => variables
                    .Set("GIT_CONFIG_NOSYSTEM", "1")
                    .Set("GIT_CONFIG_GLOBAL", "/dev/null")
                    .Set("GIT_AUTHOR_NAME", "OpenConfirm")
                    .Set("GIT_AUTHOR_EMAIL", "demo@openconfirm.invalid")
                    .Set("GIT_AUTHOR_DATE", "1700000000 +0000")
                    .Set("GIT_COMMITTER_NAME", "OpenConfirm")
                    .Set("GIT_COMMITTER_EMAIL", "demo@openconfirm.invalid")
                    .Set("GIT_COMMITTER_DATE", "1700000000 +0000"))
                .WithStandardErrorPipe(PipeTarget.ToStream(Console.OpenStandardError()))
                .ExecuteAsync(cancel);
        }
        catch (CommandExecutionException e)
        {
            throw new InfrastructureException($"Making the demo's tree failed: {program} ended with exit code {e.ExitCode}.", e);
        }
    }
}
