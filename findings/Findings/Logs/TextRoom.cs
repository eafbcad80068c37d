namespace OpenConfirm.Findings.Logs;

/// <summary>Room for text that is kept of one log, in characters: a build prints what it likes, and memory is ours.</summary>
internal sealed class TextRoom(long characters)
{
    /// <summary>What a string takes besides its characters.</summary>
    private const int Overhead = 16;

    private long _left = characters;

    /// <summary>Takes the room of some texts, all or none.</summary>
    public bool Take(params ReadOnlySpan<string?> texts)
    {
        long wanted = 0;
        foreach (var text in texts)
            wanted += text is null ? 0 : text.Length + Overhead;
        if (wanted > _left)
            return false;
        _left -= wanted;
        return true;
    }
}
