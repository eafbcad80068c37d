#:project ../Findings/Findings.csproj
#:property RestorePackagesWithLockFile=false
#:property RunAnalyzers=false
// What identity.sh asks:
//   judge REPO BASE PATCHED BASE-LOG PATCHED-LOG   verdicts of two commits' build logs (tree at /work/tree when they ran)
//   pick REPO COMMIT LOG                           "FILE LINE COLUMN NAME FAR": one of several identical findings (an unused
//                                                  parameter), and a line 900 or more away after which a function can stand
using System.Diagnostics;
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
    foreach (var group in tree.Findings.Where(f => f is { Rule: "-Wunused-parameter", Location.Column: > 0 })
        .GroupBy(f => (f.Location!.Path, f.Message)).Where(g => g.Count() >= 3).OrderByDescending(g => g.Count()))
    {
        if (tree.Lines(group.Key.Path) is not { Count: > 1000 } lines)
            continue;
        foreach (var f in group)
        {
            var name = f.Message.Split('\'', '‘', '’')[1];
            var (line, column) = (f.Location!.Line, f.Location.Column);
            var at = lines[line - 1].IndexOf(name, Math.Max(0, column - 1), StringComparison.Ordinal);
            var far = Enumerable.Range(1, lines.Count).LastOrDefault(i => Math.Abs(i - line) >= 900 && lines[i - 1] == "}");
            if (at < 0 || far == 0 || !(at + name.Length < lines[line - 1].Length && lines[line - 1][at + name.Length] is ',' or ')'))
                continue;
            Console.WriteLine($"{group.Key.Path} {line} {at + name.Length} {name} {far}");
            Console.Error.WriteLine($"picked one of {group.Count()} findings \"{f.Message}\" in {group.Key.Path}: line {line}; an equal one will come after line {far}");
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
