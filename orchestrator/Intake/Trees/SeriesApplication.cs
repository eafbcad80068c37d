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
            var refused = Failed(series.Patches[0], $"the series has {series.Patches.Count} patches; at most {limits.Patches} are taken");
            return new AppliedSeries(seriesBase, applied, refused with { NotTried = [.. series.Patches.Skip(1)] });
        }
        var made = await git.RunAsync(["log", "-1", "--format=%ct", ProjectTree.Checked(seriesBase.Commit), "--"], cancel);
        var baseDate = DateTimeOffset.FromUnixTimeSeconds(long.Parse(made.Text));
        await using var tree = await WorkTree.CreateAsync(new Git { Time = limits.CommandTime, OutputBytes = limits.OutputBytes }, repository, seriesBase.Commit, cancel);
        var run = new Run(tree, Own(tree.Git, baseDate), limits);
        var head = seriesBase.Commit;
        using var late = new CancellationTokenSource(limits.SeriesTime, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        foreach (var (i, patch) in series.Patches.Index())
        {
            var dated = patch with { Date = Clamped(patch.Date ?? series.Date ?? baseDate), Body = WithoutCarriageReturns(patch.Body) };
            ApplyFailure? failure;
            try
            {
                failure = await run.ApplyAsync(dated, head, either.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                failure = Failed(patch, $"refused: laying the series up to this patch on its base takes longer than {limits.SeriesTime.TotalMinutes:0} minutes");
            }

            if (failure is not null)
                return new AppliedSeries(seriesBase, applied, failure with { Patch = patch, NotTried = [.. series.Patches.Skip(i + 1)] });
            var commit = (await tree.Git.RunAsync(["rev-parse", "HEAD"], cancel)).Text;
            applied.Add(new AppliedPatch(patch, commit, commit == head));
            head = commit;
        }
        return new AppliedSeries(seriesBase, applied, null);
    }

    /// <summary>The limit on one allocation stands behind the sums of <see cref="PatchSafety"/>, for what they do not see.</summary>
    private Git Own(Git git, DateTimeOffset committed) => (git with { MemoryBytes = limits.MemoryBytes })
        .With("GIT_COMMITTER_DATE", $"@{committed.ToUnixTimeSeconds()} +0000")
        .With("GIT_ALLOC_LIMIT", limits.ExpandedBytes.ToString(CultureInfo.InvariantCulture));

    private static ApplyFailure Failed(Patch patch, string reason) => new() { Patch = patch, Reason = reason };

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
                return Failed(patch, $"the patch has {patch.Body.Length} bytes; at most {limits.PatchBytes} are taken");
            var files = PatchDiff.Read(patch.Body.Span);
            var refused = files.Select(PatchSafety.Check).FirstOrDefault(f => f is not null)
                ?? await PatchSafety.CheckNamesAsync(git, patch, files, cancel)
                ?? await PatchSafety.CheckLinksAsync(git, head, files, cancel);
            if (refused is { } unsafeFile)
                return Failed(patch, unsafeFile.Reason) with { File = unsafeFile.File };
            var (held, made) = await PatchSafety.CostAsync(git, head, files, cancel);
            madeBytes += made;
            heldBytes += held;
            if (madeBytes > limits.ExpandedBytes)
                return Failed(patch, $"refused: up to this patch the series makes {MiB(madeBytes)} MiB of copies, renames and binary contents; at most {MiB(limits.ExpandedBytes)} are taken");
            if (held > limits.ExpandedBytes)
                return Failed(patch, $"refused: the patch names files of {MiB(held)} MiB, counted each time; at most {MiB(limits.ExpandedBytes)} are taken");
            if (heldBytes > limits.SeriesBytes)
                return Failed(patch, $"refused: up to this patch the series names files of {MiB(heldBytes)} MiB, counted each time; at most {MiB(limits.SeriesBytes)} are taken");
            if (files.Count == 0 && !PatchDiff.LooksLikeOne(patch.Body.Span))
            {
                await CommitEmptyAsync(patch, cancel);
                return null;
            }

            await tree.MaterialiseAsync(files.SelectMany(f => new[] { f.OldName, f.NewName }).OfType<string>().Distinct(), cancel);
            var result = await git.TryAsync(
                ["am", "--quiet", "--3way", "-p1", "--keep-cr", "--keep-non-patch", "--no-scissors", "--quoted-cr=nowarn", "--patch-format=mbox"], cancel, PatchMail.Format(patch));
            if (result.Succeeded)
                return await TooLargeAsync(patch, head, cancel);
            var conflicts = await tree.ConflictsAsync(limits, cancel);
            await tree.ResetAsync(cancel);
            var reverse = await git.TryAsync(["apply", "--cached", "--check", "--reverse", "-"], cancel, patch.Body);
            if (reverse.Succeeded)
                return null; // The tree holds it already: taking it off would work.
            return await new ApplyExplanation(git, head, conflicts).ExplainAsync(patch, files, result.Error, cancel);
        }

        /// <summary>Binary contents can be text of a hundred million lines, which every later diff would hold line by line.</summary>
        private async Task<ApplyFailure?> TooLargeAsync(Patch patch, string head, CancellationToken cancel)
        {
            var changed = (await git.RunAsync(["diff-tree", "-r", "--no-renames", "--diff-filter=d", head, "HEAD"], cancel)).Text;
            var files = SourceText.Lines(changed).Where(l => l.StartsWith(':')).Select(l => l.Split('\t', 2)).ToList();
            if (files.Count == 0)
                return null;
            // Old and new blob of each: a file that the tree holds may be as large as it is there.
            var input = Encoding.Latin1.GetBytes(string.Concat(files.Select(f => f[0].Split(' ')).Select(f => $"{f[2]}\n{f[3]}\n")));
            var sizes = SourceText.Lines((await git.RunAsync(["cat-file", "--batch-check=%(objectsize)"], cancel, input)).Text)
                .Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0).ToList();
            foreach (var (i, file) in files.Index())
            {
                var (before, after) = (sizes[2 * i], sizes[(2 * i) + 1]);
                if (after > limits.FileBytes && after > before)
                    return Failed(patch, $"refused: the patch makes a file of {MiB(after)} MiB; at most {MiB(limits.FileBytes)} are taken") with { File = SourceText.Shown(file[1]) };
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
