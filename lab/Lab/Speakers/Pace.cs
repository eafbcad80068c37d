namespace OpenConfirm.Lab.Speakers;

/// <summary>
/// When flooding goes on: some packets at once, then a rest, so that a neighbour's socket holds what it has not read yet
/// (RFC 2328 section 13 leaves it open, ISO 10589 has minimumLSPTransmissionInterval; times are timestamps of Stopwatch).
/// </summary>
/// <param name="rest">Ticks between two bursts.</param>
internal sealed class Pace(long rest)
{
    private long _notBefore = long.MinValue;

    /// <summary>When the next burst is due; <see cref="long.MaxValue"/> when nothing waits.</summary>
    public long DueAt { get; private set; } = long.MaxValue;

    /// <summary>Something waits.</summary>
    public void Want(long now)
    {
        if (DueAt == long.MaxValue)
            DueAt = Math.Max(now, _notBefore);
    }

    /// <summary>A burst was sent.</summary>
    public void Sent(long now, bool isMoreWaiting)
    {
        _notBefore = now + rest;
        DueAt = isMoreWaiting ? _notBefore : long.MaxValue;
    }
}
