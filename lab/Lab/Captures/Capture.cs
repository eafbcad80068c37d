using System.Buffers.Binary;
using OpenConfirm.Lab.Namespaces;
using OpenConfirm.Lab.Speakers;

namespace OpenConfirm.Lab.Captures;

/// <summary>
/// Writes all frames of a port into a pcap file, with times in nanoseconds
/// (draft-ietf-opsawg-pcap, magic number 0xa1b23c4d), Ethernet headers and all.
/// </summary>
public sealed class Capture : IEndpoint, IDisposable
{
    private const ushort AllFrames = 3;
    private const int LargestFrame = 1 << 16;

    private readonly SpeakerLoop _loop;
    private readonly PacketSocket _socket;
    private readonly TimeProvider _time;
    private readonly BufferedStream _file;
    private readonly byte[] _frame = new byte[LargestFrame];
    private readonly long _limit;
    private long _written;

    private Capture(SpeakerLoop loop, PacketSocket socket, Stream file, TimeProvider time, long limit)
    {
        (_loop, _socket, _time, _limit) = (loop, socket, time, limit);
        _file = new BufferedStream(file, 1 << 16);
    }

    /// <summary>Frames that did not come into the file, since it has the size it may have.</summary>
    public long Left { get; private set; }

    /// <summary>Frames in the file.</summary>
    public long Frames { get; private set; }

    int IEndpoint.Descriptor => _socket.Descriptor;

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
        var capture = new Capture(loop, new PacketSocket(port, AllFrames), File.Create(path), time, limit);
        const ushort Major = 2, Minor = 4;
        const uint Magic = 0xa1b23c4d, Ethernet = 1;
        capture.Write([.. U32(Magic), .. BitConverter.GetBytes(Major), .. BitConverter.GetBytes(Minor), .. U32(0), .. U32(0), .. U32(LargestFrame), .. U32(Ethernet)]);
        await loop.InvokeAsync(() =>
        {
            loop.Add(capture);
            return true;
        });
        return capture;
    }

    /// <summary>Writes what has come, and closes the file.</summary>
    public void Dispose() => _loop.InvokeAsync(() =>
    {
        ((IEndpoint)this).OnReadable();
        _loop.Remove(this);
        _socket.Dispose();
        _file.Dispose();
        return true;
    }).GetAwaiter().GetResult();

    void IEndpoint.OnReadable()
    {
        const int AtOnce = 256;
        Span<byte> header = stackalloc byte[16];
        for (var i = 0; i < AtOnce && _socket.Read(_frame) is var length && length >= 0; i++)
        {
            if (_written + length > _limit)
            {
                Left++;
                continue;
            }

            var since = _time.GetUtcNow() - DateTimeOffset.UnixEpoch;
            BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(since.Ticks / TimeSpan.TicksPerSecond));
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(since.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], length);
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], length);
            Write(header);
            Write(_frame.AsSpan(0, length));
            Frames++;
        }
    }

    void IEndpoint.OnWritable()
    {
    }

    void IEndpoint.OnDeadline()
    {
    }

    private static byte[] U32(uint number) => BitConverter.GetBytes(number);

    private void Write(ReadOnlySpan<byte> octets)
    {
        _file.Write(octets);
        _written += octets.Length;
    }
}
