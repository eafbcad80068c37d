using System.Text.Json.Nodes;
using CliWrap.Buffered;

namespace OpenConfirm.Cli.Tests;

/// <summary><c>openconfirm wire</c> as people start it.</summary>
public sealed class WireCommandTests
{
    private const string Marker = "ffffffffffffffffffffffffffffffff";
    private const string Keepalive = Marker + "001304";

    private const string Update = """
        Update
          Path Attributes:
            - Origin
              Flags: 0x40
              Origin: 0
            - AsPath
              Flags: 0x40
              AS Path: sequence 64496 70000
            - NextHop
              Flags: 0x40
              Next Hop: 192.0.2.1
          NLRI: 198.51.100.0/24

        """;

    private string _root = "";

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("openconfirm-wire-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Text_goes_to_octets_and_back()
    {
        var hex = await RunAsync(Update, "encode", "bgp");
        Assert.That((hex.ExitCode, hex.StandardError), Is.EqualTo((0, "")));
        Assert.That(hex.StandardOutput, Is.EqualTo(
            Marker + "0033" + "02" + "0000" + "0018" + "40010100" + "40020a0202" + "0000fbf0" + "00011170" + "400304c0000201" + "18c63364\n"));
        Assert.That((await RunAsync(hex.StandardOutput, "decode", "bgp", "-")).StandardOutput, Is.EqualTo(Update));

        var old = await RunAsync(Update.Replace("70000", "23456", StringComparison.Ordinal), "encode", "bgp", "--two-octet-as");
        Assert.That(old.StandardOutput, Does.Contain("4002060202" + "fbf0" + "5ba0"));
        Assert.That((await RunAsync(old.StandardOutput, "decode", "bgp", "--two-octet-as")).StandardOutput, Does.Contain("sequence 64496 23456"));
        Assert.That((await RunAsync(Update, "encode", "bgp", "--two-octet-as")).StandardError, Does.Contain("line 8: AS Path: '70000' is no AS number of two octets"));
    }

    [Test]
    public async Task A_file_of_octets_is_written_and_read()
    {
        var (text, binary) = (Path.Combine(_root, "hello.txt"), Path.Combine(_root, "hello.bin"));
        await File.WriteAllTextAsync(text, "# a router that has heard nobody\nHello\n  Router ID: 192.0.2.7\n  Options: 0x13\n");
        string[] session = ["--source", "fe80::1", "--destination", "ff02::5"];
        var hex = await RunAsync(null, ["encode", "ospfv3", text, .. session]);
        await File.WriteAllBytesAsync(binary, Convert.FromHexString(hex.StandardOutput.Trim()));
        var decoded = await RunAsync(null, ["decode", "ospfv3", binary, "--binary", .. session]);
        Assert.That(decoded.StandardOutput, Does.StartWith("Hello\n").And.Contain("  Router ID: 192.0.2.7\n").And.Not.Contain("Checksum"), decoded.StandardError);
        var unknown = await RunAsync(null, "decode", "ospfv3", binary, "--binary");
        Assert.That(unknown.StandardOutput, Does.Contain("Checksum: 0x"), "nobody can tell whether it is right");
    }

    [Test]
    public async Task Several_messages_in_a_stream()
    {
        var decoded = await RunAsync($"{Keepalive}{Marker}0015030602\n{Keepalive}", "decode", "bgp");
        Assert.That((decoded.ExitCode, decoded.StandardError), Is.EqualTo((0, "")));
        Assert.That(decoded.StandardOutput, Is.EqualTo(
            "# octets 0 to 18\nKeepalive\n\n# octets 19 to 39\nNotification\n  Error Code: 6\n  Error Subcode: 2\n\n# octets 40 to 58\nKeepalive\n"));
        var again = await RunAsync(decoded.StandardOutput, "encode", "bgp");
        Assert.That(again.StandardOutput, Is.EqualTo($"{Keepalive}\n{Marker}0015030602\n{Keepalive}\n"));
    }

    /// <summary>What is wrong is told with its octet in all of them, what was read is printed, and the next one is read.</summary>
    [Test]
    public async Task What_is_no_message_is_told_with_octet_and_field()
    {
        var decoded = await RunAsync($"{Keepalive}{Marker}001b02 0000 0004 40010200 {Keepalive}", "decode", "bgp");
        Assert.That(decoded.ExitCode, Is.EqualTo(1));
        Assert.That(decoded.StandardError, Does.Match("^openconfirm: octets 19 to 45: at octet 44, in Path Attributes\\[0\\]\\.Length: a length of 2, and 1 octets are there\n$"));
        Assert.That(decoded.StandardOutput, Does.Contain("Update").And.EndWith("# octets 46 to 64\nKeepalive\n"));

        var cut = await RunAsync(Keepalive[..30], "decode", "bgp", "--json");
        Assert.That(cut.ExitCode, Is.EqualTo(1));
        var message = JsonNode.Parse(cut.StandardOutput)!["messages"]![0]!;
        Assert.That(((int)message["errorOctet"]!, (string)message["errorPath"]!), Is.EqualTo((0, "Marker")));
    }

    [TestCase("ff ff ff ff ff ff ff ff\nFF:FF:FF:FF:FF:FF:FF:FF\n0x00,0x13 04 # a keepalive\n", TestName = "Octets_apart")]
    [TestCase("00000000  ff ff ff ff ff ff ff ff  ff ff ff ff ff ff ff ff  |................|\n00000010  00 13 04                                          |...|\n00000013\n", TestName = "Hexdump")]
    [TestCase("00000000: ffff ffff ffff ffff ffff ffff ffff ffff  ................\n00000010: 0013 04                                  ...\n", TestName = "Xxd")]
    [TestCase("0000000 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff\n0000020 00 13 04\n0000023\n", TestName = "Od")]
    [TestCase("\t0x0000:  ffff ffff ffff ffff ffff ffff ffff ffff  ................\n\t0x0010:  0013 04                                  ...\n", TestName = "Tcpdump")]
    [TestCase("0000  ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff   ................\n0010  00 13 04                                          ...\n", TestName = "Tshark")]
    public async Task Dumps_are_understood(string dump)
    {
        var decoded = await RunAsync(dump, "decode", "bgp");
        Assert.That((decoded.ExitCode, decoded.StandardOutput, decoded.StandardError), Is.EqualTo((0, "Keepalive\n", "")));
    }

    /// <summary>Lines like the one before are left out by hexdump -C and od.</summary>
    [Test]
    public async Task Lines_that_a_dump_leaves_out_are_there()
    {
        var dump = $"00000000  {Spaced(Marker)}\n00000010  00 43 c8 {Spaced(new string('0', 26))}\n00000020  {Spaced(new string('0', 32))}\n*\n00000040  00 00 07\n00000043\n";
        var decoded = await RunAsync(dump, "decode", "bgp");
        Assert.That((decoded.ExitCode, decoded.StandardError), Is.EqualTo((0, "")));
        Assert.That(decoded.StandardOutput, Does.Contain($"Data: {new string('0', 94)}07\n"));

        static string Spaced(string hex) => string.Join(' ', hex.Chunk(2).Select(two => new string(two)));
    }

    [Test]
    public async Task Sessions_have_path_identifiers()
    {
        var hex = (await RunAsync("Update\n  NLRI: 10.0.0.0/8 #7\n", "encode", "bgp", "--add-path", "ipv4,2/1")).StandardOutput;
        Assert.That(hex, Does.EndWith("00000000" + "00000007080a\n"));
        Assert.That((await RunAsync(hex, "decode", "bgp", "--add-path", "all")).StandardOutput, Does.Contain("10.0.0.0/8 #7"));
    }

    /// <summary>A digest is made with the key, and shown where no key or another one is known.</summary>
    [Test]
    public async Task Sessions_have_keys()
    {
        var file = Path.Combine(_root, "key");
        await File.WriteAllTextAsync(file, "quagga\n");
        var signed = await RunAsync("Hello\n  AuType: 2\n  Key ID: 3\n", "encode", "ospfv2", "--key", "md5:quagga");
        Assert.That(signed.StandardOutput.Trim(), Has.Length.EqualTo(2 * (44 + 16)), signed.StandardError);
        var good = await RunAsync(signed.StandardOutput, "decode", "ospfv2", "--key", $"MD5:@{file}");
        Assert.That(good.StandardOutput, Does.Contain("Key ID: 3").And.Not.Contain("Digest:"), good.StandardError);
        Assert.That((await RunAsync(signed.StandardOutput, "decode", "ospfv2", "--key", "md5:zebra")).StandardOutput, Does.Contain($"Digest: {signed.StandardOutput.Trim()[^32..]}"));
        Assert.That((await RunAsync(signed.StandardOutput, "decode", "ospfv2")).StandardOutput, Does.Contain("Digest: "));
    }

    [Test]
    public async Task Long_messages_need_a_session_that_has_them()
    {
        var text = $"Notification\n  Data: {new string('0', 10_000)}\n";
        var refused = await RunAsync(text, "encode", "bgp");
        Assert.That((refused.ExitCode, refused.StandardOutput), Is.EqualTo((2, "")));
        Assert.That(refused.StandardError, Does.Contain("5021 octets").And.Contain("--extended-messages"));
        var hex = (await RunAsync(text, "encode", "bgp", "--extended-messages")).StandardOutput;
        Assert.That((await RunAsync(hex, "decode", "bgp", "--extended-messages")).ExitCode, Is.Zero);
        var told = await RunAsync(hex, "decode", "bgp");
        Assert.That((told.ExitCode, told.StandardError), Is.EqualTo((1, "openconfirm: at octet 16, in Length: a length of 5021; more than 4096 octets need --extended-messages\n")));
    }

    [Test]
    public async Task Elements_are_listed_and_described()
    {
        var list = await RunAsync(null, "describe");
        Assert.That(list.StandardOutput, Does.StartWith("bgp\n  BGP message\n        1  Open").And.Contain("\nisis\n").And.Contain("RFC 5292 section 3"));
        Assert.That((await RunAsync(null, "describe", "isis")).StandardOutput, Does.StartWith("isis\n").And.Not.Contain("bgp"));
        var origin = await RunAsync(null, "describe", "origin");
        Assert.That(origin.StandardOutput, Does.StartWith("bgp Origin: path attribute 1, RFC 4271 section 5.1.1\n").And.Contain("0 IGP, 1 EGP, 2 INCOMPLETE"));
        Assert.That((await RunAsync(null, "describe", "hello")).StandardOutput, Does.Contain("ospfv2 Hello").And.Contain("ospfv3 Hello"));
        Assert.That((await RunAsync(null, "describe", "ospfv3", "Hello")).StandardOutput, Does.StartWith("ospfv3 Hello").And.Not.Contain("ospfv2"));
        var json = JsonNode.Parse((await RunAsync(null, "describe", "Origin", "--json")).StandardOutput)!["elements"]![0]!;
        Assert.That((string)json["fields"]!.AsArray().Single(f => (string)f!["name"]! == "Origin")!["values"]![1]!["name"]!, Is.EqualTo("EGP"));
    }

    [TestCase("describe Orgin", "", "nothing is called 'Orgin'", TestName = "Unknown_element")]
    [TestCase("describe communit", "", "there is Communities, ExtendedCommunities", TestName = "Part_of_a_name")]
    [TestCase("decode rip", "00", "there is no protocol 'rip'; there are bgp, ospfv2, ospfv3, isis", TestName = "Unknown_protocol")]
    [TestCase("decode bgp", "", "there are no octets", TestName = "No_octets")]
    [TestCase("decode bgp", "ff\nzz", "line 2: 'z' is no hexadecimal digit; --binary", TestName = "No_hexadecimal")]
    [TestCase("decode bgp", "ff\n0\0", "is no hexadecimal digit; --binary", TestName = "A_zero_octet_is_no_hexadecimal")]
    [TestCase("decode bgp", "fff", "line 1: 'fff' ends within an octet", TestName = "Half_an_octet")]
    [TestCase("decode bgp", "0000000 ffff ffff ffff ffff ffff ffff ffff ffff\n0000010 1300 0004\n0000013\n", "line 1: 'ffff' is no octet", TestName = "Words_in_the_order_of_a_machine")]
    [TestCase("decode bgp /nonexistent", "", "there is no file /nonexistent", TestName = "No_file")]
    [TestCase("decode bgp --add-path ipx", "00", "--add-path: 'ipx' is no family", TestName = "Unknown_family")]
    [TestCase("decode ospfv3 --source fe80::1", "00", "--source and --destination go together", TestName = "Half_a_pseudo_header")]
    [TestCase("decode ospfv3 --source 1.2.3.4 --destination ff02::5", "00", "--source: '1.2.3.4' is no IPv6 address", TestName = "No_address")]
    [TestCase("decode ospfv2 --key md4:x", "00", "--key: give ALGORITHM:SECRET or ALGORITHM:@FILE; there are md5, sha1", TestName = "Unknown_algorithm")]
    [TestCase("decode ospfv2 --key md5:@/nonexistent", "00", "--key: there is no file /nonexistent", TestName = "No_key_file")]
    [TestCase("encode bgp", "Update\n  Nlri: 10.0.0.0/8", "standard input: line 2: Update has no field 'Nlri'", TestName = "Unknown_field")]
    [TestCase("encode bgp", "", "standard input: there is no message", TestName = "No_text")]
    [TestCase("encode bgp", "Hello", "line 1: 'Hello' is no kind of message", TestName = "Message_of_another_protocol")]
    [TestCase("decode", "", "openconfirm wire decode --help", TestName = "No_protocol")]
    public async Task Wrong_calls_exit_2_and_say_what_to_do(string arguments, string input, string says)
    {
        var wrong = await RunAsync(input, arguments.Split(' '));
        Assert.That((wrong.ExitCode, wrong.StandardOutput), Is.EqualTo((2, "")), wrong.StandardError);
        Assert.That(wrong.StandardError, Does.Contain(says));
    }

    private Task<BufferedCommandResult> RunAsync(string? input, params string[] arguments) => RunningProgram.RunAsync(_root, ["wire", .. arguments], input);
}
