using System.Diagnostics;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Shows;

namespace OpenConfirm.Lab.Tests;

/// <summary>Daemons in the root of another system.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RootTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("openconfirm-test-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    /// <summary>A root that has a bird and what it is loaded with, and not even an /etc.</summary>
    [Test, Category("Full")]
    public async Task A_daemon_runs_in_a_root_of_its_own()
    {
        var installed = InstalledDut.Named("bird").Find();
        foreach (var name in (string[])["bird", "birdc"])
            CopyWithLibraries(installed.Programs[name], $"/usr/sbin/{name}");
        var before = Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories).Length;

        await using (var show = await BgpShow.StartAsync(Dut.Parse("bird", _root), null, null, CancellationToken.None))
        {
            var result = await show.RunAsync(5, CancellationToken.None);
            Assert.That(result.IsGood, Is.True, result.Failure);
            Assert.That(result.Fib, Has.Count.EqualTo(10));
            Assert.That(result.Health.Processes.Single().Program, Is.EqualTo("bird"));
            Assert.That(File.ResolveLinkTarget($"/proc/{show.Daemon.Processes[0].Id}/root", returnFinalTarget: false)!.FullName, Is.EqualTo("/run/openconfirm/root"));
        }

        Assert.That(Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories), Has.Length.EqualTo(before));
    }

    /// <summary>Made by mmdebstrap, for example; with a bird of whatever CPU.</summary>
    [Test, Category("Full")]
    public async Task A_daemon_runs_in_the_root_of_a_whole_system()
    {
        var root = Environment.GetEnvironmentVariable("OPENCONFIRM_DUT_ROOT");
        if (string.IsNullOrEmpty(root))
            Assert.Ignore("OPENCONFIRM_DUT_ROOT names no root with a bird in it");
        await using var show = await BgpShow.StartAsync(Dut.Parse("bird", root), null, null, CancellationToken.None);
        var result = await show.RunAsync(100, CancellationToken.None);
        Assert.That(result.IsGood, Is.True, result.Failure);
        Assert.That(await show.WithdrawAsync(100, CancellationToken.None), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_root_without_the_daemon_is_told() => Assert.That(
        () => Dut.Parse("bird", _root).Find(),
        Throws.TypeOf<DaemonException>().With.Message.EqualTo($"bird is not installed in {_root}: there is no bird; add its package (bird2) to that root"));

    [TestCase(243, "riscv64")]
    [TestCase(258, "loongarch64")]
    public void A_CPU_that_nothing_here_runs_is_told(int machine, string cpu)
    {
        WriteProgram($"{_root}/bird", machine, loader: null);
        Assert.That(
            () => Emulator.Of(_root, "/bird", searchPath: _root),
            Throws.TypeOf<DaemonException>().With.Message.Match($"{_root}/bird is for {cpu}, and there is no qemu-{cpu}-static .*apt-get install qemu-user-static"));
    }

    [Test]
    public void An_emulator_is_taken_that_needs_no_libraries()
    {
        WriteProgram($"{_root}/bird", 243, loader: null);
        Directory.CreateDirectory($"{_root}/bin");
        WriteProgram($"{_root}/bin/qemu-riscv64-static", 62, loader: "/lib64/ld.so");
        WriteProgram($"{_root}/bin/qemu-riscv64", 62, loader: null);
        Assert.That(Emulator.Of(_root, "/bird", $"/nonexistent:{_root}/bin"), Is.EqualTo($"{_root}/bin/qemu-riscv64"));
    }

    [Test]
    public void A_root_without_a_loader_is_told()
    {
        WriteProgram($"{_root}/bird", 243, loader: "/lib/ld-linux.so.1");
        Assert.That(() => Emulator.Of(_root, "/bird", _root), Throws.TypeOf<DaemonException>().With.Message.StartsWith($"{_root} has no /lib/ld-linux.so.1, by which /bird is loaded"));
    }

    [Test]
    public void A_script_needs_no_emulator()
    {
        File.WriteAllText($"{_root}/bird", "#!/bin/sh\n");
        Assert.That(Emulator.Of(_root, "/bird", _root), Is.Null);
    }

    [Test]
    public void Links_stay_in_their_root()
    {
        Directory.CreateDirectory($"{_root}/usr/lib");
        Directory.CreateSymbolicLink($"{_root}/lib", "/usr/lib");
        Directory.CreateSymbolicLink($"{_root}/usr/lib/up", "../../../../lib/x");
        File.CreateSymbolicLink($"{_root}/loop", "/loop");
        File.CreateSymbolicLink($"{_root}/usr/lib/whole", "/etc/x");
        Assert.That(Links.Resolve(_root, "/usr/lib/whole"), Is.EqualTo("/etc/x"));
        Assert.That(Links.Resolve(_root, "/lib/up/y"), Is.EqualTo("/usr/lib/x/y"));
        Assert.That(Links.Resolve(_root, "/lib/./../missing/file"), Is.EqualTo("/usr/missing/file"));
        Assert.That(Links.Resolve(_root, "/loop/x"), Is.EqualTo("/loop/x"));
        Assert.That(Links.Resolve(_root, "/"), Is.EqualTo("/"));
    }

    /// <summary>A header and nothing that could run; elf(5).</summary>
    private static void WriteProgram(string file, int machine, string? loader)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(loader is null ? "" : loader + "\0");
        var octets = new byte[64 + 56 + name.Length];
        "\u007fELF"u8.CopyTo(octets);
        (octets[4], octets[5], octets[18], octets[19]) = (2, 1, (byte)machine, (byte)(machine >> 8));
        (octets[32], octets[54], octets[56]) = (64, 56, (byte)(loader is null ? 0 : 1));
        (octets[64], octets[64 + 8], octets[64 + 32]) = (3, 64 + 56, (byte)name.Length);
        name.CopyTo(octets, 64 + 56);
        File.WriteAllBytes(file, octets);
    }

    private void CopyWithLibraries(string file, string target)
    {
        Copy(file, target);
        using var ldd = Process.Start(new ProcessStartInfo("ldd", [file]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        foreach (var library in ldd.StandardOutput.ReadToEnd().Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith('/')))
            Copy(library, library);
    }

    private void Copy(string file, string target)
    {
        Directory.CreateDirectory(_root + Path.GetDirectoryName(target));
        File.Copy(file, _root + target, overwrite: true);
    }
}
