using System.Runtime.CompilerServices;
using System.Text;

namespace OpenConfirm.Machines.Containers.Tests;

/// <summary>One pool on the real engine with the image debian-12, built when missing, for all tests with containers.</summary>
internal static class TestPool
{
    public const string Image = "debian-12";

    private static readonly SemaphoreSlim Gate = new(1);
    private static ContainerPool? _pool;
    private static Snapshot? _clean;

    public static string Recipes => Path.GetFullPath(Path.Combine(Here(), "../../vm-images"));

    public static string Data { get; } = Directory.CreateTempSubdirectory("openconfirm-test-").FullName;

    public static MachineLimits Small { get; } = new() { MemoryBytes = 512 << 20, DiskBytes = 64 << 20, Processes = 64 };

    public static async Task<ContainerPool> GetAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (_pool is not null && _clean is not null)
                return _pool;
            var pool = _pool ?? await ContainerPool.StartAsync(Data, Recipes, TimeProvider.System, CancellationToken.None);
            _pool = pool;
            await pool.Images.EnsureAsync(Image, new Progress<string>(TestContext.Progress.WriteLine), CancellationToken.None);
            _clean = await pool.CleanAsync(Image, CancellationToken.None);
            return pool;
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task<IMachine> TakeAsync(MachineLimits? limits = null, Snapshot? snapshot = null)
    {
        var pool = await GetAsync();
        return await pool.TakeAsync(snapshot ?? _clean!, limits ?? Small, CancellationToken.None);
    }

    /// <summary>Runs a shell script; gives the result and what it printed.</summary>
    public static async Task<(CommandResult Result, string Output)> ShellAsync(
        this IMachine machine, string script, TimeSpan? timeout = null, long outputBytes = 1 << 20, CancellationToken cancel = default)
    {
        using var output = new MemoryStream();
        var command = new MachineCommand
        {
            Arguments = ["/bin/sh", "-c", script],
            Timeout = timeout ?? TimeSpan.FromMinutes(5),
            OutputBytes = outputBytes,
        };
        var result = await machine.RunAsync(command, output, cancel);
        return (result, Encoding.UTF8.GetString(output.ToArray()));
    }

    public static async ValueTask EndAsync()
    {
        if (_pool is not null)
            await _pool.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

[SetUpFixture]
public sealed class EndOfTests
{
    [OneTimeTearDown]
    public async Task End() => await TestPool.EndAsync();
}
