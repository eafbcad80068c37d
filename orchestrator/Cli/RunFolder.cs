using MimeKit;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Cli;

/// <summary>The folder of a run: mail, page, result and logs.</summary>
internal sealed class RunFolder
{
    /// <summary>Says that the folder is ours, from the beginning.</summary>
    private const string Mark = ".openconfirm-run";

    private readonly string _path;

    private RunFolder(string path) => _path = path;

    public string Logs => Path.Combine(_path, "logs");

    public string Page => Path.Combine(_path, "index.html");

    public string Mail => Path.Combine(_path, "mail.eml");

    public string Result => Path.Combine(_path, "result.json");

    /// <summary>Makes the folder; one that holds something else than an earlier run is refused.</summary>
    public static RunFolder Create(string path)
    {
        var folder = new RunFolder(path);
        if (File.Exists(path))
            throw new UsageException($"--out {path} is a file.");
        var mark = Path.Combine(path, Mark);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(mark))
            throw new UsageException($"--out {path} holds other things than a run of OpenConfirm; give an empty folder.");
        if (Directory.Exists(folder.Logs))
            Directory.Delete(folder.Logs, recursive: true);

        Directory.CreateDirectory(folder.Logs);
        File.WriteAllText(mark, "");
        return folder;
    }

    /// <summary>Writes everything and returns the mail.</summary>
    public MimeMessage Write(RunReport report, CheckResult result, MailboxAddress sender, TimeProvider time)
    {
        var writer = new ReportWriter(time);
        var series = report.Series;
        var mail = writer.WriteMail(report, new MailOptions
        {
            From = sender,
            To = MailboxAddress.TryParse(series.Submitter.Address, out var author) ? [new MailboxAddress(series.Submitter.Name, author.Address)] : [],
            Subject = Subject(series),
            AnswerTo = series.AnswerTo,
            Domain = sender.Domain,
        });
        mail.WriteTo(Mail);
        File.WriteAllText(Path.Combine(_path, "mail.txt"), mail.TextBody);
        File.WriteAllText(Page, writer.WritePage(report));
        foreach (var target in result.Targets)
        {
            Directory.CreateDirectory(Path.Combine(Logs, target.Name));
            using var sarif = File.Create(Path.Combine(Logs, target.Name, "findings.sarif"));
            var findings = target.Findings.ToDictionary(f => (object)f.Judged, ReferenceEqualityComparer.Instance);
            SarifFile.Write(sarif, target.Findings.Select(f => f.Judged), ReportBuilder.ToolVersion, j => findings[j].Fingerprint, j => Identity(report, findings[j]));
        }

        ResultFile.Write(ReportBuilder.Result(report, result), Result);
        return mail;
    }

    private static SarifIdentity? Identity(RunReport report, BlamedFinding finding) =>
        finding.Id is null && finding.Suppression is null ? null : new SarifIdentity(report.Project, finding.Id, finding.Suppression?.Reason);

    /// <summary>The subject of the mail that is answered, as git format-patch writes it.</summary>
    private static string Subject(Series series)
    {
        var version = series.Version > 1 ? $" v{series.Version}" : "";
        var number = series.Total > 1 || series.Cover is not null ? $" {(series.Cover is null ? 1 : 0)}/{series.Total}" : "";
        return $"[{string.Join(' ', [.. series.Tags, "PATCH"])}{version}{number}] {series.Subject}";
    }
}
