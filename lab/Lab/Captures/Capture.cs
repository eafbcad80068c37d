using System.Buffers.Binary;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Captures;

/// <summary>What a capture has, and what it has not.</summary>
/// <param name="Frames">Frames in the file.</param>
/// <param name="Lost">Frames that came faster than they were taken: the kernel dropped them.</param>
/// <param name="Left">Frames that did not come into the file, since it has the size it may have.</param>
/// <param name="Failure">Why it ended early, or null.</param>
public sealed record CaptureReport(long Frames, long Lost, long Left, string? Failure);

/// <summary>
/// Writes all frames of a port into a pcap file, with times in nanoseconds
/// (draft-ietf-opsawg-pcap, magic number 0xa1b23c4d), Ethernet headers and all. What was read is in the file before the next wait:
/// it is whole up to there even when the program is killed.
/// </summary>
public sealed class Capture : IEndpoint, IDisposable
{
    private const ushort AllFrames = 3;
    private const int Room = 8 << 20;

    // Segmentation offload makes frames that are longer than 65,535 octets.
    private const int LargestFrame = 1 << 18;

    private readonly SpeakerLoop _loop;
    private readonly PacketSocket _socket;
    private readonly TimeProvider _time;
    private readonly BufferedStream _file;
    private readonly byte[] _frame = new byte[LargestFrame];
    private readonly long _limit;
    private long _written;
    private long _frames;
    private long _left;
    private long _lost;
    private string? _failure;
    private bool _isClosed;

    private Capture(SpeakerLoop loop, PacketSocket socket, Stream file, TimeProvider time, long limit)
    {
        (_loop, _socket, _time, _limit) = (loop, socket, time, limit);
        _file = new BufferedStream(file, 1 << 16);
    }

    int IEndpoint.Descriptor => _isClosed ? -1 : _socket.Descriptor;

    bool IEndpoint.WantsToWrite => false;

    long IEndpoint.Deadline => long.MaxValue;

    /// <summary>Begins one.</summary>
    /// <param name="loop">Whose thread writes it.</param>
    /// <param name="port">The port; what goes out there is captured as well as what comes in.</param>
    /// <param name="path">The file; one that is there is overwritten.</param>
    /// <param name="time">Clock of the frames.</param>
    /// <param name="limit">Octets after which no more frames are written.</param>
    public static async Task<Capture> StartAsync(SpeakerLoop loop, Port port, string path, TimeProvider time, long limit = 1L << 30)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        PacketSocket socket;
        try
        {
            socket = new PacketSocket(port, AllFrames);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        socket.AskForRoom(Room);
        var capture = new Capture(loop, socket, file, time, limit);
        try
        {
            return await loop.InvokeAsync(() =>
            {
                capture.WriteHeader();
                loop.Add(capture);
                return capture;
            });
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    /// <summary>How it stands.</summary>
    public Task<CaptureReport> ReportAsync() => _loop.InvokeAsync(() =>
    {
        if (!_isClosed)
            _lost += _socket.TakeLost();
        return new CaptureReport(_frames, _lost, _left, _failure);
    });

    /// <summary>Writes all that has come until now, and closes the file.</summary>
    public void Dispose() => _loop.InvokeAsync(() =>
    {
        _loop.Remove(this);
        Close(null);
        return true;
    }).GetAwaiter().GetResult();

    void IEndpoint.OnFailure(Exception cause) => Close(cause.Message);

    void IEndpoint.OnReadable()
    {
        const int AtOnce = 256;
        for (var i = 0; i < AtOnce && TakeOne(); i++)
        {
        }

        _file.Flush();
    }

    void IEndpoint.OnWritable()
    {
    }

    void IEndpoint.OnDeadline()
    {
    }

    private static byte[] U32(uint number) => BitConverter.GetBytes(number);

    private void WriteHeader()
    {
        const ushort Major = 2, Minor = 4;
        const uint Magic = 0xa1b23c4d, Ethernet = 1;
        Write([.. U32(Magic), .. BitConverter.GetBytes(Major), .. BitConverter.GetBytes(Minor), .. U32(0), .. U32(0), .. U32(LargestFrame), .. U32(Ethernet)]);
        _file.Flush();
    }

    /// <summary>Takes a frame.</summary>
    /// <returns>False when there is none.</returns>
    private bool TakeOne()
    {
        const int FrameHeader = 16;
        var length = _socket.Read(_frame);
        if (length < 0)
            return false;
        if (_written + FrameHeader + length > _limit)
        {
            _left++;
            return true;
        }

        var since = _time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        Span<byte> header = stackalloc byte[FrameHeader];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(since.Ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(since.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], length);
        Write(header);
        Write(_frame.AsSpan(0, length));
        _frames++;
        return true;
    }

    private void Write(ReadOnlySpan<byte> octets)
    {
        _file.Write(octets);
        _written += octets.Length;
    }

    /// <summary>Takes what has come until now, unless it is the file that failed, and closes both; once.</summary>
    private void Close(string? failure)
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _failure = failure;
        try
        {
            // The second try is for what a port that has gone down says once.
            _socket.TakeNoMore();
            while (TakeOne() || TakeOne())
            {
            }

            _lost += _socket.TakeLost();
        }
        catch (Exception e) when (e is IOException or LabException)
        {
            _failure ??= e.Message;
        }

        try
        {
            _file.Dispose();
        }
        catch (IOException e)
        {
            _failure ??= e.Message;
        }

        _socket.Dispose();
    }
}
