using System.Text.Json.Nodes;
using CliWrap.Buffered;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Store;

namespace OpenConfirm.Cli.Tests;

/// <summary><c>findings</c> as a user runs it, on a store that holds a base of two targets and a series.</summary>
public sealed class FindingsCommandTests
{
    private string _root = "";
    private string _warning = "";
    private string _hostile = "";
    private string _series = "";

    private string ProjectFile => Path.Combine(_root, "daemon.yaml");

    private string Entries => Path.Combine(_root, "daemon.suppressions.yaml");

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("openconfirm-findings-").FullName;
        File.WriteAllText(ProjectFile, TestTree.Project);
        var store = new FindingStore(StoreFile.Open(_root), TimeProvider.System);
        SeenFinding[] seen = [Seen("unused variable 'x'", 3), Seen("bad \u001b[31m\u202ename", 7) with { IsPublic = true }];
        var ids = store.RecordBase(Base("c1", "debian-12", seen));
        store.RecordBase(Base("c1", "debian-13", seen[..1]));
        (_warning, _hostile) = (ids[seen[0].Site], ids[seen[1].Site]);
        _series = store.RecordSeries(new SeriesSighting { Project = "daemon", Series = "s", Title = "a change (v2)", Commit = "h1", Findings = [Seen("fresh", 9)] }).Values.Single();
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task List_names_what_the_last_base_shows()
    {
        var list = await RunAsync("list");
        Assert.That(list.ExitCode, Is.Zero, list.StandardError);
        Assert.That(list.StandardOutput, Does.StartWith("daemon: 2 findings\n").And.Contain($"{_warning}  warning  src/a.c:3:5: unused variable 'x'"));
        Assert.That(list.StandardOutput, Does.Contain("debian-12, debian-13; since ").And.Not.Contain(_series));
        Assert.That(list.StandardOutput, Does.Contain("\\u001b[31m\\u202ename").And.Not.Contain('\u001b').And.Not.Contain('\u202e'));
        Assert.That((await RunAsync("list", "--all")).StandardOutput, Does.Contain(_series).And.Contain("with \"a change (v2)\""));

        var json = JsonNode.Parse((await RunAsync("list", "--json", "--project", "daemon")).StandardOutput)!;
        Assert.That(json["findings"]!.AsArray().Select(f => (string)f!["id"]!), Is.EquivalentTo(new[] { _warning, _hostile }));
        Assert.That((bool)json["findings"]![0]!["isSuppressed"]!, Is.False);
    }

    [Test]
    public async Task Show_tells_all_by_id_or_fingerprint()
    {
        var show = await RunAsync("show", _warning.ToLowerInvariant());
        var hash = Seen("unused variable 'x'", 3).Fingerprint;
        Assert.That(show.StandardOutput, Does.StartWith($"{_warning}  warning").And.Contain(hash).And.Contain("debian-13").And.Contain("given"), show.StandardError);
        Assert.That((await RunAsync("show", "openconfirm/v1:" + hash)).StandardOutput, Is.EqualTo(show.StandardOutput));
        var json = JsonNode.Parse((await RunAsync("show", _warning, "--json")).StandardOutput)!;
        Assert.That((string)json["findings"]![0]!["aliases"]![0]!["fingerprint"]!, Is.EqualTo(hash));
    }

    [Test]
    public async Task Suppress_writes_an_entry_that_is_read_back_and_keeps_what_was_there()
    {
        await File.WriteAllTextAsync(Entries, "# ours\nsuppressions:\n");
        var done = await RunAsync("suppress", _hostile, "--reason", "it's \"fine\": really", "--author", "Dana");
        Assert.That(done.ExitCode, Is.Zero, done.StandardError);
        var entry = SuppressionFile.Load(Entries).Single();
        Assert.That((entry.Id, entry.Reason, entry.Author, entry.File), Is.EqualTo((_hostile, "it's \"fine\": really", "Dana", "a.c")));
        Assert.That(await File.ReadAllTextAsync(Entries), Does.StartWith("# ours\n").And.Not.Contain('\u001b').And.Not.Contain('\u202e'));
        Assert.That((await RunAsync("list")).StandardOutput, Does.Contain("; suppressed"));
        Assert.That((await RunAsync("show", _hostile)).StandardOutput, Does.Contain("by Dana: it's \"fine\": really").And.Contain("suppressed  Dana"));
    }

    [Test]
    public async Task Suppress_at_the_same_time_loses_none()
    {
        var all = await Task.WhenAll(new[] { _warning, _hostile, _series }.Select(id => RunAsync("suppress", id, "--reason", "known", "--author", "Dana")));
        Assert.That(all.Select(r => r.ExitCode), Is.All.Zero, string.Concat(all.Select(r => r.StandardError)));
        Assert.That(SuppressionFile.Load(Entries).Select(e => e.Id), Is.EquivalentTo(new[] { _warning, _hostile, _series }));
    }

    [Test]
    public async Task Stale_and_unknown_suppressions_are_listed()
    {
        await RunAsync("suppress", _warning, "--reason", "known", "--author", "Dana");
        var store = new FindingStore(StoreFile.Open(_root), TimeProvider.System);
        foreach (var target in new[] { "debian-12", "debian-13" })
            store.RecordBase(Base("c2", target, []) with { Gone = new HashSet<string> { _warning } });
        await File.AppendAllTextAsync(Entries, (await File.ReadAllTextAsync(Entries))[(await File.ReadAllTextAsync(Entries)).IndexOf("  - id", StringComparison.Ordinal)..].Replace(_warning, "F-ZZZZZ", StringComparison.Ordinal));
        var list = (await RunAsync("list", "--all")).StandardOutput;
        Assert.That(list, Does.Contain("gone from the last base").And.Contain("suppressed, stale"));
        Assert.That(list, Does.Contain("the suppression F-ZZZZZ is of no finding that is known here"));
    }

    [TestCase("list --project brid", "of a project 'brid'", TestName = "Unknown_project")]
    [TestCase("show F-ZZZZZ", "No finding has the id 'F-ZZZZZ'", TestName = "Unknown_id")]
    [TestCase("show nonsense", "No finding has the id 'nonsense'", TestName = "No_id")]
    [TestCase("suppress F-ZZZZZ --reason x --author y", "No finding has the id", TestName = "Suppressing_an_unknown_id")]
    [TestCase("suppress WARNING --author y", "--reason", TestName = "Suppressing_without_a_reason")]
    [TestCase("suppress", "openconfirm findings suppress --help", TestName = "Suppressing_nothing")]
    public async Task Wrong_calls_exit_2_and_say_what_to_do(string arguments, string says)
    {
        var result = await RunAsync(arguments.Replace("WARNING", _warning, StringComparison.Ordinal).Split(' '));
        Assert.That((result.ExitCode, result.StandardOutput), Is.EqualTo((2, "")), result.StandardError);
        Assert.That(result.StandardError, Does.Contain(says));
        Assert.That(File.Exists(Entries), Is.False);
    }

    [Test]
    public async Task Suppressing_twice_or_into_a_broken_file_changes_nothing()
    {
        await RunAsync("suppress", _warning, "--reason", "known", "--author", "Dana");
        var before = await File.ReadAllTextAsync(Entries);
        var twice = await RunAsync("suppress", _warning, "--reason", "again", "--author", "Eve");
        Assert.That((twice.ExitCode, await File.ReadAllTextAsync(Entries)), Is.EqualTo((2, before)));
        Assert.That(twice.StandardError, Does.Contain("suppressed already").And.Contain("Dana"));
        await File.WriteAllTextAsync(Entries, "supressions:\n");
        var broken = await RunAsync("suppress", _hostile, "--reason", "known", "--author", "Dana");
        Assert.That(broken.ExitCode, Is.EqualTo(2));
        Assert.That(broken.StandardError, Does.Contain("daemon.suppressions.yaml:1:1"));
        Assert.That((await RunAsync("show", _hostile)).ExitCode, Is.EqualTo(2));
    }

    private static SeenFinding Seen(string message, int line)
    {
        var finding = new Finding
        {
            Tool = "gcc",
            Rule = "-Wx",
            Severity = Severity.Warning,
            Message = message,
            Location = new SourceLocation("src/a.c", line, 5),
            Step = "compile",
        };
        return new SeenFinding(Fingerprint.Site(finding), Fingerprint.Of(finding, null), finding) { IsPublic = true };
    }

    private BaseSighting Base(string commit, string target, SeenFinding[] seen) =>
        new() { Project = "daemon", ProjectFile = ProjectFile, Commit = commit, Target = target, Findings = seen };

    private Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunningProgram.RunAsync(_root, ["findings", .. arguments]);
}
