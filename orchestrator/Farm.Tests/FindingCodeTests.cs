using OpenConfirm.Findings;
using OpenConfirm.Report;

namespace OpenConfirm.Farm.Tests;

/// <summary>Base and patched code beside each other, from a diff as git writes it.</summary>
public sealed class FindingCodeTests
{
    private static readonly string[] Base = [.. Enumerable.Range(1, 40).Select(i => $"line {i}")];

    /// <summary>Line 10 replaced by three, lines 20 and 21 removed.</summary>
    private static readonly string[] Patched = [.. Base[..9], "new a", "new b", "new c", .. Base[10..19], .. Base[21..]];

    private const string Diff = """
        diff --git a/a.c b/a.c
        index 1111111..2222222 100644
        --- a/a.c
        +++ b/a.c
        @@ -10 +10,3 @@
        -line 10
        +new a
        +new b
        +new c
        @@ -20,2 +21,0 @@
        -line 20
        -line 21

        """;

    [Test]
    public void A_new_finding_on_a_replaced_line_stands_beside_what_it_replaced()
    {
        var code = Of(New(11))!;
        Assert.That(Numbers(code.Base), Is.EqualTo(new[] { 6, 7, 8, 9, 10, 0, 0, 11, 12, 13, 14 }));
        Assert.That(Numbers(code.Patched), Is.EqualTo(new[] { 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }));
        Assert.That(code.Patched.Lines.Where(l => l.IsMarked).Select(l => l.Text), Is.EqualTo(new[] { "new b" }));
        Assert.That(code.Patched.Lines.Where(l => l.IsChanged).Select(l => l.Text), Is.EqualTo(new[] { "new a", "new b", "new c" }));
        Assert.That(code.Base.Lines.Where(l => l.IsChanged).Select(l => l.Text), Is.EqualTo(new[] { "line 10" }));
        Assert.That(code.Base.Lines.Where(l => l.IsMarked), Is.Empty);
    }

    [Test]
    public void A_fixed_finding_on_a_removed_line_leaves_a_gap()
    {
        var code = Of(Fixed(20))!;
        Assert.That(Numbers(code.Base), Is.EqualTo(Enumerable.Range(15, 11)));
        Assert.That(Numbers(code.Patched), Is.EqualTo(new[] { 17, 18, 19, 20, 21, 0, 0, 22, 23, 24, 25 }));
        Assert.That(code.Base.Lines.Where(l => l.IsMarked).Select(l => l.Text), Is.EqualTo(new[] { "line 20" }));
    }

    /// <summary>Wherever the finding is, an unchanged line stands beside itself and the marked line is within.</summary>
    [Test]
    public void Unchanged_lines_stand_beside_themselves()
    {
        for (var line = 1; line <= Patched.Length; line++)
        {
            var code = Of(New(line))!;
            Assert.That(code.Patched.Lines.Single(l => l.IsMarked), Has.Property("Number").EqualTo(line).And.Property("Text").EqualTo(Patched[line - 1]));
            Assert.That(code.Base.Lines, Has.Count.EqualTo(code.Patched.Lines.Count).And.Count.LessThanOrEqualTo(11));
            foreach (var (old, @new) in code.Base.Lines.Zip(code.Patched.Lines).Where(p => !p.First.IsChanged && !p.Second.IsChanged))
                Assert.That((old.Text, @new.Text), Is.EqualTo((@new.Text, @new.Text)), $"finding in line {line}");
        }
    }

    [Test]
    public void Both_sides_are_marked_where_both_show_it()
    {
        var code = Of(new JudgedFinding(Verdict.PreExisting, At("a.c", 30), At("a.c", 30)))!;
        Assert.That(Numbers(code.Base), Is.EqualTo(Enumerable.Range(25, 11)));
        Assert.That(Numbers(code.Patched), Is.EqualTo(Enumerable.Range(25, 11)));
        Assert.That(code.Base.Lines.Single(l => l.IsMarked).Text, Is.EqualTo("line 30"));
        Assert.That(code.Patched.Lines.Single(l => l.IsMarked).Text, Is.EqualTo("line 30"));
    }

    /// <summary>Code that moved: the diff says nothing of it, each side shows its own place.</summary>
    [Test]
    public void Moved_code_shows_both_places()
    {
        var code = Of(new JudgedFinding(Verdict.PreExisting, At("a.c", 3), At("a.c", 35)))!;
        Assert.That(code.Base.Lines.Single(l => l.IsMarked).Number, Is.EqualTo(3));
        Assert.That(code.Patched.Lines.Single(l => l.IsMarked).Number, Is.EqualTo(35));
    }

    [Test]
    public void A_renamed_file_is_found_by_its_other_name()
    {
        var diff = "diff --git a/old.c b/new.c\nsimilarity index 95%\nrename from old.c\nrename to new.c\n";
        var code = Code(diff, ("old.c", Base), ("new.c", Base)).Of(new JudgedFinding(Verdict.New, null, At("new.c", 2)))!;
        Assert.That((code.Base.Path, code.Patched.Path), Is.EqualTo(("old.c", "new.c")));
        Assert.That(code.Base.Lines[1].Text, Is.EqualTo("line 2"));
        code = Code(diff, ("old.c", Base), ("new.c", Base)).Of(new JudgedFinding(Verdict.Fixed, At("old.c", 2), null))!;
        Assert.That((code.Base.Path, code.Patched.Path), Is.EqualTo(("old.c", "new.c")));
    }

    [Test]
    public void A_file_that_one_tree_lacks_is_said_to_be_missing()
    {
        var brought = "diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..2222222\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1,2 @@\n+line 1\n+line 2\n";
        var code = Code(brought, ("", []), ("n.c", Base[..2])).Of(new JudgedFinding(Verdict.New, null, At("n.c", 2)))!;
        Assert.That(code.Base, Is.EqualTo(new CodeExcerpt(null, [])).Using<CodeExcerpt>((a, b) => a.Path == b.Path && a.Lines.Count == b.Lines.Count));
        Assert.That(code.Patched.Lines.Select(l => (l.Number, l.IsChanged, l.IsMarked)), Is.EqualTo(new[] { (1, true, false), (2, true, true) }));

        var taken = "diff --git a/o.c b/o.c\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/o.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-line 1\n-line 2\n";
        code = Code(taken, ("o.c", Base[..2]), ("", [])).Of(new JudgedFinding(Verdict.Removed, At("o.c", 1), null))!;
        Assert.That(code.Patched.Path, Is.Null);
        Assert.That(code.Base.Lines.Select(l => (l.Number, l.IsChanged, l.IsMarked)), Is.EqualTo(new[] { (1, true, true), (2, true, false) }));
    }

    [TestCase("/usr/include/stdio.h", 1)]
    [TestCase("../../etc/passwd", 1)]
    [TestCase("", 1)]
    [TestCase("a.c", 0)]
    [TestCase("a.c", 41)]
    [TestCase("a.c", int.MaxValue)]
    [TestCase("generated.c", 3)]
    public void What_is_no_line_of_the_tree_has_no_code(string path, int line)
    {
        Assert.That(Code(Diff, ("a.c", Base), ("a.c", Patched)).Of(new JudgedFinding(Verdict.New, null, At(path, line))), Is.Null);
        Assert.That(Code(Diff, ("a.c", Base), ("a.c", Patched)).Of(new JudgedFinding(Verdict.NotTested, At(path, line), null)), Is.Null);
    }

    /// <summary>One side cannot be read (binary by now, or too large): the other still shows.</summary>
    [Test]
    public void A_side_that_cannot_be_read_is_empty_and_not_missing()
    {
        var code = Code(Diff, ("", []), ("a.c", Patched)).Of(New(11))!;
        Assert.That((code.Base.Path, code.Base.Lines.Count), Is.EqualTo(("a.c", 0)));
        Assert.That(code.Patched.Lines.Single(l => l.IsMarked).Number, Is.EqualTo(11));
    }

    [Test]
    public void Long_lines_are_cut()
    {
        string[] lines = [new('x', 1_000_000)];
        var code = Code("", ("a.c", lines), ("a.c", lines)).Of(New(1))!;
        Assert.That(code.Patched.Lines.Single().Text, Has.Length.EqualTo(401));
    }

    private static CodeSides? Of(JudgedFinding judged) => Code(Diff, ("a.c", Base), ("a.c", Patched)).Of(judged);

    private static FindingCode Code(string diff, (string Path, string[] Lines) old, (string Path, string[] Lines) @new) => new(
        TreeDiff.Parse(new StringReader(diff)),
        path => path == old.Path ? old.Lines : null,
        path => path == @new.Path ? @new.Lines : null);

    private static JudgedFinding New(int line) => new(Verdict.New, null, At("a.c", line));

    private static JudgedFinding Fixed(int line) => new(Verdict.Fixed, At("a.c", line), null);

    private static Finding At(string path, int line) => new()
    {
        Tool = "gcc",
        Rule = "-Wall",
        Severity = Severity.Warning,
        Message = "m",
        Location = new SourceLocation(path, line),
    };

    private static IEnumerable<int> Numbers(CodeExcerpt code) => code.Lines.Select(l => l.Number);
}
