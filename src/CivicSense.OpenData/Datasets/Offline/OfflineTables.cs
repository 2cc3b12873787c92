using System.IO.Compression;

namespace CivicSense.OpenData;

/// <summary>
/// Writes what is published, or was, and is in no final month: as CSV with the columns of the API, compressed with gzip.
/// </summary>
sealed class OfflineTables(
    ICommons commons, OpenDataOptions options, DatasetCatalogue catalogue, ArchiveFile file, IProgress<string>? progress)
{
    const int AtOnce = OpenDataOptions.MaximumPageSize;

    const int DaysAtOnce = 31;

    const int WindowsAtOnce = 24;

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    readonly PlanCache plans = new();
    readonly List<string> written = [];

    /// <summary>The paths of the tables, in the order in which they were written.</summary>
    public IReadOnlyList<string> Written => written;

    /// <summary>Writes all of them.</summary>
    /// <param name="first">The day of the first plan.</param>
    /// <param name="keys">What was ever planned.</param>
    /// <param name="last">The newest entry of the ledger that the archive has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(PrivacyDay first, ReleasedKeys keys, LedgerRecord last, CancellationToken cancellationToken)
    {
        foreach (var quantity in keys.Quantities)
            await WriteMeasurementsAsync(quantity, first, last.Sequence, cancellationToken);
        foreach (var resolution in Enum.GetValues<Resolution>())
        {
            foreach (var quantity in keys.Quantities)
            {
                await WriteEstimatesAsync(quantity, resolution, last, keys.Areas, cancellationToken);
                await WriteAsync(
                    $"tables/revisions-{ResolutionName.Write(resolution)}-{quantity.Id}.csv.gz",
                    ReadSupersededAsync(quantity, resolution, last, keys.Areas),
                    cancellationToken);
            }
        }
        await WriteAsync("tables/activity.csv.gz", ReadActivityAsync(first, last), cancellationToken);
        await WriteAsync("tables/references.csv.gz", ReadReferencesAsync(first, last), cancellationToken);
        await WriteAsync("tables/model.csv.gz", ReadModelAsync(), cancellationToken);
        var plan = await commons.FindLatestPlanAsync(cancellationToken);
        if (plan is not null)
            await WriteAsync("tables/areas.csv.gz", Once(Areas(plan)), cancellationToken);
        await WriteAsync("tables/quantities.csv.gz", Once(QuantitiesResource.Rows(plan, options)), cancellationToken);
    }

    /// <summary>The measurements after the last month that has been written.</summary>
    async Task WriteMeasurementsAsync(Quantity quantity, PrivacyDay first, long lastSequence, CancellationToken cancellationToken)
    {
        var from = LastMonth(DatasetInfo.Measurements) is { } month ? month.Next.FirstHour : first.Windows(zone)[0];
        var query = new MeasurementQuery { Quantity = quantity, From = from, Limit = AtOnce };
        var page = await commons.ReadMeasurementsAsync(query, cancellationToken);
        if (page.Count == 0)
            return;
        var placeOf = AreaPlace.CreateIndex();
        await using var target = Open($"recent/measurements-{quantity.Id}.csv.gz", CompressionLevel.NoCompression);
        using var sink = new CsvSink<MeasurementRecord>(target, MeasurementTable.CreateColumns());
        while (page.Count > 0)
        {
            foreach (var measurement in page.Where(measurement => measurement.LedgerSequence <= lastSequence))
            {
                var plan = await plans.FindAsync(commons, measurement.Window, zone, cancellationToken);
                sink.Write(new MeasurementRecord(
                    measurement, placeOf(measurement.Area), plan,
                    plan?.Quantities.FirstOrDefault(planned => planned.Quantity == quantity)));
            }
            query = query with { After = (page[^1].Window, page[^1].Area, page[^1].Quantity) };
            page = await commons.ReadMeasurementsAsync(query, cancellationToken);
        }
        sink.Complete();
    }

    /// <summary>Hours and days after the last month that has been written; of weeks and months all.</summary>
    Task WriteEstimatesAsync(
        Quantity quantity, Resolution resolution, LedgerRecord last, IReadOnlyCollection<Area> areas, CancellationToken cancellationToken)
    {
        var isInMonths = resolution is Resolution.Hour or Resolution.Day;
        var from = isInMonths && LastMonth(DatasetInfo.Estimates) is { } month
            ? resolution == Resolution.Hour ? month.Next.FirstHour.Start : TimeText.StartOf(month.Next.FirstDay, zone)
            : DateTimeOffset.UnixEpoch;
        var path = $"{(isInMonths ? "recent" : "tables")}/estimates-{ResolutionName.Write(resolution)}-{quantity.Id}.csv.gz";
        return WriteAsync(path, ReadEstimatesAsync(quantity, resolution, from, EndOf(last), areas), cancellationToken);
    }

    async IAsyncEnumerable<IEnumerable<EstimateRow>> ReadEstimatesAsync(
        Quantity quantity, Resolution resolution, DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<Area> areas)
    {
        foreach (var area in areas)
        {
            var query = new EstimateQuery(area, quantity, resolution, from, until, AtOnce);
            IReadOnlyList<Estimate> page;
            do
            {
                page = await commons.ReadEstimatesAsync(query, CancellationToken.None);
                if (page.Count == 0) break;
                yield return page.Select(estimate => EstimatesResource.Row(estimate, options));
                query = query with { From = page[^1].Start.AddTicks(1) };
            }
            while (page.Count == AtOnce);
        }
    }

    /// <summary>What was published once and has been replaced since: months and tables have what took its place.</summary>
    async IAsyncEnumerable<IEnumerable<RevisionRow>> ReadSupersededAsync(
        Quantity quantity, Resolution resolution, LedgerRecord last, IReadOnlyCollection<Area> areas)
    {
        foreach (var area in areas)
        {
            var query = new EstimateRevisionQuery(area, quantity, resolution, DateTimeOffset.UnixEpoch, EndOf(last), AtOnce);
            IReadOnlyList<EstimateRevision> page;
            do
            {
                page = await commons.ReadEstimateRevisionsAsync(query, CancellationToken.None);
                if (page.Count == 0) break;
                yield return page.Where(revision => revision.PublishedUntil is not null)
                    .Select(revision => RevisionsResource.Row(revision, options));
                query = query with { After = (page[^1].Estimate.Start, page[^1].PublishedUntil) };
            }
            while (page.Count == AtOnce);
        }
    }

    /// <summary>After the last time that estimates of the newest release can speak of.</summary>
    DateTimeOffset EndOf(LedgerRecord last) => TimeText.StartOf(last.Day.Next.Next, zone);

    async IAsyncEnumerable<IEnumerable<ActivityRow>> ReadActivityAsync(PrivacyDay first, LedgerRecord last)
    {
        for (var day = first; day <= last.Day; day = new PrivacyDay(day.Date.AddDays(DaysAtOnce)))
        {
            var rows = new List<ActivityRow>();
            foreach (var activity in await commons.ReadActivityAsync(
                day, new PrivacyDay(day.Date.AddDays(DaysAtOnce)), CancellationToken.None))
            {
                if (activity.LedgerSequence <= last.Sequence)
                    rows.Add(ActivityResource.Row(activity, await plans.FindAsync(commons, activity.Day, CancellationToken.None)));
            }
            yield return rows;
        }
    }

    async IAsyncEnumerable<IEnumerable<ReferenceRow>> ReadReferencesAsync(PrivacyDay first, LedgerRecord last)
    {
        var until = last.Day.Next.Windows(zone)[^1];
        for (var window = first.Windows(zone)[0]; window < until; window = new HourWindow(window.Index + WindowsAtOnce))
            yield return (await commons.ReadReferenceValuesAsync(
                window, new HourWindow(window.Index + WindowsAtOnce), CancellationToken.None)).Select(ReferencesResource.Row);
    }

    async IAsyncEnumerable<IEnumerable<ModelRow>> ReadModelAsync()
    {
        foreach (var version in await commons.ReadModelVersionsAsync(CancellationToken.None))
            yield return version.Values.Select(value => ModelResource.Row(version, value.Key, value.Value));
    }

    static IEnumerable<AreaRow> Areas(ReleasePlan plan)
    {
        var names = AreaNames.Of(plan);
        var owners = plan.Areas.ToDictionary(planned => planned.Area, planned => planned.EnrolledOwners);
        return names.Tree.Nodes.Select(node => AreasResource.Row(node, names, owners));
    }

    static async IAsyncEnumerable<T> Once<T>(T only)
    {
        await Task.CompletedTask;
        yield return only;
    }

    /// <summary>Writes a table, if it has a row.</summary>
    async Task WriteAsync<TRow>(string path, IAsyncEnumerable<IEnumerable<TRow>> pieces, CancellationToken cancellationToken)
    {
        Stream? entry = null;
        GZipStream? text = null;
        try
        {
            await foreach (var piece in pieces)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rows = piece.ToList();
                if (rows.Count == 0) continue;
                var isFirst = text is null;
                text ??= new GZipStream(entry = Open(path, CompressionLevel.NoCompression), CompressionLevel.Optimal, leaveOpen: true);
                await text.WriteAsync(Csv<TRow>.Write(rows, isFirst), cancellationToken);
            }
        }
        finally
        {
            if (text is not null) await text.DisposeAsync();
            if (entry is not null) await entry.DisposeAsync();
        }
    }

    Stream Open(string path, CompressionLevel level)
    {
        progress?.Report(path);
        written.Add(path);
        return file.Create(path, level);
    }

    DatasetMonth? LastMonth(DatasetInfo dataset) =>
        catalogue.ManifestOf(dataset).Months is { Count: > 0 } months ? DatasetMonth.Parse(months[^1].Month) : null;
}
