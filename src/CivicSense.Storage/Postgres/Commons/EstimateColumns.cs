using CivicSense.Commons;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>An estimate as a row of <c>commons.estimate</c> or <c>commons.latest_estimate</c>.</summary>
static class EstimateColumns
{
    public const string Names = $"area, quantity, resolution, {OwnNames}";

    /// <summary>What tells estimates of one series apart.</summary>
    public const string OwnNames = "start, until, value, standard_error, lower, upper, status";

    /// <summary>All columns of a batch, and the place in it.</summary>
    public const string Batch = $"""
        unnest(
            $1::text[], $2::smallint[], $3::smallint[], $4::bigint[], $5::bigint[],
            $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::smallint[]) WITH ORDINALITY AS batch ({Names}, place)
        """;

    /// <summary>Reads rows one after the other. Rows of one area come together, so it is parsed once.</summary>
    public static Func<NpgsqlDataReader, Estimate> Reader()
    {
        var area = default(Area);
        return row =>
        {
            if (row.GetString(0) is var quadKey && quadKey != area.QuadKey)
                area = Area.Parse(quadKey);
            return Read(row, area);
        };
    }

    /// <summary>The row of <see cref="OwnNames"/> in the series that was asked for.</summary>
    public static Estimate ReadOwn(NpgsqlDataReader row, EstimateQuery series) => new(
        series.Area, series.Quantity, series.Resolution, row.Instant(0), row.Instant(1),
        row.GetDouble(2), row.GetDouble(3), row.GetDouble(4), row.GetDouble(5), (EstimateStatus)row.GetInt16(6));

    static Estimate Read(NpgsqlDataReader row, Area area) => new(
        area, row.Quantity(1), (Resolution)row.GetInt16(2), row.Instant(3), row.Instant(4),
        row.GetDouble(5), row.GetDouble(6), row.GetDouble(7), row.GetDouble(8), (EstimateStatus)row.GetInt16(9));

    public static NpgsqlParameter[] Of(IReadOnlyList<Estimate> estimates) =>
    [
        Sql.Column(estimates, estimate => estimate.Area.QuadKey), Sql.Column(estimates, estimate => (short)estimate.Quantity.Ordinal),
        Sql.Column(estimates, estimate => (short)estimate.Resolution),
        Sql.Column(estimates, estimate => estimate.Start.ToUnixTimeMilliseconds()),
        Sql.Column(estimates, estimate => estimate.End.ToUnixTimeMilliseconds()), Sql.Column(estimates, estimate => estimate.Value),
        Sql.Column(estimates, estimate => estimate.StandardError), Sql.Column(estimates, estimate => estimate.Lower),
        Sql.Column(estimates, estimate => estimate.Upper), Sql.Column(estimates, estimate => (short)estimate.Status),
    ];
}
