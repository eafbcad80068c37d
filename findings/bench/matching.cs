#:project ../Findings/Findings.csproj
#:property RestorePackagesWithLockFile=false
#:property RunAnalyzers=false
// Times the matcher: `dotnet run -c Release findings/bench/matching.cs [COUNT [CASE]]`, two trees with COUNT findings each
// (20,000). One process a case gives that case's own peak of memory.
using System.Diagnostics;
using System.Text;
using OpenConfirm.Findings;

var count = args.Length > 0 ? int.Parse(args[0]) : 20_000;
var cases = new (string Name, Func<(Tree Base, Tree Patched, TreeDiff Diff)> Make)[]
{
    // 400 files, three new lines at the top of each; every third finding says the same.
    ("real", () => Spread(400, shift: 3)),
    ("one message, one file", () => Alike(count, count)),
    ("one message, one file, half of them gone", () => Alike(count, count / 2)),
    ("one message, one rewritten hunk", () => Rewritten(count, count)),
    ("one message, one rewritten hunk, half of them gone", () => Rewritten(count, count / 2)),
    ("all in different files", () => Spread(count, shift: 3)),
    ("all moved to another file", () => Moved(sameNeighbours: true)),
    ("all moved, nothing speaks for it", () => Moved(sameNeighbours: false)),
    ("all at one place, each in its own way", () => OnePlace()),
    ("all without a place", () => Placeless()),
    ("all failed tests, other files deleted", () => Tests()),
};
foreach (var (name, make) in cases.Where(c => args.Length < 2 || c.Name == args[1]))
{
    var (before, after, diff) = make();
    GC.Collect();
    var held = GC.GetTotalMemory(forceFullCollection: true);
    for (var round = 0; round < 3; round++)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var judged = FindingMatcher.Judge(before.Checked(), after.Checked(), diff);
        watch.Stop();
        var verdicts = string.Join(", ", judged.GroupBy(j => j.Verdict).Select(g => $"{g.Count()} {g.Key}"));
        Console.WriteLine($"{name}: {watch.Elapsed.TotalSeconds:0.00} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.00} s of processor time; {verdicts}");
    }

    var status = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
    Console.WriteLine($"{name}: input {held >> 20} MB, peak of the process {long.Parse(status.Split(':')[1].Replace("kB", "").Trim()) >> 10} MB");
}

Finding Warn(string path, int line, string message, string? function) => new()
{
    Tool = "gcc",
    Rule = "-Wunused-result",
    Severity = Severity.Warning,
    Message = message,
    Location = new SourceLocation(path, line, 5),
    Function = function,
    TranslationUnit = path,
    Step = "compile",
    Related = [new RelatedLocation(new SourceLocation(path, 1), "in expansion of macro 'M'")],
};

// As git diff -U0 prints it, from the hunks that the case knows.
TreeDiff Diff(Tree before, Tree after, IEnumerable<(string? Old, string? New, Hunk[] Hunks)> changes)
{
    var text = new StringBuilder();
    foreach (var (old, @new, hunks) in changes)
    {
        text.Append($"diff --git a/{old ?? @new} b/{@new ?? old}\n{(old is null ? "new file mode 100644\n" : @new is null ? "deleted file mode 100644\n" : "")}");
        text.Append($"--- {(old is null ? "/dev/null" : "a/" + old)}\n+++ {(@new is null ? "/dev/null" : "b/" + @new)}\n");
        foreach (var h in hunks)
        {
            text.Append($"@@ -{(h.OldCount == 0 ? h.OldStart - 1 : h.OldStart)},{h.OldCount} +{(h.NewCount == 0 ? h.NewStart - 1 : h.NewStart)},{h.NewCount} @@\n");
            for (var i = 0; i < h.OldCount; i++)
                text.Append('-').Append(before.Files[old!][h.OldStart - 1 + i]).Append('\n');
            for (var i = 0; i < h.NewCount; i++)
                text.Append('+').Append(after.Files[@new!][h.NewStart - 1 + i]).Append('\n');
        }
    }

    return TreeDiff.Parse(new StringReader(text.ToString()));
}

(Tree, Tree, TreeDiff) Spread(int files, int shift)
{
    Tree before = new(), after = new();
    var each = count / files;
    for (var f = 0; f < files; f++)
    {
        var path = $"src/f{f}.c";
        string[] lines = [.. Enumerable.Range(0, Math.Max(8, each * 5)).Select(i => $"  call_{f}_{i}(x);")];
        before.Files[path] = lines;
        after.Files[path] = [.. Enumerable.Repeat("/* new */", shift), .. lines];
        for (var i = 0; i < each; i++)
        {
            var message = i % 3 == 0 ? "ignoring the result" : $"ignoring the result of call_{f}_{i}";
            before.Findings.Add(Warn(path, i * 5 + 3, message, $"g{i}"));
            after.Findings.Add(Warn(path, i * 5 + 3 + shift, message, $"g{i}"));
        }
    }

    return (before, after, Diff(before, after, before.Files.Keys.Select(p => ((string?)p, (string?)p, new[] { new Hunk(1, 0, 1, shift) }))));
}

(Tree, Tree, TreeDiff) Alike(int some, int left)
{
    Tree before = new(), after = new();
    before.Files["a.c"] = [.. Enumerable.Repeat("f();", some)];
    after.Files["a.c"] = ["/* new */", .. Enumerable.Repeat("f();", left)];
    before.Findings.AddRange(Enumerable.Range(1, some).Select(i => Warn("a.c", i, "w", null)));
    after.Findings.AddRange(Enumerable.Range(2, left).Select(i => Warn("a.c", i, "w", null)));
    return (before, after, Diff(before, after, [("a.c", "a.c", left == some ? [new Hunk(1, 0, 1, 1)] : [new Hunk(1, 0, 1, 1), new Hunk(left + 1, some - left, left + 2, 0)])]));
}

(Tree, Tree, TreeDiff) Rewritten(int some, int left)
{
    Tree before = new(), after = new();
    before.Files["a.c"] = [.. Enumerable.Repeat("f();", some)];
    after.Files["a.c"] = [.. Enumerable.Repeat("f(0);", some)];
    before.Findings.AddRange(Enumerable.Range(1, some).Select(i => Warn("a.c", i, "w", null)));
    after.Findings.AddRange(Enumerable.Range(1, left).Select(i => Warn("a.c", i * (some / left), "w", null)));
    return (before, after, Diff(before, after, [("a.c", "a.c", [new Hunk(1, some, 1, some)])]));
}

(Tree, Tree, TreeDiff) Moved(bool sameNeighbours)
{
    Tree before = new(), after = new();
    before.Files["a.c"] = [.. Enumerable.Range(0, count).SelectMany(i => (string[])[$"before_{i}();", "f();", $"after_{i}();"])];
    after.Files["b.c"] = sameNeighbours
        ? [.. before.Files["a.c"].Chunk(3).Reverse().SelectMany(c => c)]
        : [.. Enumerable.Range(0, count).SelectMany(i => (string[])[$"other_{i}();", "f();", $"others_{i}();"])];
    before.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("a.c", i * 3 + 2, "w", "g")));
    after.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("b.c", i * 3 + 2, "w", sameNeighbours ? "g" : "h")));
    return (before, after, Diff(before, after, [("a.c", null, [new Hunk(1, count * 3, 1, 0)]), (null, "b.c", [new Hunk(1, 0, 1, count * 3)])]));
}

(Tree, Tree, TreeDiff) OnePlace()
{
    Tree before = new(), after = new();
    before.Files["a.c"] = after.Files["a.c"] = ["f();"];
    foreach (var (tree, side) in new[] { (before, "b"), (after, "p") })
        tree.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("a.c", 1, "w", "g") with { Related = [new RelatedLocation(null, $"step {side}_{i}")] }));
    return (before, after, TreeDiff.Empty);
}

(Tree, Tree, TreeDiff) Placeless()
{
    Tree before = new(), after = new();
    foreach (var tree in new[] { before, after })
        tree.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("a.c", 0, $"undefined reference to 'f{i / 10}'", "g") with { Tool = "ld", Location = null }));
    return (before, after, TreeDiff.Empty);
}

(Tree, Tree, TreeDiff) Tests()
{
    Tree before = new(), after = new();
    before.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("", 0, "failed", $"tests/t{i}") with { Tool = "automake", Location = null, Step = "test" }));
    after.Findings.AddRange(Enumerable.Range(0, count).Select(i => Warn("", 0, "failed", $"tests/u{i}") with { Tool = "automake", Location = null, Step = "test" }));
    return (before, after, Diff(before, after, Enumerable.Range(0, 5000).Select(i => ((string?)$"lib/x/y{i}.c", (string?)null, Array.Empty<Hunk>()))));
}

internal sealed class Tree
{
    public Dictionary<string, IReadOnlyList<string>> Files { get; } = [];

    public List<Finding> Findings { get; } = [];

    public CheckedTree Checked() => new(
        Findings,
        new Coverage
        {
            StepsRun = new HashSet<string> { "compile", "test" },
            StepsPassed = new HashSet<string> { "compile", "test" },
            UnitsCompiled = Files.Keys.ToHashSet(),
        },
        Files.GetValueOrDefault);
}
