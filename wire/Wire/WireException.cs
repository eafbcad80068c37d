namespace OpenConfirm.Wire;

/// <summary>What a decoder says of octets that are no such message. Nothing else ever leaves a decoder.</summary>
public sealed class WireException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="offset">Octet at which reading stopped, from 0.</param>
    /// <param name="path">The field ("Path Attributes[2].Value").</param>
    /// <param name="reason">Why.</param>
    public WireException(int offset, string path, string reason)
        : base($"at octet {offset}, in {path}: {reason}")
    {
        Offset = offset;
        Path = path;
        Reason = reason;
    }

    /// <summary>Octet at which reading stopped, from 0.</summary>
    public int Offset { get; }

    /// <summary>The field, with the elements that hold it.</summary>
    public string Path { get; }

    /// <summary>Why, without the place.</summary>
    public string Reason { get; }
}
