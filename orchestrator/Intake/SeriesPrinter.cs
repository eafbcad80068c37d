using System.Globalization;
using System.Text.Json;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Prints assembled series for a person or for a program.</summary>
public static class SeriesPrinter
{
    /// <summary>Text for a terminal: control characters of the mails are escaped.</summary>
    public static void WriteText(TextWriter output, SeriesAssembly assembly)
    {
        for (var i = 0; i < assembly.Series.Count; i++)
        {
            WriteText(output, i + 1, assembly.Series[i]);
            output.WriteLine();
        }

        if (assembly.Ignored.Count > 0)
        {
            output.WriteLine("Mails that are no part of a series:");
            foreach (var ignored in assembly.Ignored)
                WriteText(output, ignored);
            output.WriteLine();
        }

        var incomplete = assembly.Series.Count(s => !s.IsComplete);
        output.WriteLine($"{Count(assembly.MailCount, "mail")}: {assembly.Series.Count:N0} series"
            + (incomplete > 0 ? $" ({incomplete:N0} incomplete)" : "") + $", {Count(assembly.Ignored.Count, "mail")} left out");
    }

    /// <summary>The document that <see cref="SeriesDocument"/> describes, and a line feed.</summary>
    public static void WriteJson(TextWriter output, string source, SeriesAssembly assembly)
    {
        // The serializer writes to streams or strings; the mails' bodies are not in the document, so a string will do.
        output.Write(JsonSerializer.Serialize(SeriesDocument.Of(source, assembly), SeriesJson.Default.SeriesDocument));
        output.Write('\n');
    }

    private static void WriteText(TextWriter output, int index, Series series)
    {
        output.WriteLine($"Series {index}: {Safe(series.Subject)}");
        output.WriteLine($"  version   {series.Version}{Tags(series.Tags)}");
        output.WriteLine($"  author    {Safe(Name(series.Submitter))}{On(series.Date)}");
        output.WriteLine($"  patches   {series.Patches.Count} of {series.Total}, {Completeness(series)}");
        if (series.Cover is { } cover)
            output.WriteLine($"  {"cover",-9} {Safe(cover.Subject)}{Id(cover.MessageId)}");
        foreach (var patch in series.Patches)
        {
            var by = patch.Author == series.Submitter ? "" : $", by {Safe(Name(patch.Author))}";
            output.WriteLine($"  {$"{patch.Number}/{series.Total}",-9} {Safe(patch.Title)}{by}{Id(patch.MessageId)}");
        }

        output.WriteLine($"  base      {Base(series.Base)}");
    }

    private static void WriteText(TextWriter output, MailDecision ignored)
    {
        output.WriteLine($"  {Safe(ignored.Origin)}: {Safe(ignored.Reason)}");
        output.WriteLine($"      {(ignored.Subject.Length > 0 ? Safe(ignored.Subject) : "(no subject)")}{Id(ignored.MessageId)}");
    }

    private static string Completeness(Series series) => series.Missing switch
    {
        [] => "complete",
        [var one] => $"incomplete: {one} is missing",
        var some => $"incomplete: {string.Join(", ", some.Take(20))}{(some.Count > 20 ? " ..." : "")} are missing",
    };

    private static string Base(BaseHints hints)
    {
        var parts = new List<string>();
        if (hints.BaseCommit is { } commit)
            parts.Add($"commit {commit}");
        if (hints.PrerequisitePatchIds.Count > 0)
            parts.Add($"on top of {Count(hints.PrerequisitePatchIds.Count, "patch", "patches")} named by id");
        if (hints.BlobIds.Count > 0)
            parts.Add($"{Count(hints.BlobIds.Count, "file")} named by blob");
        return parts.Count > 0 ? string.Join(", ", parts) : "no hint";
    }

    private static string Tags(IReadOnlyList<string> tags) => tags.Count > 0 ? $", tagged {Safe(string.Join(' ', tags))}" : "";

    private static string On(DateTimeOffset? date) =>
        date?.ToString(", yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? ", no date";

    private static string Id(string? id) => id is null ? "" : $"  <{Safe(id)}>";

    private static string Name(Person person) => person is { Name: "", Address: "" } ? "(nobody named)" : person.ToString();

    private static string Count(int count, string one, string? many = null) => $"{count:N0} {(count == 1 ? one : many ?? one + "s")}";

    private static string Safe(string text) => TerminalText.Escape(text);
}
