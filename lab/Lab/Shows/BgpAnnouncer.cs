using System.Net;
using OpenConfirm.Lab.Speakers;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Shows;

/// <summary>Makes the UPDATEs that announce or withdraw the first so many <see cref="TestRoutes"/> of each family.</summary>
public static class BgpAnnouncer
{
    // Header, both lengths and the attributes of either kind of UPDATE fit in the rest of 4,096 octets.
    private const int Room = 3900;

    /// <summary>Announces them.</summary>
    /// <param name="count">Routes of each family.</param>
    /// <param name="speaker">Whose routes they are.</param>
    /// <param name="nextHop6">Next hop of the IPv6 ones.</param>
    public static IEnumerable<Update> Announce(int count, BgpSpeakerConfig speaker, IPAddress nextHop6)
    {
        foreach (var prefixes in Packed(count, PrefixFormat.Ipv4, TestRoutes.Of4))
            yield return new Update { Attributes = { new Origin(), Path(speaker), new NextHop { Address = Ip4.Parse(speaker.Local.ToString()) } }, Nlri = prefixes };
        foreach (var prefixes in Packed(count, PrefixFormat.Ipv6, TestRoutes.Of6))
            yield return new Update { Attributes = { new MpReach { Flags = PathAttribute.Optional | PathAttribute.ExtendedLength, NextHop = nextHop6.GetAddressBytes(), Prefixes = prefixes }, new Origin(), Path(speaker) } };
    }

    /// <summary>Withdraws them.</summary>
    public static IEnumerable<Update> Withdraw(int count)
    {
        foreach (var prefixes in Packed(count, PrefixFormat.Ipv4, TestRoutes.Of4))
            yield return new Update { Withdrawn = prefixes };
        foreach (var prefixes in Packed(count, PrefixFormat.Ipv6, TestRoutes.Of6))
            yield return new Update { Attributes = { new MpUnreach { Flags = PathAttribute.Optional | PathAttribute.ExtendedLength, Prefixes = prefixes } } };
    }

    /// <summary>Sends them at the pace of the peer: no more than the speaker's queue takes is made before it is wanted.</summary>
    /// <param name="speaker">Who sends.</param>
    /// <param name="updates">What.</param>
    /// <param name="cancel">Ends the waiting for the peer.</param>
    /// <returns>Null when all were given to the connection; or the end of the session, when that came first.</returns>
    public static async Task<BgpEnd?> SendAsync(BgpSpeaker speaker, IEnumerable<Update> updates, CancellationToken cancel)
    {
        foreach (var update in updates)
        {
            if (await speaker.SendAsync(WireWriter.Encode<BgpMessage>(update, speaker.Sending), cancel) is { } end)
                return end;
        }

        return null;
    }

    private static AsPathAttribute Path(BgpSpeakerConfig speaker) => new() { Path = AsPath.Sequence(isFourOctets: true, speaker.As) };

    private static IEnumerable<PrefixList> Packed(int count, PrefixFormat format, Func<int, Prefix> prefix)
    {
        var fit = Room / ((format.AddressBits / 8) + 1);
        for (var start = 0; start < count; start += fit)
            yield return PrefixList.Of(format, Enumerable.Range(start, Math.Min(fit, count - start)).Select(prefix));
    }
}
