using System.Text;
using OpenConfirm.Intake.Trees;

namespace OpenConfirm.Intake;

/// <summary>
/// Finds the copies of a mail that came by several ways: directly, and through lists, which add a tag and a footer and
/// perhaps rewrite From: and Message-ID. A copy has the same numbers, title and content by the same author, and the same
/// Message-ID or date.
/// </summary>
internal sealed class MailCopies
{
    /// <summary>A hostile flood must not make the search quadratic.</summary>
    private const int MaxCandidates = 16;

    private readonly Dictionary<Key, List<Candidate>> _alike = [];

    private sealed record Key(string Title, int Version, int? Number, int? Total, bool IsRfc, bool IsResend, string IdOrDate);

    /// <summary>A mail, and how far each of its patches goes; that is found out once, since bodies are long.</summary>
    private sealed class Candidate(int place, MailItem mail)
    {
        private readonly Lazy<int[]> _ends = new(() => [.. mail.Patches.Select(p => EndOfDiff(p.Body))]);

        public int Place => place;

        public MailItem Mail => mail;

        public bool HasContentOf(Candidate other)
        {
            if (Mail.Patches.Count == 0 && other.Mail.Patches.Count == 0)
                return BeginsAlike((Mail.CoverText ?? "").TrimEnd(), (other.Mail.CoverText ?? "").TrimEnd());
            if (Mail.Patches.Count != other.Mail.Patches.Count)
                return false;
            return Mail.Patches.Zip(other.Mail.Patches).Index().All(p =>
                p.Item.First.Subject.Title == p.Item.Second.Subject.Title
                && p.Item.First.Body.AsSpan().CommonPrefixLength(p.Item.Second.Body) is var common
                && common >= _ends.Value[p.Index] && _ends.Value[p.Index] == other._ends.Value[p.Index]);
        }
    }

    /// <summary>Place and mail that came before of which this is a copy; null when there is none, and then it is remembered.</summary>
    /// <param name="mail">A cover letter, or patches.</param>
    /// <param name="place">What to call its place.</param>
    public (int Place, MailItem Mail)? Find(MailItem mail, int place)
    {
        var candidate = new Candidate(place, mail);
        foreach (var key in Keys(mail))
        {
            foreach (var earlier in _alike.GetValueOrDefault(key) ?? [])
                if (IsSameAuthor(earlier.Mail, mail) && earlier.HasContentOf(candidate))
                    return (earlier.Place, earlier.Mail);
        }

        Remember(candidate);
        return null;
    }

    /// <summary>A place has another mail from now on.</summary>
    public void Remember(MailItem mail, int place) => Remember(new Candidate(place, mail));

    private void Remember(Candidate candidate)
    {
        foreach (var key in Keys(candidate.Mail))
        {
            if (!_alike.TryGetValue(key, out var alike))
                _alike.Add(key, alike = []);
            if (alike.Count < MaxCandidates)
                alike.Add(candidate);
        }
    }

    private static IEnumerable<Key> Keys(MailItem mail)
    {
        var s = mail.Subject;
        if (mail.MessageId is { } id)
            yield return new Key(s.Title, s.Version, s.Number, s.Total, s.IsRfc, s.IsResend, "<" + id);
        if (mail.Date is { } date)
            yield return new Key(s.Title, s.Version, s.Number, s.Total, s.IsRfc, s.IsResend, $"{date.UtcTicks}");
    }

    /// <summary>
    /// The same address, or one that a list's copy says it is from. Only what stands in that copy itself counts: a stranger
    /// can write anything into his own, also the author's name.
    /// </summary>
    private static bool IsSameAuthor(MailItem one, MailItem other)
    {
        var isSame = one.From.Address.Equals(other.From.Address, StringComparison.OrdinalIgnoreCase);
        return (MailText.IsRewritten(one.From), MailText.IsRewritten(other.From)) switch
        {
            (true, false) => IsFrom(one, other.From.Address),
            (false, true) => IsFrom(other, one.From.Address),
            (true, true) => isSame && one.From.Name == other.From.Name,
            _ => isSame,
        };
    }

    private static bool IsFrom(MailItem copy, string address)
    {
        var before = copy.From.Name.Split(" via ", 2)[0].Trim('\'', '"', ' ');
        return address.Length > 0
            && (Is(SendRun.Of(copy.MessageId)?.Address)
                || copy.OriginalSenders.Any(Is)
                || copy.CopiedTo.Any(p => p.Name == before && Is(p.Address))
                || copy.Patches.Any(p => Is(p.Author.Address) || IsSignedBy(p.Body)));

        bool Is(string? named) => address.Equals(named, StringComparison.OrdinalIgnoreCase);

        bool IsSignedBy(byte[] body)
        {
            var message = Encoding.UTF8.GetString(body.AsSpan(0, DiffText.EndOfMessage(body)));
            return message.Split('\n').Any(l => l.StartsWith("Signed-off-by: ", StringComparison.OrdinalIgnoreCase)
                && l.TrimEnd().EndsWith($"<{address}>", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>A footer stands at the end.</summary>
    private static bool BeginsAlike(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    /// <summary>Offset behind the last line of a patch that is anything to git.</summary>
    private static int EndOfDiff(byte[] body)
    {
        // Too long to be applied, or to be looked into.
        if (body.AsSpan().Count((byte)'\n') > PatchDiff.MostLines)
            return body.Length;
        var start = DiffText.EndOfMessage(body);
        var lines = PatchDiff.Read(body.AsSpan(start)) is [.., var last] ? last.End : 0;
        var at = start;
        for (var line = 0; line < lines; line++)
            at = DiffText.NextLine(body, at);
        return at;
    }
}
