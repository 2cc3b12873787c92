using System.CommandLine;

namespace CivicSense.Benchmarks.Neighbourhood;

/// <summary>
/// <c>neighbourhood</c>: what a node of the real program costs while a simulated fleet reports to it at its real rate. See docs/scale.md.
/// </summary>
static class NeighbourhoodCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var node = new Option<string>("--node")
        {
            Description = "The node's program.", DefaultValueFactory = _ => "src/CivicSense.Node/bin/Release/net10.0/civicsense",
        };
        var sensors = new Option<int>("--sensors") { Description = "How many sensors report.", DefaultValueFactory = _ => 10_000 };
        var interval = new Option<int>("--interval") { Description = "Seconds between two messages of a sensor.",
            DefaultValueFactory = _ => 60 };
        var seconds = new Option<int>("--seconds") { Description = "How long it is watched, after half a minute.",
            DefaultValueFactory = _ => 180 };
        var postgres = new Option<string?>("--postgres")
        {
            Description = "The connection string of an empty PostgreSQL database of its own, which the node uses instead of SQLite.",
        };
        var command = new Command(
            "neighbourhood", "Let simulated sensors report to a node for some minutes, and say what it costs the node.")
        {
            node, sensors, interval, seconds, postgres,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var run = new NeighbourhoodRun(
                result.GetRequiredValue(node), result.GetValue(sensors), TimeSpan.FromSeconds(result.GetValue(interval)),
                TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(postgres), result.InvocationConfiguration.Output);
            await run.RunAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
