using System.Text;
using OpenConfirm.Intake.Trees;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Tests.Trees;

/// <summary>Applying series that apply.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.All)]
public sealed class ApplyTests : IDisposable
{
    private static readonly string Numbers = string.Concat(Enumerable.Range(1, 60).Select(i => $"line {i}\n"));
    private readonly TestRepository repo = new();

    public void Dispose() => repo.Dispose();

    [Test]
    public async Task A_series_gives_the_trees_of_its_commits_and_the_same_commits_each_time()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        repo.Commit("a.c", Numbers.Replace("line 5\n", "line five\n"), "a: one");
        var end = repo.Commit("b/c d.h", "int x;\n", "b: two");
        var series = repo.Mailed($"{start}..{end}");

        var first = await repo.ApplyAsync(series, start);
        var second = await repo.ApplyAsync(series, start);

        Assert.That(first.Failure, Is.Null);
        Assert.That(first.Patches.Select(p => p.WasAlreadyApplied), Is.EqualTo(new[] { false, false }));
        Assert.That(second.Head, Is.EqualTo(first.Head));
        Assert.That(await ChangesAsync(first.Head, end), Is.Empty);
        Assert.That(repo.LeftOver(), Is.Empty);
    }

    [Test]
    public async Task Author_date_and_message_are_the_patchs()
    {
        var start = repo.Commit("a.c", "1\n", "start");
        repo.Write("a.c", "2\n");
        repo.Commit("[bgp] a: Zürich\n\nbody text");
        var series = repo.Mailed($"{start}..HEAD");
        series = series with { Patches = [series.Patches[0] with { Title = "[bgp] a: Zürich", Author = new Person("Jürgen \"J.\" O'Hara, Jr. (x)", "j@example.org") }] };

        var applied = await repo.ApplyAsync(series, start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        var shown = await OursAsync("log", "-1", "--format=%an|%ae|%aI|%s|%b|%cn|%ct", applied.Head);
        var date = repo.Git("log", "-1", "--format=%ct", start);
        Assert.That(shown, Does.Match($@"^Jürgen J\. O'Hara, Jr\.[^|]*\|j@example\.org\|2024-02-29T12:00:01\+02:00\|\[bgp\] a: Zürich\|body text\n*\|OpenConfirm\|{date}$"));
    }

    [Test]
    public async Task Contents_are_kept_byte_for_byte(
        [Values("latin1", "crlf", "no newline", "newline gone", "newline comes", "tabs", "long", "empty to full")] string kind)
    {
        var (before, after) = kind switch
        {
            "latin1" => ("gr\u00fc\u00dfe\n\u00e9\n", "gr\u00fc\u00dfe\n\u00e8\n"),
            "crlf" => ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
            "no newline" => ("a\nb", "a\nc"),
            "newline gone" => ("a\nb\n", "a\nb"),
            "newline comes" => ("a\nb", "a\nb\n"),
            "tabs" => ("\ta\n\t\tb \n", "\ta\n\t\tc \t\n"),
            "long" => (Numbers, Numbers + new string('x', 5000) + "\n"),
            _ => ("", "a\nFrom here 12:34:56 2001\nFrom: x\n"),
        };
        repo.Write("f", Encoding.Latin1.GetBytes(before));
        var start = repo.Commit("start");
        repo.Write("f", Encoding.Latin1.GetBytes(after));
        var end = repo.Commit("change\n\nFrom abc Mon Sep 17 00:00:00 2001\nthe line above is text");

        var applied = await repo.ApplyAsync(repo.Mailed($"{start}..{end}"), start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await ChangesAsync(applied.Head, end), Is.Empty);
    }

    [Test]
    public async Task Carriage_returns_that_a_mail_program_put_everywhere_go()
    {
        var start = repo.Commit("a", "1\n2\n", "start");
        var end = repo.Commit("a", "1\n3\n", "change");
        var series = repo.Mailed($"{start}..{end}");
        var body = Encoding.Latin1.GetString(series.Patches[0].Body.Span).Replace("\n", "\r\n");
        series = series with { Patches = [series.Patches[0] with { Body = Encoding.Latin1.GetBytes(body) }] };

        var applied = await repo.ApplyAsync(series, start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await ChangesAsync(applied.Head, end), Is.Empty);
    }

    [Test]
    public async Task Renames_modes_links_deletions_and_binaries_apply()
    {
        repo.Write("old.c", Numbers);
        repo.Write("gone.c", Numbers);
        repo.Write("script", "#!/bin/sh\n");
        var start = repo.Commit("start");
        repo.Git("mv", "old.c", "new.c");
        repo.Write("new.c", Numbers.Replace("line 9\n", "nine\n"));
        repo.Commit("rename");
        TestRepository.MakeExecutable(repo.Write("script", "#!/bin/sh\n"));
        repo.Commit("mode");
        File.CreateSymbolicLink(Path.Combine(repo.Path, "link"), "new.c");
        repo.Git("rm", "--quiet", "gone.c");
        repo.Write("bin", [0, 1, 2, 255, 10, 0]);
        repo.Write("d\u00fc/\u00e4 \"b\".txt", "odd name\n");
        var end = repo.Commit("rest");

        var applied = await repo.ApplyAsync(repo.Mailed($"{start}..{end}", null, "--binary"), start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await ChangesAsync(applied.Head, end), Is.Empty);
    }

    [Test]
    public async Task A_link_of_the_tree_can_be_changed_and_its_target_is_not_touched()
    {
        File.CreateSymbolicLink(Path.Combine(repo.Path, "link"), Path.Combine(repo.Canary, "bird"));
        var start = repo.Commit("start");
        File.Delete(Path.Combine(repo.Path, "link"));
        File.CreateSymbolicLink(Path.Combine(repo.Path, "link"), Path.Combine(repo.Canary, "other"));
        var end = repo.Commit("move the link");
        var canary = TestRepository.HashOf(repo.Canary);

        var applied = await repo.ApplyAsync(repo.Mailed($"{start}..{end}"), start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await ChangesAsync(applied.Head, end), Is.Empty);
        Assert.That(TestRepository.HashOf(repo.Canary), Is.EqualTo(canary));
    }

    [Test]
    public async Task Three_way_merge_places_what_does_not_fit_as_it_is()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        var end = repo.Commit("a.c", Numbers.Replace("line 30\n", "thirty\n"), "change");
        repo.Git("checkout", "--quiet", "--detach", start);
        var moved = repo.Commit("a.c", Numbers.Replace("line 28\n", "twenty-eight\n"), "context changes");

        var applied = await repo.ApplyAsync(repo.Mailed($"{start}..{end}"), moved);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await OursAsync("show", applied.Head + ":a.c"), Does.Contain("twenty-eight").And.Contain("thirty"));
    }

    [Test]
    public async Task What_the_base_holds_already_is_recognised_by_merge_and_by_reverse()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        repo.Commit("a.c", Numbers.Replace("line 30\n", "thirty\n"), "one");
        var end = repo.Commit("new.c", "x\n", "two");
        var series = repo.Mailed($"{start}..{end}");
        // Without the blob that a patch was made from, git am cannot see it by a merge.
        var foreign = series with { Patches = [.. series.Patches.Select(p => p with { Body = WithoutBlob(p.Body.Span) })] };

        foreach (var mailed in new[] { series, foreign })
        {
            var applied = await repo.ApplyAsync(mailed, end);
            Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
            Assert.That(applied.IsAlreadyApplied, Is.True);
            Assert.That(applied.Head, Is.EqualTo(end));
        }
        var half = await repo.ApplyAsync(series, repo.Git("rev-parse", end + "^"));
        Assert.That(half.Patches.Select(p => p.WasAlreadyApplied), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public async Task A_patch_after_an_already_applied_one_is_laid_on_a_clean_tree()
    {
        var start = repo.Commit("a.c", Numbers, "start");
        repo.Commit("a.c", Numbers.Replace("line 30\n", "thirty\n"), "one");
        var end = repo.Commit("a.c", Numbers.Replace("line 30\n", "thirty\n").Replace("line 29\n", "twenty-nine\n"), "two");
        var series = repo.Mailed($"{start}..{end}");
        var first = TestRepository.Patch(Encoding.Latin1.GetString(series.Patches[0].Body.Span).Replace("index ", "index abcdef0"), "one");
        repo.Git("checkout", "--quiet", "--detach", start + "");
        var on = repo.Commit("a.c", Numbers.Replace("line 30\n", "thirty\n"), "one, upstream");

        var applied = await repo.ApplyAsync(series with { Patches = [first, series.Patches[1]] }, on);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(applied.Patches.Select(p => p.WasAlreadyApplied), Is.EqualTo(new[] { true, false }));
        Assert.That(await ChangesAsync(applied.Head, end), Is.Empty);
    }

    [Test]
    public async Task An_empty_commit_stays_an_empty_commit()
    {
        var start = repo.Commit("a.c", "1\n", "start");
        var end = repo.Commit("nothing");
        var applied = await repo.ApplyAsync(repo.Mailed($"{start}..{end}"), start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(applied.Patches[0].Commit, Is.Not.EqualTo(start));
        Assert.That(await OursAsync("log", "-1", "--format=%s%b|%ae", applied.Head), Is.EqualTo("nothing|ann@example.org"));
        Assert.That(await ChangesAsync(applied.Head, start), Is.Empty);
    }

    [Test]
    public async Task Odd_headers_do_not_break_the_mail()
    {
        var start = repo.Commit("a.c", "1\n", "start");
        var end = repo.Commit("a.c", "2\n", "change");
        var series = repo.Mailed($"{start}..{end}");
        var odd = series.Patches[0] with { Title = "a\nFrom: evil <e@x>\r\n\r\nb", Author = new Person("\n<x>\0", ""), Date = DateTimeOffset.MinValue };

        var applied = await repo.ApplyAsync(series with { Patches = [odd], Date = null }, start);

        Assert.That(applied.Failure, Is.Null, applied.Failure?.Reason);
        Assert.That(await OursAsync("log", "-1", "--format=%ae|%at|%s", applied.Head), Does.Match(@"^unknown@unknown\.invalid\|946684800\|a From: evil <e@x> b$"));
    }

    private async Task<IReadOnlyList<string>> ChangesAsync(string from, string to)
    {
        var delta = await (await repo.OpenAsync()).ChangesAsync(from, to, CancellationToken.None);
        return [.. delta.Added, .. delta.Modified, .. delta.Deleted];
    }

    /// <summary>Asks our own repository, which has the commits that were made.</summary>
    private async Task<string> OursAsync(params string[] arguments) =>
        (await new Git().On(Directory.GetDirectories(repo.Cache, "*.git").Single()).RunAsync(arguments, CancellationToken.None)).Text;

    private static byte[] WithoutBlob(ReadOnlySpan<byte> body) => Encoding.Latin1.GetBytes(
        System.Text.RegularExpressions.Regex.Replace(Encoding.Latin1.GetString(body), @"(?m)^index [0-9a-f]+\.\.", "index abcdef0.."));
}
