using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Lab.Speakers.Isis;

namespace OpenConfirm.Lab.Tests;

/// <summary>An IS-IS speaker and LSPs that are none: it stays up, and goes on.</summary>
public sealed class BadLspTests
{
    private static readonly byte[] AllSystems = [0x09, 0, 0x2b, 0, 0, 0x05];

    /// <summary>A header that says that the PDU ends within it, and one whose system identifiers have another length.</summary>
    [TestCase(10, 0)]
    [TestCase(26, 0)]
    [TestCase(27, 1)]
    [TestCase(27, 255)]
    public async Task A_header_that_lies(int length, int identifierLength)
    {
        using var network = new LabNetwork();
        using var loop = new SpeakerLoop();
        var (one, other) = network.Connect(network.AddNode("one"), network.AddNode("other"));
        using var good = new IsisSpeaker(loop, one, new IsisSpeakerConfig { System = [0, 0, 0, 0, 0, 1] });
        using var bad = new IsisSpeaker(loop, other, new IsisSpeakerConfig { System = [0, 0, 0, 0, 0, 2] });
        await good.StartAsync();
        await bad.StartAsync();
        await Task.WhenAll(good.Up, bad.Up).WaitAsync(TimeSpan.FromSeconds(30));

        // It has the name of one of the good one's own LSPs, which that takes back.
        byte[] lsp = [0x83, 27, 1, (byte)identifierLength, 20, 1, 0, 0, 0, (byte)length, 4, 0xb0, 0, 0, 0, 0, 0, 1, 0, 9, 0, 0, 0, 5, 0, 0, 3];
        var heard = new TaskCompletionSource();
        good.OnFrame = frame =>
        {
            if (frame.Span.IndexOf(lsp) >= 0)
                heard.TrySetResult();
        };
        bad.SendFrame(Frames.IsIs([2, 0, 0, 0, 0, 9], AllSystems, lsp));
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(await good.AdjacenciesAsync(), Has.Count.EqualTo(1));
        Assert.That(good.Ended.IsCompleted, Is.False);
    }
}
