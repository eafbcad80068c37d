namespace OpenConfirm.Fuzz.Decoders.Tests;

/// <summary>The corpus goes through the targets as the fuzzer's inputs do.</summary>
public sealed class CorpusTests
{
    public static IEnumerable<string> Names => DecoderTarget.All.Select(t => t.Name);

    [TestCaseSource(nameof(Names))]
    public void Every_file_holds(string name)
    {
        var target = DecoderTarget.All.Single(t => t.Name == name);
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", name));
        Assert.That(files, Has.Length.GreaterThan(5));
        foreach (var file in files)
            Assert.That(() => target.Run(File.ReadAllBytes(file)), Throws.Nothing, file);
    }
}
