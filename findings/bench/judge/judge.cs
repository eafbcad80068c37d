#:project ../../Findings/Findings.csproj
#:property RestorePackagesWithLockFile=false
#:property RunAnalyzers=false
// What ../identity.sh asks:
//   judge REPO BASE PATCHED BASE-LOG PATCHED-LOG   verdicts of two commits' build logs (tree at /work/tree when they ran)
//   pick REPO COMMIT LOG                           "FILE LINE FAR": one of several equal findings (an assignment as condition),
//                                                  and a line 900 or more away after which a function can stand
using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenConfirm.Findings;
using OpenConfirm.Findings.Logs;

return args switch
{
    ["judge", var repo, var a, var b, var logA, var logB] => Judge(repo, a, b, logA, logB),
    ["pick", var repo, var commit, var log] => Pick(repo, commit, log),
    _ => 2,
};

int Judge(string repo, string a, string b, string logA, string logB)
{
    var diff = TreeDiff.Parse(new StringReader(Git(repo, [.. TreeDiff.GitArguments, a, b])));
    var judged = FindingMatcher.Judge(Tree(repo, a, logA), Tree(repo, b, logB), diff);
    Console.WriteLine(string.Join(", ", Enum.GetValues<Verdict>().Select(v => (v, Count: judged.Count(j => j.Verdict == v))).Where(x => x.Count > 0 || x.v is Verdict.New or Verdict.Fixed).Select(x => $"{x.Count} {x.v}")));
    foreach (var j in judged.Where(j => j.Verdict != Verdict.PreExisting).Take(20))
        Console.WriteLine($"  {j.Verdict}: {j.Finding.Location}: {j.Finding.Message} [{j.Finding.Rule}]");
    return 0;
}

int Pick(string repo, string commit, string log)
{
    var tree = Tree(repo, commit, log);
    var condition = new Regex(@"^\s*(if|while) \(.*[^=!<>]=[^=].*\)$");
    foreach (var group in tree.Findings.Where(f => f.Message.StartsWith("suggest parentheses around assignment", StringComparison.Ordinal) && f.Location!.Path.EndsWith(".c", StringComparison.Ordinal))
        .GroupBy(f => f.Location!.Path).Where(g => g.Count() >= 3).OrderByDescending(g => g.Count()))
    {
        if (tree.Lines(group.Key) is not { Count: > 1000 } lines)
            continue;
        foreach (var line in group.Select(f => f.Location!.Line).Where(l => condition.IsMatch(lines[l - 1])))
        {
            var far = Enumerable.Range(1, lines.Count).LastOrDefault(i => Math.Abs(i - line) >= 900 && lines[i - 1] == "}");
            if (far == 0)
                continue;
            Console.WriteLine($"{group.Key} {line} {far}");
            Console.Error.WriteLine($"picked one of {group.Count()} equal findings in {group.Key}: line {line}; another one will come after line {far}");
            return 0;
        }
    }

    Console.Error.WriteLine("no file of 1,000 lines has three equal findings");
    return 1;
}

CheckedTree Tree(string repo, string commit, string log)
{
    var files = Git(repo, "ls-tree", "-r", "--name-only", commit).Split('\n').ToHashSet();
    using var reader = new StreamReader(log);
    var findings = BuildLog.Read(reader, new LogContext { TreeRoot = "/work/tree", Step = "compile" });
    var coverage = new Coverage
    {
        StepsRun = new HashSet<string> { "compile" },
        StepsPassed = new HashSet<string> { "compile" },
        UnitsCompiled = files.Where(f => f.EndsWith(".c", StringComparison.Ordinal)).ToHashSet(),
    };
    return new CheckedTree(findings, coverage, path => files.Contains(path) ? Git(repo, "show", $"{commit}:{path}").Split('\n') : null);
}

static string Git(string repo, params string[] arguments)
{
    using var git = Process.Start(new ProcessStartInfo("git", ["-C", repo, .. arguments]) { RedirectStandardOutput = true })!;
    var output = git.StandardOutput.ReadToEnd();
    git.WaitForExit();
    return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} exited with {git.ExitCode}");
}
