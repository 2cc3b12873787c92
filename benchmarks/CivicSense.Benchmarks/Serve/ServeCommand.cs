using System.CommandLine;

namespace CivicSense.Benchmarks.Serve;

/// <summary>
/// <c>serve</c>: how long visitors of a node with a year of data wait while many come at once. See docs/performance-api.md.
/// </summary>
static class ServeCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var node = new Option<string>("--node")
        {
            Description = "The node's program.", DefaultValueFactory = _ => "src/CivicSense.Node/bin/Release/net10.0/civicsense",
        };
        var folder = new Option<string>("--folder")
        {
            Description = "The node's data folder. An SQLite archive is filled in it if there is none, and left there.",
            DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "civicsense-serve"),
        };
        var postgres = new Option<string?>("--postgres")
        {
            Description = "The connection string of a PostgreSQL database of its own, used instead of SQLite. "
                + "It is filled if it is empty, and left filled.",
        };
        var areas = new Option<int>("--areas") { Description = "How many areas the archive covers.", DefaultValueFactory = _ => 500 };
        var days = new Option<int>("--days") { Description = "How long it is.", DefaultValueFactory = _ => 365 };
        var rate = new Option<int>("--rate") { Description = "Requests a second.", DefaultValueFactory = _ => 500 };
        var seconds = new Option<int>("--seconds") { Description = "How long each is asked, after ten seconds.",
            DefaultValueFactory = _ => 30 };
        var wholeLists = new Option<bool>("--whole-lists")
        {
            Description = "Ask for lists to their end, and what others wait meanwhile, in place of all else. On SQLite only.",
        };
        var command = new Command("serve", "Start a node on an archive, and ask it over HTTP what visitors ask, at a fixed rate.")
        {
            node, folder, postgres, areas, days, rate, seconds, wholeLists,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var shape = new Archive.ArchiveShape(result.GetValue(days), result.GetValue(areas));
            if (result.GetValue(wholeLists))
            {
                await new WholeListRun(shape, result.GetValue(rate), result.GetValue(seconds), result.InvocationConfiguration.Output)
                    .RunAsync(result.GetRequiredValue(node), result.GetRequiredValue(folder), cancellationToken);
                return 0;
            }
            var run = new ServeRun(shape, result.GetValue(rate), result.GetValue(seconds), result.InvocationConfiguration.Output);
            await run.RunAsync(
                result.GetRequiredValue(node), result.GetRequiredValue(folder), result.GetValue(postgres), cancellationToken);
            return 0;
        });
        return command;
    }
}
