using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpenConfirm.Findings;

/// <summary>
/// Findings as SARIF 2.1.0 and back. Written: one run of the tool OpenConfirm; the program that said it, step, unit and
/// excerpt are in each result's property bag under <c>openconfirm</c>. Read: logs of any tool, and nothing in them is trusted.
/// </summary>
public static class SarifFile
{
    /// <summary>Bytes that <see cref="Read"/> takes unless told otherwise.</summary>
    public const long DefaultMaxBytes = 64L << 20;

    /// <summary>Results that <see cref="Read"/> takes.</summary>
    public const int MaxResults = 100_000;

    /// <summary>Levels of nesting that <see cref="Read"/> takes.</summary>
    public const int MaxDepth = 64;

    /// <summary>Writes the findings of one tree, as UTF-8.</summary>
    /// <param name="stream">Left open.</param>
    /// <param name="findings">The findings, in the order in which they shall appear.</param>
    /// <param name="toolVersion">Version of OpenConfirm.</param>
    /// <param name="fingerprint">A finding's <see cref="Fingerprint"/>; null to write none.</param>
    public static void Write(Stream stream, IEnumerable<Finding> findings, string toolVersion, Func<Finding, string?>? fingerprint = null) =>
        SarifWriter.Write(stream, findings.Select(f => new SarifWriter.Entry(f, fingerprint?.Invoke(f))), toolVersion);

    /// <summary>
    /// Writes judged findings: each as the side a person should read, with baselineState <c>new</c>, <c>unchanged</c> or
    /// <c>absent</c> and the exact verdict in the property bag. SARIF knows no "not tested": a finding of the base alone is
    /// then <c>absent</c>, one of the patched tree <c>unchanged</c>, so that no viewer blames anybody.
    /// </summary>
    /// <param name="stream">Left open.</param>
    /// <param name="findings">The findings, in the order in which they shall appear.</param>
    /// <param name="toolVersion">Version of OpenConfirm.</param>
    /// <param name="fingerprint">A finding's <see cref="Fingerprint"/>; null to write none.</param>
    /// <param name="identity">Its id and suppression; null to write none.</param>
    public static void Write(
        Stream stream,
        IEnumerable<JudgedFinding> findings,
        string toolVersion,
        Func<JudgedFinding, string?>? fingerprint = null,
        Func<JudgedFinding, SarifIdentity?>? identity = null) =>
        SarifWriter.Write(stream, findings.Select(j => new SarifWriter.Entry(j.Finding, fingerprint?.Invoke(j), j, identity?.Invoke(j))), toolVersion);

    /// <summary>
    /// The findings of a log, of all its runs, absent ones included; results that are no fault (kind <c>pass</c>,
    /// <c>notApplicable</c>, <c>informational</c>) are left out.
    /// </summary>
    /// <param name="stream">UTF-8 JSON; read to its end, left open.</param>
    /// <param name="maxBytes">Longest log taken.</param>
    /// <exception cref="SarifException">It is too large, too deep, no JSON, or no SARIF 2.1.0; says what and where.</exception>
    public static IReadOnlyList<Finding> Read(Stream stream, long maxBytes = DefaultMaxBytes)
    {
        SarifLog log;
        try
        {
            log = JsonSerializer.Deserialize(Capped(stream, maxBytes), SarifJson.Default.SarifLog) ?? throw new SarifException("$", "the log is null");
        }
        catch (JsonException e)
        {
            // The text goes on with path and line, which stand in front here.
            var what = e.Message.Split(" Path: ")[0];
            throw new SarifException($"{e.Path ?? "$"}, line {(e.LineNumber ?? 0) + 1}", what, e);
        }

        if (log.Version != "2.1.0")
            throw new SarifException("$.version", "the version is not 2.1.0");
        var results = log.Runs.Sum(r => (long)(r?.Results?.Count ?? 0));
        if (results > MaxResults)
            throw new SarifException("$.runs", $"{results} results are more than {MaxResults}");
        return [.. log.Runs.SelectMany(r => r is null ? [] : SarifReader.Findings(r))];
    }

    private static MemoryStream Capped(Stream stream, long maxBytes)
    {
        var copy = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (copy.Length + read > maxBytes)
                throw new SarifException("$", $"the log is longer than {maxBytes} bytes");
            copy.Write(buffer, 0, read);
        }

        copy.Position = 0;
        return copy;
    }
}

/// <summary>What a store and people know of a finding.</summary>
/// <param name="Project">The project in which the id is unique.</param>
/// <param name="Id">
/// Its short id, null when it has none. SARIF has <c>correlationGuid</c> (section 3.27.5) for results that are logically the
/// same from run to run, and wants a GUID there: one is made from project and id. The id itself is in the property bag, since
/// <c>guid</c> names one result of one run, and <c>partialFingerprints</c> are hashes of content.
/// </param>
/// <param name="Suppression">Why it is suppressed, for <c>suppressions</c> (section 3.27.23); null when it is not.</param>
public sealed record SarifIdentity(string Project, string? Id, string? Suppression)
{
    /// <summary>A custom UUID (RFC 9562 section 5.8): always the same for the same project and id.</summary>
    internal string? Correlation
    {
        get
        {
            if (Id is null)
                return null;
            var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"openconfirm\n{Project}\n{Id}"))[..16];
            bytes[6] = (byte)(bytes[6] & 0x0f | 0x80);
            bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
            return new Guid(bytes, bigEndian: true).ToString();
        }
    }
}

/// <summary>A file is not the SARIF 2.1.0 that can be read.</summary>
public sealed class SarifException : FormatException
{
    /// <summary>Says where (a JSON path) and what.</summary>
    public SarifException(string where, string what, Exception? inner = null)
        : base($"SARIF at {where}: {what}", inner) => Where = where;

    /// <summary>JSON path, and the line where the JSON itself is at fault.</summary>
    public string Where { get; }
}
