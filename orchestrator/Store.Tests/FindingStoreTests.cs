using OpenConfirm.Findings;
using OpenConfirm.Model;

namespace OpenConfirm.Store.Tests;

public sealed class FindingStoreTests
{
    private string _data = "";
    private FindingStore _store = null!;
    private FindingCatalog _catalog = null!;

    [SetUp]
    public void SetUp()
    {
        _data = Directory.CreateTempSubdirectory("openconfirm-store-").FullName;
        _store = new FindingStore(StoreFile.Open(_data), TimeProvider.System);
        _catalog = new FindingCatalog(StoreFile.Open(_data), TimeProvider.System);
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_data, recursive: true);

    [Test]
    public void Identical_findings_get_different_ids_and_the_same_base_the_same_ones_again()
    {
        SeenFinding[] seen = [Seen("x", 1), Seen("x", 2), Seen("x", 3)];
        var ids = Base("c1", seen);
        Assert.That(ids.Values, Is.Unique.And.All.Match("^F-[0-9A-HJKMNP-TV-Z]{5}$"));
        Assert.That(Base("c1", seen), Is.EqualTo(ids));
        Assert.That(Base("c1", seen[1..], target: "debian-13"), Is.EqualTo(ids.Where(i => i.Key != seen[0].Site)), "by place, though the first is missing there");
        var known = _store.FindBase("p", "c1", "debian-12")!;
        Assert.That(FindingStore.IsUnchanged(known, [seen[2], seen[0], seen[1]]), Is.True);
        Assert.That(FindingStore.IsUnchanged(known, seen[1..]), Is.False);
        Assert.That(known.Findings.Select(f => f.Finding.Location), Is.EqualTo(seen.Select(s => s.Finding.Location)));
    }

    [Test]
    public void Ids_follow_from_what_is_seen_first_and_are_of_one_project()
    {
        var id = Base("c1", [Seen("x", 1)]).Values.Single();
        var other = Directory.CreateTempSubdirectory("openconfirm-store-");
        try
        {
            var second = new FindingStore(StoreFile.Open(other.FullName), TimeProvider.System);
            Assert.That(second.RecordBase(Sighting("c9", "debian-12", [Seen("x", 77)])).Values.Single(), Is.EqualTo(id), "the same finding on another machine");
            Assert.That(second.RecordBase(Sighting("c9", "debian-12", [Seen("y", 77)]) with { Project = "q" }).Values.Single(), Is.Not.EqualTo(id));
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Test]
    public void A_reserved_id_is_given_to_nobody()
    {
        var id = Base("c1", [Seen("x", 1)]).Values.Single();
        var given = _store.RecordBase(Sighting("c1", "debian-12", [Seen("x", 1)]) with { Project = "p2", Reserved = new HashSet<string> { id } }).Values.Single();
        var natural = _store.RecordBase(Sighting("c1", "debian-12", [Seen("x", 1)]) with { Project = "p3" }).Values.Single();
        var reserved = _store.RecordBase(Sighting("c1", "debian-12", [Seen("x", 1)]) with { Project = "p4", Reserved = new HashSet<string> { Natural("p4") } }).Values.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(natural, Is.EqualTo(Natural("p3")));
            Assert.That(reserved, Is.Not.EqualTo(Natural("p4")));
            Assert.That(given, Is.EqualTo(Natural("p2")));
        }

        static string Natural(string project) => FindingId.Candidates(project, Seen("x", 1).Fingerprint, 1).First();
    }

    [Test]
    public void Matching_carries_an_id_and_its_aliases_are_kept()
    {
        var id = Base("c1", [Seen("x", 1)]).Values.Single();
        var moved = Seen("y", 9);
        Assert.That(Base("c2", [moved], carried: (moved, id)).Values.Single(), Is.EqualTo(id));
        var record = _catalog.Find("p", id).Single();
        Assert.That(record.Aliases.Select(a => a.Fingerprint), Is.EquivalentTo(new[] { Seen("x", 1).Fingerprint, moved.Fingerprint }));
        Assert.That(_catalog.Find(null, moved.Fingerprint).Single().Finding.Id, Is.EqualTo(id));
        Assert.That(record.Sightings.Select(s => (s.Target, s.FirstCommit, s.LastCommit)), Is.EqualTo(new[] { ("debian-12", "c1", "c2") }));
    }

    [Test]
    public void What_comes_back_has_its_id_again_unless_it_never_went()
    {
        SeenFinding first = Seen("x", 1), second = Seen("x", 2);
        var before = Base("c1", [first]);
        Base("c2", [], gone: before[first.Site]);
        Assert.That(_store.Gone("p"), Is.EqualTo(new Dictionary<string, bool> { [before[first.Site]] = true }));
        Assert.That(Base("c3", [second]).Values.Single(), Is.EqualTo(before[first.Site]), "back");
        Assert.That(_store.Gone("p"), Is.Empty);
        Assert.That(_catalog.Find("p", before[first.Site]).Single().History.Select(h => h.Kind), Is.EqualTo(new[] { "given", "gone", "back" }));

        // The one that is carried keeps its id, although the other comes first and looks the same.
        var after = Base("c4", [Seen("x", 1), Seen("x", 5)], carried: (Seen("x", 5), before[first.Site]));
        Assert.That(after[Seen("x", 5).Site], Is.EqualTo(before[first.Site]));
        Assert.That(after[Seen("x", 1).Site], Is.Not.EqualTo(before[first.Site]));
    }

    [Test]
    public void Only_what_no_target_shows_any_more_is_gone()
    {
        var finding = Seen("x", 1);
        var id = Base("c1", [finding]).Values.Single();
        Base("c1", [finding], target: "debian-13");
        Base("c2", [], gone: id);
        Assert.That(_store.Gone("p"), Is.Empty);
        Assert.That(_catalog.List("p", all: false).Single().Targets, Is.EqualTo(new[] { "debian-13" }));
        Base("c2", [], target: "debian-13", gone: id);
        Assert.That(_store.Gone("p").Keys, Is.EqualTo(new[] { id }));
        Assert.That(_catalog.List("p", all: false), Is.Empty);
        Assert.That(_catalog.List(null, all: true).Select(f => f.Id), Is.EqualTo(new[] { id }));
    }

    [Test]
    public void Versions_of_a_series_share_ids_and_other_series_do_not()
    {
        var first = Series("s1", "h1", [Seen("x", 1), Seen("x", 2)]);
        var second = Series("s1", "h2", [Seen("x", 11), Seen("x", 12), Seen("x", 13)]);
        Assert.That(second.Values.Take(2), Is.EquivalentTo(first.Values));
        Assert.That(second.Values, Is.Unique);
        Assert.That(Series("s2", "h3", [Seen("x", 1)]).Values, Has.None.AnyOf(second.Values.Cast<object>().ToArray()));
    }

    /// <summary>The finding of the base is suppressed, say. A series shows the same words on the same lines once more, or in its place.</summary>
    [Test]
    public void A_series_never_takes_the_id_of_a_finding_of_the_base()
    {
        var suppressed = Base("c1", [Seen("x", 1)]).Values.Single();
        Assert.That(Series("evil", "h1", [Seen("x", 50)], taken: suppressed).Values.Single(), Is.Not.EqualTo(suppressed), "beside it");
        Assert.That(Series("evil 2", "h2", [Seen("x", 50)]).Values.Single(), Is.Not.EqualTo(suppressed), "in its place");
        Base("c2", [], gone: suppressed);
        Assert.That(Series("evil 3", "h3", [Seen("x", 50)]).Values.Single(), Is.Not.EqualTo(suppressed), "after it");
    }

    /// <summary>What an unmerged series made of a finding's line is no name of that finding.</summary>
    [Test]
    public void What_series_show_is_no_alias_for_a_base()
    {
        var suppressed = Base("c1", [Seen("x", 1)]).Values.Single();
        var evil = Series("evil", "h1", [Seen("bug", 7)]).Values.Single();
        Series("evil", "h2", [Seen("bug", 7), Seen("x", 9)], taken: suppressed);
        var elsewhere = Seen("bug", 7, "lib/a.c");
        Assert.That(elsewhere.Fingerprint, Is.EqualTo(Seen("bug", 7).Fingerprint), "no folder in it");
        var ids = Base("c2", [Seen("x", 1), elsewhere], carried: (Seen("x", 1), suppressed));
        Assert.That(ids[Seen("x", 1).Site], Is.EqualTo(suppressed));
        Assert.That(ids[elsewhere.Site], Is.Not.AnyOf(suppressed, evil));
        Assert.That(_catalog.Find("p", suppressed).Single().Aliases.Where(a => a.OfSeries), Is.Empty);
    }

    [Test]
    public void A_series_that_is_merged_keeps_its_ids_unless_two_have_brought_the_same()
    {
        var merged = Series("s1", "h1", [Seen("x", 1)]).Values.Single();
        Series("s2", "h2", [Seen("y", 1)]);
        Series("s3", "h3", [Seen("y", 1)]);
        var ids = Base("c2", [Seen("x", 1), Seen("y", 5)]);
        Assert.That(ids[Seen("x", 1).Site], Is.EqualTo(merged));
        Assert.That(_catalog.Find("p", merged).Single().Finding.InBase, Is.True);
        Assert.That(_catalog.List("p", all: true).Where(f => f.InBase), Has.Exactly(2).Items);
        Assert.That(_catalog.List("p", all: true).Where(f => !f.InBase), Has.Exactly(2).Items, "neither of the two");
    }

    [Test]
    public void An_id_of_another_machine_stands_for_ours()
    {
        var id = Base("c1", [Seen("x", 1)]).Values.Single();
        Assert.That(_store.Resolve("p", "F-ZZZZZ"), Is.Null);
        _store.AddName("p", "F-ZZZZZ", id);
        Assert.That(_store.Resolve("p", "F-ZZZZZ"), Is.EqualTo(id));
        Assert.That(_catalog.Find(null, "f-zzzzz").Single().Finding.Id, Is.EqualTo(id));
    }

    [Test]
    public void Runs_at_the_same_time_give_one_base_the_same_ids()
    {
        SeenFinding[] seen = [.. Enumerable.Range(1, 40).Select(i => Seen($"x{i % 5}", i))];
        var all = new IReadOnlyDictionary<string, string>[6];
        Parallel.For(0, all.Length, i => all[i] = new FindingStore(StoreFile.Open(_data), TimeProvider.System).RecordBase(Sighting("c1", "debian-12", seen)));
        Assert.That(all, Is.All.EqualTo(all[0]));
        Assert.That(_catalog.List("p", all: true), Has.Exactly(40).Items);
    }

    [Test]
    public void A_change_that_is_broken_off_leaves_nothing()
    {
        Base("c1", [Seen("x", 1)]);
        var listed = _catalog.List("p", all: true).Single();
        var copy = Directory.CreateTempSubdirectory("openconfirm-store-");
        try
        {
            // What is on the disk when the process is killed in the middle.
            Assert.That(() => _catalog.Change(listed, "suppressed", "me", () => CopyAndFail(copy.FullName)), Throws.TypeOf<IOException>());
            foreach (var data in new[] { _data, copy.FullName })
            {
                var record = new FindingCatalog(StoreFile.Open(data), TimeProvider.System).Find("p", listed.Id).Single();
                Assert.That(record.History.Select(h => h.Kind), Is.EqualTo(new[] { "given" }), data);
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }

        void CopyAndFail(string to)
        {
            foreach (var file in Directory.GetFiles(_data))
                File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), ReadShared(file));
            throw new IOException("killed");
        }

        static byte[] ReadShared(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }

    [Test]
    public void Old_bases_are_dropped_and_their_ids_stay()
    {
        for (var i = 0; i < 25; i++)
            Base($"c{i:00}", [Seen("x", i + 1)]);
        Assert.That(_store.Bases("p", "debian-12"), Has.Exactly(20).Items.And.Some.EqualTo("c24").And.None.EqualTo("c04"));
        Assert.That(_catalog.List("p", all: true).Select(f => f.Id), Has.Exactly(1).Items, "an alias each time");
    }

    [Test]
    public void What_only_a_series_showed_is_forgotten_after_a_year_or_so()
    {
        var time = new Later();
        var store = new FindingStore(StoreFile.Open(_data), time);
        var old = store.RecordSeries(Of("s1", "h1", [Seen("x", 1)])).Values.Single();
        time.Now += TimeSpan.FromDays(401);
        store.RecordSeries(Of("s2", "h2", [Seen("y", 1)]));
        Assert.That(_catalog.List("p", all: true).Select(f => f.Id), Has.Exactly(1).Items.And.None.EqualTo(old));
    }

    [Test]
    public void Its_file_is_for_its_owner_alone() =>
        Assert.That(File.GetUnixFileMode(Path.Combine(_data, "store.db")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

    [Test]
    public void A_file_of_a_newer_program_or_a_damaged_one_is_said_so()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_data, "store.db")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        Assert.That(() => StoreFile.Open(_data), Throws.TypeOf<InfrastructureException>().With.Message.Contains("newer"));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(_data))
            File.Delete(file);
        File.WriteAllText(Path.Combine(_data, "store.db"), new string('x', 5000));
        Assert.That(() => StoreFile.Open(_data), Throws.TypeOf<InfrastructureException>().With.Message.Contains("store.db"));
    }

    private static SeenFinding Seen(string what, int line, string path = "src/a.c")
    {
        var finding = new Finding
        {
            Tool = "gcc",
            Rule = "-Wunused",
            Severity = Severity.Warning,
            Message = $"unused '{what}'",
            Location = new SourceLocation(path, line, 5),
            TranslationUnit = path,
            Step = "compile",
        };
        return new SeenFinding(Fingerprint.Site(finding), Fingerprint.Of(finding, null), finding) { IsPublic = true };
    }

    private IReadOnlyDictionary<string, string> Base(string commit, SeenFinding[] seen, string target = "debian-12", (SeenFinding Seen, string Id)? carried = null, string? gone = null) =>
        _store.RecordBase(Sighting(commit, target, seen) with
        {
            Carried = carried is { } c ? new Dictionary<string, string> { [c.Seen.Site] = c.Id } : new Dictionary<string, string>(),
            Gone = gone is null ? new HashSet<string>() : new HashSet<string> { gone },
        });

    private static BaseSighting Sighting(string commit, string target, SeenFinding[] seen) =>
        new() { Project = "p", ProjectFile = "/p.yaml", Commit = commit, Target = target, Findings = seen };

    private IReadOnlyDictionary<string, string> Series(string series, string head, SeenFinding[] seen, string? taken = null) =>
        _store.RecordSeries(Of(series, head, seen) with { Taken = taken is null ? new HashSet<string>() : new HashSet<string> { taken } });

    private static SeriesSighting Of(string series, string head, SeenFinding[] seen) =>
        new() { Project = "p", Series = series, Title = series, Commit = head, Findings = seen };

    private sealed class Later : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
