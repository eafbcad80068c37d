using System.Runtime.InteropServices;

namespace OpenConfirm.Intake;

/// <summary>
/// Sorts cover letters and patches into series. Mails of different sender, version, total, RFC or RESEND never
/// meet. Among the others, in this order: what answers the same mail or each other; what one run of
/// <c>git send-email</c> sent; for mails whose threading is broken, what is close in time and fits by number.
/// </summary>
internal static class SeriesThreads
{
    /// <summary>How far apart the mails of a series without threading may be.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromHours(6);

    /// <summary>A hostile flood must not make the search for a fitting group quadratic.</summary>
    private const int MaxCandidates = 64;

    /// <summary>Groups the mails.</summary>
    /// <param name="mails">Covers and patches, in the order of the source.</param>
    /// <param name="isKnown">Whether the source holds a mail of that Message-ID, patch or not.</param>
    public static IEnumerable<IReadOnlyList<SeriesMail>> Group(IReadOnlyList<SeriesMail> mails, Func<string, bool> isKnown)
    {
        foreach (var alone in mails.Where(m => m.IsAlone))
            yield return [alone];
        foreach (var alike in mails.Where(m => !m.IsAlone).GroupBy(Kind))
        {
            var groups = ByThread([.. alike.OrderBy(m => m.Sent ?? DateTimeOffset.MaxValue).ThenBy(m => m.Number).ThenBy(m => m.Index)]);
            groups = ByRun(groups);
            foreach (var group in ByTime(groups, isKnown))
                yield return group.Mails;
        }
    }

    private static (string Sender, int Version, int Total, bool IsRfc, bool IsResend) Kind(SeriesMail mail) =>
        (mail.Sender, mail.Subject.Version, mail.Total, mail.Subject.IsRfc, mail.Subject.IsResend);

    private static List<Thread> ByThread(IReadOnlyList<SeriesMail> mails)
    {
        var byId = new Dictionary<string, SeriesMail>(StringComparer.Ordinal);
        foreach (var mail in mails.Where(m => m.MessageId is not null))
            byId.TryAdd(mail.MessageId!, mail);
        var answered = mails.Where(m => m.References.Count > 0).Select(m => m.References[^1]).ToHashSet(StringComparer.Ordinal);

        // Union-find over the mails and over the mails they answer that are not of this kind, or lost.
        var parents = new Dictionary<object, object>();
        foreach (var mail in mails)
        {
            if (mail.IsCover || mail.References.Count == 0)
                continue;
            var ancestor = mail.References.Reverse().Select(id => byId.GetValueOrDefault(id)).FirstOrDefault(m => m is not null && m != mail);
            if (ancestor is null)
                Join(mail, mail.References[^1]);
            else if (MayFollow(mail, ancestor))
                Join(mail, ancestor);
        }

        return [.. mails.GroupBy(m => Find(m)).Select(g => new Thread(g))];

        // A cover or first patch in answer to an earlier posting begins a series of its own, unless nothing follows it.
        bool MayFollow(SeriesMail mail, SeriesMail ancestor)
        {
            var isFollowed = mail.MessageId is not null && answered.Contains(mail.MessageId);
            return ancestor.IsCover || (mail.Number == ancestor.Number ? !isFollowed : mail.Number > 1);
        }

        object Find(object node)
        {
            while (parents.TryGetValue(node, out var parent))
            {
                if (parents.TryGetValue(parent, out var grand))
                    parents[node] = grand;
                node = parent;
            }

            return node;
        }

        void Join(object one, object other)
        {
            var (a, b) = (Find(one), Find(other));
            if (!a.Equals(b))
                parents[a] = b;
        }
    }

    private static List<Thread> ByRun(List<Thread> threads)
    {
        var byRun = new Dictionary<SendRun, Thread>();
        var result = new List<Thread>();
        foreach (var thread in threads)
        {
            if (thread.Run is { } run)
            {
                ref var same = ref CollectionsMarshal.GetValueRefOrAddDefault(byRun, run, out _);
                if (same is not null && same.Fits(thread))
                {
                    same.Add(thread);
                    continue;
                }

                same ??= thread;
            }

            result.Add(thread);
        }

        return result;
    }

    /// <summary>Joins stray mails. Threads that hold together by themselves are never joined with each other.</summary>
    private static List<Thread> ByTime(List<Thread> threads, Func<string, bool> isKnown)
    {
        var result = new List<Thread>();
        foreach (var thread in threads)
        {
            var best = result.TakeLast(MaxCandidates)
                .Where(c => MayJoin(c, thread, isKnown) && c.Fits(thread) && Distance(c, thread) <= Close)
                .MinBy(c => Distance(c, thread));
            if (best is not null)
                best.Add(thread);
            else
                result.Add(thread);
        }

        return result;
    }

    private static bool MayJoin(Thread one, Thread other, Func<string, bool> isKnown)
    {
        if (one.HoldsTogether && other.HoldsTogether)
            return false;

        // A stray that answers a lost mail belongs to the lost mail's series, not to one that is whole.
        var stray = one.HoldsTogether ? other : one;
        var whole = one.HoldsTogether ? one : other;
        return !whole.HoldsTogether || stray.Mails.All(m => m.References.Count == 0 || isKnown(m.References[^1]));
    }

    /// <summary>Zero when either side has no date: then only the numbers speak.</summary>
    private static TimeSpan Distance(Thread one, Thread other) =>
        one.Last is { } last && other.First is { } first ? TimeSpan.FromTicks(Math.Abs(first.UtcTicks - last.UtcTicks)) : TimeSpan.Zero;

    /// <summary>Mails that belong together.</summary>
    private sealed class Thread
    {
        private readonly List<SeriesMail> _mails;
        private readonly HashSet<int> _numbers;

        public Thread(IEnumerable<SeriesMail> mails)
        {
            _mails = [.. mails];
            _numbers = [.. _mails.Select(m => m.Number)];
            HoldsTogether = _mails.Count > 1;
            First = _mails.Min(m => m.Sent);
            Last = _mails.Max(m => m.Sent);
            Run = _mails.Select(m => m.Run).FirstOrDefault(r => r is not null);
        }

        public IReadOnlyList<SeriesMail> Mails => _mails;

        /// <summary>By threading or by a common run, not by a guess.</summary>
        public bool HoldsTogether { get; }

        public SendRun? Run { get; }

        public DateTimeOffset? First { get; }

        public DateTimeOffset? Last { get; private set; }

        public bool Fits(Thread other) => !_numbers.Overlaps(other._numbers);

        public void Add(Thread other)
        {
            _mails.AddRange(other._mails);
            _numbers.UnionWith(other._numbers);
            if (other.Last > Last || Last is null)
                Last = other.Last;
        }
    }
}
