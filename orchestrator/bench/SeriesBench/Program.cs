using OpenConfirm.Bench;
using OpenConfirm.Intake;

switch (args)
{
    case ["generate", var path, var mails, var megabytes, var seed]:
        await using (var file = File.Create(path))
            ListArchive.Write(file, int.Parse(mails), long.Parse(megabytes) * 1_000_000, int.Parse(seed));
        return 0;
    case ["series", var source, .. var rest]:
        var code = await SeriesCommand.RunAsync(source, rest is ["--json"], Console.Out, Console.Error, CancellationToken.None);
        Console.Error.WriteLine($"gc heap at the end: {GC.GetTotalMemory(false) / 1_000_000} MB, allocated {GC.GetTotalAllocatedBytes() / 1_000_000} MB");
        return code;
    default:
        Console.Error.WriteLine("usage: series-bench generate FILE MAILS MEGABYTES SEED | series SOURCE [--json]");
        return 2;
}
