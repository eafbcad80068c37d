namespace OpenConfirm.Report.Tests;

/// <summary>Code around findings, as it comes with them.</summary>
internal static class Code
{
    /// <summary>A hunk that replaces one line by two, and the error on one of the two.</summary>
    public static CodeSides Changed { get; } = new(
        new("lib/event.c",
        [
            new(4, "ev_step(struct loop *loop)"), new(5, "{"), new(6, "\tif (loop == NULL) return 0;"),
            new(7, "  ev_run(loop, 0);", IsChanged: true), new(0, ""), new(8, "  loop->last = current_time();"), new(9, "  return loop->fds + 0;"), new(10, "}"),
        ]),
        new("lib/event.c",
        [
            new(4, "ev_step(struct loop *loop)"), new(5, "{"), new(6, "\tif (loop == NULL) return 0;"),
            new(7, "  ev_run(loop);", IsChanged: true, IsMarked: true), new(8, "  ev_flush(loop);", IsChanged: true), new(9, "  loop->last = current_time();"), new(10, "  return loop->fds + 0;"), new(11, "}"),
        ]));

    /// <summary>The series did not touch what stands here.</summary>
    public static CodeSides Unchanged { get; } = new(
        new("lib/event.c", [new(8, "  loop->last = current_time();"), new(9, "  return loop->fds + 0;"), new(10, "}")]),
        new("lib/event.c", [new(9, "  loop->last = current_time();"), new(10, "  return loop->fds + 0;", IsMarked: true), new(11, "}")]));

    /// <summary>A file that the series brings.</summary>
    public static CodeSides NewFile { get; } = new(
        new(null, []),
        new("lib/table.c",
        [
            new(6, "  struct rte *e = l->first;", IsChanged: true),
            new(7, "  return printf(\"the distance of the next hop to table %d is longer than anybody thought it could be\\n\", distance) + (l != NULL);", IsChanged: true, IsMarked: true),
            new(8, "}", IsChanged: true),
        ]));

    /// <summary>A line that was taken out.</summary>
    public static CodeSides Deleted { get; } = new(
        new("lib/table.c", [new(5, "{"), new(6, "  int unused;", IsChanged: true, IsMarked: true), new(7, "  return 0;")]),
        new("lib/table.c", [new(5, "{"), new(0, ""), new(6, "  return 0;")]));

    /// <summary>A file that the series takes away.</summary>
    public static CodeSides FileGone { get; } = new(
        new("lib/gone.c", [new(1, "int f(void) {", IsChanged: true), new(2, "  int spare;", IsChanged: true, IsMarked: true), new(3, "}", IsChanged: true)]),
        new(null, []));

    /// <summary>The log around an error.</summary>
    public static LogPart Log { get; } = new(115,
    [
        "  CC    lib/bitmap.o", "  CC    lib/checksum.o", "  CC    lib/event.o", "lib/event.c: In function 'ev_step':",
        "lib/event.c:7:3: error: too few arguments to function 'ev_run'", "    7 |   ev_run(loop);", "      |   ^~~~~~",
    ]);
}
