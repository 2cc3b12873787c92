using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>Which files there are. What is not in it does not exist for anybody, whatever lies in the folder.</summary>
/// <remarks>Safe for concurrent use: readers see a month with all of its files, or not at all. One writer.</remarks>
sealed class DatasetCatalogue(IOptions<OpenDataOptions> options)
{
    static readonly JsonSerializerOptions Json = new(PublicJson.Options) { WriteIndented = true, NewLine = "\n" };

    volatile State state = new([]);

    /// <summary>The folder of all data sets; null where none are written.</summary>
    public string? Folder => options.Value.DatasetFolder;

    /// <summary>Changes whenever a month has been added.</summary>
    public object Version => state;

    /// <summary>
    /// Reads the manifests. A month of which a file is missing or has another length is left out, so that it is written again.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public void Load()
    {
        var months = new List<(DatasetInfo, DatasetMonthEntry)>();
        foreach (var dataset in DatasetInfo.All)
        {
            if (Read(ManifestPath(dataset)) is { } manifest)
                months.AddRange(manifest.Months.Where(month => IsWhole(dataset, month)).Select(month => (dataset, month)));
        }
        state = new State([.. months]);
    }

    /// <summary>Whether a month has been written.</summary>
    public bool Has(DatasetInfo dataset, DatasetMonth month) =>
        state.Manifests[dataset.Id].Months.Any(entry => entry.Month == month.ToString());

    /// <summary>What a data set consists of.</summary>
    public DatasetManifest ManifestOf(DatasetInfo dataset) => state.Manifests[dataset.Id];

    /// <summary>All files in order of month and address.</summary>
    public ImmutableArray<DatasetFile> InOrder => state.InOrder;

    /// <summary>A data set's manifest as it lies in its folder.</summary>
    public byte[] WriteManifest(DatasetInfo dataset) => JsonSerializer.SerializeToUtf8Bytes(ManifestOf(dataset), Json);

    /// <summary>The hashes of a data set's files as <c>sha256sum --check</c> reads them.</summary>
    public string WriteSums(DatasetInfo dataset) => WriteSums(ManifestOf(dataset));

    /// <summary>Finds a file by its address below the folder of all data sets.</summary>
    public bool TryFind(string path, [NotNullWhen(true)] out DatasetFile? file) => state.Files.TryGetValue(path, out file);

    /// <summary>Adds a month whose files are in place. It is durable when this returns.</summary>
    public void Add(DatasetInfo dataset, DatasetMonthEntry month)
    {
        var next = new State([
            .. state.Months.Where(known => known.Dataset != dataset || known.Month.Month != month.Month), (dataset, month)]);
        var manifest = next.Manifests[dataset.Id];
        Replace(Path.Combine(FolderOf(dataset), "SHA256SUMS"), System.Text.Encoding.UTF8.GetBytes(WriteSums(manifest)));
        Replace(ManifestPath(dataset), JsonSerializer.SerializeToUtf8Bytes(manifest, Json));
        state = next;
    }

    /// <summary>A data set's folder.</summary>
    public string FolderOf(DatasetInfo dataset) =>
        Path.Combine(Folder ?? throw new InvalidOperationException("This node writes no data sets."), dataset.Id);

    string ManifestPath(DatasetInfo dataset) => Path.Combine(FolderOf(dataset), "manifest.json");

    bool IsWhole(DatasetInfo dataset, DatasetMonthEntry month) =>
        month.Files.All(file =>
            new FileInfo(Path.Combine(FolderOf(dataset), file.Path)) is { Exists: true } found && found.Length == file.Bytes);

    static string WriteSums(DatasetManifest manifest) =>
        string.Concat(manifest.Months.SelectMany(month => month.Files).Select(file => $"{file.Sha256}  {file.Path}\n"));

    /// <remarks>A manifest that cannot be understood counts as none: all it says can be had again.</remarks>
    static DatasetManifest? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllBytes(path), Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static void Replace(string path, byte[] content)
    {
        var temporary = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    sealed class State
    {
        public State(ImmutableArray<(DatasetInfo Dataset, DatasetMonthEntry Month)> months)
        {
            Months = months;
            Manifests = DatasetInfo.All.ToFrozenDictionary(dataset => dataset.Id, dataset => new DatasetManifest(dataset.Id,
            [
                .. months.Where(known => known.Dataset == dataset).Select(known => known.Month)
                    .OrderBy(month => month.Month, StringComparer.Ordinal),
            ]));
            Files = months.SelectMany(known => known.Month.Files.Select(file => new DatasetFile(known.Dataset, known.Month, file)))
                .ToFrozenDictionary(file => file.Address, StringComparer.Ordinal);
            InOrder = [.. Files.Values.OrderBy(file => file.Month.Month, StringComparer.Ordinal)
                .ThenBy(file => file.Address, StringComparer.Ordinal)];
        }

        public ImmutableArray<(DatasetInfo Dataset, DatasetMonthEntry Month)> Months { get; }

        public FrozenDictionary<string, DatasetManifest> Manifests { get; }

        public FrozenDictionary<string, DatasetFile> Files { get; }

        public ImmutableArray<DatasetFile> InOrder { get; }
    }
}

/// <summary>A file of a data set, with what it belongs to.</summary>
/// <param name="Dataset">Its data set.</param>
/// <param name="Month">Its month.</param>
/// <param name="Entry">What the manifest says of it.</param>
sealed record DatasetFile(DatasetInfo Dataset, DatasetMonthEntry Month, DatasetFileEntry Entry)
{
    /// <summary>Its address below <c>/datasets/</c>.</summary>
    public string Address { get; } = $"{Dataset.Id}/{Entry.Path}";

    /// <summary>Its format.</summary>
    public DatasetFormat Format { get; } = DatasetFormat.All.First(format => format.Id == Entry.Format);

    /// <summary>What is in it, e.g. <c>Fine particles (PM2.5), by hour</c>.</summary>
    public string Describe(Words words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var quantity = Quantity.TryFind(Entry.Quantity, out var known) ? words.Plain(known) : Entry.Quantity;
        return Entry.Resolution is null ? quantity
            : words.Text("datasets.byResolution", ("quantity", quantity), ("resolution", words[$"datasets.by.{Entry.Resolution}"]));
    }
}
