using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

public sealed class LogWindowsTests
{
    private static readonly string Log = string.Concat(Enumerable.Range(1, 100).Select(i => $"line {i}\n"));

    [TestCase(50, 48, 53)]
    [TestCase(1, 1, 4)]
    [TestCase(2, 1, 5)]
    [TestCase(100, 98, 100)]
    public void Lines_around_a_place(int place, int first, int last)
    {
        var window = LogWindows.Read(new StringReader(Log), [place], 2, 3)[place];
        Assert.That(window, Is.EqualTo(Enumerable.Range(first, last - first + 1).Select(i => $"line {i}")));
    }

    [Test]
    public void Places_may_overlap_and_come_in_any_order()
    {
        var windows = LogWindows.Read(new StringReader(Log), [30, 5, 6, 5], 2, 3);
        Assert.That(windows.Keys, Is.EquivalentTo(new[] { 5, 6, 30 }));
        foreach (var (place, lines) in windows)
            Assert.That(lines, Is.EqualTo(Enumerable.Range(place - 2, 6).Select(i => $"line {i}")));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(101)]
    [TestCase(102)]
    [TestCase(int.MaxValue)]
    public void A_place_that_the_log_does_not_have_has_no_lines(int place) =>
        Assert.That(LogWindows.Read(new StringReader(Log), [place], 2, 3), Is.Empty);

    /// <summary>Numbers are those that the readers of findings give.</summary>
    [Test]
    public void Lines_count_as_for_findings()
    {
        var log = "one\r\n\u001b[31mtwo\u001b[0m\n50%\r100%\n\ngcc: a.c\na.c:3:5: error: expected ';'\n";
        var finding = BuildLog.Read(new StringReader(log), new LogContext { TreeRoot = "/w", Step = "compile" }).Single();
        Assert.That(LogWindows.Read(new StringReader(log), [finding.LogLine], 10, 0)[finding.LogLine], Is.EqualTo(new[] { "one", "two", "100%", "", "gcc: a.c", "a.c:3:5: error: expected ';'" }));
    }

    [Test]
    public void It_reads_no_further_than_asked_and_cuts_long_lines()
    {
        using var log = new EndlessLog();
        Assert.That(LogWindows.Read(log, [2], 1, 1)[2], Has.All.Length.LessThanOrEqualTo(400));
    }

    [TestCase(3, 98)]
    [TestCase(100, 1)]
    [TestCase(1000, 1)]
    public void The_last_lines(int count, int first)
    {
        var (lines, number) = LogWindows.Tail(new StringReader(Log), count);
        Assert.That(number, Is.EqualTo(first));
        Assert.That(lines, Is.EqualTo(Enumerable.Range(first, 101 - first).Select(i => $"line {i}")));
    }

    [Test]
    public void The_last_lines_are_as_a_person_would_see_them()
    {
        var (lines, number) = LogWindows.Tail(new StringReader("one\n50%\r\u001b[31m100%\u001b[0m\n\n" + new string('x', 100_000)), 3);
        Assert.That(number, Is.EqualTo(2));
        Assert.That(lines, Is.EqualTo(new[] { "100%", "", new string('x', 400) }));
    }

    [Test]
    public void An_empty_log_has_no_last_lines()
    {
        var (lines, number) = LogWindows.Tail(new StringReader(""), 3);
        Assert.That((lines.Count, number), Is.EqualTo((0, 1)));
    }

    /// <summary>A log that never ends.</summary>
    private sealed class EndlessLog : TextReader
    {
        private long _read;

        public override int Read(char[] buffer, int index, int count)
        {
            for (var i = 0; i < count; i++)
                buffer[index + i] = _read++ % 100_000 == 99_999 ? '\n' : 'x';
            return _read < 100_000_000 ? count : throw new InvalidOperationException("It reads on for ever.");
        }
    }
}
