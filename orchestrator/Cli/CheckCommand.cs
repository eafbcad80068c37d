using System.Globalization;
using System.Text;
using MimeKit;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Intake;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Machines.Containers;
using OpenConfirm.Model;
using OpenConfirm.Report;
using OpenConfirm.Store;

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
        var project = ProjectFile.Load(arguments.Project, Places.Projects);
        var sender = MailboxAddress.TryParse(arguments.From, out var from)
            ? from
            : throw new UsageException($"--from '{arguments.From}' is no mail address.");
        var targets = Targets(arguments, project);
        var projectFile = ProjectFile.Find(arguments.Project, Places.ProjectSources);
        var suppressions = SuppressionFile.Load(SuppressionFile.Beside(projectFile));
        var started = time.GetUtcNow();
        var stopwatch = time.GetTimestamp();

        var tree = await OpenTreeAsync(arguments, project, cancel);
        var (series, applied) = await SeriesAsync(arguments, tree, cancel);
        var runId = RunId(started);
        var output = Path.GetFullPath(arguments.Out ?? Path.Combine(arguments.Data, "runs", runId));
        var folder = RunFolder.Create(output);

        var facts = new Dictionary<string, TargetFacts>(StringComparer.Ordinal);
        var result = new CheckResult(series, applied, []);
        if (series.IsComplete && applied.Failure is null && !applied.IsAlreadyApplied)
        {
            await using var pool = await ContainerPool.StartAsync(arguments.Data, Places.Images, time, cancel);
            foreach (var target in targets)
            {
                await pool.Images.EnsureAsync(target, new LineProgress(), cancel);
                facts[target] = await FactsAsync(pool, target, cancel);
            }

            await using var view = RunView.Open(targets, time);
            var options = new CheckOptions { Project = project, Targets = targets, LogDirectory = folder.Logs };
            using var check = new SeriesCheck(options, tree, pool, new BaseStore(Path.Combine(arguments.Data, "bases")), view, time);
            result = await check.RunAsync(series, applied, cancel);
            result = await IdentifiedAsync(
                result, suppressions, () => new FindingIdentities(new FindingStore(StoreFile.Open(arguments.Data), time), project, projectFile, tree, suppressions), cancel);
            foreach (var stale in result.Stale)
                await Console.Error.WriteLineAsync($"openconfirm: {stale.Suppression.Id} is suppressed and gone from the base; its entry in {SuppressionFile.Beside(projectFile)} can go ({TerminalText.Escape(stale.Suppression.Title ?? "no title")})");
        }

        var report = ReportBuilder.Build(result, new RunFacts
        {
            RunId = runId,
            Project = project,
            Branch = tree.BranchName,
            BaseTitle = await tree.TitleAsync(applied.Base.Commit, cancel),
            Started = started,
            Elapsed = time.GetElapsedTime(stopwatch),
            Reproduce = Reproduce(arguments, tree, applied.Base, targets),
            Page = folder.Page,
            Targets = facts,
        });
        using var mail = folder.Write(report, result, sender, time);
        if (arguments.Maildir is { } maildir)
            MaildirWriter.Deliver(mail, maildir, time);
        await PrintAsync(arguments, folder, mail, cancel);
        return Code(result);
    }

    /// <summary>Ids are a convenience: a store that fails costs them and no verdict.</summary>
    private static async Task<CheckResult> IdentifiedAsync(
        CheckResult result, IReadOnlyList<Suppression> suppressions, Func<FindingIdentities> identities, CancellationToken cancel)
    {
        try
        {
            return await identities().IdentifyAsync(result, cancel);
        }
        catch (Exception e) when (e is InfrastructureException or IOException or UnauthorizedAccessException && !cancel.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"openconfirm: the findings of this run get no ids, and suppressions go by fingerprint alone: {e.Message}");
            return FindingIdentities.WithoutStore(result, suppressions);
        }
    }

    /// <summary>Sorts by time; the tail keeps two runs of one second apart.</summary>
    private static string RunId(DateTimeOffset started) =>
        started.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..6];

    private static IReadOnlyList<string> Targets(CheckArguments arguments, Project project)
    {
        var known = Machines.ImageRecipe.Names(Places.Images);
        var targets = arguments.Targets.Count > 0 ? [.. arguments.Targets.Distinct()] : project.Targets;
        return targets.FirstOrDefault(t => !known.Contains(t)) is { } unknown
            ? throw new UsageException($"There is no target '{unknown}'. Known are: {string.Join(", ", known)}.")
            : targets;
    }

    private static async Task<ProjectTree> OpenTreeAsync(CheckArguments arguments, Project project, CancellationToken cancel)
    {
        var where = arguments.Tree ?? arguments.GitRange?.Repository ?? project.Tree
            ?? throw new UsageException($"Where is the tree of {project.Title}? Give --tree PATH_OR_URL, or 'tree:' in the project file.");
        return await ProjectTree.OpenAsync(where, arguments.Branch ?? (arguments.GitRange is null ? project.Branch : null), Path.Combine(arguments.Data, "trees"), cancel);
    }

    private static async Task<(Series Series, AppliedSeries Applied)> SeriesAsync(CheckArguments arguments, ProjectTree tree, CancellationToken cancel)
    {
        if (arguments.GitRange is { } git)
            return (await tree.SeriesOfRangeAsync(git.Range, cancel), await tree.AppliedRangeAsync(git.Range, cancel));
        if (arguments.Source is null)
            throw new UsageException("Nothing to check: give a mailbox, a folder of patches, - or --git REPO A..B.");

        var assembly = await Task.Run(() => SeriesAssembler.Assemble(MailReader.Open(arguments.Source)), cancel);
        var series = Pick(assembly, arguments);
        var seriesBase = arguments.Base is { } asked ? await tree.BaseAtAsync(asked, cancel) : await tree.ChooseBaseAsync(series, cancel);
        return series.IsComplete
            ? (series, await tree.ApplyAsync(series, seriesBase, cancel))
            : (series, new AppliedSeries(seriesBase, [], null));
    }

    private static Series Pick(SeriesAssembly assembly, CheckArguments arguments)
    {
        var all = assembly.Series;
        if (all.Count == 0)
        {
            var why = string.Join("", assembly.Ignored.Take(5).Select(d => $"\n  {TerminalText.Escape(d.Subject)}: {d.Reason}"));
            throw new UsageException($"{arguments.Source} holds no patch series.{why}");
        }

        if (arguments.Pick is null)
        {
            return all.Count == 1
                ? all[0]
                : throw new UsageException($"{arguments.Source} holds {all.Count} series; choose one with --pick:"
                    + string.Join("", all.Take(20).Select((s, i) => $"\n  {i + 1}  {TerminalText.Escape(s.Subject)} (v{s.Version}, {s.Patches.Count} of {s.Total} patches)")));
        }

        if (int.TryParse(arguments.Pick, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= all.Count)
            return all[number - 1];
        var id = arguments.Pick.Trim('<', '>');
        return all.FirstOrDefault(s => s.Cover?.MessageId == id || s.Patches.Any(p => p.MessageId == id))
            ?? throw new UsageException($"--pick {arguments.Pick}: {arguments.Source} holds {all.Count} series and none is that.");
    }

    private static async Task<TargetFacts> FactsAsync(ContainerPool pool, string target, CancellationToken cancel)
    {
        var image = await pool.Images.ShowAsync(target, cancel);
        var tools = image.Built?.Versions ?? new Dictionary<string, string>();
        return new TargetFacts(
            image.Recipe.Description.Split(',', '(')[0].Trim(),
            image.Recipe.Architecture,
            [new ToolVersion(target, image.Built?.Tag ?? ""), .. tools.Select(t => new ToolVersion($"{t.Key} ({target})", t.Value))]);
    }

    private static string Reproduce(CheckArguments arguments, ProjectTree tree, SeriesBase seriesBase, IReadOnlyList<string> targets)
    {
        // The tree's own name is without the credentials that a URL may carry.
        var what = arguments.GitRange is { } git ? $"--git {Quote(tree.Name)} {Quote(git.Range)}" : Quote(arguments.Source!);
        var pick = arguments.Pick is null ? "" : $" --pick {Quote(arguments.Pick)}";
        var where = arguments.GitRange is null ? $" --tree {Quote(tree.Name)}" : "";

        // What the series was laid on today need not be what a search finds tomorrow.
        var at = arguments.GitRange is null ? $" --base {seriesBase.Commit[..12]}" : "";
        return $"openconfirm check {what}{pick} --project {Quote(arguments.Project)}{where}{at} --targets {string.Join(",", targets)}";
    }

    private static string Quote(string word) =>
        word.Length > 0 && word[0] != '~' && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '~' or '^' or ':' or '@')
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

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

    private static int Code(CheckResult result)
    {
        if (!result.Series.IsComplete || result.Applied.Failure is not null
            || result.Targets.Any(t => t.Patched.Outcome is Outcome.CodeLimit && t.Base.Outcome is Outcome.Completed)
            || result.Targets.Any(t => t.Findings.Any(f => f.Judged.Verdict == Verdict.New)))
            return ExitCode.Findings;
        return result.Targets.Any(t => t.Base.Outcome is Outcome.Infra || t.Patched.Outcome is Outcome.Infra)
            ? ExitCode.Infrastructure
            : ExitCode.Good;
    }
}
