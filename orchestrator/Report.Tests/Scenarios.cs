using System.Text;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report.Tests;

/// <summary>One report for each thing that can come of a series. Each is a pair of golden files.</summary>
internal static class Scenarios
{
    public const string Deb12 = "debian-12";
    public const string Deb13 = "debian-13";

    private static readonly string[] _titles =
    [
        "Event: Keep the time of the last call",
        "Table: Print the distance of next hops",
        "Table: Drop a variable that nobody reads",
        "Event: Give ev_run its flags",
    ];

    /// <summary>All of them by name; the names are those of the golden files.</summary>
    public static IReadOnlyDictionary<string, RunReport> All { get; } = new Dictionary<string, RunReport>
    {
        ["breaks-build"] = BreaksBuild(),
        ["new-warning"] = Report() with
        {
            Findings = [Found(Compiler.WrongFormat, Verdict.New, 2, Deb12, Deb13), Found(Compiler.Unused(), Verdict.Fixed, 3, Deb12, Deb13), .. Old(17)],
        },
        ["fine"] = Report() with { Findings = [.. Old(1)] },
        ["fine-single-patch"] = Report() with { Series = Series(1) with { Version = 3 }, Targets = [Target(Deb13, Good(72), Good(9))] },
        ["fine-and-fixes"] = Report() with
        {
            Findings = [Found(Compiler.Unused(), Verdict.Fixed, 3, Deb12, Deb13), Found(Compiler.FailedTest, Verdict.Fixed, null, Deb13) with { Stage = "unit" }],
        },
        ["does-not-apply"] = DoesNotApply(),
        ["refused"] = Refused(),
        ["already-applied"] = Report() with { Targets = [], AlreadyApplied = [1, 2, 3, 4] },
        ["incomplete"] = Report() with { Targets = [], Base = null, Series = Series(4) with { Patches = [.. Series(4).Patches.Where(p => p.Number != 3)] } },
        ["base-broken"] = Report() with
        {
            Targets =
            [
                new(Deb12, "Debian 12", "amd64",
                [
                    new("build", Side(new Outcome.Completed(), false, 31), Side(new Outcome.Completed(), false, 30)) { BaseBreaker = Compiler.MissingHeader },
                    new("unit", Side(new Outcome.Skipped("the build fails"), false, 0), Side(new Outcome.Skipped("the build fails"), false, 0)),
                ]),
                Target(Deb13, Good(80), Good(11)),
            ],
        },
        ["our-failure"] = Report() with
        {
            Targets =
            [
                new(Deb12, "Debian 12", "amd64",
                [
                    new("build", Side(new Outcome.Infra("no space left on /srv/private/disk7"), false, 5), Side(new Outcome.Infra("no space left on /srv/private/disk7"), false, 5)),
                    new("unit", Side(new Outcome.Skipped("nothing was built"), false, 0), Side(new Outcome.Skipped("nothing was built"), false, 0)),
                ]),
                Target(Deb13, Good(80), Good(11)),
            ],
        },
        ["code-limit"] = Report() with
        {
            Targets =
            [
                Target(Deb12, Good(80), new("unit", Side(new Outcome.Completed(), true, 12), Side(new Outcome.CodeLimit("test", "20 minutes of wall time"), false, 1200))),
                Target(Deb13, Good(80), new("unit", Side(new Outcome.Completed(), true, 12), Side(new Outcome.CodeLimit("test", "20 minutes of wall time"), false, 1200))),
            ],
        },
        ["unit-test-fails"] = Report() with
        {
            Targets = [Target(Deb12, Good(80), Good(12)), Target(Deb13, Good(80), new("unit", Side(new Outcome.Completed(), true, 12), Side(new Outcome.Completed(), false, 13)))],
            Findings =
            [
                Found(Compiler.FailedTest, Verdict.New, 1, Deb13) with { Stage = "unit" },
                Found(Compiler.FailedTest with { Function = "t_flaky", Message = "lib/timer_test: t_flaky failed" }, Verdict.Flaky, null, Deb12) with { Stage = "unit" },
            ],
        },
        ["still-running"] = Report() with
        {
            Targets = [Target(Deb12, Good(80), Good(12)), Target(Deb13, Good(80), new("unit", Side(new Outcome.Completed(), true, 12), Side(null, false, 0)))],
        },
        ["many-findings"] = Report() with
        {
            Findings =
            [
                .. Enumerable.Range(1, 25).Select(i => Found(Compiler.Unused($"proto/bgp/file{i}.c", i * 10, $"left_over_{i}"), Verdict.New, i % 4 + 1, Deb12, Deb13)),
                .. Enumerable.Range(1, 14).Select(i => Found(Compiler.Unused($"nest/file{i}.c", i * 10, $"old_{i}"), Verdict.Fixed, null, Deb12, Deb13)),
            ],
        },
        ["bisection"] = Report() with
        {
            PatchProblems = [new PatchProblem(2, [Deb12, Deb13], 3, Compiler.NoMember) { Log = new LogLink("compile", "logs/debian-12/patch-2/compile.log") }],
        },
        ["bisection-twice"] = Report() with
        {
            PatchProblems =
            [
                new PatchProblem(1, [Deb13], 3),
                new PatchProblem(2, [Deb13], 3),
            ],
        },
        ["everything"] = Everything(),
        ["early"] = Report() with { IsEarly = true, Written = Time(2), Findings = [.. Old(3), Found(Compiler.Unused("lib/hash.c", 12, "seed"), Verdict.NotTested, null, Deb13)] },
        ["early-breaks"] = EarlyBreaks(),
        ["superseded"] = EarlyBreaks() with { IsSuperseded = true },
        ["base-without-tests"] = Report() with
        {
            Targets =
            [
                Target(Deb13, new("build", Side(new Outcome.Completed(), false, 31), Side(new Outcome.Completed(), true, 30)),
                    new("unit", Side(new Outcome.Skipped("compile failed"), false, 0), Side(new Outcome.Completed(), false, 9))),
            ],
        },
        ["all-ours"] = Report() with
        {
            Targets = [Target(Deb13, new("build", Side(new Outcome.Completed(), true, 31), Side(new Outcome.Infra("x"), false, 0)), new("unit", Side(new Outcome.Completed(), true, 3), Side(new Outcome.Infra("x"), false, 0)))],
        },
        ["hostile"] = Hostile.Of(Everything(), "<script>alert(1)</script>\"'&\r\nBcc: all@example.org\u202eevil\u2066\x1b[31m\u0000"),
    };

    public static RunReport Report() => new()
    {
        RunId = "20260302-091500-7f3a",
        Project = "bird2",
        Series = Series(4),
        Branch = "master",
        Base = new SeriesBase("9c1d5e0b7a3f42d8c6e1f09b8a7d6c5e4f3a2b1c", BaseSource.BaseCommit, "the cover letter names it (base-commit)"),
        BaseTitle = "Conf: Fix a typo in the grammar",
        Targets = [Target(Deb12, Good(81), Good(12)), Target(Deb13, Good(77), Good(11))],
        Reproduce = "openconfirm check --project bird2 --targets debian-12,debian-13 20260302-event-loop.mbox",
        Page = "https://ci.example.org/run/20260302-091500-7f3a/",
        Started = new DateTimeOffset(2026, 3, 2, 9, 15, 0, TimeSpan.Zero),
        Elapsed = TimeSpan.FromSeconds(250),
        ToolVersion = "0.1.0",
        Tools = [new("debian-12", "gcc 12.2.0-14+deb12u1"), new("debian-13", "gcc 14.2.0-19")],
        Contact = "ci@example.org",
    };

    public static ReportedFinding Found(Finding finding, Verdict verdict, int? patch, params string[] targets) => new()
    {
        Judged = verdict == Verdict.Fixed ? new(verdict, finding, null) : new(verdict, verdict == Verdict.New ? null : finding, finding),
        Stage = "build",
        Targets = [.. targets.Select(t => new TargetVerdict(t, verdict))],
        Patch = patch,
        Log = new LogLink($"compile ({targets[0]}, patched)", $"logs/{targets[0]}/build-patched/compile.log"),
    };

    private static RunReport BreaksBuild() => Report() with
    {
        Targets =
        [
            Target(Deb12, Good(81), Good(12)),
            Target(Deb13, new("build", Side(new Outcome.Completed(), true, 77), Side(new Outcome.Completed(), false, 41)),
                new("unit", Side(new Outcome.Completed(), true, 11), Side(new Outcome.Skipped("the build fails"), false, 0))),
        ],
        Findings =
        [
            Found(Compiler.TooFewArguments, Verdict.New, 4, Deb13),
            Found(Compiler.NoMember, Verdict.New, 4, Deb13),
            Found(Compiler.Make, Verdict.New, 4, Deb13),
            Found(Compiler.Unused(), Verdict.New, 2, Deb12, Deb13) with { PatchNote = "a warning on debian-12" },
            Found(Compiler.Unused("lib/mempool.c", 31, "slack"), Verdict.Fixed, 3, Deb12, Deb13),
            .. Old(17),
            Found(Compiler.Unused("lib/hash.c", 12, "seed"), Verdict.NotTested, null, Deb13),
        ],
    };

    /// <summary>One target broken, a warning fixed and one brought, a patch that does not build alone; confirmed after two early answers.</summary>
    private static RunReport Everything() => BreaksBuild() with
    {
        Findings =
        [
            Found(Compiler.TooFewArguments, Verdict.New, 4, Deb13) with { Code = Code.Changed, LogPart = Code.Log },
            Found(Compiler.NoMember, Verdict.New, 4, Deb13) with { Code = Code.Unchanged },
            Found(Compiler.Make, Verdict.New, 4, Deb13),
            Found(Compiler.WrongFormat, Verdict.New, 2, Deb12, Deb13) with { Code = Code.NewFile },
            Found(Compiler.Unused(), Verdict.Fixed, 3, Deb12, Deb13) with { Code = Code.Deleted },
            Found(Compiler.Unused("lib/hash.c", 12, "seed"), Verdict.PreExisting, null, Deb12, Deb13) with { Code = Code.Unchanged },
            Found(Compiler.Unused("lib/gone.c", 2, "spare"), Verdict.Removed, null, Deb12) with { Code = Code.FileGone },
            Found(Compiler.Unused("lib/heap.c", 12, "size"), Verdict.NotTested, null, Deb13),
            Found(Compiler.FailedTest with { Function = "t_flaky", Message = "lib/timer_test: t_flaky failed" }, Verdict.Flaky, null, Deb12) with { Stage = "unit" },
            Found(Compiler.Unused("lib/slab.c", 7, "debug"), Verdict.Suppressed, null, Deb12, Deb13),
        ],
        PatchProblems = [new PatchProblem(2, [Deb12, Deb13], 3, Compiler.MissingHeader)],
        Revision = 3,
        Written = Time(19),
        Earlier = [new PageRevision(1, true, Time(2)), new PageRevision(2, true, Time(3))],
    };

    /// <summary>An early answer thanks for nothing, and does not know the patch of everything yet.</summary>
    private static RunReport EarlyBreaks() => BreaksBuild() with
    {
        Findings = [.. BreaksBuild().Findings.Where(f => !f.Is(Verdict.Fixed)).Select(f => f.Patch == 2 ? f with { Patch = null, PatchNote = null } : f)],
        IsEarly = true,
        Written = Time(2),
    };

    private static DateTimeOffset Time(int minutes) => new(2026, 3, 2, 9, 15 + minutes, 0, TimeSpan.Zero);

    private static RunReport DoesNotApply() => Report() with
    {
        Targets = [],
        ApplyFailure = new ApplyFailure
        {
            Patch = Series(4).Patches[1],
            File = "nest/rt-table.c",
            Hunk = "@@ -1212,7 +1212,8 @@ rt_show_net(struct rt_show_data *d, struct network *n)",
            Reason = "the patch expects other lines around line 1212 of nest/rt-table.c",
            Expected = ["  int distance;", "  struct rte *e;", "- printf(\"%d\\n\", distance);"],
            Actual = ["  long distance;", "  struct rte *e;", "  printf(\"%ld\\n\", distance);"],
            ActualLine = 1218,
            NotTried = [.. Series(4).Patches.Skip(2)],
        },
    };

    private static RunReport Refused() => Report() with
    {
        Targets = [],
        ApplyFailure = new ApplyFailure
        {
            Patch = Series(4).Patches[1],
            File = "doc/map.png",
            Reason = "the patch makes a file of 120 MiB; at most 16 MiB are taken",
            IsRefusal = true,
            NotTried = [.. Series(4).Patches.Skip(2)],
        },
    };

    private static IEnumerable<ReportedFinding> Old(int count) =>
        Enumerable.Range(1, count).Select(i => Found(Compiler.Unused($"sysdep/linux/old{i}.c", i, $"spare{i}"), Verdict.PreExisting, null, Deb12, Deb13));

    private static Series Series(int total) => new()
    {
        Subject = "Event loop with flags",
        Version = 1,
        Total = total,
        Submitter = new Person("Ada Example", "ada@example.org"),
        Patches =
        [
            .. Enumerable.Range(1, total).Select(n => new Patch
            {
                Number = n,
                Title = _titles[n - 1],
                MessageId = $"patch{n}@example.org",
                Author = n == 3 ? new Person("Grace Example", "grace@example.org") : new Person("Ada Example", "ada@example.org"),
                Body = Encoding.UTF8.GetBytes("diff"),
            }),
        ],
        Base = new BaseHints(null, [], new Dictionary<string, string>()),
    };

    private static TargetReport Target(string name, StageReport build, StageReport unit) =>
        new(name, "Debian " + name[^2..], "amd64", [WithLogs(name, build with { Name = "build" }), WithLogs(name, unit with { Name = "unit" })]);

    private static StageReport WithLogs(string target, StageReport stage) => stage with
    {
        Base = stage.Base with { Logs = Logs(target, stage.Name, "base") },
        Patched = stage.Patched with { Logs = Logs(target, stage.Name, "patched") },
    };

    private static LogLink[] Logs(string target, string stage, string side) => stage == "build"
        ? [new("configure", $"logs/{target}/build-{side}/configure.log"), new("compile", $"logs/{target}/build-{side}/compile.log")]
        : [new("test", $"logs/{target}/unit-{side}/test.log")];

    private static StageReport Good(int seconds) =>
        new("", Side(new Outcome.Completed(), true, seconds - 1), Side(new Outcome.Completed(), true, seconds));

    private static StageSide Side(Outcome? outcome, bool passed, int seconds) => new(outcome, passed, TimeSpan.FromSeconds(seconds), []);
}
