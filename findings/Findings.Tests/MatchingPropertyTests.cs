using static OpenConfirm.Findings.Tests.TwoTrees;

namespace OpenConfirm.Findings.Tests;

/// <summary>Random edits whose effect on each finding is known, judged over the real diff.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MatchingPropertyTests
{
    private const int Seeds = 15;

    /// <summary>Each finding says something else, and edits may touch each other.</summary>
    [Test]
    public void Edits_give_the_verdicts_that_the_editor_knows([Range(1, Seeds)] int seed)
    {
        var editor = new RandomEditor(new Random(seed), sameWords: false);
        Assert.That(editor.Judged(), Is.EquivalentTo(editor.Expected), $"seed {seed}");
    }

    /// <summary>All findings say the same, and untouched lines stand between two edits: only places tell them apart.</summary>
    [Test]
    public void Places_alone_suffice([Range(1001, 1000 + Seeds)] int seed)
    {
        var editor = new RandomEditor(new Random(seed), sameWords: true);
        Assert.That(editor.Judged(), Is.EquivalentTo(editor.Expected), $"seed {seed}");
    }

    /// <summary>With any coverage: nothing lost, nothing twice, the same in any order, and no blame where the base was not built.</summary>
    [Test]
    public void Every_finding_is_judged_once_and_order_does_not_matter([Range(2001, 2008)] int seed)
    {
        var random = new Random(seed);
        var trees = new RandomEditor(random, sameWords: random.Next(2) == 0).Trees;
        trees.BaseCoverage = AnyCoverage(trees.Base.Keys);
        trees.PatchedCoverage = AnyCoverage(trees.Patched.Keys);
        var diff = trees.Diff();

        var judged = Judge();
        Assert.That(judged.Where(j => j.Base is not null).Select(j => j.Base), Is.EquivalentTo(trees.BaseFindings));
        Assert.That(judged.Where(j => j.Patched is not null).Select(j => j.Patched), Is.EquivalentTo(trees.PatchedFindings));
        Shuffle(trees.BaseFindings);
        Shuffle(trees.PatchedFindings);
        Assert.That(Judge(), Is.EqualTo(judged));
        trees.BaseCoverage = new Coverage { StepsRun = new HashSet<string> { "configure" } };
        Assert.That(Judge().Select(j => j.Verdict), Has.None.EqualTo(Verdict.New));

        IReadOnlyList<JudgedFinding> Judge() => FindingMatcher.Judge(
            new CheckedTree(trees.BaseFindings, trees.BaseCoverage, p => trees.Base.GetValueOrDefault(p)),
            new CheckedTree(trees.PatchedFindings, trees.PatchedCoverage, p => trees.Patched.GetValueOrDefault(p)),
            diff);

        Coverage AnyCoverage(IEnumerable<string> files) => new()
        {
            StepsRun = AllSteps.Take(random.Next(7)).ToHashSet(),
            StepsPassed = AllSteps.Take(random.Next(7)).ToHashSet(),
            UnitsCompiled = files.Where(_ => random.Next(3) > 0).ToHashSet(),
            UnitsFailed = files.Where(_ => random.Next(5) == 0).ToHashSet(),
        };

        void Shuffle(List<Finding> findings)
        {
            var array = findings.ToArray();
            random.Shuffle(array);
            findings.Clear();
            findings.AddRange(array);
        }
    }

    /// <summary>Makes a tree, edits it, and writes down what each edit does to the findings.</summary>
    private sealed class RandomEditor
    {
        private readonly Random random;
        private readonly bool sameWords;
        private int count;

        public RandomEditor(Random random, bool sameWords)
        {
            this.random = random;
            this.sameWords = sameWords;
            for (var file = 0; file < 3; file++)
                EditFile($"src/f{file}.c", random.Next(3) == 0 ? $"lib/g{file}.c" : $"src/f{file}.c");
        }

        public TwoTrees Trees { get; } = new();

        public List<string> Expected { get; } = [];

        public IEnumerable<string> Judged() => Trees.Judge().Select(j =>
            $"{(j.Verdict == Verdict.Removed ? Verdict.Fixed : j.Verdict)} {j.Base?.Location} {j.Patched?.Location}");

        private void EditFile(string path, string newPath)
        {
            List<string> before = [], after = [];
            var keepNext = 0;
            for (var block = random.Next(5, 15); block > 0; block--)
            {
                // Lines in common enough that git sees the rename.
                for (var i = random.Next(4, 9); i > 0; i--)
                    Keep(sameIndent: true);
                // A block that moves into an if, with other edits inside.
                var indented = random.Next(3) == 0;
                for (var i = random.Next(1, 7); i > 0; i--)
                    Edit(indented);
            }

            Trees.Base[path] = [.. before];
            Trees.Patched[newPath] = [.. after];

            void Edit(bool indented)
            {
                if (keepNext-- > 0)
                {
                    Keep(!indented);
                    return;
                }

                keepNext = sameWords ? 1 : 0;
                switch (random.Next(6))
                {
                    case 0:
                        before.Add(Line());
                        Expect(Verdict.Fixed, inBase: true, inPatched: false);
                        break;
                    case 1:
                        after.Add(Line());
                        Expect(Verdict.New, inBase: false, inPatched: true);
                        break;
                    case 2:
                        before.Add(Line());
                        after.Add("checked_" + Line());
                        Expect(Verdict.Fixed, inBase: true, inPatched: false);
                        break;
                    case 3:
                        before.Add(Line());
                        after.Add("touched_" + Line());
                        Expect(Verdict.PreExisting, inBase: true, inPatched: true);
                        break;
                    case 4:
                        before.Add(Line());
                        after.Add("fresh_" + Line());
                        Expect(Verdict.New, inBase: false, inPatched: true);
                        break;
                    default:
                        Keep(!indented);
                        break;
                }
            }

            void Keep(bool sameIndent)
            {
                var line = Line();
                before.Add("  " + line);
                after.Add((sameIndent ? "  " : "\t\t") + line);
                if (random.Next(2) == 0)
                    Expect(Verdict.PreExisting, inBase: true, inPatched: true);
            }

            void Expect(Verdict verdict, bool inBase, bool inPatched)
            {
                var message = sameWords ? "ignoring result" : $"ignoring result of 'call_{count}'";
                var b = inBase ? Warning(path, before.Count, message) : null;
                var p = inPatched ? Warning(newPath, after.Count, message) : null;
                if (b is not null)
                    Trees.BaseFindings.Add(b);
                if (p is not null)
                    Trees.PatchedFindings.Add(p);
                Expected.Add($"{verdict} {b?.Location} {p?.Location}");
            }
        }

        private string Line() => $"call_{++count}();";
    }
}
