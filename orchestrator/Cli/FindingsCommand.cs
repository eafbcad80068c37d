using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CliWrap;
using CliWrap.Buffered;
using OpenConfirm.Farm;
using OpenConfirm.Findings;
using OpenConfirm.Intake;
using OpenConfirm.Model;
using OpenConfirm.Store;

namespace OpenConfirm.Cli;

/// <summary><c>openconfirm findings</c>: what is known of the findings that have ids, and which of them are none.</summary>
/// <param name="data">The folder of all data.</param>
/// <param name="time">For the date of a suppression.</param>
/// <param name="output">Takes the answer. All texts in it come from tools and are escaped.</param>
internal sealed class FindingsCommand(string data, TimeProvider time, TextWriter output)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        WriteIndented = true,
        NewLine = "\n",

        // Whatever is no plain letter is written as its code, so that it does nothing to a terminal.
        Encoder = JavaScriptEncoder.Default,
    };

    private readonly Dictionary<string, Suppressions> _suppressions = [];

    /// <summary>Lists what the last base of every target shows; with <paramref name="all"/> all that ever had an id.</summary>
    public async Task<int> ListAsync(string? project, bool all, bool json)
    {
        var catalog = Catalog();
        Known(catalog, project);
        var found = catalog.List(project, all).Select(f => (Finding: f, State: State(catalog, f))).ToList();
        var strangers = catalog.Projects().Keys.Where(p => project is null || p == project)
            .SelectMany(p => Of(catalog, p).Unknown.Select(s => new { Project = p, s.Id, s.Title, s.Reason })).ToList();
        if (json)
        {
            await PrintAsync(new
            {
                Findings = found.Select(f => Row(f.Finding, f.State)),
                UnknownSuppressions = strangers,
            });
            return ExitCode.Good;
        }

        foreach (var group in found.GroupBy(f => f.Finding.Project))
        {
            await output.WriteLineAsync($"{TerminalText.Escape(group.Key)}: {group.Count()} {(group.Count() == 1 ? "finding" : "findings")}");
            foreach (var (finding, state) in group)
            {
                await output.WriteLineAsync($"  {finding.Id}  {finding.Severity.ToLowerInvariant(),-7}  {TerminalText.Escape(finding.Title)}");
                await output.WriteLineAsync($"  {new string(' ', finding.Id.Length)}           {string.Join("; ", Facts(finding, state).Select(TerminalText.Escape))}");
            }
        }

        if (found.Count == 0)
            await output.WriteLineAsync("No finding is known. 'openconfirm check' gives them their ids.");
        foreach (var stranger in strangers)
            await output.WriteLineAsync($"{TerminalText.Escape(stranger.Project)}: the suppression {stranger.Id} is of no finding that is known here ({TerminalText.Escape(stranger.Title ?? stranger.Reason)})");
        return ExitCode.Good;
    }

    /// <summary>Shows everything about a finding.</summary>
    public async Task<int> ShowAsync(string id, string? project, bool json)
    {
        var catalog = Catalog();
        var found = Find(catalog, id, project);
        if (json)
        {
            await PrintAsync(new { Findings = found.Select(f => Whole(catalog, f)) });
            return ExitCode.Good;
        }

        foreach (var record in found)
            await output.WriteAsync(FindingPrinter.Text(record, Of(catalog, record.Finding.Project).Find(record.Finding.Id)));
        return ExitCode.Good;
    }

    /// <summary>Adds a finding to the known false positives of its project.</summary>
    public async Task<int> SuppressAsync(string id, string? project, string? reason, string? author, bool json, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new UsageException("Why is it none? Give --reason TEXT: whoever reads the entry in a year will want to know.");
        var catalog = Catalog();
        var found = Find(catalog, id, project);
        if (found.Count > 1)
            throw new UsageException($"{id} is {found.Count} findings: {string.Join(", ", found.Select(f => $"{f.Finding.Id} of {f.Finding.Project}"))}. Give the id, and --project where two have it.");
        var finding = found[0].Finding;
        var suppressions = Of(catalog, finding.Project);
        if (suppressions.Find(finding.Id) is { } already)
            throw new UsageException($"{finding.Id} is suppressed already, as {already.Id} by {TerminalText.Escape(already.Author)}: {TerminalText.Escape(already.Reason)}");
        var entry = new Suppression
        {
            Id = finding.Id,
            Title = finding.Title,
            File = finding.File.Length == 0 ? null : finding.File,
            Fingerprints = Fingerprints(found[0]),
            Reason = reason.Trim(),
            Author = author?.Trim() is { Length: > 0 } given ? given : await GitUserAsync(cancel),
            Date = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
        };
        catalog.Change(finding, "suppressed", $"{entry.Author}: {entry.Reason}", () => SuppressionFile.Add(suppressions.Path, entry));
        if (json)
            await PrintAsync(new { suppressions.Path, Entry = entry });
        else
            await output.WriteLineAsync($"{finding.Id} is suppressed from now on: {TerminalText.Escape(finding.Title)}\nIts entry is the last of {suppressions.Path}; commit that file.");
        return ExitCode.Good;
    }

    /// <summary>The bases' ones; a finding that no base has had has only those of its series.</summary>
    private static IReadOnlyList<string> Fingerprints(FindingRecord record)
    {
        var ofBase = record.Aliases.Where(a => !a.OfSeries).ToList();
        return [.. (ofBase.Count > 0 ? ofBase : record.Aliases).Select(a => $"{Fingerprint.Version}:{a.Fingerprint}").Distinct()];
    }

    private FindingCatalog Catalog() => new(StoreFile.Open(data), time);

    private static void Known(FindingCatalog catalog, string? project)
    {
        if (project is not null && !catalog.Projects().ContainsKey(project))
            throw new UsageException($"Nothing is known of a project '{project}'. Known are: {string.Join(", ", catalog.Projects().Keys.DefaultIfEmpty("none yet; 'openconfirm check' gives findings their ids"))}.");
    }

    private static IReadOnlyList<FindingRecord> Find(FindingCatalog catalog, string id, string? project)
    {
        Known(catalog, project);
        var found = catalog.Find(project, id);
        return found.Count > 0 ? found : throw new UsageException($"No finding has the id '{TerminalText.Escape(id)}'. 'openconfirm findings list --all' lists them.");
    }

    private Suppressions Of(FindingCatalog catalog, string project)
    {
        if (!_suppressions.TryGetValue(project, out var known))
        {
            var path = SuppressionFile.Beside(catalog.Projects()[project]);
            var store = new FindingStore(StoreFile.Open(data), time);
            _suppressions.Add(project, known = new Suppressions(path, SuppressionFile.Load(path), id => store.Resolve(project, id)) { Gone = store.Gone(project) });
        }

        return known;
    }

    private string? State(FindingCatalog catalog, ListedFinding finding) =>
        Of(catalog, finding.Project).State(finding.Id);

    private static IEnumerable<string> Facts(ListedFinding finding, string? state)
    {
        yield return finding.Targets.Count > 0 ? string.Join(", ", finding.Targets) : finding.InBase ? "gone from the last base" : "only in a series";
        yield return FindingPrinter.Since(finding);
        if (state is not null)
            yield return state;
    }

    private static object Row(ListedFinding f, string? state) => new
    {
        f.Project,
        f.Id,
        Severity = f.Severity.ToLowerInvariant(),
        f.Tool,
        f.Rule,
        f.Title,
        f.Targets,
        f.InBase,
        f.SinceUtc,
        f.SinceCommit,
        f.SinceSeries,
        f.SeenUtc,
        f.SeenCommit,
        IsSuppressed = state is not null,
        IsStale = state == Suppressions.Stale,
    };

    private object Whole(FindingCatalog catalog, FindingRecord record) => new
    {
        Finding = Row(record.Finding, State(catalog, record.Finding)),
        record.Names,
        record.Aliases,
        record.Sightings,
        record.History,
        Suppression = Of(catalog, record.Finding.Project).Find(record.Finding.Id),
    };

    private async Task PrintAsync(object document) => await output.WriteLineAsync(JsonSerializer.Serialize(document, Json));

    private static async Task<string> GitUserAsync(CancellationToken cancel)
    {
        var git = await CliWrap.Cli.Wrap("git").WithArguments(["config", "user.name"]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancel);
        return git.StandardOutput.Trim() is { Length: > 0 } name
            ? name
            : throw new UsageException("Who says so? Give --author NAME, or set git config user.name.");
    }

    /// <summary>A project's suppressions, by the ids that this machine has.</summary>
    private sealed class Suppressions
    {
        public const string Stale = "suppressed, stale: the finding is gone and its entry can go";

        private readonly Dictionary<string, Suppression> _byId = [];

        public Suppressions(string path, IReadOnlyList<Suppression> entries, Func<string, string?> resolve)
        {
            Path = path;
            foreach (var entry in entries)
            {
                if (resolve(entry.Id) is { } id)
                    _byId.TryAdd(id, entry);
                else
                    Unknown.Add(entry);
            }
        }

        public string Path { get; }

        public List<Suppression> Unknown { get; } = [];

        public required IReadOnlyDictionary<string, bool> Gone { get; init; }

        public Suppression? Find(string id) => _byId.GetValueOrDefault(id);

        public string? State(string id) => !_byId.ContainsKey(id) ? null : Gone.ContainsKey(id) ? Stale : "suppressed";
    }
}
