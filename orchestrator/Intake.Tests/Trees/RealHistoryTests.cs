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
