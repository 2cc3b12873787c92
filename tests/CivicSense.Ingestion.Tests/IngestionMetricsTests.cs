using System.Diagnostics.Metrics;

namespace CivicSense.Ingestion.Tests;

public sealed class IngestionMetricsTests
{
    [Fact]
    public void Totals_are_shown_by_outcome_and_by_nothing_else()
    {
        var statistics = new IngestionStatistics();
        statistics.CountMessage();
        statistics.Count(ReadingOutcome.Accepted, 7);
        statistics.Count(ReadingOutcome.Late, 2);
        using var metrics = new IngestionMetrics(statistics);
        using var listener = new MeterListener();
        var measured = new List<string>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == metrics.Meter)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))} {value}"));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(
            [
                "civicsense.ingestion.messages  1", "civicsense.ingestion.readings outcome=Accepted 7",
                "civicsense.ingestion.readings outcome=Late 2",
            ],
            measured.Order(StringComparer.Ordinal));
    }
}
