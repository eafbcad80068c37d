using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers.Tests;

public sealed class RecipeTests
{
    private const string Good = """
        description: d
        distribution: debian
        suite: bookworm
        architecture: amd64
        packages: [gcc, libc6-dev]

        """;

    [Test]
    public void A_whole_recipe_is_read()
    {
        var recipe = ImageRecipe.Parse(Good + "exclude: [/usr/share/doc/*]\n", "image.yaml");
        Assert.That(recipe.Packages, Is.EqualTo(new[] { "gcc", "libc6-dev" }));
        Assert.That((recipe.Suite, recipe.Exclude), Is.EqualTo(("bookworm", new[] { "/usr/share/doc/*" })));
    }

    [Test]
    public void Every_recipe_of_the_repository_is_read()
    {
        Assert.That(ImageRecipe.Names(TestPool.Recipes), Is.SupersetOf(new[] { "debian-12", "debian-13" }));
        foreach (var name in ImageRecipe.Names(TestPool.Recipes))
            Assert.That(ImageRecipe.Read(TestPool.Recipes, name).Hash, Has.Length.EqualTo(64));
    }

    [TestCase("colour: red\n", "image.yaml:6:1: ", "colour")]
    [TestCase("suite: trixie\n", "image.yaml:6:1: ", "suite")]
    [TestCase("exclude: {a: b}\n", "image.yaml:6:", "")]
    [TestCase("exclude: [\"/x' --hook\"]\n", "image.yaml: exclude:", "--hook")]
    [TestCase("exclude: [/a\n", "image.yaml:7:", "")]
    public void Mistakes_are_placed(string more, string place, string what)
    {
        Assert.That(
            () => ImageRecipe.Parse(Good + more, "image.yaml"),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(place).And.Message.Contains(what));
    }

    [TestCase("suite: bookworm", "suite: ../x")]
    [TestCase("gcc", "'--hook=rm'")]
    [TestCase("gcc", "'gcc,x'")]
    [TestCase("distribution: debian", "distribution: plan9")]
    [TestCase("architecture: amd64\n", "")]
    public void Wrong_values_and_missing_keys_are_refused(string good, string bad) =>
        Assert.That(() => ImageRecipe.Parse(Good.Replace(good, bad), "image.yaml"), Throws.TypeOf<UsageException>());

    [TestCase("none")]
    [TestCase("../debian-12")]
    public void An_unknown_name_lists_the_known(string name) =>
        Assert.That(() => ImageRecipe.Read(TestPool.Recipes, name), Throws.TypeOf<UsageException>().With.Message.Contains("debian-12, debian-13"));
}
