using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// pytest: progress (<c>-v</c>), the sections of failures and errors, the short summary. A section is headed by the
/// test's name without its file; progress or summary give the whole node id.
/// </summary>
internal sealed partial class PytestReader(LogState state, TestResults results) : LineReader(state)
{
    private const int MaxIds = 100_000;

    /// <summary>Characters kept of ids that wait for their section and of sections that wait for their id.</summary>
    private const long MaxWaiting = 4 << 20;

    private readonly TextRoom _waiting = new(MaxWaiting);

    /// <summary>Node ids that failed in the progress lines and whose section has not come yet, by name without file.</summary>
    private readonly Dictionary<string, Queue<string>> _awaited = new(StringComparer.Ordinal);

    /// <summary>Sections whose node id the summary has to tell.</summary>
    private readonly Dictionary<string, Queue<Section>> _nameless = new(StringComparer.Ordinal);
    private bool _inSections;

    /// <summary>pytest's own directory, which need not be make's.</summary>
    private string? _root;
    private Section? _section;

    private sealed class Section(string title, bool error)
    {
        public string Title { get; } = title;
        public bool Error { get; } = error;
        public string? Message { get; set; }
        public SourceLocation? Location { get; set; }
        public List<LogLine> Lines { get; } = [];

        /// <summary>What the test's own programs printed; null until the section comes to it.</summary>
        public TestOutput? Output { get; set; }

        /// <summary>An assertion of such a program: the reason behind the test's.</summary>
        public FailedAssertion? Assertion { get; set; }
    }

    [GeneratedRegex(@"^(?:\[gw\d+\] \[ *\d+%\] (?<early>[A-Z]+) )?(?<id>[^\s:]+::.*?)(?: (?<late>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?: \(.*\))?(?: +\[ *\d+%\])?)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Progress();

    [GeneratedRegex(@"^(?<result>FAILED|ERROR) (?<id>[^\s:]+\.py(?:::.*?)?)(?: - (?<message>.*))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Summary();

    [GeneratedRegex(@"^=+ (?<title>.+?) =+$", RegexOptions.NonBacktracking)]
    private static partial Regex Banner();

    [GeneratedRegex(@"^_+ (?:ERROR (?:at (?:setup|teardown) of|collecting) )?(?<name>.+?) _+$", RegexOptions.NonBacktracking)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?<path>[^\s:]+):(?<line>\d+): (?:in .*|.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"^-+ Captured (?:stdout|stderr|log) \w+ -+$", RegexOptions.NonBacktracking)]
    private static partial Regex Captured();

    /// <summary>Addresses of objects differ from run to run.</summary>
    [GeneratedRegex("0x[0-9a-f]{6,}", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    public override void End()
    {
        Close();
        foreach (var section in _nameless.Values.SelectMany(sections => sections))
            Name(section, section.Location is { } location ? $"{location.Path}::{section.Title}" : section.Title);
    }

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text.Length > 6 && text[0] == '=' && Banner().Match(text) is { Success: true } banner)
        {
            Close();
            _inSections = banner.Groups["title"].Value is "FAILURES" or "ERRORS";
            return true;
        }

        if (_inSections)
        {
            TakeInSection(line);
            return true;
        }

        if (text.StartsWith("rootdir: /", StringComparison.Ordinal))
        {
            _root = text["rootdir: ".Length..].Split(',')[0];
            return true;
        }

        if (text.StartsWith("INTERNALERROR> ", StringComparison.Ordinal) || text.StartsWith("Fatal Python error: ", StringComparison.Ordinal))
        {
            var crash = text[0] == 'F';
            results.AddFailed("pytest", "pytest", crash ? "test-crashed" : "test-error", crash ? text : "pytest failed by itself").Add(line);
            return true;
        }

        if ((text.StartsWith("FAILED ", StringComparison.Ordinal) || text.StartsWith("ERROR ", StringComparison.Ordinal)) &&
            Summary().Match(text) is { Success: true } summary)
        {
            TakeSummary(line, summary);
            return true;
        }

        return text.Contains(".py::", StringComparison.Ordinal) && Progress().Match(text) is { Success: true } progress && TakeProgress(progress);
    }

    private bool TakeProgress(Match match)
    {
        var result = match.Groups["early"] is { Success: true } early ? early.Value : match.Groups["late"].Value;
        var id = match.Groups["id"].Value;
        if (result is "" or "SKIPPED")
            return result.Length > 0;
        results.AddRun(id);
        if (result is "FAILED" or "ERROR" && _awaited.Count < MaxIds && _waiting.Take(id, id))
        {
            if (!_awaited.TryGetValue(ShortName(id), out var ids))
                _awaited[ShortName(id)] = ids = new Queue<string>();
            if (ids.Count < MaxIds)
                ids.Enqueue(id);
        }

        return true;
    }

    private void TakeInSection(LogLine line)
    {
        var text = line.Text;
        // "_ _ _ _" divides the frames of one failure.
        if (text.Length > 4 && text[0] == '_' && !text.StartsWith("_ _ ", StringComparison.Ordinal) && Heading().Match(text) is { Success: true } heading)
        {
            Close();
            _section = new Section(TestResults.Name(heading.Groups["name"].Value), error: text.Contains(" ERROR ", StringComparison.Ordinal));
        }

        if (_section is null)
            return;
        if (text.StartsWith("---", StringComparison.Ordinal) && Captured().IsMatch(text))
        {
            _section.Output ??= new TestOutput(State.Paths);
            return;
        }

        if (_section.Output is { } output)
        {
            output.Add(line);
            _section.Assertion ??= results.Assert(line);
            return;
        }

        if (text.Length == 0)
            return;
        if (_section.Lines.Count < 400)
            _section.Lines.Add(line);
        // A syntax error names its place first.
        if (text.StartsWith("E  ", StringComparison.Ordinal) &&
            (_section.Message is null || (_section.Message.StartsWith("File ", StringComparison.Ordinal) && text.Contains("Error: ", StringComparison.Ordinal))))
            _section.Message = Address().Replace(Text.Plain(text[1..]), "0x...");
        if (text[0] is not (' ' or '>' or 'E') && Place().Match(text) is { Success: true } place &&
            Locate(place) is { } location && TreePaths.IsInTree(location))
            _section.Location = location;
    }

    private SourceLocation? Locate(Match place)
    {
        var path = place.Groups["path"].Value;
        return State.Paths.Locate(
            _root is null || path.StartsWith('/') ? path : $"{_root}/{path}", Text.Number(place.Groups["line"].Value));
    }

    private void Close()
    {
        var section = _section;
        _section = null;
        if (section is null)
            return;
        if (_awaited.TryGetValue(section.Title, out var ids) && ids.TryDequeue(out var id))
        {
            Name(section, id);
            return;
        }

        if (!_waiting.Take([section.Title, section.Message, section.Location?.Path, .. section.Lines.Select(l => l.Text)]))
            return;
        if (!_nameless.TryGetValue(section.Title, out var sections))
            _nameless[section.Title] = sections = new Queue<Section>();
        sections.Enqueue(section);
    }

    private void TakeSummary(LogLine line, Match match)
    {
        var id = match.Groups["id"].Value;
        results.AddRun(id);
        if (_nameless.TryGetValue(ShortName(id), out var sections) && sections.TryDequeue(out var section))
            Name(section, id);
        var draft = results.AddFailed("pytest", id, match.Groups["result"].Value == "ERROR" ? "test-error" : "test-failed", "failed");
        if (draft.Message == "failed" && match.Groups["message"] is { Success: true } message)
            draft.Message = Text.Plain(message.Value);
        if (draft.LogLine == 0)
            draft.Add(line);
    }

    private void Name(Section section, string id)
    {
        var rule = section.Error ? "test-error"
            : section.Message?.Contains("Failed: Timeout", StringComparison.Ordinal) ?? false ? "test-timeout" : "test-failed";
        var draft = results.AddFailed("pytest", id, rule, section.Message ?? "failed");
        if (section.Assertion is { } assertion)
            (draft.Message, draft.Location) = (assertion.Message, assertion.Location ?? section.Location);
        draft.Location ??= section.Location;
        if (section.Output?.Reports is [var report, ..])
            TestResults.Explain(draft, report);
        foreach (var line in Telling(section))
            draft.Add(line);
    }

    /// <summary>The last frame with its error, what the programs under test said, then the outer frames as far as they fit.</summary>
    private static IEnumerable<LogLine> Telling(Section section)
    {
        var error = section.Lines.FindIndex(line => line.Text.StartsWith('E'));
        var frame = error < 0 ? -1 : section.Lines.FindLastIndex(error, line => line.Text.StartsWith('>'));
        var last = section.Lines.Skip(Math.Max(frame, 0)).Where(line => frame < 0 ? line.Text.StartsWith('E') : IsTelling(line.Text)).ToList();
        return last
            .Concat(section.Output?.Lines() ?? [])
            .Concat(section.Lines.Where(line => IsTelling(line.Text) && !last.Contains(line)))
            .Concat(section.Lines.Where(line => !IsTelling(line.Text) && line.Text[0] is not (' ' or '_' or '-') && !line.Text.Contains(" = <", StringComparison.Ordinal)));
    }

    private static bool IsTelling(string text) => text[0] is '>' or 'E' || Place().IsMatch(text);

    private static string ShortName(string id)
    {
        var at = id.IndexOf("::", StringComparison.Ordinal);
        return at < 0 ? id : id[(at + 2)..].Replace("::", ".", StringComparison.Ordinal);
    }
}
