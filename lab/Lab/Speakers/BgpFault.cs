using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <summary>
/// What is so wrong with a message that the session ends (RFC 4271 section 6). Only that which makes a session impossible is
/// judged: wrong attributes are for whoever looks at the messages (RFC 7606 keeps the session as well).
/// </summary>
/// <param name="Code">Error code of the NOTIFICATION.</param>
/// <param name="Subcode">Error subcode.</param>
/// <param name="Data">Its data.</param>
/// <param name="Reason">In words.</param>
internal sealed record BgpFault(byte Code, byte Subcode, byte[] Data, string Reason)
{
    private const int Largest = 4096;
    private const byte Header = 1;
    private const byte OfOpen = 2;
    private const byte OfUpdate = 3;
    private const byte OfState = 5;

    /// <summary>What is wrong with a header (section 6.1; RFC 8654 section 4 on lengths).</summary>
    /// <param name="header">Its 19 octets.</param>
    /// <param name="largest">Octets that a message may have after what we have offered.</param>
    public static BgpFault? InHeader(ReadOnlySpan<byte> header, int largest)
    {
        if (header[..16].ContainsAnyExcept((byte)0xff))
            return new(Header, 1, [], "a marker that is not all ones");
        var (length, type) = (header[16] << 8 | header[17], header[18]);
        var (least, most) = type switch
        {
            1 => (29, Largest),
            2 => (23, largest),
            3 => (21, largest),
            4 => (BgpMessage.HeaderLength, BgpMessage.HeaderLength),
            5 => (23, largest),
            _ => (BgpMessage.HeaderLength, largest),
        };
        if (length < least || length > most)
            return new(Header, 2, [header[16], header[17]], $"a message of type {type} whose length is {length}");
        return type is 0 or > 6 ? new(Header, 3, [type], $"a message of type {type}, which there is not") : null;
    }

    /// <summary>What is wrong with an OPEN (section 6.2; RFC 7607 on AS 0).</summary>
    public static BgpFault? InOpen(Open open, WireException? error)
    {
        if (open.Version != 4)
            return new(OfOpen, 1, [0, 4], $"an OPEN of version {open.Version}");
        if (error is not null || open.Trailing.Length > 0)
            return new(OfOpen, 0, [], $"an OPEN whose lengths do not fit: {error?.Message ?? $"{open.Trailing.Length} octets are left"}");
        if (open.MyAs == 0 || open.Capabilities.Any(c => c is FourOctetAs { As: 0 }))
            return new(OfOpen, 2, [], "an OPEN of AS 0");
        if (open.Identifier.Value == 0)
            return new(OfOpen, 3, [], "an OPEN with the identifier 0.0.0.0");
        if (open.Parameters.FirstOrDefault(p => p is UnknownParameter) is { } unknown)
            return new(OfOpen, 4, [], $"an OPEN with a parameter of type {unknown.Type}");
        return open.HoldTime is 1 or 2 ? new(OfOpen, 6, [], $"an OPEN with a hold time of {open.HoldTime} s") : null;
    }

    /// <summary>What is wrong with the lengths of an UPDATE (section 6.3).</summary>
    /// <param name="octets">All of it, at least 23 octets.</param>
    public static BgpFault? InUpdate(ReadOnlySpan<byte> octets)
    {
        var withdrawn = octets[19] << 8 | octets[20];
        if (withdrawn + 23 > octets.Length)
            return new(OfUpdate, 1, [], $"an UPDATE of {octets.Length} octets with {withdrawn} of withdrawn routes");
        var attributes = octets[21 + withdrawn] << 8 | octets[22 + withdrawn];
        return withdrawn + attributes + 23 > octets.Length
            ? new(OfUpdate, 1, [], $"an UPDATE of {octets.Length} octets with {withdrawn} of withdrawn routes and {attributes} of attributes")
            : null;
    }

    /// <summary>A message that has no place in a state (section 6.6; RFC 6608 section 3).</summary>
    public static BgpFault? InState(BgpState state, BgpMessage message) => (state, message) switch
    {
        (BgpState.OpenSent, Open) or (BgpState.OpenConfirm, Keepalive) or (_, Notification) => null,
        (BgpState.OpenSent, _) => new(OfState, 1, [message.Type], $"{message.GetType().Name} before OPEN"),
        (BgpState.OpenConfirm, _) => new(OfState, 2, [message.Type], $"{message.GetType().Name} before the KEEPALIVE that confirms OPEN"),
        (_, Open) => new(OfState, 3, [message.Type], "another OPEN in a session that is established"),
        _ => null,
    };
}
