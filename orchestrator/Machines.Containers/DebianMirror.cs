using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using OpenConfirm.Model;

namespace OpenConfirm.Machines.Containers;

/// <summary>A Debian archive to fetch from. The program knows none by name: it takes the machine's.</summary>
/// <param name="Archive">The main archive.</param>
/// <param name="Security">The archive of security updates.</param>
public sealed partial record DebianMirror(Uri Archive, Uri Security)
{
    /// <summary>Names the main archive where the machine's own configuration is not to be used.</summary>
    public const string Variable = "OPENCONFIRM_DEBIAN_MIRROR";

    /// <summary>The keyring that Debian's archives are verified with, whatever the host's distribution.</summary>
    public const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /// <summary>
    /// The archive of <see cref="Variable"/>, else the one in this machine's apt configuration, else null: then mmdebstrap's own default holds.
    /// </summary>
    public static async Task<DebianMirror?> FindAsync(CancellationToken cancel)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Uri.TryCreate(named, UriKind.Absolute, out var archive)
                ? new DebianMirror(archive, SecurityBeside(archive))
                : throw new UsageException($"{Variable} is no address: {named}");
        }

        var output = new StringBuilder();
        try
        {
            var result = await Cli.Wrap("apt-get")
                .WithArguments(["indextargets", "--format", "$(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)"])
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancel);
            return result.ExitCode == 0 ? Parse(output.ToString()) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // not a system with apt
        }
    }

    /// <summary>
    /// Reads lines "Packages URI SUITE COMPONENT" of <c>apt-get indextargets</c>, which holds what one-line and deb822 files say. Debian's
    /// archives are told by their suites; Ubuntu and third parties have others.
    /// </summary>
    public static DebianMirror? Parse(string targets)
    {
        var sources = targets.Split('\n')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(l => l is ["Packages", _, _, "main"])
            .Select(l => (Uri: Uri.TryCreate(l[1], UriKind.Absolute, out var uri) ? uri : null, Suite: l[2]))
            .Where(s => s.Uri is not null && DebianSuite().IsMatch(s.Suite))
            .ToList();
        var archive = sources.FirstOrDefault(s => IsMainSuite(s.Suite)).Uri;
        return archive is null
            ? null
            : new DebianMirror(archive, sources.FirstOrDefault(s => IsSecuritySuite(s.Suite)).Uri ?? SecurityBeside(archive));
    }

    /// <summary>One-line sources of a release with its updates.</summary>
    /// <param name="suite">Code name.</param>
    /// <param name="kind">"deb" or "deb-src".</param>
    public string Sources(string suite, string kind)
    {
        var line = $"{kind} [signed-by={Keyring}]";
        return suite == "sid"
            ? $"{line} {Archive} sid main\n"
            : $"{line} {Archive} {suite} main\n{line} {Archive} {suite}-updates main\n{line} {Security} {suite}-security main\n";
    }

    private static bool IsMainSuite(string suite) => !suite.Contains('-') && !suite.Contains('/');

    private static bool IsSecuritySuite(string suite) => suite.EndsWith("-security", StringComparison.Ordinal);

    // Mirrors keep both archives side by side, as "debian" and "debian-security".
    private static Uri SecurityBeside(Uri archive) => new($"{archive.ToString().TrimEnd('/')}-security/");

    [GeneratedRegex(@"\A(buster|bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)(-updates|-security|-backports)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DebianSuite();
}
