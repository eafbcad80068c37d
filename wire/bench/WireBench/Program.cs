using BenchmarkDotNet.Running;
using OpenConfirm.Bench;

// dotnet run -c Release --project wire/bench/WireBench -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(TableBench).Assembly).Run(args);
