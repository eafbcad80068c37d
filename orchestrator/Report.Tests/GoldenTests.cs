using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OpenConfirm.Report;

namespace OpenConfirm.Report.Tests;

/// <summary>Mail and page of every scenario against files; OPENCONFIRM_UPDATE_GOLDENS=1 writes them anew.</summary>
public sealed partial class GoldenTests
{
    private const string StyleFile = "page.css";

    private static readonly ReportWriter _writer = new(TimeProvider.System);

    private static IEnumerable<string> Names => Scenarios.All.Keys;

    [TestCaseSource(nameof(Names))]
    public void Mail(string name) => Compare(name + ".txt", _writer.MailText(Scenarios.All[name]));

    [TestCaseSource(nameof(Names))]
    public void Page(string name) => Compare(name + ".html", Style().Replace(StyleHash().Replace(_writer.WritePage(Scenarios.All[name]), "'sha256-'"), "<style></style>"));

    /// <summary>The style is the same in every page and kept once.</summary>
    [Test]
    public void Style_of_the_pages() => Compare(StyleFile, Style().Match(_writer.WritePage(Scenarios.Report())).Groups["css"].Value);

    [Test]
    public void Every_golden_file_belongs_to_a_scenario() =>
        Assert.That(
            Directory.GetFiles(Folder()).Select(Path.GetFileName),
            Is.EquivalentTo(Names.SelectMany(n => new[] { n + ".txt", n + ".html" }).Append(StyleFile)));

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

    [GeneratedRegex("<style>\n(?<css>.*?)</style>", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Style();

    [GeneratedRegex("'sha256-[^']+'")]
    private static partial Regex StyleHash();

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Goldens");
}
