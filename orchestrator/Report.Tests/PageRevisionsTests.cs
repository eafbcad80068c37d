using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

/// <summary>One permanent path, and what stays beside it.</summary>
public sealed class PageRevisionsTests
{
    private readonly Clock _clock = new();
    private string _folder = "";
    private PageRevisions _pages = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("pages").FullName;
        _pages = new PageRevisions(_folder, new ReportWriter(_clock), _clock);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_newest_is_at_the_permanent_path_and_the_others_stay()
    {
        _pages.Write(Early());
        Assert.That(Names(), Is.EqualTo(new[] { "index.html" }));
        _clock.Now += TimeSpan.FromMinutes(1);
        _pages.Write(Early());
        _clock.Now += TimeSpan.FromMinutes(12);
        _pages.Write(Scenarios.Report());

        Assert.That(Names(), Is.EqualTo(new[] { "index.html", "revision-1.html", "revision-2.html" }));
        Assert.That(Page("index.html"), Does.Contain("Revision 3, confirmed, 09:30 UTC; earlier: ")
            .And.Contain("<a href=\"./revision-1.html\">1: early verdict, 09:17 UTC</a>")
            .And.Contain("<a href=\"./revision-2.html\">2: early verdict, 09:18 UTC</a>")
            .And.Not.Contain("class=\"early\""));
        Assert.That(Page("revision-2.html"), Does.Contain("Revision 2, early verdict, 09:18 UTC; earlier: ")
            .And.Contain("href=\"./index.html\"").And.Contain("Early verdict: nothing new so far").And.Contain("./revision-1.html"));
        Assert.That(Page("revision-1.html"), Does.Contain("href=\"./index.html\"").And.Not.Contain("earlier:"));
    }

    [Test]
    public void An_early_page_says_so_and_a_confirmed_one_does_not()
    {
        _pages.Write(Early());
        Assert.That(Page("index.html"), Does.Contain("A clean build still runs").And.Contain("ok so far"));
        _pages.Write(Scenarios.Report());
        Assert.That(Page("index.html"), Does.Not.Contain("A clean build still runs").And.Not.Contain("so far").And.Contain("Thank you"));
    }

    /// <summary>A reader who comes at any moment finds a whole page: the old one's file is never opened for writing.</summary>
    [Test]
    public void A_page_is_replaced_whole()
    {
        _pages.Write(Early());
        using var reader = new StreamReader(Path.Combine(_folder, "index.html"));
        _pages.Write(Scenarios.Report());
        Assert.That(reader.ReadToEnd(), Does.Contain("Early verdict").And.EndWith("</html>\n"));
        Assert.That(Names().Where(n => n?.EndsWith(".part", StringComparison.Ordinal) == true), Is.Empty);
    }

    [Test]
    public void The_log_around_a_finding_is_on_the_page()
    {
        Log("logs/debian-13/patched/compile.log", Enumerable.Range(1, 200).Select(i => i == 118 ? "\u001b[31mlib/event.c:7:3: <error>\u001b[0m" : $"line {i}"));
        _pages.Write(With("logs/debian-13/patched/compile.log"));
        Assert.That(Page("index.html"), Does.Contain("  117  line 117\n&gt; 118  lib/event.c:7:3: &lt;error&gt;\n  119  line 119\n").And.Not.Contain("line 128\n"));
    }

    [TestCase("../secret.log")]
    [TestCase("logs/../../secret.log")]
    [TestCase("/etc/passwd")]
    [TestCase("logs/none.log")]
    public void A_log_outside_of_the_folder_is_not_read(string path)
    {
        File.WriteAllLines(Path.Combine(_folder, "..", "secret.log"), Enumerable.Repeat("secret", 200));
        try
        {
            _pages.Write(With(path));
            Assert.That(Page("index.html"), Does.Not.Contain("The log around").And.Not.Contain("secret\n").And.Not.Contain("root:"));
        }
        finally
        {
            File.Delete(Path.Combine(_folder, "..", "secret.log"));
        }
    }

    private static RunReport Early() => Scenarios.Report() with { IsEarly = true };

    private static RunReport With(string log) => Scenarios.Report() with
    {
        Findings = [Scenarios.Found(Compiler.TooFewArguments, Verdict.New, 4, Scenarios.Deb13) with { Log = new LogLink("compile", log) }],
    };

    private void Log(string path, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllLines(Path.Combine(_folder, path), lines);
    }

    private IEnumerable<string?> Names() => Directory.GetFiles(_folder).Select(Path.GetFileName).Order();

    private string Page(string name) => File.ReadAllText(Path.Combine(_folder, name));

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 9, 17, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
