namespace OpenConfirm.Lab;

/// <summary>The lab failed: this machine or our own code. What a daemon does wrong is never one of these.</summary>
public class LabException : Exception
{
    /// <summary>Makes one.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with its cause.</summary>
    public LabException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>
/// The daemon under test did not do what the lab needs of it: it is not there, died at start, refused its configuration or does not answer.
/// </summary>
public sealed class DaemonException : Exception
{
    /// <summary>Makes one.</summary>
    public DaemonException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
