using System.Runtime.CompilerServices;
using OpenConfirm.Findings;
using OpenConfirm.Findings.Logs;
using OpenConfirm.Model;

namespace OpenConfirm.Report.Tests;

/// <summary>
/// A failing log of BIRD, FRR or Quagga with one fault in it, and what a maintainer wants to see of it.
/// <para>
/// <c>NAME.wanted</c> was written from the log alone. It begins with lines <c># key: value</c>: <c>cause</c>, the <c>step</c> of
/// the recipe, and <c>set</c>, which is <c>tuned</c> or <c>held out</c>. Then come lines of the log, or parts of lines, that the
/// first finding has to show; below a line <c>--</c> those that may stand anywhere in the mail.
/// </para>
/// </summary>
internal sealed record SnippetLog(string Name, string Step, bool IsHeldOut, IReadOnlyList<string> WantedFirst, IReadOnlyList<string> WantedAnywhere)
{
    private const string TreeRoot = "/work/tree";

    public IEnumerable<string> Wanted => WantedFirst.Concat(WantedAnywhere);

    public static IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(Folder(), "*.wanted").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static SnippetLog Load(string name)
    {
        var lines = File.ReadAllLines(PathOf(name, "wanted"));
        var settings = lines.TakeWhile(l => l.StartsWith("# ", StringComparison.Ordinal)).Select(l => l[2..].Split(": ", 2)).ToDictionary(f => f[0], f => f[1]);
        var wanted = lines.Skip(settings.Count).Where(l => l.Length > 0).ToList();
        var bar = wanted.IndexOf("--");
        return new(
            name,
            settings["step"],
            settings["set"] switch { "held out" => true, "tuned" => false, var set => throw new InvalidDataException($"{name}: no such set: {set}") },
            bar < 0 ? wanted : wanted[..bar],
            bar < 0 ? [] : wanted[(bar + 1)..]);
    }

    public static string PathOf(string name, string extension) => Path.Combine(Folder(), $"{name}.{extension}");

    /// <summary>A report in which everything that the log says is new; the base says nothing.</summary>
    public RunReport Report()
    {
        var stage = Step == "test" ? StageReport.Unit : StageReport.Build;
        return Scenarios.All["fine-single-patch"] with
        {
            Targets =
            [
                new(Scenarios.Deb13, "Debian 13", "amd64", [new StageReport(stage, Side(true), Side(false))]),
            ],
            Findings = [.. Findings().Select(f => Scenarios.Found(f, Verdict.New, null, Scenarios.Deb13) with { Stage = stage })],
        };
    }

    private IReadOnlyList<Finding> Findings()
    {
        var context = new LogContext { TreeRoot = TreeRoot, Step = Step };
        using var log = new StreamReader(PathOf(Name, "log"));
        return Step == "test" ? TestLog.Read(log, context).Findings : BuildLog.Read(log, context);
    }

    private static StageSide Side(bool passed) => new(new Outcome.Completed(), passed, TimeSpan.FromSeconds(60), []);

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Snippets");
}
