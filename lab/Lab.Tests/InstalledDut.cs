using OpenConfirm.Lab.Daemons;

namespace OpenConfirm.Lab.Tests;

/// <summary>Daemons that are installed, and builds that the environment names.</summary>
internal static class InstalledDut
{
    /// <summary>Those that no package of the oldest system brings: where the variables say that a build of theirs is.</summary>
    private static readonly Dictionary<string, (string Driver, string Variable)> Builds = new()
    {
        ["quagga"] = ("quagga", "OPENCONFIRM_DUT_QUAGGA"),
        ["bird3"] = ("bird", "OPENCONFIRM_DUT_BIRD3"),
    };

    /// <summary>All that there can be.</summary>
    public static IEnumerable<string> Names => Dut.Drivers.Select(d => d.Name).Union(Builds.Keys);

    /// <summary>The daemon of that name; the test is skipped, and says so, where it is not there.</summary>
    public static Dut Named(string name)
    {
        if (!Builds.TryGetValue(name, out var build))
            return Found(Dut.Parse(name));
        var place = Environment.GetEnvironmentVariable(build.Variable);
        if (string.IsNullOrEmpty(place))
            Assert.Ignore($"{build.Variable} names no build of {name}");
        return Found(Dut.Parse($"{build.Driver}:{place}"));
    }

    private static Dut Found(Dut dut)
    {
        try
        {
            dut.Find();
        }
        catch (DaemonException e) when (dut.Place is null)
        {
            Assert.Ignore(e.Message);
        }

        return dut;
    }
}
