using System.Text.RegularExpressions;

namespace OpenConfirm.Findings.Logs;

/// <summary>
/// Diagnostics of gcc and clang, and of the programs that speak alike: bison, flex, the assembler, autoconf, automake.
/// <para>
/// Whether gcc or clang spoke is settled for the whole log: clang closes each unit that it complained of by
/// "N warnings generated.", gcc never does.
/// </para>
/// <para>
/// A parallel make mixes the lines of several compilers. Head lines name their place and are never lost. A note goes
/// to the last finding of the unit it names, a numbered snippet to the finding that awaits that line number; what
/// carries neither goes to the finding before it, and can then be wrong.
/// </para>
/// </summary>
internal sealed partial class CompilerReader(LogState state) : LineReader(state)
{
    private readonly IncludeChain _chain = new(state.Paths);
    private readonly Units _units = new();
    private readonly Snippets _snippets = new();

    [GeneratedRegex(
        @"^(?<path>[^\s:]+)(?::(?<line>\d+)(?:[.:](?<column>\d+))?(?:-[\d.]+)?)?:\s+(?<word>fatal error|internal compiler error|sorry, unimplemented|error|warning|note|remark|Error|Warning|Fatal error|Info)[:,] ?(?<message>.*)$",
        RegexOptions.NonBacktracking)]
    private static partial Regex Head();

    [GeneratedRegex(@"^(?<word>fatal error|error|warning|LLVM ERROR): (?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex BareHead();

    /// <summary>A head that begins in the middle of a line that another process did not end.</summary>
    [GeneratedRegex(
        @"(?<path>[\w./+@~-]+\.(?:c|cc|cpp|cxx|h|hh|hpp|y|l|inc|def)):(?<line>\d+):(?<column>\d+): (?<word>fatal error|error|warning): (?<message>.*)$",
        RegexOptions.NonBacktracking)]
    private static partial Regex EmbeddedHead();

    /// <summary>flex writes its errors without a word like "error".</summary>
    [GeneratedRegex(@"^(?<path>[^\s:]+\.ll?):(?<line>\d+): (?<message>[^:]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex FlexError();

    /// <summary>m4 puts its own name before the place.</summary>
    [GeneratedRegex(@"^(?:\S*/)?g?m4:(?<path>[^\s:]+):(?<line>\d+): (?<word>ERROR: |Warning: |warning: )?(?<message>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex M4Error();

    [GeneratedRegex(@"^(?<message>.*?) ?\[(?<option>(?:-W|-f)[^\]\s]*)\](?<rest>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Option();

    [GeneratedRegex(@"^(?:[^\s:]+\.(?:am|ac|m4|in):\d+|automake|aclocal):(?: (?<message>.*))?$", RegexOptions.NonBacktracking)]
    private static partial Regex AutotoolsMore();

    [GeneratedRegex(@"^\d+ (?:warning|error)s?(?: and \d+ errors?)? generated\.$", RegexOptions.NonBacktracking)]
    private static partial Regex ClangSummary();

    [GeneratedRegex(
        @"Killed signal terminated program|Killed \(program|virtual memory exhausted|No space left on device|Cannot allocate memory|out of memory|Disk quota exceeded|Resource temporarily unavailable|unable to execute command: Killed|signal 9 \[Killed\]",
        RegexOptions.NonBacktracking)]
    private static partial Regex ResourceMessage();

    /// <summary>The shell and its tools complain without a word like "error".</summary>
    [GeneratedRegex(@"^(?:[^\s:]+: .*(?:No space left on device|Cannot allocate memory|Disk quota exceeded)|virtual memory exhausted.*|[^\s:]+: out of memory allocating .*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Exhausted();

    /// <summary>
    /// True when a message that no source line can have caused tells of memory, disk or processes running out. It is a
    /// hint to look at the machine, no proof: a build can print anything.
    /// </summary>
    public static bool IsResource(string message) => ResourceMessage().IsMatch(message);

    public override bool Take(LogLine line, out string? remainder)
    {
        remainder = null;
        return _chain.Take(line, _units) || TakeHead(line, out remainder) || Take(line);
    }

    protected override bool Take(LogLine line)
    {
        var text = line.Text;
        if (text is "compilation terminated." || text.EndsWith("warnings being treated as errors", StringComparison.Ordinal))
        {
            _snippets.Last?.Add(line);
            return true;
        }

        if (text.EndsWith("generated.", StringComparison.Ordinal) && ClangSummary().IsMatch(text))
            return State.ClangSeen = true;
        return _snippets.Take(line) || TakeFlexError(line) || TakeM4Error(line) || TakeAutotoolsMore(line) || TakeExhausted(line);
    }

    private bool TakeHead(LogLine line, out string? remainder)
    {
        remainder = null;
        var text = line.Text;
        if (!text.Contains("rror", StringComparison.Ordinal) && !text.Contains("arning", StringComparison.Ordinal) &&
            !text.Contains("note: ", StringComparison.Ordinal) && !text.Contains("ERROR: ", StringComparison.Ordinal) &&
            !text.Contains("remark: ", StringComparison.Ordinal) && !text.Contains("unimplemented", StringComparison.Ordinal))
            return false;
        if (_snippets.IsGutter(text))
            return false;
        var match = Head().Match(text);
        if (match.Success && !IsKnown(match))
            match = Match.Empty;
        if (!match.Success)
            match = BareHead().Match(text);
        if (!match.Success)
            match = EmbeddedHead().Match(text);
        if (!match.Success)
            return false;

        var message = match.Groups["message"].Value;
        var rule = (string?)null;
        if (message.Contains("[-", StringComparison.Ordinal) && Option().Match(message) is { Success: true } option)
        {
            message = option.Groups["message"].Value;
            rule = RuleOf(option.Groups["option"].Value);
            remainder = option.Groups["rest"].Value is { Length: > 0 } rest ? rest : null;
        }

        if (match.Groups["word"].Value is "note" or "Info")
            AddNote(line, match, Text.Plain(message));
        else
            AddHead(line, match, Text.Plain(message), rule);
        return true;
    }

    /// <summary>Heads without a line number are taken from the build's own programs and for source files only.</summary>
    private static bool IsKnown(Match match)
    {
        var path = match.Groups["path"].Value;
        return match.Groups["line"].Success || Tools.ByProgram(path) is not null || path[0] == '<' ||
               Tools.ByFile(path) != Tools.Compiler || Text.Extension(path) is ".c" or ".h";
    }

    private void AddHead(LogLine line, Match match, string message, string? option)
    {
        var path = match.Groups["path"].Value;
        var number = Text.Number(match.Groups["line"].Value);
        var program = number == 0 ? path.Length == 0 ? Tools.Compiler : Tools.ByProgram(path) : null;
        var tool = program ?? ToolOf(path, match.Groups["word"].Value);
        if (path.Contains("clang", StringComparison.Ordinal) && program is not null)
            State.ClangSeen = true;
        var location = program is null ? State.Paths.Locate(path, number, Text.Number(match.Groups["column"].Value)) : null;
        if (tool == "autoconf" && location is null && message.Contains("failed with exit status", StringComparison.Ordinal) &&
            _snippets.Last is { Tool: "autoconf" or "automake" } cause)
        {
            cause.Add(line);
            return;
        }

        var word = match.Groups["word"].Value;
        var draft = new Draft
        {
            Tool = tool,
            Rule = RuleOf(word, message, option, hasPlace: location is not null),
            Severity = word is "warning" or "Warning" ? Severity.Warning : word == "remark" ? Severity.Note : Severity.Error,
            Message = message,
            Location = location,
            AwaitedLine = number,
        };
        if (tool is Tools.Compiler or "as" && location is not null)
            _units.Attribute(draft, _chain, line);
        _chain.MoveTo(draft, line);
        draft.Add(line);
        State.Add(draft);
        _snippets.Open(draft, line);
        if (draft.Rule == "internal-compiler-error")
            State.Follow(draft, 15);
        else if (tool is "autoconf" or "automake")
            State.Follow(draft, 5, indented: true);
    }

    private void AddNote(LogLine line, Match match, string message)
    {
        var number = Text.Number(match.Groups["line"].Value);
        var location = State.Paths.Locate(match.Groups["path"].Value, number, Text.Number(match.Groups["column"].Value));
        var owner = _units.OwnerOf(location) ?? _snippets.Last;
        if (owner is null)
            return;
        _chain.MoveTo(owner, line);
        owner.AwaitedLine = number;
        owner.Add(line, number == 0 ? null : location, message);
        _snippets.Open(owner, line);
    }

    private bool TakeExhausted(LogLine line)
    {
        if (!Exhausted().IsMatch(line.Text))
            return false;
        var draft = new Draft { Tool = "sh", Rule = "resource", Severity = Severity.Error, Message = Text.Plain(line.Text) };
        draft.Add(line);
        State.Add(draft);
        return true;
    }

    private bool TakeFlexError(LogLine line)
    {
        if (!line.Text.Contains(".l", StringComparison.Ordinal) || FlexError().Match(line.Text) is not { Success: true } match)
            return false;
        var draft = new Draft
        {
            Tool = "flex",
            Rule = "error",
            Severity = Severity.Error,
            Message = Text.Plain(match.Groups["message"].Value),
            Location = State.Paths.Locate(match.Groups["path"].Value, Text.Number(match.Groups["line"].Value)),
        };
        draft.Add(line);
        State.Add(draft);
        return true;
    }

    private bool TakeM4Error(LogLine line)
    {
        if (!line.Text.Contains("m4:", StringComparison.Ordinal) || M4Error().Match(line.Text) is not { Success: true } match)
            return false;
        var isWarning = match.Groups["word"].Value is "Warning: " or "warning: ";
        var draft = new Draft
        {
            Tool = "autoconf",
            Rule = isWarning ? "warning" : "error",
            Severity = isWarning ? Severity.Warning : Severity.Error,
            Message = Text.Plain(match.Groups["message"].Value),
            Location = State.Paths.Locate(match.Groups["path"].Value, Text.Number(match.Groups["line"].Value)),
        };
        draft.Add(line);
        State.Add(draft);
        _snippets.Open(draft, line);
        return true;
    }

    /// <summary>autoconf and automake repeat the place before each line of a long message.</summary>
    private bool TakeAutotoolsMore(LogLine line)
    {
        if (_snippets.Last is not { Tool: "autoconf" or "automake" } draft || AutotoolsMore().Match(line.Text) is not { Success: true } match ||
            match.Groups["message"].Value.StartsWith("installing ", StringComparison.Ordinal))
            return false;
        draft.Add(line);
        return true;
    }

    private static string ToolOf(string path, string word) =>
        word is "Error" or "Warning" or "Fatal error" or "Info" && Tools.ByFile(path) == Tools.Compiler ? "as" : Tools.ByFile(path);

    private static string RuleOf(string word, string message, string? option, bool hasPlace)
    {
        if (option is not null)
            return option;
        if (word == "internal compiler error" && !IsResource(message))
            return "internal-compiler-error";
        if (message.Contains("frontend command failed", StringComparison.Ordinal) || message.StartsWith("unable to execute command: Seg", StringComparison.Ordinal))
            return "internal-compiler-error";
        // "#error No space left" is the source's own wish: with a place, only the compiler's fatal errors count.
        if (word != "warning" && (!hasPlace || word is "fatal error" or "internal compiler error") && IsResource(message))
            return "resource";
        return word switch
        {
            "fatal error" or "Fatal error" => "fatal error",
            "warning" or "Warning" => "warning",
            "remark" => "remark",
            _ => "error",
        };
    }

    /// <summary>
    /// The name of the warning alone: <c>-Werror=format=</c> and <c>-Werror,-Wformat</c> are <c>-Wformat</c> with a worse
    /// severity, and what follows '=' (a level or nothing) differs between versions of gcc for one and the same warning.
    /// Null for a bare <c>-Werror</c>, which promotes a warning that has no name.
    /// </summary>
    private static string? RuleOf(string options)
    {
        foreach (var option in options.Split(','))
        {
            var name = option.StartsWith("-Werror=", StringComparison.Ordinal) ? "-W" + option["-Werror=".Length..] : option;
            var end = name.IndexOf('=');
            if (end > 0)
                name = name[..end];
            if (name != "-Werror")
                return name;
        }

        return "warning";
    }
}
