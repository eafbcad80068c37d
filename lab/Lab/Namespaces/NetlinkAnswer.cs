using System.Runtime.InteropServices;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>What the kernel says to one request, in one datagram or more (netlink(7)).</summary>
/// <param name="what">What was asked, for errors.</param>
/// <param name="sequence">The number of the request; answers to others are passed over.</param>
internal sealed class NetlinkAnswer(string what, int sequence)
{
    private const int HeaderLength = 16;
    private const ushort ErrorMessage = 2;
    private const ushort DoneMessage = 3;
    private const ushort OverrunMessage = 4;
    private const ushort DumpInterrupted = 0x10;

    /// <summary>Gets the content of a message.</summary>
    public delegate void Body(ReadOnlySpan<byte> body);

    /// <summary>The last message has come.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What was asked about changed while the kernel answered: the answers do not belong together.</summary>
    public bool IsInterrupted { get; private set; }

    /// <summary>Takes a datagram apart.</summary>
    /// <exception cref="LabException">The kernel says that it cannot, or what it says is no netlink.</exception>
    public void Take(ReadOnlySpan<byte> datagram, Body body)
    {
        for (var rest = datagram; !IsComplete && !rest.IsEmpty;)
        {
            var length = rest.Length < HeaderLength ? 0 : BitConverter.ToInt32(rest);
            if (length < HeaderLength || length > rest.Length)
                throw new LabException($"{what}: an answer of the kernel's whose length is {length} in {rest.Length} octets");
            if (BitConverter.ToInt32(rest[8..]) == sequence)
                TakeOne(BitConverter.ToUInt16(rest[4..]), BitConverter.ToUInt16(rest[6..]), rest[HeaderLength..length], body);
            rest = rest[Math.Min(rest.Length, length + 3 & ~3)..];
        }
    }

    private void TakeOne(ushort type, ushort flags, ReadOnlySpan<byte> content, Body body)
    {
        IsInterrupted |= (flags & DumpInterrupted) != 0;
        switch (type)
        {
            case ErrorMessage:
            case DoneMessage:
                // Both begin with an error, negative, or 0; an end of a dump may do without.
                var error = content.Length >= sizeof(int) ? BitConverter.ToInt32(content) : 0;
                IsComplete = true;
                if (error < 0)
                    throw new LabException($"{what}: {Marshal.GetPInvokeErrorMessage(-error)}");
                break;
            case OverrunMessage:
                throw new LabException($"{what}: the kernel lost some of its answers");
            default:
                body(content);
                break;
        }
    }
}
