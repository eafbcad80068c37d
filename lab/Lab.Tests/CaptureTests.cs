using System.Net;
using System.Net.Sockets;
using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Tests;

/// <summary>A capture has all that came until its end, or says how much it lacks; a file that is cut off says where.</summary>
public sealed class CaptureTests
{
    private string _file = "";

    [SetUp]
    public void SetUp() => _file = Path.Combine(Path.GetTempPath(), $"openconfirm-{Guid.NewGuid():n}.pcap");

    [TearDown]
    public void TearDown() => File.Delete(_file);

    [Test]
    public async Task It_has_all_that_came_before_its_end()
    {
        const int Count = 2000;
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));
        var capture = await Capture.StartAsync(loop, a, _file, TimeProvider.System);
        using var socket = NewSocket(a);

        // The loop has no time for them while they come, and then the end is there.
        using var go = new ManualResetEventSlim();
        var held = loop.InvokeAsync(() => go.Wait(SpeakerPeer.Limit));
        for (var i = 0; i < Count; i++)
            socket.SendTo(Payload(i), Everybody(a));
        var ending = Task.Run(capture.Dispose);
        go.Set();
        await held;
        await ending.WaitAsync(SpeakerPeer.Limit);

        var report = await capture.ReportAsync();
        var frames = CapturedFrames.Read(_file).ToList();
        Assert.That((report.Lost, report.Left, report.Failure), Is.EqualTo((0L, 0L, (string?)null)));
        Assert.That(frames, Has.Count.EqualTo(report.Frames));
        Assert.That(frames.Count(f => f.Span.IndexOf(Mark) >= 0), Is.EqualTo(Count));
    }

    [Test]
    public async Task It_counts_what_the_kernel_dropped()
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));
        using var capture = await Capture.StartAsync(loop, a, _file, TimeProvider.System);
        using var socket = NewSocket(a);
        using var go = new ManualResetEventSlim();
        var held = loop.InvokeAsync(() => go.Wait(SpeakerPeer.Limit));
        var large = new byte[1400];
        Mark.CopyTo(large);
        const int Count = 40_000;
        for (var i = 0; i < Count; i++)
            socket.SendTo(large, Everybody(a));
        go.Set();
        await held;
        capture.Dispose();

        var report = await capture.ReportAsync();
        Assert.That(report.Lost, Is.Positive);
        Assert.That(CapturedFrames.Read(_file).Count(), Is.EqualTo(report.Frames));
        Assert.That(report.Frames + report.Lost, Is.GreaterThanOrEqualTo(Count));
    }

    /// <summary>As a program that is killed leaves it: nobody has closed it.</summary>
    [Test]
    public async Task What_was_read_is_in_the_file()
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));
        using var capture = await Capture.StartAsync(loop, a, _file, TimeProvider.System);
        using var socket = NewSocket(a);
        socket.SendTo(Payload(1), Everybody(a));
        await SpeakerPeer.UntilAsync(() => CapturedFrames.Read(_file).Any(f => f.Span.IndexOf(Mark) >= 0));
    }

    [Test]
    public async Task A_disk_that_is_full_ends_it_and_nothing_else()
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (a, b) = network.Connect(network.AddNode("a"), network.AddNode("b"));
        Assert.That(() => Capture.StartAsync(loop, a, "/dev/full", TimeProvider.System), Throws.InstanceOf<IOException>());
        using var other = await Capture.StartAsync(loop, b, _file, TimeProvider.System);
        using var socket = NewSocket(a);
        socket.SendTo(Payload(1), Everybody(a));
        await SpeakerPeer.UntilAsync(() => CapturedFrames.Read(_file).Any(f => f.Span.IndexOf(Mark) >= 0));
    }

    [Test]
    public async Task It_is_whole_when_its_loop_ends_first()
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (a, _) = network.Connect(network.AddNode("a"), network.AddNode("b"));
        var capture = await Capture.StartAsync(loop, a, _file, TimeProvider.System);
        loop.Dispose();
        capture.Dispose();
        var report = await capture.ReportAsync();
        Assert.That(report.Failure, Is.EqualTo("the loop that ran it has ended"));
        Assert.That(CapturedFrames.Read(_file).Count(), Is.EqualTo(report.Frames));
    }

    [TestCase("", "is no pcap file: it has 0 octets, and the header alone has 24")]
    [TestCase("4d3cb2a1", "is no pcap file: it has 4 octets, and the header alone has 24")]
    [TestCase("a1b23c4d 0002 0004 00000000 00000000 00040000 00000001", "is a pcap file of a machine of the other byte order")]
    [TestCase("0a0d0d0a 00000000 00000000 00000000 00000000 00000000", "is a pcapng file, and not pcap")]
    [TestCase("23212f62 00000000 00000000 00000000 00000000 00000000", "is no pcap file: it begins with 622f2123")]
    [TestCase(Header + "71000000", "has frames of link type 113, and not of Ethernet (1)")]
    [TestCase(Header + "01000000 00000000 00000000 02000000 02000000 aabb 00", "is cut off in the header of frame 2, at octet 43")]
    [TestCase(Header + "01000000 00000000 00000000 02000000 02000000 aa", "is cut off in frame 1, which begins at octet 24: it has 1 of 2 octets")]
    [TestCase(Header + "01000000 00000000 00000000 ffffff7f 02000000 aa", "is cut off in frame 1, which begins at octet 24: it has 1 of 2147483647 octets")]
    [TestCase(Header + "01000000 00000000 00000000 ffffffff 02000000 aa", "is cut off in frame 1, which begins at octet 24: it has 1 of 4294967295 octets")]
    public void A_file_that_is_wrong_says_how(string octets, string reason)
    {
        File.WriteAllBytes(_file, Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal)));
        Assert.That(() => CapturedFrames.Read(_file).ToList(), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo($"{_file} {reason}"));
    }

    /// <summary>Headers whose lengths lie, at every length of the frame.</summary>
    [Test]
    public void Frames_that_lie_make_no_stream()
    {
        for (var length = 0; length < 100; length++)
        {
            var frame = Enumerable.Repeat((byte)0xff, length).ToArray();
            if (length > 24)
                (frame[12], frame[13], frame[14], frame[23]) = (8, 0, 0x4f, 6);
            Assert.That(CapturedFrames.Streams([frame], 0xffff), Is.Empty);
        }
    }

    private const string Header = "4d3cb2a1 0200 0400 00000000 00000000 00000400";

    private static ReadOnlySpan<byte> Mark => "openconfirm"u8;

    private static Socket NewSocket(Port port) => port.Node.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true });

    /// <summary>What goes to all on the link asks for no address first: it is on the wire when the call is back.</summary>
    private static IPEndPoint Everybody(Port port) => new(new IPAddress([.. port.Ip4.GetAddressBytes()[..3], 255]), 9);

    private static byte[] Payload(int number) => [.. Mark, (byte)number];
}
