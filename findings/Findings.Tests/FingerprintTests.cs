using static OpenConfirm.Findings.Tests.TwoTrees;

namespace OpenConfirm.Findings.Tests;

public sealed class FingerprintTests
{
    private static readonly string[] Lines = ["int f(void)", "{", "  int x = 12;", "", "  return 0;", "}"];
    private static readonly Finding Finding = Warning("src/a.c", 3, "unused variable 'x' at 12:7", "-Wunused-variable", function: "f");

    /// <summary>A new value here needs a new <see cref="Fingerprint.Version"/>.</summary>
    [Test]
    public void Version_1_stays_as_it_is()
    {
        Assert.That(Fingerprint.Version, Is.EqualTo("openconfirm/v1"));
        Assert.That(Fingerprint.Of(Finding, Lines), Is.EqualTo("945e4dc5a42f78c8711f0996d531bf8c"));
        Assert.That(Fingerprint.Of(Finding with { Location = null }, null), Is.EqualTo("8b208b3d5c5be74c6fcee2f7aa2c1d7c"));
    }

    [Test]
    public void It_outlives_indent_moves_other_numbers_and_another_compiler()
    {
        string[] moved = ["/* new */", "", .. Lines.Select(l => "\t" + l.Replace("  ", " ", StringComparison.Ordinal) + " ")];
        Finding[] same =
        [
            Finding with { Location = new SourceLocation("lib/a.c", 5, 9) },
            Finding with { Location = new SourceLocation("src/a.c", 5), Tool = "clang", Rule = "-Werror=unused-variable", Severity = Severity.Error },
            Finding with { Location = new SourceLocation("src/a.c", 5), Message = "unused  variable ‘x’ at 99:1" },
        ];
        Assert.That(same.Select(f => Fingerprint.Of(f, moved)), Is.All.EqualTo(Fingerprint.Of(Finding, Lines)));
    }

    [Test]
    public void Each_part_counts()
    {
        string[] Changed(int line) => [.. Lines.Select((l, i) => i == line - 1 ? l + " more" : l)];
        string[] all =
        [
            Fingerprint.Of(Finding, Lines),
            Fingerprint.Of(Finding with { Rule = "-Wother" }, Lines),
            Fingerprint.Of(Finding with { Function = "g" }, Lines),
            Fingerprint.Of(Finding with { Message = "unused variable 'y' at 12:7" }, Lines),
            Fingerprint.Of(Finding with { Location = new SourceLocation("src/b.c", 3) }, Lines),
            Fingerprint.Of(Finding, Changed(2)),
            Fingerprint.Of(Finding, Changed(3)),
            Fingerprint.Of(Finding, Changed(5)),
        ];
        Assert.That(all, Is.Unique);
        Assert.That(Fingerprint.Of(Finding, Changed(1)), Is.EqualTo(all[0]));
    }
}
