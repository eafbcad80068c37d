using System.Text;
using MimeKit;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Cli;

/// <summary>The folder of a run: mail, page, result and logs.</summary>
internal sealed class RunFolder
{
    private static readonly string[] Ours = ["logs", "index.html", "mail.eml", "mail.txt", "result.json"];

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
        if (Directory.Exists(path))
        {
            if (Directory.EnumerateFileSystemEntries(path).FirstOrDefault(e => !Ours.Contains(Path.GetFileName(e))) is { } other)
                throw new UsageException($"--out {path} holds other things than a run of OpenConfirm ({Path.GetFileName(other)}); give an empty folder.");
            if (Directory.Exists(folder.Logs))
                Directory.Delete(folder.Logs, recursive: true);
        }

        Directory.CreateDirectory(folder.Logs);
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
            To = [new MailboxAddress(series.Submitter.Name, series.Submitter.Address)],
            Subject = series.Subject,
            AnswerTo = series.AnswerTo,
            Domain = sender.Domain,
        });
        mail.WriteTo(Mail);
        File.WriteAllText(Path.Combine(_path, "mail.txt"), mail.TextBody, Encoding.UTF8);
        File.WriteAllText(Page, writer.WritePage(report), Encoding.UTF8);
        foreach (var target in result.Targets)
        {
            using var sarif = File.Create(Path.Combine(Logs, target.Name, "findings.sarif"));
            var fingerprints = target.Findings.ToDictionary(f => (object)f.Judged, f => f.Fingerprint, ReferenceEqualityComparer.Instance);
            SarifFile.Write(sarif, target.Findings.Select(f => f.Judged), ReportBuilder.ToolVersion, j => fingerprints[j]);
        }

        ResultFile.Write(ReportBuilder.Result(report, result), Result);
        return mail;
    }
}
