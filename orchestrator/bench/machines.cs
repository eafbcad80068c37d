#:project ../Machines.Containers/Machines.Containers.csproj
#:property RestorePackagesWithLockFile=false
// Times the container machines: `dotnet run orchestrator/bench/machines.cs -- vm-images DATA [image...]`.
using System.Diagnostics;
using OpenConfirm.Machines;
using OpenConfirm.Machines.Containers;

var recipes = args[0];
var data = args[1];
await using var pool = await ContainerPool.StartAsync(data, recipes, TimeProvider.System, default);
Console.WriteLine($"engine {pool.Engine}, unenforced [{string.Join(' ', pool.UnenforcedLimits)}]");
foreach (var image in args[2..])
{
    await Timed($"ensure {image}", () => pool.Images.EnsureAsync(image, new Progress<string>(l => Console.WriteLine($"  {l}")), default));
    var clean = await pool.CleanAsync(image, default);
    for (var i = 0; i < 4; i++)
    {
        var machine = await Timed("take clean", () => pool.TakeAsync(clean, new MachineLimits(), default));
        await Timed("run true", () => machine.RunAsync(new MachineCommand { Arguments = ["true"] }, Stream.Null, default));
        await Timed("dispose", async () => { await machine.DisposeAsync(); return 0; });
    }

    await using var source = await pool.TakeAsync(clean, new MachineLimits(), default);

    // 30 MB in 3,000 files, and 600 MB in 600 as a built tree.
    await Run(source, "mkdir src && cd src && i=0 && while [ $i -lt 3000 ]; do head -c 10000 /dev/urandom > f$i; i=$((i+1)); done");
    var tree = await Timed("freeze 30 MB", () => source.FreezeAsync("bench-tree", default));
    var tar = Path.Combine(data, "snapshots", System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "snapshots", "bench-tree.json"))).RootElement.GetProperty("Tar").GetString()!);
    await using (var target = await pool.TakeAsync(clean, new MachineLimits(), default))
    {
        await using var stream = File.OpenRead(tar);
        await Timed("put 30 MB", async () => { await target.PutAsync(stream, "/work/tree", touch: false, default); return 0; });
        await Timed("get 30 MB", async () => { await target.GetAsync("/work/tree", Path.Combine(data, "got"), 100 << 20, default); return 0; });
        Directory.Delete(Path.Combine(data, "got"), recursive: true);
    }

    await Run(source, "mkdir obj && cd obj && i=0 && while [ $i -lt 600 ]; do head -c 1000000 /dev/urandom > f$i; i=$((i+1)); done");
    var cpu = Environment.CpuUsage.TotalTime;
    var built = await Timed("freeze 630 MB", () => source.FreezeAsync("bench-built", default));
    Console.WriteLine($"own processor time of it {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:f1} s");
    var taken = await Timed("take 630 MB", () => pool.TakeAsync(built, new MachineLimits(), default));
    await taken.DisposeAsync();
    Console.WriteLine($"unenforced [{string.Join(' ', pool.UnenforcedLimits)}]");
    _ = tree;
}

static async Task Run(IMachine machine, string script)
{
    var output = new MemoryStream();
    var result = await machine.RunAsync(new MachineCommand { Arguments = ["sh", "-c", script] }, output, default);
    if (!result.Succeeded)
        throw new InvalidOperationException($"{result} {System.Text.Encoding.UTF8.GetString(output.ToArray())}");
}

static async Task<T> Timed<T>(string what, Func<Task<T>> act)
{
    var watch = Stopwatch.StartNew();
    var result = await act();
    Console.WriteLine($"{what,-24} {watch.Elapsed.TotalSeconds,8:f2} s");
    return result;
}
