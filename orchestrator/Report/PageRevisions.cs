using System.Globalization;

namespace OpenConfirm.Report;

/// <summary>
/// The page of a run at one permanent path: <c>index.html</c> is always the newest, each state before it stays as
/// <c>revision-N.html</c>. Whoever reads a file while it is written sees the old one or the new one, whole.
/// </summary>
/// <param name="folder">The run's folder; the logs' paths are relative to it.</param>
/// <param name="writer">Writes pages.</param>
/// <param name="time">Dates them.</param>
public sealed class PageRevisions(string folder, ReportWriter writer, TimeProvider time)
{
    /// <summary>Name of the newest page.</summary>
    public const string Newest = "index.html";

    private RunReport? _last;

    /// <summary>Name of an earlier page.</summary>
    public static string NameOf(int revision) => string.Create(CultureInfo.InvariantCulture, $"revision-{revision}.html");

    /// <summary>Writes the next state of the page, and keeps the one before it.</summary>
    /// <returns>The report as the page shows it.</returns>
    public RunReport Write(RunReport report)
    {
        report = LogPart.Read(report, folder) with { Revision = 1, Written = time.GetUtcNow(), Earlier = [], IsSuperseded = false };
        if (_last is { } last)
        {
            WriteWhole(NameOf(last.Revision), writer.WritePage(last with { IsSuperseded = true }));
            report = report with
            {
                Revision = last.Revision + 1,
                Earlier = [.. last.Earlier, new PageRevision(last.Revision, last.IsEarly, last.Written!.Value)],
            };
        }

        WriteWhole(Newest, writer.WritePage(report));
        _last = report;
        return report;
    }

    private void WriteWhole(string name, string text)
    {
        var path = Path.Combine(folder, name);
        using (var file = new StreamWriter(path + ".part"))
        {
            file.Write(text);
            file.Flush();
            ((FileStream)file.BaseStream).Flush(flushToDisk: true);
        }

        File.Move(path + ".part", path, overwrite: true);
    }
}
