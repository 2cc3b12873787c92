using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>How many clients, and how many messages each has in flight.</summary>
readonly record struct Shape(int Connections, int Window)
{
    public override string ToString() => FormattableString.Invariant($"{Connections}x{Window}");

    public static Shape Parse(string text)
    {
        var parts = text.Split('x');
        if (parts is [var left, var right] && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var connections)
            && int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var window)
                && connections > 0 && window is > 0 and <= 1024)
            return new Shape(connections, window);
        throw new IngestException($"'{text}' is no shape. Write connections x messages in flight (1 to 1024), for example 100x32.");
    }
}

/// <summary>The options of the command line.</summary>
sealed class IngestOptions
{
    public Option<string[]> Shapes { get; } = new("--shape")
    {
        Description = "Connections x messages in flight of each.", HelpName = "NxK", AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["100x32", "1000x1"],
    };

    public Option<int> QualityOfService { get; } = new("--qos") { Description = "0 or 1.", DefaultValueFactory = _ => 1, HelpName = "QOS" };

    public Option<int> Seconds { get; } = new("--seconds")
    {
        Description = "How long to measure, after the warm-up.", DefaultValueFactory = _ => 10, HelpName = "N",
    };

    public Option<int> WarmUp { get; } = new("--warm-up")
    {
        // On one busy processor .NET takes about 15 seconds to replace its instrumented code by the optimised.
        Description = "Seconds before that, until the code is compiled for good.", DefaultValueFactory = _ => 20, HelpName = "N",
    };

    public Option<int> Rounds { get; } = new("--rounds")
    {
        Description = "How often; servers take turns.", DefaultValueFactory = _ => 1, HelpName = "N",
    };

    public Option<double> Rate { get; } = new("--rate")
    {
        Description = "Messages a second of all connections together, each at its own time (open loop). 0: as fast as acknowledged.",
        HelpName = "N",
    };

    public Option<string[]> Peers { get; } = new("--peers")
    {
        Description = "Other servers to measure in the same run: mosquitto, and mosquitto+civicsense for the node as its subscriber.",
        HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public Option<int> IdleConnections { get; } = new("--connections-idle")
    {
        Description = "Instead: memory of so many connections that do nothing.", HelpName = "N",
    };

    public Option<bool> Storm { get; } = new("--storm") { Description = "Instead: 5,000 connections in 5 seconds." };

    public Option<bool> Neighbour { get; } = new("--neighbour")
    {
        Description = "Instead: 100 connections of 10 messages a second, without and with one that sends as fast as it can.",
    };

    public Option<bool> Scale { get; } = new("--scale")
    {
        Description = "Instead: the first shape with 100, 1,000, 10,000 and 100,000 devices registered, each with an open contribution.",
    };

    public Option<bool> Soak { get; } = new("--soak")
    {
        Description = "Instead: --rate for --seconds, with memory and threads every half minute. Fails if they grow.",
    };

    public Option<string?> Output { get; } = new("--output") { Description = "Write the table there as CSV.", HelpName = "FILE" };

    public IEnumerable<Option> All =>
        [Shapes, QualityOfService, Seconds, WarmUp, Rounds, Rate, Peers, IdleConnections, Storm, Neighbour, Scale, Soak, Output];
}
