using CivicSense.Commons;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>Remembers everything that was ever seen in public: none of it may change or go away.</summary>
sealed class ReleasedSoFar
{
    readonly Dictionary<(HourWindow, Area, Quantity), long> values = [];
    readonly List<string> ledger = [];

    public int Values => values.Count;

    public async Task LookAsync(ICommons commons)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var measurements = await commons.ReadMeasurementsAsync(new MeasurementQuery(), cancellationToken);
        Assert.True(measurements.Count >= values.Count, "Released values have gone away.");
        foreach (var measurement in measurements)
        {
            var key = (measurement.Window, measurement.Area, measurement.Quantity);
            if (values.TryGetValue(key, out var before))
                Assert.True(before == measurement.Value, $"{key} was released twice, with different noise.");
            values[key] = measurement.Value;
        }
        Assert.Equal(measurements.Count, values.Count);

        var entries = await commons.ReadLedgerAsync(0, int.MaxValue, cancellationToken);
        Assert.Equal(ledger, entries.Take(ledger.Count).Select(entry => entry.Hash));
        ledger.AddRange(entries.Skip(ledger.Count).Select(entry => entry.Hash));
    }
}
