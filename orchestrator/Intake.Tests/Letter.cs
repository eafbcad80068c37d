using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenConfirm.Intake.Tests;

/// <summary>A mail as a test writes it: every header and byte as given, nothing made well-formed.</summary>
internal sealed record Letter
{
    public string Subject { get; init; } = "";

    public string From { get; init; } = "Ann Onym <ann@example.org>";

    public string? Id { get; init; }

    public string? InReplyTo { get; init; }

    /// <summary>Minutes after the first of May 2024, noon; null for no Date: at all.</summary>
    public int? At { get; init; } = 0;

    /// <summary>Further header lines, each with its line feed.</summary>
    public string Headers { get; init; } = "";

    public string Body { get; init; } = "";

    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append("From: ").Append(From).Append("\nSubject: ").Append(Subject).Append('\n');
        if (Id is not null)
            text.Append("Message-ID: <").Append(Id).Append(">\n");
        if (InReplyTo is not null)
            text.Append("In-Reply-To: <").Append(InReplyTo).Append(">\n");
        if (At is { } minutes)
            text.Append("Date: ").Append(new DateTime(2024, 5, 1, 12, 0, 0, DateTimeKind.Utc).AddMinutes(minutes).ToString("ddd, d MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)).Append(" +0000\n");
        return Encoding.Latin1.GetBytes(text.Append(Headers).Append('\n').Append(Body).ToString());
    }

    /// <summary>A patch mail whose diff changes one line of a file.</summary>
    public static Letter Patch(string subject, string? id = null, string? inReplyTo = null, int? at = 0, string file = "bgpd.c") =>
        new() { Subject = subject, Id = id, InReplyTo = inReplyTo, At = at, Body = $"Say why.\n\nSigned-off-by: Ann Onym <ann@example.org>\n---\n bgpd.c | 2 +-\n\n{Diff(file)}-- \n2.39.5\n" };

    public static string Diff(string file = "bgpd.c") =>
        $"diff --git a/{file} b/{file}\nindex 1234567..89abcde 100644\n--- a/{file}\n+++ b/{file}\n@@ -1,3 +1,3 @@\n int a;\n-int b;\n+int c;\n int d;\n";

    /// <summary>An mbox, quoted as mboxrd.</summary>
    public static byte[] Mbox(params IEnumerable<byte[]> mails) =>
        [.. mails.SelectMany(m => (byte[])[.. "From ann@example.org Wed May  1 12:00:00 2024\n"u8, .. Quoted(m), .. "\n\n"u8])];

    private static byte[] Quoted(byte[] mail) =>
        mail.AsSpan().IndexOf("From "u8) < 0 ? mail : Encoding.Latin1.GetBytes(Regex.Replace(Encoding.Latin1.GetString(mail), "^>*From ", ">$0", RegexOptions.Multiline));

    public static SeriesAssembly Assemble(params Letter[] letters) => AssembleBytes(Mbox(letters.Select(l => l.ToBytes())));

    public static SeriesAssembly AssembleBytes(byte[] mbox) =>
        SeriesAssembler.Assemble(MailReader.Read(new MemoryStream(mbox), "list.mbox"));
}
