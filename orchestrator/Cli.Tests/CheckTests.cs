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
        var page = File.ReadAllText(Path.Combine(_tree.Root, "out", "index.html"));
        Assert.That(page, Does.Match("(?s)class=\"line old\"><i>[^<]*</i>[^<]*n \\+= \\*text.*class=\"line fresh marked\"><i>[^<]*</i>[^<]*tolower"));
        Assert.That(page, Does.Contain("The log around line"));

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
        Assert.That(second.StandardOutput, Does.StartWith("Thank you").And.Contain("suppressed"));

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
    public async Task Gives_an_early_verdict_on_a_base_that_is_known()
    {
        await _tree.ReplaceAsync("parse.c", "  int unused;\n", "  int fresh;\n");
        await _tree.CommitAsync("parse: one for another");
        var mbox = await _tree.TakeSeriesAsync(1);
        var first = await _tree.CheckAsync(mbox, "--targets", "debian-12");
        Assert.That(first.StandardError, Does.Not.Contain("Early verdict"));

        var second = await _tree.CheckAsync(mbox, "--targets", "debian-12");
        Assert.That(second.StandardError, Does.Match(@"After [0-9.]+ s: Early verdict: .*brings 1 new warning"), second.StandardError);
        Assert.That(second.StandardError, Does.Match("early +compile +ok"));
        Assert.That(second.StandardOutput, Does.Contain("Fixed, thank you").And.Contain("'unused'"));
        var log = await File.ReadAllTextAsync(Path.Combine(_tree.Root, "out", "logs", "debian-12", "early", "compile.log"));
        Assert.That(log, Does.Contain("parse.c").And.Not.Contain("-o main.o"), "only what changed is compiled again");
    }

    [Test]
    public async Task Names_a_patch_that_does_not_build_alone()
    {
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        await _tree.ReplaceAsync("parse.h", "int parse(", "int parse_text(");
        await _tree.ReplaceAsync("parse.c", "int parse(", "int parse_text(");
        await _tree.CommitAsync("parse: a better name");
        await _tree.ReplaceAsync("main.c", "? parse(", "? parse_text(");
        await _tree.CommitAsync("main: use it");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(3), "--targets", "debian-12");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput.ReplaceLineEndings(" "), Does.Match(@"patch 2/3 does\s+not\s+build\s+alone").And.Match(@"patch 3/3\s+repairs"), result.StandardOutput);
        Assert.That(result.StandardOutput, Does.Contain("undefined reference to `parse'"));
        Assert.That(result.StandardOutput, Does.Not.Contain("breaks"));
    }

    [Test]
    public async Task An_install_that_a_patch_breaks_and_the_last_one_repairs_is_named()
    {
        await _tree.ReplaceAsync("Makefile", "cp daemon $(DESTDIR)/sbin/", "cp demon $(DESTDIR)/sbin/");
        await _tree.CommitAsync("make: a slip");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        await _tree.ReplaceAsync("Makefile", "cp demon $(DESTDIR)/sbin/", "cp daemon $(DESTDIR)/sbin/");
        await _tree.CommitAsync("make: mend it");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(3), "--targets", "debian-12");
        Assert.That(result.StandardOutput.ReplaceLineEndings(" "), Does.Match(@"patch 1/3\s+does\s+not\s+build\s+alone").And.Match(@"patch 3/3\s+repairs"), result.StandardOutput);
    }

    /// <summary>Nothing before it gave a reason to make that step again, so that no prefix shows it passing.</summary>
    [Test]
    public async Task A_step_that_only_the_last_patch_has_to_do_with_is_the_last_ones()
    {
        await File.WriteAllTextAsync(_tree.ProjectFile, TestTree.Project.Replace("build:\n", "build:\n  - name: configure\n    run: sh ./configure\n    timeout: 1m\n    inputs: [configure]\n", StringComparison.Ordinal));
        await _tree.WriteAsync("configure", "echo configured\n");
        await _tree.CommitAsync("configure: there");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        await _tree.WriteAsync("configure", "echo this will not do\nexit 1\n");
        await _tree.CommitAsync("configure: too strict");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(2), "--targets", "debian-12");
        Assert.That(result.StandardOutput, Does.Match(@"breaks\s+the\s+build").And.Contain("patch 2/2"), result.StandardOutput);
    }

    /// <summary>The recipe does not say that the step reads the file, so no prefix made it again; the last patch did not touch it either.</summary>
    [Test]
    public async Task A_step_that_breaks_by_what_the_recipe_does_not_know_of_is_not_the_last_patchs()
    {
        await File.WriteAllTextAsync(_tree.ProjectFile, TestTree.Project.Replace("build:\n", "build:\n  - name: configure\n    run: sh ./configure\n    timeout: 1m\n    inputs: [configure]\n", StringComparison.Ordinal));
        await _tree.WriteAsync("configure", "sh ./part\n");
        await _tree.WriteAsync("part", "echo configured\n");
        await _tree.CommitAsync("configure: there");
        await _tree.WriteAsync("part", "echo this will not do\nexit 1\n");
        await _tree.CommitAsync("part: too strict");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(2), "--targets", "debian-12");
        Assert.That(result.StandardOutput, Does.Match(@"breaks\s+the\s+build").And.Contain("patch 1/2").And.Not.Contain("patch 2/2"), result.StandardOutput);
    }

    [Test]
    public async Task What_a_patch_breaks_for_good_is_no_problem_of_the_patch_alone()
    {
        await _tree.ReplaceAsync("Makefile", "cp daemon $(DESTDIR)/sbin/", "cp demon $(DESTDIR)/sbin/");
        await _tree.CommitAsync("make: a slip");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(2), "--targets", "debian-12");
        Assert.That(result.StandardOutput, Does.Match(@"breaks\s+the\s+build").And.Contain("patch 1/2").And.Not.Contain("alone"), result.StandardOutput);
    }

    /// <summary>The two are alike in everything but their place, and both stand on lines that the patch wrote.</summary>
    [Test]
    public async Task A_new_warning_beside_an_old_one_of_the_same_words_belongs_to_the_patch_that_brings_it()
    {
        await _tree.ReplaceAsync("parse.c", "while (*text)\n", "while (*text) /* the sum */\n");
        await _tree.CommitAsync("parse: compiles the old one again");
        await _tree.ReplaceAsync("parse.c", "  int unused;\n", "  int unused; /* the old one */\n  { int unused; }\n");
        await _tree.CommitAsync("parse: brings another");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(3), "--targets", "debian-12");
        Assert.That(result.StandardOutput, Does.Match(@"1 new warning\s+\(patch 2/3\)"), result.StandardOutput);
    }

    /// <summary>The file that the series touches was compiled in the base, though the base as a whole does not build.</summary>
    [Test]
    public async Task A_warning_in_what_the_series_touches_is_not_new_while_the_base_is_broken()
    {
        await _tree.ReplaceAsync("parse.c", "  int unused;\n", "  int unused = gone;\n");
        await _tree.CommitAsync("parse: broken everywhere");
        await _tree.ReplaceAsync("main.c", "{\n  if", "{\n  int fresh;\n  if");
        await _tree.CommitAsync("main: a new warning");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(1), "--targets", "debian-12");
        Assert.That(result.ExitCode, Is.EqualTo(0), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput, Does.StartWith("The base does not build on debian-12"));
    }

    [Test]
    public async Task A_warning_that_a_patch_takes_back_and_a_later_one_brings_again_is_the_later_ones()
    {
        await _tree.ReplaceAsync("main.c", "{\n  if", "{\n  int fresh;\n  if");
        await _tree.CommitAsync("main: brings it");
        await _tree.ReplaceAsync("main.c", "  int fresh;\n", "");
        await _tree.CommitAsync("main: takes it back");
        await _tree.ReplaceAsync("main.c", "{\n  if", "{\n  int fresh;\n  if");
        await _tree.CommitAsync("main: brings it again");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(4), "--targets", "debian-12");
        Assert.That(result.StandardOutput, Does.Match(@"1 new warning\s+\(patch 3/4\)"), result.StandardOutput);
    }

    [Test]
    public async Task A_machine_that_is_killed_from_outside_is_replaced_once()
    {
        await _tree.ReplaceAsync("Makefile", "all: daemon\n", "all: daemon\n\tsleep 5\n");
        await _tree.CommitAsync("make: take some time");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        var mbox = await _tree.TakeSeriesAsync(1);
        var running = RunningProgram.Start(_tree.Data, _tree.CheckArguments(mbox, "--targets", "debian-12"));
        var killed = await RunningProgram.KillOneContainerAsync(running.ProcessId);
        var result = await running;
        Assert.That(killed, Is.Not.Empty);
        Assert.That(result.StandardError, Does.Contain("once more on a fresh machine"));
        Assert.That(result.ExitCode, Is.EqualTo(0), result.StandardOutput + result.StandardError);
        Assert.That(result.StandardOutput, Does.StartWith("Thank you"));
    }

    [Test]
    public async Task An_image_that_cannot_be_built_takes_nothing_from_the_other_targets()
    {
        var recipe = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "vm-images", "broken-1"));
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(recipe.FullName, "image.yaml"),
                "description: A release that never was\ndistribution: debian\nsuite: nosuchsuite\narchitecture: amd64\npackages: [gcc]\n");
            await File.WriteAllTextAsync(Path.Combine(recipe.FullName, "provision.sh"), "#!/bin/sh\n");
            await _tree.ReplaceAsync("main.c", "1.0", "1.1");
            await _tree.CommitAsync("main: new version");
            var result = await _tree.CheckAsync(await _tree.TakeSeriesAsync(1), "--targets", "debian-12,broken-1");
            Assert.That(result.ExitCode, Is.EqualTo(3), result.StandardOutput + result.StandardError);
            Assert.That(result.StandardOutput, Does.Match(@"on\s+debian-12").And.Match(@"broken-1\s+could\s+not\s+be\s+judged"), result.StandardError);
            Assert.That(result.StandardOutput, Does.Not.Contain("nosuchsuite"));
        }
        finally
        {
            recipe.Delete(recursive: true);
        }
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
