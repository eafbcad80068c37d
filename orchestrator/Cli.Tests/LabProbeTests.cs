namespace OpenConfirm.Cli.Tests;

/// <summary>Who forbids labs, on machines that these tests make up.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LabProbeTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("openconfirm-doctor-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [TestCase("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor, as Ubuntu has it since 24.04, forbids", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0")]
    [TestCase("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0", "sysctl -w kernel.unprivileged_userns_clone=1")]
    [TestCase("user/max_user_namespaces", "0", "user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces=10000")]
    public void A_setting_that_forbids_labs_is_named_with_the_command_that_allows_them(string setting, string value, string why, string command)
    {
        Write($"proc/sys/{setting}", value + "\n");
        var cause = Cause();
        Assert.That(cause.Why, Does.Contain(why));
        Assert.That(cause.Command, Does.EndWith(command));
    }

    [Test]
    public void A_container_is_to_be_started_otherwise()
    {
        Write(".dockerenv", "");
        Write("proc/self/status", "Name:\tsh\nSeccomp:\t2\n");
        var cause = Cause();
        Assert.That(cause.Why, Does.Contain("Docker's seccomp profile forbids namespaces (unshare failed: Operation not permitted)"));
        Assert.That(cause.Command, Does.Contain("--security-opt seccomp=unconfined"));
    }

    [Test]
    public void What_is_not_known_is_told_in_the_machines_own_words()
    {
        Write("proc/sys/user/max_user_namespaces", "90000\n");
        Assert.That(Cause(), Is.EqualTo(("unshare failed: Operation not permitted", (string?)null)));
    }

    [Test]
    public void A_failure_that_nobody_forbade_is_not_blamed_on_the_container()
    {
        Write(".dockerenv", "");
        var cause = new LabProbe(new DoctorTools(""), _root).Cause(new DoctorAnswer(2, "", "RTNETLINK answers: Unknown device type"));
        Assert.That(cause, Is.EqualTo(("RTNETLINK answers: Unknown device type", (string?)null)));
    }

    /// <summary>The same machine runs the labs of Lab.Tests.</summary>
    [Test, Category("Full")]
    public async Task Labs_can_be_made_where_these_tests_run()
    {
        var tools = new DoctorTools(Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin");
        if (tools.Find("ip") is null)
            Assert.Ignore("ip is not installed");
        var found = await new LabProbe(tools).RunAsync(CancellationToken.None);
        Assert.That(found.State, Is.EqualTo(DoctorState.There), found.Detail);
    }

    private (string Why, string? Command) Cause() =>
        new LabProbe(new DoctorTools(""), _root).Cause(new DoctorAnswer(1, "", "unshare failed: Operation not permitted"));

    private void Write(string name, string text)
    {
        var file = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
