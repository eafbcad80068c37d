using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenConfirm.Report;

namespace OpenConfirm.Cli.Tests;

/// <summary>
/// Series whose build is hostile, with real containers. What holds for all of them is asserted by
/// <see cref="HostileTree.CheckAsync"/>; docs/hostile-builds.md lists them with what holds each.
/// </summary>
[Category("Full")]
public sealed class HostileBuildTests
{
    private HostileTree _tree = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _tree = await HostileTree.CreateAsync();

    [OneTimeTearDown]
    public async Task TearDown() => await _tree.DisposeAsync();

    [Test]
    public async Task Forks_without_end()
    {
        var run = await _tree.BuildAsync("""
            bomb() { bomb | bomb & }
            bomb
            while :; do sleep 60 & done
            """);
        AssertLimit(run, "compile", "processes", "memory", "time");
    }

    [Test]
    public async Task Forks_without_end_behind_a_step_that_ends_well()
    {
        var run = await _tree.BuildAsync("""
            bomb() { bomb | bomb & }
            (bomb; while :; do sleep 60 & done) >/dev/null 2>&1 &
            sleep 3
            exit 0
            """);
        AssertLimit(run, null, "processes", "memory", "time");
    }

    [Test]
    public async Task Eats_memory() =>
        AssertLimit(await _tree.BuildAsync("python3 -c 'x = bytearray(2 << 30)'"), "compile", "memory");

    [Test]
    public async Task Eats_memory_with_full_disks_and_many_small_processes()
    {
        var run = await _tree.BuildAsync("""
            for f in /tmp/a /dev/shm/a /var/tmp/a /work/a; do head -c 300M /dev/zero > $f 2>/dev/null; done
            i=0
            while [ $i -lt 1500 ]; do (sleep 60; :) & i=$((i+1)); done
            exit 1
            """);
        AssertLimit(run, "compile", "memory", "disk");
    }

    [Test]
    public async Task Fills_the_disk() =>
        AssertLimit(await _tree.BuildAsync("head -c 400M /dev/zero > big"), "compile", "disk");

    [Test]
    public async Task Fills_the_disk_with_empty_files()
    {
        var run = await _tree.BuildAsync("python3 -c 'i = 0\nwhile True:\n  open(f\"f{i}\", \"w\").close(); i += 1'");
        AssertLimit(run, "compile", "disk", "time", "memory");
    }

    [Test]
    public async Task Prints_two_gigabytes() =>
        AssertLimit(await _tree.BuildAsync("yes 'main.c:1:1: error: no' | head -c 2G"), "compile", "output");

    [Test]
    public async Task Sleeps_for_ever() =>
        AssertLimit(await _tree.BuildAsync("trap '' TERM INT HUP; while :; do sleep 1000; done"), "compile", "time");

    private static void AssertLimit(HostileRun run, string? step, params string[] limits)
    {
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Outcome.Kind, Is.EqualTo(OutcomeKind.CodeLimit), run.Terminal);
        if (step is not null)
            Assert.That(run.Outcome.Step, Is.EqualTo(step));
        Assert.That(run.Outcome.Detail!.Split(' ')[0], Is.AnyOf(limits));
        Assert.That(run.Mail, Does.Contain("limit"));
    }
}
