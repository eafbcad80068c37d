using System.Text;
using System.Text.Json;

namespace OpenConfirm.Findings.Tests;

public sealed class SarifFileTests
{
    private static readonly Finding Full = new()
    {
        Tool = "gcc",
        Rule = "-Wunused-variable",
        Severity = Severity.Warning,
        Message = "unused variable 'x' in {0} of [a](http://example.org/) é",
        Location = new SourceLocation("lib/sub dir/a:b%20#?.c", 12, 5),
        Function = "main",
        TranslationUnit = "src/a.c",
        Step = "compile",
        Related = [new(new SourceLocation("/usr/include/stdio.h", 3), "in file included from {}"), new(null, "note"), new(null, "note")],
        Excerpt = ["a.c:12:5: warning", "  int x;", ""],
        LogLine = 77,
    };

    private static readonly Finding Bare = new() { Tool = "ld", Rule = "", Severity = Severity.Error, Message = "" };

    [Test]
    public void Findings_come_back_as_they_were()
    {
        Finding[] findings = [Full, Bare, Full with { Severity = Severity.Note, Location = null }, Full with { Function = null, Related = [] }];
        var back = SarifFile.Read(Written(s => SarifFile.Write(s, findings, "1.2.3")));

        Assert.That(back.Select(Text), Is.EqualTo(findings.Select(Text)));
    }

    [Test]
    public void Any_text_comes_back([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        var findings = Enumerable.Range(0, 20).Select(_ => Full with
        {
            Message = Any(),
            Function = Any(),
            Location = new SourceLocation(Any(), random.Next(100), 0),
            Excerpt = [Any()],
            Rule = Any(),
        }).ToList();
        var back = SarifFile.Read(Written(s => SarifFile.Write(s, findings, Any())));

        Assert.That(back.Select(Text), Is.EqualTo(findings.Select(Text)));

        string Any() => string.Concat(random.GetItems<char>("{}[](\\/.%:\"'<\u0001é本a0 ", random.Next(1, 12)));
    }

    [TestCase(Verdict.New, true, true, "new")]
    [TestCase(Verdict.New, false, true, "new")]
    [TestCase(Verdict.PreExisting, true, true, "unchanged")]
    [TestCase(Verdict.Fixed, true, false, "absent")]
    [TestCase(Verdict.Removed, true, false, "absent")]
    [TestCase(Verdict.NotTested, true, false, "absent")]
    [TestCase(Verdict.NotTested, false, true, "unchanged")]
    public void The_verdict_is_written_as_baseline_state(Verdict verdict, bool inBase, bool inPatched, string expected)
    {
        var judged = new JudgedFinding(verdict, inBase ? Full : null, inPatched ? Full : null);
        using var json = JsonDocument.Parse(Written(s => SarifFile.Write(s, [judged], "1", _ => "abc")));

        var result = json.RootElement.GetProperty("runs")[0].GetProperty("results")[0];
        Assert.Multiple(() =>
        {
            Assert.That(result.GetProperty("baselineState").GetString(), Is.EqualTo(expected));
            Assert.That(result.GetProperty("properties").GetProperty("openconfirm").GetProperty("verdict").GetString(), Is.EqualTo(verdict.ToString()));
            Assert.That(result.GetProperty("partialFingerprints").GetProperty("openconfirm/v1").GetString(), Is.EqualTo("abc"));
        });
    }

    [Test]
    public void An_id_is_a_property_and_a_guid_of_its_own_and_a_suppression_is_one()
    {
        JudgedFinding[] judged = [new(Verdict.Suppressed, Full, Full), new(Verdict.New, null, Bare)];
        using var json = JsonDocument.Parse(Written(s => SarifFile.Write(s, judged, "1", _ => null, j => j.Base is null ? null : new SarifIdentity("BIRD 2", "F-7KQ2M", "the macro needs it"))));
        var results = json.RootElement.GetProperty("runs")[0].GetProperty("results");
        Assert.Multiple(() =>
        {
            Assert.That(results[0].GetProperty("properties").GetProperty("openconfirm").GetProperty("id").GetString(), Is.EqualTo("F-7KQ2M"));
            Assert.That(results[0].GetProperty("correlationGuid").GetString(), Does.Match("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
            Assert.That(results[0].GetProperty("suppressions")[0].GetProperty("kind").GetString(), Is.EqualTo("external"));
            Assert.That(results[0].GetProperty("suppressions")[0].GetProperty("justification").GetString(), Is.EqualTo("the macro needs it"));
            Assert.That(results[1].TryGetProperty("correlationGuid", out _) || results[1].TryGetProperty("suppressions", out _), Is.False);
            Assert.That(new SarifIdentity("BIRD 2", "F-7KQ2M", null).Correlation, Is.Not.EqualTo(new SarifIdentity("FRR", "F-7KQ2M", null).Correlation));
        });
    }

    [Test]
    public void What_the_standard_requires_is_there()
    {
        using var json = JsonDocument.Parse(Written(s => SarifFile.Write(s, [Full, Full with { Rule = "r2" }, Bare], "1.2.3")));
        var run = json.RootElement.GetProperty("runs")[0];
        var driver = run.GetProperty("tool").GetProperty("driver");
        var result = run.GetProperty("results")[0];
        var physical = result.GetProperty("locations")[0].GetProperty("physicalLocation");

        Assert.Multiple(() =>
        {
            Assert.That(json.RootElement.GetProperty("version").GetString(), Is.EqualTo("2.1.0"));
            Assert.That(driver.GetProperty("name").GetString(), Is.EqualTo("OpenConfirm"));
            foreach (var r in run.GetProperty("results").EnumerateArray())
                Assert.That(driver.GetProperty("rules")[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString(), Is.EqualTo(r.GetProperty("ruleId").GetString()));
            // Placeholders and links that a tool did not mean (sections 3.11.5 and 3.11.6).
            Assert.That(result.GetProperty("message").GetProperty("text").GetString(), Does.Contain("{{0}}").And.Contain("\\[a\\]("));
            Assert.That(physical.GetProperty("artifactLocation").GetProperty("uri").GetString(), Is.EqualTo("lib/sub%20dir/a%3Ab%2520%23%3F.c"));
            Assert.That(run.GetProperty("originalUriBaseIds").TryGetProperty(physical.GetProperty("artifactLocation").GetProperty("uriBaseId").GetString()!, out _));
            Assert.That(result.GetProperty("relatedLocations").EnumerateArray().Select(r => r.GetRawText()), Is.Unique);
            Assert.That(run.GetProperty("results")[2].TryGetProperty("locations", out _), Is.False);
        });
    }

    [Test]
    public void A_foreign_log_is_read()
    {
        const string log = """
            {"version":"2.1.0","unknown":[{"deep":{}}],"runs":[{"tool":{"driver":{"name":"other","rules":[]}},"results":[
              {"ruleId":"R1","level":"error","message":{"text":"two\nlines"},"properties":{"tags":["x"]},
               "locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///src/a%20b.c"},"region":{"startLine":3}},
                             "logicalLocations":[{"name":"f","fullyQualifiedName":"ns::f"}]}]},
              {"kind":"pass","message":{"text":"fine"}},
              {"message":{"id":"default"},"locations":[null],"relatedLocations":[null]}]},
             {"tool":{"driver":{"name":"empty"}}}]}
            """;
        var findings = SarifFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(log)));

        Assert.That(findings, Has.Count.EqualTo(2));
        Assert.That(Text(findings[0]), Is.EqualTo(Text(new Finding
        {
            Tool = "other",
            Rule = "R1",
            Severity = Severity.Error,
            Message = "two lines",
            Function = "ns::f",
            Location = new SourceLocation("/src/a b.c", 3),
        })));
    }

    [TestCase("", "$")]
    [TestCase("null", "$")]
    [TestCase("[]", "$")]
    [TestCase("{\"version\":\"2.0.0\",\"runs\":[]}", "$.version")]
    [TestCase("{\"version\":\"2.1.0\"}", "$")]
    [TestCase("{\"version\":\"2.1.0\",\"runs\":[{\"results\":[]}]}", "$.runs[0]")]
    [TestCase("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{}}}]}", "$.runs[0].tool.driver")]
    [TestCase("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"x\"}},\"results\":[{\"message\":{\"text\":7}}]}]}", "$.runs[0].results[0].message.text")]
    public void What_is_no_sarif_is_refused_with_its_place(string text, string where) =>
        Assert.That(
            () => SarifFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))),
            Throws.TypeOf<SarifException>().With.Property(nameof(SarifException.Where)).StartsWith(where));

    [Test]
    public void Size_depth_and_number_are_capped()
    {
        var deep = "{\"version\":\"2.1.0\",\"runs\":[],\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        var many = "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"x\"}},\"results\":["
            + string.Join(',', Enumerable.Repeat("{\"message\":{}}", SarifFile.MaxResults + 1)) + "]}]}";

        Assert.That(() => SarifFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(deep))), Throws.TypeOf<SarifException>().With.Message.Contains("depth"));
        Assert.That(() => SarifFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(many))), Throws.TypeOf<SarifException>().With.Message.Contains("100001"));
        Assert.That(() => SarifFile.Read(new MemoryStream(new byte[1000]), maxBytes: 999), Throws.TypeOf<SarifException>().With.Message.Contains("999 bytes"));
    }

    [Test]
    public void Damaged_logs_are_read_or_refused_and_nothing_else([Range(1, 3)] int seed)
    {
        var random = new Random(seed);
        var good = Written(s => SarifFile.Write(s, [Full, Bare], "1")).ToArray();
        var refused = 0;
        for (var i = 0; i < 200; i++)
        {
            var bad = good[..random.Next(good.Length / 2, good.Length + 1)];
            for (var n = random.Next(4); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                SarifFile.Read(new MemoryStream(bad));
            }
            catch (SarifException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(100));
    }

    [TestCase("\\ud800")]
    [TestCase("\\u0000")]
    public void Odd_escapes_are_read_or_refused(string escape)
    {
        var log = "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"x\"}},\"results\":[{\"message\":{\"text\":\"" + escape + "\"}}]}]}";
        try
        {
            Assert.That(SarifFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(log))), Has.Count.EqualTo(1));
        }
        catch (SarifException e)
        {
            Assert.That(e.Where, Does.StartWith("$.runs[0].results[0].message.text"));
        }
    }

    [Test]
    public void Text_that_is_no_unicode_can_be_written()
    {
        var back = SarifFile.Read(Written(s => SarifFile.Write(s, [Full with { Message = "half \ud800 pair", Location = new SourceLocation("\udc00.c") }], "1")));

        Assert.That(back.Single().Message, Is.EqualTo("half \ufffd pair"));
    }

    private static MemoryStream Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        stream.Position = 0;
        return stream;
    }

    // Records compare their lists by reference.
    private static string Text(Finding finding) => JsonSerializer.Serialize(finding);
}
