using BenchmarkDotNet.Running;
using CivicSense.Benchmarks.Utility;

if (args is ["utility", ..])
    return await UtilityCommand.RunAsync(args);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
