using OpenConfirm.Findings.Logs;

namespace OpenConfirm.Findings.Tests;

public sealed class LogsUnitTests
{
    [Test]
    public void The_last_compilation_of_a_source_counts()
    {
        var units = UnitLog.Read(new StringReader(string.Join('\n',
            "0\t/work/tree/lib\tzebra.c",
            "1\t/work/tree\t./bgpd/../bgpd/open.c",
            "1\t/work/tree/lib\tlater.c",
            "0\t/work/tree\t/work/tree/lib/later.c",
            "0\t/work/tree\tonce.c",
            "4\t/work/tree\tonce.c",
            "1\t/work/tree\tconftest.c",
            "1\t/tmp\tconftest.c",
            "0\t/usr/src\tdkms.c",
            "0\t/work/treehouse\tx.c",
            "0\trelative\tx.c",
            "x\t/work/tree\tx.c",
            "0\t/work/tree",
            "0\t/work/tree\ta\tb.c",
            "")), "/work/tree");
        Assert.That(units.Compiled, Is.EquivalentTo(new[] { "lib/zebra.c", "lib/later.c" }));
        Assert.That(units.Failed, Is.EquivalentTo(new[] { "bgpd/open.c", "once.c" }));
    }
}
