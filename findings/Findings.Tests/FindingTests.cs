namespace OpenConfirm.Findings.Tests;

public sealed class FindingTests
{
    [TestCase("a.c", 0, 0, "a.c")]
    [TestCase("a.c", 3, 0, "a.c:3")]
    [TestCase("a.c", 3, 7, "a.c:3:7")]
    public void Location_prints_as_compilers_do(string path, int line, int column, string expected) =>
        Assert.That(new SourceLocation(path, line, column).ToString(), Is.EqualTo(expected));
}
