using System.Text.Json;

namespace OpenConfirm.Cli.Tests;

public class DoctorCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("openconfirm-doctor-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Machine_without_tools_gets_a_reason_and_a_command_for_each()
    {
        var (code, capabilities) = await DiagnoseAsync(searchPath: _folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(3));
            foreach (var name in new[] { "git", "containers", "mmdebstrap" })
            {
                Assert.That(capabilities[name].GetProperty("state").GetString(), Is.EqualTo("missing"), name);
                Assert.That(capabilities[name].GetProperty("detail").GetString(), Does.Contain("installed"), name);
                Assert.That(capabilities[name].GetProperty("command").GetString(), Is.EqualTo("./openconfirm setup"), name);
                Assert.That(capabilities[name].GetProperty("neededForCheck").GetBoolean(), name);
            }

            Assert.That(capabilities["prlimit"].GetProperty("state").GetString(), Is.EqualTo("missing"));
            Assert.That(capabilities["prlimit"].GetProperty("detail").GetString(), Does.Contain("no limit on memory"));
            Assert.That(capabilities["prlimit"].GetProperty("command").GetString(), Does.Contain("apt-get install util-linux"));
            Assert.That(capabilities["prlimit"].GetProperty("neededForCheck").GetBoolean(), Is.False);
            Assert.That(capabilities["vms"].GetProperty("command").GetString(), Does.Contain("apt-get install qemu-system-x86"));
        }
    }

    [Test]
    public async Task Tool_that_fails_is_broken_and_its_last_words_are_the_reason()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        WriteScript(bin, "git", "echo one >&2; echo libpcre2 is missing >&2; exit 127");
        WriteScript(bin, "podman", "echo 'Error: no space left on device' >&2; exit 125");
        WriteScript(bin, "ip", "exit 0");
        WriteScript(bin, "unshare", "echo 'unshare failed: Operation not permitted' >&2; exit 1");
        var (code, capabilities) = await DiagnoseAsync(bin);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(3));
            Assert.That(capabilities["git"].GetProperty("state").GetString(), Is.EqualTo("broken"));
            Assert.That(capabilities["git"].GetProperty("detail").GetString(), Is.EqualTo("libpcre2 is missing"));
            Assert.That(capabilities["containers"].GetProperty("detail").GetString(), Is.EqualTo("podman: Error: no space left on device"));
            Assert.That(capabilities["lab"].GetProperty("state").GetString(), Is.EqualTo("broken"));
        }
    }

    [TestCase("v2", false, "cpu memory pids", "there")]
    [TestCase("v2", true, "memory", "broken")] // a plain user to whom systemd does not hand over cpu and pids
    [TestCase("v1", true, "", "broken")]
    public async Task Engine_that_cannot_hold_limits_is_broken(string cgroups, bool isRootless, string controllers, string expected)
    {
        var bin = Directory.CreateTempSubdirectory("openconfirm-doctor-").FullName;
        try
        {
            WriteScript(bin, "runc", "exit 0");
            WriteScript(bin, "podman", $"""
                cat <<'JSON'
                {Info(cgroups, isRootless, controllers)}
                JSON
                """);
            var (_, capabilities) = await DiagnoseAsync(bin);
            Assert.That(capabilities["containers"].GetProperty("state").GetString(), Is.EqualTo(expected));
            if (expected == "broken")
                Assert.That(capabilities["containers"].GetProperty("detail").GetString(), Does.Contain("no limits on"));
        }
        finally
        {
            Directory.Delete(bin, recursive: true);
        }
    }

    [Test]
    public async Task Engine_that_answers_nonsense_is_broken()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_folder, "nonsense")).FullName;
        WriteScript(bin, "podman", "echo '[]'");
        var (_, capabilities) = await DiagnoseAsync(bin);
        Assert.That(capabilities["containers"].GetProperty("detail").GetString(), Does.Contain("not understood"));
    }

    [Test]
    public async Task Data_folder_that_is_not_there_yet_is_measured_and_not_made()
    {
        var data = Path.Combine(_folder, "not", "yet");
        var (_, capabilities) = await DiagnoseAsync(searchPath: null, data);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(capabilities["disk"].GetProperty("detail").GetString(), Does.Contain($"GB free for {data}").Or.Contain("needed"));
            Assert.That(Path.GetDirectoryName(data), Does.Not.Exist);
        }
    }

    [Test]
    public async Task Columns_fit_a_terminal_and_commands_can_be_copied()
    {
        using var output = new StringWriter();
        await DoctorCommand.RunAsync(json: false, _folder, output, CancellationToken.None, searchPath: _folder);
        var lines = output.ToString().Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Where(l => l.Length > 80 && !l.StartsWith("  get it:", StringComparison.Ordinal)), Is.Empty);
            Assert.That(lines, Does.Contain("  get it:           ./openconfirm setup"));
            Assert.That(lines[^2], Does.Contain("cannot run here"));
        }
    }

    private static async Task<(int Code, Dictionary<string, JsonElement> Capabilities)> DiagnoseAsync(string? searchPath, string? data = null)
    {
        using var output = new StringWriter();
        var code = await DoctorCommand.RunAsync(json: true, data ?? Path.GetTempPath(), output, CancellationToken.None, searchPath);
        using var document = JsonDocument.Parse(output.ToString());
        var capabilities = document.RootElement.GetProperty("capabilities").EnumerateArray()
            .ToDictionary(c => c.GetProperty("name").GetString()!, c => c.Clone());
        Assert.That(document.RootElement.GetProperty("isReady").GetBoolean(), Is.EqualTo(code == 0));
        return (code, capabilities);
    }

    private static string Info(string cgroups, bool isRootless, string controllers) => JsonSerializer.Serialize(new
    {
        host = new
        {
            cgroupVersion = cgroups,
            cgroupControllers = controllers.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ociRuntime = new { name = "crun" },
            security = new { rootless = isRootless },
        },
        version = new { Version = "5.4.2" },
    });

    private static void WriteScript(string folder, string name, string text)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
