using System.Globalization;
using System.Text;
using OpenConfirm.Farm;
using OpenConfirm.Intake;
using OpenConfirm.Store;

namespace OpenConfirm.Cli;

/// <summary>A finding with all that is known of it, for a terminal.</summary>
internal static class FindingPrinter
{
    /// <summary>Several lines, harmless for a terminal.</summary>
    public static string Text(FindingRecord record, Suppression? suppression)
    {
        var finding = record.Finding;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{finding.Id}  {finding.Severity.ToLowerInvariant()}  {TerminalText.Escape(finding.Title)}\n");
        Line("project", finding.Project);
        Line("rule", $"{finding.Tool}, {finding.Rule}");
        Line("since", Since(finding));
        Line("last base", finding.Targets.Count > 0 ? "shown on " + string.Join(", ", finding.Targets) : finding.InBase ? "not shown" : "no base has shown it");
        if (suppression is not null)
            Line("suppressed", $"{Day(suppression.Date)} by {suppression.Author}: {suppression.Reason}");
        if (record.Names.Count > 0)
            Line("elsewhere", string.Join(", ", record.Names));
        foreach (var s in record.Sightings)
            Line(s.Target, $"from {Short(s.FirstCommit)} ({Day(s.FirstUtc)})" + (s.GoneCommit is null ? $" to {Short(s.LastCommit)} ({Day(s.LastUtc)})" : $"; gone with {Short(s.GoneCommit)} ({Day(s.GoneUtc!)})"));
        text.Append("  aliases\n");
        foreach (var a in record.Aliases)
            text.Append(CultureInfo.InvariantCulture, $"    {a.Fingerprint}  {Day(a.SinceUtc)}  {TerminalText.Escape(a.Path)}{(a.OfSeries ? "  (of a series)" : "")}\n");
        text.Append("  history\n");
        foreach (var e in record.History)
            text.Append(CultureInfo.InvariantCulture, $"    {Day(e.Utc)}  {TerminalText.Escape(string.Join("  ", new[] { e.Kind, Short(e.Commit), e.Target, e.Detail }.Where(p => p.Length > 0)))}\n");
        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {TerminalText.Escape(name),-12}{TerminalText.Escape(value)}\n");
    }

    /// <summary>"since 2026-03-31, 9c1d5e0b7a3f", with the series where one brought it.</summary>
    public static string Since(ListedFinding finding) =>
        $"since {Day(finding.SinceUtc)}, {Short(finding.SinceCommit)}" + (finding.SinceSeries is { } series ? $", with \"{series}\"" : "");

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Day(string utc) => utc.Length > 10 ? utc[..10] : utc;

    private static string Short(string commit) => commit.Length > 12 ? commit[..12] : commit;
}
