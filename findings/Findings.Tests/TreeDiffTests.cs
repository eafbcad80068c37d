using System.Text;

namespace OpenConfirm.Findings.Tests;

public sealed class TreeDiffTests
{
    private TemporaryRepository repository = null!;

    [SetUp]
    public void SetUp() => repository = new TemporaryRepository();

    [TearDown]
    public void TearDown() => repository.Dispose();

    [Test]
    public void Lines_around_changes_are_followed_both_ways()
    {
        var diff = Change("a.c", "1\n2\n3\n4\n5\n6\n", "0\n1\n2\nthree\n3b\n5\n6\n");

        Assert.Multiple(() =>
        {
            Assert.That(diff.ToPatched("a.c", 1), Is.EqualTo(new LineFate.Kept("a.c", 2)));
            Assert.That(diff.ToPatched("a.c", 3), Is.EqualTo(new LineFate.Changed("a.c", 4, 2, new Hunk(3, 2, 4, 2))));
            Assert.That(diff.ToPatched("a.c", 6), Is.EqualTo(new LineFate.Kept("a.c", 7)));
            Assert.That(diff.ToPatched("a.c", 0), Is.EqualTo(new LineFate.Kept("a.c", 0)));
            Assert.That(diff.ToBase("a.c", 1), Is.EqualTo(new LineFate.Changed("a.c", 1, 0, new Hunk(1, 0, 1, 1))));
            Assert.That(diff.ToBase("a.c", 5), Is.EqualTo(new LineFate.Changed("a.c", 3, 2, new Hunk(3, 2, 4, 2))));
            Assert.That(diff.ToBase("a.c", 7), Is.EqualTo(new LineFate.Kept("a.c", 6)));
            Assert.That(diff.ToPatched("other.c", 9), Is.EqualTo(new LineFate.Kept("other.c", 9)));
            Assert.That(diff.Touches("a.c") && !diff.Touches("other.c"));
        });
    }

    [Test]
    public void A_pure_deletion_has_no_lines_in_its_place()
    {
        var diff = Change("a.c", "1\n2\n3\n", "1\n3\n");

        Assert.That(diff.ToPatched("a.c", 2), Is.EqualTo(new LineFate.Changed("a.c", 2, 0, new Hunk(2, 1, 2, 0))));
        Assert.That(diff.ToPatched("a.c", 3), Is.EqualTo(new LineFate.Kept("a.c", 2)));
    }

    [Test]
    public void Renames_new_and_deleted_files()
    {
        var text = string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n"));
        repository.Write("old/name.c", text);
        repository.Write("gone.c", "x\ny\n");
        repository.Write("gone-empty", "");
        var before = repository.Commit();
        repository.Move("old/name.c", "new/name.c");
        repository.Write("new/name.c", "first\n" + text);
        repository.Delete("gone.c");
        repository.Delete("gone-empty");
        repository.Write("fresh.c", "z\n");
        repository.Write("fresh empty", "");
        var diff = Parse(before, repository.Commit());

        Assert.Multiple(() =>
        {
            Assert.That(diff.ToPatched("old/name.c", 7), Is.EqualTo(new LineFate.Kept("new/name.c", 8)));
            Assert.That(diff.ToBase("new/name.c", 8), Is.EqualTo(new LineFate.Kept("old/name.c", 7)));
            Assert.That(diff.ToPatched("gone.c", 1), Is.EqualTo(new LineFate.NoFile()));
            Assert.That(diff.ToPatched("gone-empty", 0), Is.EqualTo(new LineFate.NoFile()));
            Assert.That(diff.ToBase("fresh.c", 1), Is.EqualTo(new LineFate.NoFile()));
            Assert.That(diff.ToBase("fresh empty", 0), Is.EqualTo(new LineFate.NoFile()));
            Assert.That(diff.Files.Select(f => (f.OldPath, f.NewPath)), Is.EquivalentTo(new (string?, string?)[]
            {
                ("old/name.c", "new/name.c"), ("gone.c", null), ("gone-empty", null), (null, "fresh.c"), (null, "fresh empty"),
            }));
        });
    }

    [TestCase("with blank.c")]
    [TestCase("tab\there.c")]
    [TestCase("quo\"te\\back.c")]
    [TestCase("grüße/ключ.c")]
    [TestCase("new\nline.c")]
    [TestCase("a b/a b.c")]
    [TestCase("\u0001\u007f.c")]
    public void Any_name_is_read_back(string name)
    {
        repository.Write(name, "1\n2\n");
        repository.Write("mode " + name, "#!/bin/sh\n");
        repository.Write("from " + name, "some\ncontents\nto\nrecognise\nit\nby\n");
        var before = repository.Commit();
        repository.Write(name, "0\n1\n2\n");
        repository.Git("config", "core.fileMode", "false");
        repository.Git("update-index", "--chmod=+x", "mode " + name);
        repository.Move("from " + name, "to " + name);
        var diff = Parse(before, repository.Commit());

        Assert.That(diff.ToPatched(name, 2), Is.EqualTo(new LineFate.Kept(name, 3)));
        Assert.That(diff.ToPatched("mode " + name, 1), Is.EqualTo(new LineFate.Kept("mode " + name, 1)));
        Assert.That(diff.Touches("mode " + name));
        Assert.That(diff.ToPatched("from " + name, 3), Is.EqualTo(new LineFate.Kept("to " + name, 3)));
    }

    [Test]
    public void Changed_lines_that_look_like_headers_are_no_headers()
    {
        var diff = Change("a.sql", "-- a/b.c\n1\n", "++ b/b.c\n@@ -1,1 +1,1 @@\ndiff --git a/x b/x\n1\n");

        Assert.That(diff.Files, Has.Count.EqualTo(1));
        Assert.That(diff.ToPatched("a.sql", 2), Is.EqualTo(new LineFate.Kept("a.sql", 4)));
    }

    [Test]
    public void Carriage_returns_are_text_and_missing_line_ends_are_no_lines()
    {
        var diff = Change("a.c", "1\r\nhalf\rhalf\r\nold\r\n4\r\nlast", "1\r\nnew\rnew\rnew\r\n4\r\nend");

        Assert.That(diff.ToPatched("a.c", 4), Is.EqualTo(new LineFate.Kept("a.c", 3)));
        Assert.That(diff.ToPatched("a.c", 5), Is.EqualTo(new LineFate.Changed("a.c", 4, 1, new Hunk(5, 1, 4, 1))));
    }

    [Test]
    public void Nothing_is_known_of_the_lines_of_a_binary_file()
    {
        var diff = Change("a.bin", "1\n\0\n", "1\n\0\n\0\n");

        Assert.That(diff.Files.Single().IsBinary);
        Assert.That(diff.ToPatched("a.bin", 1), Is.InstanceOf<LineFate.Changed>());
    }

    [Test]
    public void A_file_that_becomes_a_link_is_deleted_and_created()
    {
        repository.Write("a", "1\n");
        var before = repository.Commit();
        repository.Delete("a");
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "a"), "/etc/passwd");
        var diff = Parse(before, repository.Commit());

        Assert.That(diff.ToPatched("a", 1), Is.EqualTo(new LineFate.NoFile()));
        Assert.That(diff.ToBase("a", 1), Is.EqualTo(new LineFate.NoFile()));
    }

    [Test]
    public void A_users_configuration_changes_nothing()
    {
        repository.Write("a.c", "1\n2\n3\n4\n5\n");
        var before = repository.Commit();
        repository.Write("a.c", "1\ntwo\n3\nfour\n5\n");
        var after = repository.Commit();
        var plain = repository.Diff(before, after);
        foreach (var (key, value) in new[]
                 {
                     ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("diff.interHunkContext", "5"), ("diff.context", "7"),
                     ("color.ui", "always"), ("diff.renames", "copies"), ("diff.external", "false"), ("diff.submodule", "log"),
                 })
            repository.Git("config", key, value);

        Assert.That(repository.Diff(before, after), Is.EqualTo(plain));
    }

    [Test]
    public void Context_lines_are_tolerated()
    {
        repository.Write("a.c", "1\n2\n3\n\n5\n6\n");
        var before = repository.Commit();
        repository.Write("a.c", "1\ntwo\n3\n\n6\n");
        var diff = TreeDiff.Parse(new StringReader(repository.Git("diff", "-U3", "--full-index", before, repository.Commit())));

        Assert.That(diff.Files.Single().Hunks, Is.EqualTo(new Hunk[] { new(2, 1, 2, 1), new(5, 1, 5, 0) }));
    }

    [TestCase("hello\n", "Line 1")]
    [TestCase("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-1\n", "cut off")]
    [TestCase("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n-2\n", "Line 6")]
    [TestCase("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,99999999999 +1 @@\n", "hunk header")]
    [TestCase("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 @@\n", "hunk header")]
    [TestCase("diff --git a/x b/y\nold mode 100644\nnew mode 100755\n", "one file")]
    [TestCase("diff --git \"a/x\\q\" \"b/x\\q\"\nold mode 100644\n", "escape")]
    [TestCase("diff --git \"a/x\nold mode 100644\n", "does not end")]
    public void What_is_no_whole_diff_is_refused(string text, string expected) =>
        Assert.That(() => TreeDiff.Parse(new StringReader(text)), Throws.TypeOf<FormatException>().With.Message.Contains(expected));

    [Test]
    public void A_diff_cut_off_anywhere_is_read_or_refused()
    {
        repository.Write("b c.c", "1\n2\n");
        repository.Write("d.c", "some\ncontents\nto\nrecognise\nit\nby\n");
        var before = repository.Commit();
        repository.Write("b c.c", "1\nü\n3\n");
        repository.Move("d.c", "ü.c");
        var text = repository.Diff(before, repository.Commit());
        for (var length = 0; length <= text.Length; length++)
        {
            try
            {
                TreeDiff.Parse(new StringReader(text[..length]));
            }
            catch (FormatException)
            {
                // said so
            }
        }

        Assert.That(TreeDiff.Parse(new StringReader(text)).Files, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_line_of_fifty_megabytes_and_a_hundred_thousand_hunks_are_read()
    {
        var text = new StringBuilder("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-").Append('y', 50 << 20).Append("\n+z\n");
        for (var i = 0; i < 100_000; i++)
            text.Append("@@ -").Append(10 + 2 * i).Append(" +").Append(10 + 2 * i).Append(" @@\n-a\n+b\n");
        using var reader = new StringReader(text.ToString());
        var diff = TreeDiff.Parse(reader);

        Assert.That(diff.Files.Single().Hunks, Has.Count.EqualTo(100_001));
        Assert.That(diff.ToPatched("x", 11), Is.EqualTo(new LineFate.Kept("x", 11)));
        Assert.That(diff.ToPatched("x", 12), Is.InstanceOf<LineFate.Changed>());
    }

    private TreeDiff Change(string path, string before, string after)
    {
        repository.Write(path, before);
        var @base = repository.Commit();
        repository.Write(path, after);
        return Parse(@base, repository.Commit());
    }

    private TreeDiff Parse(string @base, string patched) => TreeDiff.Parse(new StringReader(repository.Diff(@base, patched)));
}
