using System.Text;
using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Report;

/// <summary>Lines of an archived log around a finding, so that a reader knows the place before opening the file.</summary>
/// <param name="FirstLine">Line of the log at which it begins, from 1.</param>
/// <param name="Lines">The lines, without colour codes.</param>
public sealed record LogPart(int FirstLine, IReadOnlyList<string> Lines)
{
    /// <summary>Findings that get one, at most: a page shows no more in full.</summary>
    private const int MostFindings = 300;

    private const int Before = 3;
    private const int After = 9;

    /// <summary>The report with a part of the log beside each finding whose log is in the folder of the page.</summary>
    public static RunReport Read(RunReport report, string folder)
    {
        var wanted = report.Findings.Where(f => f.Log is not null && f.Judged.Finding.LogLine > 0)
            .OrderBy(f => f.Judged.Verdict).Take(MostFindings);
        var parts = new Dictionary<ReportedFinding, LogPart>(ReferenceEqualityComparer.Instance);
        foreach (var log in wanted.GroupBy(f => f.Log!.Path, StringComparer.Ordinal))
        {
            if (PageLink.Of(new LogLink("", log.Key)).Address.Length == 0 || new FileInfo(Path.Combine(folder, log.Key)) is not { Exists: true } file)
                continue;
            using var text = new StreamReader(file.FullName, Encoding.UTF8);
            var windows = LogWindows.Read(text, [.. log.Select(f => f.Judged.Finding.LogLine)], Before, After);
            foreach (var finding in log)
                if (windows.TryGetValue(finding.Judged.Finding.LogLine, out var window))
                    parts[finding] = new LogPart(Math.Max(1, finding.Judged.Finding.LogLine - Before), window);
        }

        return report with
        {
            Findings = [.. report.Findings.Select(f => parts.TryGetValue(f, out var part) ? f with { LogPart = part } : f)],
        };
    }
}
