using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>The command <c>openconfirm series SOURCE [--json]</c>.</summary>
public static class SeriesCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    /// <summary>Reads a source of mails and prints its series.</summary>
    /// <param name="source">Path of an mbox, Maildir, folder of patches or mail; "-" for standard input.</param>
    /// <param name="json">One document instead of text.</param>
    /// <param name="output">Takes the answer.</param>
    /// <param name="error">Takes errors, and progress when it lasts more than two seconds.</param>
    /// <param name="cancellationToken">Stops between two mails.</param>
    /// <param name="time">Clock of the progress; the system's by default.</param>
    /// <returns>0, or 2 when the source cannot be read.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was printed to <paramref name="output"/>.</exception>
    public static async Task<int> RunAsync(
        string source, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        try
        {
            // Parsing keeps one core busy and the caller's thread should see to Ctrl-C.
            var assembly = await Task.Run(
                () => SeriesAssembler.Assemble(Watched(MailReader.Open(source), error, time ?? TimeProvider.System, cancellationToken)),
                cancellationToken);
            if (json)
                SeriesPrinter.WriteJson(output, source, assembly);
            else
                SeriesPrinter.WriteText(output, assembly);
            await output.FlushAsync(cancellationToken);
            return 0;
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync(TerminalText.Escape(e.Message));
            return 2;
        }
    }

    private static IEnumerable<MailItem> Watched(IEnumerable<MailItem> mails, TextWriter error, TimeProvider time, CancellationToken cancellationToken)
    {
        var shown = time.GetTimestamp();
        var count = 0;
        foreach (var mail in mails)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return mail;
            count++;
            if (time.GetElapsedTime(shown) >= ProgressEvery)
            {
                error.WriteLine($"{count:N0} mails read");
                shown = time.GetTimestamp();
            }
        }
    }
}
