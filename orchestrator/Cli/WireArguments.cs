using System.Globalization;
using System.Text;
using OpenConfirm.Model;
using OpenConfirm.Wire;

namespace OpenConfirm.Cli;

/// <summary>What <c>openconfirm wire decode</c> and <c>encode</c> were asked for.</summary>
internal sealed record WireArguments
{
    private static readonly Dictionary<string, Family> Families = new(StringComparer.Ordinal)
    {
        ["ipv4"] = Family.Ipv4Unicast,
        ["ipv6"] = Family.Ipv6Unicast,
    };

    /// <summary>The protocol, as written.</summary>
    public required string ProtocolName { get; init; }

    /// <summary>The file; - for standard input.</summary>
    public required string File { get; init; }

    /// <summary>Octets are not hexadecimal text but themselves.</summary>
    public bool IsBinary { get; init; }

    /// <summary>AS numbers have two octets.</summary>
    public bool IsTwoOctetAs { get; init; }

    /// <summary>Families with path identifiers, as written.</summary>
    public IReadOnlyList<string> AddPath { get; init; } = [];

    /// <summary>BGP messages may have more than 4,096 octets.</summary>
    public bool IsExtended { get; init; }

    /// <summary>Source of the IPv6 packet, as written; null when it is not known.</summary>
    public string? Source { get; init; }

    /// <summary>Destination of the IPv6 packet, as written.</summary>
    public string? Destination { get; init; }

    /// <summary>Key of digests, as written; null when none is known.</summary>
    public string? Key { get; init; }

    /// <summary>One JSON document.</summary>
    public bool IsJson { get; init; }

    /// <summary>The protocol.</summary>
    public Protocol Protocol => Protocol.Find(ProtocolName)
        ?? throw new UsageException($"there is no protocol '{ProtocolName}'; there are {string.Join(", ", Protocol.All.Select(p => p.Name))}");

    /// <summary>Octets of a BGP message at most (RFC 4271 section 4.1, RFC 8654 section 4).</summary>
    public int Largest => IsExtended ? 65535 : 4096;

    /// <summary>What the session has agreed on.</summary>
    public WireFacts Facts
    {
        get
        {
            if (Source is null != Destination is null)
                throw new UsageException("--source and --destination go together: OSPFv3's checksum covers both");
            return new WireFacts
            {
                FourOctetAs = !IsTwoOctetAs,
                AddPath = AddPath.Contains("all") ? WireFacts.EveryFamily : AddPath.Select(FamilyOf).ToHashSet(),
                Source = Address("--source", Source),
                Destination = Address("--destination", Destination),
                Key = Key is null ? null : KeyOf(Key),
            };
        }
    }

    private static Family FamilyOf(string text)
    {
        if (Families.TryGetValue(text, out var family))
            return family;
        return text.Split('/') is [var afi, var safi]
            && ushort.TryParse(afi, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
            && byte.TryParse(safi, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            ? new Family(a, s)
            : throw new UsageException($"--add-path: '{text}' is no family; give {string.Join(", ", Families.Keys)}, all, or AFI/SAFI as numbers (1/4)");
    }

    /// <summary>A key's number is in the messages; here it says nothing.</summary>
    private static AuthenticationKey KeyOf(string text)
    {
        if (text.Split(':', 2) is not [var algorithm, { Length: > 0 } secret]
            || Array.Find(Enum.GetNames<DigestAlgorithm>(), n => string.Equals(n, algorithm, StringComparison.OrdinalIgnoreCase)) is not { } name)
            throw new UsageException($"--key: give ALGORITHM:SECRET or ALGORITHM:@FILE; there are {string.Join(", ", Enum.GetNames<DigestAlgorithm>().Select(n => n.ToLowerInvariant()))}");
        return new AuthenticationKey(Enum.Parse<DigestAlgorithm>(name), 0, secret[0] == '@' ? SecretIn(secret[1..]) : Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>The line's end that an editor writes is no part of the secret.</summary>
    private static byte[] SecretIn(string file) =>
        System.IO.File.Exists(file) ? Encoding.UTF8.GetBytes(System.IO.File.ReadAllText(file).TrimEnd('\r', '\n')) : throw new UsageException($"--key: there is no file {file}");

    private static Ip6? Address(string option, string? text)
    {
        try
        {
            return text is null ? null : Ip6.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"{option}: {e.Message}");
        }
    }
}
