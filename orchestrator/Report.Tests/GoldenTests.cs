using System.Runtime.CompilerServices;
using OpenConfirm.Report;

namespace OpenConfirm.Report.Tests;

/// <summary>Mail and page of every scenario against files; OPENCONFIRM_UPDATE_GOLDENS=1 writes them anew.</summary>
public sealed class GoldenTests
{
    private static readonly ReportWriter _writer = new(TimeProvider.System);

    private static IEnumerable<string> Names => Scenarios.All.Keys;

    [TestCaseSource(nameof(Names))]
    public void Mail(string name) => Compare(name + ".txt", _writer.MailText(Scenarios.All[name]));

    [TestCaseSource(nameof(Names))]
    public void Page(string name) => Compare(name + ".html", _writer.WritePage(Scenarios.All[name]));

    [Test]
    public void Every_golden_file_belongs_to_a_scenario() =>
        Assert.That(
            Directory.GetFiles(Folder()).Select(Path.GetFileName),
            Is.EquivalentTo(Names.SelectMany(n => new[] { n + ".txt", n + ".html" })));

    private static void Compare(string file, string actual)
    {
        var path = Path.Combine(Folder(), file);
        if (Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllText(path, actual);
        }

        Assert.That(actual, Is.EqualTo(File.ReadAllText(path)));
    }

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Goldens");
}
