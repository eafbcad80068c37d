using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Report.Tests;

public sealed class ResultFileTests
{
    private static readonly Outcome[] _outcomes =
    [
        new Outcome.Completed(), new Outcome.CodeLimit("compile", "30 minutes"), new Outcome.Infra("disk full"),
        new Outcome.ApplyFailed(), new Outcome.Cancelled(), new Outcome.Skipped("nothing was built"),
    ];

    private string _path = "";

    [SetUp]
    public void MakePath() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemovePath() => File.Delete(_path);

    [TestCaseSource(nameof(_outcomes))]
    public void What_is_written_fits_the_schema_and_reads_back(Outcome outcome)
    {
        var result = Sample() with { Outcome = ResultOutcome.Of(outcome) };
        ResultFile.Write(result, _path);
        Assert.That(Schema.Violations(JsonNode.Parse(File.ReadAllText(_path))), Is.Empty);
        var read = ResultFile.Read(_path);
        Assert.That(read.Outcome.ToOutcome(), Is.EqualTo(outcome));
        Assert.That(ResultFile.ToJson(read), Is.EqualTo(ResultFile.ToJson(result)));
    }

    /// <summary>Taking any one property away, or adding one, breaks the schema: it names exactly what is written.</summary>
    [Test]
    public void The_schema_names_exactly_what_is_written()
    {
        var json = ResultFile.ToJson(Sample());
        foreach (var path in (string[])["", "tool", "outcome", "findings/0", "patchProblems/0"])
        {
            foreach (var name in At(JsonNode.Parse(json)!, path).Select(p => p.Key).ToList())
            {
                var less = JsonNode.Parse(json)!;
                At(less, path).Remove(name);
                Assert.That(Schema.Violations(less), Is.Not.Empty, $"{path} without {name}");
            }

            var more = JsonNode.Parse(json)!;
            At(more, path)["surplus"] = 1;
            Assert.That(Schema.Violations(more), Is.Not.Empty, $"{path} with a surplus");
            File.WriteAllText(_path, more.ToJsonString());
            Assert.That(() => ResultFile.Read(_path), Throws.TypeOf<InvalidDataException>());
        }
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"schemaVersion\":1,\"schemaVersion\":1}")]
    public void What_is_no_result_is_said_so(string json)
    {
        File.WriteAllText(_path, json);
        Assert.That(() => ResultFile.Read(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is no result"));
    }

    [TestCase("\"schemaVersion\": 1", "\"schemaVersion\": 2")]
    [TestCase("\"kind\": \"completed\"", "\"kind\": 0")]
    [TestCase("\"verb\": \"build\"", "\"verb\": null")]
    [TestCase("\"artefacts/crash.log\"", "\"../../etc/passwd\"")]
    [TestCase("\"artefacts/crash.log\"", "\"/etc/passwd\"")]
    [TestCase("\"artefacts/crash.log\"", "\"a\\u0000b\"")]
    [TestCase("\"buildSeconds\": 12.5", "\"buildSeconds\": \"NaN\"")]
    public void What_is_hostile_is_refused(string good, string bad)
    {
        var json = ResultFile.ToJson(Sample());
        Assert.That(json, Does.Contain(good));
        File.WriteAllText(_path, json.Replace(good, bad, StringComparison.Ordinal));
        Assert.That(() => ResultFile.Read(_path), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void What_is_too_large_is_refused()
    {
        using (var file = File.OpenWrite(_path))
            file.SetLength((16 << 20) + 1);
        Assert.That(() => ResultFile.Read(_path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("larger"));
        Assert.That(() => ResultFile.ToJson(Sample() with { Verb = new string('x', 5000) }), Throws.TypeOf<InvalidDataException>());
        File.WriteAllText(_path, string.Concat(Enumerable.Repeat("[", 100_000)));
        Assert.That(() => ResultFile.Read(_path), Throws.TypeOf<InvalidDataException>());
    }

    private static JsonObject At(JsonNode node, string path)
    {
        foreach (var step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = int.TryParse(step, CultureInfo.InvariantCulture, out var index) ? node[index]! : node[step]!;
        return node.AsObject();
    }

    private static Result Sample() => new()
    {
        Tool = new("openconfirm", "0.1.0"),
        Verb = "build",
        Project = "bird2",
        Base = "9c1d5e0b7a3f42d8c6e1f09b8a7d6c5e4f3a2b1c",
        Target = "debian-13",
        Seed = 7,
        StartedUtc = new DateTimeOffset(2026, 3, 2, 9, 15, 0, TimeSpan.Zero),
        EndedUtc = new DateTimeOffset(2026, 3, 2, 9, 16, 0, TimeSpan.Zero),
        Outcome = new(OutcomeKind.Completed),
        Findings =
        [
            new()
            {
                Fingerprint = "v1:abc", Verdict = Verdict.PreExisting, Visibility = Visibility.Public, Severity = Severity.Warning,
                Title = "lib/a.c:1: unused", Artefacts = ["artefacts/crash.log"],
            },
        ],
        PatchProblems = [new(2, 3, ["debian-13"])],
        Figures = new Dictionary<string, double> { ["buildSeconds"] = 12.5 },
    };

    /// <summary>As much of JSON Schema 2020-12 as our schema uses; an unknown keyword is an error, so it cannot be passed over.</summary>
    private static class Schema
    {
        private static readonly JsonObject _root = JsonNode.Parse(File.ReadAllText(FilePath()))!.AsObject();

        public static List<string> Violations(JsonNode? value)
        {
            var found = new List<string>();
            Check(value, _root, "$", found);
            return found;
        }

        private static void Check(JsonNode? value, JsonObject schema, string path, List<string> found)
        {
            foreach (var (keyword, rule) in schema)
            {
                var isGood = keyword switch
                {
                    "type" => Types(rule!).Contains(TypeOf(value)) || (TypeOf(value) == "integer" && Types(rule!).Contains("number")),
                    "const" => JsonNode.DeepEquals(value, rule),
                    "enum" => rule!.AsArray().Any(e => JsonNode.DeepEquals(e, value)),
                    "required" => value is JsonObject o && rule!.AsArray().All(r => o.ContainsKey((string)r!)),
                    "maxItems" => value!.AsArray().Count <= (int)rule!,
                    "maxProperties" => value!.AsObject().Count <= (int)rule!,
                    "maxLength" => value is null || ((string)value!).Length <= (int)rule!,
                    "format" => DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, out _),
                    "$ref" or "properties" or "additionalProperties" or "items" => true,
                    "$schema" or "$id" or "$defs" or "title" or "description" => true,
                    _ => throw new NotSupportedException(keyword),
                };
                if (!isGood)
                    found.Add($"{path}: {keyword}");
            }

            Descend(value, schema, path, found);
        }

        private static void Descend(JsonNode? value, JsonObject schema, string path, List<string> found)
        {
            if (schema["$ref"] is { } reference)
                Check(value, _root["$defs"]![((string)reference!)["#/$defs/".Length..]]!.AsObject(), path, found);
            if (schema["items"] is JsonObject items)
                foreach (var item in value!.AsArray())
                    Check(item, items, path + "[]", found);
            if (value is not JsonObject members)
                return;
            foreach (var (name, member) in members)
                if (schema["properties"]?[name] is JsonObject known)
                    Check(member, known, $"{path}.{name}", found);
                else if (schema["additionalProperties"] is JsonObject other)
                    Check(member, other, $"{path}.{name}", found);
                else
                    found.Add($"{path}: surplus {name}");
        }

        private static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray many ? many.Select(t => (string)t!) : [(string)rule!];

        private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "integer" : "number",
            _ => "boolean",
        };

        private static string FilePath([CallerFilePath] string source = "") =>
            Path.Combine(Path.GetDirectoryName(source)!, "../../docs/schemas/result.schema.json");
    }
}
