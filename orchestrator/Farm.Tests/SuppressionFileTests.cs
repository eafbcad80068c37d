using System.Text.Json.Nodes;
using OpenConfirm.Model;

namespace OpenConfirm.Farm.Tests;

public sealed class SuppressionFileTests
{
    private const string Good = """
        # What we know
        suppressions:
          - id: F-7KQ2M   # checked twice
            fingerprints: [openconfirm/v1:945e4dc5a42f78c8711f0996d531bf8c]
            file: event.c
            title: unused variable 'x'
            reason: The macro needs it.
            author: Dana
            date: 2026-03-31

          # the other one
          - id: f-8kq2m
            fingerprints:
              - openconfirm/v1:8b208b3d5c5be74c6fcee2f7aa2c1d7c
            reason: generated
            author: Dana
            date: 2026-04-01
        """;

    private static readonly Suppression More = new()
    {
        Id = "F-9KQ2M",
        Fingerprints = ["openconfirm/v1:00208b3d5c5be74c6fcee2f7aa2c1d7c", "openconfirm/v1:11208b3d5c5be74c6fcee2f7aa2c1d7c"],
        File = "a \"b\".c",
        Title = "a.c:1: \u001b[31m‘x’ # - {z}: \u202e\\",
        Reason = "because: it's \"so\"",
        Author = "Jürgen O'Neil <j@example.org>",
        Date = new DateOnly(2026, 5, 1),
    };

    [Test]
    public void Reads_entries()
    {
        var entries = SuppressionFile.Parse(Good, "d");
        Assert.That(entries.Select(e => e.Id), Is.EqualTo(new[] { "F-7KQ2M", "F-8KQ2M" }));
        Assert.That(entries[0].Fingerprints, Is.EqualTo(new[] { "openconfirm/v1:945e4dc5a42f78c8711f0996d531bf8c" }));
        Assert.That((entries[0].File, entries[0].Reason, entries[0].Author, entries[0].Date), Is.EqualTo(("event.c", "The macro needs it.", "Dana", new DateOnly(2026, 3, 31))));
    }

    [TestCase("")]
    [TestCase("# nothing yet\n")]
    [TestCase("suppressions:\n")]
    [TestCase("suppressions: []\n")]
    public void May_be_empty(string text) => Assert.That(SuppressionFile.Parse(text, "d"), Is.Empty);

    [TestCase("suppressions:\n", "supressions:\n", "d:2:1: the key 'supressions'", TestName = "Unknown_top_key")]
    [TestCase("    title:", "    titel:", "d:6:5: the key 'titel'", TestName = "Unknown_key_of_an_entry")]
    [TestCase("    reason: The macro needs it.\n", "", "d:3:5: the entry has no 'reason'", TestName = "No_reason")]
    [TestCase("reason: The macro needs it.", "reason: ' '", "d:7:13: 'reason' is empty", TestName = "Empty_reason")]
    [TestCase("F-7KQ2M", "7KQ2M", "d:3:9: '7KQ2M' is no id", TestName = "No_id")]
    [TestCase("f-8kq2m", "F-7KQ2M", "d:12:5: F-7KQ2M is there twice", TestName = "Id_twice")]
    [TestCase("author: Dana\n    date: 2026-03-31", "author: Dana\n    author: Eve\n    date: 2026-03-31", "d:9:5", TestName = "Key_twice")]
    [TestCase("2026-03-31", "yesterday", "d:9:11: 'yesterday' is no date", TestName = "No_date")]
    [TestCase("openconfirm/v1:945e", "945e", "d:4:20: '945e4dc5a42f78c8711f0996d531bf8c' is no fingerprint", TestName = "Fingerprint_without_version")]
    [TestCase("[openconfirm/v1:945e4dc5a42f78c8711f0996d531bf8c]", "[]", "d:4:19: 'fingerprints' is no list", TestName = "No_fingerprint")]
    [TestCase("  - id: f-8kq2m\n", "  - x\n  - id: f-8kq2m\n", "d:12:5: an entry must have keys", TestName = "Entry_without_keys")]
    [TestCase("author: Dana\n    date: 2026-03-31", "author: [Dana\n    date: 2026-03-31", "d:", TestName = "Broken_yaml")]
    public void Says_what_is_wrong_and_where(string from, string to, string expected)
    {
        var wrong = Good.Replace(from, to, StringComparison.Ordinal);
        Assert.That(wrong, Is.Not.EqualTo(Good), "the case changes something");
        Assert.That(() => SuppressionFile.Parse(wrong, "d"), Throws.TypeOf<UsageException>().With.Message.StartsWith(expected));
    }

    [TestCase(Good, TestName = "To_entries_that_end_without_a_line_feed")]
    [TestCase(Good + "\n# the end\n", TestName = "Behind_a_comment")]
    [TestCase("suppressions:\n- id: F-8KQ2M\n  fingerprints: [openconfirm/v1:945e4dc5a42f78c8711f0996d531bf8c]\n  reason: x\n  author: y\n  date: 2026-01-01\n", TestName = "To_a_list_that_is_not_indented")]
    [TestCase("suppressions:\n", TestName = "To_an_empty_list")]
    [TestCase("", TestName = "To_an_empty_file")]
    public void Adds_an_entry_and_keeps_all_else(string text)
    {
        var added = SuppressionFile.With(text, More, "d");
        Assert.That(added, Does.StartWith(text));
        var entries = SuppressionFile.Parse(added, "d");
        Assert.That(entries, Has.Count.EqualTo(SuppressionFile.Parse(text, "d").Count + 1));
        Assert.That(entries[^1] with { Fingerprints = [] }, Is.EqualTo(More with { Fingerprints = [] }));
        Assert.That(entries[^1].Fingerprints, Is.EqualTo(More.Fingerprints));
        Assert.That(added, Does.Not.Contain('\u001b').And.Not.Contain('\u202e'), "harmless in an editor");
    }

    [TestCase("suppressions: []\n")]
    [TestCase("{suppressions: [{id: F-8KQ2M, fingerprints: ['openconfirm/v1:945e4dc5a42f78c8711f0996d531bf8c'], reason: x, author: y, date: 2026-01-01}]}\n")]
    [TestCase("suppressions:\n...\n")]
    public void Does_not_add_where_that_would_break_the_file(string text) =>
        Assert.That(() => SuppressionFile.With(text, More, "d"), Throws.TypeOf<UsageException>().With.Message.Contains("cannot be added to"));

    [Test]
    public void Does_not_add_what_is_there() =>
        Assert.That(() => SuppressionFile.With(Good, More with { Id = "F-7KQ2M" }, "d"), Throws.TypeOf<UsageException>().With.Message.Contains("suppressed already"));

    [Test]
    public void The_file_is_replaced_as_a_whole_and_keeps_its_mode()
    {
        var folder = Directory.CreateTempSubdirectory("openconfirm-suppressions-").FullName;
        try
        {
            var path = SuppressionFile.Beside(Path.Combine(folder, "bird.yaml"));
            Assert.That(Path.GetFileName(path), Is.EqualTo("bird.suppressions.yaml"));
            Assert.That(SuppressionFile.Load(path), Is.Empty);
            SuppressionFile.Add(path, More);
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_000);
            SuppressionFile.Add(path, More with { Id = "F-8KQ2M" });
            Assert.That(SuppressionFile.Load(path).Select(e => e.Id), Is.EqualTo(new[] { "F-9KQ2M", "F-8KQ2M" }));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo((UnixFileMode)0b110_110_000));
            Assert.That(Directory.GetFiles(folder), Has.Exactly(1).Items);

            // It lies among the project files and is none.
            File.WriteAllText(Path.Combine(folder, "bird.yaml"), "");
            Assert.That(ProjectFile.Names(folder), Is.EqualTo(new[] { "bird" }));
            Assert.That(() => ProjectFile.Load(path, folder), Throws.TypeOf<UsageException>().With.Message.Contains("no project file"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void The_schema_names_the_keys_that_are_read()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "docs/schemas/suppressions.schema.json")))!;
        var entry = schema["properties"]!["suppressions"]!["items"]!;
        foreach (var key in entry["properties"]!.AsObject().Select(p => p.Key))
        {
            var isRequired = entry["required"]!.AsArray().Any(r => (string)r! == key);
            var without = (key == "fingerprints" ? Good.Replace("      - openconfirm", "      # openconfirm", StringComparison.Ordinal) : Good)
                .Replace($"    {key}:", $"    # {key}:", StringComparison.Ordinal).Replace("  - id:", key == "id" ? "  - title:" : "  - id:", StringComparison.Ordinal);
            Assert.That(() => SuppressionFile.Parse(without, "d"), isRequired ? Throws.TypeOf<UsageException>() : Throws.Nothing, key);
        }
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../.."));
}
