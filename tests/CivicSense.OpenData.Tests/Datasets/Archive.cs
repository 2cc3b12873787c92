using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData.Tests;

/// <summary>A folder of data sets, and what writes to it.</summary>
sealed class Archive
{
    readonly IOptions<OpenDataOptions> options;

    public Archive(string folder, FakeCommons? commons = null)
    {
        Folder = folder;
        Commons = commons ?? FakeCommons.Archived();
        options = Options.Create(
            new OpenDataOptions { NeighbourhoodName = "Old Harbour", TimeZone = FakeCommons.Zone.Id, DatasetFolder = folder });
        Catalogue = new DatasetCatalogue(options);
        Publisher = new DatasetPublisher(
            Commons, new PlanCache(), Catalogue, new DatasetDescriptions(options), options, new FixedTime(),
            NullLogger<DatasetPublisher>.Instance);
    }

    public string Folder { get; }

    public FakeCommons Commons { get; }

    public DatasetCatalogue Catalogue { get; }

    public DatasetPublisher Publisher { get; }

    /// <summary>All files below the folder with forward slashes, in order.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static async Task<Archive> WriteAsync(string folder, FakeCommons? commons = null)
    {
        var archive = new Archive(folder, commons);
        await archive.Publisher.WriteDueAsync(TestContext.Current.CancellationToken);
        return archive;
    }

    /// <summary>The rows of a CSV file, the header first.</summary>
    public List<string[]> ReadCsv(string path)
    {
        using var file = File.OpenRead(Path.Combine(Folder, path));
        using var text = new StreamReader(new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split("\r\n")[..^1].Select(line => line.Split(','))];
    }
}
