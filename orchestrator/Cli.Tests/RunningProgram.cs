using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary>Runs the built program as a user does.</summary>
internal static class RunningProgram
{
    /// <summary>Runs it with arguments; nothing is thrown for an exit code.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string data, IEnumerable<string> arguments, string? input = null) =>
        await Start(data, arguments, input);

    /// <summary>The same, not waited for.</summary>
    public static CommandTask<BufferedCommandResult> Start(string data, IEnumerable<string> arguments, string? input = null) =>
        CliWrap.Cli.Wrap(Path.Combine(AppContext.BaseDirectory, "openconfirm"))
            .WithArguments(arguments)
            .WithEnvironmentVariables(v => v.Set("OPENCONFIRM_DATA", data))
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();

    /// <summary>Kills the first container that the program of this process id makes, as an engine or a host that fails would; gives its id.</summary>
    public static async Task<string> KillOneContainerAsync(int owner)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            var list = await PodmanAsync("ps", "--filter", "label=openconfirm.owner", "--format", "{{.ID}} {{index .Labels \"openconfirm.owner\"}}");
            var mine = list.Split('\n').Select(l => l.Split(' ')).FirstOrDefault(f => f.Length == 5 && f[3] == $"{owner}");
            if (mine is not null)
            {
                // It is at work by then, not just being made.
                await Task.Delay(TimeSpan.FromSeconds(2));
                await PodmanAsync("kill", mine[0]);
                return mine[0];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        return "";
    }

    private static async Task<string> PodmanAsync(params string[] arguments) =>
        (await CliWrap.Cli.Wrap("podman").WithArguments(arguments).ExecuteBufferedAsync()).StandardOutput;
}
