namespace OpenConfirm.Wire;

/// <summary>Hash functions that digests are made with; each protocol says how (<see cref="Authentication"/>).</summary>
public enum DigestAlgorithm
{
    /// <summary>MD5: keyed in OSPFv2 (RFC 2328 section D.4.3), HMAC in IS-IS (RFC 5304 section 2); none in OSPFv3.</summary>
    Md5,

    /// <summary>HMAC-SHA-1.</summary>
    Sha1,

    /// <summary>HMAC-SHA-256.</summary>
    Sha256,

    /// <summary>HMAC-SHA-384.</summary>
    Sha384,

    /// <summary>HMAC-SHA-512.</summary>
    Sha512,
}

/// <summary>A key that two speakers share.</summary>
/// <param name="Algorithm">What it is used with.</param>
/// <param name="Id">Its number: eight bits in OSPFv2, sixteen elsewhere; HMAC-MD5 of IS-IS has none.</param>
/// <param name="Secret">Its octets, of any number.</param>
public sealed record AuthenticationKey(DigestAlgorithm Algorithm, ushort Id, byte[] Secret)
{
    /// <summary>Octets of a digest.</summary>
    public int DigestLength => Algorithm switch
    {
        DigestAlgorithm.Md5 => 16,
        DigestAlgorithm.Sha1 => 20,
        DigestAlgorithm.Sha256 => 32,
        DigestAlgorithm.Sha384 => 48,
        _ => 64,
    };
}
