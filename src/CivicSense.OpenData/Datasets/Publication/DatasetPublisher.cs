using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>Writes the months that have become final, each once.</summary>
/// <remarks>
/// A month is final when everything of it has been released or given up and its estimates do not change any more. Which months are
/// written is in the manifests alone, so that a node that was stopped, or begins to write data sets late, writes those that are missing.
/// </remarks>
sealed class DatasetPublisher(
    ICommons commons, PlanCache plans, DatasetCatalogue catalogue, DatasetDescriptions descriptions, IOptions<OpenDataOptions> options,
    TimeProvider time, ILogger<DatasetPublisher> logger)
{
    /// <summary>Hours after its end an estimate becomes final (docs/estimation.md).</summary>
    const int FinalAfter = 48;

    /// <summary>
    /// So many released hours later an estimate that is still not final will never be: it is left out rather than waited for.
    /// </summary>
    const int GivenUpAfter = FinalAfter + 7 * 24;

    /// <summary>Entries of the ledger read at once; the newest hour is among the first few unless a day had just closed.</summary>
    const int EntriesAtOnce = 100;

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);

    HourWindow? seen;

    /// <summary>Writes what is due.</summary>
    /// <returns>How many files were written.</returns>
    public async Task<int> WriteDueAsync(CancellationToken cancellationToken)
    {
        if (await FindFirstAsync(cancellationToken) is not { } first || await FindNewestAsync(cancellationToken) is not { } newest)
            return 0;
        // Nothing becomes final between two releases.
        if (newest == seen)
            return 0;
        var written = 0;
        for (var month = first; month.LastHour(zone).Index + FinalAfter <= newest.Index; month = month.Next)
        {
            if (!catalogue.Has(DatasetInfo.Measurements, month))
                written += await WriteMeasurementsAsync(month, cancellationToken);
            if (!catalogue.Has(DatasetInfo.Estimates, month))
                written += await WriteEstimatesAsync(month, newest, cancellationToken);
        }
        seen = newest;
        return written;
    }

    async Task<int> WriteMeasurementsAsync(DatasetMonth month, CancellationToken cancellationToken)
    {
        using var files = new MonthFiles(catalogue.FolderOf(DatasetInfo.Measurements));
        await new MeasurementMonth(commons, plans, zone, descriptions).WriteAsync(month, files, cancellationToken);
        return Publish(DatasetInfo.Measurements, month, files);
    }

    async Task<int> WriteEstimatesAsync(DatasetMonth month, HourWindow newest, CancellationToken cancellationToken)
    {
        using var files = new MonthFiles(catalogue.FolderOf(DatasetInfo.Estimates));
        var isLate = month.LastHour(zone).Index + GivenUpAfter <= newest.Index;
        return await new EstimateMonth(commons, zone, descriptions).WriteAsync(month, files, leaveOutLive: isLate, cancellationToken)
            ? Publish(DatasetInfo.Estimates, month, files)
            : 0;
    }

    int Publish(DatasetInfo dataset, DatasetMonth month, MonthFiles files)
    {
        var entries = files.Publish();
        var written = time.GetUtcNow().UtcDateTime;
        catalogue.Add(dataset,
            new DatasetMonthEntry(month.ToString(), written.AddTicks(-(written.Ticks % TimeSpan.TicksPerSecond)), entries));
        if (entries.Count > 0)
        {
            // The other formats repeat the rows.
            var rows = entries.Where(entry => entry.Format == DatasetFormat.Parquet.Id).Sum(entry => entry.Rows);
            LogMessages.MonthWritten(logger, dataset.Id, month.ToString(), entries.Count, rows);
        }
        return entries.Count;
    }

    /// <summary>The month that the first plan begins in, by either reckoning; null before the first plan.</summary>
    async ValueTask<DatasetMonth?> FindFirstAsync(CancellationToken cancellationToken)
    {
        if (await commons.ReadLedgerAsync(0, 1, cancellationToken) is not [var entry]
            || await commons.FindPlanAsync(entry.Content.Day, cancellationToken) is not { } plan)
            return null;
        var inUtc = DatasetMonth.Of(plan.FirstWindow);
        var atNode = DatasetMonth.Of(plan.Day.Date);
        return inUtc.First < atNode.First ? inUtc : atNode;
    }

    /// <summary>The newest hour that was released; null before the first.</summary>
    async ValueTask<HourWindow?> FindNewestAsync(CancellationToken cancellationToken)
    {
        var summary = await commons.ReadLedgerSummaryAsync(cancellationToken);
        for (var end = summary.Entries; end > 0; end -= EntriesAtOnce)
        {
            var entries = await commons.ReadLedgerAsync(Math.Max(0, end - EntriesAtOnce), EntriesAtOnce, cancellationToken);
            if (entries.Max(entry => entry.Content.Window) is { } newest)
                return newest;
        }
        return null;
    }
}
