using System.Text.RegularExpressions;

namespace OpenConfirm.Cli.Tests;

/// <summary>What <c>check</c> answers before any machine is taken.</summary>
public sealed class CheckErrorsTests
{
    private TestTree _tree = null!;
    private string _mbox = null!;

    [SetUp]
    public async Task SetUp()
    {
        _tree = await TestTree.CreateAsync();
        await _tree.ReplaceAsync("parse.c", "  int unused;\n", "");
        await _tree.CommitAsync("parse: drop a variable");
        await _tree.ReplaceAsync("main.c", "1.0", "1.1");
        await _tree.CommitAsync("main: new version");
        _mbox = await _tree.TakeSeriesAsync(2);
    }

    [TearDown]
    public void TearDown() => _tree.Dispose();

    [Test]
    public async Task Wrong_calls_exit_2_and_say_what_to_do()
    {
        string[] good = ["check", _mbox, "--project", _tree.ProjectFile, "--tree", _tree.Tree];
        (string[] Arguments, string Says)[] cases =
        [
            (["check", _mbox, "--project", "brid"], "There is no project 'brid'"),
            (["check", _mbox, "--project", _tree.ProjectFile], "--tree"),
            ([.. good, "--targets", "debian-99"], "There is no target 'debian-99'"),
            ([.. good, "--from", "not an address"], "--from"),
            (["check", _mbox, "--project", _tree.ProjectFile, "--tree", _tree.Root], _tree.Root),
            (["check", _tree.Root + "/none.mbox", "--project", _tree.ProjectFile, "--tree", _tree.Tree], "none.mbox"),
            ([.. good, "--branch", "nowhere"], "nowhere"),
            ([.. good, "--base", "nocommit"], "nocommit"),
            ([.. good, "--base", "--output=x"], "--output=x"),
            ([.. good, "--out", _tree.Tree], "holds other things"),
            ([.. good, "--what"], "--what"),
            (["check", "--project", _tree.ProjectFile, "--tree", _tree.Tree], "Nothing to check"),
            (["check", "--git", _tree.Tree, "HEAD~9..HEAD", "--project", _tree.ProjectFile], "HEAD~9"),
        ];
        foreach (var (arguments, says) in cases)
        {
            var result = await RunningProgram.RunAsync(_tree.Data, arguments);
            Assert.That((result.ExitCode, result.StandardError), Is.EqualTo((2, result.StandardError)), string.Join(" ", arguments));
            Assert.That(result.StandardError, Does.Contain(says), string.Join(" ", arguments));
            Assert.That(result.StandardOutput, Is.Empty, string.Join(" ", arguments));
        }
    }

    [Test]
    public async Task A_mail_without_a_patch_is_named_with_its_reason()
    {
        var mail = Path.Combine(_tree.Root, "talk.eml");
        await File.WriteAllTextAsync(mail, "From: a@example.org\nSubject: Hello\nMessage-ID: <1@x>\nDate: Mon, 10 Nov 2025 12:00:00 +0000\n\nNo patch here.\n");
        var result = await _tree.CheckAsync(mail);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.StandardError, Does.Contain("holds no patch series").And.Contain("Hello"));
    }

    [Test]
    public async Task Several_series_ask_for_a_pick()
    {
        await File.AppendAllTextAsync(_mbox, (await File.ReadAllTextAsync(_mbox))
            .Replace("Message-Id: <", "Message-Id: <again-", StringComparison.OrdinalIgnoreCase)
            .Replace("In-Reply-To: <", "In-Reply-To: <again-", StringComparison.OrdinalIgnoreCase)
            .Replace("References: <", "References: <again-", StringComparison.OrdinalIgnoreCase)
            .Replace("[PATCH ", "[PATCH v2 ", StringComparison.Ordinal));
        var result = await _tree.CheckAsync(_mbox);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.StandardError, Does.Contain("2 series").And.Contain("--pick"));
    }

    /// <summary>A Message-ID is free text: a stranger's mail can have the one that is meant.</summary>
    [Test]
    public async Task A_pick_that_fits_several_series_lists_them()
    {
        var text = await File.ReadAllTextAsync(_mbox);
        var id = Regex.Match(text, "(?<=^Message-Id: <).*(?=>)", RegexOptions.Multiline | RegexOptions.IgnoreCase).Value;
        await File.AppendAllTextAsync(_mbox, Regex.Replace(text, "^From: .*$", "From: Eve <eve@example.net>", RegexOptions.Multiline)
            .Replace("[PATCH ", "[PATCH v2 ", StringComparison.Ordinal));

        var result = await _tree.CheckAsync(_mbox, "--pick", id);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.StandardError, Does.Contain("2 series").And.Contain("\n  1  ").And.Contain("\n  2  ").And.Contain("eve@example.net").And.Contain("number"));
    }

    [Test]
    public async Task A_series_that_does_not_apply_is_answered_by_mail()
    {
        await _tree.ReplaceAsync("main.c", "1.0", "2.0");
        await _tree.CommitAsync("main: another version");
        var maildir = Path.Combine(_tree.Root, "maildir");
        // A branch without the blobs' history: the patches have to be laid on its head.
        await _tree.GitAsync("checkout", "-q", "--orphan", "other");
        await _tree.CommitAsync("no history");
        await _tree.GitAsync("branch", "-D", "master");
        var result = await _tree.CheckAsync(_mbox, "--maildir", maildir, "--branch", "other");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardError);
        Assert.That(result.StandardOutput, Does.StartWith("Patch 2/2 does not apply"));
        Assert.That(result.StandardOutput, Does.Contain("main.c"));
        Assert.That(Directory.GetFiles(Path.Combine(maildir, "new")), Is.Not.Empty);
    }

    [Test]
    public async Task A_series_that_is_there_already_is_recognised()
    {
        await _tree.GitAsync("am", "-q", _mbox);
        await _tree.GitAsync("checkout", "-q", "--orphan", "other");
        await _tree.CommitAsync("all of it");
        await _tree.GitAsync("branch", "-D", "master");
        var result = await _tree.CheckAsync(_mbox, "--branch", "other");
        Assert.That(result.ExitCode, Is.EqualTo(0), result.StandardError);
        Assert.That(result.StandardOutput, Does.Contain("already"));
    }

    [Test]
    public async Task A_series_with_a_patch_missing_is_not_built()
    {
        var text = await File.ReadAllTextAsync(_mbox);
        var second = text.IndexOf("\nFrom ", StringComparison.Ordinal) + 1;
        await File.WriteAllTextAsync(_mbox, text[..second]);
        var result = await _tree.CheckAsync(_mbox, "--json");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardError);
        Assert.That(result.StandardOutput, Does.Contain("\"verb\": \"check\""));
    }

    [TestCase("../outside")]
    [TestCase("/tmp/openconfirm-outside")]
    public async Task A_patch_that_writes_outside_of_the_tree_is_refused(string path)
    {
        var mail = Path.Combine(_tree.Root, "evil.patch");
        await File.WriteAllTextAsync(mail, $"""
            From: Eve <eve@example.org>
            Subject: [PATCH] out
            Message-ID: <evil@example.org>
            Date: Mon, 10 Nov 2025 12:00:00 +0000

            out
            ---
            diff --git a/{path} b/{path}
            new file mode 100644
            index 0000000..ce01362
            --- /dev/null
            +++ b/{path}
            @@ -0,0 +1 @@
            +hello

            """);
        var result = await _tree.CheckAsync(mail);
        Assert.That(result.ExitCode, Is.EqualTo(1), result.StandardError);
        Assert.That(result.StandardOutput, Does.StartWith("This patch is refused; nothing was tested."));
        Assert.That(File.Exists("/tmp/openconfirm-outside"), Is.False);
        Assert.That(Directory.GetFiles(_tree.Root, "outside", SearchOption.AllDirectories), Is.Empty);
    }
}
