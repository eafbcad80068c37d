using System.ComponentModel;
using System.IO.Pipelines;
using System.Text;
using CliWrap;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>
/// A Debian system being made by mmdebstrap. Its tar streams out of <see cref="Tar"/> and touches no disk of ours; by the time
/// that the first byte comes, everything is installed and <see cref="Packages"/> is known.
/// </summary>
internal sealed class DebianRoot : IAsyncDisposable
{
    private readonly CancellationTokenSource _interrupt;
    private readonly CancellationTokenSource _kill = new();
    private readonly Pipe _pipe = new();
    private readonly List<string> _lastLines = [];
    private Task _running = Task.CompletedTask;

    private DebianRoot(CancellationToken cancel)
    {
        _interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    }

    /// <summary>The system as an uncompressed tar; a failure of mmdebstrap surfaces as an exception of its reads.</summary>
    public Stream Tar => _pipe.Reader.AsStream(leaveOpen: true);

    /// <summary>What is installed.</summary>
    public PackageList Packages { get; private set; } = new(new Dictionary<string, string>());

    /// <summary>The one-line sources that it was fetched from.</summary>
    public string SourcesFile { get; private set; } = "";

    /// <summary>Starts mmdebstrap and waits until all is installed.</summary>
    /// <param name="recipe">What to build.</param>
    /// <param name="work">An empty folder for small files.</param>
    /// <param name="progress">Gets mmdebstrap's own steps.</param>
    /// <param name="cancel">Interrupts it; it then removes its own folder.</param>
    public static async Task<DebianRoot> BuildAsync(ImageRecipe recipe, string work, IProgress<string>? progress, CancellationToken cancel)
    {
        var root = new DebianRoot(cancel);
        try
        {
            await root.StartAsync(recipe, work, progress, cancel);
            return root;
        }
        catch
        {
            await root.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws what made mmdebstrap fail, if it did.</summary>
    public Task FinishAsync() => _running;

    public async ValueTask DisposeAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await _interrupt.CancelAsync();
        _kill.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await _running;
        }
        catch (Exception e) when (e is OperationCanceledException or InfrastructureException)
        {
            // Thrown to the reader of the tar already.
        }

        _interrupt.Dispose();
        _kill.Dispose();
    }

    private async Task StartAsync(ImageRecipe recipe, string work, IProgress<string>? progress, CancellationToken cancel)
    {
        var packages = Path.Combine(work, "packages");
        SourcesFile = Path.Combine(work, "sources");
        var mirror = await DebianMirror.FindAsync(cancel);
        string[] arguments =
        [
            "--variant=minbase",
            "--format=tar",
            $"--architectures={recipe.Architecture}",
            $"--include={string.Join(',', recipe.Packages)}",
            "--aptopt=APT::Install-Recommends \"false\"",
            "--aptopt=Acquire::Languages \"none\"",
            "--aptopt=Acquire::Retries \"3\"",
            "--dpkgopt=force-unsafe-io", // a half-made system is never used, so nothing need reach the disk
            .. recipe.Exclude.Select(e => $"--dpkgopt=path-exclude={e}"),
            "--customize-hook=chroot \"$1\" sh -c 'cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null > /root/sources; dpkg-query -W -f \"\\${binary:Package} \\${Version}\\n\" > /root/packages'",
            $"--customize-hook=download /root/sources {Quoted(SourcesFile)}",
            $"--customize-hook=download /root/packages {Quoted(packages)}",
            $"--customize-hook=upload {Quoted(Path.Combine(recipe.Directory, ImageRecipe.ProvisionName))} /root/provision.sh",
            "--customize-hook=chroot \"$1\" sh /root/provision.sh",
            "--customize-hook=rm \"$1/root/provision.sh\" \"$1/root/sources\" \"$1/root/packages\"",
            .. await AptProxiesAsync(cancel),
            recipe.Suite,
            "-",
            .. mirror is null ? Array.Empty<string>() : ["-"],
        ];
        _running = RunAsync(arguments, mirror?.Sources(recipe.Suite, "deb") ?? "", recipe.Name, progress);

        // The tar begins when everything before it has ended well.
        var first = await _pipe.Reader.ReadAsync(cancel);
        _pipe.Reader.AdvanceTo(first.Buffer.Start);
        if (first.IsCompleted && first.Buffer.IsEmpty)
            await _running;
        Packages = PackageList.Parse(await File.ReadAllTextAsync(packages, cancel));
    }

    private async Task RunAsync(string[] arguments, string sources, string name, IProgress<string>? progress)
    {
        Exception? failure = null;
        try
        {
            var result = await Cli.Wrap("mmdebstrap")
                .WithArguments(arguments)
                .WithStandardInputPipe(PipeSource.FromString(sources))
                .WithStandardOutputPipe(PipeTarget.ToStream(_pipe.Writer.AsStream(leaveOpen: true)))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(line => Hear(line, name, progress)))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(_kill.Token, _interrupt.Token);
            if (result.ExitCode != 0)
                throw new InfrastructureException($"mmdebstrap could not build {name} (exit code {result.ExitCode}): {string.Join(" | ", _lastLines)}");
        }
        catch (Win32Exception e)
        {
            failure = new InfrastructureException("mmdebstrap, which makes images, is not installed. Run `./openconfirm setup`.", e);
            throw failure;
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            await _pipe.Writer.CompleteAsync(failure);
        }
    }

    private void Hear(string line, string name, IProgress<string>? progress)
    {
        if (line.Length == 0)
            return;
        _lastLines.Add(line);
        if (_lastLines.Count > 8)
            _lastLines.RemoveAt(0);
        if (line.StartsWith("I: ", StringComparison.Ordinal) && line.EndsWith("...", StringComparison.Ordinal))
            progress?.Report($"{name}: {line[3..^3]}");
    }

    // mmdebstrap's apt has a configuration of its own; the machine's proxy must be told to it.
    private static async Task<IEnumerable<string>> AptProxiesAsync(CancellationToken cancel)
    {
        var output = new StringBuilder();
        try
        {
            await Cli.Wrap("apt-config")
                .WithArguments(["dump", "--format", "%F \"%v\";%n", "Acquire::http::Proxy", "Acquire::https::Proxy"])
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancel);
        }
        catch (Win32Exception)
        {
            return [];
        }

        return output.ToString().Split('\n').Where(l => l.Contains("::Proxy", StringComparison.Ordinal) && !l.EndsWith("\"\";", StringComparison.Ordinal))
            .Select(l => $"--aptopt={l}");
    }

    // mmdebstrap splits the words of its special hooks as a shell would.
    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''")}'";
}
