using System.CommandLine;
using System.Globalization;

namespace CivicSense.Benchmarks.Archive;

/// <summary>
/// <c>archive</c>: how fast contributions are written, and how long the public queries take on archives of different lengths. See
/// docs/performance-storage.md.
/// </summary>
static class ArchiveCommand
{
    /// <summary>Parses the command line and runs it.</summary>
    /// <returns>0; 1 if something is wrong with what was asked for.</returns>
    public static async Task<int> RunAsync(string[] args) => await new RootCommand("Benchmarks of CivicSense.") { Create() }.Parse(args).InvokeAsync();

    static Command Create()
    {
        var days = new Option<int[]>("--days")
        {
            Description = "Lengths of the archives, in days; 0 for none.", DefaultValueFactory = _ => [30, 365], AllowMultipleArgumentsPerToken = true,
        };
        var devices = new Option<int>("--devices") { Description = "Devices that write contributions; 0 for none.", DefaultValueFactory = _ => 100_000 };
        var queries = new Option<int>("--queries") { Description = "How often each query is asked.", DefaultValueFactory = _ => 2_000 };
        var folder = new Option<string>("--folder") { Description = "Where to put the databases.", DefaultValueFactory = _ => Path.GetTempPath() };
        var command = new Command("archive", "Write contributions, fill archives of estimates, and ask them what visitors ask.") { days, devices, queries, folder };
        command.SetAction(async (result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            var temporary = Directory.CreateDirectory(
                Path.Combine(result.GetRequiredValue(folder), string.Create(CultureInfo.InvariantCulture, $"civicsense-archive-{Environment.ProcessId}")));
            try
            {
                if (result.GetValue(devices) is > 0 and var count)
                    await new UpsertRun(Path.Combine(temporary.FullName, "upserts.db"), count, output).RunAsync(cancellationToken);
                foreach (var length in result.GetRequiredValue(days).Where(length => length > 0))
                {
                    var run = new ArchiveRun(Path.Combine(temporary.FullName, $"archive-{length}.db"), length, result.GetValue(queries), output);
                    await run.RunAsync(cancellationToken);
                }
            }
            finally
            {
                temporary.Delete(recursive: true);
            }
            return 0;
        });
        return command;
    }
}
