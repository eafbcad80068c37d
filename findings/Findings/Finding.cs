using System.Text.Json.Serialization;

namespace OpenConfirm.Findings;

/// <summary>How bad a finding is; the names are SARIF's levels (SARIF 2.1.0 section 3.27.10).</summary>
public enum Severity
{
    /// <summary>Remark.</summary>
    Note,

    /// <summary>Suspicious, the step went on.</summary>
    Warning,

    /// <summary>The step could not do its work.</summary>
    Error,
}

/// <summary>A place in a source tree or a system header.</summary>
/// <param name="Path">Relative to the root of the tree, with '/'; absolute for files outside of the tree.</param>
/// <param name="Line">Line, from 1; 0 when only the file is known.</param>
/// <param name="Column">Column, from 1; 0 when unknown.</param>
public sealed record SourceLocation(string Path, int Line = 0, int Column = 0)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Line == 0 ? Path : Column == 0 ? $"{Path}:{Line}" : $"{Path}:{Line}:{Column}";
}

/// <summary>A place that explains a finding: a note, or a step of an include chain.</summary>
public sealed record RelatedLocation(SourceLocation? Location, string Message);

/// <summary>One thing wrong, as one stage saw it in one tree.</summary>
public sealed record Finding
{
    /// <summary>Characters of <see cref="Title"/> at most.</summary>
    public const int MaxTitle = 500;

    /// <summary>How many entries <see cref="OtherUnits"/> has at most.</summary>
    public const int MaxOtherUnits = 1000;

    /// <summary>The program that said it: <c>gcc</c>, <c>clang</c>, <c>ld</c>, <c>configure</c>, <c>make</c>, <c>automake</c>, <c>pytest</c>, <c>bird-test</c>, <c>openconfirm</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>The tool's own name of the rule (<c>-Wunused-variable</c>, <c>error</c>, <c>undefined-reference</c>, <c>test-failed</c>).</summary>
    public required string Rule { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The tool's message, on one line, without location and rule.</summary>
    public required string Message { get; init; }

    /// <summary>Where it is, when the tool said so.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The function (or test) that holds it, when known.</summary>
    public string? Function { get; init; }

    /// <summary>The source file that was being compiled, relative to the tree; it differs from the location for headers.</summary>
    public string? TranslationUnit { get; init; }

    /// <summary>More source files whose compilation showed the same, in the order of the output; at most <see cref="MaxOtherUnits"/>.</summary>
    public IReadOnlyList<string> OtherUnits { get; init; } = [];

    /// <summary>The step of the recipe whose output held it (<c>configure</c>, <c>compile</c>, <c>test</c>).</summary>
    public string Step { get; init; } = "";

    /// <summary>Include chain and notes, in the order of the output.</summary>
    public IReadOnlyList<RelatedLocation> Related { get; init; } = [];

    /// <summary>The lines of output that a person needs to see, without colour codes, in order; at most a few dozen.</summary>
    public IReadOnlyList<string> Excerpt { get; init; } = [];

    /// <summary>Line of the step's log at which the excerpt begins, from 1; 0 when unknown.</summary>
    public int LogLine { get; init; }

    /// <summary>Whether it is the failure of a named test, which is recognised by its name and not by its place.</summary>
    [JsonIgnore]
    public bool IsTest => Function is not null && IsOfTests;

    /// <summary>The file that it is about, as far as one is known: the one it stands in, or the one that was compiled.</summary>
    [JsonIgnore]
    public string? File => Location?.Path ?? TranslationUnit;

    /// <summary>One line for lists: where and what, as the tool wrote it; at most <see cref="MaxTitle"/> characters.</summary>
    [JsonIgnore]
    public string Title
    {
        get
        {
            var text = $"{Location?.ToString() ?? Function ?? Tool}: {Message}";
            return text.Length > MaxTitle ? text[..MaxTitle] : text;
        }
    }

    /// <summary>Whether it comes from a test, named or not.</summary>
    internal bool IsOfTests => Tool is "automake" or "pytest" or "bird-test" || Rule.StartsWith("test-", StringComparison.Ordinal);
}
