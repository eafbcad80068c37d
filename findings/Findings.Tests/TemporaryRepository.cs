using System.Diagnostics;
using System.Text;

namespace OpenConfirm.Findings.Tests;

/// <summary>A git repository in a temporary folder, untouched by the configuration of who runs the tests.</summary>
internal sealed class TemporaryRepository : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openconfirm-findings-");

    public TemporaryRepository() => Git("init", "-q");

    public string Folder => folder.FullName;

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Folder, path));

    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, to))!);
        File.Move(Path.Combine(Folder, from), Path.Combine(Folder, to));
    }

    /// <summary>Commits everything and returns the commit.</summary>
    public string Commit()
    {
        Git("add", "-A");
        Git("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", "x");
        return Git("rev-parse", "HEAD").Trim();
    }

    public string Diff(string @base, string patched) => Git([.. TreeDiff.GitArguments, @base, patched]);

    /// <summary>Makes branches of exactly these files, each line ended by LF; far fewer processes than a work tree.</summary>
    public void Import(params (string Branch, IReadOnlyDictionary<string, string[]> Files)[] branches)
    {
        var stream = new StringBuilder();
        foreach (var (branch, files) in branches)
        {
            stream.Append($"commit refs/heads/{branch}\ncommitter T <t@example.org> 0 +0000\ndata 0\n");
            foreach (var (path, lines) in files)
            {
                var text = string.Concat(lines.Select(l => l + "\n"));
                stream.Append($"M 100644 inline {path}\ndata {Encoding.UTF8.GetByteCount(text)}\n{text}\n");
            }
        }

        Run(["fast-import", "--quiet", "--force"], stream.ToString());
    }

    public string Git(params string[] arguments) => Run(arguments, "");

    private string Run(string[] arguments, string input)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} exited with {process.ExitCode}");
    }

    public void Dispose() => folder.Delete(recursive: true);
}
