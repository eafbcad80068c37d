using BenchmarkDotNet.Running;
using OpenConfirm.Bench;

// dotnet run -c Release --project wire/bench/WireBench -- --filter '*' --job short
// wire/bench/beside-gobgp/measure
if (args is ["beside", var program, var rounds])
    return await BesideProgram.RunAsync(program, int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
BenchmarkSwitcher.FromAssembly(typeof(TableBench).Assembly).Run(args);
return 0;
