using CivicSense.Commons;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Adds the values of official stations while this process leads.</summary>
sealed class PostgresReferenceStore(PostgresReleaseLease lease) : IReferenceStore
{
    const string Insert = """
        INSERT INTO commons.reference_value (station, quantity, hour, value, known_from)
        SELECT DISTINCT ON (station COLLATE "C", quantity, hour) station, quantity, hour, value, known_from
        FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::float8[], $5::bigint[]) WITH ORDINALITY
            AS batch (station, quantity, hour, value, known_from, place)
        ORDER BY station COLLATE "C", quantity, hour, place
        ON CONFLICT (station, quantity, hour) DO NOTHING RETURNING station, quantity, hour
        """;

    public async ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(
        IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Any(value => value.KnownFrom < value.Window))
            throw new InvalidOperationException("A value is known before its window.");
        if (values.Count == 0)
            return [];
        var remaining = await lease.UseWhileHeldAsync(connection => InsertAsync(connection, values, cancellationToken), cancellationToken);
        return [.. values.Where(value => remaining.Remove((value.Station, value.Quantity, value.Window)))];
    }

    /// <returns>Which of them are new.</returns>
    static async Task<HashSet<(string, Quantity, HourWindow)>> InsertAsync(
        NpgsqlConnection connection, IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(
            Insert, Sql.Column(values, value => value.Station), Sql.Column(values, value => (short)value.Quantity.Ordinal),
            Sql.Column(values, value => value.Window.Index), Sql.Column(values, value => value.Value),
            Sql.Column(values, value => value.KnownFrom.Index)));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var added = new HashSet<(string, Quantity, HourWindow)>();
        while (await row.ReadAsync(cancellationToken))
            added.Add((row.GetString(0), row.Quantity(1), row.Window(2)));
        return added;
    }
}
