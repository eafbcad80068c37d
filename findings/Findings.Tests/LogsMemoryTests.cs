using System.Globalization;
using System.Text;
using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

/// <summary>A log of any size and any content is read in little memory.</summary>
[Category("Full")]
public sealed class LogsMemoryTests
{
    private const long LogCharacters = 24L << 20;
    private const long MostBytes = 96L << 20;

    private static readonly LogContext s_context = new() { TreeRoot = "/work/tree", Step = "test" };

    private static string Long(int length) => new('x', length);

    private static IEnumerable<TestCaseData> Floods()
    {
        yield return Flood("one line", _ => "x");
        yield return Flood("one line of errors", _ => "a.c:1:1: error: x ");
        yield return Flood("warnings", i => $"w{i}.c:{i}:1: warning: no {i} [-Wunused]\n");
        yield return Flood("errors", i => $"w{i}.c:{i}:1: error: no {i}\n");
        yield return Flood("errors with all that can be said", i => $"w{i}.c:{i}:1: error: {Long(900)} {i}\n{string.Concat(Enumerable.Repeat($"  {i} | {Long(100)}\n", 39))}");
        yield return Flood("long paths", i => $"{Long(3900)}{i}.c:1:1: error: no\n");
        yield return Flood("long functions", i => $"a{i}.c: In function '{Long(3900)}{i}':\na{i}.c:1:1: warning: no\n");
        yield return Flood("include chains", i => $"In file included from u{i}.c:1:\n{Long(500)}{i}.h:2:2: warning: no\n");
        yield return Flood("notes", i => $"a.c:{i}:1: error: no {i}\n{Long(3000)}.c:1:1: note: {Long(900)}\n");
        yield return Flood("tests that pass", i => $"PASS: {Long(280)}{i}\n");
        yield return Flood("tests that fail", i => $"FAIL: t{i}\n");
        yield return Flood("pytest ids", i => $"a/test_{i}.py::{Long(3000)} FAILED\n");
        yield return Flood("pytest sections", i => (i == 0 ? "=== FAILURES ===\n" : "") + $"___ test_{i} ___\n" + string.Concat(Enumerable.Repeat("E x\n", 300)));
        yield return Flood("BIRD's messages", i => $"x{i}_test: t_{i}: {Long(3000)}\n");
        yield return Flood("BIRD's failures", i => $"x{i}_test [FAIL]\n");
        yield return Flood("tracebacks", i => i % 2 == 0 ? "Traceback (most recent call last):\n" : $"  File \"{Long(900)}{i}.py\", line 1, in f\n");
        yield return Flood("linkers", i => $"/usr/bin/ld: a{i}.o: in function `{Long(900)}{i}':\na.c:(.text+0x1): undefined reference to `{Long(900)}{i}'\n");
        yield return Flood("targets", i => $"make[{i % 64}]: Entering directory '/work/tree/{Long(3000)}{i}'\nmake[{i % 64}]: *** [{i}] Error 1\n");

        static TestCaseData Flood(string name, Func<int, string> text) => new TestCaseData(text).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Floods))]
    public void Memory_does_not_grow_with_the_log(Func<int, string> text)
    {
        using var log = new GeneratedLog(text, LogCharacters);
        var run = TestLog.Read(log, s_context);
        Assert.That(log.MostBytes, Is.LessThan(MostBytes));
        Assert.That(run.Findings.Count, Is.LessThanOrEqualTo(10_001));
        var kept = run.Findings.Sum(f => f.Message.Length + (f.Location?.Path.Length ?? 0) + f.Excerpt.Sum(l => l.Length)) + run.TestsRun.Sum(t => t.Length);
        Assert.That(kept, Is.LessThan(9 << 20));
    }

    [Test]
    public void Units_are_read_in_little_memory()
    {
        using var log = new GeneratedLog(i => $"0\t/work/tree\t{Long(30)}{i.ToString(CultureInfo.InvariantCulture)}.c\n", 8 << 20);
        var units = UnitLog.Read(log, "/work/tree");
        Assert.That(log.MostBytes, Is.LessThan(MostBytes));
        Assert.That(units.Compiled, Has.Count.GreaterThan(100_000));
    }

    /// <summary>Text made as it is read, and the memory in use on the way.</summary>
    private sealed class GeneratedLog(Func<int, string> text, long length) : TextReader
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private readonly StringBuilder _ready = new();
        private long _left = length;
        private long _read;
        private int _count;

        /// <summary>Bytes in use at most, looked at now and then.</summary>
        public long MostBytes { get; private set; }

        public override int Read(char[] buffer, int index, int count)
        {
            while (_ready.Length < count && _left > 0)
            {
                var next = text(_count++);
                _ready.Append(next);
                _left -= next.Length;
            }

            var taken = Math.Min(count, _ready.Length);
            _ready.CopyTo(0, buffer, index, taken);
            _ready.Remove(0, taken);
            if ((_read += taken) / (2 << 20) != (_read - taken) / (2 << 20) || taken == 0)
                MostBytes = Math.Max(MostBytes, GC.GetTotalMemory(forceFullCollection: true) - _before);
            return taken;
        }
    }
}
