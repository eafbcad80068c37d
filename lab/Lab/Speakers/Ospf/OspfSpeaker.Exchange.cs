using OpenConfirm.Wire;

namespace OpenConfirm.Lab.Speakers.Ospf;

/// <content>The exchange of databases (RFC 2328 sections 10.6 to 10.9).</content>
public sealed partial class OspfSpeaker
{
    private void BeginExchange(OspfNeighbor neighbor)
    {
        neighbor.Forget();
        neighbor.State = OspfNeighborState.ExStart;
        neighbor.IsMaster = true;
        neighbor.Sequence = unchecked((uint)Now);
        Describe(neighbor, DescriptionInfo.First | DescriptionInfo.More | DescriptionInfo.Master, []);
    }

    private void Handle(OspfNeighbor neighbor, DescriptionInfo description, IReadOnlyList<byte[]> headers)
    {
        const byte Opening = DescriptionInfo.First | DescriptionInfo.More | DescriptionInfo.Master;
        if (neighbor.State == OspfNeighborState.Init)
        {
            // Who describes a database has heard us, though no hello of its has said so yet.
            neighbor.State = OspfNeighborState.TwoWay;
            if (!_config.IsPointToPoint && _waitUntil == long.MaxValue)
                Elect();
        }

        if (neighbor.State == OspfNeighborState.TwoWay)
            Adjust(neighbor);
        if (neighbor.State <= OspfNeighborState.TwoWay)
            return;

        if (neighbor.State == OspfNeighborState.ExStart)
        {
            if ((description.Flags & Opening) == Opening && headers.Count == 0 && neighbor.Router > _config.Router.Value)
                (neighbor.IsMaster, neighbor.Sequence) = (false, description.Sequence);
            else if ((description.Flags & (DescriptionInfo.First | DescriptionInfo.Master)) != 0 || description.Sequence != neighbor.Sequence || neighbor.Router > _config.Router.Value)
                return;
            neighbor.State = OspfNeighborState.Exchange;
            foreach (var (key, lsa) in _database)
                neighbor.ToDescribe.Enqueue(lsa[..HeaderOfLsa]);
            neighbor.LastDescription = description;
            Want(neighbor, headers);
            neighbor.PeerSaidMore = (description.Flags & DescriptionInfo.More) != 0;
            if (neighbor.IsMaster)
                neighbor.Sequence++;
            DescribeMore(neighbor);
            return;
        }

        if (description == neighbor.LastDescription)
        {
            // A repetition; the slave answers it again.
            if (!neighbor.IsMaster && neighbor.Description is { } again)
                SendTo(neighbor, again);
            return;
        }

        if (neighbor.State != OspfNeighborState.Exchange
            || (description.Flags & DescriptionInfo.First) != 0
            || ((description.Flags & DescriptionInfo.Master) != 0) == neighbor.IsMaster
            || description.Sequence != (neighbor.IsMaster ? neighbor.Sequence : neighbor.Sequence + 1))
        {
            BeginExchange(neighbor);
            return;
        }

        neighbor.LastDescription = description;
        Want(neighbor, headers);
        neighbor.PeerSaidMore = (description.Flags & DescriptionInfo.More) != 0;
        if (IsWithoutEnd(neighbor, headers.Count))
        {
            End($"the neighbour {new Ip4(neighbor.Router)} describes its database without end");
            return;
        }

        if (neighbor.IsMaster)
        {
            if (!neighbor.SaidMore && !neighbor.PeerSaidMore)
            {
                EndExchange(neighbor);
                return;
            }

            neighbor.Sequence++;
            DescribeMore(neighbor);
        }
        else
        {
            neighbor.Sequence = description.Sequence;
            DescribeMore(neighbor);
            if (!neighbor.SaidMore && !neighbor.PeerSaidMore)
                EndExchange(neighbor);
        }
    }

    /// <summary>More follows, it says, and nothing does, or more than anybody could have.</summary>
    private bool IsWithoutEnd(OspfNeighbor neighbor, int headers)
    {
        const int MostEmpty = 100;
        neighbor.Described += headers;
        if (headers == 0 && neighbor.PeerSaidMore)
            neighbor.EmptyDescriptions++;
        return neighbor.EmptyDescriptions > MostEmpty || neighbor.Described > _config.DatabaseBytes / HeaderOfLsa;
    }

    private void DescribeMore(OspfNeighbor neighbor)
    {
        var headers = new List<byte[]>();
        while (headers.Count < _packets.Room / HeaderOfLsa && neighbor.ToDescribe.TryDequeue(out var header))
            headers.Add(header);
        neighbor.SaidMore = neighbor.ToDescribe.Count > 0;
        Describe(neighbor, (byte)((neighbor.SaidMore ? DescriptionInfo.More : 0) | (neighbor.IsMaster ? DescriptionInfo.Master : 0)), headers);
    }

    private void Describe(OspfNeighbor neighbor, byte flags, IReadOnlyList<byte[]> headers)
    {
        neighbor.Description = _packets.Description(flags, neighbor.Sequence, headers);
        SendTo(neighbor, neighbor.Description);

        // The slave only answers.
        neighbor.AgainAt = neighbor.IsMaster ? After(_config.RetransmitInterval) : long.MaxValue;
    }

    private void Want(OspfNeighbor neighbor, IReadOnlyList<byte[]> headers)
    {
        foreach (var header in headers)
        {
            var key = KeyOf(header);
            if (!_database.TryGetValue(key, out var ours) || LsaOctets.Compare(header, ours) > 0)
                neighbor.Requests[key] = header;
        }
    }

    private void EndExchange(OspfNeighbor neighbor)
    {
        neighbor.State = OspfNeighborState.Loading;
        neighbor.AgainAt = long.MaxValue;
        AskOrBeFull(neighbor);
    }

    /// <summary>Asks for the next ones when all have come that were asked for (RFC 2328 section 10.9).</summary>
    private void AskOrBeFull(OspfNeighbor neighbor)
    {
        if (neighbor.Asked.Count > 0)
            return;
        if (neighbor.Requests.Count > 0)
        {
            const int OctetsOfRequest = 12;
            neighbor.Asked.UnionWith(neighbor.Requests.Keys.Take(_packets.Room / OctetsOfRequest));
            SendTo(neighbor, _packets.Request(neighbor.Asked));
            neighbor.AgainAt = After(_config.RetransmitInterval);
            return;
        }

        neighbor.State = OspfNeighborState.Full;
        neighbor.AgainAt = long.MaxValue;
        OriginateOwn();
        _full.TrySetResult();
    }

    private void SendAgain(OspfNeighbor neighbor)
    {
        neighbor.AgainAt = long.MaxValue;
        switch (neighbor.State)
        {
            case OspfNeighborState.ExStart or OspfNeighborState.Exchange when neighbor.Description is { } description:
                SendTo(neighbor, description);
                neighbor.AgainAt = After(_config.RetransmitInterval);
                break;
            case OspfNeighborState.Loading:
                neighbor.Asked.Clear();
                AskOrBeFull(neighbor);
                break;
        }
    }
}
