using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One band of one pollutant in one version of an air quality index.</summary>
/// <param name="Table">The version's id.</param>
/// <param name="Index">The name of the index.</param>
/// <param name="ValidFrom">Since when it applies: a year, month or date; null where no source says.</param>
/// <param name="Quantity">The pollutant.</param>
/// <param name="Unit">The unit of the concentrations, as SenML writes it.</param>
/// <param name="AveragingHours">Over how many hours a concentration is averaged.</param>
/// <param name="Band">The number of the band, 1 for the best.</param>
/// <param name="Name">Its name.</param>
/// <param name="Colour">The publisher's colour.</param>
/// <param name="Lower">The smallest concentration, as printed.</param>
/// <param name="Upper">The largest, as printed; null where the last band is open.</param>
/// <param name="IndexFirst">The smallest number of the band, where the index has numbers.</param>
/// <param name="IndexLast">The largest.</param>
/// <param name="Source">Where the numbers come from.</param>
sealed record IndexBandRow(
    string Table, string Index, string? ValidFrom, string Quantity, string Unit, int AveragingHours, int Band, string Name, string Colour,
    decimal Lower, decimal? Upper, int? IndexFirst, int? IndexLast, string Source);

/// <summary><c>/api/v1/indices</c>.</summary>
static class IndexTablesResource
{
    static readonly ResourceDescription Description = new("/api/v1/indices", "listIndexTables")
    {
        Parameters = [QueryParameter.Format],
        Answer = typeof(RowPage<IndexBandRow>),
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(
        Description, request => ValueTask.FromResult(request.Rows(IndexTables.All.SelectMany(Rows).ToList(), null)));

    static IEnumerable<IndexBandRow> Rows(IndexTable table) =>
        from scale in table.Scales
        from band in Enumerable.Range(0, table.Bands.Length)
        let named = table.Bands[band]
        let range = scale.Ranges[band]
        select new IndexBandRow(
            table.Id, table.Name, table.ValidFrom, scale.Quantity.Id, scale.Quantity.Unit, scale.AveragingHours, band + 1, named.Name,
            named.Colour, range.Lower, range.Upper, named.Index?.First, named.Index?.Last, table.Source);
}
