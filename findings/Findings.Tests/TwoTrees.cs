namespace OpenConfirm.Findings.Tests;

/// <summary>A base and a patched tree, what was found in them, and the judgement over the real git diff of the two.</summary>
internal sealed class TwoTrees
{
    public static readonly string[] AllSteps = ["bootstrap", "configure", "compile", "test", "install", "version"];

    private static readonly Dictionary<string, TreeDiff> Diffs = [];

    public Dictionary<string, string[]> Base { get; } = [];

    public Dictionary<string, string[]> Patched { get; } = [];

    public List<Finding> BaseFindings { get; } = [];

    public List<Finding> PatchedFindings { get; } = [];

    /// <summary>Every C file compiled and every step passed, unless a test says otherwise.</summary>
    public Coverage? BaseCoverage { get; set; }

    /// <inheritdoc cref="BaseCoverage"/>
    public Coverage? PatchedCoverage { get; set; }

    public static Finding Warning(string path, int line, string message, string rule = "-Wunused-result", int column = 5, string? unit = null, string? function = null) => new()
    {
        Tool = "gcc",
        Rule = rule,
        Severity = Severity.Warning,
        Message = message,
        Location = new SourceLocation(path, line, column),
        TranslationUnit = unit ?? path,
        Function = function,
        Step = "compile",
    };

    public static Finding Placeless(string tool, string rule, string message, string step, string? function = null) => new()
    {
        Tool = tool,
        Rule = rule,
        Severity = Severity.Error,
        Message = message,
        Function = function,
        Step = step,
    };

    public static Coverage Everything(IEnumerable<string> files) => new()
    {
        StepsRun = AllSteps.ToHashSet(),
        StepsPassed = AllSteps.ToHashSet(),
        UnitsCompiled = files.Where(f => f.EndsWith(".c", StringComparison.Ordinal)).ToHashSet(),
    };

    public void Files(string path, string @base, string patched)
    {
        Base[path] = @base.Split('\n');
        Patched[path] = patched.Split('\n');
    }

    public TreeDiff Diff()
    {
        // Many tests ask several questions of the same two trees, and a process costs more than all else here.
        var key = Text(Base) + "\0\0" + Text(Patched);
        return Diffs.TryGetValue(key, out var known) ? known : Diffs[key] = GitDiff();

        static string Text(Dictionary<string, string[]> files) =>
            string.Join('\0', files.Select(f => f.Key + "\0" + string.Join('\n', f.Value)));
    }

    private TreeDiff GitDiff()
    {
        SharedRepository.Instance.Import(("base", Base), ("patched", Patched));
        return TreeDiff.Parse(new StringReader(SharedRepository.Instance.Diff("base", "patched")));
    }

    public IReadOnlyList<JudgedFinding> Judge() => FindingMatcher.Judge(
        new CheckedTree(BaseFindings, BaseCoverage ?? Everything(Base.Keys), p => Base.GetValueOrDefault(p)),
        new CheckedTree(PatchedFindings, PatchedCoverage ?? Everything(Patched.Keys), p => Patched.GetValueOrDefault(p)),
        Diff());

    /// <summary>"Verdict base-line>patched-line" for each result, in order.</summary>
    public string[] Verdicts() =>
        [.. Judge().Select(j => $"{j.Verdict} {j.Base?.Location?.Line.ToString() ?? "-"}>{j.Patched?.Location?.Line.ToString() ?? "-"}")];
}

/// <summary>One repository for all tests that only need two branches in it.</summary>
[SetUpFixture]
internal sealed class SharedRepository
{
    public static TemporaryRepository Instance { get; private set; } = null!;

    [OneTimeSetUp]
    public static void Create() => Instance = new TemporaryRepository();

    [OneTimeTearDown]
    public static void Delete() => Instance.Dispose();
}
