using System.Globalization;
using OpenConfirm.Farm;
using OpenConfirm.Intake;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary>Where the series of a check and its tree come from.</summary>
internal static class CheckSource
{
    /// <summary>Opens the project's tree.</summary>
    public static async Task<ProjectTree> OpenTreeAsync(CheckArguments arguments, Project project, CancellationToken cancel)
    {
        var where = arguments.Tree ?? arguments.GitRange?.Repository ?? project.Tree
            ?? throw new UsageException($"Where is the tree of {project.Title}? Give --tree PATH_OR_URL, or 'tree:' in the project file.");
        return await ProjectTree.OpenAsync(where, arguments.Branch ?? (arguments.GitRange is null ? project.Branch : null), Path.Combine(arguments.Data, "trees"), cancel);
    }

    /// <summary>The one series that was asked for, laid on its base.</summary>
    public static async Task<(Series Series, AppliedSeries Applied)> SeriesAsync(CheckArguments arguments, ProjectTree tree, CancellationToken cancel)
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
                : throw new UsageException($"{arguments.Source} holds {all.Count} series; choose one with --pick:{Listed(all.Index())}");
        }

        if (int.TryParse(arguments.Pick, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= all.Count)
            return all[number - 1];
        var id = arguments.Pick.Trim('<', '>');
        var found = all.Index().Where(s => s.Item.Cover?.MessageId == id || s.Item.Patches.Any(p => p.MessageId == id)).ToList();
        return found switch
        {
            [var one] => one.Item,
            [] => throw new UsageException($"--pick {arguments.Pick}: {arguments.Source} holds {all.Count} series and none is that."),
            _ => throw new UsageException($"--pick {arguments.Pick}: {found.Count} series have a mail of that Message-ID; choose one by its number:{Listed(found)}"),
        };
    }

    private static string Listed(IEnumerable<(int Index, Series Item)> series) => string.Join("", series.Take(20).Select(s =>
        $"\n  {s.Index + 1}  {TerminalText.Escape(s.Item.Subject)} (v{s.Item.Version}, {s.Item.Patches.Count} of {s.Item.Total} patches, {TerminalText.Escape(s.Item.Submitter.ToString())})"));

    /// <summary>The command that does the same again.</summary>
    public static string Reproduce(CheckArguments arguments, ProjectTree tree, SeriesBase seriesBase, IReadOnlyList<string> targets)
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
}
