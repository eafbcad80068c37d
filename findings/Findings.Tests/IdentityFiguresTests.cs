using static OpenConfirm.Findings.Tests.TwoTrees;

namespace OpenConfirm.Findings.Tests;

/// <summary>
/// The five figures of identity on small trees; findings/bench/identity.sh has them on a real one. Every file holds two
/// findings of its own that quote their line, and three that look alike in lines that look alike.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class IdentityFiguresTests
{
    private const int Length = 1_200;
    private static readonly int[] OwnWords = [100, 700];
    private static readonly int[] SameWords = [300, 310, 320];

    private readonly TwoTrees trees = new();

    [Test]
    public void Three_lines_at_the_top_of_every_file_change_nothing()
    {
        for (var file = 0; file < 5; file++)
            Change($"f{file}.c", $"f{file}.c", lines => ["/* one */", "/* two */", "/* three */", .. lines], line => line + 3);
        AssertAll((Verdict.PreExisting, 25));
    }

    [Test]
    public void A_re_indent_of_the_whole_tree_changes_nothing()
    {
        for (var file = 0; file < 5; file++)
            Change($"f{file}.c", $"f{file}.c", lines => [.. lines.Select(l => "\t" + Narrow(l))], line => line, words: Narrow);
        AssertAll((Verdict.PreExisting, 25));
    }

    [Test]
    public void A_rename_of_five_files_changes_nothing()
    {
        for (var file = 0; file < 5; file++)
            Change($"f{file}.c", $"lib/g{file}.c", lines => lines, line => line);
        AssertAll((Verdict.PreExisting, 25));
    }

    [Test]
    public void One_of_several_identical_ones_less_is_one_fixed([Values(300, 310, 320)] int line)
    {
        Change("f0.c", "f0.c", lines => [.. lines[..(line - 1)], "  checked(call(x));", .. lines[line..]], l => l == line ? null : l);
        AssertAll((Verdict.Fixed, 1), (Verdict.PreExisting, 4));
        Assert.That(trees.Judge()[0].Base!.Location!.Line, Is.EqualTo(line));
    }

    [Test]
    public void One_fixed_and_an_equal_one_900_lines_away_is_one_of_each([Values(true, false)] bool areFunctionsKnown)
    {
        const int line = 300;
        Change("f0.c", "f0.c", lines => [.. lines[..(line - 1)], "  checked(call(x));", .. lines[line..]], l => l == line ? null : l, areFunctionsKnown);
        trees.Patched["f0.c"][line + 900 - 1] = "  call(x);";
        trees.PatchedFindings.Add(Found("f0.c", line + 900, areFunctionsKnown ? $"g{(line + 900) / 50}" : null));
        AssertAll((Verdict.New, 1), (Verdict.Fixed, 1), (Verdict.PreExisting, 4));
        Assert.That(trees.Judge().Take(2).Select(j => j.Finding.Location!.Line), Is.EqualTo(new[] { line + 900, line }));
    }

    private void Change(string from, string to, Func<string[], string[]> edit, Func<int, int?> line, bool areFunctionsKnown = true, Func<string, string>? words = null)
    {
        string[] lines = [.. Enumerable.Range(1, Length).Select(i => SameWords.Contains(i) ? "  call(x);" : $"  {from[..2]}_line({i},  x);")];
        trees.Base[from] = lines;
        trees.Patched[to] = edit(lines);
        foreach (var old in OwnWords.Concat(SameWords))
        {
            var function = areFunctionsKnown ? $"g{old / 50}" : null;
            var message = OwnWords.Contains(old) ? $"ignoring result of '{lines[old - 1].Trim()}'" : "ignoring result";
            trees.BaseFindings.Add(Found(from, old, function, message));
            if (line(old) is { } now)
                trees.PatchedFindings.Add(Found(to, now, function, words?.Invoke(message) ?? message));
        }
    }

    private static Finding Found(string path, int line, string? function, string message = "ignoring result") => Warning(path, line, message, function: function);

    private static string Narrow(string text) => text.Replace("  ", " ", StringComparison.Ordinal);

    private void AssertAll(params (Verdict, int)[] expected) => Assert.That(
        trees.Judge().GroupBy(j => j.Verdict).Select(g => (g.Key, g.Count())), Is.EqualTo(expected));
}
