using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace OpenConfirm.Machines.Containers;

/// <summary>One program run in a container, its streams attached.</summary>
internal sealed class ContainerExec(IDockerClient client, string container)
{
    private const int Chunk = 64 << 10;

    /// <summary>What standard error may hold; more is dropped. It is for messages of ours only.</summary>
    private const int ErrorBytes = 8 << 10;

    /// <summary>
    /// Runs a program to its end. Engine failures surface as they come; callers guard.
    /// </summary>
    /// <returns>The exit code, and what it wrote to standard error unless that went to <paramref name="output"/>.</returns>
    public async Task<(int ExitCode, string Error)> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        Stream? input,
        Func<ReadOnlyMemory<byte>, ValueTask> output,
        CancellationToken cancel)
    {
        var exec = await client.Exec.CreateContainerExecAsync(
            container,
            new ContainerExecCreateParameters
            {
                Cmd = [.. arguments],
                Env = [.. (environment ?? new Dictionary<string, string>()).Select(v => $"{v.Key}={v.Value}")],
                AttachStdin = input is not null,
                AttachStdout = true,
                AttachStderr = true,
            },
            cancel);
        using var streams = await client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancel);

        // Disposing is what surely ends a blocked read.
        await using var stop = cancel.Register(streams.Dispose);
        using var error = new MemoryStream();
        var feeding = input is null ? Task.CompletedTask : FeedAsync(streams, input, cancel);
        try
        {
            await DrainAsync(exec.ID, streams, output, error, cancel);
            await feeding;
        }
        catch (Exception e) when (cancel.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException(e.Message, e, cancel);
        }

        var exitCode = await ExitCodeAsync(exec.ID, cancel);
        return (exitCode, Plain(System.Text.Encoding.UTF8.GetString(error.ToArray()).Trim()));
    }

    // It names files of the code's own making, and gets into our messages.
    private static string Plain(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => r.Value != '\n'
            && System.Text.Rune.GetUnicodeCategory(r) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                ? "?"
                : r.ToString()));

    private static async Task FeedAsync(MultiplexedStream streams, Stream input, CancellationToken cancel)
    {
        var buffer = new byte[Chunk];
        try
        {
            while (true)
            {
                var count = await input.ReadAsync(buffer, cancel);
                if (count == 0)
                    break;
                await streams.WriteAsync(buffer, 0, count, cancel);
            }

            streams.CloseWrite();
        }
        catch (IOException) when (!cancel.IsCancellationRequested)
        {
            // The program has ended without reading all of it: its exit code says more.
        }
    }

    private async Task DrainAsync(
        string exec,
        MultiplexedStream streams,
        Func<ReadOnlyMemory<byte>, ValueTask> output,
        MemoryStream error,
        CancellationToken cancel)
    {
        var buffer = new byte[Chunk];
        while (true)
        {
            var reading = streams.ReadOutputAsync(buffer, 0, buffer.Length, cancel);

            // Processes left behind may hold the pipe open for ever: then the end of the program itself counts.
            while (!await EndsWithinAsync(reading, TimeSpan.FromSeconds(2)))
            {
                cancel.ThrowIfCancellationRequested();
                if (!(await client.Exec.InspectContainerExecAsync(exec, cancel)).Running && !reading.IsCompleted)
                    return;
            }

            var result = await reading;
            if (result.EOF)
                return;
            if (result.Target == MultiplexedStream.TargetStream.StandardOut)
                await output(buffer.AsMemory(0, result.Count));
            else
                error.Write(buffer, 0, (int)Math.Min(result.Count, ErrorBytes - error.Length));
        }
    }

    // Without a timer for every chunk of a large stream.
    private static async ValueTask<bool> EndsWithinAsync(Task reading, TimeSpan time)
    {
        if (reading.IsCompleted)
            return true;
        await reading.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reading.IsCompleted;
    }

    // The streams close a moment before the engine has noted the exit code.
    private async Task<int> ExitCodeAsync(string exec, CancellationToken cancel)
    {
        for (var wait = 5; ; wait = Math.Min(wait * 2, 500))
        {
            var state = await client.Exec.InspectContainerExecAsync(exec, cancel);
            if (!state.Running && state.ExitCode is { } code)
                return (int)code;
            await Task.Delay(wait, cancel);
        }
    }
}
