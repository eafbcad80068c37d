using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary>Runs the built program as a user does.</summary>
internal static class RunningProgram
{
    /// <summary>Runs it with arguments; nothing is thrown for an exit code.</summary>
    public static async Task<BufferedCommandResult> RunAsync(string data, IEnumerable<string> arguments, string? input = null) =>
        await CliWrap.Cli.Wrap(Path.Combine(AppContext.BaseDirectory, "openconfirm"))
            .WithArguments(arguments)
            .WithEnvironmentVariables(v => v.Set("OPENCONFIRM_DATA", data))
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
}
