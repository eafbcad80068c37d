using System.Runtime.CompilerServices;
using System.Text.Json;
using static OpenConfirm.Intake.Tests.Letter;

namespace OpenConfirm.Intake.Tests;

public sealed class SeriesPrinterTests
{
    private static readonly Letter[] Mails =
    [
        Patch("[PATCH frr v2 0/3] Hold timers", "c@x") with { Body = "Why.\n\nbase-commit: 0123456789012345678901234567890123456789\n" },
        Patch("[PATCH frr v2 1/3] bgpd: one", "p1@x", "c@x", 1),
        Patch("[PATCH frr v2 3/3] bgpd: \u001b[31mred\u001b[0m =?UTF-8?Q?=E2=80=AEdesrever?=", "p3@x", "c@x", 2) with { Body = "From: Bo <bo@example.org>\n\nx\n---\n" + Diff("zebra.c") },
        Patch("[PATCH] single", null, null, null) with { From = "" },
        new Letter { Id = "r@x", Subject = "Re: [PATCH 1/3] \u001b]0;title\u0007", Body = "No.\n", InReplyTo = "p1@x" },
    ];

    [Test]
    public void Text()
    {
        var output = new StringWriter { NewLine = "\n" };
        SeriesPrinter.WriteText(output, Assemble(Mails));
        Assert.That(output.ToString().Any(c => char.IsControl(c) && c != '\n'), Is.False);
        AssertGolden("series.txt", output.ToString());
    }

    [Test]
    public void Json()
    {
        var output = new StringWriter();
        SeriesPrinter.WriteJson(output, "list.mbox", Assemble(Mails));
        using var document = JsonDocument.Parse(output.ToString());
        Assert.That(document.RootElement.GetProperty("series")[0].GetProperty("missing")[0].GetInt32(), Is.EqualTo(2));
        AssertGolden("series.json", output.ToString());
    }

    [Test]
    public async Task The_command_answers_on_the_right_stream()
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.That(await SeriesCommand.RunAsync("/none\u001b[2J", json: false, output, error, CancellationToken.None), Is.EqualTo(2));
        Assert.That((output.ToString(), error.ToString()), Is.EqualTo(("", "/none\\u001b[2J: no such file or folder. Give an mbox, a Maildir, a folder of git format-patch files, one mail, or - for standard input." + Environment.NewLine)));

        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, Mbox(Mails.Select(m => m.ToBytes())));
        Assert.That(await SeriesCommand.RunAsync(file, json: true, output, error, CancellationToken.None, new Hasty()), Is.EqualTo(0));
        Assert.That(JsonDocument.Parse(output.ToString()).RootElement.GetProperty("mailCount").GetInt32(), Is.EqualTo(5));
        Assert.That(error.ToString(), Does.Contain("5 mails read"));
        Assert.That(async () => await SeriesCommand.RunAsync(file, json: true, output, error, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        File.Delete(file);
    }

    [TestCase("plain text", "plain text")]
    [TestCase("Grüße 李 😀", "Grüße 李 😀")]
    [TestCase("\u001b[31m\u009b\u007f\r\n\t", "\\u001b[31m\\u009b\\u007f\\u000d\\u000a\\u0009")]
    [TestCase("\u202e\u2066\u200b\u2028\ufeff", "\\u202e\\u2066\\u200b\\u2028\\ufeff")]
    public void Escapes(string text, string expected) => Assert.That(TerminalText.Escape(text), Is.EqualTo(expected));

    [Test]
    public void Escapes_half_characters()
    {
        // Not as test cases: an attribute cannot hold them.
        Assert.That(TerminalText.Escape("\ud800x\udc00\ud800"), Is.EqualTo("\\ud800x\\udc00\\ud800"));
    }

    private static void AssertGolden(string name, string actual, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Expected", name);
        if (Environment.GetEnvironmentVariable("OPENCONFIRM_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.That(actual, Is.EqualTo(File.ReadAllText(path)));
    }

    /// <summary>A clock on which every look takes three seconds.</summary>
    private sealed class Hasty : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _ticks += 3;
    }
}
