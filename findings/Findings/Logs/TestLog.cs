namespace OpenConfirm.Findings.Logs;

/// <summary>What a test step printed.</summary>
/// <param name="Findings">Failed tests, each with its name as <see cref="Finding.Function"/>, and what failed to build.</param>
/// <param name="TestsRun">
/// Tests that ran to a result, good or bad, by the same names. A BIRD test program that is quiet about its passing tests
/// is in here by its own name (<c>lib/bitmap_test</c>) and stands for all of them (<c>lib/bitmap_test: t_set_get</c>).
/// </param>
public sealed record TestRun(IReadOnlyList<Finding> Findings, IReadOnlySet<string> TestsRun);

/// <summary>Reads what a test step printed.</summary>
public static class TestLog
{
    /// <summary>
    /// Finds failed tests of automake (and DejaGnu), pytest and BIRD's unit test runner, and, since a test step compiles
    /// its test programs, all that <see cref="BuildLog"/> finds; with the same limits. Rules: <c>test-failed</c>,
    /// <c>test-crashed</c> (ended by a signal), <c>test-timeout</c>, <c>test-error</c> (could not run),
    /// <c>test-unexpected-pass</c>.
    /// </summary>
    /// <remarks>
    /// Names: automake's test with its folder in the tree (<c>tests/t_open</c>), pytest's node id
    /// (<c>bgpd/test_aspath.py::TestAspath::test_one</c>), BIRD's program and suite. Without <c>-v</c> pytest does not name the
    /// tests that passed.
    /// </remarks>
    public static TestRun Read(TextReader log, LogContext context)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(context);
        var state = new LogState(context);
        var results = new TestResults(state);
        var sanitizers = new SanitizerReader(state);
        var bird = new BirdTestReader(state, results, sanitizers);
        List<LineReader> readers =
        [
            new PytestReader(state, results),
            bird,
            new AutomakeTestReader(state, results),
            sanitizers,
            .. BuildLog.Readers(state, failure => bird.Claim(failure) || results.Explain(failure)),
        ];
        state.Read(log, readers);
        results.Finish();
        return new TestRun(BuildLog.Findings(state), results.Ran);
    }
}
