using OpenConfirm.Model;

namespace OpenConfirm.Farm.Tests;

public sealed class ProjectFileTests
{
    private const string Good = """
        title: Daemon
        targets: [debian-12]
        memory: 512 MiB
        disk: 1 GiB
        build:
          - name: compile
            run: make
            timeout: 90s
        unit:
          - name: test
            run: make check
        """;

    [Test]
    public void Reads_steps_limits_and_stages()
    {
        var project = ProjectFile.Parse(Good, "d", "d.yaml");
        Assert.That(project.MemoryBytes, Is.EqualTo(512L << 20));
        Assert.That(project.DiskBytes, Is.EqualTo(1L << 30));
        Assert.That(project.Steps.Select(s => (s.Name, s.Stage)), Is.EqualTo(new[] { ("compile", StageKind.Build), ("test", StageKind.Unit) }));
        Assert.That(project.Steps[0].Timeout, Is.EqualTo(TimeSpan.FromSeconds(90)));
        Assert.That(project.Steps[1].Timeout, Is.EqualTo(TimeSpan.FromMinutes(30)));
    }

    [TestCase("title: Daemon", "titel: Daemon", "d.yaml:1:1", TestName = "Unknown_key")]
    [TestCase("    timeout: 90s", "    timeuot: 90s", "d.yaml:8:5", TestName = "Unknown_key_of_a_step")]
    [TestCase("timeout: 90s", "timeout: soon", "timeout 'soon' of the step 'compile'", TestName = "Bad_timeout")]
    [TestCase("512 MiB", "lots", "memory 'lots'", TestName = "Bad_size")]
    [TestCase("[debian-12]", "[]", "'targets' names no image", TestName = "No_target")]
    [TestCase("name: test", "name: compile", "'compile' is there twice", TestName = "Step_twice")]
    [TestCase("name: test", "name: tset", "'tset' is no name of a step", TestName = "Unknown_step")]
    [TestCase("targets: [debian-12]", "targets: [debian-12", "d.yaml:", TestName = "Broken_yaml")]
    [TestCase("    run: make\n", "    run: make\n    expect: '('\n", "'expect' of the step 'compile'", TestName = "Bad_regex")]
    public void Says_what_is_wrong_and_where(string from, string to, string expected)
    {
        var wrong = Good.Replace(from, to, StringComparison.Ordinal);
        Assert.That(wrong, Is.Not.EqualTo(Good), "the case changes something");
        var error = Assert.Throws<UsageException>(() => ProjectFile.Parse(wrong, "d", "d.yaml"));
        Assert.That(error.Message, Does.Contain(expected));
    }

    [Test]
    public void Unknown_project_names_the_known_ones()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "projects");
        var error = Assert.Throws<UsageException>(() => ProjectFile.Load("brid", folder));
        Assert.That(error.Message, Does.Contain("'brid'").And.Contain("bird2").And.Contain("frr"));
    }

    private static IEnumerable<string> Shipped() => ProjectFile.Names(Path.Combine(AppContext.BaseDirectory, "projects"));

    [TestCaseSource(nameof(Shipped))]
    public void Every_shipped_project_can_be_read(string name)
    {
        var project = ProjectFile.Load(name, Path.Combine(AppContext.BaseDirectory, "projects"));
        Assert.That(project.Steps.Select(s => s.Name), Is.EqualTo(new[] { "bootstrap", "configure", "compile", "install", "version", "test" }));
    }
}
