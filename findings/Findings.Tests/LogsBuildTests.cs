using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

public sealed class LogsBuildTests
{
    private static IReadOnlyList<Finding> Read(params string[] lines) =>
        BuildLog.Read(new StringReader(string.Join('\n', lines) + "\n"), new LogContext { TreeRoot = "/work/tree", Step = "compile" });

    [Test]
    public void A_finding_keeps_its_chain_its_snippet_and_its_notes_in_order()
    {
        string[] lines =
        [
            "In file included from include/route.h:3,",
            "                 from src/rib.c:1:",
            "include/prefix.h: In function 'eq':",
            "include/prefix.h:4:8: warning: comparison is odd [-Wparentheses]",
            "    4 |     a == b;",
            "      |       ^~",
            "include/prefix.h:2:1: note: declared here",
            "    2 | int eq(void)",
            "      | ^~~",
        ];
        var finding = Read(["  CC       src/rib.o", .. lines, "  CC       src/next.o"]).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(finding.Excerpt, Is.EqualTo(lines));
            Assert.That(finding.LogLine, Is.EqualTo(2));
            Assert.That(finding.Step, Is.EqualTo("compile"));
            Assert.That(finding.TranslationUnit, Is.EqualTo("src/rib.c"));
            Assert.That(finding.Function, Is.EqualTo("eq"));
            Assert.That(finding.Related, Is.EqualTo(new RelatedLocation[]
            {
                new(new SourceLocation("include/route.h", 3), "included from"),
                new(new SourceLocation("src/rib.c", 1), "included from"),
                new(new SourceLocation("include/prefix.h", 2, 1), "declared here"),
            }));
        }
    }

    [TestCase("[-Wformat=]", "warning", "-Wformat", Severity.Warning)]
    [TestCase("[-Wformat=2]", "warning", "-Wformat", Severity.Warning)]
    [TestCase("[-Werror=format=]", "error", "-Wformat", Severity.Error)]
    [TestCase("[-Werror,-Wformat]", "error", "-Wformat", Severity.Error)]
    [TestCase("[-Werror]", "error", "warning", Severity.Error)]
    [TestCase("[-fpermissive]", "error", "-fpermissive", Severity.Error)]
    [TestCase("[CWE-476] [-Wanalyzer-null-dereference]", "warning", "-Wanalyzer-null-dereference", Severity.Warning)]
    [TestCase("", "warning", "warning", Severity.Warning)]
    [TestCase("", "error", "error", Severity.Error)]
    [TestCase("", "fatal error", "fatal error", Severity.Error)]
    public void The_rule_is_the_name_of_the_warning(string option, string word, string rule, Severity severity)
    {
        var finding = Read($"a.c:1:2: {word}: ‘x’ is bad {option}").Single();
        Assert.That((finding.Rule, finding.Severity), Is.EqualTo((rule, severity)));
        Assert.That(finding.Message, Does.StartWith("'x' is bad").And.Not.Contain("-W"));
    }

    [Test]
    public void One_finding_for_a_header_seen_from_two_units_and_two_for_two_columns()
    {
        var findings = Read(
            "In file included from a.c:1:", "h.h:3:4: warning: bad [-Wx]",
            "In file included from b.c:1:", "h.h:3:4: warning: bad [-Wx]", "    3 | of the second",
            "h.h:3:9: warning: bad [-Wx]");
        Assert.That(findings.Select(finding => (finding.Location!.Column, finding.TranslationUnit)), Is.EqualTo(new[] { (4, "a.c"), (9, "b.c") }));
        Assert.That(findings.SelectMany(finding => finding.Excerpt), Has.None.Contains("of the second"));
    }

    [Test]
    public void A_warning_that_comes_again_as_error_is_an_error() =>
        Assert.That(Read("h.h:3:4: warning: bad [-Wx]", "h.h:3:4: error: bad [-Werror=x]").Single().Severity, Is.EqualTo(Severity.Error));

    [Test]
    public void Lines_of_two_compilers_find_their_findings()
    {
        var findings = Read(
            "a.c:10:3: warning: first [-Wa]", "b.c:20:3: warning: second [-Wb]",
            "   10 | of a", "      | ^a", "   20 | of b", "      | ^b", "a.c:5:1: note: more on a", "    5 | also of a");
        Assert.That(findings[0].Excerpt, Is.EqualTo(new[] { "a.c:10:3: warning: first [-Wa]", "   10 | of a", "      | ^a", "a.c:5:1: note: more on a", "    5 | also of a" }));
        Assert.That(findings[1].Excerpt, Is.EqualTo(new[] { "b.c:20:3: warning: second [-Wb]", "   20 | of b", "      | ^b" }));
    }

    [Test]
    public void A_head_in_the_middle_of_a_line_is_not_lost()
    {
        var findings = Read("  CC       x.o src/a.c:1:2: warning: one [-Wa]src/b.c:3:4: error: two", "checking 45%\rsrc/c.c:5:6: error: three");
        Assert.That(findings.Select(finding => $"{finding.Location} {finding.Rule} {finding.Message}"), Is.EqualTo(new[]
        {
            "src/a.c:1:2 -Wa one", "src/b.c:3:4 error two", "src/c.c:5:6 error three",
        }));
    }

    [Test]
    public void A_linker_that_begins_in_the_line_of_another_is_not_lost() =>
        Assert.That(
            Read("/usr/bin/ld: a.o: in function `f':", "/work/tree/a.c:4: warning: /usr/bin/ld: cannot find -lfoo").Select(finding => finding.Rule),
            Is.EqualTo(new[] { "link-warning", "missing-library" }));

    [Test]
    public void Paths_follow_make_through_its_directories()
    {
        var findings = Read(
            "make[1]: Entering directory '/work/tree/lib'", "./x.c:1:1: error: a",
            "make[2]: Entering directory `/work/tree/lib/deep'", "../../bgpd/y.c:1:1: error: b", "/work/tree/z.c:1:1: error: c",
            "make[2]: Leaving directory `/work/tree/lib/deep'", "x.h:1:1: error: d",
            "make[1]: Leaving directory '/work/tree/lib'", "x.h:1:1: error: e", "../../../outside.h:1:1: error: f", "/work/treehouse/g.h:1:1: error: g");
        Assert.That(findings.Select(finding => finding.Location!.Path), Is.EqualTo(new[]
        {
            "lib/x.c", "bgpd/y.c", "z.c", "lib/x.h", "x.h", "/outside.h", "/work/treehouse/g.h",
        }));
    }

    [TestCase("gcc: fatal error: Killed signal terminated program cc1", "resource")]
    [TestCase("virtual memory exhausted: Cannot allocate memory", "resource")]
    [TestCase("cc1: out of memory allocating 65536 bytes after a total of 1 bytes", "resource")]
    [TestCase("a.c:3:1: fatal error: error writing to /tmp/ccx.s: No space left on device", "resource")]
    [TestCase("/usr/bin/ld: final link failed: No space left on device", "resource")]
    [TestCase("cp: error writing 'doc/x': No space left on device", "resource")]
    [TestCase("make[1]: fork: Resource temporarily unavailable", "resource")]
    [TestCase("make: *** [Makefile:3: x.o] Killed", "resource")]
    [TestCase("clang: error: unable to execute command: Killed", "resource")]
    [TestCase("a.c:3:2: error: #error No space left on device", "error")]
    public void Exhausted_machines_are_told_apart_from_wishes_of_the_source(string line, string rule) =>
        Assert.That(Read(line).Single().Rule, Is.EqualTo(rule));

    [Test]
    public void A_failed_target_counts_only_when_nothing_explains_it()
    {
        var findings = Read(
            "src/a.c:1:2: error: x", "make[2]: *** [Makefile:9: src/liba_la-a.lo] Error 1", "make[1]: *** [Makefile:3: all-recursive] Error 1",
            "sh: 1: frobnicate: not found", "make[1]: *** [Makefile:12: gen.h] Error 127", "make: *** [Makefile:2: all] Error 2",
            "make: [Makefile:7: old] Error 1 (ignored)");
        Assert.That(findings.Select(finding => finding.Message), Is.EqualTo(new[] { "x", "gen.h: Error 127" }));
        Assert.That(findings[1].Excerpt, Does.Contain("sh: 1: frobnicate: not found"));
        Assert.That(findings[1].Location, Is.EqualTo(new SourceLocation("Makefile", 12)));
    }

    [Test]
    public void A_compiler_that_dies_is_an_internal_error()
    {
        var finding = Read("a.c:3:1: internal compiler error: Segmentation fault", "0x1234 crash_signal", "\t../x.cc:3", "Please submit a full bug report").Single();
        Assert.That(finding.Rule, Is.EqualTo("internal-compiler-error"));
        Assert.That(finding.Excerpt, Has.Count.EqualTo(4));
    }

    [Test]
    public void A_linker_that_says_nothing_is_reported_all_the_same()
    {
        Assert.That(Read("collect2: error: ld returned 1 exit status").Single().Rule, Is.EqualTo("link-error"));
        Assert.That(Read("clang: error: linker command failed with exit code 1 (use -v to see invocation)").Single().Rule, Is.EqualTo("link-error"));
    }

    [Test]
    public void What_inlining_says_leads_to_the_function_that_was_compiled()
    {
        var finding = Read(
            "In file included from /usr/include/string.h:535,", "                 from src/a.c:2:", "In function 'memcpy',",
            "    inlined from 'copy' at src/a.c:9:3:", "/usr/include/bits/x.h:29:10: warning: too much [-Wstringop-overflow=]").Single();
        Assert.That((finding.TranslationUnit, finding.Function, finding.Location!.Path), Is.EqualTo(("src/a.c", "copy", "/usr/include/bits/x.h")));
    }

    [Test]
    public void A_sanitizer_report_is_a_finding_with_its_stack_and_without_the_picture_of_the_memory()
    {
        var finding = Read(
            "==12==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x7f bp 0x7f sp 0x7f",
            "READ of size 1 at 0x602 thread T0", "    #0 0x7f in memcpy ../../libsanitizer/x.cpp:1", "    #1 0x7f in get /work/tree/lib/s.c:357:3",
            "    #2 0x7f  (/lib/libc.so.6+0x2)", "", "0x602 is located 3 bytes to the right of 10-byte region [0x60,0x61)",
            "allocated by thread T0 here:", "    #0 0x7f in zmalloc /work/tree/lib/m.c:71", "",
            "SUMMARY: AddressSanitizer: heap-buffer-overflow /work/tree/lib/s.c:357 in get", "Shadow bytes around the buggy address:",
            "=>0x0c04: fa fa", "==12==ABORTING", "a.c:1:1: error: behind it")[1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That((finding.Tool, finding.Rule, finding.Message, finding.Location?.ToString()), Is.EqualTo(("sanitizer", "AddressSanitizer", "AddressSanitizer: heap-buffer-overflow in get", "lib/s.c:357:3")));
            Assert.That(finding.Excerpt, Is.EqualTo(new[]
            {
                "AddressSanitizer: heap-buffer-overflow", "READ of size 1 thread T0", "    #1 get lib/s.c:357:3",
                "it is located 3 bytes to the right of 10-byte region", "allocated by thread T0 here:", "    #0 zmalloc lib/m.c:71",
            }));
        }
    }

    [Test]
    public void An_error_of_a_header_names_all_units_that_show_it() =>
        Assert.That(
            Read("In file included from a.c:1:", "h.h:3:4: error: bad", "In file included from b.c:1:", "h.h:3:4: error: bad", "In file included from a.c:1:", "h.h:3:4: error: bad").Single().OtherUnits,
            Is.EqualTo(new[] { "b.c" }));

    [Test]
    public void A_script_that_dies_shows_its_own_lines_only()
    {
        var finding = Read(
            "make[1]: Entering directory '/work/tree/a'", "of another", "make[1]: Leaving directory '/work/tree/a'",
            "make[1]: Entering directory '/work/tree/lib'", "perl x.pl > x.h", "invalid input on line 55", "make[1]: *** [Makefile:9: x.h] Error 255").Single();
        Assert.That(finding.Excerpt, Is.EqualTo(new[] { "perl x.pl > x.h", "invalid input on line 55", "make[1]: *** [Makefile:9: x.h] Error 255" }));
    }
}
