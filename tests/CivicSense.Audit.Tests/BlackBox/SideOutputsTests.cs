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
/// line must be the same; only what tells households, areas or devices apart can differ. The same holds for its metrics.
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

    // An instrument that is added is a decision about privacy: these are totals of the whole node, by outcome or reason.
    static readonly string[] DecidedInstruments =
    [
        "CivicSense.Ingestion.civicsense.ingestion.messages",
        "CivicSense.Ingestion.civicsense.ingestion.readings",
        "CivicSense.Mqtt.civicsense.mqtt.connections.accepted",
        "CivicSense.Mqtt.civicsense.mqtt.connections.failed",
        "CivicSense.Mqtt.civicsense.mqtt.connections.late",
        "CivicSense.Mqtt.civicsense.mqtt.connections.open",
        "CivicSense.Mqtt.civicsense.mqtt.connections.over_limit",
        "CivicSense.Mqtt.civicsense.mqtt.connections.refused",
        "CivicSense.Mqtt.civicsense.mqtt.deliveries.dropped",
        "CivicSense.Mqtt.civicsense.mqtt.messages.acknowledged",
        "CivicSense.Mqtt.civicsense.mqtt.messages.delivered",
        "CivicSense.Mqtt.civicsense.mqtt.messages.received",
        "CivicSense.Mqtt.civicsense.mqtt.payloads.omitted",
        "CivicSense.Mqtt.civicsense.mqtt.retained.refused",
        "CivicSense.Mqtt.civicsense.mqtt.sessions",
        "CivicSense.Mqtt.civicsense.mqtt.sessions.saved",
        "CivicSense.Mqtt.civicsense.mqtt.sessions.unreadable",
    ];

    [Fact]
    public async Task A_running_node_has_the_metrics_that_were_decided_on_and_no_others()
    {
        using var instruments = new PublishedInstruments();
        await AttackedNode.RunAsync(new AttackedNeighbourhood(areas: 2, days: 1, [true, false]), rho: 1m, Shares);
        Assert.Equal(DecidedInstruments, instruments.Names.Order(StringComparer.Ordinal));

        using var control = new Meter("CivicSense.Test");
        control.CreateCounter<long>("seen");
        Assert.Contains("CivicSense.Test.seen", instruments.Names);
    }

    [Fact]
    public async Task Metrics_are_the_same_where_two_households_change_places()
    {
        var (first, second) = (await MeasureAsync([true, false, true, false]), await MeasureAsync([false, true, false, true]));
        Assert.Contains(first, measurement => measurement.Contains("outcome=Accepted", StringComparison.Ordinal));
        Assert.Equal(first, second);
    }

    static async Task<IReadOnlyList<string>> MeasureAsync(IReadOnlyList<bool> tosses)
    {
        using var instruments = new PublishedInstruments();
        IReadOnlyList<string> measured = [];
        await AttackedNode.RunAsync(
            new AttackedNeighbourhood(areas: 2, days: 2, [.. tosses]), rho: 1m, Shares, beforeStop: () => measured = instruments.Measure());
        // When the devices' connections end, and their sessions with them, differs from run to run.
        return [
            .. measured.Where(measurement => !measurement.StartsWith("civicsense.mqtt.connections.open ", StringComparison.Ordinal)
                && !measurement.StartsWith("civicsense.mqtt.sessions ", StringComparison.Ordinal)),
        ];
    }

    static async Task<IReadOnlyList<string>> LogAsync(bool[] tosses)
    {
        using var log = new StringWriter(CultureInfo.InvariantCulture);
        var standardError = Console.Error;
        Console.SetError(TextWriter.Synchronized(log));
        try
        {
            await AttackedNode.RunAsync(
                new AttackedNeighbourhood(areas: 2, days: 2, tosses), rho: 1m, Shares, LogLevel.Debug, WaitForGoodbyes);
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

    /// <summary>A node that stops before it has heard a device's goodbye ends the connection itself, and logs another reason.</summary>
    static void WaitForGoodbyes() => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            using var instruments = new PublishedInstruments();
            return instruments.Measure().Contains("civicsense.mqtt.connections.open  0");
        },
        TimeSpan.FromSeconds(30)));

    static ImmutableDictionary<string, decimal> Shares { get; } =
        ImmutableDictionary<string, decimal>.Empty.Add(Quantity.Pm25.Id, 0.5m);

    [GeneratedRegex(@"^\S+Z ")]
    private static partial Regex TimeStamp();

    [GeneratedRegex(@"(?<=:|port )\d{4,5}\b")]
    private static partial Regex Port();

    /// <summary>Every instrument in the process but those of the framework.</summary>
    sealed class PublishedInstruments : IDisposable
    {
        readonly ConcurrentQueue<string> names = new();
        readonly List<string> measured = [];
        readonly MeterListener listener = new();

        public PublishedInstruments()
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                var meter = instrument.Meter.Name;
                if (!meter.StartsWith("System.", StringComparison.Ordinal) && !meter.StartsWith("Microsoft.", StringComparison.Ordinal))
                {
                    names.Enqueue($"{meter}.{instrument.Name}");
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
                measured.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {value}"));
            listener.Start();
        }

        public IEnumerable<string> Names => names;

        public IReadOnlyList<string> Measure()
        {
            listener.RecordObservableInstruments();
            return [.. measured.Order(StringComparer.Ordinal)];
        }

        public void Dispose() => listener.Dispose();
    }
}

/// <summary>Standard error belongs to the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StandardErrorCollection
{
    public const string Name = "Standard error";
}
