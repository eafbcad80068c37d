using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Names, dates, Message-IDs and charsets as hostile mails write them.</summary>
internal static class MailText
{
    /// <summary>A header field is read up to this length; what lies behind is dropped.</summary>
    public const int MaxHeaderBytes = 64 * 1024;

    private const int MaxReferences = 200;
    private const int MaxIdLength = 500;
    private const int MaxPeople = 20;
    private const int MaxNameLength = 200;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    static MailText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Lenient, and flat: nested deeper than this is taken as one opaque part.</summary>
    public static ParserOptions ParserOptions { get; } = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Loose,
        ParameterComplianceMode = RfcComplianceMode.Loose,
        Rfc2047ComplianceMode = RfcComplianceMode.Loose,
        RespectContentLength = false,
        MaxMimeDepth = 20,
        MaxAddressGroupDepth = 2,
    };

    /// <summary>Decoded value of a header field on one line; empty when it is missing.</summary>
    public static string Header(HeaderList headers, HeaderId id)
    {
        foreach (var header in headers)
        {
            if (header.Id != id)
                continue;
            var raw = header.RawValue;
            var text = Rfc2047.DecodeText(ParserOptions, raw, 0, Math.Min(raw.Length, MaxHeaderBytes));
            return SubjectLine.OneLine(text, MaxHeaderBytes);
        }

        return "";
    }

    /// <summary>The From: header; archives that write "ann at example.org (Ann Onym)" are understood.</summary>
    public static Person From(HeaderList headers)
    {
        var header = headers.FirstOrDefault(h => h.Id == HeaderId.From);
        if (header is null)
            return new Person("", "");
        var raw = header.RawValue.AsSpan(0, Math.Min(header.RawValue.Length, MaxHeaderBytes)).ToArray();
        if (InternetAddressList.TryParse(ParserOptions, raw, out var list) && list.Mailboxes.FirstOrDefault() is { } mailbox
            && mailbox.Address.Contains('@', StringComparison.Ordinal))
            return ToPerson(mailbox);
        return ParseArchived(Header(headers, HeaderId.From));
    }

    /// <summary>People of an address field, at most 20.</summary>
    public static IReadOnlyList<Person> People(HeaderList headers, string field)
    {
        var header = headers.FirstOrDefault(h => h.Field.Equals(field, StringComparison.OrdinalIgnoreCase));
        if (header is null)
            return [];
        var raw = header.RawValue.AsSpan(0, Math.Min(header.RawValue.Length, MaxHeaderBytes)).ToArray();
        return InternetAddressList.TryParse(ParserOptions, raw, out var list)
            ? [.. list.Mailboxes.Where(m => m.Address.Contains('@', StringComparison.Ordinal)).Take(MaxPeople).Select(ToPerson)]
            : [];
    }

    /// <summary>Whether a list has put itself for the author: it leaves the name, "Ann via dev", or no address at all.</summary>
    public static bool IsRewritten(Person from) => from.Address.Length == 0 || from.Name.Contains(" via ", StringComparison.Ordinal);

    /// <summary>A person from decoded text; null when it holds no address.</summary>
    public static Person? ParsePerson(string text)
    {
        if (MailboxAddress.TryParse(ParserOptions, text, out var mailbox) && mailbox.Address.Contains('@', StringComparison.Ordinal))
            return ToPerson(mailbox);
        return null;
    }

    /// <summary>A date as RFC 5322 or git writes it; null when it names no day that exists.</summary>
    public static DateTimeOffset? ParseDate(string text) => text.Length < 200 && DateUtils.TryParse(text, out var date) ? date : null;

    /// <summary>Message-ID without angle brackets, or null.</summary>
    public static string? MessageId(HeaderList headers) => Ids(headers, HeaderId.MessageId).FirstOrDefault();

    /// <summary>References: and In-Reply-To: in one list, the direct parent last.</summary>
    public static IReadOnlyList<string> References(HeaderList headers)
    {
        var ids = Ids(headers, HeaderId.References).ToList();
        if (Ids(headers, HeaderId.InReplyTo).FirstOrDefault() is { } parent)
        {
            ids.Remove(parent);
            ids.Add(parent);
        }

        return ids.Count > MaxReferences ? ids[^MaxReferences..] : ids;
    }

    /// <summary>The encoding a charset parameter names, throwing on bytes it has no character for; null when it is unknown.</summary>
    public static Encoding? Charset(string? name)
    {
        // "7bit" charsets are common and say nothing: a text in them with high bytes is mislabelled.
        if (string.IsNullOrEmpty(name) || name.Length > 40)
            return null;
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Whether all of it are hexadecimal digits.</summary>
    public static bool IsHex(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(HexDigits);

    private static Person ToPerson(MailboxAddress mailbox) =>
        new(SubjectLine.OneLine(mailbox.Name ?? "", MaxNameLength), CleanAddress(mailbox.Address));

    /// <summary>An address that can stand between angle brackets in a header.</summary>
    private static string CleanAddress(string address) =>
        new([.. address.Where(c => c > ' ' && c != '\x7f' && !char.IsControl(c) && !"<>()[]\",;:\\".Contains(c, StringComparison.Ordinal)).Take(MaxIdLength)]);

    private static Person ParseArchived(string text)
    {
        var words = text.Split(' ', 4);
        if (words is [var user, "at", var host, ..])
            return new Person(words.Length > 3 ? words[3].Trim('(', ')', ' ') : "", CleanAddress($"{user}@{host}"));
        return new Person(SubjectLine.OneLine(text, MaxNameLength), "");
    }

    private static IEnumerable<string> Ids(HeaderList headers, HeaderId id)
    {
        var header = headers.FirstOrDefault(h => h.Id == id);
        if (header is null)
            return [];

        // The end matters: the direct parent stands last.
        var raw = header.RawValue;
        var start = Math.Max(0, raw.Length - MaxHeaderBytes);
        return MimeUtils.EnumerateReferences(raw, start, raw.Length - start)
            .Where(i => i.Length is > 0 and <= MaxIdLength && !i.Any(char.IsControl));
    }
}
