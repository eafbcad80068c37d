using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Puts mails together to series: sifts out what is no patch, sorts the rest by thread, and says why for each mail it leaves out.</summary>
public sealed class SeriesAssembler
{
    /// <summary>Most bytes of patches that are held at once. Mails behind it are left out, with that reason.</summary>
    public const long MaxHeldBytes = 1L << 30;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Where each mail came first. Message-IDs can be foretold: a stranger's mail of the same one takes nobody's place.</summary>
    private readonly Dictionary<(string Id, string Address), string> _originById = [];
    private readonly List<SeriesMail> _taken = [];
    private readonly MailCopies _copies = new();
    private readonly List<(int Index, MailDecision Decision)> _ignored = [];
    private long _heldBytes;
    private int _count;

    private SeriesAssembler()
    {
    }

    /// <summary>Assembles the series of some mails, which may come in any order. Holds the bodies of patches, and no others.</summary>
    public static SeriesAssembly Assemble(IEnumerable<MailItem> mails)
    {
        var assembler = new SeriesAssembler();
        foreach (var mail in mails)
        {
            assembler.Sift(mail);
            assembler._count++;
        }

        return assembler.Finish();
    }

    private void Sift(MailItem mail)
    {
        var reason = ReasonAgainst(mail);
        if (mail.MessageId is { } id)
        {
            _ids.Add(id);
            _originById.TryAdd((id, mail.From.Address), mail.Origin);
        }

        if (reason is not null)
        {
            Ignore(_count, mail.Origin, mail.MessageId, mail.Subject.Text, reason);
            return;
        }

        if (_copies.Find(mail, _taken.Count) is { } copy)
        {
            TakeOne(copy.Place, copy.Mail, mail);
            return;
        }

        _heldBytes += mail.Patches.Sum(p => (long)p.Body.Length);
        _taken.Add(SeriesMail.Of(_count, mail));
    }

    /// <summary>Of two copies the one that names its author: else what arrives in turns would look like two senders' mails.</summary>
    private void TakeOne(int place, MailItem earlier, MailItem mail)
    {
        if (MailText.IsRewritten(mail.From) || !MailText.IsRewritten(earlier.From))
        {
            Ignore(_count, mail.Origin, mail.MessageId, mail.Subject.Text, $"a copy of a mail that came before ({earlier.Origin})");
            return;
        }

        Ignore(_taken[place], $"a list's copy of a mail that came from its author too ({mail.Origin})");
        _taken[place] = SeriesMail.Of(_count, mail);
        _copies.Remember(mail, place);
    }

    private string? ReasonAgainst(MailItem mail)
    {
        var subject = mail.Subject;
        if (mail.Failure is { } failure)
            return failure;
        if (mail.MessageId is { } id && _originById.TryGetValue((id, mail.From.Address), out var first))
            return $"its Message-ID came before ({first})";
        if (subject.IsReply)
        {
            return mail switch
            {
                { Patches.Count: > 0 } => "a reply that carries a diff; a new version needs a subject of its own, such as [PATCH v2]",
                { QuotesPatch: true } => "a reply that quotes a patch",
                _ => "a reply without a patch",
            };
        }

        if (subject.IsPatch && subject.Impossible is { } impossible)
            return impossible;
        if (subject.Number == 0)
            return null;
        if (mail.Patches.Count == 0)
        {
            return mail switch
            {
                { QuotesPatch: true } => "no diff of its own, it quotes a patch",
                { IsTooDeep: true } => "its parts are nested too deep to be read",
                { Subject.IsPatch: true } => "no diff in the body",
                _ => "not a patch: no [PATCH] in the subject and no diff in the body",
            };
        }

        if (!subject.IsPatch && mail.References.Count > 0)
            return "an answer that carries a diff, and its subject names no patch";
        return _heldBytes >= MaxHeldBytes ? "the patches before it take 1 GiB already; read the source in parts" : null;
    }

    private void Ignore(int index, string origin, string? id, string subject, string reason) =>
        _ignored.Add((index, new MailDecision(origin, id, subject, reason)));

    private void Ignore(SeriesMail mail, string reason) => Ignore(mail.Index, mail.Origin, mail.MessageId, mail.Subject.Text, reason);

    private SeriesAssembly Finish()
    {
        var built = new List<(int First, Series Series)>();
        foreach (var group in SeriesThreads.Group(_taken, _ids.Contains))
        {
            if (Build(group) is { } series)
                built.Add((group.Min(m => m.Index), series));
        }

        return new SeriesAssembly(
            [.. built.OrderBy(b => b.First).Select(b => b.Series)],
            [.. _ignored.OrderBy(i => i.Index).Select(i => i.Decision)],
            _count);
    }

    /// <summary>One series of one group's mails; null when it holds a cover letter only.</summary>
    private Series? Build(IReadOnlyList<SeriesMail> group)
    {
        SeriesMail? cover = null;
        var patches = new SortedDictionary<int, (SeriesMail Mail, MailPatch Patch)>();

        // In the order of the source: what comes later takes nobody's place, whatever Date: it bears.
        foreach (var mail in group.OrderBy(m => m.Index))
        {
            if (mail.IsCover && cover is null)
                cover = mail;
            else if (mail.IsCover)
                Ignore(mail, $"the series has a cover letter already ({cover!.Origin})");
            else if (patches.TryGetValue(mail.Numbers[0], out var earlier))
                Ignore(mail, $"patch {mail.Numbers[0]} of this series came before ({earlier.Mail.Origin})");
            else
                Add(mail);
        }

        if (patches.Count > 0)
            return Build(cover, patches);
        if (cover is not null)
            Ignore(cover, "a cover letter without its patches");
        return null;

        void Add(SeriesMail mail)
        {
            for (var i = 0; i < mail.Patches.Count; i++)
                patches.Add(mail.Numbers[i], (mail, mail.Patches[i]));
        }
    }

    private static Series Build(SeriesMail? cover, SortedDictionary<int, (SeriesMail Mail, MailPatch Patch)> numbered)
    {
        var head = cover ?? numbered.Values.First().Mail;
        var patches = numbered.Select(n => ToPatch(n.Key, n.Value.Mail, n.Value.Patch)).ToList();
        return new Series
        {
            Subject = cover is null ? patches[0].Title : Titled(cover.Subject),
            Version = head.Subject.Version,
            Total = head.Total,
            Submitter = head.From,
            Cover = cover is null ? null : new Cover(Titled(cover.Subject), cover.MessageId, cover.CoverText),
            Patches = patches,
            Base = BaseHintReader.Read(cover?.CoverText, patches),
            Tags = head.Subject.Tags,
            Date = numbered.Values.Select(n => n.Mail.Date).Append(cover?.Date).Min(),
        };
    }

    private static Patch ToPatch(int number, SeriesMail mail, MailPatch patch) => new()
    {
        Number = number,
        Title = Titled(patch.Subject),
        MessageId = mail.MessageId,
        Author = patch.Author,
        Date = patch.Date,
        Body = patch.Body,
    };

    private static string Titled(SubjectLine subject) => subject.Title.Length > 0 ? subject.Title : "(no title)";
}
