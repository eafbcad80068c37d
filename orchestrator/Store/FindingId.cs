using System.Security.Cryptography;
using System.Text;

namespace OpenConfirm.Store;

/// <summary>
/// The short name of a finding that people write down: <c>F-7KQ2M</c>. Digits and letters without those that look like
/// digits (Crockford's base 32: no I, L, O, U), so that it can be read aloud; what is typed with them is understood.
/// </summary>
public static class FindingId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Short = 5;
    private const int Longest = 12;

    // 33 million short ones: this many collisions in a row mean that a project has used most of them.
    private const int TriesPerLength = 8;

    /// <summary>The id as it is stored; null when the text is none.</summary>
    public static string? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith("F-", StringComparison.OrdinalIgnoreCase) || text.Length is < 2 + Short or > 2 + Longest)
            return null;
        var id = text.ToUpperInvariant()[2..].Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return id.All(Alphabet.Contains) ? "F-" + id : null;
    }

    /// <summary>
    /// Ids for a finding that has none, in the order in which to try them. They follow from what it is alone, so that two
    /// machines that see the same first give the same.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="fingerprint">The finding's fingerprint.</param>
    /// <param name="ordinal">Which of the identical ones it is, from 1.</param>
    internal static IEnumerable<string> Candidates(string project, string fingerprint, int ordinal)
    {
        for (var length = Short; length <= Longest; length++)
        {
            for (var i = 0; i < TriesPerLength; i++)
            {
                var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{project}\n{fingerprint}\n{ordinal}\n{length}\n{i}"));
                yield return "F-" + string.Concat(hash.Take(length).Select(b => Alphabet[b % Alphabet.Length]));
            }
        }
    }
}
