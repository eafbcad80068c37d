using System.Formats.Tar;

namespace OpenConfirm.Machines.Containers;

/// <summary>Unpacks a tar stream that hostile code may have shaped: regular files with plain relative names, under caps.</summary>
internal static class HostileTar
{
    /// <summary>Files and folders together.</summary>
    public const int MaxEntries = 20_000;

    private const int MaxDepth = 64;
    private const int MaxPath = 2048;

    /// <summary>Writes its regular files below <paramref name="directory"/>; everything else is left out.</summary>
    /// <exception cref="MachineOutputException">More bytes or entries than allowed, or no tar.</exception>
    public static async Task UnpackAsync(Stream tar, string directory, long maxBytes, CancellationToken cancel)
    {
        // Headers, padding and extended attributes count too, but small files must not starve on them.
        await using var capped = new CappedStream(tar, maxBytes + (MaxEntries * 2048L), maxBytes);
        await using var reader = new TarReader(capped);
        var entries = 0;
        long bytes = 0;
        try
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                if (++entries > MaxEntries)
                    throw new MachineOutputException($"more than {MaxEntries} files");
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || SafePath(entry.Name) is not { } path)
                    continue;
                if ((bytes += entry.Length) > maxBytes)
                    throw new MachineOutputException($"more than {maxBytes} bytes");
                await WriteAsync(entry, Path.Combine(directory, path), cancel);
            }
        }
        catch (EndOfStreamException) when (capped.IsEmpty)
        {
            // Nothing was there to pack.
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException
            or OverflowException or OutOfMemoryException) // the reader trusts the length that an attribute claims
        {
            throw new MachineOutputException("not a whole tar", e);
        }
    }

    /// <summary>The name as a relative path without ".", or null when it is none that stays in its folder.</summary>
    internal static string? SafePath(string name)
    {
        if (name.Length is 0 or > MaxPath || name[0] == '/' || name.Contains('\\') || name.Any(char.IsControl))
            return null;
        var parts = name.Split('/').Where(p => p is not ("" or ".")).ToList();
        return parts.Count is 0 or > MaxDepth || parts.Contains("..") ? null : string.Join('/', parts);
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancel)
    {
        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, useAsync: true);
        }
        catch (Exception e) when (File.Exists(path) || Directory.Exists(path) || e is PathTooLongException || IsBelowFile(path))
        {
            return; // a second entry of the name, or a file where another wants a folder: the first one stands
        }

        await using (file)
        {
            if (entry.DataStream is { } data)
                await data.CopyToAsync(file, cancel);
        }
    }

    private static bool IsBelowFile(string path)
    {
        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (File.Exists(parent))
                return true;
        }

        return false;
    }

    // Ends the reading when a header lies about sizes, or when padding never ends.
    private sealed class CappedStream(Stream inner, long maxBytes, long named) : Stream
    {
        private long _left = maxBytes;

        public bool IsEmpty { get; private set; } = true;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            IsEmpty &= read == 0;
            return (_left -= read) >= 0 ? read : throw new MachineOutputException($"more than {named} bytes");
        }
    }
}
