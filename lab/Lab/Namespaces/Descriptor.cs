using Microsoft.Win32.SafeHandles;

namespace OpenConfirm.Lab.Namespaces;

/// <summary>
/// A file descriptor of ours. It is closed once, whoever does it, and not while a call uses it: its number belongs to somebody
/// else right after.
/// </summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>For what the kernel gives.</summary>
    public Descriptor()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Takes one over.</summary>
    public Descriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>Its number; only for as long as this object is kept open.</summary>
    public int Number => (int)handle;

    /// <summary>The two ends of a pipe (pipe(2)), that to read from first.</summary>
    /// <exception cref="LabException">There are no descriptors left.</exception>
    public static unsafe (Descriptor Read, Descriptor Write) Pipe(int flags)
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, flags) != 0)
            throw new LabException(Libc.Error("pipe"));
        return (new(ends[0]), new(ends[1]));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
