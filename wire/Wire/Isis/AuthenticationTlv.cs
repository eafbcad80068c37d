namespace OpenConfirm.Wire.Isis;

/// <summary>Code 10: a password (ISO 10589 section 9.5), or a digest by HMAC-MD5 (RFC 5304 section 2) or another algorithm (RFC 5310 section 3.1).</summary>
public sealed record AuthenticationTlv : IsisTlv
{
    private const byte ClearText = 1;
    private const byte Generic = 3;
    private const byte HmacMd5 = 54;

    /// <inheritdoc/>
    public override byte Code { get => 10; set { } }

    /// <summary>1 clear text, 3 cryptographic with a key identifier, 54 HMAC-MD5.</summary>
    public byte Type { get; set; } = ClearText;

    /// <summary>Key identifier, with type 3.</summary>
    public ushort Key { get; set; }

    /// <summary>Password, or whatever another type has.</summary>
    public byte[] Value { get; set; } = [];

    /// <summary>The digest, with types 3 and 54, when it is wrong or the key is not known; null to have the right one.</summary>
    public byte[]? Digest { get; set; }

    /// <summary>There is a digest, and it is the right one.</summary>
    public bool IsRight => Type is Generic or HmacMd5 && Digest is null;

    /// <summary>One that proves that the PDU comes from who has the key.</summary>
    public static AuthenticationTlv With(AuthenticationKey key) =>
        new() { Type = key.Algorithm == DigestAlgorithm.Md5 ? HmacMd5 : Generic, Key = key.Algorithm == DigestAlgorithm.Md5 ? (ushort)0 : key.Id };

    /// <inheritdoc/>
    protected override void Body<TVisitor>(ref TVisitor v)
    {
        Type = v.U8("Authentication Type", Type, FieldKind.Code);
        if (Type == Generic)
            Key = v.U16("Key ID", Key);
        if (Type is Generic or HmacMd5)
            Digest = v.Digest("Authentication Digest", Digest, -1, Type == Generic ? DigestKind.IsisGeneric : DigestKind.IsisMd5);
        else
            Value = v.Rest("Authentication Value", Value, Type == ClearText ? FieldKind.Text : FieldKind.Bytes);
    }
}
