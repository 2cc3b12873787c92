using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>What an <see cref="OfflineArchive"/> has in it.</summary>
/// <param name="DataFiles">Files of final months.</param>
/// <param name="LedgerEntries">Entries of the ledger.</param>
/// <param name="Plans">Release plans.</param>
public sealed record OfflineArchiveSummary(int DataFiles, long LedgerEntries, int Plans);

/// <summary>Everything that a node has published, as one zip file that can be read without a network.</summary>
/// <remarks>
/// <c>index.html</c> says what is in it. <c>datasets/</c> is as the node serves it; <c>recent/</c> has the measurements of months that are
/// not final; <c>ledger/</c> has the documents that hashes are taken of, byte for byte.
/// </remarks>
public sealed class OfflineArchive
{
    /// <summary>Stands for the address of a node that has none (RFC 6761, section 6.4).</summary>
    const string NoAddress = "http://civicsense.invalid";

    const int AtOnce = OpenDataOptions.MaximumPageSize;

    readonly ICommons commons;
    readonly OpenDataOptions options;
    readonly DatasetCatalogue catalogue;
    readonly TimeZoneInfo zone;
    readonly ZipArchive zip;
    readonly List<string> recent = [];

    DateTimeOffset newest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    OfflineArchive(ICommons commons, OpenDataOptions options, ZipArchive zip)
    {
        this.commons = commons;
        this.options = options;
        this.zip = zip;
        catalogue = new DatasetCatalogue(Options.Create(options));
        zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="output">Where to; stays the caller's.</param>
    /// <param name="commons">The node's public side.</param>
    /// <param name="options">Name, zone, licences, address, and the folder of data sets; without one there are none in the archive.</param>
    /// <param name="cancellationToken">Gives up; the archive is not whole then.</param>
    /// <exception cref="IOException">A file of a data set cannot be read, or <paramref name="output"/> not be written.</exception>
    public static async Task<OfflineArchiveSummary> WriteAsync(
        Stream output, ICommons commons, OpenDataOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(commons);
        ArgumentNullException.ThrowIfNull(options);
        using var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        return await new OfflineArchive(commons, options, archive).WriteAsync(cancellationToken);
    }

    async Task<OfflineArchiveSummary> WriteAsync(CancellationToken cancellationToken)
    {
        if (options.DatasetFolder is not null)
            catalogue.Load();
        var (entries, days) = await WriteLedgerAsync(cancellationToken);
        foreach (var day in days)
        {
            if (await commons.FindPlanAsync(day, cancellationToken) is { } plan)
                WriteText($"ledger/plans/{day}.json", PlanDocument.Write(plan));
        }
        var files = await WriteDataFilesAsync(cancellationToken);
        if (days.Count > 0)
            await WriteRecentAsync(days.Min(), cancellationToken);
        await WriteMetadataAsync(cancellationToken);
        WriteText("index.html", OfflinePage.Write(options, catalogue, recent).ToString());
        WriteBytes("style.css", Asset.Style.Content);
        return new OfflineArchiveSummary(files, entries, days.Count);
    }

    /// <summary>One document a line: the SHA-256 of a line without its end is the entry's hash.</summary>
    async Task<(long Entries, SortedSet<PrivacyDay> Days)> WriteLedgerAsync(CancellationToken cancellationToken)
    {
        var days = new SortedSet<PrivacyDay>();
        var sequence = 0L;
        var documents = new StringBuilder();
        while (await commons.ReadLedgerAsync(sequence, AtOnce, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                documents.Append(entry.Document).Append('\n');
                days.Add(entry.Content.Day);
            }
            sequence = page[^1].Content.Sequence;
            newest = page[^1].Content.Recorded;
        }
        WriteText("ledger/ledger.ndjson", documents.ToString());
        return (sequence, days);
    }

    async Task<int> WriteDataFilesAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var dataset in DatasetInfo.All)
        {
            foreach (var month in catalogue.ManifestOf(dataset).Months)
            {
                foreach (var file in month.Files)
                {
                    // They are compressed already.
                    var entry = zip.CreateEntry($"datasets/{dataset.Id}/{file.Path}", CompressionLevel.NoCompression);
                    entry.LastWriteTime = new DateTimeOffset(month.Written, TimeSpan.Zero);
                    await using var source = File.OpenRead(Path.Combine(catalogue.FolderOf(dataset), file.Path));
                    await using var target = await entry.OpenAsync(cancellationToken);
                    await source.CopyToAsync(target, cancellationToken);
                    count++;
                }
            }
            WriteBytes($"datasets/{dataset.Id}/manifest.json", catalogue.WriteManifest(dataset));
            WriteText($"datasets/{dataset.Id}/SHA256SUMS", catalogue.WriteSums(dataset));
        }
        return count;
    }

    /// <summary>The measurements after the last month that has been written.</summary>
    async Task WriteRecentAsync(PrivacyDay first, CancellationToken cancellationToken)
    {
        var written = catalogue.ManifestOf(DatasetInfo.Measurements).Months;
        var from = written.Count > 0 ? DatasetMonth.Parse(written[^1].Month).Next.FirstHour : first.Windows(zone)[0];
        var plans = new PlanCache();
        var placeOf = AreaPlace.CreateIndex();
        foreach (var quantity in Quantity.All)
        {
            var query = new MeasurementQuery { Quantity = quantity, From = from, Limit = AtOnce };
            var page = await commons.ReadMeasurementsAsync(query, cancellationToken);
            if (page.Count == 0)
                continue;
            var name = $"recent/measurements-{quantity.Id}.csv.gz";
            recent.Add(name);
            await using var target = await Create(name, CompressionLevel.NoCompression).OpenAsync(cancellationToken);
            using var sink = new CsvSink<MeasurementRecord>(target, MeasurementTable.CreateColumns());
            while (page.Count > 0)
            {
                foreach (var measurement in page)
                {
                    var plan = await plans.FindAsync(commons, measurement.Window, zone, cancellationToken);
                    sink.Write(new MeasurementRecord(
                        measurement, placeOf(measurement.Area), plan, plan?.Quantities.FirstOrDefault(planned => planned.Quantity == quantity)));
                }
                query = query with { After = (page[^1].Window, page[^1].Area, page[^1].Quantity) };
                page = await commons.ReadMeasurementsAsync(query, cancellationToken);
            }
            sink.Complete();
        }
    }

    async Task WriteMetadataAsync(CancellationToken cancellationToken)
    {
        var origin = options.BaseAddress?.AbsoluteUri.TrimEnd('/') ?? NoAddress;
        var context = await DatasetContext.ReadAsync(commons, options, catalogue, origin, cancellationToken);
        foreach (var name in DatasetDocuments.Described)
            WriteBytes("datasets/" + name, DatasetDocuments.Write(name, context));
    }

    void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    void WriteBytes(string path, ReadOnlySpan<byte> content)
    {
        using var stream = Create(path, CompressionLevel.Optimal).Open();
        stream.Write(content);
    }

    /// <remarks>As old as the newest release: the archive says nothing of when it was made.</remarks>
    ZipArchiveEntry Create(string path, CompressionLevel level)
    {
        var entry = zip.CreateEntry(path, level);
        entry.LastWriteTime = newest;
        return entry;
    }
}
