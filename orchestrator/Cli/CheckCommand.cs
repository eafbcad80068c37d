using System.Text;
using MimeKit;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Cli;

/// <summary>What <c>openconfirm check</c> was called with.</summary>
internal sealed record CheckArguments
{
    public string? Source { get; init; }

    public GitRange? GitRange { get; init; }

    public required string Project { get; init; }

    public string? Tree { get; init; }

    public string? Branch { get; init; }

    public string? Base { get; init; }

    public IReadOnlyList<string> Targets { get; init; } = [];

    public string? Out { get; init; }

    public string? Maildir { get; init; }

    public required string From { get; init; }

    public string? Pick { get; init; }

    public bool Json { get; init; }

    public required string Data { get; init; }
}

/// <summary><c>openconfirm check</c>: one series, the whole way.</summary>
internal static class CheckCommand
{
    /// <summary>Checks a series and writes mail, page, result and logs.</summary>
    public static async Task<int> RunAsync(CheckArguments arguments, TimeProvider time, CancellationToken cancel)
    {
        var start = RunStart.Now(time);
        var project = ProjectFile.Load(arguments.Project, Places.Projects);
        var sender = MailboxAddress.TryParse(arguments.From, out var from)
            ? from
            : throw new UsageException($"--from '{arguments.From}' is no mail address.");
        var projectFile = ProjectFile.Find(arguments.Project, Places.ProjectSources);
        var subject = new CheckSubject(project, projectFile, SuppressionFile.Load(SuppressionFile.Beside(projectFile)), Targets(arguments, project));

        var tree = await CheckSource.OpenTreeAsync(arguments, project, cancel);
        var (series, applied) = await CheckSource.SeriesAsync(arguments, tree, cancel);
        var folder = RunFolder.Create(Path.GetFullPath(arguments.Out ?? Path.Combine(arguments.Data, "runs", start.RunId)));
        var (report, result) = await new CheckRun(arguments, subject, tree, folder, start, time).RunAsync(series, applied, cancel);

        using var mail = folder.Write(report, result, sender, time);
        if (arguments.Maildir is { } maildir)
            MaildirWriter.Deliver(mail, maildir, time);
        await PrintAsync(arguments, folder, mail, cancel);
        return Code(report);
    }

    private static IReadOnlyList<string> Targets(CheckArguments arguments, Project project)
    {
        var known = Machines.ImageRecipe.Names(Places.Images);
        var targets = arguments.Targets.Count > 0 ? [.. arguments.Targets.Distinct()] : project.Targets;
        return targets.FirstOrDefault(t => !known.Contains(t)) is { } unknown
            ? throw new UsageException($"There is no target '{unknown}'. Known are: {string.Join(", ", known)}.")
            : targets;
    }

    private static async Task PrintAsync(CheckArguments arguments, RunFolder folder, MimeMessage mail, CancellationToken cancel)
    {
        if (arguments.Json)
        {
            await Console.Out.WriteAsync(await File.ReadAllTextAsync(folder.Result, Encoding.UTF8, cancel));
            return;
        }

        await Console.Out.WriteLineAsync((mail.TextBody ?? "").TrimEnd());
        await Console.Out.WriteLineAsync();
        await Console.Out.WriteLineAsync($"Page: {folder.Page}");
        await Console.Out.WriteLineAsync($"Mail: {folder.Mail}");
    }

    /// <summary>What the mail says of the series; what failed on our side counts only where the series is not at fault.</summary>
    private static int Code(RunReport report)
    {
        var isAtFault = Assessment.Of(report).Kind is AssessmentKind.Incomplete or AssessmentKind.DoesNotApply
            or AssessmentKind.Breaks or AssessmentKind.Warns or AssessmentKind.FineAsAWhole;

        // The mail is silent of private findings, but whoever runs the program sees them in result.json.
        if (isAtFault || report.Findings.Any(f => f.Is(Verdict.New)))
            return ExitCode.Findings;
        return report.Targets.Any(t => t.Stages.Any(s => s.IsOurFault)) ? ExitCode.Infrastructure : ExitCode.Good;
    }
}
