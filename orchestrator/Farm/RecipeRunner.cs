using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using System.Text.RegularExpressions;
using OpenConfirm.Findings;
using OpenConfirm.Findings.Logs;
using OpenConfirm.Machines;
using OpenConfirm.Model;

namespace OpenConfirm.Farm;

/// <summary>
/// Runs the steps of a project's recipe on one tree in one machine and reads what they say. The same for base, patched and
/// every prefix of a series: what is compared was made alike.
/// </summary>
/// <param name="target">Name of the target, for events.</param>
/// <param name="side">The tree, for events.</param>
/// <param name="logDirectory">Folder on the host for the logs, one a step.</param>
/// <param name="events">Where progress goes.</param>
/// <param name="time">Clock.</param>
internal sealed class RecipeRunner(
    string target, TreeSide side, string logDirectory, IProgress<RunEvent> events, TimeProvider time)
{
    /// <summary>Root of the tree inside of the machine.</summary>
    public const string TreeDirectory = "/work/tree";

    /// <summary>The step that makes only what changed; all others do all their work whenever they are made again.</summary>
    public const string Compile = "compile";

    /// <summary>A failure of one of these leaves nothing to go on with.</summary>
    private static readonly string[] Foundations = ["bootstrap", "configure", Compile];

    /// <summary>The list of units that is read: some hundred thousand of them.</summary>
    private const long UnitsBytes = 8 << 20;

    private const int TailLines = 12;

    private static readonly TimeSpan ExpectTimeout = TimeSpan.FromSeconds(5);

    private readonly List<StepResult> _steps = [];
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _testsRun = [];

    /// <summary>What the logs take on the disk.</summary>
    public long LogBytes => _steps.Sum(s => new FileInfo(Path.Combine(logDirectory, s.Log)).Length);

    /// <summary>Runs the steps.</summary>
    /// <param name="machine">A machine that holds the tree.</param>
    /// <param name="steps">The steps to run.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<TreeResult> RunAsync(IMachine machine, IEnumerable<RecipeStep> steps, CancellationToken cancel)
    {
        Directory.CreateDirectory(logDirectory);
        try
        {
            await machine.PutAsync(CompilerWrapper.Archive(), CompilerWrapper.Directory, touch: false, cancel);
        }
        catch (MachineLimitException e)
        {
            return await DoesNotFitAsync(steps.First(), e, cancel);
        }

        Outcome outcome = new Outcome.Completed();
        foreach (var step in steps)
        {
            if (_steps.Exists(s => !s.Passed && (Foundations.Contains(s.Name) || step.Name == "version")))
                break;
            var result = await RunStepAsync(machine, step, cancel);
            _steps.Add(result);
            if (result.Limit != LimitKind.None)
                outcome = new Outcome.CodeLimit(step.Name, Words(step, result.Limit));
            if (!machine.IsAlive)
                break;
        }

        var units = machine.IsAlive ? await UnitsAsync(machine, cancel) : new UnitLog(new HashSet<string>(), new HashSet<string>());
        return new TreeResult
        {
            Outcome = outcome,
            Steps = _steps,
            Findings = _findings,
            Coverage = new Coverage
            {
                StepsRun = _steps.Select(s => s.Name).ToHashSet(),
                StepsPassed = _steps.Where(s => s.Passed).Select(s => s.Name).ToHashSet(),
                UnitsCompiled = units.Compiled,
                UnitsFailed = units.Failed,
                TestsRun = _testsRun,
            },
        };
    }

    /// <summary>Whether a step makes what all later ones work on.</summary>
    public static bool IsFoundation(RecipeStep step) => Foundations.Contains(step.Name);

    /// <summary>Whether the tree is there to build on, whatever became of the steps behind.</summary>
    public static bool IsMade(TreeResult result) =>
        result.Outcome is Outcome.Completed && result.Steps.Where(s => Foundations.Contains(s.Name)).Select(s => s.Passed).DefaultIfEmpty().All(passed => passed);

    /// <summary>What becomes of a tree that its machine has no room for: the first step never begins.</summary>
    public async Task<TreeResult> DoesNotFitAsync(RecipeStep first, MachineLimitException failure, CancellationToken cancel)
    {
        Directory.CreateDirectory(logDirectory);
        var log = Path.Combine(logDirectory, first.Name + ".log");
        await File.WriteAllTextAsync(log, failure.Message + "\n", cancel);
        var result = new CommandResult(-1, failure.Limit, TimeSpan.Zero);
        events.Report(new RunEvent(target, side, first.Name, StepState.Failed));
        return new TreeResult
        {
            Outcome = new Outcome.CodeLimit(first.Name, Words(first, failure.Limit)),
            Steps = [new StepResult { Name = first.Name, Stage = first.Stage, Passed = false, Limit = failure.Limit, Seconds = 0, Log = Path.GetFileName(log) }],
            Findings = [Failure(first, result, log)],
            Coverage = new Coverage { StepsRun = new HashSet<string> { first.Name } },
        };
    }

    /// <summary>The steps that a built tree needs again after these paths changed.</summary>
    /// <param name="steps">The recipe, or its beginning.</param>
    /// <param name="changedPaths">What changed since the tree was built.</param>
    /// <param name="owed">Steps that have not come to a good end since then.</param>
    public static IEnumerable<RecipeStep> Again(
        IEnumerable<RecipeStep> steps, IReadOnlyCollection<string> changedPaths, IReadOnlySet<string> owed) =>
        steps.Where(s => s.Inputs.Count == 0
            || owed.Contains(s.Name)
            || s.Inputs.Any(glob => changedPaths.Any(path => FileSystemName.MatchesSimpleExpression(glob, path, ignoreCase: false))));

    private async Task<StepResult> RunStepAsync(IMachine machine, RecipeStep step, CancellationToken cancel)
    {
        var log = Path.Combine(logDirectory, step.Name + ".log");
        events.Report(new RunEvent(target, side, step.Name, StepState.Started));
        var started = time.GetTimestamp();
        CommandResult result;
        await using (var output = new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            result = await machine.RunAsync(Command(step), output, cancel);
        }

        var elapsed = time.GetElapsedTime(started);
        var found = Read(step, log);
        var answered = step.Expect is null || await AnswersAsync(step.Expect, log, cancel);
        var passed = result.Succeeded && answered;
        if (result.Limit != LimitKind.None || (!passed && !found.Exists(f => f.Severity == Severity.Error)))
            found.Add(Failure(step, result, log));
        _findings.AddRange(found);
        events.Report(new RunEvent(target, side, step.Name, passed ? StepState.Passed : StepState.Failed, elapsed));
        return new StepResult
        {
            Name = step.Name,
            Stage = step.Stage,
            Passed = passed,
            Limit = result.Limit,
            Seconds = elapsed.TotalSeconds,
            Log = Path.GetFileName(log),
        };
    }

    private static MachineCommand Command(RecipeStep step) => new()
    {
        Arguments = ["/bin/sh", "-c", step.Run],
        Directory = TreeDirectory,
        Timeout = step.Timeout,
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = CompilerWrapper.Directory + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["OPENCONFIRM_UNITS"] = CompilerWrapper.UnitsFile,
            ["JOBS"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["TREE"] = TreeDirectory,
            ["STAGING"] = "/work/staging",
            ["HOME"] = "/work",
            ["LC_ALL"] = "C",
        },
    };

    private List<Finding> Read(RecipeStep step, string log)
    {
        var context = new LogContext { TreeRoot = TreeDirectory, Step = step.Name };
        using var text = new StreamReader(log, Encoding.UTF8);
        if (step.Stage != StageKind.Unit)
            return [.. BuildLog.Read(text, context)];

        var run = TestLog.Read(text, context);
        _testsRun.UnionWith(run.TestsRun);
        return [.. run.Findings];
    }

    private static async Task<bool> AnswersAsync(string pattern, string log, CancellationToken cancel)
    {
        var head = new char[64 << 10];
        using var reader = new StreamReader(log, Encoding.UTF8);
        var count = await reader.ReadBlockAsync(head, cancel);
        return new Regex(pattern, RegexOptions.NonBacktracking, ExpectTimeout).IsMatch(new string(head, 0, count));
    }

    private static Finding Failure(RecipeStep step, CommandResult result, string log)
    {
        var (rule, message) = result switch
        {
            { Limit: not LimitKind.None } => ($"limit-{result.Limit.ToString().ToLowerInvariant()}", $"{step.Name} ran into the limit on {Words(step, result.Limit)}"),
            _ when step.Name == "version" => ("daemon-does-not-answer", "the installed daemon does not answer --version as it should"),
            _ => ("step-failed", $"{step.Name} ended with exit code {result.ExitCode}"),
        };
        using var text = new StreamReader(log, Encoding.UTF8);
        var (lines, first) = LogWindows.Tail(text, TailLines);
        return new Finding
        {
            Tool = "openconfirm",
            Rule = rule,
            Severity = Severity.Error,
            Message = message,
            Step = step.Name,
            Excerpt = lines,
            LogLine = first,
        };
    }

    private static async Task<UnitLog> UnitsAsync(IMachine machine, CancellationToken cancel)
    {
        using var list = new MemoryStream();
        await machine.RunAsync(
            new MachineCommand
            {
                // The code can have put a pipe or a device in its place, which would never end.
                Arguments = ["/bin/sh", "-c", $"[ -f {CompilerWrapper.UnitsFile} ] && cat {CompilerWrapper.UnitsFile}; rm -rf {CompilerWrapper.UnitsFile}"],
                Timeout = TimeSpan.FromSeconds(30),
                OutputBytes = UnitsBytes,
            },
            list,
            cancel);
        list.Position = 0;
        using var reader = new StreamReader(list, Encoding.UTF8);
        return UnitLog.Read(reader, TreeDirectory);
    }

    private static string Words(RecipeStep step, LimitKind limit) => limit switch
    {
        LimitKind.Time => string.Create(CultureInfo.InvariantCulture, $"time ({step.Timeout.TotalMinutes:0.#} minutes)"),
        LimitKind.Memory => "memory",
        LimitKind.Output => "output",
        _ => limit.ToString().ToLowerInvariant(),
    };
}
