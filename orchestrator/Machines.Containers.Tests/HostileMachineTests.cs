using System.Formats.Tar;

namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>
/// Code that gets in the way of our own work in its machine: whatever it does is its own failure, and no
/// <see cref="OpenConfirm.Model.InfrastructureException"/>.
/// </summary>
[Category("Full")]
public sealed class HostileMachineTests
{
    /// <summary>All of its memory is in files, which nothing takes back: whatever is started in there is killed.</summary>
    private const string FullMemory = "for f in /tmp/a /dev/shm/a /var/tmp/a /work/a; do head -c 600M /dev/zero > $f 2>/dev/null; done";

    /// <summary>Waits for the end of a process, and then stops every other one that it may, again and again.</summary>
    private const string Stopper = """
        import os, signal, sys
        while os.path.exists("/proc/" + sys.argv[1]): pass
        while True:
          try: os.kill(-1, signal.SIGSTOP)
          except OSError: pass
        """;

    [Test]
    public async Task Memory_full_of_files_is_a_limit_in_every_command_after_it()
    {
        await using var machine = await TestPool.TakeAsync(TestPool.Small with { DiskBytes = 1L << 30, Processes = 2048 });
        var limits = new List<LimitKind> { (await machine.ShellAsync(FullMemory + "; i=0; while [ $i -lt 300 ]; do (sleep 60; :) & i=$((i+1)); done; exit 1")).Result.Limit };
        for (var i = 0; i < 3 && machine.IsAlive; i++)
            limits.Add((await machine.ShellAsync("false")).Result.Limit);
        Assert.That(limits, Has.Some.EqualTo(LimitKind.Memory));
        Assert.That(limits, Has.All.AnyOf(LimitKind.Memory, LimitKind.Disk, LimitKind.None));
    }

    [Test]
    public async Task A_first_process_offered_to_the_kernel_takes_the_machine_along_and_nobody_else()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, _) = await machine.ShellAsync("echo 1000 > /proc/1/oom_score_adj; python3 -c 'x = bytearray(2 << 30)'; sleep 5; python3 -c 'x = bytearray(2 << 30)'; exit 1");
        Assert.That(result.Limit, Is.EqualTo(LimitKind.Memory));
    }

    [Test]
    public async Task Whoever_stops_our_own_programs_fails_by_its_own_exit_code()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, _) = await machine.ShellAsync($"setsid python3 -c '{Stopper}' $$ >/dev/null 2>&1 & sleep 1; exit 3");

        // Ours is a matter of milliseconds and may slip through: then the machine lives on.
        Assert.That((result.ExitCode, result.Limit), Is.EqualTo((3, LimitKind.None)));
    }

    [Test]
    public async Task What_does_not_fit_is_its_own_limit()
    {
        await using var machine = await TestPool.TakeAsync();
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "big") { DataStream = new MemoryStream(new byte[65 << 20]) });
        tar.Position = 0;
        Assert.That(
            async () => await machine.PutAsync(tar, "/work/tree", touch: false, default),
            Throws.TypeOf<MachineLimitException>().With.Property("Limit").EqualTo(LimitKind.Disk));
    }

    [Test]
    public async Task Get_brings_no_link_device_right_or_odd_name()
    {
        await using var machine = await TestPool.TakeAsync();
        var (_, said) = await machine.ShellAsync("""
            mkdir -p out/deep && cd out
            echo s > setuid && chmod 6755 setuid
            mknod null c 1 3; mknod disk b 8 0; mkfifo pipe
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
            ln -s /etc/passwd passwd; ln -s ../../../../etc/passwd deep/passwd; ln -s / root; ln -s self self
            ln setuid hard
            printf x > ./--checkpoint-action=exec=sh
            printf x > "$(printf 'new\nline')"; printf x > "$(printf 'esc\033[31m')"; printf x > "$(printf 'bad\377utf8')"; printf x > '"quoted'"'"
            printf x > "$(head -c 255 /dev/zero | tr '\0' n)"
            d=deep; i=0; while [ $i -lt 100 ]; do d=$d/d; i=$((i+1)); done; mkdir -p $d; printf x > $d/f
            """);
        Assert.That(said, Does.Contain("Operation not permitted"), "device nodes");
        var host = Path.Combine(TestPool.Data, "odd");
        await machine.GetAsync("/work/out", host, 1 << 20, default);
        var got = Directory.GetFileSystemEntries(host, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(host, f)).ToList();
        Assert.That(got, Is.SupersetOf(new[] { "setuid", "hard", "--checkpoint-action=exec=sh", new string('n', 255) }));
        Assert.That(got, Has.None.AnyOf("null", "disk", "pipe", "socket", "passwd", "root", "self", "deep/passwd"));
        Assert.That(got.SelectMany(f => f).Where(char.IsControl), Is.Empty);
        foreach (var file in got.Select(f => Path.Combine(host, f)))
        {
            Assert.That(File.ResolveLinkTarget(file, returnFinalTarget: false), Is.Null, file);
            Assert.That(File.GetUnixFileMode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.OtherWrite), Is.EqualTo(UnixFileMode.None), file);
        }
    }

    [TestCase("i=0; while [ $i -lt 30000 ]; do : > out/f$i; i=$((i+1)); done", TestName = "A_machine_hands_out_too_many_files")]
    [TestCase("truncate -s 1T out/sparse", TestName = "A_machine_hands_out_a_bomb")]
    [TestCase("truncate -s 900K out/a out/b", TestName = "A_machine_hands_out_more_than_is_taken")]
    public async Task Get_has_an_end(string script)
    {
        await using var machine = await TestPool.TakeAsync();
        await machine.ShellAsync("mkdir out; " + script);
        var host = Path.Combine(TestPool.Data, "bomb" + script.Length);
        Assert.That(async () => await machine.GetAsync("/work/out", host, 1 << 20, default), Throws.TypeOf<MachineOutputException>());
        Assert.That(Directory.GetFiles(host, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), Is.LessThanOrEqualTo(1 << 20));
        Assert.That((await machine.ShellAsync("echo still here")).Output, Is.EqualTo("still here\n"));
    }

    [Test]
    public async Task A_work_disk_that_is_a_bomb_is_not_frozen()
    {
        await using var machine = await TestPool.TakeAsync();
        await machine.ShellAsync("truncate -s 1T sparse");
        Assert.That(async () => await machine.FreezeAsync("test-bomb", default), Throws.TypeOf<MachineOutputException>());
        Assert.That(Directory.GetFiles(Path.Combine(TestPool.Data, "snapshots"), "test-bomb*"), Is.Empty);
    }
}
