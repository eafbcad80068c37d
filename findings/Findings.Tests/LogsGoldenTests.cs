using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

/// <summary>
/// Logs of real tools on sources of our own (Debian 12: gcc 12, clang 14; Debian 13: gcc 14, clang 19), each with what is
/// to be found in it. OPENCONFIRM_UPDATE_GOLDENS=1 writes the expected files anew.
/// </summary>
public sealed class LogsGoldenTests
{
    private static readonly bool s_update = Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1";

    private static IEnumerable<string> BuildLogs() => Logs("build");

    private static IEnumerable<string> TestLogs() => Logs("test");

    [TestCaseSource(nameof(BuildLogs))]
    public void Build_log(string name)
    {
        using var log = new StreamReader(Path.Combine(Folder(), name + ".log"));
        Check(name, Print(BuildLog.Read(log, new LogContext { TreeRoot = "/work/tree", Step = "compile" })));
    }

    [TestCaseSource(nameof(TestLogs))]
    public void Test_log(string name)
    {
        using var log = new StreamReader(Path.Combine(Folder(), name + ".log"));
        var run = TestLog.Read(log, new LogContext { TreeRoot = "/work/tree", Step = "test" });
        Check(name, Print(run.Findings) + string.Concat(run.TestsRun.Order(StringComparer.Ordinal).Select(test => $"ran {test}\n")));
    }

    private static void Check(string name, string actual)
    {
        var file = Path.Combine(Folder(), name + ".expected");
        if (s_update)
            File.WriteAllText(file, actual);
        Assert.That(actual, Is.EqualTo(File.ReadAllText(file)));
    }

    /// <summary>One line per finding: log line, severity, tool, rule, place, unit, function, message, sizes.</summary>
    private static string Print(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{finding.LogLine}: {finding.Severity} {finding.Tool} [{finding.Rule}] {finding.Location?.ToString() ?? "-"}");
            text.Append(CultureInfo.InvariantCulture, $" unit={finding.TranslationUnit ?? "-"} in={finding.Function ?? "-"} lines={finding.Excerpt.Count}");
            text.Append(CultureInfo.InvariantCulture, $" related={string.Join(',', finding.Related.Select(related => related.Location?.ToString() ?? "-"))}: {finding.Message}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Logs(string kind) =>
        Directory.EnumerateFiles(Path.Combine(Folder(), kind), "*.log").Select(path => $"{kind}/{Path.GetFileNameWithoutExtension(path)}").Order(StringComparer.Ordinal);

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Logs");
}
