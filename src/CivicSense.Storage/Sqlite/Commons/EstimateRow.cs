using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>An estimate as a row of <c>estimate</c> or <c>latest_estimate</c>.</summary>
static class EstimateRow
{
    public const string Columns = $"area, quantity, resolution, {OwnColumns}";

    /// <summary>What tells estimates of one series apart.</summary>
    public const string OwnColumns = "start, until, value, standard_error, lower, upper, status";

    public static List<Estimate> ReadAll(SqliteStatement row)
    {
        var estimates = new List<Estimate>();
        // Rows of one area come together.
        var area = default(Area);
        while (row.Step())
        {
            area = row.Area(0, before: area);
            estimates.Add(Read(row, area));
        }
        return estimates;
    }

    /// <summary>The row of an area that is known already.</summary>
    public static Estimate Read(SqliteStatement row, Area area) => new(
        area, row.Quantity(1), (Resolution)row.Int32(2), row.Instant(3), row.Instant(4),
        row.Double(5), row.Double(6), row.Double(7), row.Double(8), (EstimateStatus)row.Int32(9));

    /// <summary>The row of <see cref="OwnColumns"/> in the series that was asked for.</summary>
    public static Estimate ReadOwn(SqliteStatement row, EstimateQuery series) => new(
        series.Area, series.Quantity, series.Resolution, row.Instant(0), row.Instant(1),
        row.Double(2), row.Double(3), row.Double(4), row.Double(5), (EstimateStatus)row.Int32(6));

    public static SqliteStatement Bind(this SqliteStatement statement, Estimate estimate) => statement
        .Bind(1, estimate.Area.QuadKey).Bind(2, estimate.Quantity.Ordinal).Bind(3, (long)estimate.Resolution)
        .Bind(4, estimate.Start.ToUnixTimeMilliseconds()).Bind(5, estimate.End.ToUnixTimeMilliseconds())
        .Bind(6, estimate.Value).Bind(7, estimate.StandardError).Bind(8, estimate.Lower).Bind(9, estimate.Upper)
        .Bind(10, (long)estimate.Status);
}
