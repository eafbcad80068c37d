namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>What other programs print, and our labels.</summary>
public sealed class TextTests
{
    [Test]
    public void The_mirror_is_the_machines_own()
    {
        var mirror = DebianMirror.Parse("""
            Packages http://third.example/debian/ nodistro main
            Packages http://a.example/debian/ bookworm-backports main
            Packages http://a.example/debian/ bookworm contrib
            DEP-11 http://wrong.example/debian/ bookworm main
            Packages http://b.example/debian/ bookworm-updates main
            Packages http://c.example/debian/ bookworm main
            Packages http://d.example/debian-security/ bookworm-security main

            """);
        Assert.That(mirror, Is.EqualTo(new DebianMirror(new Uri("http://c.example/debian/"), new Uri("http://d.example/debian-security/"))));
        Assert.That(mirror!.Sources("trixie", "deb-src"), Is.EqualTo($"""
            deb-src [signed-by={DebianMirror.Keyring}] http://c.example/debian/ trixie main
            deb-src [signed-by={DebianMirror.Keyring}] http://c.example/debian/ trixie-updates main
            deb-src [signed-by={DebianMirror.Keyring}] http://d.example/debian-security/ trixie-security main

            """));
    }

    [Test]
    public void Without_a_security_archive_the_one_beside_is_taken() =>
        Assert.That(
            DebianMirror.Parse("Packages http://a.example/debian/ trixie main\n")!.Security,
            Is.EqualTo(new Uri("http://a.example/debian-security/")));

    [TestCase("")]
    [TestCase("Packages http://archive.example/ubuntu/ noble main\nPackages http://archive.example/ubuntu/ noble-security main\n")]
    public void Another_distribution_has_no_mirror(string targets) => Assert.That(DebianMirror.Parse(targets), Is.Null);

    [Test]
    public void Sources_of_binaries_become_sources_of_sources() =>
        Assert.That(
            DebianSources.OfSources("# c\ndeb [signed-by=/k] http://a.example/d x main\ndeb [arch=amd64] http://b.example/d x main\ndeb http://c.example/d x main\n"),
            Is.EqualTo($"""
                deb-src [signed-by=/k] http://a.example/d x main
                deb-src [signed-by={DebianMirror.Keyring}]  http://b.example/d x main
                deb-src [signed-by={DebianMirror.Keyring}] http://c.example/d x main

                """));

    [Test]
    public void An_owner_is_dead_when_its_process_is_another_or_gone()
    {
        var self = Owner.Current;
        Assert.That(Owner.Parse(self.ToString()), Is.EqualTo(self));
        Assert.That(self.IsDead, Is.False);
        Assert.That((self with { Started = "1" }).IsDead);
        Assert.That((self with { Pid = int.MaxValue }).IsDead);
        Assert.That((self with { Boot = "other", PidNamespace = "other" }).IsDead);
        Assert.That((self with { Pid = int.MaxValue, PidNamespace = "other" }).IsDead, Is.False, "cannot be judged from here");
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("a b c d")]
    [TestCase("a b -1 d")]
    [TestCase("a b 1 d e")]
    public void What_is_no_owner_is_none(string? text) => Assert.That(Owner.Parse(text), Is.Null);

    [Test]
    public void Image_labels_come_back()
    {
        var recipe = ImageRecipe.Read(TestPool.Recipes, "debian-12");
        var packages = PackageList.Parse("gcc 4:12.2.0-3\nlibc6:amd64 2.36-9\nzlib1g:amd64 1:1.2\nbroken line here\n");
        var labels = ImageLabels.Of(recipe, packages, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var image = ImageLabels.Read("id", 7, labels.ToDictionary());
        Assert.That(image!.Tag, Is.EqualTo(packages.Tag(recipe.Hash)).And.Length.EqualTo(12));
        Assert.That(image.RecipeHash, Is.EqualTo(recipe.Hash));
        Assert.That(image.Versions, Is.EquivalentTo(new Dictionary<string, string> { ["gcc"] = "4:12.2.0-3", ["libc6"] = "2.36-9" }));
        Assert.That((image.PackageCount, image.BuiltUtc.Year), Is.EqualTo((3, 2026)));
        Assert.That(ImageLabels.Read("id", 7, new Dictionary<string, string> { [ImageLabels.Image] = "x" }), Is.Null);
    }

    [Test]
    public void The_tag_depends_on_recipe_and_versions_and_not_on_order()
    {
        var one = PackageList.Parse("a 1\nb 2\n").Tag("r");
        Assert.That(PackageList.Parse("b 2\na 1\n").Tag("r"), Is.EqualTo(one));
        Assert.That(PackageList.Parse("a 1\nb 3\n").Tag("r"), Is.Not.EqualTo(one));
        Assert.That(PackageList.Parse("a 1\nb 2\n").Tag("s"), Is.Not.EqualTo(one));
    }

    [Test]
    public void Hard_limits_are_read_from_the_kernels_table()
    {
        const string table = """
            Limit                     Soft Limit           Hard Limit           Units     
            Max processes             96365                96366                processes 
            Max open files            1024                 20000                files     
            """;
        Assert.That(HostLimits.Parse(table), Is.EqualTo(new HostLimits(20000, 96366)));
        Assert.That(HostLimits.Parse("Max processes  unlimited unlimited processes"), Is.EqualTo(new HostLimits(long.MaxValue, long.MaxValue)));
    }

    [TestCase("memory 1073741824\nswap1 1073741824\nprocesses 64\ncpu1 150000\n", "")]
    [TestCase("memory 1073741824\nswap2 0\nprocesses 64\ncpu2 150000 100000\n", "")]
    [TestCase("memory max\nprocesses max\ncpu2 max 100000\n", "memory processes cpu")]
    [TestCase("memory 9223372036854771712\nprocesses 64\ncpu1 -1\n", "memory cpu")]
    [TestCase("", "memory processes cpu")]
    public void Limits_that_are_not_held_are_named(string answer, string missing)
    {
        var asked = new MachineLimits { MemoryBytes = 1 << 30, Processes = 64, Cpus = 1.5 };
        Assert.That(ControlGroup.Unenforced(answer, asked).Except(["swap"]), Is.EqualTo(missing.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [TestCase("oom_kill 2\nrefused 3\nfree 100 4096 50 /work\n", 2, 3, false)]
    [TestCase("free 0 4096 50 /work\n", 0, 0, true)]
    [TestCase("free 100 4096 0 /tmp\n", 0, 0, true)]
    [TestCase("nonsense\nfree x y z /work\n", 0, 0, false)]
    public void Counters_are_read(string answer, long kills, long forks, bool isFull)
    {
        Assert.That(ControlGroup.Counters(answer), Is.EqualTo(new ControlGroupCounters(kills, forks)));
        Assert.That(ControlGroup.IsDiskFull(answer), Is.EqualTo(isFull));
    }
}
