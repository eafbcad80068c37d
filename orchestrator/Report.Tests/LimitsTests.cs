using System.Text.RegularExpressions;
using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

/// <summary>How much of what others wrote a mail and a page may hold.</summary>
public sealed class LimitsTests
{
    private static readonly ReportWriter _writer = new(TimeProvider.System);

    [Test]
    public void A_finding_gets_15_lines_of_snippet_at_most()
    {
        var text = _writer.MailText(With(1, 40));
        Assert.That(Snippets(text), Is.EqualTo(15));
        Assert.That(text, Does.Contain("snippet 15").And.Not.Contain("snippet 16"));
        Assert.That(Snippets(_writer.MailText(With(1, 15))), Is.EqualTo(15));
        Assert.That(Snippets(_writer.MailText(With(1, 3))), Is.EqualTo(3));
    }

    /// <summary>7 findings take 15 lines each but the last, and the 12 that have no room are counted.</summary>
    [Test]
    public void A_mail_gets_100_lines_of_snippets_at_most()
    {
        var text = _writer.MailText(With(19, 40));
        Assert.That(Snippets(text), Is.EqualTo(100));
        Assert.That(text, Does.Contain("\nand 12 more, see page\n"));
    }

    [Test]
    public void Notices_and_patches_that_do_not_build_alone_count_too()
    {
        var report = With(19, 40) with
        {
            PatchProblems = [.. Enumerable.Range(1, 6).Select(i => new PatchProblem(i % 3 + 1, [Scenarios.Deb13], 4, Long(i, 40)))],
        };
        var text = _writer.MailText(report);
        Assert.That(Snippets(text), Is.EqualTo(100));
        Assert.That(text, Does.Contain("\nand 2 more, see page\n"));
        Assert.That(Regex.Count(text, "^Patch [123]/4", RegexOptions.Multiline), Is.EqualTo(4));
    }

    [Test]
    public void Without_a_page_nobody_is_sent_to_it() =>
        Assert.That(_writer.MailText(With(19, 40) with { Page = null }), Does.Contain("\nand 12 more\n").And.Not.Contain("see page"));

    /// <summary>Long words of every kind, in every field: no line beyond 80 but the page's address and the command.</summary>
    [Test]
    public void No_line_of_a_mail_is_wider_than_80_columns()
    {
        foreach (var value in (string[])[new('x', 5000), string.Concat(Enumerable.Repeat("dir/", 1000)), string.Concat(Enumerable.Repeat("路由/", 500)), new('\t', 500)])
            foreach (var (name, calm) in Scenarios.All)
            {
                var report = Hostile.Of(calm, value) with { Page = "https://ci.example.org/", Reproduce = "openconfirm" };
                Assert.That(_writer.MailText(report).Split('\n').Select(Columns.Width), Has.All.LessThanOrEqualTo(80), $"{name} {value[..5]}");
            }
    }

    [TestCase("openconfirm check 'a b' --x", "openconfirm check 'a b' --x")]
    [TestCase("", "")]
    [TestCase("one\\ word", "one\\ word")]
    public void A_command_is_only_broken_between_words(string command, string expected) =>
        Assert.That(string.Join("\n", Columns.WrapCommand(command, "", "  ")), Is.EqualTo(expected));

    /// <summary>A shell reads the same words from the lines as from the line.</summary>
    [Test]
    public void A_wrapped_command_is_the_same_command()
    {
        var words = Enumerable.Range(1, 40).Select(i => (i % 3) switch { 0 => $"'it'\\''s word {i}'", 1 => $"--option-{i}=value", _ => $"'two  words {i}'" }).ToList();
        var lines = Columns.WrapCommand(string.Join(' ', words), "  ", "    ");
        Assert.That(lines, Has.Count.GreaterThan(5).And.All.Length.LessThanOrEqualTo(72));
        Assert.That(string.Join(' ', lines.Select(l => l.TrimStart().TrimEnd('\\').TrimEnd())), Is.EqualTo(string.Join(' ', words)));
    }

    /// <summary>The worst that code, logs and tools can do to a page of thousands of findings.</summary>
    [Test]
    public void A_page_stays_readable_whatever_it_quotes()
    {
        foreach (var text in (string[])[new('\u202e', 5000), new('\t', 5000), "<script>" + new string('&', 5000), new('\ud800', 5000)])
        {
            var line = new CodeLine(1, text, IsChanged: true, IsMarked: true);
            var code = new CodeExcerpt(text, [.. Enumerable.Repeat(line, 100)]);
            var finding = Long(1, 500) with { Excerpt = [.. Enumerable.Repeat(text, 500)], Message = text, Related = [.. Enumerable.Repeat(new RelatedLocation(null, text), 500)] };
            var found = Scenarios.Found(finding, Verdict.New, 1, Scenarios.Deb13) with { Code = new CodeSides(code, code), LogPart = new LogPart(1, [.. Enumerable.Repeat(text, 500)]) };
            var report = Scenarios.Report() with
            {
                Findings = [.. Enum.GetValues<Verdict>().SelectMany(v => Enumerable.Repeat(found with { Targets = [new(Scenarios.Deb13, v)] }, 300))],
            };
            var page = _writer.WritePage(report);
            Assert.That(page, Has.Length.LessThan(6 << 20));
            Assert.That(page.Where(c => c != '\n' && (char.IsControl(c) || char.IsSurrogate(c) || c is >= '\u202a' and <= '\u202e')), Is.Empty);
            Assert.That(Regex.Count(page, "<article"), Is.LessThanOrEqualTo(200));
            Assert.That(page, Does.Contain("100 more are not on this page"));
            Assert.That(Regex.Matches(page, "<code>.*?</code>", RegexOptions.Singleline).Select(m => Regex.Count(m.Value, "<span")), Has.All.LessThanOrEqualTo(11));
        }
    }

    private static RunReport With(int findings, int lines) => Scenarios.Report() with
    {
        Findings = [.. Enumerable.Range(1, findings).Select(i => Scenarios.Found(Long(i, lines), Verdict.New, 1, Scenarios.Deb12, Scenarios.Deb13))],
    };

    private static Finding Long(int number, int lines) => Compiler.Unused($"a{number}.c", number) with
    {
        TranslationUnit = $"a{number}.c",
        Excerpt = [.. Enumerable.Range(1, lines).Select(i => $"snippet {i}")],
    };

    private static int Snippets(string mail) => Regex.Count(mail, "^ +snippet [0-9]+$", RegexOptions.Multiline);
}
