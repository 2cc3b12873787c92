using BenchmarkDotNet.Running;
using CivicSense.Benchmarks.Archive;
using CivicSense.Benchmarks.Datasets;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Benchmarks.Neighbourhood;
using CivicSense.Benchmarks.Serve;
using CivicSense.Benchmarks.Utility;

if (args is ["utility", ..])
    return await UtilityCommand.RunAsync(args);
if (args is ["archive", ..])
    return await ArchiveCommand.RunAsync(args);
if (args is ["serve", ..])
    return await ServeCommand.RunAsync(args);
if (args is ["neighbourhood", ..])
    return await NeighbourhoodCommand.RunAsync(args);
if (args is ["datasets", ..])
    return await DatasetsCommand.RunAsync(args);
if (args is ["ingest", ..])
    return await IngestCommand.RunAsync(args);
if (args is [IngestNode.Argument, ..])
    return await IngestNode.RunAsync(args);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
