using Docker.DotNet.Models;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>The container engine: missing, failing, and with leftovers in it.</summary>
[Category("Full")]
[NonParallelizable]
public sealed class EngineTests
{
    [Test]
    public async Task Leftovers_of_dead_runs_are_removed_and_others_are_not()
    {
        var pool = await TestPool.GetAsync();
        await using var machine = await TestPool.TakeAsync();
        await using var engine = await ContainerEngine.ConnectAsync(default);
        var image = (await pool.Images.FindAsync(TestPool.Image, default))!.Id;
        var dead = await MakeAsync(Owner.Current with { Started = "1" });
        var elsewhere = await MakeAsync(Owner.Current with { PidNamespace = "pid:[1]" });
        await using (await ContainerPool.StartAsync(TestPool.Data, TestPool.Recipes, TimeProvider.System, default))
        {
            var left = (await engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true })).Select(c => c.ID).ToList();
            await ContainerMachine.RemoveAsync(engine.Client, elsewhere, default);
            Assert.That(left, Does.Not.Contain(dead).And.Contain(elsewhere));
        }

        Assert.That((await machine.ShellAsync("echo alive")).Output, Is.EqualTo("alive\n"));

        async Task<string> MakeAsync(Owner owner) => (await engine.Client.Containers.CreateContainerAsync(new CreateContainerParameters
        {
            Image = image,
            Cmd = ["/bin/true"],
            Labels = new Dictionary<string, string> { [Owner.MarkLabel] = "1", [Owner.OwnerLabel] = owner.ToString() },
            HostConfig = new HostConfig { NetworkMode = "none", Ulimits = [new Ulimit { Name = "nofile", Soft = 1024, Hard = 1024 }, new Ulimit { Name = "nproc", Soft = 1024, Hard = 1024 }] },
        })).ID;
    }

    [Test]
    public async Task A_container_that_vanishes_is_ours_and_no_exit_code()
    {
        await using var machine = await TestPool.TakeAsync();
        await using var engine = await ContainerEngine.ConnectAsync(default);
        var running = machine.ShellAsync("echo begun; sleep 1000");
        await Task.Delay(2000);
        var id = (await engine.Client.Containers.ListContainersAsync(new ContainersListParameters()))
            .Where(c => Owner.Parse(c.Labels?.GetValueOrDefault(Owner.OwnerLabel)) == Owner.Current)
            .OrderByDescending(c => c.Created)
            .First().ID;
        await ContainerMachine.RemoveAsync(engine.Client, id, default);
        Assert.That(async () => await running, Throws.TypeOf<InfrastructureException>());
        Assert.That(async () => await machine.ShellAsync("true"), Throws.TypeOf<InfrastructureException>());
        Assert.That(async () => await machine.PutAsync(new MemoryStream(new byte[1024]), "/work/x", false, default), Throws.TypeOf<InfrastructureException>());
    }

    [Test]
    public async Task Half_written_snapshots_of_dead_runs_are_removed_and_others_are_not()
    {
        await TestPool.GetAsync();
        var folder = Path.Combine(TestPool.Data, "snapshots");
        string Make(Owner owner)
        {
            var path = Path.Combine(folder, $"base-x.y-0123.tar.{owner.FileName}.draft");
            File.WriteAllText(path, "");
            return path;
        }

        var (dead, alive, elsewhere) = (Make(Owner.Current with { Started = "1" }), Make(Owner.Current), Make(Owner.Current with { PidNamespace = "pid:[1]" }));
        await using (await ContainerPool.StartAsync(TestPool.Data, TestPool.Recipes, TimeProvider.System, default))
            Assert.That(new[] { dead, alive, elsewhere }.Select(File.Exists), Is.EqualTo(new[] { false, true, true }));
        File.Delete(alive);
        File.Delete(elsewhere);
    }

    [Test]
    public void An_engine_that_is_not_there_is_said_with_what_to_do()
    {
        var before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        try
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", "unix:///nonexistent/engine.sock");
            Assert.That(
                async () => await ContainerEngine.ConnectAsync(default),
                Throws.TypeOf<InfrastructureException>().With.Message.Contains("/nonexistent/engine.sock").And.Message.Contains("DOCKER_HOST"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
    }

    [Test]
    public void Without_any_engine_the_set_up_is_named()
    {
        var before = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", "/nonexistent");
            if (File.Exists("/var/run/docker.sock") || File.Exists("/run/podman/podman.sock"))
                Assert.Ignore("an engine listens on a usual socket here");
            Assert.That(
                async () => await ContainerEngine.ConnectAsync(default),
                Throws.TypeOf<InfrastructureException>().With.Message.Contains("./openconfirm setup"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [Test]
    public async Task An_image_that_is_not_built_is_named_with_the_command()
    {
        await TestPool.GetAsync();
        var recipes = Directory.CreateDirectory(Path.Combine(TestPool.Data, "recipes", "debian-99")).FullName;
        File.Copy(Path.Combine(TestPool.Recipes, TestPool.Image, ImageRecipe.FileName), Path.Combine(recipes, ImageRecipe.FileName));
        await File.WriteAllTextAsync(Path.Combine(recipes, ImageRecipe.ProvisionName), "true\n");
        await using var pool = await ContainerPool.StartAsync(TestPool.Data, Path.GetDirectoryName(recipes)!, TimeProvider.System, default);
        Assert.That(
            async () => await pool.CleanAsync("debian-99", default),
            Throws.TypeOf<UsageException>().With.Message.Contains("openconfirm image build debian-99"));
        Assert.That(async () => await pool.CleanAsync("../x", default), Throws.TypeOf<UsageException>());
        Assert.That((await pool.Images.ListAsync(default)).Select(i => (i.Recipe.Name, i.IsCurrent)), Is.EqualTo(new[] { ("debian-99", false) }));
    }

    [Test]
    public async Task An_image_tells_what_is_in_it()
    {
        var pool = await TestPool.GetAsync();
        var info = await pool.Images.ShowAsync(TestPool.Image, default);
        Assert.That(info.IsCurrent);
        Assert.That(info.Reference, Does.Match("^openconfirm/debian-12:[0-9a-f]{12}$"));
        Assert.That(info.Built!.Versions["gcc"], Does.StartWith("4:12."));
        Assert.That(info.Built.Versions.Keys, Is.SupersetOf(new[] { "clang", "make", "libyang2-dev" }));
        Assert.That(info.Built.PackageCount, Is.GreaterThan(150));
        await using var machine = await TestPool.TakeAsync();
        Assert.That((await machine.ShellAsync("grep -rl . /etc/apt/sources.list* /var/lib/apt/lists 2>/dev/null; ls /root 2>&1")).Output, Does.Not.Contain("sources"));
    }

    [Test]
    public async Task Source_packages_come_verified()
    {
        var directory = Path.Combine(TestPool.Data, "source");
        var source = await DebianSources.FetchAsync("bird2", "bookworm", directory, TestPool.Data, default);
        Assert.That(Path.GetFileName(source.Dsc), Does.Match(@"^bird2_.*\.dsc$"));
        Assert.That(new FileInfo(source.Orig).Length, Is.GreaterThan(100_000));
        Assert.That(source.Others.Select(Path.GetFileName), Has.Some.Contains(".debian.tar."));
        Assert.That(
            async () => await DebianSources.FetchAsync("no-such-package", "bookworm", directory, TestPool.Data, default),
            Throws.TypeOf<InfrastructureException>().With.Message.Contains("no-such-package"));
    }
}
