using System.Globalization;
using System.Text;
using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>Lays a series on a commit, patch by patch.</summary>
internal sealed class SeriesApplication(Git git, string repository, TreeLimits limits)
{
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The series on its base, as far as it applies.</summary>
    public async Task<AppliedSeries> ApplyAsync(Series series, SeriesBase seriesBase, CancellationToken cancel)
    {
        var applied = new List<AppliedPatch>();
        if (series.Patches.Count > limits.Patches)
        {
            var refused = Refused(series.Patches[0], $"the series has {series.Patches.Count} patches; at most {limits.Patches} are taken");
            return new AppliedSeries(seriesBase, applied, refused with { NotTried = [.. series.Patches.Skip(1)] });
        }
        var made = await git.RunAsync(["log", "-1", "--format=%ct", ProjectTree.Checked(seriesBase.Commit), "--"], cancel);
        var baseDate = DateTimeOffset.FromUnixTimeSeconds(long.Parse(made.Text));
        await using var tree = await WorkTree.CreateAsync(new Git { Time = limits.CommandTime + limits.PatchTime, OutputBytes = limits.OutputBytes }, repository, seriesBase.Commit, cancel);
        var run = new Run(tree, Own(tree.Git, baseDate), limits);
        var head = seriesBase.Commit;
        using var late = new CancellationTokenSource(limits.SeriesTime, TimeProvider.System);
        foreach (var (i, patch) in series.Patches.Index())
        {
            var dated = patch with { Date = Clamped(patch.Date ?? series.Date ?? baseDate), Body = WithoutCarriageReturns(patch.Body) };
            var failure = await WithinTimeAsync(patch, stop => run.ApplyAsync(dated, head, stop), late.Token, cancel);
            if (failure is not null)
                return new AppliedSeries(seriesBase, applied, failure with { Patch = patch, NotTried = [.. series.Patches.Skip(i + 1)] });
            var commit = (await tree.Git.RunAsync(["rev-parse", "HEAD"], cancel)).Text;
            applied.Add(new AppliedPatch(patch, commit, commit == head));
            head = commit;
        }
        return new AppliedSeries(seriesBase, applied, null);
    }

    /// <summary>What takes too long is the patch's doing, or the series', and refused; git's own limit on time never comes to it.</summary>
    private async Task<ApplyFailure?> WithinTimeAsync(
        Patch patch, Func<CancellationToken, Task<ApplyFailure?>> apply, CancellationToken late, CancellationToken cancel)
    {
        using var patchTime = new CancellationTokenSource(limits.PatchTime, TimeProvider.System);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancel, late, patchTime.Token);
        try
        {
            return await apply(any.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Refused(patch, late.IsCancellationRequested
                ? $"laying the series up to this patch on its base takes longer than {Shown(limits.SeriesTime)}"
                : $"applying the patch takes longer than {Shown(limits.PatchTime)}");
        }
    }

    private static string Shown(TimeSpan time) => time.TotalMinutes >= 1 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.###} seconds";

    /// <summary>The limit on one allocation stands behind the sums of <see cref="PatchCost"/>, for what they do not see.</summary>
    private Git Own(Git git, DateTimeOffset committed) => (git with { MemoryBytes = limits.MemoryBytes })
        .With("GIT_COMMITTER_DATE", $"@{committed.ToUnixTimeSeconds()} +0000")
        .With("GIT_ALLOC_LIMIT", limits.ExpandedBytes.ToString(CultureInfo.InvariantCulture));

    private static ApplyFailure Refused(Patch patch, string reason) => new() { Patch = patch, Reason = reason, IsRefusal = true };

    /// <summary>Dates come from strangers' clocks; git takes no year 1 and no year 9999.</summary>
    private static DateTimeOffset Clamped(DateTimeOffset date) => date < Earliest ? Earliest : date > Latest ? Latest : date;

    /// <summary>
    /// Where even the diff's headers end in a carriage return, a mail program put it on every line. Elsewhere carriage
    /// returns are part of the source.
    /// </summary>
    private static ReadOnlyMemory<byte> WithoutCarriageReturns(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.Latin1.GetString(body.Span);
        var header = text.StartsWith("diff --git ", StringComparison.Ordinal) ? 0 : text.IndexOf("\ndiff --git ", StringComparison.Ordinal) + 1;
        var end = text.IndexOf('\n', header);
        return end > 0 && text[end - 1] == '\r'
            ? Encoding.Latin1.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal))
            : body;
    }

    /// <summary>One series in its work tree.</summary>
    private sealed class Run(WorkTree tree, Git git, TreeLimits limits)
    {
        private long madeBytes;
        private long heldBytes;

        /// <summary>Applies one patch; null when it is in the tree after.</summary>
        public async Task<ApplyFailure?> ApplyAsync(Patch patch, string head, CancellationToken cancel)
        {
            if (patch.Body.Length > limits.PatchBytes)
                return Refused(patch, $"the patch has {patch.Body.Length} bytes; at most {limits.PatchBytes} are taken");
            if (patch.Body.Span.Count((byte)'\n') is var lines && lines > limits.PatchLines)
                return Refused(patch, $"the patch has {lines} lines; at most {limits.PatchLines} are taken");
            var mail = PatchMail.Format(patch);
            var (diff, unsplit) = await GitView.PatchAsync(git, mail, tree.Scratch, cancel);
            if (unsplit is not null)
                return await new ApplyExplanation(git, head, []).ExplainAsync(patch, [], unsplit, cancel);
            var files = PatchDiff.Read(diff);
            if ((files.Select(PatchSafety.Check).FirstOrDefault(f => f is not null) ?? await PatchSafety.CheckLinksAsync(git, head, files, cancel)) is { } unsafeFile)
                return Refused(patch, unsafeFile.Reason) with { File = unsafeFile.File };
            if (TooCostly(patch, await PatchCost.OfAsync(git, head, files, cancel)) is { } costly)
                return costly;
            if (files.Count == 0 && !PatchDiff.LooksLikeOne(patch.Body.Span))
            {
                await CommitEmptyAsync(patch, cancel);
                return null;
            }

            // Only now, since git inflates binary contents to read them.
            var (unreadable, refused) = await GitView.CompareAsync(git, diff, files, cancel);
            if (refused is { } misread)
                return Refused(patch, misread.Reason) with { File = misread.File };
            if (unreadable is not null)
                return await new ApplyExplanation(git, head, []).ExplainAsync(patch, files, unreadable, cancel);
            return await ApplyAsync(patch, mail, diff, files, head, cancel);
        }

        private ApplyFailure? TooCostly(Patch patch, PatchCost cost)
        {
            var (held, made) = cost;
            madeBytes += made;
            heldBytes += held;
            if (madeBytes > limits.ExpandedBytes)
                return Refused(patch, $"up to this patch the series makes {MiB(madeBytes)} MiB of copies, renames and binary contents; at most {MiB(limits.ExpandedBytes)} are taken");
            if (held > limits.ExpandedBytes)
                return Refused(patch, $"the patch names files of {MiB(held)} MiB, counted each time; at most {MiB(limits.ExpandedBytes)} are taken");
            if (heldBytes > limits.SeriesBytes)
                return Refused(patch, $"up to this patch the series names files of {MiB(heldBytes)} MiB, counted each time; at most {MiB(limits.SeriesBytes)} are taken");
            return null;
        }

        private async Task<ApplyFailure?> ApplyAsync(Patch patch, byte[] mail, byte[] diff, IReadOnlyList<FilePatch> files, string head, CancellationToken cancel)
        {
            await tree.MaterialiseAsync(files.SelectMany(f => new[] { f.OldName, f.NewName }).OfType<string>().Distinct(), cancel);
            var result = await git.TryAsync(
                ["am", "--quiet", "--3way", "-p1", "--keep-cr", "--keep-non-patch", "--no-scissors", "--quoted-cr=nowarn", "--patch-format=mbox"], cancel, mail);
            if (result.Succeeded)
                return await TooLargeAsync(patch, head, files, cancel);
            var conflicts = await tree.ConflictsAsync(limits, cancel);
            await tree.ResetAsync(cancel);
            var reverse = await git.TryAsync(["apply", "--cached", "--check", "--reverse", "-"], cancel, diff);
            if (reverse.Succeeded)
                return null; // The tree holds it already: taking it off would work.
            return await new ApplyExplanation(git, head, conflicts).ExplainAsync(patch, files, result.Error, cancel);
        }

        /// <summary>
        /// Binary contents can be text of a hundred million lines, which every later diff would hold line by line. A file that
        /// the tree holds may be as large as it is there, under another name too.
        /// </summary>
        private async Task<ApplyFailure?> TooLargeAsync(Patch patch, string head, IReadOnlyList<FilePatch> files, CancellationToken cancel)
        {
            var diff = (await git.RunAsync(["diff-tree", "-r", "-z", "--no-renames", "--diff-filter=d", head, "HEAD"], cancel)).Output;
            var changed = Encoding.Latin1.GetString(diff.Span).Split('\0').Chunk(2).Where(c => c.Length == 2).ToList();
            var sizes = await PatchCost.SizesAsync(git, [.. changed.Select(c => c[0].Split(' ')[3])], cancel);
            foreach (var (name, size) in changed.Select(c => c[1]).Zip(sizes).Where(c => c.Second > limits.FileBytes))
            {
                var sources = files.Where(f => f.NewName == name).Select(f => f.OldName).OfType<string>().Append(name);
                if (size > (await PatchCost.SizesAsync(git, [.. sources.Select(s => $"{head}:{s}")], cancel)).Max())
                    return Refused(patch, $"the patch makes a file of {MiB(size)} MiB; at most {MiB(limits.FileBytes)} are taken") with { File = SourceText.Shown(name) };
            }

            return null;
        }

        /// <summary>Rounded up to a tenth, so that what is over a limit never looks like the limit.</summary>
        private static string MiB(long bytes) => (Math.Ceiling(bytes / (double)(1 << 20) * 10) / 10).ToString("0.#", CultureInfo.InvariantCulture);

        /// <summary>git am refuses a mail without a diff, but a range may hold such a commit.</summary>
        private async Task CommitEmptyAsync(Patch patch, CancellationToken cancel)
        {
            // The message ends at "---", or at the signature that format-patch adds.
            var message = string.Join('\n', Encoding.Latin1.GetString(patch.Body.Span).Split('\n').TakeWhile(line => line is not ("---" or "-- ")));
            await git
                .With("GIT_AUTHOR_NAME", patch.Author.Name.Length > 0 ? patch.Author.Name : "unknown")
                .With("GIT_AUTHOR_EMAIL", patch.Author.Address)
                .With("GIT_AUTHOR_DATE", $"@{patch.Date!.Value.ToUnixTimeSeconds()} +0000")
                .RunAsync(["commit", "--quiet", "--allow-empty", "--file=-"], cancel,
                    (byte[])[.. Encoding.UTF8.GetBytes(patch.Title + "\n\n"), .. Encoding.Latin1.GetBytes(message)]);
        }
    }
}
