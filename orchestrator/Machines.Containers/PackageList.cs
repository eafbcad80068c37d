using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Machines.Containers;

/// <summary>What <c>dpkg-query -W -f '${binary:Package} ${Version}\n'</c> says of a system.</summary>
internal sealed partial record PackageList(IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>SHA-256 over the sorted list.</summary>
    public string Hash => Hex(string.Join('\n', Versions.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} {p.Value}")));

    /// <summary>The packages whose versions explain most differences between systems.</summary>
    public IEnumerable<KeyValuePair<string, string>> Notable =>
        Versions.Where(p => NotableName().IsMatch(p.Key)).Select(p => KeyValuePair.Create(p.Key.Split(':')[0], p.Value));

    /// <summary>Parses dpkg-query's lines.</summary>
    public static PackageList Parse(string lines) => new(lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' '))
        .Where(p => p.Length == 2)
        .ToDictionary(p => p[0], p => p[1]));

    /// <summary>The image's tag: 12 hex digits over recipe and packages.</summary>
    public string Tag(string recipeHash) => Hex($"{recipeHash} {Hash}")[..12];

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex(@"\A(gcc|clang|make|bison|flex|autoconf|automake|python3|libc6|libyang\d*-dev)(:[a-z0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotableName();
}
