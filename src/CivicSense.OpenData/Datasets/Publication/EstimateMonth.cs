using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>Writes the final estimates of a month area by area, so that one area's month is in memory at a time.</summary>
sealed class EstimateMonth(ICommons commons, TimeZoneInfo zone, DatasetDescriptions descriptions)
{
    /// <summary>
    /// One file is written at a time, so that more rows can be held than of measurements; the more share a dictionary, the less it costs.
    /// </summary>
    const int RowsOfGroup = 4 * ParquetWriter.DefaultRowsOfGroup;

    static readonly Resolution[] Resolutions = [Resolution.Hour, Resolution.Day];

    /// <summary>Writes the month's files. Months without a final estimate have none.</summary>
    /// <param name="month">The month.</param>
    /// <param name="files">Where to.</param>
    /// <param name="leaveOutLive">Whether estimates that are not final are left out, rather than waited for.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>False if an estimate is not final yet, so that the files must not be published.</returns>
    public async Task<bool> WriteAsync(DatasetMonth month, MonthFiles files, bool leaveOutLive, CancellationToken cancellationToken)
    {
        var (areas, quantities) = await FindKeysAsync(month, cancellationToken);
        var placeOf = AreaPlace.CreateIndex();
        // One file of a format is written at a time, so the same columns serve for all, with the memory in which they gather rows.
        var columns = new FormatColumns(EstimateTable.CreateColumns(), EstimateTable.CreateColumns());
        foreach (var quantity in quantities)
        {
            foreach (var resolution in Resolutions)
            {
                MonthFile<EstimateRecord>[]? writers = null;
                foreach (var area in areas)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    foreach (var estimate in await commons.ReadEstimatesAsync(Query(area, quantity, resolution, month), cancellationToken))
                    {
                        if (estimate.Status != EstimateStatus.Final)
                        {
                            if (!leaveOutLive) return false;
                            continue;
                        }
                        writers ??= Open(files, month, quantity, resolution, columns);
                        var row = new EstimateRecord(estimate, placeOf(area), DateAtNode(estimate.Start));
                        foreach (var writer in writers)
                            writer.Write(row);
                    }
                }
                foreach (var writer in writers ?? [])
                    writer.Complete();
            }
        }
        return true;
    }

    MonthFile<EstimateRecord>[] Open(MonthFiles files, DatasetMonth month, Quantity quantity, Resolution resolution, FormatColumns columns)
    {
        var name = ResolutionName.Write(resolution);
        List<MonthFile<EstimateRecord>> opened =
        [
            files.Open(name, quantity, month, DatasetFormat.Parquet, stream => new ParquetSink<EstimateRecord>(
                stream, columns.Parquet, descriptions.MetadataOf(DatasetInfo.Estimates, quantity, month), RowsOfGroup)),
            files.Open(name, quantity, month, DatasetFormat.Csv, stream => new CsvSink<EstimateRecord>(stream, columns.Csv)),
        ];
        // Outlines are repeated for each row: bearable by the day, which is what maps show.
        if (resolution == Resolution.Day)
            opened.Add(files.Open(name, quantity, month, DatasetFormat.GeoJson, stream => new GeoJsonSink(stream, quantity)));
        return [.. opened];
    }

    EstimateQuery Query(Area area, Quantity quantity, Resolution resolution, DatasetMonth month) => new(
        area, quantity, resolution,
        resolution == Resolution.Hour ? month.FirstHour.Start : TimeText.StartOf(month.FirstDay, zone),
        resolution == Resolution.Hour ? month.Next.FirstHour.Start : TimeText.StartOf(month.Next.FirstDay, zone),
        OpenDataOptions.MaximumPageSize);

    DateOnly DateAtNode(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The areas and quantities that the plans of a month made estimates of, in order.</summary>
    async Task<(IEnumerable<Area> Areas, IEnumerable<Quantity> Quantities)> FindKeysAsync(
        DatasetMonth month, CancellationToken cancellationToken)
    {
        var keys = new ReleasedKeys();
        // A month in UTC reaches into the days around it at the node.
        for (var date = month.First.AddDays(-1); date <= month.Next.First; date = date.AddDays(1))
        {
            if (await commons.FindPlanAsync(new PrivacyDay(date), cancellationToken) is { } plan)
                keys.Add(plan);
        }
        return (keys.Areas, keys.Quantities);
    }

    sealed record FormatColumns(ImmutableArray<DatasetColumn<EstimateRecord>> Parquet, ImmutableArray<DatasetColumn<EstimateRecord>> Csv);
}
