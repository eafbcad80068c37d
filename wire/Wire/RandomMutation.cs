namespace OpenConfirm.Wire;

/// <summary>
/// Changes a leaf to a value that is worth a try: the smallest and largest, neighbours of the present one, one bit flipped, another
/// one that its registry has; a list loses, repeats, moves or gains an element. The same numbers in make the same change.
/// </summary>
/// <param name="random">Decides; seeded by whoever wants the change again.</param>
public sealed class RandomMutation(Random random) : IMutation
{
    private const int MostOctets = 64;

    /// <inheritdoc/>
    public ulong Number(Leaf leaf, ulong value)
    {
        var values = leaf.Values;
        return random.Next(values.Count > 0 ? 8 : 6) switch
        {
            0 => 0,
            1 => leaf.Most,
            2 => value + 1,
            3 => value - 1,
            4 => value ^ 1UL << random.Next(leaf.Width),
            5 => (ulong)random.NextInt64() & leaf.Most,
            6 => values[random.Next(values.Count)].Value,
            _ => value ^ values[random.Next(values.Count)].Value,
        };
    }

    /// <inheritdoc/>
    public Ip4 Ip4(Leaf leaf, Ip4 value) => random.Next(4) switch
    {
        0 => new(0),
        1 => new(uint.MaxValue),
        2 => new(0x7f000001),
        _ => new((uint)Number(leaf, value.Value)),
    };

    /// <inheritdoc/>
    public Ip6 Ip6(Leaf leaf, Ip6 value) => random.Next(4) switch
    {
        0 => new(UInt128.Zero),
        1 => new(UInt128.MaxValue),
        2 => new(UInt128.One),
        _ => new(value.Value ^ UInt128.One << random.Next(128)),
    };

    /// <inheritdoc/>
    public byte[] Octets(Leaf leaf, byte[] value)
    {
        switch (random.Next(5))
        {
            case 0:
                return [];
            case 1:
                return value[..random.Next(value.Length + 1)];
            case 2:
                return [.. value, .. value.Length == 0 ? [0] : value[..Math.Min(value.Length, MostOctets)]];
            case 3:
                var more = new byte[random.Next(1, MostOctets)];
                random.NextBytes(more);
                return [.. value, .. more];
            default:
                byte[] copy = [.. value];
                if (copy.Length > 0)
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
        }
    }

    /// <inheritdoc/>
    public Prefix Prefix(Leaf leaf, Prefix value)
    {
        var length = random.Next(3) switch { 0 => 0, 1 => leaf.Width, _ => random.Next(leaf.Width + 1) };
        var address = random.Next(2) == 0 ? value.Address : new UInt128((ulong)random.NextInt64() << 1, (ulong)random.NextInt64());

        // Bits beyond the last octet are not on the wire.
        var octets = (length + 7) / 8 * 8;
        return value with { Address = octets == 0 ? 0 : address >> (128 - octets) << (128 - octets), Length = (byte)length };
    }

    /// <inheritdoc/>
    public PrefixList Prefixes(Leaf leaf, PrefixList value)
    {
        var all = new List<Prefix>();
        foreach (var prefix in value)
            all.Add(prefix);
        if (all.Count == 0 || random.Next(4) == 0)
            all.Insert(random.Next(all.Count + 1), Prefix(leaf, default));
        else
            Change(all, p => Prefix(leaf, p));
        return PrefixList.Of(value.Format, all);
    }

    /// <inheritdoc/>
    public AsPath AsPath(Leaf leaf, AsPath value)
    {
        List<AsSegment> all = [.. value.Segments];
        if (all.Count == 0 || random.Next(4) == 0)
            all.Insert(random.Next(all.Count + 1), new AsSegment((byte)random.Next(6), []));
        else
            Change(all, segment => random.Next(2) == 0 ? segment with { Type = (byte)random.Next(256) } : segment with { Numbers = Other(segment.Numbers) });
        return Wire.AsPath.Of(value.IsFourOctets, all);

        uint[] Other(IEnumerable<uint> numbers) =>
            [.. Numbers(leaf, [.. numbers.Select(n => (ulong)n)]).Take(byte.MaxValue).Select(n => (uint)n)];
    }

    /// <inheritdoc/>
    public ulong[] Numbers(Leaf leaf, ulong[] value)
    {
        List<ulong> all = [.. value];
        if (all.Count == 0 || random.Next(4) == 0)
            all.Insert(random.Next(all.Count + 1), Number(leaf, 0) & leaf.Most);
        else
            Change(all, n => Number(leaf, n) & leaf.Most);
        return [.. all];
    }

    /// <inheritdoc/>
    public ushort? Checksum(Leaf leaf, ushort? value) => random.Next(4) switch
    {
        0 => 0,
        1 => ushort.MaxValue,
        2 => null,
        _ => (ushort)random.Next(ushort.MaxValue + 1),
    };

    /// <inheritdoc/>
    public byte[]? Digest(Leaf leaf, byte[]? value) => value is not null && random.Next(4) == 0 ? null : Octets(leaf, value ?? new byte[16]);

    /// <inheritdoc/>
    public bool Choice(Leaf leaf, bool value) => !value;

    /// <inheritdoc/>
    public void Elements<T>(Leaf leaf, ElementList<T> list)
        where T : class, IWire
    {
        var count = list.Elements.Count;
        if (count == 0 || random.Next(4) == 0)
        {
            list.Insert(random.Next(count + 1), list.Kinds[random.Next(list.Kinds.Count)]);
            return;
        }

        var at = random.Next(count);
        switch (random.Next(3))
        {
            case 0:
                list.Remove(at);
                break;
            case 1:
                list.Repeat(at);
                break;
            default:
                list.Move(at, random.Next(count));
                break;
        }
    }

    /// <summary>One goes, comes twice, moves or is another.</summary>
    private void Change<T>(List<T> all, Func<T, T> other)
    {
        var at = random.Next(all.Count);
        var one = all[at];
        switch (random.Next(4))
        {
            case 0:
                all.RemoveAt(at);
                break;
            case 1:
                all.Insert(at, one);
                break;
            case 2:
                all.RemoveAt(at);
                all.Insert(random.Next(all.Count + 1), one);
                break;
            default:
                all[at] = other(one);
                break;
        }
    }
}
