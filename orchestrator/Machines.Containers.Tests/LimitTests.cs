namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>Hostile commands against the limits.</summary>
[Category("Full")]
public sealed class LimitTests
{
    [Test]
    public async Task Memory()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, _) = await machine.ShellAsync("python3 -c 'x = bytearray(2 << 30); print(len(x))'");
        Assert.That(result.Limit, Is.EqualTo(LimitKind.Memory));
        Assert.That(result.ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task A_fork_bomb_is_held_and_the_machine_can_be_thrown_away()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, _) = await machine.ShellAsync("bomb() { bomb | bomb & }; bomb; sleep 1; i=0; while [ $i -lt 100 ]; do sleep 5 & i=$((i+1)); done; exit 1", TimeSpan.FromSeconds(30));
        Assert.That(result.Limit, Is.EqualTo(LimitKind.Processes).Or.EqualTo(LimitKind.Time));
    }

    [Test]
    public async Task Refused_forks_are_told()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, _) = await machine.ShellAsync("i=0; while [ $i -lt 200 ]; do sleep 2 & i=$((i+1)); done; wait; exit 1");
        Assert.That(result.Limit, Is.EqualTo(LimitKind.Processes));
    }

    [Test]
    public async Task Disk()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, output) = await machine.ShellAsync("head -c 200M /dev/zero > big; s=$?; stat -c %s big; exit $s");
        Assert.That(output, Does.Contain("No space left on device").And.EndWith($"{64 << 20}\n"));
        Assert.That(result.Limit, Is.EqualTo(LimitKind.Disk));
    }

    [Test]
    public async Task Output()
    {
        await using var machine = await TestPool.TakeAsync();
        var (result, output) = await machine.ShellAsync("yes", outputBytes: 100_001);
        Assert.That((result.Limit, result.ExitCode, output.Length), Is.EqualTo((LimitKind.Output, -1, 100_001)));
        Assert.That(machine.IsAlive, Is.False);
    }

    [Test]
    public async Task Time_and_nothing_goes_on_running()
    {
        var mark = $"{Random(3000, 100_000)}.25";
        await using var machine = await TestPool.TakeAsync();
        var (result, output) = await machine.ShellAsync($"setsid nohup sleep {mark} & echo begun; sleep {mark}", TimeSpan.FromSeconds(5));
        Assert.That((result.Limit, result.ExitCode), Is.EqualTo((LimitKind.Time, -1)));
        Assert.That(output, Is.EqualTo("begun\n"));
        Assert.That(Sleeping(mark), Is.Empty);
    }

    [Test]
    public async Task Cancelling_ends_the_container()
    {
        var mark = $"{Random(3000, 100_000)}.75";
        await using var machine = await TestPool.TakeAsync();
        using var cancel = new CancellationTokenSource();
        var running = machine.ShellAsync($"sleep {mark}", cancel: cancel.Token);
        while (Sleeping(mark).Count == 0)
            await Task.Delay(50);
        await cancel.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Sleeping(mark), Is.Empty);
        Assert.That(machine.IsAlive, Is.False);
    }

    private static int Random(int from, int to) => new Random(Environment.ProcessId).Next(from, to);

    // Processes of machines are seen from the host.
    private static List<string> Sleeping(string mark) =>
    [
        .. Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Where(d =>
        {
            try
            {
                return File.ReadAllText($"{d}/cmdline").Contains($"sleep\0{mark}\0", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }),
    ];
}
