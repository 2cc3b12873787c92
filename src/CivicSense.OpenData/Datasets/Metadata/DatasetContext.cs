using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>What metadata documents are made from.</summary>
/// <param name="Options">Name, licences, zone.</param>
/// <param name="Catalogue">The files.</param>
/// <param name="Origin">The node's address without a slash at its end.</param>
/// <param name="Bounds">The edges of the neighbourhood; null before the first plan.</param>
sealed record DatasetContext(OpenDataOptions Options, DatasetCatalogue Catalogue, string Origin, AreaBounds? Bounds)
{
    /// <summary>The address of all data sets, with a slash at its end.</summary>
    public string Root => Origin + "/datasets/";

    /// <summary>The words of every language.</summary>
    public ImmutableArray<Words> Languages { get; } = [.. LanguageCatalogue.All.Select(language => new Words(Options, language))];

    /// <summary>When anything was last written; null before the first month.</summary>
    public DateTime? Modified =>
        DatasetInfo.All.SelectMany(dataset => Catalogue.ManifestOf(dataset).Months).Select(month => (DateTime?)month.Written).Max();

    /// <summary>All files in order of data set, month and path.</summary>
    public IEnumerable<DatasetFile> Files =>
        DatasetInfo.All.SelectMany(dataset => Catalogue.InOrder.Where(file => file.Dataset == dataset));

    public DatasetLicence LicenceOf(DatasetInfo dataset) => DatasetLicence.Find(Options.LicenceOf(dataset.Id));

    /// <summary>The first instant that a file speaks of and the first that it no longer does.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) TimeOf(DatasetFile file)
    {
        var month = DatasetMonth.Parse(file.Month.Month);
        if (file.Entry.Resolution != ResolutionName.Write(Resolution.Day))
            return (month.FirstHour.Start, month.Next.FirstHour.Start);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Options.TimeZone);
        return (TimeText.StartOf(month.FirstDay, zone), TimeText.StartOf(month.Next.FirstDay, zone));
    }

    /// <summary>Takes it from a request.</summary>
    public static ValueTask<DatasetContext> ReadAsync(PageRequest request, DatasetCatalogue catalogue) =>
        ReadAsync(request.Commons, request.Options, catalogue, request.Origin, request.Aborted);

    /// <summary>Reads where the neighbourhood is.</summary>
    public static async ValueTask<DatasetContext> ReadAsync(
        ICommons commons, OpenDataOptions options, DatasetCatalogue catalogue, string origin, CancellationToken cancellationToken)
    {
        var plan = await commons.FindLatestPlanAsync(cancellationToken);
        // Not the common cell: a neighbourhood that lies on an edge of large cells has the world as such.
        AreaBounds? bounds = plan is null || plan.Areas.IsEmpty
            ? null
            : plan.Areas.Select(planned => planned.Area.Bounds).Aggregate(Around);
        return new DatasetContext(options, catalogue, origin, bounds);
    }

    static AreaBounds Around(AreaBounds first, AreaBounds second) => new(
        Math.Min(first.West, second.West), Math.Min(first.South, second.South),
        Math.Max(first.East, second.East), Math.Max(first.North, second.North));
}
