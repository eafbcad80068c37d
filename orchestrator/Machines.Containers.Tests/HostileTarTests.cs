using System.Formats.Tar;
using System.Text;

namespace OpenConfirm.Machines.Containers.Tests;

public sealed class HostileTarTests
{
    private string _directory = null!;

    [SetUp]
    public void Make() => _directory = Directory.CreateTempSubdirectory("openconfirm-test-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [TestCase("a/b", "a/b")]
    [TestCase("./a//b/.", "a/b")]
    [TestCase("/etc/passwd", null)]
    [TestCase("../x", null)]
    [TestCase("a/../../x", null)]
    [TestCase(".", null)]
    [TestCase("", null)]
    [TestCase("a\nb", null)]
    [TestCase("a\0b", null)]
    [TestCase("a\\..\\b", null)]
    public void Names_stay_in_their_folder(string name, string? path) => Assert.That(HostileTar.SafePath(name), Is.EqualTo(path));

    [Test]
    public async Task Only_regular_files_come_out_and_links_are_not_followed()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_directory, "outside")).FullName;
        var inside = Directory.CreateDirectory(Path.Combine(_directory, "inside")).FullName;
        await HostileTar.UnpackAsync(
            Tar(
                Link(TarEntryType.SymbolicLink, "dir", outside),
                File("dir/through-link", "x"),
                File("../escaped", "x"),
                File($"{outside}/absolute", "x"),
                Link(TarEntryType.HardLink, "hard", "/etc/passwd"),
                new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 },
                new PaxTarEntry(TarEntryType.Fifo, "fifo"),
                File("same", "first"),
                File("same", "second"),
                File("same/below", "x"),
                File("good/file", "text")),
            inside,
            1 << 20,
            default);
        var found = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(_directory, f), System.IO.File.ReadAllText);
        Assert.That(found, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["inside/dir/through-link"] = "x", // "dir" is a plain folder here: the link was never made
            ["inside/same"] = "first",
            ["inside/good/file"] = "text",
        }));
    }

    [Test]
    public void Bytes_are_capped() =>
        Assert.That(
            async () => await HostileTar.UnpackAsync(Tar(File("a", new string('x', 600)), File("b", new string('x', 600))), _directory, 1000, default),
            Throws.TypeOf<MachineOutputException>());

    [Test]
    public void Entries_are_capped()
    {
        var many = Enumerable.Range(0, HostileTar.MaxEntries + 1).Select(i => (TarEntry)new UstarTarEntry(TarEntryType.Directory, $"d{i}"));
        Assert.That(
            async () => await HostileTar.UnpackAsync(Tar([.. many]), _directory, 1000, default), Throws.TypeOf<MachineOutputException>());
    }

    [Test]
    public void A_tar_cut_anywhere_is_no_failure_of_ours()
    {
        var whole = Tar(File("a", "text"), File("b", "more")).ToArray();
        for (var length = 1; length < whole.Length; length += 97)
        {
            var cut = new MemoryStream(whole[..length]);
            var target = Directory.CreateDirectory(Path.Combine(_directory, $"{length}")).FullName;
            try
            {
                HostileTar.UnpackAsync(cut, target, 1000, default).GetAwaiter().GetResult();
            }
            catch (MachineOutputException)
            {
                // The only one allowed.
            }
        }
    }

    [Test]
    public void Noise_is_no_tar()
    {
        var noise = new byte[64 << 10];
        new Random(1).NextBytes(noise);
        Assert.That(async () => await HostileTar.UnpackAsync(new MemoryStream(noise), _directory, 1000, default), Throws.TypeOf<MachineOutputException>());
    }

    [TestCase('x')]
    [TestCase('g')]
    [TestCase('L')]
    public void An_attribute_that_claims_gigabytes_takes_no_memory(char type)
    {
        var header = new byte[1024];
        Encoding.ASCII.GetBytes("n").CopyTo(header, 0);
        Encoding.ASCII.GetBytes("0000644\0").CopyTo(header, 100);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(header, 108);
        Encoding.ASCII.GetBytes("0000000\0").CopyTo(header, 116);
        Encoding.ASCII.GetBytes("17000000000\0").CopyTo(header, 124); // about 2 GB
        Encoding.ASCII.GetBytes("00000000000\0").CopyTo(header, 136);
        Encoding.ASCII.GetBytes($"        {type}").CopyTo(header, 148);
        Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(header, 257);
        Encoding.ASCII.GetBytes($"{Convert.ToString(header.Take(512).Sum(b => b), 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
        var before = Environment.WorkingSet;
        Assert.That(async () => await HostileTar.UnpackAsync(new MemoryStream(header), _directory, 1000, default), Throws.TypeOf<MachineOutputException>());
        Assert.That(Environment.WorkingSet - before, Is.LessThan(200L << 20));
    }

    private static PaxTarEntry File(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private static PaxTarEntry Link(TarEntryType type, string name, string target) => new(type, name) { LinkName = target };

    private static MemoryStream Tar(params TarEntry[] entries)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        }

        tar.Position = 0;
        return tar;
    }
}
