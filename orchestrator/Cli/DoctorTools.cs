using System.ComponentModel;
using System.Text;
using CliWrap;

namespace OpenConfirm.Cli;

/// <summary>What a tool said: its exit code, and both of its outputs, each without surrounding white space.</summary>
internal sealed record DoctorAnswer(int ExitCode, string Output, string Error)
{
    public bool IsGood => ExitCode == 0;

    /// <summary>The last line on standard error, where tools put the reason.</summary>
    public string Reason => Error.Split('\n')[^1].Trim() is { Length: > 0 } line ? line : $"exit code {ExitCode}";
}

/// <summary>Finds and asks the machine's tools.</summary>
/// <param name="searchPath">Folders to look in, in PATH's form.</param>
internal sealed class DoctorTools(string searchPath)
{
    // A doctor that hangs on a hung engine tells nothing. Generous: on a busy machine a first start takes 10 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The first file of this name; null if there is none.</summary>
    public string? Find(string name) =>
        searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Those of the names that are not there.</summary>
    public IReadOnlyList<string> Lacking(params IEnumerable<string> names) => [.. names.Where(name => Find(name) is null)];

    /// <summary>Runs a tool that <see cref="Find"/> found; null if it is not there.</summary>
    public async Task<DoctorAnswer?> AskAsync(string name, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        if (Find(name) is not { } file)
            return null;
        var output = new StringBuilder();
        var error = new StringBuilder();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var result = await CliWrap.Cli.Wrap(file)
                .WithArguments(arguments)
                .WithEnvironmentVariables(v => v.Set("LC_ALL", "C"))
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .ExecuteAsync(patience.Token);
            return new DoctorAnswer(result.ExitCode, output.ToString().Trim(), error.ToString().Trim());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new DoctorAnswer(-1, "", $"{name} did not answer within {Patience.TotalSeconds:f0} s");
        }
        catch (Win32Exception e)
        {
            return new DoctorAnswer(-1, "", $"{file}: {e.Message}");
        }
    }
}
