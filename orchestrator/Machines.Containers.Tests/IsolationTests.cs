namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>What the code inside of a machine finds.</summary>
[Category("Full")]
public sealed class IsolationTests
{
    private IMachine _machine = null!;

    [OneTimeSetUp]
    public async Task Take() => _machine = await TestPool.TakeAsync();

    [OneTimeTearDown]
    public async Task Dispose() => await _machine.DisposeAsync();

    [Test]
    public async Task There_is_no_network_but_loopback()
    {
        var (result, output) = await _machine.ShellAsync("ls /sys/class/net; python3 -c 'import socket; socket.create_connection((\"192.0.2.1\", 80), 5)'");
        Assert.That(output, Does.StartWith("lo\n").And.Contain("Network is unreachable"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Sockets_of_no_network_namespace_are_refused()
    {
        var (_, output) = await _machine.ShellAsync("""
            cat > p.py <<'PY'
            import ctypes, socket
            libc = ctypes.CDLL(None, use_errno=True)
            for what, number, arguments in [
                ("unix", 41, (1, 1, 0)), ("inet", 41, (2, 1, 0)), ("inet6", 41, (10, 2, 0)), ("route", 41, (16, 3, 0)),
                ("vsock", 41, (40, 1, 0)), ("vsock in disguise", 41, (40 | 1 << 32, 1, 0)), ("audit", 41, (16, 3, 9)), ("audit in disguise", 41, (16, 3, 9 | 1 << 32)),
                ("can", 41, (29, 3, 1)), ("io_uring", 425, (8, 0, 0))]:
              made = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
              print(what, "made" if made >= 0 else "refused" if ctypes.get_errno() in (1, 22, 38) else ctypes.get_errno())
            PY
            python3 p.py
            """);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "unix made", "inet made", "inet6 made", "route made", "vsock refused", "vsock in disguise refused", "audit refused", "audit in disguise refused",
            "can refused", "io_uring refused",
        }));
    }

    [Test]
    public async Task It_is_a_plain_user_without_capabilities()
    {
        var (_, output) = await _machine.ShellAsync("id -u; id -un; grep -E 'Cap|NoNewPrivs' /proc/self/status | tr -d '\\t'");
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "1000", "builder", "CapInh:0000000000000000", "CapPrm:0000000000000000", "CapEff:0000000000000000",
            "CapBnd:0000000000000000", "CapAmb:0000000000000000", "NoNewPrivs:1",
        }));
    }

    [TestCase("/etc/x")]
    [TestCase("/usr/bin/x")]
    [TestCase("/x")]
    [TestCase("/run/x")]
    [TestCase("/sys/fs/cgroup/pids/x")]
    public async Task Nothing_but_work_and_temporary_folders_can_be_written(string path)
    {
        var (result, _) = await _machine.ShellAsync($"echo x > {path}");
        Assert.That(result.ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task The_root_is_mounted_read_only()
    {
        var (_, output) = await _machine.ShellAsync("grep ' / ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1");
        Assert.That(output, Is.EqualTo("ro\n"));
    }

    [Test]
    public async Task Every_writable_place_has_a_size()
    {
        var (_, folders) = await _machine.ShellAsync("find / -xdev -writable -type d 2>/dev/null | sort");
        Assert.That(folders, Is.EqualTo("/tmp\n/var/tmp\n/work\n"));
        var (_, output) = await _machine.ShellAsync("for d in /work /tmp /var/tmp /dev/shm /run; do stat -f -c '%b %S' $d; done");
        var sizes = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ').Select(long.Parse).Aggregate((a, b) => a * b));
        Assert.That(sizes, Is.EqualTo(new[] { 64L << 20, 128L << 20, 16L << 20, 64L << 20, 1L << 20 }));
    }

    [Test]
    public async Task Programs_run_from_the_work_disk()
    {
        var (result, output) = await _machine.ShellAsync("printf '#!/bin/sh\\necho ran' > p && chmod +x p && ./p");
        Assert.That((result.ExitCode, output), Is.EqualTo((0, "ran\n")));
    }

    [Test]
    public async Task Orphans_are_reaped()
    {
        var (_, output) = await _machine.ShellAsync("(sh -c 'sleep 0.1 & exec sleep 0.2' &); sleep 0.6; cat /proc/[0-9]*/stat | grep -c ') Z '");
        Assert.That(output, Is.EqualTo("0\n"));
    }

    [Test]
    public async Task Every_limit_is_held_on_this_machine()
    {
        var pool = await TestPool.GetAsync();
        Assert.That(pool.UnenforcedLimits, Is.Empty);
    }

    [Test]
    public async Task Both_outputs_come_in_order_and_codes_are_the_commands()
    {
        var (result, output) = await _machine.ShellAsync("for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; done; exit 42");
        Assert.That(output, Is.EqualTo("o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\n"));
        Assert.That((result.ExitCode, result.Limit), Is.EqualTo((42, LimitKind.None)));
    }

    [Test]
    public async Task A_missing_program_or_directory_is_the_codes_affair()
    {
        using var output = new MemoryStream();
        var missing = await _machine.RunAsync(new MachineCommand { Arguments = ["./configure; id"] }, output, default);
        var nowhere = await _machine.RunAsync(new MachineCommand { Arguments = ["true"], Directory = "/work/none" }, output, default);
        Assert.That((missing.ExitCode, nowhere.ExitCode), Is.EqualTo((127, 125)));
    }

    [Test]
    public async Task Variables_and_arguments_arrive_as_they_are()
    {
        using var output = new MemoryStream();
        await _machine.RunAsync(
            new MachineCommand { Arguments = ["/usr/bin/printf", "%s|", "a b", "$HOME;'\"", "-n"], Environment = new Dictionary<string, string> { ["V"] = "x=y z" } },
            output,
            default);
        await _machine.RunAsync(
            new MachineCommand { Arguments = ["/usr/bin/printenv", "V"], Environment = new Dictionary<string, string> { ["V"] = "x=y z" } }, output, default);
        Assert.That(System.Text.Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo("a b|$HOME;'\"|-n|x=y z\n"));
    }

    [Test]
    public async Task A_process_left_behind_does_not_hold_the_command()
    {
        var (result, output) = await _machine.ShellAsync("sleep 1000 & echo started", TimeSpan.FromMinutes(2));
        Assert.That((result.Succeeded, output), Is.EqualTo((true, "started\n")));
    }
}
