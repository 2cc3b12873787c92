using System.CommandLine;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>
/// <c>ingest</c>: how many messages a second become durable contributions, and how long each takes. See docs/performance.md.
/// </summary>
static class IngestCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var options = new IngestOptions();
        var command = new Command(
            "ingest",
            "Publish to a node's listener over loopback and measure what is acknowledged after the durable commit. Needs Linux, "
                + "'taskset' and two processors.");
        foreach (var option in options.All)
            command.Add(option);
        command.SetAction((result, cancellationToken) => RunAsync(options, result, cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(IngestOptions options, ParseResult result, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
            throw new IngestException("This benchmark needs Linux and two processors.");
        if (result.GetValue(options.QualityOfService) is not (0 or 1))
            throw new IngestException("--qos is 0 or 1.");
        var run = new IngestRun(
            TimeSpan.FromSeconds(result.GetValue(options.WarmUp)), TimeSpan.FromSeconds(result.GetValue(options.Seconds)),
            cancellationToken);
        await MeasureAsync(run, options, result);

        MeasurementTable.Print(result.InvocationConfiguration.Output, run.Rows);
        if (result.GetValue(options.Output) is { } path)
        {
            await using var file = new StreamWriter(path);
            MeasurementTable.WriteCsv(file, run.Rows);
        }
        return run.HasFailed || run.Rows.Any(row => row.Lost > 0) ? 1 : 0;
    }

    static async Task MeasureAsync(IngestRun run, IngestOptions options, ParseResult result)
    {
        Shape[] shapes = [.. result.GetRequiredValue(options.Shapes).Select(Shape.Parse)];
        var rate = result.GetValue(options.Rate);
        if (result.GetValue(options.IdleConnections) is > 0 and var idle)
        {
            await run.IdleAsync(idle);
        }
        else if (result.GetValue(options.Storm))
        {
            await run.StormAsync(connections: 5_000, perSecond: 1_000);
        }
        else if (result.GetValue(options.Neighbour))
        {
            await run.NeighbourAsync(isLoud: false);
            await run.NeighbourAsync(isLoud: true);
        }
        else if (result.GetValue(options.Scale))
        {
            foreach (var devices in (int[])[100, 1_000, 10_000, 100_000])
                await run.ScaleAsync(shapes[0], devices);
        }
        else if (result.GetValue(options.Soak))
        {
            await run.SoakAsync(shapes[0], rate > 0 ? rate : throw new IngestException("--soak needs --rate."));
        }
        else
        {
            for (var round = 0; round < result.GetValue(options.Rounds); round++)
            {
                foreach (var shape in shapes)
                    await run.ThroughputAsync(
                        shape, result.GetValue(options.QualityOfService), rate, result.GetRequiredValue(options.Peers));
            }
        }
    }
}
