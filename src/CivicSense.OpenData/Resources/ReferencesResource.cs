using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One hourly value of an official station, as the predictions took it.</summary>
/// <param name="KnownFrom">Start of the hour whose release was the first to know it, UTC.</param>
/// <param name="Window">Start of the hour that it is the mean of, UTC.</param>
/// <param name="Station">The station's name, as the node's steward configured it.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">Its unit, as SenML writes it.</param>
sealed record ReferenceRow(DateTime KnownFrom, DateTime Window, string Station, string Quantity, double Value, string Unit);

/// <summary><c>/api/v1/references</c>.</summary>
static class ReferencesResource
{
    /// <summary>
    /// Windows are read in pieces of this many until a page is full, so that a long range costs little more memory than its page.
    /// </summary>
    const int WindowsAtOnce = 24;

    static readonly ResourceDescription Description = new("/api/v1/references", "listReferences")
    {
        Parameters =
        [
            QueryParameter.OptionalQuantity, QueryParameter.From, QueryParameter.To, QueryParameter.Limit, QueryParameter.Cursor,
            QueryParameter.Format,
        ],
        Answer = typeof(RowPage<ReferenceRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var quantity = request.Quantity();
        var limit = request.Limit();
        var after = request.Cursor(4) is { } fields ? ReadKey(fields) : null;
        var (from, to) = await request.TimeRangeAsync();

        var found = new List<ReferenceValue>();
        var (start, until) = await ReleasedTime.ClipAsync(request, TimeText.FirstWindowFrom(from), TimeText.FirstWindowFrom(to));
        if (after is not null && after.KnownFrom > start)
            start = after.KnownFrom;
        while (start < until && found.Count <= limit)
        {
            var end = new HourWindow(Math.Min(start.Index + WindowsAtOnce, until.Index));
            var piece = await request.Commons.ReadReferenceValuesAsync(start, end, request.Aborted);
            found.AddRange(piece
                .Where(value => (quantity is null || value.Quantity == quantity) && (after is null || Compare(value, after) > 0))
                .Take(limit + 1 - found.Count));
            start = end;
        }

        var rows = found.Take(limit).Select(Row).ToList();
        var settled = request.Text(QueryParameter.To) is not null && to <= await request.ReleasedUntilAsync();
        return request.Rows(
            rows, found.Count > limit ? WriteKey(found[limit - 1]) : null,
            cacheControl: settled ? PublicResult.Settled : PublicResult.Live);
    }

    static int Compare(ReferenceValue left, ReferenceValue right)
    {
        var order = (left.KnownFrom, left.Window).CompareTo((right.KnownFrom, right.Window));
        if (order == 0)
            order = string.CompareOrdinal(left.Station, right.Station);
        return order != 0 ? order : left.Quantity.Ordinal.CompareTo(right.Quantity.Ordinal);
    }

    static string WriteKey(ReferenceValue value) => Cursor.Write(
        value.KnownFrom.Index.ToString(CultureInfo.InvariantCulture), value.Window.Index.ToString(CultureInfo.InvariantCulture),
        value.Quantity.Id, value.Station);

    static ReferenceValue ReadKey(string[] fields) =>
        ReadIndex(fields[0]) is { } knownFrom && ReadIndex(fields[1]) is { } window && Quantity.TryFind(fields[2], out var quantity)
            ? new ReferenceValue(fields[3], quantity, window, 0, knownFrom)
            : throw Cursor.Invalid();

    static HourWindow? ReadIndex(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)
            && Math.Abs((double)index) < 10_000_000
            ? new HourWindow(index)
            : null;

    internal static ReferenceRow Row(ReferenceValue value) => new(
        value.KnownFrom.Start.UtcDateTime, value.Window.Start.UtcDateTime, value.Station, value.Quantity.Id, value.Value,
        value.Quantity.Unit);
}
