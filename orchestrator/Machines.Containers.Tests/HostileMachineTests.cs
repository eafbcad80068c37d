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
}
