using System.Text;
using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

/// <summary>
/// What is shown of real failing logs, against what a maintainer wants to see. OPENCONFIRM_UPDATE_GOLDENS=1 writes the files
/// <c>Snippets/NAME.shown</c> anew.
/// </summary>
public sealed class SnippetTests
{
    private const int LinesAFinding = 15;
    private const int LinesAMail = 100;
    private const string Indent = "  ";

    private static IEnumerable<string> Names => SnippetLog.Names();

    [TestCaseSource(nameof(Names))]
    public void What_is_shown(string name)
    {
        var shown = string.Join("\n\n", Shown(SnippetLog.Load(name)).Select(lines => string.Join('\n', lines))) + "\n";
        var path = SnippetLog.PathOf(name, "shown");
        if (Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, shown);
        Assert.That(shown, Is.EqualTo(File.ReadAllText(path)));
    }

    [TestCaseSource(nameof(Names))]
    public void What_is_wanted_is_in_the_log(string name)
    {
        var log = Plain(File.ReadAllText(SnippetLog.PathOf(name, "log")));
        Assert.That(SnippetLog.Load(name).Wanted.Select(Plain).Where(line => !log.Contains(line, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Nine_logs_of_ten_show_what_a_maintainer_wants()
    {
        var results = SnippetLog.Names().Select(SnippetLog.Load).Select(log => (Log: log, Missing: Missing(log))).ToList();
        foreach (var (log, missing) in results.Where(r => r.Missing.Count > 0))
            TestContext.Out.WriteLine($"miss{(log.IsHeldOut ? " (held out)" : "")} {log.Name}\n{string.Concat(missing.Select(line => $"    {line}\n"))}");
        var tuned = Score([.. results.Where(r => !r.Log.IsHeldOut)]);
        var heldOut = Score([.. results.Where(r => r.Log.IsHeldOut)]);
        var all = Score(results);
        TestContext.Out.WriteLine($"{all.Good} of {all.Count} logs; tuned on: {tuned.Good} of {tuned.Count}; held out: {heldOut.Good} of {heldOut.Count}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all.Good * 10, Is.GreaterThanOrEqualTo(all.Count * 9));
            Assert.That(heldOut.Good * 10, Is.GreaterThanOrEqualTo(heldOut.Count * 8), "held out");
        }
    }

    [Test]
    public void The_set_is_as_large_and_as_varied_as_it_should_be()
    {
        var logs = SnippetLog.Names().Select(SnippetLog.Load).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(logs, Has.Count.GreaterThanOrEqualTo(48));
            Assert.That(logs.Count(l => l.IsHeldOut), Is.GreaterThanOrEqualTo(logs.Count / 6));
            foreach (var project in new[] { "bird", "frr", "quagga" })
                foreach (var system in new[] { "debian-12", "debian-13" })
                    Assert.That(logs.Count(l => l.Name.StartsWith(project, StringComparison.Ordinal) && l.Name.Contains(system, StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4), $"{project} on {system}");
            Assert.That(logs.Select(l => l.Step).Distinct(), Is.SupersetOf(new[] { "bootstrap", "configure", "compile", "test" }));
            Assert.That(logs.Where(l => l.WantedFirst.Count == 0).Select(l => l.Name), Is.Empty);
        }
    }

    private static (int Good, int Count) Score(List<(SnippetLog Log, IReadOnlyList<string> Missing)> results) =>
        (results.Count(r => r.Missing.Count == 0), results.Count);

    /// <summary>Wanted lines that neither the first finding nor, where that is enough, the rest of the mail shows.</summary>
    private static IReadOnlyList<string> Missing(SnippetLog log)
    {
        var findings = Shown(log).Select(lines => string.Concat(lines.Select(Plain))).ToList();
        var first = findings.FirstOrDefault("");
        var mail = string.Join('\n', findings);
        return
        [
            .. log.WantedFirst.Where(line => !first.Contains(Plain(line), StringComparison.Ordinal)),
            .. log.WantedAnywhere.Where(line => !mail.Contains(Plain(line), StringComparison.Ordinal)),
        ];
    }

    /// <summary>The findings as the mail shows them, which holds its own limits.</summary>
    private static List<IReadOnlyList<string>> Shown(SnippetLog log)
    {
        var shown = MailView.Of(log.Report()).New;
        Assert.That(shown.Select(f => f.Excerpt.Count), Is.All.LessThanOrEqualTo(LinesAFinding));
        Assert.That(shown.Sum(f => f.Excerpt.Count), Is.LessThanOrEqualTo(LinesAMail));
        return [.. shown.Select(IReadOnlyList<string> (f) => [.. f.Title, .. f.Where, .. f.Excerpt, .. f.Followers])];
    }

    /// <summary>Quotes and blanks are not what it is about: some runners break their lines anywhere.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                plain.Append(c is '‘' or '’' or '`' ? '\'' : c);
        }

        return plain.ToString();
    }
}
