using System.CommandLine;
using BenchmarkDotNet.Running;
using CivicSense.Benchmarks;
using CivicSense.Benchmarks.Archive;
using CivicSense.Benchmarks.Datasets;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Benchmarks.Neighbourhood;
using CivicSense.Benchmarks.Serve;
using CivicSense.Benchmarks.Utility;

if (args is [IngestNode.Argument, ..])
    return await IngestNode.RunAsync(args);

var root = new RootCommand("Benchmarks of CivicSense.")
{
    UtilityCommand.Create(), ArchiveCommand.Create(), ServeCommand.Create(), NeighbourhoodCommand.Create(), DatasetsCommand.Create(),
    IngestCommand.Create(),
};
if (args is [var name, ..] && root.Subcommands.Any(command => command.Name == name))
    return await Subcommand.RunAsync(root, args);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
