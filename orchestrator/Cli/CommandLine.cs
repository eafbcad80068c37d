using System.CommandLine;
using System.CommandLine.Parsing;
using OpenConfirm.Farm;
using OpenConfirm.Intake;
using OpenConfirm.Lab;
using OpenConfirm.Lab.Daemons;
using OpenConfirm.Model;

namespace OpenConfirm.Cli;

/// <summary>The command line: verbs, options, and what becomes of their errors.</summary>
public static class CommandLine
{
    private const string Description = """
        OpenConfirm: continuous integration and testing for routing daemons.

        Examples:
          openconfirm demo                                       the whole way once, on BIRD
          openconfirm series list.mbox                           what patch series a mailbox holds
          openconfirm check fix.mbox --project bird2 --tree ~/src/bird
          openconfirm check --git ~/src/frr HEAD~3..HEAD --project frr --targets debian-13
          openconfirm lab show bgp --dut bird --announce 10      a daemon and a speaker, without root
          openconfirm wire decode bgp update.hex                 what a message says
        """;

    private const string LabDescription = """
        Real daemons in namespaces of their own, without root; nothing is left of them.

        Examples:
          openconfirm lab show bgp --dut bird --announce 10
          openconfirm lab show bgp --dut frr:~/frr/staging --announce 1000 --pcap bgp.pcap --json
          openconfirm lab show bgp --dut bird --dut-root ~/roots/debian-13-arm64
          openconfirm lab shell ospfv2 --dut frr --dut bird
        """;

    private const string WireDescription = """
        Messages of routing protocols: what they consist of, from octets to text, and back.

        Examples:
          openconfirm wire describe                              all that is known, with RFC and section
          openconfirm wire describe MpReach                      the fields of a path attribute
          openconfirm wire describe ospfv3 Hello
          openconfirm wire decode bgp update.hex                 hexadecimal text, also a dump with offsets
          openconfirm wire decode bgp --binary session.bin --two-octet-as
          openconfirm wire decode ospfv3 hello.hex --source fe80::1 --destination ff02::5
          openconfirm wire decode ospfv2 hello.hex --key md5:@/etc/ospf.key
          openconfirm wire decode bgp a.hex | openconfirm wire encode bgp -
        """;

    private const string FindingsDescription = """
        Lists, shows and suppresses findings by their ids.

        Examples:
          openconfirm findings list --project bird2
          openconfirm findings show F-7KQ2M
          openconfirm findings suppress F-7KQ2M --reason "the value is checked by the caller"
        """;

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var data = new Option<string?>("--data") { Description = "Folder for everything kept [default: $OPENCONFIRM_DATA or ~/.local/share/openconfirm]", Recursive = true };
        var root = new RootCommand(Description) { data };
        root.Add(CheckVerb(data));
        root.Add(SeriesVerb());
        root.Add(FindingsVerb(data));
        root.Add(ImageVerb(data));
        root.Add(LabVerb());
        root.Add(WireVerb());
        root.Add(DemoVerb(data));
        root.Add(DoctorVerb(data));
        root.Add(ConfigVerb());

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"openconfirm: {error.Message}");
            await Console.Error.WriteLineAsync($"Try: {string.Join(' ', Verbs(parsed.CommandResult).Reverse().Skip(1).Prepend("openconfirm"))} --help");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,

                // Machines are thrown away and worktrees removed before the program ends.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("openconfirm: interrupted; everything that ran has been cleaned up");
            return ExitCode.Interrupted;
        }
        catch (UsageException e)
        {
            await SayAsync(e);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is InfrastructureException or IOException or InvalidDataException or UnauthorizedAccessException or LabException)
        {
            await SayAsync(e);
            return ExitCode.Infrastructure;
        }
    }

    /// <summary>A message can quote what git or a patch said; its lines are ours.</summary>
    private static Task SayAsync(Exception e) =>
        Console.Error.WriteLineAsync($"openconfirm: {string.Join('\n', e.Message.Split('\n').Select(TerminalText.Escape))}");

    /// <summary>The verb that was understood and those above it.</summary>
    private static IEnumerable<string> Verbs(CommandResult? result)
    {
        for (; result is not null; result = result.Parent as CommandResult)
            yield return result.Command.Name;
    }

    private static Command CheckVerb(Option<string?> data)
    {
        var source = new Argument<string?>("SERIES")
        {
            Description = "An mbox, a Maildir, a folder or file of git format-patch, or - for standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var git = GitOption();
        var project = new Option<string>("--project", "-p") { Description = $"One of {string.Join(", ", ProjectFile.Names(Places.Projects))}, or a project file", Required = true };
        var tree = new Option<string?>("--tree") { Description = "The project's git tree, path or URL" };
        var branch = new Option<string?>("--branch") { Description = "Branch for series that name no base [default: the project's]" };
        var at = new Option<string?>("--base") { Description = "Commit to lay the series on [default: what it names, else what its patches were made from, else the branch's head]" };
        var targets = new Option<string[]>("--targets") { Description = "Images to build on, separated by commas [default: the project's]", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--out") { Description = "Folder for mail, page, result and logs [default: below --data]" };
        var maildir = new Option<string?>("--maildir") { Description = "Maildir to deliver the mail to" };
        var from = new Option<string>("--from") { Description = "Sender of the mail", DefaultValueFactory = _ => "OpenConfirm <openconfirm@openconfirm.invalid>" };
        var pick = new Option<string?>("--pick") { Description = "Which series, when SERIES holds several: its number, or the Message-ID of one of its mails" };
        var json = JsonOption();
        var command = new Command("check", "Checks one series: base against patched on every target, and the mail that says what it broke or fixed.")
        {
            source, git, project, tree, branch, at, targets, output, maildir, from, pick, json,
        };
        command.SetAction((parsed, cancel) => CheckCommand.RunAsync(
            new CheckArguments
            {
                Source = parsed.GetValue(source),
                GitRange = Range(parsed.GetValue(git)),
                Project = parsed.GetRequiredValue(project),
                Tree = parsed.GetValue(tree),
                Branch = parsed.GetValue(branch),
                Base = parsed.GetValue(at),
                Targets = [.. (parsed.GetValue(targets) ?? []).SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                Out = parsed.GetValue(output),
                Maildir = parsed.GetValue(maildir),
                From = parsed.GetValue(from)!,
                Pick = parsed.GetValue(pick),
                Json = parsed.GetValue(json),
                Data = Places.Data(parsed.GetValue(data)),
            },
            TimeProvider.System,
            cancel));
        return command;
    }

    private static Command SeriesVerb()
    {
        var source = new Argument<string?>("SOURCE")
        {
            Description = "An mbox, a Maildir, a folder or file of git format-patch, or - for standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var git = GitOption();
        var json = JsonOption();
        var command = new Command("series", "Prints the patch series that a source holds, and why the other mails are none.") { source, git, json };
        command.SetAction((parsed, cancel) =>
            SeriesVerbAction.RunAsync(parsed.GetValue(source), Range(parsed.GetValue(git)), parsed.GetValue(json), cancel));
        return command;
    }

    private static Command FindingsVerb(Option<string?> data)
    {
        var project = new Option<string?>("--project", "-p") { Description = "Name of the project [default: all]" };
        var all = new Option<bool>("--all") { Description = "Also what is gone and what only series have shown" };
        var id = new Argument<string>("ID") { Description = "Id of a finding (F-7KQ2M), or one of its fingerprints" };
        var reason = new Option<string?>("--reason") { Description = "Why it is none" };
        var author = new Option<string?>("--author") { Description = "Who says so [default: git config user.name]" };
        var json = JsonOption();
        var list = new Command("list", "Lists what the last base of every target shows, and what of it is suppressed or stale.") { project, all, json };
        list.SetAction((parsed, _) => Of(parsed).ListAsync(parsed.GetValue(project), parsed.GetValue(all), parsed.GetValue(json)));
        var show = new Command("show", "Shows a finding: what it is, where it was seen, its fingerprints and its history.") { id, project, json };
        show.SetAction((parsed, _) => Of(parsed).ShowAsync(parsed.GetRequiredValue(id), parsed.GetValue(project), parsed.GetValue(json)));
        var suppress = new Command("suppress", "Writes a finding into the project's known false positives (NAME.suppressions.yaml beside the project's file).") { id, project, reason, author, json };
        suppress.SetAction((parsed, cancel) => Of(parsed).SuppressAsync(
            parsed.GetRequiredValue(id), parsed.GetValue(project), parsed.GetValue(reason), parsed.GetValue(author), parsed.GetValue(json), cancel));
        return new Command("findings", FindingsDescription) { list, show, suppress };

        FindingsCommand Of(ParseResult parsed) => new(Places.Data(parsed.GetValue(data)), TimeProvider.System, Console.Out);
    }

    private static Command ImageVerb(Option<string?> data)
    {
        var names = new Argument<string[]>("NAME") { Description = "Images [default: all]", Arity = ArgumentArity.ZeroOrMore };
        var name = new Argument<string>("NAME") { Description = "The image" };
        var build = new Command("build", "Builds images from vm-images/.") { names };
        build.SetAction((parsed, cancel) => ImageCommand.BuildAsync(parsed.GetValue(names) ?? [], Places.Data(parsed.GetValue(data)), cancel));
        var list = new Command("list", "Lists the images and whether they are built.");
        list.SetAction((parsed, cancel) => ImageCommand.ListAsync(Places.Data(parsed.GetValue(data)), cancel));
        var show = new Command("show", "Shows an image: recipe, tag, tool versions, size.") { name };
        show.SetAction((parsed, cancel) => ImageCommand.ShowAsync(parsed.GetRequiredValue(name), Places.Data(parsed.GetValue(data)), cancel));
        return new Command("image", "Builds, lists and shows the images that machines start from.") { build, list, show };
    }

    private static Command LabVerb()
    {
        var protocol = new Argument<string>("PROTOCOL") { Description = "bgp, ospfv2, ospfv3 or isis" };
        var dut = new Option<string>("--dut") { Description = $"The daemon: {string.Join(", ", Dut.Drivers.Select(d => d.Name))}; with a build tree or staging folder as frr:/path", Required = true };
        var root = new Option<string?>("--dut-root") { Description = "The root of another system, of this CPU or another, in which the daemon is" };
        var announce = new Option<int>("--announce") { Description = "Routes to announce, of IPv4 and of IPv6 each", DefaultValueFactory = _ => 5 };
        var pcap = new Option<string?>("--pcap") { Description = "File for all frames between the two" };
        var json = JsonOption();
        var show = new Command("show", "Brings up one speaker and one daemon, announces routes and takes them back, and prints what the daemon believed.") { protocol, dut, root, announce, pcap, json };
        show.SetAction((parsed, cancel) => LabCommand.ShowAsync(
            new LabShowArguments
            {
                Protocol = parsed.GetRequiredValue(protocol),
                Dut = parsed.GetRequiredValue(dut),
                Root = parsed.GetValue(root),
                Announce = parsed.GetValue(announce),
                Pcap = parsed.GetValue(pcap),
                Json = parsed.GetValue(json),
            },
            cancel));
        var pair = new Option<string[]>("--dut")
        {
            Description = "The daemons, one or two; two of a kind when one is given",
            DefaultValueFactory = _ => ["bird"],
            Arity = new ArgumentArity(1, 2),
        };
        var shellProtocol = new Argument<string>("PROTOCOL") { Description = "bgp, ospfv2, ospfv3 or isis", DefaultValueFactory = _ => "bgp" };
        var run = new Argument<string[]>("COMMAND") { Description = "What to run, behind --; a shell when it is left out", Arity = ArgumentArity.ZeroOrMore };
        var shell = new Command("shell", "Opens a shell in a lab of two daemons that are neighbours; the lab ends with it.") { shellProtocol, run, pair, root, pcap };
        shell.SetAction((parsed, cancel) => LabCommand.ShellAsync(
            parsed.GetRequiredValue(shellProtocol), parsed.GetRequiredValue(pair), parsed.GetValue(root), parsed.GetValue(run) ?? [], parsed.GetValue(pcap), cancel));
        return new Command("lab", LabDescription) { show, shell };
    }

    private static Command WireVerb()
    {
        var protocol = new Argument<string>("PROTOCOL") { Description = "bgp, ospfv2, ospfv3 or isis" };
        var octets = new Argument<string>("FILE") { Description = "Hexadecimal text or a dump of it, - for standard input; several messages of BGP in a row", DefaultValueFactory = _ => "-" };
        var text = new Argument<string>("FILE") { Description = "The text form (docs/wire.md), - for standard input; several messages one below the other", DefaultValueFactory = _ => "-" };
        var names = new Argument<string[]>("NAME") { Description = "A protocol, a message, attribute, LSA or TLV, or both [default: lists all]", Arity = ArgumentArity.ZeroOrMore };
        var binary = new Option<bool>("--binary") { Description = "The octets themselves, not hexadecimal text" };
        var twoOctets = new Option<bool>("--two-octet-as") { Description = "AS numbers have two octets in this session" };
        var addPath = new Option<string[]>("--add-path") { Description = "Families with path identifiers in this session: ipv4, ipv6, AFI/SAFI, all", AllowMultipleArgumentsPerToken = false };
        var extended = new Option<bool>("--extended-messages") { Description = "Messages of BGP may have more than 4096 octets in this session" };
        var source = new Option<string?>("--source") { Description = "Source of the IPv6 packet, which OSPFv3's checksum covers" };
        var destination = new Option<string?>("--destination") { Description = "Destination of the IPv6 packet" };
        var key = new Option<string?>("--key") { Description = "Key of digests: md5, sha1, sha256, sha384 or sha512, then :SECRET, or :@FILE that holds it", HelpName = "ALGORITHM:SECRET" };
        var json = JsonOption();
        var describe = new Command("describe", "Lists all elements that are known, or the fields of one: form, meaning, values, and when they are there.") { names, json };
        describe.SetAction((parsed, _) => WireCommand.DescribeAsync(parsed.GetValue(names) ?? [], parsed.GetValue(json)));
        var decode = new Command("decode", "Prints messages as text. What is no message is told with octet and field, and the code is 1.")
        {
            protocol, octets, binary, twoOctets, addPath, extended, source, destination, key, json,
        };
        decode.SetAction((parsed, cancel) => WireCommand.DecodeAsync(Arguments(parsed, octets), cancel));
        var encode = new Command("encode", "Writes messages from their text, one a line; lengths, counts and checksums come out right.")
        {
            protocol, text, binary, twoOctets, addPath, extended, source, destination, key,
        };
        encode.SetAction((parsed, cancel) => WireCommand.EncodeAsync(Arguments(parsed, text), cancel));
        return new Command("wire", WireDescription) { describe, decode, encode };

        WireArguments Arguments(ParseResult parsed, Argument<string> file) => new()
        {
            ProtocolName = parsed.GetRequiredValue(protocol),
            File = parsed.GetRequiredValue(file),
            IsBinary = parsed.GetValue(binary),
            IsTwoOctetAs = parsed.GetValue(twoOctets),
            AddPath = [.. (parsed.GetValue(addPath) ?? []).SelectMany(f => f.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            IsExtended = parsed.GetValue(extended),
            Source = parsed.GetValue(source),
            Destination = parsed.GetValue(destination),
            Key = parsed.GetValue(key),
            IsJson = parsed.GetValue(json),
        };
    }

    private static Command DemoVerb(Option<string?> data)
    {
        var output = new Option<string?>("--out") { Description = "Folder for mail, page, result and logs [default: below --data]" };
        var command = new Command("demo", "Fetches BIRD's source, checks a mailed series of four patches on Debian 12 and 13, and prints the answer.") { output };
        command.SetAction((parsed, cancel) => DemoCommand.RunAsync(parsed.GetValue(output), Places.Data(parsed.GetValue(data)), TimeProvider.System, cancel));
        return command;
    }

    private static Command DoctorVerb(Option<string?> data)
    {
        var json = JsonOption();
        var command = new Command("doctor", "Lists what this machine can do, and the one command that brings what it cannot.") { json };
        command.SetAction((parsed, cancel) => DoctorCommand.RunAsync(parsed.GetValue(json), Places.Data(parsed.GetValue(data)), Console.Out, cancel));
        return command;
    }

    private static Command ConfigVerb()
    {
        var file = new Argument<string>("FILE") { Description = "A project file, or the name of a project" };
        var check = new Command("check", "Reads a project file and says what is wrong in it.") { file };
        check.SetAction(parsed =>
        {
            var project = ProjectFile.Load(parsed.GetRequiredValue(file), Places.Projects);
            var known = SuppressionFile.Load(SuppressionFile.Beside(ProjectFile.Find(parsed.GetRequiredValue(file), Places.ProjectSources)));
            Console.Out.WriteLine($"{project.Title}: {project.Steps.Count} steps on {string.Join(", ", project.Targets)}{(known.Count > 0 ? $"; {known.Count} suppressed" : "")}");
            return ExitCode.Good;
        });
        return new Command("config", "Checks configuration.") { check };
    }

    private static Option<string[]?> GitOption() => new("--git")
    {
        Description = "A repository and a range of its commits: --git REPO A..B",
        HelpName = "REPO A..B",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private static Option<bool> JsonOption() => new("--json") { Description = "One JSON document on standard output, all else on standard error" };

    private static GitRange? Range(string[]? values) => values is [var repository, var range] ? new GitRange(repository, range) : null;
}

/// <summary>A range of commits as the user gave it.</summary>
/// <param name="Repository">Path or URL.</param>
/// <param name="Range"><c>A..B</c>.</param>
internal sealed record GitRange(string Repository, string Range);
