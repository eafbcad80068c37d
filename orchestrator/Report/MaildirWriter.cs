using System.Globalization;
using MimeKit;

namespace OpenConfirm.Report;

/// <summary>Delivers into a Maildir: written and synced in <c>tmp/</c>, then moved to <c>new/</c>, so that no reader sees half a mail.</summary>
public static class MaildirWriter
{
    private static int _delivered;

    /// <summary>Delivers a mail into <paramref name="directory"/>, which is made when it is missing.</summary>
    /// <returns>Full path of the delivered file.</returns>
    /// <exception cref="IOException">Nothing is left behind but perhaps a file in <c>tmp/</c>.</exception>
    public static string Deliver(MimeMessage message, string directory, TimeProvider? time = null)
    {
        foreach (var folder in (string[])["tmp", "new", "cur"])
            Directory.CreateDirectory(Path.Combine(directory, folder));
        var name = UniqueName(time ?? TimeProvider.System);
        var temporary = Path.Combine(directory, "tmp", name);
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            message.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Unix }, file);
            file.Flush(flushToDisk: true);
        }

        var delivered = Path.GetFullPath(Path.Combine(directory, "new", name));
        File.Move(temporary, delivered);
        return delivered;
    }

    /// <summary>Time, process and counter: no two deliveries of one host agree in all three.</summary>
    private static string UniqueName(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var host = Environment.MachineName.Replace("/", "\\057", StringComparison.Ordinal).Replace(":", "\\072", StringComparison.Ordinal);
        var count = Interlocked.Increment(ref _delivered);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{now.ToUnixTimeSeconds()}.M{now.Ticks / 10 % 1_000_000}P{Environment.ProcessId}Q{count}.{host}");
    }
}
