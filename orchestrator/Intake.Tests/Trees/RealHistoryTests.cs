using System.Diagnostics;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>
/// Commits of a real project, as if they came by mail without a base. By hand: name a repository in OPENCONFIRM_HISTORY,
/// for example a clone of BIRD or FRR, and perhaps a branch in OPENCONFIRM_HISTORY_BRANCH; figures go to the output.
/// </summary>
[Category("Long"), Explicit("needs a repository named in OPENCONFIRM_HISTORY")]
public sealed class RealHistoryTests
{
    private const int Wanted = 20;

    [Test]
    public async Task Every_series_finds_its_base_and_gives_its_commits_trees()
    {
        var path = Environment.GetEnvironmentVariable("OPENCONFIRM_HISTORY");
        Assume.That(path, Is.Not.Null.And.Not.Empty);
        var cache = Directory.CreateTempSubdirectory("openconfirm-history-").FullName;
        try
        {
            var watch = Stopwatch.StartNew();
            var tree = await ProjectTree.OpenAsync(path!, Environment.GetEnvironmentVariable("OPENCONFIRM_HISTORY_BRANCH"), cache, CancellationToken.None);
            await TestContext.Out.WriteLineAsync($"opened in {watch.Elapsed.TotalSeconds:0.00} s");
            var git = new Git().In(path!).Reading();
            var failures = 0;
            foreach (var end in await EndsAsync(git, tree))
            {
                var series = await tree.SeriesOfRangeAsync($"{end}~2..{end}", CancellationToken.None);
                series = series with { Base = new BaseHints(null, [], Hints(series)) };
                watch.Restart();
                var chosen = await tree.ChooseBaseAsync(series, CancellationToken.None);
                var search = watch.Elapsed.TotalSeconds;
                watch.Restart();
                var applied = await tree.ApplyAsync(series, chosen, CancellationToken.None);
                var apply = watch.Elapsed.TotalSeconds;
                var good = chosen.Source == BaseSource.Blobs && applied.Failure is null;
                failures += good ? 0 : 1;
                var parent = (await git.RunAsync(["rev-parse", end + "~2"], CancellationToken.None)).Text;
                await TestContext.Out.WriteLineAsync(
                    $"{(good ? "good" : "BAD ")} {end[..12]} base {chosen.Commit[..12]} {(chosen.Commit == parent ? "the parent" : chosen.Source.ToString())}: search {search:0.00} s, apply {apply:0.00} s {applied.Failure?.Reason}");
            }
            Assert.That(failures, Is.Zero);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    /// <summary>
    /// Spread over the history, and besides those that rename, copy, change a mode or touch what is no text. Each as
    /// git format-patch mails it, on its parent: a patch that git reads otherwise than we do would be refused.
    /// </summary>
    [Test]
    public async Task Every_commit_is_read_as_git_reads_it()
    {
        var path = Environment.GetEnvironmentVariable("OPENCONFIRM_HISTORY");
        Assume.That(path, Is.Not.Null.And.Not.Empty);
        var cache = Directory.CreateTempSubdirectory("openconfirm-history-").FullName;
        try
        {
            var git = new Git().In(path!).Reading();
            var tree = await ProjectTree.OpenAsync(path!, Environment.GetEnvironmentVariable("OPENCONFIRM_HISTORY_BRANCH"), cache, CancellationToken.None);
            var (read, bad) = (0, 0);
            foreach (var commit in await KindsAsync(git, tree.BranchHead))
            {
                var mail = await git.RunAsync(["format-patch", "--stdout", "-1", commit], CancellationToken.None);
                if (mail.Output.IsEmpty)
                    continue; // A commit that changes nothing.
                var series = SeriesAssembler.Assemble(MailReader.Read(new MemoryStream(mail.Output.ToArray()), commit)).Series;
                var parent = (await git.RunAsync(["rev-parse", commit + "^"], CancellationToken.None)).Text;
                var applied = series.Count == 1 ? await tree.ApplyAsync(series[0], new SeriesBase(parent, BaseSource.Asked, ""), CancellationToken.None) : null;
                read++;
                if (applied is { Failure: null } && (await tree.ChangesAsync(commit, applied.Head, CancellationToken.None)) is { Added: [], Modified: [], Deleted: [] })
                    continue;
                bad++;
                await TestContext.Out.WriteLineAsync($"BAD {commit}: {series.Count} series, {applied?.Failure?.File} {applied?.Failure?.Reason}");
            }

            await TestContext.Out.WriteLineAsync($"{read} commits, {bad} of them bad");
            Assert.That(bad, Is.Zero);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static async Task<IEnumerable<string>> KindsAsync(Git git, string head)
    {
        var log = (await git.RunAsync(["log", "--no-merges", "--raw", "--no-abbrev", "-M", "--max-count=6000", "--format=%H", head, "--"], CancellationToken.None)).Text;
        var (all, odd) = (new List<string>(), new List<string>());
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] != ':')
                all.Add(line);
            else if (line.Split(' ', '\t') is var f && (f[4][0] is 'R' or 'C' or 'T' || (f[0][1..] != f[1] && f[4] == "M") || Path.GetExtension(f[^1]) is ".png" or ".pdf" or ".gz" or ".jpg" or ".ico" or ".eps" or ".pcap"))
                odd.Add(all[^1]);
        }

        return all.Where((_, i) => i % Math.Max(1, all.Count / 300) == 0).Concat(odd.Distinct().Take(200)).Distinct();
    }

    /// <summary>Ends of pairs of ordinary commits, spread over the history.</summary>
    private static async Task<IEnumerable<string>> EndsAsync(Git git, ProjectTree tree)
    {
        var log = (await git.RunAsync(["log", "--no-merges", "--format=%H %P", tree.BranchHead], CancellationToken.None)).Text.Split('\n');
        var parents = log.Select(l => l.Split(' ')).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        var ends = parents.Where(p => parents.ContainsKey(p.Value)).Select(p => p.Key).Take(20_000).ToList();
        return Enumerable.Range(0, Wanted).Select(i => ends[(int)((long)i * i * (ends.Count - 1) / (Wanted * Wanted))]);
    }

    private static Dictionary<string, string> Hints(Series series)
    {
        var full = TestRepository.Blobs(series.Patches);
        return full.ToDictionary(b => b.Key, b => b.Value[..10]);
    }
}
