using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Intake.Tests;

/// <summary>A git repository in a temporary folder, deaf to the user's configuration.</summary>
internal sealed class TestGit : IDisposable
{
    public TestGit()
    {
        Folder = Directory.CreateTempSubdirectory("openconfirm-intake-").FullName;
        Run("init", "-q", "-b", "main");
    }

    private TestGit(string folder) => Folder = folder;

    public string Folder { get; }

    public string Run(params string[] arguments)
    {
        var result = Cli.Wrap("git").WithArguments(arguments).WithWorkingDirectory(Folder).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(e => e
                .Set("GIT_CONFIG_NOSYSTEM", "1").Set("GIT_CONFIG_GLOBAL", "/dev/null").Set("HOME", Folder)
                .Set("GIT_COMMITTER_NAME", "C").Set("GIT_COMMITTER_EMAIL", "c@example.org").Set("GIT_COMMITTER_DATE", "2024-05-01T12:00:00Z"))
            .ExecuteBufferedAsync(System.Text.Encoding.Latin1).GetAwaiter().GetResult();
        Assert.That(result.ExitCode, Is.Zero, () => $"git {string.Join(' ', arguments)}: {result.StandardError}{result.StandardOutput}");
        return result.StandardOutput;
    }

    /// <summary>Another repository with the commits up to one of this.</summary>
    public TestGit CopyAt(string commit)
    {
        var folder = Directory.CreateTempSubdirectory("openconfirm-intake-").FullName;
        Run("clone", "-q", "--shared", "--no-checkout", ".", folder);
        var copy = new TestGit(folder);
        copy.Run("checkout", "-q", "--detach", commit);
        return copy;
    }

    public void Commit(string author, string message, params (string Path, byte[]? Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            var full = Path.Combine(Folder, path);
            if (content is null)
                File.Delete(full);
            else
                File.WriteAllBytes(full, content);
        }

        Run("add", "-A");
        Run("-c", "i18n.commitEncoding=UTF-8", "commit", "-q", "--allow-empty-message", "--cleanup=verbatim", $"--author={author}", "--date=2024-05-01T10:20:30+0530", "-m", message);
    }

    /// <summary>Tree, author, date and message of each commit behind the base.</summary>
    public string History(string range) => Run("log", "--reverse", "--format=%T%n%an <%ae> %ad%n%B%x00", "--date=raw", range);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
