using System.Globalization;
using System.Text;

namespace OpenConfirm.Intake.Trees;

/// <summary>
/// What a patch costs git: a line of a mail can name or copy a whole file of the tree or of its history, and binary contents
/// are deflated.
/// </summary>
/// <param name="Held">Bytes in memory at once: every file once for each time the patch names it.</param>
/// <param name="Made">Bytes that come into the tree by copies, renames and binary contents.</param>
internal sealed record PatchCost(long Held, long Made)
{
    /// <summary>Ids that several objects begin with; git takes the blob among them where the patch applies.</summary>
    private const int MostAmbiguous = 500;

    /// <summary>Id of a file that is not there.</summary>
    private const string Nothing = "0000000000000000000000000000000000000000";

    /// <summary>The cost of a patch on a commit.</summary>
    public static async Task<PatchCost> OfAsync(Git git, string head, IReadOnlyList<FilePatch> files, CancellationToken cancel)
    {
        // Of two names that differ git may take the second for the file that is there: both count.
        var sources = files.SelectMany(f => new[] { (File: f, Name: f.OldName), (File: f, Name: f.NewName == f.OldName ? null : f.NewName) }).Where(s => s.Name is not null).ToList();

        // A three-way merge begins with the blob of the index line, which need not be the file's.
        var before = files.Select(f => f.OldBlob).OfType<string>().Where(id => id.Any(c => c != '0')).ToList();

        // And a binary content is not even looked at where the repository has what the index line promises of it.
        var binaries = files.Where(f => f.IsBinary).ToList();
        var sizes = await SizesAsync(git, [.. sources.Select(s => $"{head}:{s.Name}"), .. before, .. binaries.Select(f => f.NewBlob ?? Nothing)], cancel);

        // What a patch before it in the same mail made is not in the tree yet; git refuses to copy it.
        var there = sizes.Take(sources.Count).ToList();
        var binary = binaries.Zip(sizes.Skip(sources.Count + before.Count)).Sum(f => Math.Max(f.First.BinaryBytes, f.Second));
        var copied = sources.Zip(there)
            .Where(s => s.First.Name == s.First.File.OldName && s.First.File.NewName is not null && s.First.File.NewName != s.First.File.OldName)
            .Sum(s => s.Second);
        return new PatchCost(binary + Math.Max(there.Sum(), sizes.Skip(sources.Count).Take(before.Count).Sum()), binary + copied);
    }

    /// <summary>Sizes of objects; 0 for those that are not there.</summary>
    public static async Task<List<long>> SizesAsync(Git git, IReadOnlyList<string> names, CancellationToken cancel)
    {
        if (names.Count == 0)
            return [];
        var answers = await AnswersAsync(git, names, cancel);
        var ambiguous = names.Zip(answers).Where(a => a.Second.EndsWith(" ambiguous", StringComparison.Ordinal)).Select(a => a.First).Distinct().ToList();
        var largest = new Dictionary<string, long>();
        if (ambiguous.Count > 0)
        {
            // More than any limit for those that are not asked for; no tree has nearly as many.
            var asked = ambiguous.Take(MostAmbiguous).ToList();
            var all = SourceText.Lines((await git.RunAsync(["rev-parse", .. asked.Select(id => $"--disambiguate={id}")], cancel)).Text);
            var sizes = all.Zip((await AnswersAsync(git, all, cancel)).Select(Size)).ToList();
            largest = ambiguous.ToDictionary(id => id, id => sizes.Where(s => s.First.StartsWith(id, StringComparison.OrdinalIgnoreCase)).Select(s => s.Second).DefaultIfEmpty(int.MaxValue).Max());
        }
        return [.. names.Zip(answers).Select(a => largest.TryGetValue(a.First, out var size) ? size : Size(a.Second))];
    }

    private static async Task<string[]> AnswersAsync(Git git, IEnumerable<string> names, CancellationToken cancel) =>
        SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objectsize)"], cancel, Encoding.Latin1.GetBytes(string.Concat(names.Select(n => n + "\n"))))).Text);

    private static long Size(string answer) => long.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
}
