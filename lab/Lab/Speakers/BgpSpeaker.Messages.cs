using System.Diagnostics;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <content>What the peer says, and what follows from it.</content>
public sealed partial class BgpSpeaker
{
    private const int LargestMessage = 4096;
    private const int LargestExtended = 65535;

    /// <summary>Who has offered it takes long messages (RFC 8654 section 4).</summary>
    private int LargestReceived => _config.MakeOpen().Capabilities.Any(c => c is ExtendedMessage) ? LargestExtended : LargestMessage;

    private void SendOpen()
    {
        State = BgpState.OpenSent;
        Enqueue(WireWriter.Encode((BgpMessage)_config.MakeOpen(), WireFacts.Default));
        Flush();
    }

    /// <summary>Takes octets and handles the messages that are whole.</summary>
    private void Take(ReadOnlySpan<byte> octets)
    {
        BytesReceived += octets.Length;
        if (_received.Length < _receivedLength + octets.Length)
            Array.Resize(ref _received, Math.Max(_received.Length * 2, _receivedLength + octets.Length));
        octets.CopyTo(_received.AsSpan(_receivedLength));
        _receivedLength += octets.Length;

        var at = 0;
        while (State != BgpState.Idle && BgpMessage.LengthOf(_received.AsSpan(at, _receivedLength - at)) is { } length)
        {
            if (BgpFault.InHeader(_received.AsSpan(at, BgpMessage.HeaderLength), _largestReceived) is { } fault)
            {
                Refuse(fault);
                return;
            }

            if (_receivedLength - at < length)
                break;
            Handle(_received.AsSpan(at, length));
            at += length;
        }

        if (State == BgpState.Idle)
            return;
        _received.AsSpan(at, _receivedLength - at).CopyTo(_received);
        _receivedLength -= at;
    }

    private void Handle(ReadOnlySpan<byte> octets)
    {
        MessagesReceived++;
        if (_holdTicks > 0)
            _holdDeadline = Stopwatch.GetTimestamp() + _holdTicks;
        var decoded = WireReader.Decode(octets, BgpMessage.Kinds, Receiving);
        OnMessage?.Invoke(decoded);
        if (FaultIn(decoded, octets) is { } fault)
        {
            Refuse(fault);
            return;
        }

        switch (decoded.Value)
        {
            case Open open:
                Agree(open);
                State = BgpState.OpenConfirm;
                Enqueue(WireWriter.Encode(new Keepalive(), Sending));
                break;
            case Keepalive when State == BgpState.OpenConfirm:
                State = BgpState.Established;
                _openDeadline = long.MaxValue;
                _settled.TrySetResult(State);
                break;
            case Notification notification:
                End(new BgpEnd(BgpEndKind.PeerNotified, $"the peer said {Words(notification)}", State) { Received = notification });
                break;
        }
    }

    private BgpFault? FaultIn(Decoded<BgpMessage> decoded, ReadOnlySpan<byte> octets) =>
        BgpFault.InState(State, decoded.Value) ?? decoded.Value switch
        {
            Open open => BgpFault.InOpen(open, decoded.Error),
            Update => BgpFault.InUpdate(octets),
            _ => null,
        };

    /// <summary>A NOTIFICATION in words, of bounded length whatever it holds.</summary>
    private static string Words(Notification notification)
    {
        const int Shown = 32;
        var name = $"NOTIFICATION {notification.Code}/{notification.Subcode}";
        if (notification.Text is { Length: > 0 } text)
            return $"{name} ({text})";
        var data = notification.Data;
        return data.Length == 0 ? name : $"{name} with {Convert.ToHexStringLower(data.AsSpan(0, Math.Min(Shown, data.Length)))}{(data.Length > Shown ? $" and {data.Length - Shown} octets more" : "")}";
    }

    private void Refuse(BgpFault fault) =>
        SayAndEnd(BgpEndKind.PeerWrong, fault.Reason, new Notification { Code = fault.Code, Subcode = fault.Subcode, Data = fault.Data });

    /// <summary>What holds from now on follows from both OPENs (RFC 4271 section 4.2, RFC 6793 section 4.1, RFC 7911 section 4).</summary>
    private void Agree(Open peer)
    {
        PeerOpen = peer;
        var ours = _config.MakeOpen();
        var fourOctets = ours.Capabilities.Any(c => c is FourOctetAs) && peer.Capabilities.Any(c => c is FourOctetAs);
        Sending = new WireFacts { FourOctetAs = fourOctets, AddPath = AddPathBetween(ours, peer) };
        Receiving = new WireFacts { FourOctetAs = fourOctets, AddPath = AddPathBetween(peer, ours) };
        var hold = Math.Min(ours.HoldTime, peer.HoldTime);
        if (hold == 0)
            return;
        _holdTicks = hold * Stopwatch.Frequency;
        _holdDeadline = Stopwatch.GetTimestamp() + _holdTicks;
        _keepaliveTicks = _holdTicks / 3;
        _keepaliveDeadline = Stopwatch.GetTimestamp() + _keepaliveTicks;
    }

    private static HashSet<Family> AddPathBetween(Open sender, Open receiver)
    {
        const byte Receives = 1, Sends = 2;
        return [.. Of(sender, Sends).Intersect(Of(receiver, Receives))];

        static IEnumerable<Family> Of(Open open, byte flag) =>
            open.Capabilities.OfType<AddPath>().SelectMany(a => a.Families).Where(f => (f.SendReceive & flag) != 0).Select(f => new Family(f.Afi, f.Safi));
    }
}
