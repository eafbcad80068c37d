namespace OpenConfirm.Cli.Tests;

/// <summary>The whole way, with real compilers in real containers.</summary>
[Category("Full")]
public sealed class CheckTests
{
    private TestTree _tree = null!;

    [SetUp]
    public async Task SetUp() => _tree = await TestTree.CreateAsync();

    [TearDown]
    public void TearDown() => _tree.Dispose();

    [Test]
    public async Task Names_what_a_series_broke_and_fixed_and_which_patch_did_it()
    {
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        await _tree.ReplaceAsync("parse.c", "  int unused;\n", "");
        await _tree.CommitAsync("parse: drop a variable");
        await _tree.ReplaceAsync("main.c", "int main(int argc, char **argv)\n{\n", "int main(int argc, char **argv)\n{\n  int fresh;\n");
        await _tree.CommitAsync("main: a new warning");
        await _tree.ReplaceAsync("parse.c", "n += *text++;", "n += tolower(*text++);");
        await _tree.CommitAsync("parse: ignore case");
        var mbox = await _tree.TakeSeriesAsync(4);

        var result = await _tree.CheckAsync(mbox);
        var mail = result.StandardOutput;
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardError);

        // gcc 14 refuses an implicit declaration, gcc 12 warns of it.
        var verdict = mail.Split('\n')[0];
        Assert.That(verdict, Does.Contain("breaks the build").And.Contain("debian-13").And.Not.Contain("debian-12"), mail);
        var blocks = mail.ReplaceLineEndings("\n").Split("\n\n");
        Assert.That(blocks, Has.Some.Contain("tolower").And.Contain("debian-13 only").And.Contain("4/4"), mail);
        Assert.That(blocks, Has.Some.Contain("fresh").And.Contain("3/4"), mail);
        Assert.That(mail, Does.Contain("unused").And.Contain("2/4"), mail);
        Assert.That(File.ReadAllText(Path.Combine(_tree.Root, "out", "index.html")), Does.Contain("tolower"));

        // Again, with the base known: the same words.
        var again = await _tree.CheckAsync(mbox);
        Assert.That(again.StandardError, Does.Contain("known from an earlier run"));
        Assert.That(again.StandardOutput.Split('\n')[0], Is.EqualTo(verdict));
    }

    [Test]
    public async Task A_finding_keeps_its_id_and_is_not_new_once_it_is_suppressed()
    {
        await _tree.ReplaceAsync("main.c", "int main(int argc, char **argv)\n{\n", "int main(int argc, char **argv)\n{\n  int fresh;\n");
        await _tree.CommitAsync("main: a new warning");
        var mbox = await _tree.TakeSeriesAsync(1);
        var first = await _tree.CheckAsync(mbox);
        Assert.That(first.ExitCode, Is.EqualTo(1), first.StandardError);
        var ids = Ids();
        Assert.That(ids, Has.Exactly(2).Items.And.All.StartsWith("F-"), "the base's unused variable and this one");
        var id = ids.Single(i => first.StandardOutput.Contains(i!, StringComparison.Ordinal))!;

        var suppressed = await RunningProgram.RunAsync(_tree.Data, ["findings", "suppress", id, "--reason", "kept for later", "--author", "Dana"]);
        Assert.That(suppressed.ExitCode, Is.Zero, suppressed.StandardError);
        var second = await _tree.CheckAsync(mbox);
        Assert.That(second.ExitCode, Is.Zero, second.StandardOutput + second.StandardError);
        Assert.That(Ids(), Is.EqualTo(ids));
        Assert.That(second.StandardOutput, Does.StartWith("Thank you").And.Contain("known and"));

        // The store is a convenience: without it there are no ids, and what is suppressed stays so.
        await File.WriteAllTextAsync(Path.Combine(_tree.Data, "store.db"), "no database");
        File.Delete(Path.Combine(_tree.Data, "store.db-wal"));
        var third = await _tree.CheckAsync(mbox);
        Assert.That(third.ExitCode, Is.Zero, third.StandardOutput + third.StandardError);
        Assert.That(third.StandardError, Does.Contain("get no ids"));
        Assert.That(Ids(), Is.All.Null);

        string?[] Ids()
        {
            using var result = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(_tree.Root, "out", "result.json")));
            return [.. result.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString())];
        }
    }

    [Test]
    public async Task Thanks_for_a_good_series()
    {
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(1));
        Assert.That(result.ExitCode, Is.EqualTo(0), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput, Does.StartWith("Thank you"));
    }

    [Test]
    public async Task Names_a_test_that_a_patch_breaks()
    {
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        await _tree.ReplaceAsync("parse.c", "return n == 0;", "return n == 1;");
        await _tree.CommitAsync("parse: wrong end");
        await _tree.ReplaceAsync("main.c", "1.1", "1.2");
        await _tree.CommitAsync("main: newer version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(3), "--targets", "debian-12");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardError);
        Assert.That(result.StandardOutput, Does.Contain("refuses").And.Contain("2/3"));
    }

    [Test]
    public async Task Nobody_is_blamed_for_a_base_that_is_broken_on_one_target()
    {
        await _tree.ReplaceAsync("parse.c", "n += *text++;", "n += tolower(*text++);");
        await _tree.CommitAsync("parse: the base needs an old compiler");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(1));
        Assert.That(result.ExitCode, Is.EqualTo(0), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput.Split('\n')[0], Does.Not.Contain("breaks"));
        Assert.That(result.StandardOutput, Does.Contain("debian-13").And.Contain("base"));
    }

    [Test]
    public async Task A_build_that_never_ends_is_the_series_own_failure()
    {
        await File.WriteAllTextAsync(_tree.ProjectFile, TestTree.Project.Replace("timeout: 1m", "timeout: 10s", StringComparison.Ordinal));
        await _tree.ReplaceAsync("Makefile", "all: daemon\n", "all: daemon\n\tsleep 600\n");
        await _tree.CommitAsync("make: take your time");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(1), "--targets", "debian-12");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput, Does.Contain("time"));
    }
}
