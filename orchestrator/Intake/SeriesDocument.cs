using System.Text.Json.Serialization;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>
/// What <c>openconfirm series --json</c> prints, in camelCase. Fields are added, never renamed or dropped, while
/// <see cref="SchemaVersion"/> stays. All text comes from mails and is to be encoded wherever it is shown.
/// </summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Source">The source as the user gave it.</param>
/// <param name="MailCount">Mails read.</param>
/// <param name="Series">In the order of their first mails.</param>
/// <param name="Ignored">Mails that are no part of a series, in the order of the source.</param>
public sealed record SeriesDocument(
    int SchemaVersion,
    string Source,
    int MailCount,
    IReadOnlyList<SeriesDocument.OneSeries> Series,
    IReadOnlyList<MailDecision> Ignored)
{
    /// <summary>Makes the document of an assembly.</summary>
    public static SeriesDocument Of(string source, SeriesAssembly assembly) =>
        new(1, source, assembly.MailCount, [.. assembly.Series.Select(OneSeries.Of)], assembly.Ignored);

    /// <summary>One series.</summary>
    /// <param name="Subject">The cover's subject, else the first patch's, without tags.</param>
    /// <param name="Version">1 for a first submission.</param>
    /// <param name="Total">Number of patches promised.</param>
    /// <param name="Complete">Whether all of them are here.</param>
    /// <param name="Missing">Numbers of those that are not.</param>
    /// <param name="Submitter">Who sent it.</param>
    /// <param name="Date">Of the first mail, ISO 8601, or null.</param>
    /// <param name="Tags">Tags of the subject besides PATCH, version and numbers.</param>
    /// <param name="AnswerTo">Message-ID an answer belongs under, or null.</param>
    /// <param name="Cover">The cover letter, or null.</param>
    /// <param name="Patches">By number.</param>
    /// <param name="Base">What it says of its base: baseCommit, prerequisitePatchIds, blobIds by path.</param>
    public sealed record OneSeries(
        string Subject,
        int Version,
        int Total,
        bool Complete,
        IReadOnlyList<int> Missing,
        Person Submitter,
        DateTimeOffset? Date,
        IReadOnlyList<string> Tags,
        string? AnswerTo,
        Cover? Cover,
        IReadOnlyList<OnePatch> Patches,
        BaseHints Base)
    {
        internal static OneSeries Of(Series s) => new(
            s.Subject, s.Version, s.Total, s.IsComplete, s.Missing, s.Submitter, s.Date, s.Tags, s.AnswerTo, s.Cover,
            [.. s.Patches.Select(p => new OnePatch(p.Number, p.Title, p.MessageId, p.Author, p.Date, p.Body.Length))], s.Base);
    }

    /// <summary>One patch.</summary>
    /// <param name="Number">From 1.</param>
    /// <param name="Title">The commit's title.</param>
    /// <param name="MessageId">Without angle brackets, or null.</param>
    /// <param name="Author">The commit's author.</param>
    /// <param name="Date">ISO 8601, or null.</param>
    /// <param name="BodyBytes">Length of commit message and diff.</param>
    public sealed record OnePatch(int Number, string Title, string? MessageId, Person Author, DateTimeOffset? Date, int BodyBytes);
}

/// <summary>Source-generated serializer of <see cref="SeriesDocument"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(SeriesDocument))]
internal sealed partial class SeriesJson : JsonSerializerContext;
