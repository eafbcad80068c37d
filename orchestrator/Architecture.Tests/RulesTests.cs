namespace OpenConfirm.Architecture.Tests;

/// <summary>Holds the rules over this tree, and shows that each of them can find what breaks it.</summary>
public class RulesTests
{
    private static readonly ProjectFile Model = new("orchestrator/Model/Model.csproj", []);
    private static readonly ProjectFile Findings = new("findings/Findings/Findings.csproj", []);

    [Test]
    public void Tree_has_projects_to_look_at() =>
        Assert.That(Repository.Own.Projects.Select(p => p.Name), Is.SupersetOf(Rules.MayReach.Keys).And.Contains("Architecture.Tests"));

    [Test]
    public void Tree_follows_the_dependency_rule() => Assert.That(Rules.Dependencies(Repository.Own.Projects), Is.Empty);

    [Test]
    public void Tree_keeps_tests_beside_what_they_test() => Assert.That(Rules.TestDependencies(Repository.Own.Projects), Is.Empty);

    [Test]
    public void Tree_names_projects_after_their_folders() => Assert.That(Rules.Names(Repository.Own.Projects), Is.Empty);

    [Test]
    public void Tree_and_solution_hold_the_same_projects() => Assert.That(Rules.Solution(Repository.Own), Is.Empty);

    [Test]
    public void Tree_locks_its_packages() => Assert.That(Rules.LockFiles(Repository.Own), Is.Empty);

    [Test]
    public void Direct_dependency_is_found() =>
        Assert.That(Rules.Dependencies([Model, Findings with { Names = ["Model"] }]),
            Is.EqualTo(new[] { "findings/Findings/Findings.csproj reaches Model, which the table does not allow" }));

    [Test]
    public void Dependency_through_another_project_is_found()
    {
        var report = new ProjectFile("orchestrator/Report/Report.csproj", ["Model"]);
        var machines = new ProjectFile("orchestrator/Machines/Machines.csproj", []);
        Assert.That(Rules.Dependencies([Model with { Names = ["Machines"] }, machines, report]), Is.EqualTo(new[]
        {
            "orchestrator/Model/Model.csproj reaches Machines, which the table does not allow",
            "orchestrator/Report/Report.csproj reaches Machines, which the table does not allow",
        }));
    }

    [Test]
    public void Bench_may_reach_and_not_be_reached()
    {
        var bench = new ProjectFile("orchestrator/bench/ModelBench/ModelBench.csproj", ["Findings"]);
        Assert.That(Rules.Dependencies([Model with { Names = ["ModelBench"] }, Findings, bench]), Is.EqualTo(new[]
        {
            "orchestrator/Model/Model.csproj reaches Findings, which the table does not allow",
            "orchestrator/Model/Model.csproj reaches ModelBench, which the table does not allow",
        }));
    }

    [Test]
    public void Unknown_project_is_found() =>
        Assert.That(Rules.Dependencies([new ProjectFile("lab/Gadget/Gadget.csproj", [])]).Single(), Does.StartWith("lab/Gadget/Gadget.csproj is not in the table"));

    [Test]
    public void Test_project_that_reaches_too_far_is_found() =>
        Assert.That(Rules.TestDependencies([Model, Findings, new ProjectFile("orchestrator/Model.Tests/Model.Tests.csproj", ["Model", "Findings"])]),
            Is.EqualTo(new[] { "orchestrator/Model.Tests/Model.Tests.csproj reaches Findings, which Model itself may not" }));

    [Test]
    public void Test_project_in_another_folder_is_found() =>
        Assert.That(Rules.TestDependencies([Model, new ProjectFile("findings/Model.Tests/Model.Tests.csproj", ["Model"])]),
            Is.EqualTo(new[] { "findings/Model.Tests/Model.Tests.csproj does not lie beside Model" }));

    [Test]
    public void Test_project_of_nothing_is_found() =>
        Assert.That(Rules.TestDependencies([Model, new ProjectFile("orchestrator/Gadget.Tests/Gadget.Tests.csproj", ["Model"])]),
            Is.EqualTo(new[] { "orchestrator/Gadget.Tests/Gadget.Tests.csproj tests no project: there is no Gadget" }));

    [Test]
    public void Wrong_and_double_names_are_found() =>
        Assert.That(Rules.Names([Model, new ProjectFile("lab/Modell/Model.csproj", [])]),
            Is.EqualTo(new[] { "lab/Modell/Model.csproj does not have the name of its folder", "Model is the name of 2 projects" }));

    [Test]
    public void Projects_outside_of_the_solution_or_without_a_lock_are_found()
    {
        using var folder = new TemporaryFolder();
        folder.Write("lab/Lab/Lab.csproj", "<Project/>");
        folder.Write("wire/Wire/Wire.csproj", """<Project><ItemGroup><ProjectReference Include="..\..\lab\Lab\Lab.csproj" /></ItemGroup></Project>""");
        folder.Write("wire/Wire/packages.lock.json", "{}");
        folder.Write("wire/Wire/obj/Left.csproj", "<Project/>");
        folder.Write("ci.sln", """Project("{9A19103F}") = "Wire", "wire\Wire\Wire.csproj", "{1}" Project("{9A19103F}") = "Gone", "gone\Gone.csproj", "{2}" """);
        var repository = new Repository(folder.Root);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(repository.Projects.Single(p => p.Name == "Wire").Names, Is.EqualTo(new[] { "Lab" }));
            Assert.That(Rules.Solution(repository), Is.EqualTo(new[] { "lab/Lab/Lab.csproj is not in ci.sln", "ci.sln names gone/Gone.csproj, which is not there" }));
            Assert.That(Rules.LockFiles(repository), Is.EqualTo(new[] { "lab/Lab/Lab.csproj has no packages.lock.json" }));
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Root { get; } = Directory.CreateTempSubdirectory("openconfirm-architecture-").FullName;

        public void Write(string file, string text)
        {
            var path = Path.Combine(Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
