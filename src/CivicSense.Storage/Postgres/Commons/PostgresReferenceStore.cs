using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Adds the values of official stations.</summary>
sealed class PostgresReferenceStore(PostgresPool pool) : IReferenceStore
{
    public async ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Any(value => value.KnownFrom < value.Window))
            throw new InvalidOperationException("A value is known before its window.");
        if (values.Count == 0)
            return [];
        var added = await pool.QueryAsync(
            """
            INSERT INTO commons.reference_value (station, quantity, hour, value, known_from)
            SELECT DISTINCT ON (station COLLATE "C", quantity, hour) station, quantity, hour, value, known_from
            FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::float8[], $5::bigint[]) WITH ORDINALITY
                AS batch (station, quantity, hour, value, known_from, place)
            ORDER BY station COLLATE "C", quantity, hour, place
            ON CONFLICT (station, quantity, hour) DO NOTHING RETURNING station, quantity, hour
            """,
            row => (row.GetString(0), row.Quantity(1), row.Window(2)), cancellationToken,
            Sql.Column(values, value => value.Station), Sql.Column(values, value => (short)value.Quantity.Ordinal),
            Sql.Column(values, value => value.Window.Index), Sql.Column(values, value => value.Value),
            Sql.Column(values, value => value.KnownFrom.Index));
        var remaining = added.ToHashSet();
        return [.. values.Where(value => remaining.Remove((value.Station, value.Quantity, value.Window)))];
    }
}
