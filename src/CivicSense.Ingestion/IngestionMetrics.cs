using System.Diagnostics.Metrics;

namespace CivicSense.Ingestion;

/// <summary>
/// Shows the room's totals to whoever measures the process. Nothing is counted here: an instrument reads <see cref="IngestionStatistics"/>
/// when it is asked.
/// </summary>
/// <remarks>
/// Totals of the whole node. The only attribute is <c>outcome</c>, whose values are names of <see cref="ReadingOutcome"/>; nothing tells
/// devices, owners, areas, quantities or hours apart. For the steward, as the <see cref="IngestionReport"/> in the log is.
/// </remarks>
sealed class IngestionMetrics : IDisposable
{
    public IngestionMetrics(IngestionStatistics statistics)
    {
        Meter.CreateObservableCounter(
            "civicsense.ingestion.messages", () => statistics.Messages, "{message}", "Messages received.");
        Meter.CreateObservableCounter(
            "civicsense.ingestion.readings", () => Count(statistics), "{reading}", "Readings, and messages that held none, by outcome.");
    }

    public Meter Meter { get; } = new("CivicSense.Ingestion");

    static IEnumerable<Measurement<long>> Count(IngestionStatistics statistics) =>
        from entry in statistics.Snapshot()
        where entry.Value > 0
        select new Measurement<long>(entry.Value, new KeyValuePair<string, object?>("outcome", entry.Key.ToString()));

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();
}
