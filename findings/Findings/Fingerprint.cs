using System.Security.Cryptography;
using System.Text;

namespace OpenConfirm.Findings;

/// <summary>
/// Content hash of a finding, for recognising it across runs (SARIF 2.1.0 section 3.27.17, partialFingerprints). The same
/// after re-indenting, moving lines, moving the file to another folder, or another compiler with the same words; different
/// when rule, function, the line, its neighbours, the words of the message or the file's name change. Identical findings
/// on identical lines share one fingerprint: it finds candidates, <see cref="FindingMatcher"/> tells them apart.
/// </summary>
public static class Fingerprint
{
    /// <summary>Name of this hash in <c>partialFingerprints</c>. Any change of the result needs a new name.</summary>
    public const string Version = "openconfirm/v1";

    /// <summary>The first 32 hex digits of SHA-256 over the finding's normal form.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="lines">Lines of the file it stands in, of the tree it was seen in; null when they cannot be had.</param>
    public static string Of(Finding finding, IReadOnlyList<string>? lines)
    {
        var content = LineContent.At(lines, finding.Location?.Line ?? 0);
        var path = finding.File ?? "";
        string?[] parts =
        [
            Normal.Rule(finding.Rule), Normal.Text(finding.Function ?? ""), content.Line, content.Previous, content.Next,
            Normal.Message(finding.Message), Normal.Text(path[(path.LastIndexOf('/') + 1)..]),
        ];
        // No part holds a line feed, so that no two lists of parts give the same bytes.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return Convert.ToHexStringLower(hash)[..32];
    }

    /// <summary>
    /// Where and what in one tree: the first 32 hex digits of SHA-256. Findings of one tree with the same site are the same
    /// one, whatever unit, target or compiler showed it. Lines move, so it says nothing about another tree.
    /// </summary>
    public static string Site(Finding finding)
    {
        var path = finding.File ?? "";
        string?[] parts = finding.IsTest
            ? ["test", Normal.Rule(finding.Rule), Normal.Text(finding.Function!)]
            : [Normal.Rule(finding.Rule), Normal.Text(finding.Function ?? ""), Normal.Message(finding.Message), Normal.Text(path), $"{finding.Location?.Line ?? 0}"];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];
    }
}
