using OpenConfirm.Intake;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Lab.Shows;

namespace OpenConfirm.Cli;

/// <summary>Prints what <c>openconfirm lab show</c> has found out, for people.</summary>
internal static class LabShowPrinter
{
    private const int Indent = 12;
    private const int ShownRoutes = 10;
    private const int ShownFrames = 12;

    /// <summary>Prints it.</summary>
    public static async Task PrintAsync(ShowResult result, TextWriter output)
    {
        foreach (var (label, text) in Lines(result))
        {
            // A label stands once, and what a daemon or a peer said is no command for the terminal.
            var before = label.PadRight(Indent);
            foreach (var line in TextColumns.Wrap(TerminalText.Escape(text), TextColumns.Width - Indent))
            {
                await output.WriteLineAsync(before + line);
                before = new string(' ', Indent);
            }
        }
    }

    private static IEnumerable<(string Label, string Text)> Lines(ShowResult result)
    {
        yield return ("daemon", $"{result.Dut}, {result.Version}, answers {result.StartSeconds:0.00} s after its start");
        yield return ("session", result.Failure is { } failure ? $"failed: {failure}" : $"up after {result.SessionSeconds:0.00} s");
        foreach (var neighbor in result.Neighbors)
            yield return ("neighbor", $"{neighbor.Name} is {neighbor.State}{(neighbor.Received is { } received ? $", {received} prefixes" : "")}");
        yield return ("routes", $"{result.Routes.Count} of {result.Announced} announced{(result.RoutesSeconds is { } seconds ? $", all there after {seconds:0.00} s" : "")}");
        foreach (var route in result.Routes.Take(ShownRoutes))
            yield return ("", $"{route.Prefix}{(route.NextHop is { } hop ? $" via {hop}" : "")}{(route.IsBest ? ", best" : "")}");
        if (result.Routes.Count > ShownRoutes)
            yield return ("", $"and {result.Routes.Count - ShownRoutes} more");
        yield return ("kernel", result.InstallsRoutes || result.Fib.Count > 0
            ? $"{result.Fib.Count} of them, {string.Join(", ", result.Fib.GroupBy(r => r.ProtocolName).Select(g => $"proto {g.Key}").DefaultIfEmpty("none"))}"
            : "this daemon installs no routes by itself");
        if (result.Withdrawal is { } withdrawal)
        {
            yield return ("withdrawn", withdrawal.Seconds is { } gone
                ? $"none left after {gone:0.00} s"
                : $"and not let go: {withdrawal.RoutesLeft} in the daemon, {withdrawal.KernelLeft} in the kernel");
        }

        if (result.Capture is { } capture && (capture.Lost > 0 || capture.Left > 0 || capture.Failure is not null))
            yield return ("capture", $"not whole: {capture.Frames} frames in the file, {capture.Lost} lost, {capture.Left} left out{(capture.Failure is { } reason ? $"; ended early: {reason}" : "")}");
        foreach (var line in result.Health.Processes.SelectMany(Lines))
            yield return line;
        if (result.Health.Silent is { } silent)
            yield return ("silent", silent);
    }

    private static IEnumerable<(string Label, string Text)> Lines(ProcessHealth process)
    {
        yield return ("process", $"{process.Program}: {(process.IsAlive ? $"{process.ResidentBytes >> 20} MiB, {process.ProcessorSeconds:0.00} s of processor time" : process.Ending)}");
        if (process.Stack is { Missing: { } missing })
            yield return ("stack", missing);
        foreach (var (i, frame) in (process.Stack?.Frames ?? []).Take(ShownFrames).Index())
            yield return (i == 0 ? "stack" : "", frame);
        foreach (var line in (process.Sanitizer ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(ShownFrames))
            yield return ("sanitizer", line);
        foreach (var alarm in process.Alarms)
            yield return ("alarm", alarm);
    }
}
