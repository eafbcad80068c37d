namespace OpenConfirm.Findings.Logs;

/// <summary>Reads what a configure or build step printed.</summary>
public static class BuildLog
{
    /// <summary>
    /// Finds the diagnostics of gcc, clang, the linkers, the assembler, autotools, bison, flex, python and make.
    /// The log is hostile: lines are cut at 4,096 characters, excerpts at 40 lines, findings at 10,000 (the last 1,000
    /// for errors only) and then one <c>openconfirm</c>/<c>too-many-findings</c> note; it is streamed in linear time.
    /// </summary>
    /// <param name="log">Output and error output of the step, in the order they were written.</param>
    /// <param name="context">Where it ran.</param>
    /// <returns>
    /// In the order of the log; one per rule, place and message, with the translation unit that showed it first.
    /// Rule <c>resource</c> says that the machine may have run out of memory, disk or processes.
    /// </returns>
    public static IReadOnlyList<Finding> Read(TextReader log, LogContext context)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(context);
        var state = new LogState(context);
        state.Read(log, [new SanitizerReader(state), .. Readers(state, tests: null)]);
        return Findings(state);
    }

    /// <summary>The order matters: the particular before the general.</summary>
    internal static List<LineReader> Readers(LogState state, Func<FailedTarget, bool>? tests) =>
    [
        new PythonReader(state),
        new MakeReader(state, tests),
        new LinkerReader(state),
        new ConfigureReader(state),
        new ClippyReader(state),
        new CompilerReader(state),
    ];

    internal static IReadOnlyList<Finding> Findings(LogState state) =>
        state.Drafts.ToFindings(state.Context.Step, state.ClangSeen ? "clang" : "gcc");
}
