using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenConfirm.Report;

namespace OpenConfirm.Cli.Tests;

/// <summary>
/// Series whose build is hostile, with real containers. What holds for all of them is asserted by
/// <see cref="HostileTree.CheckAsync"/>; docs/hostile-builds.md lists them with what holds each.
/// </summary>
[Category("Full")]
public sealed class HostileBuildTests
{
    private HostileTree _tree = null!;

    [OneTimeSetUp]
    public async Task SetUp() => _tree = await HostileTree.CreateAsync();

    [OneTimeTearDown]
    public async Task TearDown() => await _tree.DisposeAsync();

    [Test]
    public async Task Forks_without_end()
    {
        var run = await _tree.BuildAsync("""
            bomb() { bomb | bomb & }
            bomb
            while :; do sleep 60 & done
            """);
        AssertLimit(run, "compile", "processes", "memory", "time");
    }

    [Test]
    public async Task Forks_without_end_behind_a_step_that_ends_well()
    {
        var run = await _tree.BuildAsync("""
            bomb() { bomb | bomb & }
            (bomb; while :; do sleep 60 & done) >/dev/null 2>&1 &
            sleep 2
            exit 0
            """);

        // A bomb can starve itself before it hurts anybody: then the build did end well. It leaves nothing behind either way.
        if (run.ExitCode != 0)
            AssertLimit(run, null, "processes", "memory", "time");
    }

    [Test]
    public async Task Eats_memory() =>
        AssertLimit(await _tree.BuildAsync("python3 -c 'x = bytearray(2 << 30)'"), "compile", "memory");

    [Test]
    public async Task Eats_memory_with_full_disks_and_many_small_processes()
    {
        var run = await _tree.BuildAsync("""
            for f in /tmp/a /dev/shm/a /var/tmp/a /work/a; do head -c 300M /dev/zero > $f 2>/dev/null; done
            i=0
            while [ $i -lt 1500 ]; do (sleep 60; :) & i=$((i+1)); done
            exit 1
            """);
        AssertLimit(run, "compile", "memory", "disk", "processes");
    }

    [Test]
    public async Task Fills_the_disk() =>
        AssertLimit(await _tree.BuildAsync("head -c 400M /dev/zero > big"), "compile", "disk");

    [Test]
    public async Task Fills_the_disk_before_anything_runs()
    {
        var run = await _tree.CheckAsync(async tree =>
        {
            for (var i = 0; i < 14; i++)
            {
                await using var big = File.Create(Path.Combine(tree.Tree, $"big{i}.bin"));
                big.SetLength(15 << 20);
            }
        });
        AssertLimit(run, "compile", "disk");
    }

    [Test]
    public async Task Makes_files_without_end()
    {
        var run = await _tree.BuildAsync("python3 -c 'i = 0\nwhile True:\n  open(f\"f{i}\", \"w\").close(); i += 1'");
        AssertLimit(run, "compile", "disk", "time", "memory");
    }

    [Test]
    public async Task Prints_two_gigabytes() =>
        AssertLimit(await _tree.BuildAsync("yes 'main.c:1:1: error: no' | head -c 2G"), "compile", "output");

    [Test]
    public async Task Sleeps_for_ever() =>
        AssertLimit(await _tree.BuildAsync("trap '' TERM INT HUP; while :; do sleep 1000; done"), "compile", "time");

    [Test]
    public async Task Leaves_processes_behind()
    {
        var run = await _tree.BuildAsync("""
            setsid sleep 4321.5 &
            (setsid sh -c '(trap "" TERM; sleep 4321.5; sleep 4321.5) &') &
            nohup sleep 4321.5 >/dev/null 2>&1 &
            python3 -c 'import os
            if os.fork() == 0:
              os.setsid()
              if os.fork() == 0:
                os.execlp("sleep", "sleep", "4321.5")
              os._exit(0)'
            """);
        Assert.That(run.ExitCode, Is.Zero, run.Terminal);
        Assert.That(Leftovers.Processes(p => p.Contains("sleep 4321.5", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Tries_every_kind_of_network()
    {
        var abstractName = $"\0openconfirm-test-{Environment.ProcessId}";
        var path = Path.Combine(_tree.Tree.Root, "listener");
        using var tcp = Listening(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Any, 0));
        using var hidden = Listening(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(abstractName));
        using var named = Listening(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path));
        var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
        var addresses = System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address.ToString().Split('%')[0])
            .Where(a => a is not ("127.0.0.1" or "::1"));
        var run = await _tree.CheckAsync(async tree =>
        {
            await tree.WriteAsync("probe.py", NetworkProbe
                .Replace("HOSTS", string.Join(", ", addresses.Append("192.0.2.1").Append("10.0.2.2").Append("169.254.169.254").Append("2001:db8::1").Select(a => $"'{a}'")), StringComparison.Ordinal)
                .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("ABSTRACT", abstractName[1..], StringComparison.Ordinal)
                .Replace("NAMED", path, StringComparison.Ordinal));
            await HostileTree.AddScriptAsync(tree, "python3 probe.py");
        });
        Assert.That(run.ExitCode, Is.Zero, run.Terminal);
        var log = run.Log("compile");
        Assert.That(log, Does.Contain("tried everything"), log);
        Assert.That(log, Does.Not.Contain("REACHED"), log);
        Assert.That(new[] { tcp, hidden, named }.Select(s => s.Poll(0, SelectMode.SelectRead)), Has.All.False, "connections that came");
    }

    [Test]
    public async Task Writes_escape_codes_and_markup_into_what_it_prints()
    {
        var run = await _tree.CheckAsync(async tree =>
        {
            // gcc prints what #line says, octal escapes and all.
            await tree.ReplaceAsync("main.c", "int main(", """
                #line 7 "x\033[31m\033]0;title\007<script>alert(1)</script>\342\200\256\"'>/x\033[2J.c"
                #warning <script>alert(2)</script> {{ 7 * 7 }} </pre><b>
                int main(
                """);
            await HostileTree.AddScriptAsync(tree, """
                printf 'main.c:3:5: error: {{ 7 * 7 }} </pre><b> \033[8mhidden\033[0m \033]8;;http://example.org\033\\link\033]8;;\033\\ <script>x</script> \342\200\256gnp.exe \342\200\217 \302\205 \357\273\277 \177 \r overwritten\n'
                printf 'main.c:4:5: warning: \377\376 not utf-8 \355\240\200 \360\237\230\200 [-W<script>]\n'
                printf 'FAIL: <script>alert(3)</script>\n\033c\033(0\n'
                head -c 100000 /dev/zero | tr '\0' '<'
                exit 1
                """);
        });
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Mail, Does.Contain("{{ 7 * 7 }} </pre><b> hidden").And.Contain("<script>x"), "a mail is plain text");
        Assert.That(run.Page, Does.Contain("{{ 7 * 7 }} &lt;/pre&gt;&lt;b&gt; hidden").And.Contain("&lt;script&gt;x"), run.Mail);
    }

    [Test]
    public async Task Names_files_as_nobody_does()
    {
        var run = await _tree.CheckAsync(async tree =>
        {
            foreach (var name in new[] { "quote\"'`$(id).c", "<img src=x onerror=alert(1)>.c", "-dash.c", "--help.c", new string('n', 253) + ".c", " blank .c" })
                await tree.WriteAsync(name, "int f(void)\n{\n  int unused;\n}\n");
            await CliWrap.Cli.Wrap("sh")
                .WithArguments(["-c", "for n in 'bad\\377\\376.c' 'half\\303.c'; do cp parse.c \"$(printf \"$n\")\"; done"])
                .WithWorkingDirectory(tree.Tree)
                .ExecuteAsync();
            await HostileTree.AddScriptAsync(tree, OddNames);
        });
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Mail, Does.Contain("breaks the build"));
    }

    [Test]
    public async Task Speaks_for_files_that_are_not_its_own()
    {
        var run = await _tree.BuildAsync("""
            for p in /etc/passwd /etc/shadow ../../../../etc/passwd /work/tree/../../etc/passwd ../tree/main.c main.c/../parse.c .git/config; do
              echo "$p:1:1: error: said of $p"
              echo "$p:2147483647:2147483647: warning: far [-Wfar]"
              echo "$p:99999999999999999999:1: warning: farther [-Wfar]"
            done
            echo "main.c:-1:-1: error: before"; echo "main.c:0:0: error: nowhere"; echo ":1:1: error: nothing"
            echo "make[99999999999]: Entering directory '/etc'"; echo "passwd:1:1: error: inside"
            echo "make[4294967297]: *** [../../etc/x] Error 1"
            exit 1
            """);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Page + run.Mail, Does.Not.Contain("root:"), "the text of the host's file");
        Assert.That(run.Page + run.Mail, Does.Not.Contain("root/"));
    }

    [Test]
    public async Task Changes_its_own_test_results()
    {
        var run = await _tree.CheckAsync(async tree =>
        {
            await tree.ReplaceAsync("parse.c", "return n == 0;", "return n == 1;");
            await HostileTree.AddScriptAsync(tree, """
                printf '#!/bin/sh\necho "PASS: accepts"; echo "PASS: refuses"; echo "PASS: ../../x"\n' > run-tests; chmod +x run-tests
                for c in gcc cc make; do printf '#!/bin/sh\necho fooled\n' > /work/.openconfirm/bin/$c; chmod +x /work/.openconfirm/bin/$c; done
                i=0; while [ $i -lt 20000 ]; do printf '0\t/work/tree\tf%s.c\n1\t/etc\tpasswd\n99999999999999999999\t/work/tree\t../../x\n\t\t\n' $i; i=$((i+1)); done >> "$OPENCONFIRM_UNITS"
                printf '0\t/work/tree\tparse.c\n0\t/\t/etc/passwd\n' >> "$OPENCONFIRM_UNITS"
                head -c 1000000 /dev/urandom >> "$OPENCONFIRM_UNITS"
                """);
        });

        // It can hide what it breaks, and nothing else.
        Assert.That(run.Outcome.Kind, Is.EqualTo(OutcomeKind.Completed));
        await AssertNextSeriesIsJudgedAsync();
    }

    [TestCase("mkfifo", TestName = "Puts_a_pipe_in_the_place_of_the_list_of_units")]
    [TestCase("ln -s /dev/zero", TestName = "Puts_a_device_in_the_place_of_the_list_of_units")]
    public async Task Spoils_the_list_of_units(string how)
    {
        var run = await _tree.BuildAsync($"rm -f \"$OPENCONFIRM_UNITS\"; {how} \"$OPENCONFIRM_UNITS\"");
        Assert.That(run.Outcome.Kind, Is.EqualTo(OutcomeKind.Completed), run.Terminal);
    }

    [Test]
    public async Task Plants_rights_devices_and_links()
    {
        var secret = Path.Combine(_tree.Tree.Root, "secret");
        await File.WriteAllTextAsync(secret, "text that no report holds");
        var run = await _tree.BuildAsync($"""
            mkdir -p "$STAGING/sbin" "$STAGING/dev"
            cp /bin/sh "$STAGING/sbin/sh"; chmod 6777 "$STAGING/sbin/sh"
            mknod "$STAGING/dev/sda" b 8 0; mknod "$STAGING/dev/mem" c 1 1; mkfifo "$STAGING/dev/pipe"
            rm -f daemon run-tests
            ln -s /etc/passwd daemon; ln -s {secret} run-tests; ln -s {secret} "$STAGING/sbin/secret"
            for f in config.log test-suite.log compile.log findings.sarif result.json; do ln -sf /etc/passwd $f; ln -sf {secret} "$STAGING/$f"; done
            ls -l "$STAGING/sbin" "$STAGING/dev"
            """);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        foreach (var file in Directory.EnumerateFiles(run.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.That(File.ResolveLinkTarget(file, returnFinalTarget: false), Is.Null, file);
            Assert.That(File.GetUnixFileMode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup), Is.EqualTo(UnixFileMode.None), file);
            Assert.That(await File.ReadAllTextAsync(file), Does.Not.Contain("text that no report holds"), file);
        }

        Assert.That(Directory.EnumerateFiles(run.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName), Has.All.Match(@"\A(compile|install|version|test)\.log\z|\A(index\.html|revision-1\.html|mail\.(txt|eml)|result\.json|findings\.sarif|\.openconfirm-run)\z"));
    }

    [Test]
    public async Task Writes_wherever_it_can_and_no_other_run_sees_it()
    {
        var run = await _tree.BuildAsync("""
            for d in /work /tmp /var/tmp /dev/shm /run /etc /usr/bin /usr/local/bin /home /root /var /run/disk.tar "$HOME"; do
              printf '#!/bin/sh\necho planted; exit 1\n' > $d/gcc 2>/dev/null && chmod +x $d/gcc 2>/dev/null
              printf 'planted\n' > $d 2>/dev/null
            done
            find / -xdev -writable -type f 2>/dev/null | grep -v '^/proc' | while read -r f; do echo planted >> "$f"; done
            find /work -type f 2>/dev/null | while read -r f; do echo planted > "$f"; done
            rm -rf /work/tree/* /work/staging /work/.openconfirm
            exit 1
            """);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Mail, Does.Not.Contain("planted"), "nothing of it runs");
        await AssertNextSeriesIsJudgedAsync();
    }

    [Test]
    public async Task Gets_in_the_way_of_finding_the_guilty_patch()
    {
        var run = await _tree.CheckAsync(
            tree => HostileTree.AddScriptAsync(tree, """
                rm -rf /work/.openconfirm/bin && ln -s /etc /work/.openconfirm/bin
                rm -f parse.c && mkdir -p parse.c/main.c && chmod 0 parse.c
                rm -f main.c && ln -s /etc/passwd main.c
                setsid sh -c 'while :; do rm -rf /work/tree/Makefile; done' >/dev/null 2>&1 &
                head -c 400M /dev/zero > /work/full
                exit 1
                """),
            second: tree => tree.ReplaceAsync("main.c", "1.0", "1.1"));
        AssertLimit(run, "compile", "disk");
    }

    [TestCase(60 << 20, "x", TestName = "Prints_one_line_of_60_megabytes")]
    [TestCase(1, "python3 -c 'for i in range(700000): print(f\"w{i}.c:{i}:1: warning: number {i} of them [-Wunused]\")'", TestName = "Prints_a_million_warnings")]
    [TestCase(2, "python3 -c 'for i in range(60000): print(f\"w{i}.c:{i}:1: error: {i} \" + \"x\" * 900)'", TestName = "Prints_long_errors")]
    public async Task Floods_the_log(int kind, string what)
    {
        var script = kind > 2 ? $"head -c {kind} /dev/zero | tr '\\0' {what}; exit 1" : what + "; exit 1";
        var run = await _tree.BuildAsync(script, seconds: 120);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        TestContext.Out.WriteLine($"peak {run.PeakBytes >> 20} MiB");
    }

    [Test]
    public async Task Names_a_million_tests()
    {
        var run = await _tree.CheckAsync(
            async tree => await tree.WriteAsync("run-tests", """
                #!/bin/sh
                exec python3 -c '
                for i in range(1000000): print(f"PASS: test number {i}")
                for i in range(500000): print(f"FAIL: test of number {i}")
                raise SystemExit(1)'
                """),
            seconds: 120);
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        TestContext.Out.WriteLine($"peak {run.PeakBytes >> 20} MiB");
    }

    /// <summary>What an honest series on the same base breaks is found, and nothing else.</summary>
    private async Task AssertNextSeriesIsJudgedAsync()
    {
        var broken = await _tree.CheckAsync(t => t.ReplaceAsync("parse.c", "return n == 0;", "return n == 1;"));
        Assert.That(broken.ExitCode, Is.EqualTo(1), broken.Terminal);
        Assert.That(broken.Mail, Does.StartWith("This patch breaks 2 unit tests").Or.StartWith("This patch breaks 1 unit test"), broken.Mail);
        var fine = await _tree.CheckAsync(t => t.ReplaceAsync("main.c", "1.0", "1.2"));
        Assert.That((fine.ExitCode, fine.Mail[..9]), Is.EqualTo((0, "Thank you")), fine.Terminal);
    }

    private static void AssertLimit(HostileRun run, string? step, params string[] limits)
    {
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Terminal);
        Assert.That(run.Outcome.Kind, Is.EqualTo(OutcomeKind.CodeLimit), run.Terminal);
        if (step is not null)
            Assert.That(run.Outcome.Step, Is.EqualTo(step));
        Assert.That(run.Outcome.Detail!.Split(' ', ':')[0], Is.AnyOf(limits));
        Assert.That(run.Mail, Does.Contain("limit"));
    }

    private static Socket Listening(Socket socket, EndPoint place)
    {
        socket.Bind(place);
        socket.Listen();
        return socket;
    }

    private const string NetworkProbe = """
        import ctypes, os, socket
        def probe(what, act):
          try:
            act()
            print("REACHED", what)
          except Exception as e:
            print("no", what, type(e).__name__, e)
        def stream(family, address):
          with socket.socket(family, socket.SOCK_STREAM) as s:
            s.settimeout(1)
            s.connect(address)
        def datagram(family, address):
          with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.settimeout(1)
            s.sendto(b"x", address)
        for host in [HOSTS]:
          family = socket.AF_INET6 if ":" in host else socket.AF_INET
          probe("tcp " + host, lambda: stream(family, (host, PORT)))
          probe("udp " + host, lambda: datagram(family, (host, 53)))
        probe("the host's loopback", lambda: stream(socket.AF_INET, ("127.0.0.1", PORT)))
        probe("broadcast", lambda: datagram(socket.AF_INET, ("255.255.255.255", 67)))
        probe("multicast", lambda: datagram(socket.AF_INET, ("224.0.0.5", 89)))
        for name in ["example.org", "localhost.example.org", "host.docker.internal"]:
          probe("name " + name, lambda: socket.getaddrinfo(name, 80))
        probe("abstract socket", lambda: stream(socket.AF_UNIX, "\0ABSTRACT"))
        for path in ["NAMED", "/run/podman/podman.sock", "/var/run/docker.sock", "/run/systemd/private", "/run/dbus/system_bus_socket"]:
          probe("socket " + path, lambda: stream(socket.AF_UNIX, path))
        probe("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close())
        probe("ospf", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 89).close())
        probe("packets", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close())
        probe("the hypervisor", lambda: socket.socket(40, socket.SOCK_STREAM).close())
        probe("bluetooth", lambda: socket.socket(31, socket.SOCK_RAW, 1).close())
        probe("audit", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9).close())
        def links():
          others = [n for _, n in socket.if_nameindex() if n != "lo"]
          if not others: raise OSError("loopback only")
          print(others)
        probe("interfaces", links)
        def rename():
          if ctypes.CDLL(None, use_errno=True).setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0): raise OSError(ctypes.get_errno(), "setns")
        probe("another namespace", rename)
        print("tried everything")
        """;

    private const string OddNames = """
        make_it() { printf 'int f(void)\n{\n  int unused;\n}\n#error stop\n' > "$1"; gcc -Wall -c -o /dev/null "$1"; gcc -Wall -c -o /dev/null "./$1"; }
        make_it "$(printf 'new\nline.c')"
        make_it "$(printf 'tab\tand\rreturn.c')"
        make_it "$(printf 'esc\033[31m.c')"
        make_it "$(printf 'bad\377\376.c')"
        make_it "quote\"'\`\$(id).c"
        make_it "<script>alert(1)<"
        make_it "<img src=x onerror=alert(1)>.c"
        make_it "-dash.c"
        make_it "--help"
        make_it "$(printf 'rtl\342\200\256.c')"
        make_it "$(head -c 253 /dev/zero | tr '\0' n).c"
        mkdir -p "d/$(head -c 255 /dev/zero | tr '\0' a)/$(head -c 255 /dev/zero | tr '\0' b)"
        for f in ./*.c; do gcc -Wall -c -o /dev/null "$f"; done
        cd d/a*/b* && make_it "$(head -c 253 /dev/zero | tr '\0' c).c"
        exit 1
        """;
}
