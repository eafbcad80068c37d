using static OpenConfirm.Findings.Tests.TwoTrees;

namespace OpenConfirm.Findings.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FindingMatcherTests
{
    private readonly TwoTrees trees = new();

    [Test]
    public void Of_five_identical_findings_exactly_the_changed_one_is_fixed()
    {
        trees.Files("a.c", "f();\nf();\nf();\nf();\nf();", "f();\nf();\ncheck(f());\nf();\nf();");
        Found(trees.BaseFindings, "a.c", "ignoring result", 1, 2, 3, 4, 5);
        Found(trees.PatchedFindings, "a.c", "ignoring result", 1, 2, 4, 5);

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "Fixed 3>-", "PreExisting 1>1", "PreExisting 2>2", "PreExisting 4>4", "PreExisting 5>5" }));
    }

    [Test]
    public void The_same_inside_a_block_that_was_re_indented()
    {
        trees.Files("a.c", "{\na();\nf();\nb();\nf();\nc();\nf();\nd();\n}", "{\nif (x) {\n\ta();\n\tf();\n\tb();\n\tcheck(f());\n\tc();\n\tf();\n\td();\n}\n}");
        Found(trees.BaseFindings, "a.c", "ignoring result", 3, 5, 7);
        Found(trees.PatchedFindings, "a.c", "ignoring result", 4, 8);

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "Fixed 5>-", "PreExisting 3>4", "PreExisting 7>8" }));
    }

    [Test]
    public void A_renamed_file_keeps_its_findings()
    {
        string[] lines = [.. Enumerable.Range(1, 30).Select(i => $"line({i});")];
        trees.Base["old.c"] = lines;
        trees.Patched["lib/new.c"] = ["/* first */", .. lines];
        trees.BaseFindings.Add(Warning("old.c", 7, "w"));
        trees.PatchedFindings.Add(Warning("lib/new.c", 8, "w"));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "PreExisting 7>8" }));
    }

    [Test]
    public void Moved_lines_keep_their_findings_and_a_copy_is_new()
    {
        const string function = "int f(void)\n{\n  int unused;\n  return work(1);\n}\n";
        var rest = string.Concat(Enumerable.Range(1, 20).Select(i => $"int g{i};\n"));
        trees.Files("a.c", function + rest, rest + function + "int h(void)\n{\n  int unused;\n  return other(2);\n}\n");
        trees.BaseFindings.Add(Warning("a.c", 3, "unused variable 'unused'", "-Wunused-variable", function: "f"));
        trees.PatchedFindings.Add(Warning("a.c", 23, "unused variable 'unused'", "-Wunused-variable", function: "f"));
        trees.PatchedFindings.Add(Warning("a.c", 28, "unused variable 'unused'", "-Wunused-variable", function: "h"));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "New ->28", "PreExisting 3>23" }));
    }

    [Test]
    public void A_function_moved_to_another_file_takes_its_findings_along()
    {
        var rest = string.Concat(Enumerable.Range(1, 20).Select(i => $"int g{i};\n"));
        trees.Files("a.c", "int f(void)\n{\n  work(1);\n  return 0;\n}\n" + rest, rest);
        trees.Files("b.c", "int b;\n", "int b;\nint f(void)\n{\n  work(1);\n  return 0;\n}\n");
        trees.BaseFindings.Add(Warning("a.c", 3, "ignoring result"));
        trees.PatchedFindings.Add(Warning("b.c", 4, "ignoring result"));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "PreExisting 3>4" }));
    }

    [Test]
    public void The_same_words_elsewhere_do_not_excuse_a_new_finding()
    {
        trees.Files("a.c", "int f(void)\n{\n  int i;\n  return one();\n}", "int f(void)\n{\n  return one();\n}");
        trees.Files("b.c", "int g(void)\n{\n  return two();\n}", "int g(void)\n{\n  int i;\n  return two();\n}");
        trees.BaseFindings.Add(Warning("a.c", 3, "unused variable 'i'", "-Wunused-variable", function: "f"));
        trees.PatchedFindings.Add(Warning("b.c", 3, "unused variable 'i'", "-Wunused-variable", function: "g"));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "New ->3", "Fixed 3>-" }));
    }

    [Test]
    public void Two_findings_on_one_line_are_told_apart_by_their_words_and_columns()
    {
        trees.Files("a.c", "int a, b;\nint used;", "int a, b;\nint used = a;");
        trees.BaseFindings.Add(Warning("a.c", 1, "unused variable 'a'", column: 5));
        trees.BaseFindings.Add(Warning("a.c", 1, "unused variable 'b'", column: 8));
        trees.PatchedFindings.Add(Warning("a.c", 1, "unused variable 'b'", column: 8));

        var judged = trees.Judge();
        Assert.That(judged.Select(j => (j.Verdict, j.Finding.Message)), Is.EqualTo(new[]
        {
            (Verdict.Fixed, "unused variable 'a'"), (Verdict.PreExisting, "unused variable 'b'"),
        }));
    }

    [TestCase("previous definition at line 12", "previous definition at line 17")]
    [TestCase("expected 'struct old *'", "expected 'struct new *'")]
    public void On_an_unchanged_line_the_words_may_differ(string before, string after)
    {
        trees.Files("a.c", "use(x);\nmore();", "int inserted;\nuse(x);\nmore();");
        trees.BaseFindings.Add(Warning("a.c", 1, before));
        trees.PatchedFindings.Add(Warning("a.c", 2, after));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "PreExisting 1>2" }));
    }

    [Test]
    public void Another_rule_on_an_unchanged_line_is_another_finding()
    {
        trees.Files("a.c", "use(x);\nint y;", "use(x);\nlong y;");
        trees.BaseFindings.Add(Warning("a.c", 1, "w", "-Wone"));
        trees.PatchedFindings.Add(Warning("a.c", 1, "w", "-Wtwo"));

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "New ->1", "Fixed 1>-" }));
    }

    [TestCase("same words", "same words", new[] { "PreExisting 2>2" })]
    [TestCase("index 5 is out of 4", "index 7 is out of 6", new[] { "PreExisting 2>2" })]
    [TestCase("unused 'ipv4_len'", "unused 'ipv6_len'", new[] { "New ->2", "Fixed 2>-" })]
    public void On_a_changed_line_the_words_decide(string before, string after, string[] expected)
    {
        trees.Files("a.c", "one();\nf(a, b);\nthree();", "one();\nf(a, c);\nthree();");
        trees.BaseFindings.Add(Warning("a.c", 2, before));
        trees.PatchedFindings.Add(Warning("a.c", 2, after));

        Assert.That(trees.Verdicts(), Is.EqualTo(expected));
    }

    [Test]
    public void A_header_s_finding_is_judged_in_each_unit_and_none_is_new()
    {
        trees.Files("m.h", "#define M int unused", "/* doc */\n#define M int unused");
        trees.Files("a.c", "M", "M");
        trees.Files("b.c", "M", "M");
        trees.Patched["new.c"] = ["M"];
        trees.BaseFindings.Add(Warning("m.h", 1, "unused", unit: "a.c"));
        trees.BaseFindings.Add(Warning("m.h", 1, "unused", unit: "b.c"));
        trees.PatchedFindings.Add(Warning("m.h", 2, "unused", unit: "b.c"));
        trees.PatchedFindings.Add(Warning("m.h", 2, "unused", unit: "new.c"));
        trees.PatchedFindings.Add(Warning("m.h", 2, "unused", unit: "a.c"));

        var judged = trees.Judge();
        Assert.That(judged.Select(j => (j.Verdict, j.Base?.TranslationUnit, j.Patched?.TranslationUnit)), Is.EquivalentTo(new (Verdict, string?, string?)[]
        {
            (Verdict.PreExisting, "a.c", "a.c"), (Verdict.PreExisting, "b.c", "b.c"), (Verdict.PreExisting, null, "new.c"),
        }));
    }

    [Test]
    public void A_warning_that_became_an_error_is_new()
    {
        trees.Files("a.c", "f();", "f();");
        trees.BaseFindings.Add(Warning("a.c", 1, "w", "-Wx"));
        trees.PatchedFindings.Add(Warning("a.c", 1, "w", "-Werror=x") with { Severity = Severity.Error });

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "New 1>1" }));
    }

    [Test]
    public void Generated_files_and_system_headers_are_matched_without_their_text()
    {
        trees.Files("parse.y", "a\nb", "a\nnew\nb");
        foreach (var (findings, line) in new[] { (trees.BaseFindings, 100), (trees.PatchedFindings, 131) })
        {
            findings.Add(Warning("obj/parse.tab.c", line, "unused 'yyl'", function: "yyparse"));
            findings.Add(Warning("/usr/include/x.h", line + 7, "deprecated", unit: "obj/parse.tab.c"));
        }

        Assert.That(trees.Judge().Select(j => j.Verdict), Is.All.EqualTo(Verdict.PreExisting));
    }

    [Test]
    public void Linker_findings_are_matched_by_words_and_function_as_often_as_they_occur()
    {
        trees.Files("a.c", "x", "y");
        trees.BaseCoverage = trees.PatchedCoverage = Everything(["a.c"]) with { StepsPassed = new HashSet<string> { "configure" } };
        var reference = Placeless("ld", "undefined-reference", "undefined reference to 'g'", "compile", "f");
        trees.BaseFindings.AddRange([reference, reference]);
        trees.PatchedFindings.AddRange([reference, reference, reference, reference with { Function = "h" }]);

        Assert.That(trees.Judge().Select(j => j.Verdict), Is.EqualTo(new[]
        {
            Verdict.PreExisting, Verdict.PreExisting, Verdict.NotTested, Verdict.NotTested,
        }));
    }

    /// <summary>Two macros on one line, said at one column: only the notes tell which of the two reports is gone.</summary>
    [Test]
    public void What_ties_in_all_else_is_told_apart_by_how_it_came_about()
    {
        trees.Files("a.c", "#define ONE f()\n#define TWO f()\nBOTH;", "/* new */\n#define ONE (void)f()\n#define TWO f()\nBOTH;");
        trees.BaseFindings.AddRange([Through("ONE", 1, 3), Through("TWO", 2, 3)]);
        trees.PatchedFindings.Add(Through("TWO", 3, 4));

        var judged = trees.Judge();
        Assert.That(judged.Select(j => (j.Verdict, Note(j.Base), Note(j.Patched))), Is.EqualTo(new[]
        {
            (Verdict.Fixed, "in expansion of macro 'ONE'", null), (Verdict.PreExisting, "in expansion of macro 'TWO'", "in expansion of macro 'TWO'"),
        }));

        static Finding Through(string macro, int macroLine, int line) => Warning("a.c", line, "ignoring result") with
        {
            Related = [new RelatedLocation(new SourceLocation("a.c", macroLine, 13), $"in expansion of macro '{macro}'")],
        };
        static string? Note(Finding? finding) => finding?.Related[0].Message;
    }

    /// <summary>The same words and no column: the text of the lines on the way decides, wherever they have gone.</summary>
    [Test]
    public void Event_paths_are_compared_by_the_text_of_their_lines()
    {
        var end = string.Concat(Enumerable.Range(1, 9).Select(i => $"\nint g{i};"));
        trees.Files("a.c", "p = first();\np = second();\nfree(p);" + end, "p = second();\nfree(p);" + end);
        trees.BaseFindings.AddRange([Leak(1, 3), Leak(2, 3)]);
        trees.PatchedFindings.Add(Leak(1, 2));

        Assert.That(trees.Judge().Select(j => (j.Verdict, j.Base?.Related[0].Location!.Line)), Is.EqualTo(new (Verdict, int?)[] { (Verdict.Fixed, 1), (Verdict.PreExisting, 2) }));

        static Finding Leak(int from, int line) => Warning("a.c", line, "double free") with
        {
            Related = [new RelatedLocation(new SourceLocation("a.c", from), "allocated here")],
        };
    }

    /// <summary>Paired one by one, cheapest first, 13 would become 12 and 10 become 4, and the blame fall on 17.</summary>
    [Test]
    public void Identical_findings_are_paired_nearest_on_the_whole()
    {
        string[] before = [.. Enumerable.Range(1, 20).Select(i => $"old_{i}();")];
        trees.Base["a.c"] = before;
        trees.Patched["a.c"] = [.. before.Select(l => l.Replace("old", "new", StringComparison.Ordinal))];
        Found(trees.BaseFindings, "a.c", "ignoring result", 10, 13);
        Found(trees.PatchedFindings, "a.c", "ignoring result", 4, 12, 17);

        Assert.That(trees.Verdicts(), Is.EqualTo(new[] { "New ->4", "PreExisting 10>12", "PreExisting 13>17" }));
    }

    [TestCase("f", 900, new[] { "New ->901", "Fixed 2>-" }, TestName = "An_equal_one_900_lines_away_in_another_function")]
    [TestCase(null, 900, new[] { "New ->901", "Fixed 2>-" }, TestName = "An_equal_one_900_lines_away_when_no_function_is_known")]
    [TestCase(null, 20, new[] { "PreExisting 2>21" }, TestName = "An_equal_one_some_lines_away_when_no_function_is_known")]
    public void One_fixed_and_an_equal_one_added_elsewhere(string? function, int distance, string[] expected)
    {
        string[] lines = [.. Enumerable.Range(1, 1000).Select(i => $"line({i});")];
        trees.Base["a.c"] = [lines[0], "f(x);", .. lines[2..]];
        trees.Patched["a.c"] = [.. lines[..distance], "f(x);", .. lines[(distance + 1)..]];
        trees.BaseFindings.Add(Warning("a.c", 2, "ignoring result", function: function));
        trees.PatchedFindings.Add(Warning("a.c", distance + 1, "ignoring result", function: function is null ? null : "other"));

        Assert.That(trees.Verdicts(), Is.EqualTo(expected));
    }

    [Test]
    public void Tests_are_matched_by_name_whatever_they_say()
    {
        trees.Files("a.c", "x", "y");
        trees.BaseCoverage = trees.PatchedCoverage = Everything(["a.c"]) with { TestsRun = new HashSet<string> { "t1", "t2", "t3" } };
        trees.BaseFindings.Add(Test("t1", "took 3 s"));
        trees.BaseFindings.Add(Test("t2", "assertion x"));
        trees.PatchedFindings.Add(Test("t2", "assertion y"));
        trees.PatchedFindings.Add(Test("t3", "took 4 s"));

        Assert.That(trees.Judge().Select(j => (j.Verdict, j.Finding.Function)), Is.EqualTo(new[]
        {
            (Verdict.New, "t3"), (Verdict.Fixed, "t1"), (Verdict.PreExisting, "t2"),
        }));
    }

    [Test]
    public void Two_tests_that_fail_at_the_same_assertion_are_two_findings()
    {
        trees.Files("a.c", "x", "y");
        trees.BaseCoverage = trees.PatchedCoverage = Everything(["a.c"]) with { TestsRun = new HashSet<string> { "t1", "t2" } };
        trees.BaseFindings.Add(Test("t1", "assertion x") with { Location = new SourceLocation("tests/common.h", 7) });
        trees.PatchedFindings.Add(Test("t2", "assertion x") with { Location = new SourceLocation("tests/common.h", 7) });

        Assert.That(trees.Judge().Select(j => (j.Verdict, j.Finding.Function)), Is.EqualTo(new[] { (Verdict.New, "t2"), (Verdict.Fixed, "t1") }));
    }

    [Test]
    public void No_path_that_leaves_the_tree_is_opened()
    {
        var asked = new List<string>();
        Finding[] findings = [Warning("../../etc/passwd", 1, "w"), Warning("/etc/passwd", 1, "w"), Warning("a/../../x", 1, "w"), Warning("ok.c", 1, "w")];
        var tree = new CheckedTree(findings, new Coverage(), p =>
        {
            asked.Add(p);
            return null;
        });
        FindingMatcher.Judge(tree, tree, TreeDiff.Empty);

        Assert.That(asked.Distinct(), Is.EqualTo(new[] { "ok.c" }));
    }

    [Test]
    public void Thousands_of_identical_findings_on_changed_lines_are_matched()
    {
        const int count = 3_000;
        trees.Base["a.c"] = [.. Enumerable.Repeat("f();", count)];
        trees.Patched["a.c"] = [.. Enumerable.Repeat("f(0);", count)];
        Found(trees.BaseFindings, "a.c", "w", [.. Enumerable.Range(1, count)]);
        Found(trees.PatchedFindings, "a.c", "w", [.. Enumerable.Range(1, count - 1)]);

        var judged = trees.Judge();
        Assert.That(judged.Count(j => j.Verdict == Verdict.PreExisting), Is.EqualTo(count - 1));
        Assert.That(judged.Count(j => j.Verdict == Verdict.Fixed), Is.EqualTo(1));
    }

    private static Finding Test(string name, string message) => Placeless("automake", "test-failed", message, "test", name);

    private static void Found(List<Finding> findings, string path, string message, params int[] lines) =>
        findings.AddRange(lines.Select(l => Warning(path, l, message)));
}
