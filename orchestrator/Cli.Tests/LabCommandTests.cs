using System.Diagnostics;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary><c>openconfirm lab</c> as people start it: from outside, as a plain user, interrupted and killed.</summary>
[Category("Full")]
public sealed class LabCommandTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "openconfirm");

    [SetUp]
    public void SetUp()
    {
        if (!File.Exists("/usr/sbin/bird"))
            Assert.Ignore("bird is not installed");
    }

    [Test]
    public async Task Shows_what_a_daemon_believes()
    {
        var shown = await RunAsync(Program, "lab", "show", "bgp", "--dut", "bird", "--announce", "2", "--json");

        Assert.That(shown.ExitCode, Is.Zero, shown.StandardError);
        using var json = JsonDocument.Parse(shown.StandardOutput);
        Assert.That(json.RootElement.GetProperty("routes").GetArrayLength(), Is.EqualTo(4));
        Assert.That(json.RootElement.GetProperty("fib").EnumerateArray().Select(r => r.GetProperty("destination").GetString()), Does.Contain("198.18.0.1/32").And.Contain("2001:2::1/128"));
        Assert.That(json.RootElement.GetProperty("isGood").GetBoolean(), Is.True);
        Assert.That(json.RootElement.GetProperty("withdrawal").GetProperty("seconds").GetDouble(), Is.InRange(0, 20));
        Assert.That(json.RootElement.GetProperty("withdrawal").GetProperty("kernelLeft").GetInt32(), Is.Zero);
    }

    /// <summary>From a copy, since a plain user may not look into the folder that the tests are built in.</summary>
    [Test]
    public async Task Needs_no_root()
    {
        var copy = Directory.CreateTempSubdirectory("openconfirm-test-");
        try
        {
            await RunAsync("/bin/cp", "-r", AppContext.BaseDirectory + "/.", copy.FullName);
            await RunAsync("/bin/chmod", "-R", "a+rX", copy.FullName);
            var plain = Environment.IsPrivilegedProcess
                ? await RunAsync("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/env", "HOME=/nonexistent", $"{copy.FullName}/openconfirm", "lab", "show", "bgp", "--dut", "bird", "--announce", "1")
                : await RunAsync(Program, "lab", "show", "bgp", "--dut", "bird", "--announce", "1");

            Assert.That(plain.ExitCode, Is.Zero, plain.StandardOutput + plain.StandardError);
            Assert.That(plain.StandardOutput, Does.Contain("routes      2 of 2 announced").And.Contain("kernel      2 of them, proto bird").And.Contain("withdrawn   none left after"));
            Assert.That(plain.StandardOutput.Split('\n').Where(l => l.Length > 80), Is.Empty);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>By kill -9, by SIGTERM, by Ctrl-C; the last one is kill -9 for the program that runs inside of the namespaces.</summary>
    [TestCase(9, 137, false)]
    [TestCase(15, 130, false)]
    [TestCase(2, 130, false)]
    [TestCase(9, 137, true)]
    public async Task Leaves_nothing_when_it_is_ended(int signal, int code, bool isInner)
    {
        // A command that nobody else runs tells the lab's processes from others'.
        var mark = $"31{Environment.TickCount64 % 1_000_000}{signal}";
        var temporary = Directory.CreateTempSubdirectory("openconfirm-test-");
        using var program = Process.Start(new ProcessStartInfo(Program, ["lab", "shell", "bgp", "--dut", "bird", "--", "/bin/sleep", mark])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            Environment = { ["TMPDIR"] = temporary.FullName },
        })!;
        Assert.That(() => Sleeping(mark), Has.Count.EqualTo(1).After(20_000, 50));
        var birds = Birds();
        Assert.That(birds, Is.Not.Empty);
        var networks = birds.Concat(Sleeping(mark)).Select(Network).ToHashSet();
        Assert.That(networks, Has.Count.EqualTo(birds.Count).And.No.Member(Network(Environment.ProcessId)));

        var inner = Processes(arguments => arguments is [_, "lab", "shell", ..] && arguments[^1] == mark).Single(id => id != program.Id);
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{(isInner ? inner : program.Id)}"]);
        await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        // unshare(1) says 1 when its child was killed: it cannot unblock SIGKILL to end in the same way.
        Assert.That(program.ExitCode, isInner ? Is.Not.Zero : Is.EqualTo(code), await program.StandardError.ReadToEndAsync());
        Assert.That(() => Sleeping(mark), Is.Empty.After(2000, 20));
        Assert.That(() => Birds().Intersect(birds), Is.Empty.After(2000, 20));
        Assert.That(() => Processes(_ => true).Select(Network).Where(networks.Contains), Is.Empty.After(2000, 20));
        Assert.That(Leftovers.Temporary(temporary.FullName), Is.Empty);
        temporary.Delete(recursive: true);
        Assert.That(Directory.Exists("/run/openconfirm") || Directory.Exists("/run/bird/bird.ctl"), Is.False);
        Assert.That(await File.ReadAllTextAsync("/proc/self/mounts"), Does.Not.Contain("/run/openconfirm"));
    }

    [TestCase("bgp", "brid", "there is no daemon 'brid'; there are frr, quagga, bird, openbgpd, gobgp")]
    [TestCase("rip", "bird", "there is no protocol 'rip'; there are bgp, ospfv2, ospfv3, isis")]
    [TestCase("isis", "bird", "bird does not speak isis")]
    [TestCase("bgp", "bird:/nonexistent", "/nonexistent is no folder; give a build tree or a staging folder (bird:/path)")]
    public async Task A_wrong_call_is_told(string protocol, string dut, string reason)
    {
        var wrong = await RunAsync(Program, "lab", "show", protocol, "--dut", dut);

        Assert.That((wrong.ExitCode, wrong.StandardError), Is.EqualTo((2, $"openconfirm: {(dut.Contains("brid", StringComparison.Ordinal) || dut.Contains(':', StringComparison.Ordinal) ? "--dut: " : "")}{reason}\n")));
    }

    [Test]
    public async Task A_folder_without_the_daemon_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("openconfirm-test-");
        var empty = await RunAsync(Program, "lab", "show", "bgp", "--dut", $"bird:{folder.FullName}");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "bird"), "#!/bin/sh\necho I am no bird >&2\nexit 7\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "birdc"), "");
        await RunAsync("/bin/chmod", "-R", "a+rx", folder.FullName);
        var dying = await RunAsync(Program, "lab", "show", "bgp", "--dut", $"bird:{folder.FullName}");
        folder.Delete(recursive: true);

        Assert.That((empty.ExitCode, empty.StandardError), Is.EqualTo((3, $"openconfirm: there is no bird of bird in {folder.FullName}; it was looked for in this folder, in sbin, bin and lib/bird below it and below its usr and usr/local\n")));
        Assert.That((dying.ExitCode, dying.StandardError), Is.EqualTo((3, $"openconfirm: bird ended at start: {folder.FullName}/bird with code 7; the end of its log:\nI am no bird\n")));
    }

    private static async Task<BufferedCommandResult> RunAsync(string file, params string[] arguments) =>
        await CliWrap.Cli.Wrap(file).WithArguments(arguments).WithStandardInputPipe(PipeSource.Null).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();

    private static List<int> Sleeping(string mark) => Processes(arguments => arguments is ["/bin/sleep", var time] && time == mark);

    private static List<int> Birds() => Processes(arguments => arguments is [.., "/run/bird/bird.pid"]);

    /// <summary>The network namespace of a process; null when it has ended.</summary>
    private static string? Network(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/ns/net", returnFinalTarget: false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<int> Processes(Func<string[], bool> isOne)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id))
                continue;
            try
            {
                if (isOne(File.ReadAllText($"{folder}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries)))
                    found.Add(id);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return found;
    }
}
