namespace OpenConfirm.Architecture.Tests;

/// <summary>The rules of docs/architecture.md. Each gives one line for each thing that breaks it.</summary>
public static class Rules
{
    /// <summary>All that a project may reach, directly and through others. A project that is not here may not exist.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> MayReach = new Dictionary<string, string[]>
    {
        ["Findings"] = [],
        ["Wire"] = [],
        ["Lab"] = ["Wire"],
        ["SharpFuzz"] = ["Wire"],
        ["Model"] = [],
        ["Machines"] = ["Model", "Findings"],
        ["Machines.Containers"] = ["Machines", "Model", "Findings"],
        ["Intake"] = ["Model", "Findings"],
        ["Report"] = ["Model", "Findings"],
        ["Store"] = ["Model", "Findings"],
        ["Farm"] = ["Machines", "Intake", "Store", "Report", "Model", "Findings"],
        ["Cli"] = ["Lab", "Wire", "Farm", "Machines", "Machines.Containers", "Intake", "Store", "Report", "Model", "Findings"],
    };

    /// <summary>Dependencies that the table does not allow, and projects that it does not know.</summary>
    public static IEnumerable<string> Dependencies(IReadOnlyCollection<ProjectFile> projects)
    {
        foreach (var project in projects.Where(p => !p.IsTest))
        {
            // What measures may reach anything: the table lets nothing reach it.
            if (project.IsBench)
                continue;
            if (!MayReach.TryGetValue(project.Name, out var allowed))
            {
                yield return $"{project.File} is not in the table of dependencies: add it to Rules.cs and to docs/architecture.md";
                continue;
            }

            foreach (var reached in Reached(project, projects).Except(allowed).Order(StringComparer.Ordinal))
                yield return $"{project.File} reaches {reached}, which the table does not allow";
        }
    }

    /// <summary>Test projects that reach more than the project they test may, that test nothing, or that lie elsewhere.</summary>
    public static IEnumerable<string> TestDependencies(IReadOnlyCollection<ProjectFile> projects)
    {
        foreach (var test in projects.Where(p => p.IsTest))
        {
            var tested = test.Name[..^".Tests".Length];
            // A project without references looks at the repository only, as this one does.
            if (test.Names.Count == 0)
                continue;
            if (!MayReach.TryGetValue(tested, out var allowed) || !projects.Any(p => p.Name == tested))
            {
                yield return $"{test.File} tests no project: there is no {tested}";
                continue;
            }

            foreach (var reached in Reached(test, projects).Except([.. allowed, tested]).Order(StringComparer.Ordinal))
                yield return $"{test.File} reaches {reached}, which {tested} itself may not";
            if (Path.GetDirectoryName(test.Folder) != Path.GetDirectoryName(projects.First(p => p.Name == tested).Folder))
                yield return $"{test.File} does not lie beside {tested}";
        }
    }

    /// <summary>Projects whose name is not that of their folder, or that another one has too.</summary>
    public static IEnumerable<string> Names(IReadOnlyCollection<ProjectFile> projects) =>
    [
        .. projects.Where(p => Path.GetFileName(p.Folder) != p.Name).Select(p => $"{p.File} does not have the name of its folder"),
        .. projects.GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => $"{g.Key} is the name of {g.Count()} projects"),
    ];

    /// <summary>Differences between the projects of the tree and those of ci.sln.</summary>
    public static IEnumerable<string> Solution(Repository repository) =>
    [
        .. repository.Projects.Select(p => p.File).Except(repository.InSolution).Select(f => $"{f} is not in ci.sln"),
        .. repository.InSolution.Except(repository.Projects.Select(p => p.File)).Select(f => $"ci.sln names {f}, which is not there"),
    ];

    /// <summary>Projects without a lock file.</summary>
    public static IEnumerable<string> LockFiles(Repository repository) =>
        repository.Projects.Where(p => !repository.Has($"{p.Folder}/packages.lock.json")).Select(p => $"{p.File} has no packages.lock.json");

    private static HashSet<string> Reached(ProjectFile start, IReadOnlyCollection<ProjectFile> projects)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(start.Names);
        while (open.TryPop(out var name))
        {
            if (!reached.Add(name))
                continue;
            foreach (var next in projects.Where(p => p.Name == name).SelectMany(p => p.Names))
                open.Push(next);
        }

        return reached;
    }
}
