using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>What an <see cref="OfflineArchive"/> has in it.</summary>
/// <param name="DataFiles">Files of final months.</param>
/// <param name="Tables">Further tables: what is not in final months, and what belongs to no month.</param>
/// <param name="LedgerEntries">Entries of the ledger.</param>
/// <param name="Plans">Release plans.</param>
public sealed record OfflineArchiveSummary(int DataFiles, int Tables, long LedgerEntries, int Plans);

/// <summary>Everything that a node has published, as one zip file that can be read without a network.</summary>
/// <remarks>
/// <c>index.html</c> says what is in it. <c>datasets/</c> is as the node serves it; <c>recent/</c> has the measurements and estimates of
/// months that are not final; <c>tables/</c> what belongs to no month, and estimates that have been replaced; <c>ledger/</c> the documents
/// that hashes are taken of, byte for byte.
/// </remarks>
public sealed class OfflineArchive
{
    /// <summary>Stands for the address of a node that has none (RFC 6761, section 6.4).</summary>
    const string NoAddress = "http://civicsense.invalid";

    const int AtOnce = OpenDataOptions.MaximumPageSize;

    readonly ICommons commons;
    readonly OpenDataOptions options;
    readonly DatasetCatalogue catalogue;
    readonly ArchiveFile file;
    readonly LedgerEntry? last;
    readonly IProgress<string>? progress;

    OfflineArchive(ICommons commons, OpenDataOptions options, ArchiveFile file, LedgerEntry? last, IProgress<string>? progress)
    {
        this.commons = commons;
        this.options = options;
        this.file = file;
        this.last = last;
        this.progress = progress;
        catalogue = new DatasetCatalogue(Options.Create(options));
    }

    /// <summary>Writes the archive. What is released while it is being written is not in it.</summary>
    /// <param name="output">Where to; stays the caller's.</param>
    /// <param name="commons">The node's public side.</param>
    /// <param name="options">Name, zone, languages, licences, address, and the folder of data sets; without one there are none in the
    /// archive.</param>
    /// <param name="progress">Is told the path of each file when it is begun; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; the archive is not whole then.</param>
    /// <exception cref="IOException">A file of a data set cannot be read, or <paramref name="output"/> not be written.</exception>
    public static async Task<OfflineArchiveSummary> WriteAsync(
        Stream output, ICommons commons, OpenDataOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(commons);
        ArgumentNullException.ThrowIfNull(options);
        var summary = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var newest = summary.Entries == 0 ? null : (await commons.ReadLedgerAsync(summary.Entries - 1, 1, cancellationToken))[0];
        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        var archive = new ArchiveFile(zip, newest?.Content.Recorded ?? ArchiveFile.Earliest);
        return await new OfflineArchive(commons, options, archive, newest, progress).WriteAsync(cancellationToken);
    }

    async Task<OfflineArchiveSummary> WriteAsync(CancellationToken cancellationToken)
    {
        if (options.DatasetFolder is not null)
            catalogue.Load();
        var days = await WriteLedgerAsync(cancellationToken);
        var keys = new ReleasedKeys();
        foreach (var day in days)
        {
            if (await commons.FindPlanAsync(day, cancellationToken) is { } plan)
            {
                file.WriteText($"ledger/plans/{day}.json", PlanDocument.Write(plan));
                keys.Add(plan);
            }
        }
        var files = await WriteDataFilesAsync(cancellationToken);
        var tables = new OfflineTables(commons, options, catalogue, file, progress);
        if (days.Count > 0)
            await tables.WriteAsync(days.Min, keys, last!.Content, cancellationToken);
        await WriteMetadataAsync(cancellationToken);
        foreach (var language in LanguageCatalogue.All)
            file.WriteText(OfflinePage.NameOf(language, options),
                OfflinePage.Write(new Words(options, language), options, catalogue, tables.Written, last).ToString());
        file.WriteBytes("style.css", Asset.Style.Content);
        return new OfflineArchiveSummary(files, tables.Written.Count, last?.Content.Sequence ?? 0, days.Count);
    }

    /// <summary>One document a line: the SHA-256 of a line without its end is the entry's hash.</summary>
    async Task<SortedSet<PrivacyDay>> WriteLedgerAsync(CancellationToken cancellationToken)
    {
        var days = new SortedSet<PrivacyDay>();
        var sequence = 0L;
        progress?.Report(OfflinePage.Ledger);
        await using var stream = file.Create(OfflinePage.Ledger, CompressionLevel.Optimal);
        while (sequence < last?.Content.Sequence
            && await commons.ReadLedgerAsync(
                sequence, (int)Math.Min(AtOnce, last.Content.Sequence - sequence), cancellationToken) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(entry.Document + "\n"), cancellationToken);
                days.Add(entry.Content.Day);
            }
            sequence = page[^1].Content.Sequence;
        }
        return days;
    }

    async Task<int> WriteDataFilesAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in catalogue.InOrder)
        {
            progress?.Report($"datasets/{entry.Address}");
            await file.CopyAsync(
                $"datasets/{entry.Address}", Path.Combine(catalogue.FolderOf(entry.Dataset), entry.Entry.Path), cancellationToken);
        }
        foreach (var dataset in DatasetInfo.All)
        {
            file.WriteBytes($"datasets/{dataset.Id}/manifest.json", catalogue.WriteManifest(dataset));
            file.WriteText($"datasets/{dataset.Id}/SHA256SUMS", catalogue.WriteSums(dataset));
        }
        return catalogue.InOrder.Length;
    }

    async Task WriteMetadataAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var origin = options.BaseAddress?.AbsoluteUri.TrimEnd('/') ?? NoAddress;
        var context = await DatasetContext.ReadAsync(commons, options, catalogue, origin, cancellationToken);
        foreach (var name in DatasetDocuments.Described)
            file.WriteBytes("datasets/" + name, DatasetDocuments.Write(name, context));
    }
}
