using OpenConfirm.Lab.Captures;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;

namespace OpenConfirm.Cli.Tests;

/// <summary>What <c>openconfirm lab show</c> prints for people.</summary>
public sealed class LabShowPrinterTests
{
    [Test]
    public async Task A_capture_that_is_not_whole_is_told()
    {
        Assert.That(await PrintAsync(new(1200, 34, 0, null)), Does.Contain("\ncapture     not whole: 1200 frames in the file, 34 lost, 0 left out\n"));
        Assert.That(await PrintAsync(new(1200, 0, 5, null)), Does.Contain("\ncapture     not whole: 1200 frames in the file, 0 lost, 5 left out\n"));
        Assert.That(await PrintAsync(new(1200, 0, 0, "no room")), Does.Contain("\ncapture     not whole: 1200 frames in the file, 0 lost, 0 left out; ended early:\n            no room\n"));
    }

    [Test]
    public async Task A_whole_capture_needs_no_line([Values] bool hasCapture) =>
        Assert.That(await PrintAsync(hasCapture ? new(1200, 0, 0, null) : null), Does.Not.Contain("capture"));

    private static async Task<string> PrintAsync(CaptureReport? capture)
    {
        var result = new ShowResult
        {
            Dut = "bird",
            Version = "BIRD 2",
            Protocol = RoutingProtocol.Bgp,
            Neighbors = [],
            Routes = [],
            Fib = [],
            Capture = capture,
            Health = new Health([], TimeSpan.Zero, null),
        };
        await using var output = new StringWriter { NewLine = "\n" };
        await LabShowPrinter.PrintAsync(result, output);
        return output.ToString();
    }
}
