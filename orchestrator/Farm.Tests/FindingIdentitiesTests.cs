using System.Diagnostics;
using OpenConfirm.Findings;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;
using OpenConfirm.Store;

namespace OpenConfirm.Farm.Tests;

/// <summary>Checks of a real tree whose "compiler" warns of every line that calls f().</summary>
public sealed class FindingIdentitiesTests
{
    private static readonly string[] Lines = [.. Enumerable.Range(1, 60).Select(i => $"line({i});")];

    private string _root = "";
    private FindingStore _store = null!;
    private List<Suppression> _suppressions = [];

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("openconfirm-identities-").FullName;
        Directory.CreateDirectory(Tree);
        Git("init", "-q", "-b", "master");
        _store = new FindingStore(StoreFile.Open(Path.Combine(_root, "data")), TimeProvider.System);
        _suppressions = [];
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    private string Tree => Path.Combine(_root, "tree");

    [Test]
    public async Task Ids_live_through_moves_renames_and_re_indents_of_the_base()
    {
        var first = Commit(("a.c", With(10, 20)), ("b.c", With(30)));
        var before = Ids(await CheckAsync(first, first));
        Assert.That(before.Values, Is.Unique.And.All.Not.Null);

        string[] moved = ["/* new */", .. With(10, 20).Select(l => "\t" + l)];
        File.Delete(Path.Combine(Tree, "b.c"));
        var second = Commit(("a.c", moved), ("lib/c.c", With(30)));
        var after = Ids(await CheckAsync(second, second));
        Assert.That(after, Is.EqualTo(new Dictionary<string, string?>
        {
            ["a.c:11"] = before["a.c:10"],
            ["a.c:21"] = before["a.c:20"],
            ["lib/c.c:30"] = before["b.c:30"],
        }));
    }

    [Test]
    public async Task Patched_findings_have_the_id_of_the_base_and_new_ones_that_of_the_former_version()
    {
        var start = Commit(("a.c", With(10)));
        var v1 = Commit(("a.c", With(10, 40)));
        var first = Ids(await CheckAsync(start, v1));
        var v2 = Commit(("a.c", ["/* better */", .. With(10, 40)]));
        var second = Ids(await CheckAsync(start, v2, version: 2));
        var other = Ids(await CheckAsync(start, v1, subject: "something else"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second["a.c:11"], Is.EqualTo(first["a.c:10"]).And.Not.Null);
            Assert.That(second["a.c:41"], Is.EqualTo(first["a.c:40"]).And.Not.Null.And.Not.EqualTo(first["a.c:10"]));
            Assert.That(other["a.c:40"], Is.Not.EqualTo(first["a.c:40"]));
        }

        // Merged by its own commit or another: the base now has what the series brought.
        var merged = Ids(await CheckAsync(v1, v1));
        Assert.That(merged["a.c:10"], Is.EqualTo(first["a.c:10"]));
    }

    [Test]
    public async Task Several_targets_and_units_are_one_finding()
    {
        var commit = Commit(("a.c", With(10, 20)));
        var one = await CheckAsync(commit, commit, targets: ["debian-12"]);
        var both = await CheckAsync(commit, commit, targets: ["debian-13", "debian-12"]);
        Assert.That(both.Targets.Select(t => t.Findings.Select(f => f.Id)), Is.All.EqualTo(one.Targets[0].Findings.Select(f => f.Id)));
        Assert.That(ReportBuilder.Result(Report(both), both).Findings.Select(f => f.Id), Is.EquivalentTo(one.Targets[0].Findings.Select(f => f.Id)));
    }

    [Test]
    public async Task What_is_gone_and_comes_back_has_its_id_again()
    {
        var first = Commit(("a.c", With(10)));
        var id = Ids(await CheckAsync(first, first))["a.c:10"];
        var second = Commit(("a.c", With()));
        await CheckAsync(second, second);
        Assert.That(_store.Gone("daemon").Keys, Is.EqualTo(new[] { id }));
        var third = Commit(("a.c", ["/* moved */", .. With(10)]));
        Assert.That(Ids(await CheckAsync(third, third))["a.c:11"], Is.EqualTo(id));
    }

    [Test]
    public async Task What_a_base_was_not_checked_for_is_not_gone_and_the_next_one_tells()
    {
        var first = Commit(("a.c", With(10)), ("b.c", With(5)));
        var id = Ids(await CheckAsync(first, first))["a.c:10"];
        var second = Commit(("a.c", ["broken", .. With(10)]));
        await CheckAsync(second, second, broken: "a.c");
        Assert.That(_store.Gone("daemon"), Is.Empty);
        var third = Commit(("a.c", ["/* re-written */", .. With(10).Select(l => l.Replace("line(11)", "other()", StringComparison.Ordinal))]));
        Assert.That(Ids(await CheckAsync(third, third))["a.c:11"], Is.EqualTo(id), "another fingerprint: carried over the base between");
        var fourth = Commit(("a.c", With()));
        await CheckAsync(fourth, fourth);
        Assert.That(_store.Gone("daemon").Keys, Is.EqualTo(new[] { id }));
    }

    [Test]
    public async Task A_suppressed_finding_is_not_new_and_its_twin_is()
    {
        var start = Commit(("a.c", With(10)));
        var head = Commit(("a.c", With(10, 40)));
        var first = await CheckAsync(start, head);
        Suppress(Ids(first)["a.c:40"]!);
        Assert.That(Verdicts(await CheckAsync(start, head, version: 2)), Is.EqualTo(new[] { "a.c:10 PreExisting", "a.c:40 Suppressed" }));
        var twin = Commit(("a.c", With(10, 40, 50)));
        Assert.That(Verdicts(await CheckAsync(start, twin, version: 3)), Is.EqualTo(new[] { "a.c:10 PreExisting", "a.c:40 Suppressed", "a.c:50 New" }));
    }

    /// <summary>The entry's finding is in the base; a series of the same words and neighbours brings its own.</summary>
    [Test]
    public async Task A_series_does_not_hide_behind_a_suppressed_finding_of_the_base([Values] bool isRemoved)
    {
        string[] Twin(params int[] at) => [.. Enumerable.Range(1, 60).Select(i => at.Contains(i) ? "f();" : isRemoved && i > 40 ? "other();" : "same();")];
        var start = Commit(("a.c", Twin(10)));
        var id = Ids(await CheckAsync(start, start))["a.c:10"]!;
        Suppress(id);
        Assert.That(Verdicts(await CheckAsync(start, start)), Is.EqualTo(new[] { "a.c:10 Suppressed" }));

        // Beside it with the same fingerprint, or in its place in another function.
        var evil = Commit(("a.c", Twin(isRemoved ? [50] : [10, 50])));
        var check = await CheckAsync(start, evil, subject: "evil", function: l => isRemoved ? $"g{l}" : null);
        Assert.That(Verdicts(check), Is.EqualTo(isRemoved ? ["a.c:10 Fixed", "a.c:50 New"] : new[] { "a.c:10 Suppressed", "a.c:50 New" }));
        Assert.That(Ids(check)["a.c:50"], Is.Not.EqualTo(id));
    }

    [Test]
    public async Task On_another_machine_an_entry_is_for_one_of_the_identical_ones_and_stays_with_it()
    {
        string[] Twins(params string[] head) => [.. head, .. Enumerable.Range(1, 60).Select(i => i is 10 or 50 ? "f();" : "same();")];
        var start = Commit(("a.c", Twins()));
        var hash = (await CheckAsync(start, start, identify: false)).Targets[0].Findings[0].Fingerprint;
        _suppressions = [Entry("F-00000", hash, "a.c")];
        Assert.That(Verdicts(await CheckAsync(start, start)), Is.EqualTo(new[] { "a.c:10 Suppressed", "a.c:50 PreExisting" }));

        // Other neighbours, so another fingerprint: now it goes by the id.
        var next = Commit(("a.c", [.. Twins("/* new */").Select(l => l.Replace("same", "other", StringComparison.Ordinal))]));
        Assert.That(Verdicts(await CheckAsync(next, next)), Is.EqualTo(new[] { "a.c:11 Suppressed", "a.c:51 PreExisting" }));

        _suppressions = [Entry("F-00001", hash, "other.c")];
        Assert.That(Verdicts(await CheckAsync(start, start)), Has.None.Contains("Suppressed"), "another file's name");
    }

    [Test]
    public async Task Stale_is_what_a_checked_base_has_no_more()
    {
        var start = Commit(("a.c", With(10)));
        Suppress(Ids(await CheckAsync(start, start))["a.c:10"]!);
        var broken = Commit(("a.c", ["broken", .. With()]));
        Assert.That((await CheckAsync(broken, broken, broken: "a.c")).Stale, Is.Empty);
        var clean = Commit(("a.c", With()));
        var check = await CheckAsync(clean, clean);
        Assert.That(check.Stale.Select(s => s.Suppression), Is.EqualTo(_suppressions));
        Assert.That(Report(check).StaleSuppressions, Is.EqualTo(_suppressions.Select(s => s.Id)));

        _suppressions = [Entry("F-00000", "00", "a.c")];
        Assert.That((await CheckAsync(clean, clean)).Stale.Select(s => s.IsPublic), Is.EqualTo(new[] { false }), "unknown, so on no page");
        Assert.That((await CheckAsync(clean, clean, projectTargets: ["debian-12", "debian-13"])).Stale, Is.Empty, "the other target may have it");
    }

    [Test]
    public async Task What_makes_a_step_fail_or_got_worse_is_not_suppressed()
    {
        var start = Commit(("a.c", With(10)));
        var head = Commit(("a.c", With(10, 40)));
        var first = await CheckAsync(start, head);
        Suppress(Ids(first)["a.c:10"]!);
        Suppress(Ids(first)["a.c:40"]!);
        Assert.That(Verdicts(await CheckAsync(start, head, patchedSeverity: Severity.Error)), Is.EqualTo(new[] { "a.c:10 New", "a.c:40 New" }));
        Assert.That(Verdicts(await CheckAsync(start, head)), Is.EqualTo(new[] { "a.c:10 Suppressed", "a.c:40 Suppressed" }));
    }

    [Test]
    public async Task Without_a_store_suppressions_go_by_fingerprint()
    {
        var start = Commit(("a.c", With(10)));
        var head = Commit(("a.c", With(10, 40)));
        var check = await CheckAsync(start, head, identify: false);
        var fresh = check.Targets[0].Findings.Single(f => f.Judged.Verdict == Verdict.New);
        var result = FindingIdentities.WithoutStore(check, [Entry("F-00000", fresh.Fingerprint, "a.c")]);
        Assert.That(Verdicts(result), Is.EqualTo(new[] { "a.c:10 PreExisting", "a.c:40 Suppressed" }));
        Assert.That(result.Targets[0].Findings.Select(f => f.Id), Is.All.Null);
        Assert.That(result.Stale, Is.Empty);
    }

    [Test]
    public async Task A_base_that_the_tree_has_lost_costs_no_check()
    {
        _store.RecordBase(new BaseSighting
        {
            Project = "daemon",
            ProjectFile = "/daemon.yaml",
            Commit = new string('a', 40),
            Target = "debian-12",
            Findings = [new SeenFinding("s", "f", Warning("a.c", 10, "g"))],
        });
        var start = Commit(("a.c", With(10)));
        Assert.That(Ids(await CheckAsync(start, start))["a.c:10"], Is.Not.Null);
    }

    private static string[] With(params int[] at) => [.. Lines.Select((l, i) => at.Contains(i + 1) ? $"f({i + 1});" : l)];

    private static Finding Warning(string path, int line, string? function) => new()
    {
        Tool = "gcc",
        Rule = "-Wunused-result",
        Severity = Severity.Warning,
        Message = "ignoring result",
        Location = new SourceLocation(path, line, 3),
        TranslationUnit = path,
        Function = function,
        Step = "compile",
    };

    private static Dictionary<string, string?> Ids(CheckResult check) => check.Targets[0].Findings
        .Where(f => f.Judged.Verdict is not (Verdict.Fixed or Verdict.Removed))
        .ToDictionary(f => $"{f.Judged.Finding.Location!.Path}:{f.Judged.Finding.Location.Line}", f => f.Id);

    private static IEnumerable<string> Verdicts(CheckResult check) => check.Targets[0].Findings
        .OrderBy(f => f.Judged.Finding.Location!.Line)
        .Select(f => $"{f.Judged.Finding.Location!.Path}:{f.Judged.Finding.Location.Line} {f.Judged.Verdict}");

    private static Suppression Entry(string id, string hash, string file) => new()
    {
        Id = id,
        Fingerprints = [$"{Fingerprint.Version}:{hash}"],
        File = file,
        Reason = "known",
        Author = "Dana",
        Date = new DateOnly(2026, 1, 1),
    };

    private void Suppress(string id) => _suppressions = [.. _suppressions, Entry(id, "none", "none.c")];

    private async Task<CheckResult> CheckAsync(
        string start,
        string head,
        int version = 1,
        string subject = "a series",
        IReadOnlyList<string>? targets = null,
        IReadOnlyList<string>? projectTargets = null,
        string? broken = null,
        bool identify = true,
        Severity patchedSeverity = Severity.Warning,
        Func<int, string?>? function = null)
    {
        var tree = await ProjectTree.OpenAsync(Tree, null, Path.Combine(_root, "trees"), default);
        var patch = new Patch { Number = 1, Title = subject, Author = new Person("Dana", "dana@example.org"), Body = Array.Empty<byte>() };
        var series = new Series
        {
            Subject = subject,
            Version = version,
            Total = 1,
            Submitter = patch.Author,
            Patches = [patch],
            Base = new BaseHints(null, [], new Dictionary<string, string>()),
        };
        var applied = new AppliedSeries(new SeriesBase(start, BaseSource.Asked, ""), [new AppliedPatch(patch, head, false)], null);
        var results = new List<TargetResult>();
        foreach (var target in targets ?? ["debian-12"])
        {
            var (before, after) = (Compiled(start, broken, Severity.Warning, function), Compiled(head, broken, patchedSeverity, function));
            var judged = FindingMatcher.Judge(Checked(start, before), Checked(head, after), TreeDiff.Parse(new StringReader(await tree.DiffAsync(start, head, default))));
            results.Add(new TargetResult(target, before, after, [.. judged.Select(j => new BlamedFinding(j, Hash(j.Finding, j.Patched is null ? start : head), null)
            {
                BaseFingerprint = j.Base is { } old ? Hash(old, start) : null,
            })]));
        }

        var result = new CheckResult(series, applied, results);
        var project = Project() with { Targets = projectTargets ?? ["debian-12"] };
        return identify ? await new FindingIdentities(_store, project, "/daemon.yaml", tree, _suppressions).IdentifyAsync(result, default) : result;
    }

    private static Project Project() => ProjectFile.Parse("title: Daemon\ntargets: [debian-12]\nbuild:\n  - name: compile\n    run: make\n", "daemon", "daemon.yaml");

    private static Report.RunReport Report(CheckResult check) => ReportBuilder.Build(check, new RunFacts
    {
        RunId = "1",
        Project = Project(),
        Branch = "master",
        BaseTitle = "",
        Started = DateTimeOffset.UnixEpoch,
        Elapsed = TimeSpan.Zero,
        Reproduce = "",
        Page = "index.html",
        Targets = check.Targets.ToDictionary(t => t.Name, _ => new TargetFacts("Debian", "amd64", [])),
    });

    private TreeResult Compiled(string commit, string? broken, Severity severity, Func<int, string?>? function)
    {
        var units = Git("ls-tree", "-r", "--name-only", commit).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var isGood = broken is null && severity != Severity.Error;
        return new TreeResult
        {
            Outcome = new Outcome.Completed(),
            Steps = [new StepResult { Name = "compile", Stage = StageKind.Build, Passed = isGood, Seconds = 1, Log = "compile.log" }],
            Coverage = new Coverage
            {
                StepsRun = new HashSet<string> { "compile" },
                StepsPassed = isGood ? new HashSet<string> { "compile" } : [],
                UnitsCompiled = units.Where(u => u != broken).ToHashSet(),
                UnitsFailed = units.Where(u => u == broken).ToHashSet(),
            },
            Findings = [.. units.Where(u => u != broken).SelectMany(u => Text(commit, u).Select((l, i) => (Text: l, Line: i + 1))
                .Where(l => l.Text.Contains("f(", StringComparison.Ordinal))
                .Select(l => Warning(u, l.Line, function?.Invoke(l.Line)) with { Severity = severity }))],
        };
    }

    private CheckedTree Checked(string commit, TreeResult result) => new(result.Findings, result.Coverage, path => Text(commit, path));

    private string Hash(Finding finding, string commit) => Fingerprint.Of(finding, Text(commit, finding.Location!.Path));

    private string[] Text(string commit, string path) => Git("show", $"{commit}:{path}").Split('\n');

    private string Commit(params (string Path, string[] Lines)[] files)
    {
        foreach (var (path, lines) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Tree, path))!);
            File.WriteAllLines(Path.Combine(Tree, path), lines);
        }

        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", "x");
        return Git("rev-parse", "HEAD").Trim();
    }

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Tree, "-c", "user.name=T", "-c", "user.email=t@example.org", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} exited with {process.ExitCode}");
    }
}
