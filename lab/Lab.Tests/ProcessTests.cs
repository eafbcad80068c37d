using System.Diagnostics;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Shows;

namespace OpenConfirm.Lab.Tests;

/// <summary>What runs in a node ends with it, whoever started it; nothing of it is left in our own program.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Limit = SpeakerPeer.Limit;
    private static int s_marks;

    /// <summary>A time to sleep that nobody else does.</summary>
    private string _mark = "";

    [SetUp]
    public void SetUp() => _mark = $"54321.{Interlocked.Increment(ref s_marks)}";

    [Test]
    public async Task What_a_process_leaves_behind_ends_with_the_node()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        using var process = node.Start(Shell($"setsid sleep {_mark} & seq 1 20000"));

        // It holds the pipe open; what the process itself wrote is whole all the same.
        Assert.That(await process.Ended.WaitAsync(Limit), Is.Zero);
        Assert.That(process.Log, Does.EndWith("\n19999\n20000\n"));
        await SpeakerPeer.UntilAsync(() => Sleeping() == 1);
        network.Dispose();
        Assert.That(Sleeping(), Is.Zero);
    }

    [Test]
    public async Task A_process_takes_its_children_with_it()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        var process = node.Start(Shell($"sh -c 'sleep {_mark} & wait' & sleep {_mark} & wait"));
        await SpeakerPeer.UntilAsync(() => Sleeping() == 2);
        process.Dispose();
        await SpeakerPeer.UntilAsync(() => Sleeping() == 0);
        Assert.That(process.Ended.Result, Is.EqualTo(137));
    }

    [Test]
    public async Task A_program_that_takes_too_long_takes_its_children_with_it()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        Assert.That(
            () => NodeProcess.RunAsync(node, Shell($"sleep {_mark} & sleep {_mark}"), TimeSpan.FromSeconds(0.5), CancellationToken.None),
            Throws.TypeOf<TimeoutException>().With.Message.EqualTo("/bin/sh did not end within 0.5 s"));
        await SpeakerPeer.UntilAsync(() => Sleeping() == 0);
    }

    /// <summary>As a daemon does that ends at its start: the show is none, and what it has started is gone with it.</summary>
    [Test]
    public void A_start_that_fails_leaves_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("openconfirm-test-");
        try
        {
            foreach (var program in (string[])["bird", "birdc"])
            {
                var file = Path.Combine(folder.FullName, program);
                File.WriteAllText(file, $"#!/bin/sh\nsetsid sleep {_mark} &\nexit 7\n");
                File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
            }

            Assert.That(() => BgpShow.StartAsync(Dut.Parse($"bird:{folder.FullName}"), null, null, CancellationToken.None), Throws.TypeOf<DaemonException>());
            Assert.That(Sleeping(), Is.Zero);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>We are the first process of the namespace, and so the parent of what daemons leave behind; the runtime waits for that too.</summary>
    [Test]
    public async Task Nothing_stays_as_a_zombie()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        var result = await NodeProcess.RunAsync(node, Shell("sleep 0.2 & echo $!"), Limit, CancellationToken.None);
        var orphan = $"/proc/{result.Output.Trim()}";
        await SpeakerPeer.UntilAsync(() => !Directory.Exists(orphan));
    }

    [Test]
    public async Task A_line_without_end_takes_no_room()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        using var process = node.Start(Shell("head -c 20000000 /dev/zero | tr '\\0' a; echo; echo end"));
        await process.Ended.WaitAsync(Limit);
        Assert.That(process.Log, Is.EqualTo(new string('a', 4096) + "\nend\n"));
    }

    [Test]
    public async Task Input_that_nobody_reads_holds_nobody_up()
    {
        using var network = new LabNetwork();
        var node = network.AddNode("a");
        var result = await NodeProcess.RunAsync(node, Shell($"sleep {_mark} & exit 3") with { Input = new string('x', 1 << 20) }, Limit, CancellationToken.None);
        Assert.That(result.Code, Is.EqualTo(3));
    }

    [Test]
    public async Task Labs_leave_no_descriptors()
    {
        await PlayAsync();
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 5; i++)
            await PlayAsync();
        Assert.That(Directory.GetFileSystemEntries("/proc/self/fd"), Has.Length.LessThanOrEqualTo(before + 2));

        static async Task PlayAsync()
        {
            using var pair = await SpeakerPeer.ActiveAsync();
            await pair.EstablishAsync();
            using var network = new LabNetwork();
            var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));
            for (var i = 0; i < 4; i++)
            {
                await NodeProcess.RunAsync(a.Node, Shell("echo 1"), Limit, CancellationToken.None);
                a.Node.Start(Shell("sleep 1000"));
                using var socket = new PacketSocket(a, 3);
            }
        }
    }

    /// <summary>
    /// clone(2) puts a thread into the namespaces of the one that starts it. The runtime starts threads of its own when there is
    /// much to do: each would do its work, whatever it is, in the network of whichever node it came from.
    /// </summary>
    [Test]
    public async Task No_thread_is_born_in_a_node()
    {
        ThreadPool.GetMinThreads(out var workers, out var others);
        ThreadPool.SetMinThreads(workers + 64, others);
        using var release = new ManualResetEventSlim();
        using var network = new LabNetwork();
        try
        {
            // All of the pool's threads are busy: whoever wants one now makes one.
            var busy = Enumerable.Range(0, ThreadPool.ThreadCount + 4).Select(_ => Task.Run(release.Wait)).ToList();
            var nodes = Enumerable.Range(0, 8).Select(i => network.AddNode($"n{i}")).ToList();
            foreach (var node in nodes)
            {
                node.Start(Shell("echo 1; sleep 1000"));
                node.Run(() => File.WriteAllText("/run/file", "x"));
                node.Routes();
            }

            await Task.WhenAll(nodes.Select(n => NodeProcess.RunAsync(n, Shell("echo 1"), Limit, CancellationToken.None)));
            Assert.That(Strangers(), Is.Empty);
            release.Set();
            await Task.WhenAll(busy);
            Assert.That(Strangers(), Is.Empty);
        }
        finally
        {
            release.Set();
            ThreadPool.SetMinThreads(workers, others);
        }
    }

    /// <summary>
    /// Threads of ours in a network other than the program's, that are no node's own. The runtime's compiler and collector open nothing:
    /// where their threads are does not matter.
    /// </summary>
    private static List<string> Strangers()
    {
        var own = Directory.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        var strangers = new List<string>();
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var name = File.ReadAllText($"{thread}/comm").Trim();
                var isKnown = name.StartsWith("node ", StringComparison.Ordinal) || name is ".NET Tiered Com" or ".NET BGC";
                if (!isKnown && Directory.ResolveLinkTarget($"{thread}/ns/net", false)!.Name != own)
                    strangers.Add(name);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return strangers;
    }

    private static ProcessCommand Shell(string script) => new("/bin/sh", "-c", script);

    private int Sleeping() => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline") == $"sleep\0{_mark}\0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
