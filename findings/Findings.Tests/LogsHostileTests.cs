using System.Text;
using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

public sealed class LogsHostileTests
{
    private static readonly LogContext s_context = new() { TreeRoot = "/work/tree", Step = "compile" };

    /// <summary>20 MB: one line of 10 MB, an escape sequence without end, NULs, bytes that are no UTF-8, and warnings without end.</summary>
    private static StreamReader Hostile()
    {
        var log = new MemoryStream();
        void Write(string text) => log.Write(Encoding.UTF8.GetBytes(text));
        Write("a.c:1:1: error: long ");
        log.Write(Enumerable.Repeat((byte)'x', 10_000_000).ToArray());
        Write("\n\u001b]8;;never closed\nb.c:2:2: error: after the escape\n");
        log.Write([0xff, 0xfe, 0xc0, 0x00, 0x00, (byte)'\n']);
        Write("c.c:3:3: err\0or: nul\u001b[31m bytes\n");
        for (var i = 1; log.Length < 20_000_000; i++)
            Write($"w{i}.c:{i}:1: warning: no {i} [-Wunused]\n  {i} | {new string('~', 60)}\nIn file included from x:1,\n");
        Write("z.c:9:9: error: behind the flood\n");
        log.Position = 0;
        return new StreamReader(log);
    }

    [Test]
    public void A_hostile_log_is_read_to_its_end_within_its_limits()
    {
        using var log = Hostile();
        var findings = BuildLog.Read(log, s_context);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(findings, Has.Count.EqualTo(9_002));
            Assert.That(findings[0].Message, Has.Length.LessThanOrEqualTo(1000));
            Assert.That(findings[0].Excerpt.Single(), Has.Length.EqualTo(4096));
            Assert.That(findings[1].Message, Is.EqualTo("after the escape"));
            Assert.That((findings[2].Location!.Path, findings[2].Message), Is.EqualTo(("c.c", "nul bytes")));
            Assert.That(findings[^2].Message, Is.EqualTo("behind the flood"));
            Assert.That((findings[^1].Tool, findings[^1].Rule, findings[^1].Severity), Is.EqualTo(("openconfirm", "too-many-findings", Severity.Note)));
            Assert.That(findings.Max(finding => finding.Excerpt.Count), Is.LessThanOrEqualTo(40));
        }
    }

    [TestCase("a.c:1:1: warning: x [-Wa]", "    1 | y")]
    [TestCase("Traceback (most recent call last):", "  File \"x.py\", line 1, in f")]
    [TestCase("configure: error: no", "text")]
    [TestCase("In file included from a.c:1:", "In file included from b.c:1,")]
    [TestCase("FAIL: x", "======", "text")]
    [TestCase("=== FAILURES ===", "____ test_x ____", "E   text", "a.py:3: Error")]
    [TestCase("obj/x_test: t_y 0.1s: never ends")]
    [TestCase("obj/x_test: t_y: said")]
    [TestCase("/usr/bin/ld: a.o: in function `f':", "ld.lld: error: undefined symbol: x", ">>> referenced by a.c:1")]
    [TestCase("make[1]: Entering directory '/work/tree/x'", "make[9]: *** [a] Error 1")]
    [TestCase("==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1", "    #0 0x1 in f /work/tree/a.c:1", "READ of size 1")]
    [TestCase("a.c:1:2: runtime error: shift exponent 32 is too large")]
    [TestCase("==1==ERROR: AddressSanitizer: x", "obj/x_test: t_y 0.1s    [FAIL]")]
    [TestCase("FAIL: x", "=======", "Assertion failed", "", "==1==ERROR: AddressSanitizer: x", "    #0 0x1 in f /work/tree/a.c:1")]
    [TestCase("../test-driver: line 112:  8645 Segmentation fault      \"$@\"", "FAIL: x")]
    public void Nothing_that_repeats_grows_without_bound(params string[] lines)
    {
        var text = string.Concat(Enumerable.Repeat(string.Join('\n', lines) + "\n", 30_000));
        var run = TestLog.Read(new StringReader(text), s_context);
        Assert.That(run.Findings, Has.Count.LessThan(100));
        Assert.That(run.Findings.Sum(finding => finding.Excerpt.Count), Is.LessThan(1000));
    }

    [Test]
    public void Units_that_show_one_error_are_kept_up_to_a_limit()
    {
        var text = string.Concat(Enumerable.Range(1, 5_000).Select(i => $"In file included from u{i}.c:1:\nh.h:3:4: error: bad\n"));
        var finding = BuildLog.Read(new StringReader(text), s_context).Single();
        Assert.That(finding.OtherUnits, Has.Count.EqualTo(Finding.MaxOtherUnits));
        Assert.That(finding.OtherUnits[0], Is.EqualTo("u2.c"));
    }

    [TestCase("[-Wa]")]
    [TestCase("a.c:1:1: error: ")]
    [TestCase("x_test: ")]
    [TestCase("::")]
    [TestCase("../")]
    [TestCase("'‘`")]
    [TestCase("==1==ERROR: AddressSanitizer: ")]
    [TestCase(": runtime error: ")]
    [TestCase(" #0 0x1 in f")]
    [TestCase("FAIL ")]
    public void A_line_of_one_thing_over_and_over_is_read(string part)
    {
        var line = string.Concat(Enumerable.Repeat(part, 100_000));
        var text = string.Concat(Enumerable.Repeat(line + "\n", 5));
        Assert.That(TestLog.Read(new StringReader("a.c:1:1: error: first\n" + text), s_context).Findings[0].Message, Is.EqualTo("first"));
    }
}
