using System.Runtime.InteropServices;
using OpenConfirm.Lab.Namespaces;

namespace OpenConfirm.Lab.Speakers;

/// <summary>Sends a frame; false when there is no room for it now.</summary>
internal delegate bool FrameSink(ReadOnlySpan<byte> frame);

/// <summary>Frames that wait until the socket takes them, in the order in which they came, up to a limit.</summary>
/// <param name="sink">The socket.</param>
/// <param name="limit">Octets that wait at most.</param>
internal sealed class FrameQueue(FrameSink sink, long limit)
{
    private readonly Queue<byte[]> _waiting = [];

    /// <summary>Octets that wait.</summary>
    public long Octets { get; private set; }

    /// <summary>Something waits: call <see cref="SendWaiting"/> when the socket takes more.</summary>
    public bool IsWaiting => _waiting.Count > 0;

    /// <summary>Those of a packet socket. Any other error than "no room" is the link's, which loses frames as links do.</summary>
    public static FrameQueue Of(PacketSocket socket, long limit)
    {
        const int NoRoom = 11; // EAGAIN
        return new FrameQueue(frame => socket.Send(frame) || Marshal.GetLastPInvokeError() != NoRoom, limit);
    }

    /// <summary>Sends a frame, behind those that wait.</summary>
    /// <returns>False when too much waits already: this frame is lost.</returns>
    public bool Send(byte[] frame)
    {
        if (!IsWaiting && sink(frame))
            return true;
        if (Octets + frame.Length > limit)
            return false;
        _waiting.Enqueue(frame);
        Octets += frame.Length;
        return true;
    }

    /// <summary>Sends what waits, as far as there is room.</summary>
    public void SendWaiting()
    {
        while (_waiting.TryPeek(out var frame) && sink(frame))
            Octets -= _waiting.Dequeue().Length;
    }
}
