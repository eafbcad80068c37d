using System.Diagnostics;
using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;
using OpenConfirm.Report;

namespace OpenConfirm.Farm.Tests;

/// <summary>A git tree in a temporary folder whose commits are checked patch by patch in <see cref="MakeMachine"/>s.</summary>
internal sealed class BlamedSeries : IDisposable
{
    private static readonly RecipeStep[] Steps =
    [
        Step("configure", "configure"), Step("compile", "make"), Step("install", "install"),
        Step("test", "check") with { Stage = StageKind.Unit },
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("openconfirm-blame-").FullName;
    private readonly List<string> _commits = [];

    /// <summary>A tree with one commit, the base.</summary>
    public BlamedSeries(params (string Path, string? Text)[] files)
    {
        Directory.CreateDirectory(Tree);
        Git("init", "-q", "-b", "master");
        Patch(files);
    }

    private string Tree => Path.Combine(_root, "tree");

    /// <summary>One more patch: what files are after it; null removes one.</summary>
    public void Patch(params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            if (text is null)
                File.Delete(Path.Combine(Tree, path));
            else
                File.WriteAllText(Path.Combine(Tree, path), text);
        }

        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", $"patch {_commits.Count}");
        _commits.Add(Git("rev-parse", "HEAD").Trim());
    }

    /// <summary>Builds base, head and prefixes.</summary>
    /// <returns>What is new or fixed with the patch that is named, and the patches that do not build alone.</returns>
    public async Task<(IReadOnlyList<(Finding Finding, int? Patch)> Findings, IReadOnlyList<PatchProblem> Problems)> BlameAsync()
    {
        var cancel = TestContext.CurrentContext.CancellationToken;
        var tree = await ProjectTree.OpenAsync(Tree, null, Path.Combine(_root, "cache"), cancel);
        var applied = await tree.AppliedRangeAsync($"{_commits[0]}..{_commits[^1]}", cancel);
        await using var machine = new MakeMachine();
        var before = await BuildAsync(tree, machine, _commits[0], cancel);
        var after = await BuildAsync(tree, new MakeMachine(), _commits[^1], cancel);
        var diff = TreeDiff.Parse(new StringReader(await tree.DiffAsync(_commits[0], _commits[^1], cancel)));
        var judged = FindingMatcher.Judge(
            await CheckedAsync(tree, before, _commits[0], cancel), await CheckedAsync(tree, after, _commits[^1], cancel), diff);
        var blame = new PrefixBlame(tree, applied, judged, after, before.Coverage);
        if (blame.HasPrefixes)
            await blame.RunAsync(machine, Steps, (patch, _) => Runner(PrefixBlame.FolderOf(patch)), cancel);
        return (
            [.. judged.Where(j => j.Verdict is Verdict.New or Verdict.Fixed && j.Finding.Tool != "make").Select(j => (j.Finding, blame.PatchOf(j)))],
            blame.Problems("memory"));
    }

    /// <summary>The patch that is named for the one finding with these words.</summary>
    public async Task<int?> PatchOfAsync(string words)
    {
        var (findings, _) = await BlameAsync();
        return findings.Single(f => f.Finding.Title.Contains(words, StringComparison.Ordinal)).Patch;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static RecipeStep Step(string name, string run) => new()
    {
        Name = name,
        Run = run,
        Stage = StageKind.Build,
        Timeout = TimeSpan.FromMinutes(1),
        Inputs = name == "configure" ? ["configure"] : [],
    };

    private async Task<TreeResult> BuildAsync(ProjectTree tree, MakeMachine machine, string commit, CancellationToken cancel)
    {
        await using var archive = await tree.ArchiveAsync(commit, cancel);
        await machine.PutAsync(archive, RecipeRunner.TreeDirectory, touch: false, cancel);
        return await Runner(commit).RunAsync(machine, Steps, cancel);
    }

    private RecipeRunner Runner(string folder) =>
        new("memory", TreeSide.Prefix, Path.Combine(_root, "logs", folder), new Progress<RunEvent>(), TimeProvider.System);

    private static async Task<CheckedTree> CheckedAsync(ProjectTree tree, TreeResult result, string commit, CancellationToken cancel) =>
        new(result.Findings, result.Coverage, await TreeLines.ReadAsync(tree, commit, result.Findings, cancel));

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Tree, "-c", "user.name=T", "-c", "user.email=t@example.org", .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} exited with {process.ExitCode}");
    }
}
