using OpenConfirm.Model;

namespace OpenConfirm.Intake;

/// <summary>Opens what holds mails: an mbox, a Maildir, a folder of patch files, a single mail, standard input.</summary>
public static class MailReader
{
    /// <summary>Longest mail that is read, in bytes; longer ones get a <see cref="MailItem.Failure"/> and are never held whole.</summary>
    public const int MaxMailBytes = MboxSplitter.MaxMailBytes;

    private static readonly string[] MailEndings = [".patch", ".eml", ".mbox", ".mbx"];

    /// <summary>Reads the mails of a source one by one, in the order of the source (of the names, for a folder).</summary>
    /// <param name="source">Path of a file or folder, or "-" for standard input.</param>
    /// <exception cref="UsageException">The source is not there, cannot be read or holds nothing; may come while reading.</exception>
    public static IEnumerable<MailItem> Open(string source)
    {
        if (source == "-")
            return Read(Console.OpenStandardInput(), "standard input");
        if (Directory.Exists(source))
            return ReadFolder(source);
        return Read(OpenFile(source), Path.GetFileName(source));
    }

    /// <summary>Reads the mails of a stream, and closes it at the end.</summary>
    /// <param name="stream">An mbox or one mail.</param>
    /// <param name="name">What decisions call it.</param>
    /// <exception cref="UsageException">While reading: the stream is empty or fails.</exception>
    public static IEnumerable<MailItem> Read(Stream stream, string name)
    {
        using (stream)
        {
            var splitter = new MboxSplitter(stream, name);
            using var parser = new MailParser();
            var isEmpty = true;
            while (TryRead(splitter, name, out var mail))
            {
                isEmpty = false;
                yield return parser.Parse(mail);
            }

            if (isEmpty)
                throw new UsageException($"{name} is empty. Give an mbox, a Maildir, a folder of git format-patch files or one mail.");
        }
    }

    private static bool TryRead(MboxSplitter splitter, string name, out RawMail mail)
    {
        try
        {
            return splitter.TryRead(out mail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{name} cannot be read: {e.Message} Check the file and its disk.", e);
        }
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{path}: no such file or folder. Give an mbox, a Maildir, a folder of git format-patch files, one mail, or - for standard input.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{path} cannot be opened: {e.Message} Check its permissions.", e);
        }
    }

    private static IEnumerable<MailItem> ReadFolder(string folder)
    {
        var files = MailFiles(folder);
        if (files.Count == 0)
            throw new UsageException($"{folder} holds no mails. A Maildir has cur/ and new/; else put *.patch, *.eml or *.mbox files there.");
        foreach (var file in files)
        {
            foreach (var item in ReadOneOf(folder, file))
                yield return item;
        }
    }

    /// <summary>Mails of one file of a folder; a file that cannot be read is an answer of its own, the others still count.</summary>
    private static IEnumerable<MailItem> ReadOneOf(string folder, string file)
    {
        var name = Path.GetRelativePath(folder, file);
        using var mails = OpenOneOf(file, name).GetEnumerator();
        while (true)
        {
            MailItem item;
            try
            {
                if (!mails.MoveNext())
                    yield break;
                item = mails.Current;
            }
            catch (UsageException e)
            {
                item = new MailItem { Origin = name, Failure = "unreadable: " + e.Message };
            }

            yield return item;
        }
    }

    private static IEnumerable<MailItem> OpenOneOf(string file, string name)
    {
        foreach (var item in Read(OpenFile(file), name))
            yield return item;
    }

    private static List<string> MailFiles(string folder)
    {
        try
        {
            string[] halves = [Path.Combine(folder, "cur"), Path.Combine(folder, "new")];
            var files = halves.Any(Directory.Exists)
                ? halves.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
                : Directory.EnumerateFiles(folder).Where(f => MailEndings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase));

            // A Maildir's names begin with the time of delivery, whichever half they are in.
            return [.. files.Where(f => !Path.GetFileName(f).StartsWith('.')).OrderBy(Path.GetFileName, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder} cannot be read: {e.Message} Check its permissions.", e);
        }
    }
}
