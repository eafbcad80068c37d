using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Report.Tests;

/// <summary>What a browser may and may not see.</summary>
public sealed partial class PageTests
{
    private static readonly ReportWriter _writer = new(TimeProvider.System);

    private static IEnumerable<string> Names => Scenarios.All.Keys;

    /// <summary>Tags and attributes of every hostile page are those of the same page without hostility.</summary>
    [TestCaseSource(nameof(Names))]
    public void Hostile_text_adds_no_markup(string name)
    {
        var calm = Scenarios.All[name];
        foreach (var value in (string[])["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "]]><!--", "{{ 7 * 7 }}", "</style>", "&lt;b&gt;"])
        {
            var page = _writer.WritePage(Hostile.Of(calm, value));
            Assert.That(Skeleton(page), Is.SubsetOf(Skeleton(_writer.WritePage(Hostile.Of(calm, "x")))), value);
            Assert.That(page, Does.Not.Contain("49</"));
        }
    }

    /// <summary>The poisoning reaches what it should: else the test above could not fail.</summary>
    [Test]
    public void Poison_reaches_every_part_of_the_page()
    {
        var page = _writer.WritePage(Hostile.Of(Scenarios.All["everything"], "<POISON>"));
        string[] places =
        [
            "<title>", "<h1>", "<dd>", "<li value=\"1\">", "<h3>", "<pre>", "<th scope=\"row\">debian-13", "<figcaption><b>base</b> ",
            "<figcaption><b>patched</b> ", "</i>", "<ol class=\"code\">\n<li>", "  115  ", "<p>Patch 2/4 &quot;", "<span class=\"sign bad\">debian-13",
        ];
        foreach (var place in places)
            Assert.That(page, Does.Match(Regex.Escape(place) + "[^<]*&lt;POISON&gt;"), place);
        Assert.That(page, Does.Not.Contain("<POISON>"));
    }

    [TestCase("logs/a b/c#d?.log", "./logs/a%20b/c%23d%3F.log")]
    [TestCase("javascript:alert(1)", "./javascript%3Aalert%281%29")]
    [TestCase("../../etc/passwd", "")]
    [TestCase("/etc/passwd", "")]
    [TestCase("logs/../../x", "")]
    [TestCase("//evil.example/x", "")]
    [TestCase("", "")]
    public void A_log_s_link_stays_below_the_page(string path, string address) =>
        Assert.That(PageLink.Of(new LogLink("log", path)).Address, Is.EqualTo(address));

    [Test]
    public void The_policy_allows_the_page_s_own_style_and_nothing_else()
    {
        var page = _writer.WritePage(Scenarios.Report());
        var style = Style().Match(page).Groups["text"].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.That(page, Does.Contain($"content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\""));
    }

    [TestCaseSource(nameof(Names))]
    public void It_loads_and_runs_nothing(string name)
    {
        var page = _writer.WritePage(Scenarios.All[name]);
        Assert.That(page, Does.Not.Match("(?i)<(script|img|link|iframe|object|embed|form)|\\son\\w+=|\\sstyle=|url\\("));
        Assert.That(Hrefs().Matches(page).Select(m => m.Groups["to"].Value), Has.All.StartsWith("./"));
    }

    private static List<string> Skeleton(string page) => [.. Tags().Matches(page).Select(m => Values().Replace(m.Value, "\"\""))];

    [GeneratedRegex("<style>(?<text>.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("href=\"(?<to>[^\"]*)\"")]
    private static partial Regex Hrefs();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Values();
}
