using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// Logs and metrics are outputs. Two runs of a whole node in which two households have changed places have the same totals, so every line and
/// every number must be the same; only what tells households, areas or devices apart can differ.
/// </summary>
[Collection(StandardErrorCollection.Name)]
public sealed partial class SideOutputsTests
{
    [Fact]
    public async Task Logs_and_metrics_are_the_same_where_two_households_change_places()
    {
        var (first, second) = (await RunAsync([true, false, true, false]), await RunAsync([false, true, false, true]));
        Assert.NotEmpty(first.Lines); // so that what is compared is really what the node logs
        Assert.Equal(first.Lines, second.Lines);
        Assert.Equal(first.Metrics, second.Metrics);
    }

    static async Task<(IReadOnlyList<string> Lines, IReadOnlyList<string> Metrics)> RunAsync(bool[] tosses)
    {
        var metrics = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith("CivicSense", StringComparison.OrdinalIgnoreCase))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => metrics.Enqueue(Text(instrument, value, tags)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => metrics.Enqueue(Text(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => metrics.Enqueue(Text(instrument, value, tags)));
        listener.Start();

        using var log = new StringWriter(CultureInfo.InvariantCulture);
        var standardError = Console.Error;
        Console.SetError(TextWriter.Synchronized(log));
        try
        {
            var shares = ImmutableDictionary<string, decimal>.Empty.Add(Quantity.Pm25.Id, 0.5m);
            await AttackedNode.RunAsync(new Neighbourhood(areas: 2, days: 2, tosses), rho: 1m, shares, LogLevel.Debug);
            listener.RecordObservableInstruments();
        }
        finally
        {
            Console.SetError(standardError);
        }
        // Where the node listens and when it logs differs from run to run, and when connections end among the rest, too.
        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("CivicSense", StringComparison.Ordinal))
            .Select(line => Port().Replace(TimeStamp().Replace(line, ""), "port")).Order(StringComparer.Ordinal).ToArray();
        return (lines, metrics.Order(StringComparer.Ordinal).ToArray());
    }

    static string Text<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Create(CultureInfo.InvariantCulture, $"{instrument.Meter.Name}.{instrument.Name} {value} {string.Join(',', tags.ToArray())}");

    [GeneratedRegex(@"^\S+Z ", RegexOptions.None, 1000)]
    private static partial Regex TimeStamp();

    [GeneratedRegex(@"(?<=:|port )\d{4,5}\b", RegexOptions.None, 1000)]
    private static partial Regex Port();
}

/// <summary>Standard error belongs to the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StandardErrorCollection
{
    public const string Name = "Standard error";
}
