using OpenConfirm.Model;

namespace OpenConfirm.Intake.Trees;

/// <summary>A lock between processes: an exclusively opened file, which the kernel lets go when its holder dies.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, or gives null when somebody holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="InfrastructureException">It was held all that time.</exception>
    public static async Task<FileLock> WaitAsync(string path, TimeSpan atMost, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (TimeProvider.System.GetElapsedTime(began) > atMost)
                throw new InfrastructureException($"Another run has held {path} for {atMost}; wait for it or stop it.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
