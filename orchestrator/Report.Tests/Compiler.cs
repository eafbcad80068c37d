using OpenConfirm.Findings;

namespace OpenConfirm.Report.Tests;

/// <summary>Findings with the output that gcc 12 really gave for small files of ours.</summary>
internal static class Compiler
{
    public static Finding TooFewArguments { get; } = new()
    {
        Tool = "gcc",
        Rule = "error",
        Severity = Severity.Error,
        Message = "too few arguments to function ‘ev_run’",
        Location = new SourceLocation("lib/event.c", 7, 3),
        Function = "ev_step",
        TranslationUnit = "lib/event.c",
        Step = "compile",
        LogLine = 118,
        Related =
        [
            new RelatedLocation(new SourceLocation("lib/event.c", 1), "In file included from lib/event.c:1"),
            new RelatedLocation(new SourceLocation("lib/event.h", 4, 6), "declared here"),
        ],
        Excerpt =
        [
            "lib/event.c: In function ‘ev_step’:",
            "lib/event.c:7:3: error: too few arguments to function ‘ev_run’",
            "    7 |   ev_run(loop);",
            "      |   ^~~~~~",
            "In file included from lib/event.c:1:",
            "lib/event.h:4:6: note: declared here",
            "    4 | void ev_run(struct loop *loop, int flags);",
            "      |      ^~~~~~",
        ],
    };

    public static Finding NoMember { get; } = TooFewArguments with
    {
        Message = "‘struct loop’ has no member named ‘fds’; did you mean ‘fd’?",
        Location = new SourceLocation("lib/event.c", 9, 16),
        LogLine = 128,
        Excerpt =
        [
            "lib/event.c:9:16: error: ‘struct loop’ has no member named ‘fds’; did you mean ‘fd’?",
            "    9 |   return loop->fds + 0;",
            "      |                ^~~",
            "      |                fd",
        ],
    };

    public static Finding Make { get; } = new()
    {
        Tool = "make",
        Rule = "error",
        Severity = Severity.Error,
        Message = "*** [Makefile:12: lib/event.o] Error 1",
        Step = "compile",
        LogLine = 140,
        Excerpt = ["make: *** [Makefile:12: lib/event.o] Error 1"],
    };

    public static Finding WrongFormat { get; } = new()
    {
        Tool = "gcc",
        Rule = "-Wformat=",
        Severity = Severity.Warning,
        Message = "format ‘%d’ expects argument of type ‘int’, but argument 2 has type ‘long int’",
        Location = new SourceLocation("lib/table.c", 7, 57),
        Function = "rt_announce_next_hop_of_every_table_that_this_protocol_is_connected_to",
        TranslationUnit = "lib/table.c",
        Step = "compile",
        LogLine = 88,
        Excerpt =
        [
            "lib/table.c: In function ‘rt_announce_next_hop_of_every_table_that_this_protocol_is_connected_to’:",
            "lib/table.c:7:57: warning: format ‘%d’ expects argument of type ‘int’, but argument 2 has type ‘long int’ [-Wformat=]",
            "    7 |   return printf(\"the distance of the next hop to table %d is longer than anybody thought it could be\\n\", distance) + (l != NULL);",
            "      |                                                        ~^                                                ~~~~~~~~",
            "      |                                                         |                                                |",
            "      |                                                         int                                              long int",
            "      |                                                        %ld",
        ],
    };

    public static Finding Unused(string path = "lib/table.c", int line = 6, string name = "unused") => new()
    {
        Tool = "gcc",
        Rule = "-Wunused-variable",
        Severity = Severity.Warning,
        Message = $"unused variable ‘{name}’",
        Location = new SourceLocation(path, line, 7),
        TranslationUnit = "lib/table.c",
        Step = "compile",
        LogLine = 95,
        Excerpt =
        [
            $"{path}:{line}:7: warning: unused variable ‘{name}’ [-Wunused-variable]",
            $"{line,5} |   int {name};",
            "      |       ^" + new string('~', name.Length - 1),
        ],
    };

    public static Finding FailedTest { get; } = new()
    {
        Tool = "bird-test",
        Rule = "test-failed",
        Severity = Severity.Error,
        Message = "lib/list_test: t_add_tail failed: 3 nodes expected, 2 found",
        Function = "t_add_tail",
        Step = "test",
        LogLine = 42,
        Excerpt =
        [
            "lib/list_test: t_add_tail failed: 3 nodes expected, 2 found",
            "\tlib/list_test.c:61: Assertion (count == 3) at t_add_tail failed",
        ],
    };

    public static Finding MissingHeader { get; } = new()
    {
        Tool = "gcc",
        Rule = "error",
        Severity = Severity.Error,
        Message = "sys/random.h: No such file or directory",
        Location = new SourceLocation("sysdep/unix/random.c", 18, 10),
        TranslationUnit = "sysdep/unix/random.c",
        Step = "compile",
        Excerpt =
        [
            "sysdep/unix/random.c:18:10: fatal error: sys/random.h: No such file or directory",
            "   18 | #include <sys/random.h>",
            "      |          ^~~~~~~~~~~~~~",
            "compilation terminated.",
        ],
    };
}
