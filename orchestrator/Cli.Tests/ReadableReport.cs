using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace OpenConfirm.Cli.Tests;

/// <summary>What every mail and page is held to, whatever a build printed.</summary>
internal static partial class ReadableReport
{
    private const int MostLines = 300;
    private const int MostColumns = 80;

    /// <summary>A path is not broken, since it is no use in parts; but it has an end.</summary>
    private const int LongestPath = 400;

    private static readonly HashSet<string> Elements = new(
        "html head meta title style body header main footer section article details summary h1 h2 h3 p a span br pre div table thead tbody tr th td ul ol li dl dt dd code del ins b i em strong nav figure figcaption"
            .Split(' '), StringComparer.Ordinal);

    /// <summary>Asserts it of a run's mail, page and output.</summary>
    public static void AssertOf(HostileRun run)
    {
        AssertPlain(run.Terminal, "terminal");
        AssertPlain(run.Mail, "mail");
        var lines = run.Mail.Split('\n');
        Assert.That(lines, Has.Length.LessThanOrEqualTo(MostLines), run.Mail);
        foreach (var line in lines.Where(l => Width(l) > MostColumns))
            Assert.That(Width(line) <= LongestPath && (IsPath(line) || IsCommand(line)), Is.True, $"a line of {Width(line)} columns: {line}");

        using var mail = MimeMessage.Load(Path.Combine(run.Folder, "mail.eml"));
        Assert.That(mail.TextBody?.ReplaceLineEndings("\n").TrimEnd(), Is.EqualTo(run.Mail.TrimEnd()));
        foreach (var header in mail.Headers)
            AssertPlain(header.Value.Replace("\r\n", "", StringComparison.Ordinal).Replace('\t', ' '), header.Field);

        var page = File.ReadAllText(Path.Combine(run.Folder, "index.html"));
        AssertPlain(page, "page");
        foreach (Match tag in Tags().Matches(page))
        {
            Assert.That(Elements, Does.Contain(tag.Groups["name"].Value), tag.Value);
            Assert.That(tag.Value, Does.Not.Match(@"(?i)\son\w+\s*="), tag.Value);
        }

        Assert.That(Addresses().Matches(page).Select(m => m.Groups["to"].Value), Has.All.Match(@"\A(\./logs/[\w./%-]*|\./revision-[0-9]+\.html|#[\w-]*|https://[\w./#-]*)\z"));
        Assert.That(new FileInfo(Path.Combine(run.Folder, "index.html")).Length, Is.LessThan(4 << 20), "bytes of the page");
    }

    /// <summary>Nothing that moves a cursor, hides itself, or turns the direction of writing.</summary>
    private static void AssertPlain(string text, string where)
    {
        var hidden = text.EnumerateRunes().Where(r => r.Value is not ('\n' or 0x200C or 0x200D) && Rune.GetUnicodeCategory(r)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
        Assert.That(hidden.Select(r => $"U+{r.Value:X4}").Distinct(), Is.Empty, $"hidden characters in the {where}");
    }

    private static bool IsPath(string line) => line.Trim().Split(' ') is var words && words.Max(Width) > MostColumns / 2 && words.MaxBy(Width)!.Contains('/', StringComparison.Ordinal);

    private static bool IsCommand(string line) => line.TrimStart().StartsWith("openconfirm check ", StringComparison.Ordinal);

    private static int Width(string line) => line.EnumerateRunes().Count();

    [GeneratedRegex("<(?<name>[A-Za-z][A-Za-z0-9]*)[^>]*>", RegexOptions.NonBacktracking)]
    private static partial Regex Tags();

    [GeneratedRegex("(?:href|src|action)=\"(?<to>[^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Addresses();
}
