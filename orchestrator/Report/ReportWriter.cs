using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Report;

/// <summary>Writes the mail and the page of a run. Private findings leave no trace in either.</summary>
public sealed class ReportWriter
{
    private const int MaxReferences = 20;
    private const int MaxMessageId = 250;
    private readonly TimeProvider _time;
    private readonly TemplateFile _mail;
    private readonly TemplateFile _page;

    /// <param name="time">Dates the mail.</param>
    /// <param name="templates">Folder of the templates; by default the one beside the program.</param>
    public ReportWriter(TimeProvider time, string? templates = null)
    {
        templates ??= Path.Combine(AppContext.BaseDirectory, "templates");
        _time = time;
        _mail = TemplateFile.Text(Path.Combine(templates, "mail.txt.scriban"));
        _page = TemplateFile.Html(Path.Combine(templates, "page.html.scriban"));
    }

    /// <summary>The mail's text: lines of at most 72 columns ended by a line feed, but for paths, URLs and the command.</summary>
    public string MailText(RunReport report) => _mail.Render(MailView.Of(report.OnlyPublic()));

    /// <summary>The page: one HTML document that loads nothing and runs nothing.</summary>
    public string WritePage(RunReport report) => _page.Render(PageView.Of(report.OnlyPublic()));

    /// <summary>The mail, as an answer under the series. <see cref="UsageException"/> when the domain is none.</summary>
    public MimeMessage WriteMail(RunReport report, MailOptions options)
    {
        var message = new MimeMessage { Date = _time.GetLocalNow(), MessageId = MessageId(report, options.Domain), Subject = Subject(options.Subject) };
        message.From.Add(options.From);
        message.To.AddRange(options.To);
        message.Cc.AddRange(options.Cc);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        if (IsMessageId(options.AnswerTo))
        {
            message.InReplyTo = options.AnswerTo;
            message.References.AddRange(References(options));
        }

        var body = new TextPart(TextFormat.Plain);
        body.SetText(Encoding.UTF8, MailText(report));
        message.Body = body;
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    /// <summary>The first and the youngest of the chain (RFC 5322 section 3.6.4 has no limit, mail servers have).</summary>
    private static IEnumerable<string> References(MailOptions options)
    {
        var chain = options.References.Where(IsMessageId).Where(id => id != options.AnswerTo).Distinct().ToList();
        return [.. chain.Take(1), .. chain.Skip(1).TakeLast(MaxReferences), options.AnswerTo!];
    }

    /// <summary>Only what RFC 5322 section 3.6.4 allows in a msg-id, so that nothing smuggles a header in.</summary>
    private static bool IsMessageId(string? id) =>
        id is { Length: > 2 and <= MaxMessageId }
        && id.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < id.Length - 1
        && id.All(c => c is > ' ' and < (char)127 and not ('<' or '>' or '(' or ')' or ',' or ';' or '"' or '\\'));

    private static string MessageId(RunReport report, string domain)
    {
        if (Uri.CheckHostName(domain) != UriHostNameType.Dns)
            throw new UsageException($"\"{PlainText.Line(domain, 80)}\" cannot be the domain of a Message-ID: give a host name such as ci.example.org");
        var isPlain = report.RunId.Length is > 0 and <= 80 && report.RunId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        var id = isPlain ? report.RunId : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(report.RunId)).AsSpan(0, 12));
        return string.Create(CultureInfo.InvariantCulture, $"openconfirm.{id}@{domain}");
    }

    private static string Subject(string original)
    {
        var subject = PlainText.Line(original, 500);
        while (subject.StartsWith("re:", StringComparison.OrdinalIgnoreCase))
            subject = subject[3..].TrimStart();
        return "Re: " + subject;
    }
}
