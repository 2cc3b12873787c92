namespace CivicSense.OpenData;

/// <summary>Writes the noisy measurements of a month, in the order of their key, so that one page of rows is in memory at a time.</summary>
sealed class MeasurementMonth(ICommons commons, PlanCache plans, TimeZoneInfo zone, DatasetDescriptions descriptions)
{
    /// <summary>Writes the month's files. Months without a measurement have none.</summary>
    public async Task WriteAsync(DatasetMonth month, MonthFiles files, CancellationToken cancellationToken)
    {
        var writers = new Dictionary<Quantity, MonthFile<MeasurementRecord>[]>();
        var placeOf = AreaPlace.CreateIndex();
        ReleasePlan? plan = null;
        HourWindow? planned = null;
        await foreach (var measurement in ReadAsync(month, cancellationToken))
        {
            if (planned != measurement.Window)
            {
                plan = await plans.FindAsync(commons, measurement.Window, zone, cancellationToken);
                planned = measurement.Window;
            }
            if (!writers.TryGetValue(measurement.Quantity, out var own))
                writers[measurement.Quantity] = own = Open(files, month, measurement.Quantity);
            var row = new MeasurementRecord(measurement, placeOf(measurement.Area), plan, Find(plan, measurement.Quantity));
            foreach (var writer in own)
                writer.Write(row);
        }
    }

    MonthFile<MeasurementRecord>[] Open(MonthFiles files, DatasetMonth month, Quantity quantity) =>
    [
        files.Open(resolution: null, quantity, month, DatasetFormat.Parquet, stream => new ParquetSink<MeasurementRecord>(
            stream, MeasurementTable.CreateColumns(), descriptions.MetadataOf(DatasetInfo.Measurements, quantity, month))),
        files.Open(resolution: null, quantity, month, DatasetFormat.Csv, stream =>
            new CsvSink<MeasurementRecord>(stream, MeasurementTable.CreateColumns())),
    ];

    async IAsyncEnumerable<NoisyMeasurement> ReadAsync(
        DatasetMonth month, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new MeasurementQuery { From = month.FirstHour, Until = month.Next.FirstHour, Limit = OpenDataOptions.MaximumPageSize };
        while (true)
        {
            var page = await commons.ReadMeasurementsAsync(query, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var measurement in page)
                yield return measurement;
            if (page.Count < query.Limit)
                yield break;
            query = query with { After = (page[^1].Window, page[^1].Area, page[^1].Quantity) };
        }
    }

    static PlannedQuantity? Find(ReleasePlan? plan, Quantity quantity)
    {
        if (plan is null)
            return null;
        foreach (var planned in plan.Quantities)
        {
            if (planned.Quantity == quantity)
                return planned;
        }
        return null;
    }
}
