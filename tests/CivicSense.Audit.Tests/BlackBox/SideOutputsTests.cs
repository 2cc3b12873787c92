using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// Logs and metrics are outputs. Two runs of a whole node in which two households have changed places have the same totals, so every log
/// line must be the same; only what tells households, areas or devices apart can differ. Metrics of its own the node has none.
/// </summary>
[Collection(StandardErrorCollection.Name)]
public sealed partial class SideOutputsTests
{
    [Fact]
    public async Task Log_lines_are_the_same_where_two_households_change_places()
    {
        var (first, second) = (await LogAsync([true, false, true, false]), await LogAsync([false, true, false, true]));
        Assert.NotEmpty(first); // so that what is compared is really what the node logs
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_running_node_has_no_metrics_of_its_own()
    {
        // A meter that is added is a decision about privacy, and needs a test of what it shows.
        using var instruments = new PublishedInstruments();
        await AttackedNode.RunAsync(new AttackedNeighbourhood(areas: 2, days: 1, [true, false]), rho: 1m, Shares);
        Assert.Empty(instruments.Names);

        using var control = new Meter("CivicSense.Test");
        control.CreateCounter<long>("seen");
        Assert.Equal(["CivicSense.Test.seen"], instruments.Names);
    }

    static async Task<IReadOnlyList<string>> LogAsync(bool[] tosses)
    {
        using var log = new StringWriter(CultureInfo.InvariantCulture);
        var standardError = Console.Error;
        Console.SetError(TextWriter.Synchronized(log));
        try
        {
            await AttackedNode.RunAsync(new AttackedNeighbourhood(areas: 2, days: 2, tosses), rho: 1m, Shares, LogLevel.Debug);
        }
        finally
        {
            Console.SetError(standardError);
        }
        // Where the node listens and when it logs differs from run to run, and when connections end among the rest, too.
        return [
            .. log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line.Contains("CivicSense", StringComparison.Ordinal))
                .Select(line => Port().Replace(TimeStamp().Replace(line, ""), "port")).Order(StringComparer.Ordinal),
        ];
    }

    static ImmutableDictionary<string, decimal> Shares { get; } =
        ImmutableDictionary<string, decimal>.Empty.Add(Quantity.Pm25.Id, 0.5m);

    [GeneratedRegex(@"^\S+Z ", RegexOptions.None, 1000)]
    private static partial Regex TimeStamp();

    [GeneratedRegex(@"(?<=:|port )\d{4,5}\b", RegexOptions.None, 1000)]
    private static partial Regex Port();

    /// <summary>Every instrument in the process but those of the framework.</summary>
    sealed class PublishedInstruments : IDisposable
    {
        readonly ConcurrentQueue<string> names = new();
        readonly MeterListener listener = new();

        public PublishedInstruments()
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                var meter = instrument.Meter.Name;
                if (!meter.StartsWith("System.", StringComparison.Ordinal) && !meter.StartsWith("Microsoft.", StringComparison.Ordinal))
                    names.Enqueue($"{meter}.{instrument.Name}");
            };
            listener.Start();
        }

        public IEnumerable<string> Names => names;

        public void Dispose() => listener.Dispose();
    }
}

/// <summary>Standard error belongs to the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StandardErrorCollection
{
    public const string Name = "Standard error";
}
