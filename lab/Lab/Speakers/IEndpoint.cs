using System.Diagnostics;

namespace OpenConfirm.Lab.Speakers;

/// <summary>Something with a socket that lives on a <see cref="SpeakerLoop"/>. All its methods are called on the loop's thread.</summary>
internal interface IEndpoint
{
    /// <summary>The socket, or -1 while there is none.</summary>
    int Descriptor { get; }

    /// <summary>There is something to send, or a connection is being made.</summary>
    bool WantsToWrite { get; }

    /// <summary>When it wants to be called again, by <see cref="Stopwatch.GetTimestamp"/>; <see cref="long.MaxValue"/> for never.</summary>
    long Deadline { get; }

    /// <summary>The socket can be read, or has failed.</summary>
    void OnReadable();

    /// <summary>The socket takes more.</summary>
    void OnWritable();

    /// <summary>The deadline has come.</summary>
    void OnDeadline();

    /// <summary>
    /// One of its methods has thrown, or the loop has ended. It is off the loop already; it closes what it holds, and tells who waits.
    /// </summary>
    /// <param name="cause">What was thrown.</param>
    void OnFailure(Exception cause);
}
