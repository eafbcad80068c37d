using System.Collections;
using System.ComponentModel;
using System.Text;
using CliWrap;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>What a git command gave.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, its first 64 KiB.</param>
public sealed record GitResult(int ExitCode, ReadOnlyMemory<byte> Output, string Error)
{
    /// <summary>Exit code 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Standard output as text, without line ends at its end.</summary>
    public string Text => SourceText.Decode(Output.Span).TrimEnd('\n');
}

/// <summary>
/// Runs git the same way on every machine: no configuration of the system or the user, no hooks, no prompts, no locale,
/// no time zone, an identity of our own. Attributes in a hostile tree can name filter, diff and merge drivers, but drivers
/// are programs only by configuration, and no configuration but ours is read: such attributes run nothing.
/// </summary>
public sealed record Git
{
    private const int ErrorBytes = 64 << 10;

    private static readonly IReadOnlyList<string> Configuration =
    [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null",
        "core.autocrlf=false", "core.safecrlf=false", "core.protectHFS=true", "core.protectNTFS=true", "core.quotePath=true",
        // A link of a hostile tree becomes a plain file in our work trees, so nothing can be written through it.
        "core.symlinks=false",
        "gc.auto=0", "maintenance.auto=false", "commit.gpgSign=false", "advice.detachedHead=false", "submodule.recurse=false",
        "protocol.ext.allow=never", "log.showSignature=false", "diff.suppressBlankEmpty=false",
    ];

    /// <summary>Part of util-linux, which no Linux lacks but the smallest.</summary>
    private static readonly bool HasPrlimit = File.Exists("/usr/bin/prlimit") || File.Exists("/bin/prlimit");

    private readonly IReadOnlyList<string> place = [];
    private readonly IReadOnlyDictionary<string, string?> variables = CleanVariables();

    /// <summary>Wall time after which a command is killed with its children.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Output after which a command is killed, bytes.</summary>
    public long OutputBytes { get; init; } = 256L << 20;

    /// <summary>Memory that a command may have, bytes; 0 for no limit (setrlimit(2), RLIMIT_DATA).</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The same git in a directory.</summary>
    public Git In(string directory) => new(this, ["-C", directory], variables);

    /// <summary>The same git on a bare repository.</summary>
    public Git On(string gitDirectory) => new(this, [$"--git-dir={gitDirectory}"], variables);

    /// <summary>The same git with one more environment variable.</summary>
    public Git With(string variable, string value) =>
        new(this, place, new Dictionary<string, string?>(variables) { [variable] = value });

    /// <summary>The same git for repositories of another user (git refuses these by default); for commands that only read.</summary>
    public Git Reading() => new(this, [.. place, "-c", "safe.directory=*"], variables);

    /// <summary>Any git, anywhere.</summary>
    public Git()
    {
    }

    private Git(Git original, IReadOnlyList<string> place, IReadOnlyDictionary<string, string?> variables)
    {
        Time = original.Time;
        OutputBytes = original.OutputBytes;
        MemoryBytes = original.MemoryBytes;
        this.place = place;
        this.variables = variables;
    }

    /// <summary>Runs a command that must succeed, and gives its output.</summary>
    /// <exception cref="InfrastructureException">It failed, took too long, or wrote too much.</exception>
    public async Task<GitResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel, ReadOnlyMemory<byte> input = default)
    {
        var result = await TryAsync(arguments, cancel, input);
        return result.Succeeded ? result : throw Failure(arguments, result);
    }

    /// <summary>Runs a command whose failure is an answer too.</summary>
    /// <exception cref="InfrastructureException">It took too long, wrote too much, or there is no git.</exception>
    public async Task<GitResult> TryAsync(IReadOnlyList<string> arguments, CancellationToken cancel, ReadOnlyMemory<byte> input = default)
    {
        using var output = new MemoryStream();
        var (code, error) = await ExecuteAsync(arguments, input, output, cancel);
        return new GitResult(code, output.ToArray(), error);
    }

    /// <summary>Runs a command that must succeed, with its output going to a stream.</summary>
    /// <exception cref="InfrastructureException">It failed, took too long, or wrote too much.</exception>
    public async Task RunToAsync(IReadOnlyList<string> arguments, Stream output, CancellationToken cancel)
    {
        var (code, error) = await ExecuteAsync(arguments, default, output, cancel);
        if (code != 0)
            throw Failure(arguments, new GitResult(code, default, error));
    }

    private async Task<(int Code, string Error)> ExecuteAsync(
        IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, Stream output, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(Time, TimeProvider.System);
        using var full = new CancellationTokenSource();
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token, full.Token);
        using var error = new MemoryStream();
        IReadOnlyList<string> limited = MemoryBytes > 0 && HasPrlimit ? ["prlimit", $"--data={MemoryBytes}", "git"] : ["git"];
        var command = CliWrap.Cli.Wrap(limited[0])
            .WithArguments([.. limited.Skip(1), .. place, .. Configuration.SelectMany(c => new[] { "-c", c }), .. arguments])
            .WithEnvironmentVariables(variables)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromBytes(input))
            .WithStandardOutputPipe(PipeTarget.Create((from, stop) => CopyAsync(from, output, OutputBytes, full, stop)))
            .WithStandardErrorPipe(PipeTarget.Create((from, stop) => CopyAsync(from, error, ErrorBytes, null, stop)));
        try
        {
            var result = await command.ExecuteAsync(any.Token);
            return (result.ExitCode, SourceText.Decode(error.ToArray()));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var what = full.IsCancellationRequested ? $"wrote more than {OutputBytes} bytes" : $"took longer than {Time}";
            throw new InfrastructureException($"git {Shown(arguments)} {what} and was stopped.");
        }
        catch (Win32Exception e)
        {
            throw new InfrastructureException($"git cannot be started ({e.Message}). Install it, for example with: apt-get install git", e);
        }
    }

    /// <summary>Copies up to a limit, then either calls for a stop or lets the rest go.</summary>
    private static async Task CopyAsync(Stream from, Stream to, long limit, CancellationTokenSource? full, CancellationToken stop)
    {
        var buffer = new byte[64 << 10];
        var left = limit;
        int count;
        while ((count = await from.ReadAsync(buffer, stop)) > 0)
        {
            if (count > left && full is not null)
            {
                await full.CancelAsync();
                return;
            }
            var taken = (int)Math.Min(count, left);
            await to.WriteAsync(buffer.AsMemory(0, taken), stop);
            left -= taken;
        }
    }

    private static InfrastructureException Failure(IReadOnlyList<string> arguments, GitResult result) =>
        new($"git {Shown(arguments)} failed with exit code {result.ExitCode}: {Tail(result.Error)}");

    private static string Shown(IReadOnlyList<string> arguments)
    {
        var text = string.Join(' ', arguments.Take(12));
        return text.Length > 300 ? text[..300] + "..." : text;
    }

    private static string Tail(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it said nothing" : string.Join("; ", lines.TakeLast(8));
    }

    private static Dictionary<string, string?> CleanVariables()
    {
        var clean = new Dictionary<string, string?>();
        // Started from a hook or an alias of git we would inherit its repository and index.
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable.Key is string name && name.StartsWith("GIT_", StringComparison.Ordinal))
                clean[name] = null;
        clean["GIT_CONFIG_NOSYSTEM"] = "1";
        clean["GIT_CONFIG_GLOBAL"] = "/dev/null";
        clean["GIT_ATTR_NOSYSTEM"] = "1";
        clean["GIT_NO_REPLACE_OBJECTS"] = "1";
        // A promisor remote of somebody's repository names a program that a lazy fetch would run.
        clean["GIT_NO_LAZY_FETCH"] = "1";
        clean["GIT_OPTIONAL_LOCKS"] = "0";
        clean["GIT_TERMINAL_PROMPT"] = "0";
        clean["GIT_ASKPASS"] = "true";
        clean["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes";
        clean["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
        clean["GIT_LITERAL_PATHSPECS"] = "1";
        clean["GIT_AUTHOR_NAME"] = clean["GIT_COMMITTER_NAME"] = "OpenConfirm";
        clean["GIT_AUTHOR_EMAIL"] = clean["GIT_COMMITTER_EMAIL"] = "openconfirm@localhost";
        clean["LC_ALL"] = "C";
        clean["LANGUAGE"] = null;
        clean["TZ"] = "UTC";
        return clean;
    }
}
