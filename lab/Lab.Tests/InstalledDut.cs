using OpenConfirm.Lab.Daemons;

namespace OpenConfirm.Lab.Tests;

/// <summary>Daemons that are installed.</summary>
internal static class InstalledDut
{
    /// <summary>The daemon of that name; the test is skipped, and says so, where it is not installed.</summary>
    public static Dut Named(string name)
    {
        var dut = Dut.Parse(name);
        try
        {
            dut.Driver.Find(dut.Place);
        }
        catch (DaemonException e)
        {
            Assert.Ignore(e.Message);
        }

        return dut;
    }
}
