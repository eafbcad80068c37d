using System.IO.Pipes;
using System.Text;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>Reads the pipe that a process writes to.</summary>
internal static class ProcessOutput
{
    private const int LargestPipe = 1 << 20;

    /// <summary>
    /// Reads until nobody can write any more, or until the process has ended and the pipe is empty: what it has started may hold
    /// the pipe open for ever.
    /// </summary>
    /// <param name="reader">The process's stream.</param>
    /// <param name="take">Gets the octets as they come.</param>
    /// <param name="ended">Cancelled when the process has ended.</param>
    public static async Task ReadAsync(StreamReader reader, Action<ReadOnlyMemory<byte>> take, CancellationToken ended)
    {
        var pipe = (PipeStream)reader.BaseStream;
        var buffer = new byte[1 << 13];
        try
        {
            while (await pipe.ReadAsync(buffer, ended) is var count and > 0)
                take(buffer.AsMemory(0, count));
        }
        catch (OperationCanceledException)
        {
            for (var left = LargestPipe; left > 0 && ReadNow(pipe, buffer) is var count and > 0; left -= count)
                take(buffer.AsMemory(0, count));
        }
        catch (IOException)
        {
            // A pipe that fails is one that nobody writes to.
        }
    }

    /// <summary>Reads what is there, without waiting.</summary>
    private static unsafe int ReadNow(PipeStream pipe, byte[] buffer)
    {
        var handle = pipe.SafePipeHandle;
        var polled = new Libc.PollFd { Fd = (int)handle.DangerousGetHandle(), Events = Libc.PollFd.In };
        if (Libc.Poll(&polled, 1, 0) != 1 || (polled.Returned & Libc.PollFd.In) == 0)
            return 0;
        fixed (byte* start = buffer)
            return (int)Libc.Read(handle, start, (nuint)buffer.Length);
    }

    /// <summary>Takes octets apart into lines. Of a line no more is kept than is asked for.</summary>
    /// <param name="line">Gets each line, without its end.</param>
    /// <param name="longest">Characters of a line that are kept.</param>
    public sealed class Lines(Action<string> line, int longest)
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private readonly StringBuilder _line = new();

        /// <summary>Takes octets.</summary>
        public void Take(ReadOnlyMemory<byte> octets)
        {
            var text = new char[Encoding.UTF8.GetMaxCharCount(octets.Length)];
            foreach (var c in text.AsSpan(0, _decoder.GetChars(octets.Span, text, flush: false)))
            {
                if (c == '\n')
                    End();
                else if (c != '\r' && _line.Length < longest)
                    _line.Append(c);
            }
        }

        /// <summary>Nothing more comes.</summary>
        public void Finish()
        {
            if (_line.Length > 0)
                End();
        }

        private void End()
        {
            line(_line.ToString());
            _line.Clear();
        }
    }
}
