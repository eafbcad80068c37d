namespace OpenConfirm.Report.Tests;

public sealed class ColumnsTests
{
    [TestCase("plain", 5)]
    [TestCase("路由", 4)]
    [TestCase("e\u0301", 1)]
    [TestCase("", 0)]
    public void Width_counts_columns(string text, int width) => Assert.That(Columns.Width(text), Is.EqualTo(width));

    [Test]
    public void Wide_text_wraps_by_columns() =>
        Assert.That(Columns.Wrap("路由 路由 路由", 9, "  "), Is.EqualTo(["  路由", "  路由", "  路由"]));

    [Test]
    public void A_path_is_never_cut_and_other_words_are() =>
        Assert.That(Columns.Wrap("see a/very/long/path/of/a/file.c now abcdefghijklmnop", 12), Is.EqualTo(["see", "a/very/long/path/of/a/file.c", "now", "abcdefgh…nop"]));

    /// <summary>However a snippet is cut, the caret stays under the character it points at.</summary>
    [Test]
    public void A_caret_points_at_the_same_character_after_a_cut()
    {
        for (var at = 0; at < 300; at++)
        {
            var code = new string('a', at) + "X" + new string('b', 300 - at);
            var fitted = RelevantLines.Fit(["   12 | " + code, "      | " + new string(' ', at) + "^"], 60);
            Assert.That(fitted.Select(Columns.Width), Has.All.LessThanOrEqualTo(60));
            Assert.That(fitted[0][fitted[1].IndexOf('^', StringComparison.Ordinal)], Is.EqualTo('X'), $"caret at {at}");
        }
    }

    [TestCase("a\u001b[31mb", "a\\x1b[31mb")]
    [TestCase("a\u009bb", "a\\x9bb")]
    [TestCase("a\u200eb\u2028c\ufeff", "a\\u200eb c\\ufeff")]
    [TestCase("می\u200cخواهم", "می\u200cخواهم")]
    [TestCase("a\r\n\tb", "a b")]
    public void What_cannot_be_seen_is_shown(string hostile, string shown) => Assert.That(PlainText.Line(hostile), Is.EqualTo(shown));

    /// <summary>Half a surrogate pair cannot stand in a mail; not a test case, since attributes cannot hold one either.</summary>
    [Test]
    public void Half_a_character_is_replaced() => Assert.That(PlainText.Line("a\ud800b"), Is.EqualTo("a\ufffdb"));

    [Test]
    public void Tabs_of_code_keep_their_stops() => Assert.That(PlainText.Code("\ta\tb\r\n"), Is.EqualTo("        a       b"));
}
