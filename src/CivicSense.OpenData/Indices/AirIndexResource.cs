using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>An air quality index of one area and hour, said no more precisely than it is known.</summary>
/// <param name="Start">The first instant of the hour, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="Table">The version of the index: an id of /api/v1/indices.</param>
/// <param name="Statement">The band, or the range of bands, in words; 'Cannot be told' where it would be all.</param>
/// <param name="FirstBand">The number of the best band of the statement, 1 for the best of all.</param>
/// <param name="LastBand">The number of the worst band of the statement.</param>
/// <param name="Probability">
/// The probability of the bands of the statement together: the smaller of that for pollutants whose errors are independent and that for
/// errors that go together.
/// </param>
/// <param name="ProbabilityBand1">The probability of the best band of the table, for independent errors.</param>
/// <param name="ProbabilityBand2">That of the second.</param>
/// <param name="ProbabilityBand3">That of the third.</param>
/// <param name="ProbabilityBand4">That of the fourth.</param>
/// <param name="ProbabilityBand5">That of the fifth.</param>
/// <param name="ProbabilityBand6">That of the sixth.</param>
/// <param name="Responsible">The pollutant that is the worst by its most likely value.</param>
/// <param name="Pollutants">All pollutants it was taken from, with a space between them.</param>
/// <param name="Index">The number of the index, where it has numbers.</param>
/// <param name="IndexLower">The lower end of the number's 95 % interval.</param>
/// <param name="IndexUpper">The upper end of the number's 95 % interval.</param>
/// <param name="Status">'final' where the newest estimate of each of the pollutants is.</param>
sealed record AirIndexRow(
    DateTime Start, DateTime End, string Area, string Table, string Statement, int FirstBand, int LastBand, double Probability,
    [property: CsvColumn("probability_band_1")] double ProbabilityBand1,
    [property: CsvColumn("probability_band_2")] double ProbabilityBand2,
    [property: CsvColumn("probability_band_3")] double ProbabilityBand3,
    [property: CsvColumn("probability_band_4")] double ProbabilityBand4,
    [property: CsvColumn("probability_band_5")] double ProbabilityBand5,
    [property: CsvColumn("probability_band_6")] double ProbabilityBand6,
    string Responsible, string Pollutants, int? Index, int? IndexLower, int? IndexUpper, string Status);

/// <summary><c>/api/v1/areas/{quadkey}/indices/air</c>.</summary>
static class AirIndexResource
{
    static readonly ResourceDescription Description = new("/api/v1/areas/{quadkey}/indices/air", "listAirIndex")
    {
        Parameters =
        [
            QueryParameter.QuadKey, QueryParameter.AirTable, QueryParameter.From, QueryParameter.To, QueryParameter.Limit,
            QueryParameter.Cursor, QueryParameter.Format,
        ],
        Dataset = DatasetInfo.Estimates,
        Answer = typeof(RowPage<AirIndexRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var area = request.Area(QueryParameter.QuadKey)!.Value;
        var table = IndexTables.TryFind(request.Text(QueryParameter.AirTable) ?? "", out var asked) ? asked : IndexTables.Europe2024;
        var limit = request.Limit();
        var start = request.Cursor(1) is [var seconds] ? Cursor.ReadInstant(seconds) : (DateTimeOffset?)null;
        var (from, to) = await request.TimeRangeAsync();
        if (start > from) from = start.Value;

        var hours = await PollutantHours.ReadAsync(request.Commons, area, table, from, to, limit + 1, request.Aborted);
        if (hours.Starts.Count == 0) await AreaKey.RequireKnownAsync(request, area);

        var rows = new List<AirIndexRow>();
        foreach (var hour in hours.Starts.Take(limit))
        {
            if (hours.At(hour) is { } index)
                rows.Add(Row(area, hour, index));
        }
        return request.Rows(rows, hours.Starts.Count > limit ? Cursor.Write(Cursor.WriteInstant(hours.Starts[limit])) : null);
    }

    static AirIndexRow Row(Area area, DateTimeOffset start, AirIndex index)
    {
        var (band, number) = (index.Band, index.Number);
        double Band(int place) => place <= band.Probabilities.Length ? RowNumber.Rounded(band.Probabilities[place - 1]) : 0;
        return new AirIndexRow(
            start.UtcDateTime, start.AddHours(1).UtcDateTime, AreaKey.Write(area), band.Table.Id, band.ToString(), band.First + 1,
            band.Last + 1,
            RowNumber.Rounded(band.Probability), Band(1), Band(2), Band(3), Band(4), Band(5), Band(6),
            index.Responsible.Id, string.Join(' ', index.Hours.Select(hour => hour.Quantity.Id)),
            number?.Index, number?.Lower, number?.Upper, StatusName.Write(index.Hours));
    }
}
