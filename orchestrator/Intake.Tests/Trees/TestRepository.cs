using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>A temporary directory with a developer's repository, our cache, and a canary that nothing may touch.</summary>
internal sealed class TestRepository : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("openconfirm-trees-").FullName;
    private int clock = 1_700_000_000;

    public TestRepository()
    {
        foreach (var folder in new[] { Path, Cache, Canary })
            Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(Canary, "bird"), "sings\n");
        Git("init", "--quiet", "--initial-branch=master", "--template=");
    }

    public string Path => System.IO.Path.Combine(root, "repo");

    public string Cache => System.IO.Path.Combine(root, "cache");

    public string Canary => System.IO.Path.Combine(root, "canary");

    public string Git(params string[] arguments) => Encoding.Latin1.GetString(GitBytes(arguments)).TrimEnd('\n');

    public byte[] GitBytes(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { "-c", "user.name=Ann Author", "-c", "user.email=ann@example.org", "-c", "maintenance.auto=false", "-c", "gc.auto=0" }.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_AUTHOR_DATE"] = start.Environment["GIT_COMMITTER_DATE"] = $"@{clock++} +0200";
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output.ToArray();
    }

    public string Write(string file, string content) => Write(file, Encoding.UTF8.GetBytes(content));

    public string Write(string file, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Sets the execute bits of a file.</summary>
    public static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Commits all there is and gives the commit.</summary>
    public string Commit(string message)
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return Git("rev-parse", "HEAD");
    }

    public string Commit(string file, string content, string message)
    {
        Write(file, content);
        return Commit(message);
    }

    /// <summary>The commits of a range as they would come by mail.</summary>
    public Series Mailed(string range, string? baseCommit = null, params string[] options)
    {
        var commits = Git("rev-list", "--reverse", range).Split('\n');
        var patches = commits.Select((commit, i) =>
        {
            var mail = GitBytes(["format-patch", "--stdout", "-1", "--always", .. options, commit]);
            var body = mail.AsSpan(mail.AsSpan().IndexOf("\n\n"u8) + 2).ToArray();
            return Patch(body, Git("log", "-1", "--format=%s", commit), i + 1);
        });
        return Series([.. patches], baseCommit);
    }

    public static Patch Patch(byte[] body, string title = "a patch", int number = 1) => new()
    {
        Number = number,
        Title = title,
        MessageId = $"{number}@example.org",
        Author = new Person("Ann Author", "ann@example.org"),
        Date = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(2)).AddSeconds(number),
        Body = body,
    };

    public static Patch Patch(string body, string title = "a patch", int number = 1) => Patch(Encoding.Latin1.GetBytes(body), title, number);

    public static Series Series(IReadOnlyList<Patch> patches, string? baseCommit = null) => new()
    {
        Subject = patches[0].Title,
        Version = 1,
        Total = patches.Count,
        Submitter = patches[0].Author,
        Patches = patches,
        Base = new BaseHints(baseCommit, [], Blobs(patches)),
        Date = patches[0].Date,
    };

    public Task<ProjectTree> OpenAsync(string? branch = null, TreeLimits? limits = null) =>
        ProjectTree.OpenAsync(Path, branch, Cache, CancellationToken.None, limits);

    /// <summary>Applies a series on a commit of the repository (default: its HEAD).</summary>
    public async Task<AppliedSeries> ApplyAsync(Series series, string? on = null)
    {
        var tree = await OpenAsync();
        return await tree.ApplyAsync(series, new SeriesBase(on ?? Git("rev-parse", "HEAD"), BaseSource.BranchHead, "test"), CancellationToken.None);
    }

    /// <summary>
    /// Hash of everything below a directory: names, contents, modes, times. Only the times of object files are left out:
    /// git renews them when it would write an object that is there already, so that they are not pruned while in use.
    /// </summary>
    public static string HashOf(string directory)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.FullName} {entry.UnixFileMode} {(entry.FullName.Contains("/objects/") ? 0 : entry.LastWriteTimeUtc.Ticks)} {entry.LinkTarget}\n"));
            if (entry is FileInfo { LinkTarget: null } file)
                hash.AppendData(File.ReadAllBytes(file.FullName));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Work trees and their locks that are still in the cache.</summary>
    public IEnumerable<string> LeftOver() =>
        Directory.EnumerateDirectories(Cache, "*.worktrees").SelectMany(Directory.EnumerateFileSystemEntries)
            .Concat(Directory.EnumerateDirectories(Cache, "*.git").Select(d => System.IO.Path.Combine(d, "worktrees")).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories))
            .Concat(Directory.EnumerateFiles(Cache, "archive-*"));

    /// <summary>A patch that adds one line to a new file.</summary>
    public static string NewFile(string path, string line = "owned", string mode = "100644") =>
        $"text\n---\ndiff --git a/{path} b/{path}\nnew file mode {mode}\nindex 0000000..1111111\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{line}\n-- \n2.39.5\n";

    public static Dictionary<string, string> Blobs(IReadOnlyList<Patch> patches)
    {
        var blobs = new Dictionary<string, string>();
        var path = "";
        foreach (var line in patches.SelectMany(p => Encoding.Latin1.GetString(p.Body.Span).Split('\n')))
        {
            if (line.StartsWith("diff --git a/", StringComparison.Ordinal))
                path = line["diff --git a/".Length..].Split(' ')[0];
            else if (line.StartsWith("index ", StringComparison.Ordinal))
                blobs.TryAdd(path, line["index ".Length..].Split("..")[0]);
        }
        return blobs;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
