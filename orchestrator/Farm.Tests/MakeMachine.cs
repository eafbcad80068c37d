using System.Formats.Tar;
using System.Text;
using OpenConfirm.Machines;

namespace OpenConfirm.Farm.Tests;

/// <summary>
/// A machine that does in memory what make and a compiler would: it keeps objects, makes again only what changed, and an error
/// in a unit hides that unit's warnings. Units are the <c>.c</c> files: a line with <c>#error</c> is an error, one with
/// <c>unused</c> a warning; all depend on all <c>.h</c> files.
/// </summary>
internal sealed class MakeMachine : IMachine
{
    /// <summary>Units that it compiles in one go before its time is up.</summary>
    public const int MostUnits = 4;

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _objects = new(StringComparer.Ordinal);
    private readonly StringBuilder _units = new();
    private bool _isGenerated;
    private bool _isConfiguredStrictly;

    public bool IsAlive { get; private set; } = true;

    public Snapshot Origin { get; } = new("memory", "memory");

    public async Task PutAsync(Stream tar, string directory, bool touch, CancellationToken cancel)
    {
        if (directory != RecipeRunner.TreeDirectory)
            return;
        await using var reader = new TarReader(tar);
        while (await reader.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile)
                continue;
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            _files[entry.Name] = await text.ReadToEndAsync(cancel);
        }
    }

    public async Task<CommandResult> RunAsync(MachineCommand command, Stream output, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var (code, limit) = Run(command.Arguments, text);
        IsAlive = limit == LimitKind.None;
        await output.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
        return new CommandResult(code, limit, TimeSpan.Zero);
    }

    public Task GetAsync(string directory, string hostDirectory, long maxBytes, CancellationToken cancel) => Task.CompletedTask;

    public Task<Snapshot> FreezeAsync(string id, CancellationToken cancel) => Task.FromResult(Origin);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (int Code, LimitKind Limit) Run(IReadOnlyList<string> arguments, StringBuilder output)
    {
        if (arguments[0] == "/bin/rm")
        {
            foreach (var path in arguments.SkipWhile(a => a != "--").Skip(1))
                _files.Remove(Path.GetRelativePath(RecipeRunner.TreeDirectory, path));
            return (0, LimitKind.None);
        }

        switch (arguments[^1])
        {
            case "configure":
                _isConfiguredStrictly = Holds("part", "strict");
                return Step(Holds("part", "bad"), "configure: error: the part is bad", output);
            case "make":
                return Make(output);
            case "install":
                return Step(Holds("Makefile", "demon"), "cp: cannot stat 'demon': No such file or directory", output);
            case "check":
                output.AppendLine(Holds("tests", "wrong") ? "FAIL: accepts" : "PASS: accepts");
                return (Holds("tests", "wrong") ? 1 : 0, LimitKind.None);
            default:
                output.Append(_units);
                _units.Clear();
                return (0, LimitKind.None);
        }
    }

    private static (int Code, LimitKind Limit) Step(bool fails, string words, StringBuilder output)
    {
        output.AppendLine(fails ? words : "done");
        return (fails ? 1 : 0, LimitKind.None);
    }

    private (int Code, LimitKind Limit) Make(StringBuilder output)
    {
        _isGenerated |= Holds("Makefile", "generate");
        var headers = string.Concat(Files(".h").Select(f => f.Value));
        var (code, count) = (0, 0);
        foreach (var (unit, text) in Files(".c"))
        {
            if (headers.Contains("#blocked", StringComparison.Ordinal))
            {
                output.AppendLine("generate.sh: cannot be read\nmake: *** [Makefile:7: generated.h] Error 1");
                return (2, LimitKind.None);
            }

            if (_objects.TryGetValue(unit, out var made) && made == text + headers)
                continue;

            // What the compiler wrote down as read the last time is still asked for.
            if (made is not null && made.Contains("old.h", StringComparison.Ordinal) && !_files.ContainsKey("old.h"))
            {
                output.AppendLine($"make: *** No rule to make target 'old.h', needed by '{Path.ChangeExtension(unit, ".o")}'.");
                code = 2;
                continue;
            }

            if (++count > MostUnits)
                return (-1, LimitKind.Time);
            _objects.Remove(unit);
            var passed = Compile(unit, text, output);
            _units.Append($"{(passed ? 0 : 1)}\t{RecipeRunner.TreeDirectory}\t{unit}\n");
            if (passed)
            {
                _objects[unit] = text + headers;
                continue;
            }

            output.AppendLine($"make: *** [Makefile:5: {Path.ChangeExtension(unit, ".o")}] Error 1");
            code = 2;
        }

        return (code, LimitKind.None);
    }

    private bool Compile(string unit, string text, StringBuilder output)
    {
        output.AppendLine($"gcc -Wall -c -o {Path.ChangeExtension(unit, ".o")} {unit}");
        if (text.Contains("generated.h", StringComparison.Ordinal) && !_isGenerated)
        {
            output.AppendLine($"{unit}:1:10: fatal error: generated.h: No such file or directory");
            return false;
        }

        var lines = text.Split('\n').Select((line, i) => (Text: line, Number: i + 1)).ToList();
        var wrong = _isConfiguredStrictly ? "#lax" : "#error";
        var errors = lines.Where(l => l.Text.Contains(wrong, StringComparison.Ordinal)).ToList();
        foreach (var (_, number) in errors)
            output.AppendLine($"{unit}:{number}:2: error: #error broken");
        if (errors.Count > 0)
            return false;
        foreach (var (line, number) in lines.Where(l => l.Text.Contains("unused", StringComparison.Ordinal)))
            output.AppendLine($"{unit}:{number}:7: warning: unused variable '{line.Trim(' ', ';').Split(' ')[1]}' [-Wunused-variable]");
        return true;
    }

    private List<KeyValuePair<string, string>> Files(string extension) =>
        [.. _files.Where(f => f.Key.EndsWith(extension, StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal)];

    private bool Holds(string path, string word) => _files.TryGetValue(path, out var text) && text.Contains(word, StringComparison.Ordinal);
}
