using System.Formats.Tar;
using System.Text;

namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>Files into a machine, out of it, and frozen.</summary>
[Category("Full")]
public sealed class FilesTests
{
    private static readonly DateTimeOffset Then = new(2020, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Test]
    public async Task Put_keeps_times_unless_told_to_touch()
    {
        await using var machine = await TestPool.TakeAsync();
        await machine.PutAsync(Tar(("a/run.sh", "echo hi", 0b111_101_101)), "/work/src", touch: false, default);
        await machine.PutAsync(Tar(("a/new.c", "int x;", 0b110_100_100)), "/work/src", touch: true, default);
        var (_, output) = await machine.ShellAsync("cd src && stat -c '%a %Y' a/run.sh && a/run.sh; find . -newermt '2021-01-01' -type f; cat a/new.c");
        Assert.That(output, Is.EqualTo($"755 {Then.ToUnixTimeSeconds()}\n").Or.StartWith($"755 {Then.ToUnixTimeSeconds()}\n"));
        Assert.That(output, Does.EndWith("./a/new.c\nint x;"));
    }

    [Test]
    public async Task Put_to_the_work_disk_itself_takes_an_entry_for_it()
    {
        await using var machine = await TestPool.TakeAsync();
        var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "./") { ModificationTime = Then });
            await writer.WriteEntryAsync(Entry("./f", "text", 0b110_100_100));
        }

        tar.Position = 0;
        await machine.PutAsync(tar, "/work", touch: false, default);
        Assert.That((await machine.ShellAsync("cat f")).Output, Is.EqualTo("text"));
    }

    [Test]
    public async Task A_frozen_disk_comes_back_as_it_was()
    {
        var pool = await TestPool.GetAsync();
        const string look = "find . -printf '%p %y %m %T@ %n %l %s\\n' | grep -v '^\\. ' | sort";
        string before;
        Snapshot frozen;
        await using (var machine = await TestPool.TakeAsync())
        {
            (_, before) = await machine.ShellAsync(
                "mkdir -p d/e -- -dash .hidden && echo 1 > d/e/f && ln d/e/f d/hard && ln -s ../f d/e/sym && chmod 751 d && echo x > -dash/y && touch -d '2019-05-06 07:08:09.123456789' d/e/f && touch d/later && " + look);
            frozen = await machine.FreezeAsync("test-frozen", default);
            frozen = await machine.FreezeAsync("test-frozen", default); // in place of the first
        }

        Assert.That(before, Does.Contain("1557126489.1234567890"));
        Assert.That(Directory.GetFiles(Path.Combine(TestPool.Data, "snapshots"), "test-frozen*"), Has.Length.EqualTo(2));
        Assert.That(await pool.FindAsync("test-frozen", default), Is.EqualTo(frozen));
        Assert.That(await pool.FindAsync("test-unknown", default), Is.Null);
        await using var again = await TestPool.TakeAsync(snapshot: frozen);
        Assert.That((await again.ShellAsync(look)).Output, Is.EqualTo(before));
        Assert.That(again.Origin, Is.EqualTo(frozen));

        // What one machine does, the next does not see.
        await again.ShellAsync("rm -rf d");
        await using var third = await TestPool.TakeAsync(snapshot: frozen);
        Assert.That((await third.ShellAsync(look)).Output, Is.EqualTo(before));
    }

    [Test]
    public async Task Get_brings_regular_files_only()
    {
        await using var machine = await TestPool.TakeAsync();
        await machine.ShellAsync("mkdir -p out/sub && cd out && echo a > sub/a && ln -s /etc/passwd link && ln -s /etc dir && ln sub/a hard && mkfifo pipe && echo b > 'back\\slash' && echo c > \"$(printf 'new\\nline')\" && chmod 0 sub/a");
        var host = Path.Combine(TestPool.Data, "got");
        await machine.GetAsync("/work/out", host, 1 << 20, default);
        Assert.That(Directory.GetFileSystemEntries(host, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(host, f)), Is.EquivalentTo(Array.Empty<string>()).Or.EquivalentTo(new[] { "sub" }), "chmod 0 makes both names unreadable");
        await machine.ShellAsync("chmod 644 out/sub/a");
        await machine.GetAsync("/work/out", host, 1 << 20, default);
        Assert.That(
            Directory.GetFiles(host, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(host, f)),
            Is.EquivalentTo(new[] { "sub/a", "hard" }));
    }

    [Test]
    public async Task Get_is_capped()
    {
        await using var machine = await TestPool.TakeAsync();
        await machine.ShellAsync("mkdir out && head -c 3M /dev/zero > out/big");
        Assert.That(
            async () => await machine.GetAsync("/work/out", Path.Combine(TestPool.Data, "big"), 1 << 20, default),
            Throws.TypeOf<MachineOutputException>());
        Assert.That((await machine.ShellAsync("echo still here")).Output, Is.EqualTo("still here\n"));
    }

    [Test]
    public async Task Get_of_a_folder_that_is_not_there_gives_nothing()
    {
        await using var machine = await TestPool.TakeAsync();
        var host = Path.Combine(TestPool.Data, "none");
        await machine.GetAsync("/work/none", host, 1 << 20, default);
        Assert.That(Directory.GetFileSystemEntries(host), Is.Empty);
    }

    private static MemoryStream Tar(params (string Name, string Text, int Mode)[] files)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var (name, text, mode) in files)
                writer.WriteEntry(Entry(name, text, mode));
        }

        tar.Position = 0;
        return tar;
    }

    private static PaxTarEntry Entry(string name, string text, int mode) => new(TarEntryType.RegularFile, name)
    {
        ModificationTime = Then,
        Mode = (UnixFileMode)mode,
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
    };
}
